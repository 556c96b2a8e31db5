//! The request's `context` in its words: `limits.sigma`, or `threshold` where a recipe listens to that word.
//!
//! A dotted name is replaced by its value before the question is read, so that it serves wherever a word or a number does.

use serde_json::{Map, Value};
use std::{cell::RefCell, collections::BTreeSet};

/// The longest text that can stand for a name.
const MOST_CHARACTERS: usize = 200;

/// What `context` holds, and what of it was of use.
#[derive(Debug, Default)]
pub(super) struct NamedValues {
    /// `TYPE.key` with its value, the longest name first.
    values: Vec<(String, Value)>,
    used: RefCell<BTreeSet<String>>,
}

impl NamedValues {
    /// Of a request.
    pub(super) fn of(context: &Map<String, Value>) -> Self {
        let mut values: Vec<(String, Value)> = context
            .iter()
            .flat_map(|(kind, named)| {
                named.as_object().into_iter().flatten().map(move |(key, value)| (kind, key, value))
            })
            .map(|(kind, key, value)| (format!("{kind}.{key}"), value.clone()))
            .collect();
        values.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Self { values, used: RefCell::default() }
    }

    /// The text with values for the dotted names in it, which may stand in backticks and after `context.`.
    pub(super) fn written_out(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let free = !out.ends_with(|before: char| before.is_alphanumeric() || "_.".contains(before));
            if let Some((value, length)) = free.then(|| self.at_start(rest)).flatten() {
                out.push_str(&value);
                rest = &rest[length..];
            } else {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        out
    }

    /// The value that the text starts with the name of, and how long that name is.
    fn at_start(&self, text: &str) -> Option<(String, usize)> {
        let quoted = text.strip_prefix('`');
        let bare = quoted.unwrap_or(text);
        let name = bare.strip_prefix("context.").unwrap_or(bare);
        self.values.iter().find_map(|(dotted, value)| {
            let after = name.strip_prefix(dotted.as_str())?;
            let after = if quoted.is_some() { after.strip_prefix('`')? } else { after };
            let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let written = written(value).filter(|_| !goes_on)?;
            self.used.borrow_mut().insert(dotted.clone());
            Some((written, text.len() - after.len()))
        })
    }

    /// The number that a key of this name (`sigma` of `limits.sigma`) holds, if there is one such key.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        let of_key = |(dotted, _): &&(String, Value)| {
            dotted.rsplit('.').next().is_some_and(|last| last.replace('_', " ").eq_ignore_ascii_case(key))
        };
        let mut found = self.values.iter().filter(of_key).filter_map(|(dotted, value)| Some((dotted, value.as_f64()?)));
        let (dotted, number) = found.next().filter(|_| found.next().is_none())?;
        self.used.borrow_mut().insert(dotted.clone());
        Some(number)
    }

    /// Names that were of use, and those that were not.
    pub(super) fn report(&self) -> (Vec<&str>, Vec<&str>) {
        let used = self.used.borrow();
        let mut names: Vec<&str> = self.values.iter().map(|(dotted, _)| dotted.as_str()).collect();
        names.sort_unstable();
        names.into_iter().partition(|name| used.contains(*name))
    }
}

/// A value as a request would write it: what is not a plain word, in backticks.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) if text.chars().count() > MOST_CHARACTERS || text.contains(['`', '\n']) => None,
        Value::String(text) if text.chars().all(|c| c.is_alphanumeric() || " _-".contains(c)) => Some(text.clone()),
        Value::String(text) => Some(format!("`{text}`")),
        Value::Array(items) if !items.is_empty() => {
            Some(items.iter().map(written).collect::<Option<Vec<_>>>()?.join(" and "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dotted_names_become_their_values() {
        let context = json!({"limits": {"sigma": 4, "sig": 1, "both": [5, 95], "deep": {"x": 1}},
            "plot": {"column": "Größe [µm]", "plain": "co2_ppm"}, "odd": 3});
        let named = NamedValues::of(context.as_object().unwrap());
        for (text, expected) in [
            ("beyond limits.sigma sigma", "beyond 4 sigma"),
            ("beyond `context.limits.sigma`.", "beyond 4."),
            ("percentiles limits.both", "percentiles 5 and 95"),
            ("trend of plot.column, plot.plain", "trend of `Größe [µm]`, co2_ppm"),
            ("my.limits.sigma limits.sigmas xlimits.sigma", "my.limits.sigma limits.sigmas xlimits.sigma"),
            ("limits.deep odd.x", "limits.deep odd.x"),
        ] {
            assert_eq!(named.written_out(text), expected);
        }
        assert_eq!(named.number("SIG"), Some(1.0));
        assert_eq!(named.number("column"), None);
        let (used, unused) = named.report();
        assert_eq!(used, ["limits.both", "limits.sig", "limits.sigma", "plot.column", "plot.plain"]);
        assert_eq!(unused, ["limits.deep"]);
    }
}
