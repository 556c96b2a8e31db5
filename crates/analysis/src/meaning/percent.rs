//! Format templates: `%` and the fields of `str.format`.

use super::{
    interpreter::Interpreter,
    object::{Object, SequenceKind},
    value::{Piece, Text, Value},
};
use rustpython_text_size::TextRange;

/// A part of a `str.format` template.
pub(super) enum Part<'t> {
    Literal(&'t str),
    /// `{name.steps!conversion:spec}`; plain without conversion and spec.
    Field {
        name: String,
        plain: bool,
    },
}

/// The parts of a template; `None` if it is not one.
pub(super) fn fields(template: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        parts.push(Part::Literal(&rest[..at]));
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            parts.push(Part::Literal(brace));
            rest = after;
            continue;
        }
        if brace == "}" {
            return None;
        }
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        })?;
        let field = &rest[..end];
        let name_end = field.find(['!', ':']).unwrap_or(field.len());
        let plain = matches!(&field[name_end..], "" | "!s" | ":" | ":s" | "!s:");
        parts.push(Part::Field { name: field[..name_end].to_owned(), plain });
        rest = &rest[end + 1..];
    }
    parts.push(Part::Literal(rest));
    Some(parts)
}

impl Interpreter<'_> {
    /// `template % value`.
    pub(super) fn percent(&mut self, template: &Value, value: &Value, range: TextRange) -> Value {
        let Some(template) = template.as_text() else { return Value::Text(Text::piece(Piece::Unknown)) };
        self.touch(value, range);
        let mut mapping = None;
        let mut values: Vec<Value> = match value {
            Value::Object(id) => match &**self.state.object(*id) {
                Object::Sequence { items, rest: None, kind: SequenceKind::Tuple } => items.clone(),
                Object::Mapping { .. } => {
                    mapping = Some(value.clone());
                    Vec::new()
                }
                _ => vec![value.clone()],
            },
            other => vec![other.clone()],
        };
        values.reverse();
        let mut text = Text::literal("");
        let mut rest = template;
        while let Some(at) = rest.find('%') {
            text = text.append(&Text::literal(&rest[..at]));
            rest = &rest[at + 1..];
            let mut key = None;
            if let Some(named) = rest.strip_prefix('(') {
                let Some(end) = named.find(')') else { return Value::Unknown };
                key = Some(&named[..end]);
                rest = &named[end + 1..];
            }
            let Some(end) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '%') else { return Value::Unknown };
            let plain = end == 0;
            let conversion = rest[end..].chars().next();
            rest = &rest[end + 1..];
            if conversion == Some('%') {
                text = text.append(&Text::literal("%"));
                continue;
            }
            let value = match (key, &mapping) {
                (Some(key), Some(mapping)) => self.item(&mapping.clone(), &Value::text(key), range),
                _ => values.pop().unwrap_or(Value::Unknown),
            };
            let shown = match (conversion, plain) {
                (Some('s'), true) => match value.alternatives() {
                    [one] => self.text_of(one),
                    _ => Text::piece(Piece::Unknown),
                },
                (Some('d' | 'i'), true) if value.as_int().is_some() => self.text_of(&value),
                (Some('c'), true) => {
                    match (value.as_int().and_then(|i| char::from_u32(u32::try_from(i).ok()?)), value.as_text()) {
                        (Some(c), _) => Text::literal(c.to_string()),
                        (None, Some(text)) => Text::literal(text),
                        _ => Text::piece(Piece::Unknown),
                    }
                }
                (Some('d' | 'i' | 'f' | 'F' | 'g' | 'G' | 'e' | 'E' | 'x' | 'X' | 'o' | 'u'), _) => {
                    Text::piece(Piece::Number)
                }
                _ => Text::piece(Piece::Unknown),
            };
            text = text.append(&shown);
        }
        Value::Text(text.append(&Text::literal(rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let shown = |template: &str| {
            fields(template).map(|parts| {
                let show = |part: &Part<'_>| match part {
                    Part::Literal(text) => (*text).to_owned(),
                    Part::Field { name, plain } => format!("<{name}{}>", if *plain { "" } else { "?" }),
                };
                parts.iter().map(show).collect::<String>()
            })
        };
        assert_eq!(shown("a{0.__class__}b{{c}}").as_deref(), Some("a<0.__class__>b{c}"));
        assert_eq!(shown("{x:>{width}}é").as_deref(), Some("<x?>é"));
        assert_eq!(shown("{x!s}").as_deref(), Some("<x>"));
        assert_eq!((shown("{"), shown("}")), (None, None));
    }
}
