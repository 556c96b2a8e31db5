//! Values as Python literals, and Python literals as values. The only place where a value becomes source code.
//!
//! Whatever a column or a file is called, its literal is one line and one token: everything but plain printable characters
//! is written as an escape, so that no name can end its string, its line, or show itself other than it is.

use super::parameter::Value;
use std::fmt::Write;

/// The literal of `value`: None, True, False, a number, a text, or a list of such.
pub(super) fn write(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quote(text),
        Value::Array(items) => format!("[{}]", items.iter().map(write).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(key, value)| format!("{}: {}", quote(key), write(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            ' '..='~' => literal.push(c),
            // letters of other scripts stay readable, and so do the signs that units are made of
            c if c.is_alphanumeric() || "°±·×²³µΩ‰".contains(c) => literal.push(c),
            c if u32::from(c) > 0xffff => drop(write!(literal, "\\U{:08x}", u32::from(c))),
            c => drop(write!(literal, "\\u{:04x}", u32::from(c))),
        }
    }
    literal.push('"');
    literal
}

/// The value of a literal as recipes write defaults: JSON, with None, True and False for null, true and false.
pub(super) fn read(literal: &str) -> Option<Value> {
    match literal {
        "None" => Some(Value::Null),
        "True" => Some(Value::Bool(true)),
        "False" => Some(Value::Bool(false)),
        "null" | "true" | "false" => None, // names that Python does not know
        json => serde_json::from_str(json).ok().filter(|value: &Value| !contains_names(value)),
    }
}

fn contains_names(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|items| items.iter().any(|item| item.is_null() || item.is_boolean() || contains_names(item)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_stay_inside_their_literal() {
        for (text, literal) in [
            ("co2_ppm", r#""co2_ppm""#),
            ("Größe [µm]", r#""Größe [µm]""#),
            (r#"a"); import os #"#, r#""a\"); import os #""#),
            ("a\nb\r\t\0", r#""a\nb\u000d\u0009\u0000""#),
            ("\\\"", r#""\\\"""#),
            ("\u{2028}\u{202e}\u{feff}", r#""\u2028\u202e\ufeff""#),
            ("😀", r#""\U0001f600""#),
            ("{x} %s $y$", r#""{x} %s $y$""#),
        ] {
            assert_eq!(write(&json!(text)), literal);
        }
    }

    #[test]
    fn literals_are_read_as_they_are_written() {
        for value in
            [json!(null), json!(true), json!(3.5), json!(-7), json!(["a", "b"]), json!([7, "day"]), json!("x\"y")]
        {
            assert_eq!(read(&write(&value)), Some(value));
        }
        for not_one in ["null", "true", "'a'", "x", "f()", "[null]", "1 +", ""] {
            assert_eq!(read(not_one), None, "{not_one}");
        }
    }
}
