//! Encodings that code uses to hide a name: each is undone where it is a plain function of constants.

use super::{
    interpreter::Interpreter,
    object::{Key, Object},
    value::{Arguments, Value},
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use rustpython_text_size::TextRange;

/// A decoding function of a library; `None` if `name` is none.
pub(super) fn call(name: &str, arguments: &Arguments) -> Option<Value> {
    let first = arguments.at(0).unwrap_or(Value::Unknown);
    let bytes = first.alternatives().iter().map(raw).next().flatten();
    let on_bytes =
        |f: &dyn Fn(&[u8]) -> Option<Vec<u8>>| bytes.as_deref().and_then(f).map_or(Value::Unknown, Value::bytes);
    Some(match name {
        "base64.b64decode" | "base64.standard_b64decode" | "binascii.a2b_base64" | "base64.decodebytes" => {
            on_bytes(&|b| from_base64(b, false))
        }
        "base64.urlsafe_b64decode" => on_bytes(&|b| from_base64(b, true)),
        "base64.b64encode" | "base64.standard_b64encode" => {
            on_bytes(&|b| Some(base64::engine::general_purpose::STANDARD.encode(b).into_bytes()))
        }
        "base64.b32decode" => on_bytes(&from_base32),
        "base64.b16decode" | "binascii.unhexlify" | "binascii.a2b_hex" => from_hex(&first),
        "binascii.hexlify" | "binascii.b2a_hex" => {
            on_bytes(&|b| to_hex(b).as_text().map(|text| text.as_bytes().to_vec()))
        }
        "codecs.decode" | "codecs.encode" => {
            let codec = arguments.get(Some(1), Some("encoding")).and_then(|c| c.as_text().map(str::to_owned));
            match (&first, name) {
                (Value::Bytes(bytes), "codecs.decode") => decode(bytes, codec.as_deref()),
                (Value::Text(text), "codecs.encode") => {
                    text.whole().map_or(Value::Unknown, |text| encode(text, codec.as_deref()))
                }
                (Value::Text(text), _) if codec.as_deref().is_some_and(is_rot13) => {
                    text.whole().map_or(Value::Unknown, |text| Value::text(rot13(text)))
                }
                _ => Value::Unknown,
            }
        }
        "urllib.parse.unquote" | "urllib.parse.unquote_plus" => {
            first.as_text().and_then(unquoted).map_or(Value::Unknown, Value::text)
        }
        _ => return None,
    })
}

fn raw(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes.to_vec()),
        Value::Text(text) => text.whole().map(|text| text.as_bytes().to_vec()),
        _ => None,
    }
}

fn from_base64(bytes: &[u8], url_safe: bool) -> Option<Vec<u8>> {
    let alphabet = if url_safe { alphabet::URL_SAFE } else { alphabet::STANDARD };
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    // Python skips whatever is not in the alphabet.
    let kept: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'='))
        .collect();
    GeneralPurpose::new(&alphabet, config).decode(kept).ok()
}

fn from_base32(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut all, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for byte in bytes.iter().filter(|b| **b != b'=') {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5 | u32::from(digit)) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            all.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
    }
    Some(all)
}

/// `bytes.hex`.
pub(super) fn to_hex(bytes: &[u8]) -> Value {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    Value::text(digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect::<String>())
}

/// `bytes.fromhex` and the like.
pub(super) fn from_hex(value: &Value) -> Value {
    let Some(text) = raw(value) else { return Value::Unknown };
    let digits: Vec<u8> = text.into_iter().filter(|b| !b.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| match pair {
        [a, b] => Some(u8::try_from(char::from(*a).to_digit(16)? * 16 + char::from(*b).to_digit(16)?).ok()?),
        _ => None,
    };
    digits.chunks(2).map(byte).collect::<Option<Vec<u8>>>().map_or(Value::Unknown, Value::bytes)
}

fn is_rot13(codec: &str) -> bool {
    matches!(codec.to_ascii_lowercase().replace('-', "_").as_str(), "rot13" | "rot_13")
}

fn rot13(text: &str) -> String {
    let turn = |c: char| match c {
        'a'..='m' | 'A'..='M' => char::from(c as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(c as u8 - 13),
        other => other,
    };
    text.chars().map(turn).collect()
}

/// `bytes.decode(codec)`.
pub(super) fn decode(bytes: &[u8], codec: Option<&str>) -> Value {
    let codec = codec.unwrap_or("utf-8").to_ascii_lowercase().replace('-', "_");
    match codec.as_str() {
        "utf_8" | "utf8" | "ascii" | "us_ascii" => std::str::from_utf8(bytes).map_or(Value::Unknown, Value::text),
        "latin_1" | "latin1" | "iso_8859_1" | "charmap" => {
            Value::text(bytes.iter().map(|b| char::from(*b)).collect::<String>())
        }
        "hex" | "hex_codec" => from_hex(&Value::bytes(bytes.to_vec())),
        "base64" | "base_64" | "base64_codec" => from_base64(bytes, false).map_or(Value::Unknown, Value::bytes),
        "unicode_escape" | "raw_unicode_escape" if !bytes.contains(&b'\\') => decode(bytes, Some("latin-1")),
        "utf_16_le" | "utf_16le" => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).map_or(Value::Unknown, Value::text)
        }
        _ => Value::Unknown,
    }
}

/// `text.encode(codec)`.
pub(super) fn encode(text: &str, codec: Option<&str>) -> Value {
    let name = codec.unwrap_or("utf-8").to_ascii_lowercase().replace('-', "_");
    match name.as_str() {
        "utf_8" | "utf8" | "ascii" | "us_ascii" => Value::bytes(text.as_bytes().to_vec()),
        "latin_1" | "latin1" | "iso_8859_1" => {
            let bytes = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>();
            bytes.map_or(Value::Unknown, Value::bytes)
        }
        _ if is_rot13(&name) => Value::text(rot13(text)),
        _ => Value::Unknown,
    }
}

fn unquoted(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%'
            && let Some((pair, after)) = rest.split_first_chunk::<2>()
        {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `str.maketrans(…)`.
pub(super) fn make_translation(this: &mut Interpreter<'_>, arguments: &Arguments, range: TextRange) -> Value {
    let code = |c: char| i64::from(u32::from(c));
    let mut entries: Vec<(Key, Value)> = Vec::new();
    let texts: Option<Vec<String>> = arguments.positional.iter().map(|a| a.as_text().map(str::to_owned)).collect();
    match (texts.as_deref(), arguments.at(0)) {
        (Some([from, to, drop @ ..]), _) => {
            entries.extend(from.chars().zip(to.chars()).map(|(a, b)| (Key::Int(code(a)), Value::Int(code(b)))));
            let dropped = drop.iter().flat_map(|d| d.chars());
            entries.extend(dropped.map(|c| (Key::Int(code(c)), Value::None)));
        }
        (_, Some(Value::Object(id))) => {
            let Object::Mapping { entries: given, rest: None } = (**this.state.object(id)).clone() else {
                return Value::Unknown;
            };
            for (key, value) in given {
                let key = match &key {
                    Key::Text(text) => match text.chars().next() {
                        Some(c) => Key::Int(code(c)),
                        None => continue,
                    },
                    other => other.clone(),
                };
                entries.push((key, value));
            }
        }
        (_, Some(other)) => {
            this.touch(&other, range);
            return Value::Unknown;
        }
        (_, None) => return Value::Unknown,
    }
    Value::Object(this.state.allocate(Object::Mapping { entries, rest: None }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undone() {
        let call_one = |name: &str, text: &str| call(name, &Arguments::of([Value::text(text)])).unwrap();
        assert_eq!(call_one("base64.b64decode", "b3M="), Value::bytes(*b"os"));
        assert_eq!(call_one("base64.b64decode", "b3M"), Value::bytes(*b"os"));
        assert_eq!(call_one("base64.b32decode", "N5ZQ===="), Value::bytes(*b"os"));
        assert_eq!(call_one("binascii.unhexlify", "6f73"), Value::bytes(*b"os"));
        assert_eq!(call_one("urllib.parse.unquote", "%6f%73"), Value::text("os"));
        let arguments = Arguments::of([Value::text("flfgrz"), Value::text("rot13")]);
        assert_eq!(call("codecs.decode", &arguments).unwrap(), Value::text("system"));
        assert_eq!(decode(b"os", Some("klingon")), Value::Unknown);
    }
}
