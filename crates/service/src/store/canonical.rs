//! Canonical JSON: one text for one value, so that a hash of the text is a hash of the value.
//!
//! As RFC 8785 (JCS) in all but numbers: no white space, members sorted by the UTF-16 code units of their names, only the
//! escapes that JSON demands. **Numbers** differ on purpose: JCS turns every number into a double, and a 64-bit inode,
//! size or nanosecond count would lose digits. Here an integer that fits `i64` or `u64` is its decimal digits in full;
//! any other number is the shortest decimal that reads back as the same double, as `serde_json` writes it (`1.0`,
//! `1e+21`; `1.0` and `1` stay different). NaN and infinities cannot occur in a [`Value`].
//!
//! The log hashes stored text and never a re-serialised value; canonical form keeps two writers of one value equal.

use serde::Serialize;
use serde_json::{Map, Number, Value};
use std::fmt::Write as _;

/// The canonical text of a value.
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value);
    text
}

/// The canonical text of anything that serialises; fails on what JSON cannot hold (a map with keys that are not text).
pub fn to_canonical(value: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(canonical(&serde_json::to_value(value)?))
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => write_number(text, number),
        Value::String(string) => write_string(text, string),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write_value(text, item);
            }
            text.push(']');
        }
        Value::Object(members) => write_object(text, members),
    }
}

fn write_object(text: &mut String, members: &Map<String, Value>) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    text.push('{');
    for (at, (name, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write_string(text, name);
        text.push(':');
        write_value(text, value);
    }
    text.push('}');
}

/// By its value, not by its text: a crate elsewhere in a program may switch on `serde_json`'s `arbitrary_precision`, which
/// keeps numbers as they were typed.
fn write_number(text: &mut String, number: &Number) {
    let normal = number
        .as_i64()
        .map(Number::from)
        .or_else(|| number.as_u64().map(Number::from))
        .or_else(|| number.as_f64().and_then(Number::from_f64))
        .unwrap_or_else(|| number.clone());
    text.push_str(&normal.to_string());
}

fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for char in string.chars() {
        match char {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => {
                let _ = write!(text, "\\u{:04x}", u32::from(control)); // writing to a String cannot fail
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(value: &Value, expected: &str) {
        assert_eq!(canonical(value), expected);
    }

    #[test]
    fn members_are_sorted_by_utf16_code_units() {
        check(&json!({"b": 1, "a": {"d": [], "c": {}}}), r#"{"a":{"c":{},"d":[]},"b":1}"#);
        // RFC 8785, 3.2.3: U+1F600 is D83D DE00 in UTF-16 and so comes before U+FB33, unlike in UTF-8.
        check(&json!({"\u{fb33}": 1, "\u{1f600}": 2, "\r": 3}), "{\"\\r\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}");
    }

    #[test]
    fn strings_have_only_the_escapes_that_json_demands() {
        check(&json!("\u{1}\u{1f}\t\"\\/é\u{7f}"), "\"\\u0001\\u001f\\t\\\"\\\\/é\u{7f}\"");
    }

    #[test]
    fn integers_keep_every_digit() {
        check(&json!([u64::MAX, i64::MIN, 0, -1]), "[18446744073709551615,-9223372036854775808,0,-1]");
    }

    #[test]
    fn other_numbers_are_the_shortest_text_of_their_double() {
        check(&json!([1.0, 0.1, -0.0, 1e300, 5e-324]), "[1.0,0.1,-0.0,1e+300,5e-324]");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_back_as_the_same_value_and_the_same_text(value in any_json()) {
            let text = canonical(&value);
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(canonical(&read), text);
            prop_assert_eq!(read, value);
        }
    }
}
