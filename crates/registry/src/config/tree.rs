//! A configuration before it means anything: TOML values, each with its place. The file's tree first, the environment's
//! values laid over it.

use super::{
    error::{Diagnostic, Problem},
    source::{Place, Source},
};
use serde_json::Value as Json;
use std::{collections::BTreeMap, ops::Range, sync::Arc};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use toml_parser::lexer::TokenKind;

/// Tables within tables, keys with dots included: more is nobody's configuration, and recursion must end.
const MAX_DEPTH: usize = 32;

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Real(f64),
    Flag(bool),
    Time(String),
    List(Vec<Node>),
    Table(BTreeMap<String, Entry>),
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Where the key stands.
    pub(super) key: Place,
    pub(super) node: Node,
}

impl Value {
    /// For messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Whole(_) => "a whole number",
            Self::Real(_) => "a number with a fraction",
            Self::Flag(_) => "true or false",
            Self::Time(_) => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// Reads a whole file.
pub(super) fn from_file(text: &str, source: &Arc<Source>) -> Result<BTreeMap<String, Entry>, Diagnostic> {
    if let Some(span) = endless_key(text) {
        return Err(too_deep(Place::new(source, span)));
    }
    let table = DeTable::parse(text).map_err(|error| {
        let place = error.span().map(|span| Place::new(source, on_a_character(text, span)));
        Diagnostic::new(Problem::Syntax { message: error.message().into() }, place)
    })?;
    Builder { source, offset: 0 }.table(table.get_ref(), MAX_DEPTH)
}

/// Reads one value, the end of `NAME=value`: as TOML, or else as a plain string.
pub(super) fn from_variable(name: &str, value: &str, source: &Arc<Source>) -> Result<Node, Diagnostic> {
    let start = name.len() + 1;
    let whole = Place::new(source, start..start + value.len());
    if endless_key(value).is_some() {
        return Err(too_deep(whole));
    }
    let node = match DeValue::parse(value) {
        Ok(parsed) => Builder { source, offset: start }.value(&parsed, MAX_DEPTH)?.value,
        Err(_) => Value::Text(value.into()),
    };
    Ok(Node { value: node, place: whole })
}

fn too_deep(place: Place) -> Diagnostic {
    Diagnostic::new(Problem::TooDeep { most: MAX_DEPTH }, Some(place))
}

/// A key of very many parts. `toml` limits nested brackets by itself, but builds a table for each part of `a.a.a.…` and
/// later drops them one inside the other, until the stack is gone; so such a text must not reach it.
fn endless_key(text: &str) -> Option<Range<usize>> {
    let mut parts = 0;
    let mut start = 0;
    for token in toml_parser::Source::new(text).lex() {
        match token.kind() {
            TokenKind::Dot if parts == 0 => (parts, start) = (1, token.span().start()),
            TokenKind::Dot => parts += 1,
            TokenKind::Atom | TokenKind::Whitespace | TokenKind::BasicString | TokenKind::LiteralString => {}
            _ => parts = 0,
        }
        if parts >= MAX_DEPTH {
            return Some(start..token.span().end());
        }
    }
    None
}

/// An error at the end of the text, or in the middle of a character, would otherwise not be showable.
fn on_a_character(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    start..text.ceil_char_boundary(span.end.clamp(start, text.len()))
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    offset: usize,
}

impl Builder<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span.start + self.offset..span.end + self.offset)
    }

    fn table(&self, table: &DeTable<'_>, depth: usize) -> Result<BTreeMap<String, Entry>, Diagnostic> {
        let entry = |(key, value): (&Spanned<_>, _)| {
            let text: &std::borrow::Cow<'_, str> = key.get_ref();
            Ok((text.to_string(), Entry { key: self.place(key.span()), node: self.value(value, depth)? }))
        };
        table.iter().map(entry).collect()
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, depth: usize) -> Result<Node, Diagnostic> {
        let place = self.place(value.span());
        let Some(deeper) = depth.checked_sub(1) else {
            return Err(too_deep(place));
        };
        let too_large = |text: String| Diagnostic::new(Problem::TooLarge { text }, Some(place.clone()));
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(digits) => Value::Whole(
                i64::from_str_radix(digits.as_str(), digits.radix()).map_err(|_| too_large(digits.to_string()))?,
            ),
            DeValue::Float(digits) => Value::Real(digits.as_str().parse().map_err(|_| too_large(digits.to_string()))?),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Datetime(time) => Value::Time(time.to_string()),
            DeValue::Array(items) => {
                Value::List(items.iter().map(|item| self.value(item, deeper)).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => Value::Table(self.table(table, deeper)?),
        };
        Ok(Node { value, place })
    }
}

/// Lays `node` over what is at `path`: tables are merged, anything else is replaced. A second variable for one value is
/// an error, because their order is nobody's intention.
pub(super) fn overlay(
    entries: &mut BTreeMap<String, Entry>,
    path: &[String],
    key: &Place,
    node: Node,
) -> Result<(), Diagnostic> {
    if path.len() > MAX_DEPTH {
        return Err(too_deep(key.clone()));
    }
    lay(entries, path, 0, key, node)
}

fn lay(
    entries: &mut BTreeMap<String, Entry>,
    path: &[String],
    depth: usize,
    key: &Place,
    node: Node,
) -> Result<(), Diagnostic> {
    let Some(name) = path.get(depth) else { return Ok(()) };
    let full = || path[..=depth].join(".");
    let wrong = |problem| Err(Diagnostic::new(problem, Some(key.clone())));
    if depth + 1 < path.len() {
        let empty = || Node { value: Value::Table(BTreeMap::new()), place: node.place.clone() };
        let entry = entries.entry(name.clone()).or_insert_with(|| Entry { key: key.clone(), node: empty() });
        let Value::Table(inner) = &mut entry.node.value else {
            let why = format!("is {}, and nothing can be set below it", entry.node.value.kind());
            return wrong(Problem::Unusable { key: full(), why, help: "set the key itself".into() });
        };
        return lay(inner, path, depth + 1, key, node);
    }
    match (entries.get_mut(name), node) {
        (Some(Entry { node: Node { value: Value::Table(inner), .. }, .. }), Node { value: Value::Table(over), .. }) => {
            for (name, entry) in over {
                let path: Vec<_> = path.iter().cloned().chain([name]).collect();
                lay(inner, &path, depth + 1, &entry.key, entry.node)?;
            }
        }
        (Some(Entry { node: Node { place, .. }, .. }), _) if place.variable().is_some() => {
            let by = place.variable().unwrap_or_default().into();
            return wrong(Problem::SetTwice { key: full(), by });
        }
        (_, node) => {
            entries.insert(name.clone(), Entry { key: key.clone(), node });
        }
    }
    Ok(())
}

/// As JSON, for tables that belong to plugins. JSON has no NaN, no infinity and no times: the first two are errors,
/// times become strings.
pub(super) fn to_json(node: &Node) -> Result<Json, Diagnostic> {
    Ok(match &node.value {
        Value::Text(text) | Value::Time(text) => text.clone().into(),
        Value::Whole(number) => (*number).into(),
        Value::Real(number) => serde_json::Number::from_f64(*number)
            .ok_or_else(|| Diagnostic::new(Problem::NotFinite, Some(node.place.clone())))?
            .into(),
        Value::Flag(flag) => (*flag).into(),
        Value::List(items) => items.iter().map(to_json).collect::<Result<_, _>>()?,
        Value::Table(entries) => {
            let pair = |(key, entry): (&String, &Entry)| Ok((key.clone(), to_json(&entry.node)?));
            Json::Object(entries.iter().map(pair).collect::<Result<_, _>>()?)
        }
    })
}
