//! Methods of text and bytes.

use super::{
    codec,
    finding::Found,
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    value::{Arguments, Piece, Text, Value},
};
use pyexec_core::{Capability, Certainty};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;
use std::rc::Rc;

impl Interpreter<'_> {
    /// A method of text; `None` for one that text does not have.
    pub(super) fn text_method(
        &mut self,
        receiver: &Value,
        name: &Name,
        arguments: &Arguments,
        range: TextRange,
    ) -> Option<Value> {
        let Value::Text(text) = receiver else { return None };
        let first = arguments.at(0);
        Some(match name.as_str() {
            "join" => self.joined_by(text, &first?, range),
            "format" | "format_map" => self.format(text, name, arguments, range),
            "__add__" => self.binary(receiver, rustpython_ast::Operator::Add, &first?, range),
            "__mod__" => self.binary(receiver, rustpython_ast::Operator::Mod, &first?, range),
            "__getitem__" => self.item(receiver, &first?, range),
            "__str__" | "__format__" => receiver.clone(),
            "__iter__" => self.as_list(receiver, SequenceKind::Iterator, range),
            "encode" => {
                let codec_name = first.and_then(|c| c.as_text().map(str::to_owned));
                text.whole().map_or(Value::Unknown, |text| codec::encode(text, codec_name.as_deref()))
            }
            "translate" => self.translate(text, &first?),
            "splitlines" | "split" | "rsplit" | "partition" | "rpartition" => {
                self.split(text, name.as_str(), arguments)
            }
            "startswith" | "endswith" | "isdigit" | "isalpha" | "isalnum" | "isidentifier" | "isupper" | "islower"
            | "__contains__" | "__eq__" => Value::Unknown,
            "count" | "find" | "index" | "rfind" | "rindex" | "__len__" => Value::Number,
            method => match text.whole() {
                Some(whole) => whole_text_method(whole, method, arguments)?,
                None => Self::partial_text_method(text, method)?,
            },
        })
    }

    fn partial_text_method(text: &Text, method: &str) -> Option<Value> {
        match method {
            // What these take away or change adds no slash, and a literal start that is a path stays one.
            "lower" | "upper" | "strip" | "rstrip" | "title" | "capitalize" | "swapcase" | "casefold" => {
                Some(Value::Text(text.clone()))
            }
            "replace" | "lstrip" | "zfill" | "ljust" | "rjust" | "center" | "removeprefix" | "removesuffix"
            | "expandtabs" => {
                let data = text.pieces().iter().all(|p| matches!(p, Piece::Data | Piece::Number));
                Some(if data { Value::Text(text.clone()) } else { Value::Text(Text::piece(Piece::Unknown)) })
            }
            _ => None,
        }
    }

    fn joined_by(&mut self, separator: &Text, list: &Value, range: TextRange) -> Value {
        let elements = self.elements(list, range);
        if elements.rest.is_some() {
            return Value::Text(Text::piece(match elements.any().alternatives() {
                [Value::Text(text)] if *text == Text::piece(Piece::Data) => Piece::Data,
                _ => Piece::Unknown,
            }));
        }
        let mut all = vec![Text::literal("")];
        for (at, element) in elements.items.iter().enumerate() {
            let texts: Vec<Text> = element.alternatives().iter().map(|e| self.text_of(e)).collect();
            if all.len() * texts.len() > 16 {
                return Value::Text(Text::piece(Piece::Unknown));
            }
            let separator = if at == 0 { Text::literal("") } else { separator.clone() };
            all =
                all.iter().flat_map(|before| texts.iter().map(|next| before.append(&separator).append(next))).collect();
        }
        Value::any(all.into_iter().map(Value::Text))
    }

    fn split(&mut self, text: &Text, method: &str, arguments: &Arguments) -> Value {
        let Some(whole) = text.whole() else {
            return self.new_sequence(SequenceKind::List, Vec::new(), Some(Value::Unknown));
        };
        let separator = arguments.get(Some(0), Some("sep"));
        let separator = match &separator {
            None | Some(Value::None) => None,
            Some(value) => match value.as_text() {
                Some(text) if !text.is_empty() => Some(text),
                _ => return self.new_sequence(SequenceKind::List, Vec::new(), Some(Value::Unknown)),
            },
        };
        let limit = arguments.get(Some(1), Some("maxsplit")).and_then(|v| usize::try_from(v.as_int()?).ok());
        let parts: Vec<&str> = match (method, separator, limit) {
            ("splitlines", ..) => whole.lines().collect(),
            ("partition", Some(s), _) => whole.split_once(s).map_or(vec![whole, "", ""], |(a, b)| vec![a, s, b]),
            ("rpartition", Some(s), _) => whole.rsplit_once(s).map_or(vec!["", "", whole], |(a, b)| vec![a, s, b]),
            ("rsplit", Some(s), Some(n)) => {
                let mut parts: Vec<&str> = whole.rsplitn(n + 1, s).collect();
                parts.reverse();
                parts
            }
            (_, Some(s), Some(n)) => whole.splitn(n + 1, s).collect(),
            (_, Some(s), None) => whole.split(s).collect(),
            (_, None, _) => whole.split_whitespace().collect(),
        };
        let items = parts.into_iter().map(Value::text).collect();
        self.new_sequence(SequenceKind::List, items, None)
    }

    /// `str.translate` by a table of this code.
    fn translate(&self, text: &Text, table: &Value) -> Value {
        let (Some(text), Value::Object(id)) = (text.whole(), table) else { return Value::Unknown };
        let Object::Mapping { entries, rest: None } = &**self.state.object(*id) else { return Value::Unknown };
        let mut translated = String::new();
        for c in text.chars() {
            let code = i64::from(u32::from(c));
            match entries.iter().find(|(key, _)| *key == Key::Int(code)).map(|(_, value)| value) {
                None => translated.push(c),
                Some(Value::None) => {}
                Some(Value::Int(to)) => match u32::try_from(*to).ok().and_then(char::from_u32) {
                    Some(c) => translated.push(c),
                    None => return Value::Unknown,
                },
                Some(value) => match value.as_text() {
                    Some(text) => translated.push_str(text),
                    None => return Value::Unknown,
                },
            }
        }
        Value::text(translated)
    }

    /// `template.format(…)`: folded; and attributes in its fields are reached like any others.
    fn format(&mut self, template: &Text, name: &Name, arguments: &Arguments, range: TextRange) -> Value {
        for value in arguments.values().cloned().collect::<Vec<_>>() {
            self.touch(&value, range);
        }
        let Some(template) = template.whole() else { return Value::Text(Text::piece(Piece::Unknown)) };
        let Some(parts) = super::percent::fields(template) else { return Value::Unknown };
        let mut text = Text::literal("");
        let mut automatic = 0;
        for part in parts {
            let (field, plain) = match part {
                super::percent::Part::Literal(literal) => {
                    text = text.append(&Text::literal(literal));
                    continue;
                }
                super::percent::Part::Field { name, plain } => (name, plain),
            };
            let end = field.find(['.', '[']).unwrap_or(field.len());
            let (key, steps) = field.split_at(end);
            if steps.contains("__") {
                self.reaches_in(&field, range);
            }
            let value = if name.as_str() == "format_map" {
                arguments.at(0).map(|map| self.item(&map, &Value::text(key), range))
            } else if key.is_empty() {
                automatic += 1;
                arguments.at(automatic - 1)
            } else {
                match key.parse::<usize>() {
                    Ok(at) => arguments.at(at),
                    Err(_) => arguments.get(None, Some(key)),
                }
            };
            let value = match value {
                Some(value) if steps.is_empty() => value,
                _ => Value::Unknown,
            };
            let shown = match value.alternatives() {
                [one] => self.text_of(one),
                _ => Text::piece(Piece::Unknown),
            };
            let shown = match shown.pieces() {
                _ if plain => shown,
                [Piece::Number | Piece::Data] => shown,
                _ if matches!(value, Value::Int(_)) => Text::piece(Piece::Number),
                _ => Text::piece(Piece::Unknown),
            };
            text = text.append(&shown);
        }
        Value::Text(text)
    }

    fn reaches_in(&mut self, field: &str, range: TextRange) {
        let found = Found {
            rule: "introspection.format".into(),
            capability: Some(Capability::INTROSPECTION),
            certainty: Certainty::Definite,
            message: format!("reaches into the interpreter through a format field: `{{{field}}}`"),
            evidence: Some("str.format".into()),
            subject: None,
        };
        self.findings.record(range, found);
    }

    /// A method of bytes; `None` for one that bytes do not have.
    pub(super) fn bytes_method(
        &mut self,
        bytes: &Rc<[u8]>,
        name: &Name,
        arguments: &Arguments,
        range: TextRange,
    ) -> Option<Value> {
        let first = arguments.at(0);
        Some(match name.as_str() {
            "decode" => {
                let codec_name = arguments.get(Some(0), Some("encoding"));
                let codec_name = codec_name.as_ref().map(|c| c.as_text().unwrap_or("?").to_owned());
                codec::decode(bytes, codec_name.as_deref())
            }
            "hex" => codec::to_hex(bytes),
            "join" => {
                let elements = self.elements(&first?, range);
                let mut all: Vec<u8> = Vec::new();
                for (at, element) in elements.items.iter().enumerate() {
                    let Value::Bytes(part) = element else { return Some(Value::Unknown) };
                    if at > 0 {
                        all.extend_from_slice(bytes);
                    }
                    all.extend_from_slice(part);
                }
                if elements.rest.is_some() { Value::Unknown } else { Value::bytes(all) }
            }
            "lower" => Value::bytes(bytes.to_ascii_lowercase()),
            "upper" => Value::bytes(bytes.to_ascii_uppercase()),
            "strip" if first.is_none() => Value::bytes(bytes.trim_ascii().to_vec()),
            "replace" => match (first?, arguments.at(1)?) {
                (Value::Bytes(from), Value::Bytes(to)) => replaced(bytes, &from, &to),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        })
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Value {
    if from.is_empty() {
        return Value::Unknown;
    }
    let mut all = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(from) {
            all.extend_from_slice(to);
            rest = after;
        } else {
            all.push(rest[0]);
            rest = &rest[1..];
        }
    }
    Value::bytes(all)
}

fn whole_text_method(text: &str, method: &str, arguments: &Arguments) -> Option<Value> {
    let argument = |at: usize| arguments.at(at).and_then(|v| v.as_text().map(str::to_owned));
    let stripped = |trim: fn(&str, &[char]) -> String| match arguments.at(0) {
        None | Some(Value::None) => Value::text(trim(text, &[' ', '\t', '\n', '\r', '\x0b', '\x0c'])),
        Some(value) => {
            value.as_text().map_or(Value::Unknown, |set| Value::text(trim(text, &set.chars().collect::<Vec<_>>())))
        }
    };
    Some(match method {
        "lower" | "casefold" => Value::text(text.to_lowercase()),
        "upper" => Value::text(text.to_uppercase()),
        "title" => {
            let mut inside = false;
            let titled = text.chars().flat_map(|c| {
                let cased: Vec<char> = if inside { c.to_lowercase().collect() } else { c.to_uppercase().collect() };
                inside = c.is_alphabetic();
                cased
            });
            Value::text(titled.collect::<String>())
        }
        "capitalize" => {
            let mut chars = text.chars();
            let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
            Value::text(first + &chars.as_str().to_lowercase())
        }
        "swapcase" => {
            let swap =
                |c: char| if c.is_uppercase() { c.to_lowercase().to_string() } else { c.to_uppercase().to_string() };
            Value::text(text.chars().map(swap).collect::<String>())
        }
        "strip" => stripped(|text, set| text.trim_matches(set).into()),
        "lstrip" => stripped(|text, set| text.trim_start_matches(set).into()),
        "rstrip" => stripped(|text, set| text.trim_end_matches(set).into()),
        "replace" => match (argument(0), argument(1)) {
            (Some(from), Some(to)) if text.len() * to.len().max(1) < super::value::MAX_TEXT => {
                let count = arguments.get(Some(2), Some("count")).and_then(|v| v.as_int()).unwrap_or(-1);
                match usize::try_from(count) {
                    Ok(count) => Value::text(text.replacen(&from, &to, count)),
                    Err(_) => Value::text(text.replace(&from, &to)),
                }
            }
            _ => Value::Unknown,
        },
        "removeprefix" => argument(0).map_or(Value::Unknown, |p| Value::text(text.strip_prefix(&*p).unwrap_or(text))),
        "removesuffix" => argument(0).map_or(Value::Unknown, |s| Value::text(text.strip_suffix(&*s).unwrap_or(text))),
        "zfill" | "ljust" | "rjust" | "center" | "expandtabs" => Value::Unknown,
        _ => return None,
    })
}
