//! What kind of value a channel holds, and whether another value is of that kind.
//!
//! Control systems convert what does not fit: a string put to a number wrote 0.0 on a real IOC, a label put to an enum
//! wrote 0. So kinds are compared before anything is written, and nothing is ever converted here.

use serde_json::Value;
use std::fmt;

/// The kinds of value that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Boolean,
    Text,
    Numbers,
}

impl Kind {
    /// The kind of `value`; `None` for null (what NaN becomes in JSON), objects, empty lists and lists of anything but
    /// finite numbers.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(_) => number(value).map(|_| Self::Number),
            Value::Bool(_) => Some(Self::Boolean),
            Value::String(_) => Some(Self::Text),
            Value::Array(items) => {
                let plain = !items.is_empty() && items.iter().all(|item| number(item).is_some());
                plain.then_some(Self::Numbers)
            }
            Value::Null | Value::Object(_) => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Text => "a text",
            Self::Numbers => "a list of numbers",
        })
    }
}

/// A finite number, or nothing.
pub(crate) fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|n| n.is_finite())
}

/// Every number in a number or a list of numbers; `None` for anything else.
pub(crate) fn numbers(value: &Value) -> Option<Vec<f64>> {
    match value {
        Value::Array(items) if !items.is_empty() => items.iter().map(number).collect(),
        other => number(other).map(|n| vec![n]),
    }
}

/// Whether `n` is in the closed range. A bound that is NaN contains nothing.
pub(crate) fn within(n: f64, min: Option<f64>, max: Option<f64>) -> bool {
    min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max)
}

/// A value for a message: short, on one line, without control characters.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    let mut short: String = text.chars().take(60).flat_map(visible).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

fn visible(c: char) -> impl Iterator<Item = char> {
    // Quotes stay as they are; `escape_debug` is for what cannot be seen or moves the cursor.
    let (plain, escaped) =
        if c.is_ascii_graphic() || c == ' ' { (Some(c), None) } else { (None, Some(c.escape_debug())) };
    plain.into_iter().chain(escaped.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn kinds() {
        assert_eq!(Kind::of(&json!(1)), Some(Kind::Number));
        assert_eq!(Kind::of(&json!(true)), Some(Kind::Boolean));
        assert_eq!(Kind::of(&json!("nan")), Some(Kind::Text));
        assert_eq!(Kind::of(&json!([1, 2.5])), Some(Kind::Numbers));
        for nothing in [json!(null), json!({}), json!([]), json!([1, null]), json!([1, "2"]), json!([[1]])] {
            assert_eq!(Kind::of(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn nan_bounds_contain_nothing() {
        assert!(within(1.0, Some(1.0), Some(1.0)) && within(1.0, None, None));
        assert!(!within(1.0, Some(f64::NAN), None) && !within(1.0, None, Some(f64::NAN)));
        assert!(!within(f64::NAN, Some(0.0), None));
    }

    #[test]
    fn values_in_messages_are_tame() {
        assert_eq!(shown(&json!("a\u{1b}[2J\u{202e}b")), r#""a\u001b[2J\u{202e}b""#);
        assert_eq!(shown(&json!("x".repeat(100))).chars().count(), 61);
    }
}
