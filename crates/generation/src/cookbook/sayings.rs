//! Several words that mean one (`stand out`), or nothing (`up there`).
//!
//! A saying may hold places: `unit` for a stretch of time (`from one unit to the next`) and `number` for an amount.

use std::collections::HashMap;

const UNIT: &str = "unit";
const NUMBER: &str = "number";

/// Sayings by the first of their stems, the longest first.
pub(super) struct Sayings(HashMap<String, Vec<Meant>>);

/// The stems of a saying, and the stem that it is read as; none if it says nothing.
type Meant = (Vec<String>, Option<String>);

/// A word of a text, as a saying meets it.
pub(super) struct Heard {
    /// Without its ending, before synonyms.
    pub(super) stem: String,
    /// Whether it is a stretch of time.
    pub(super) is_unit: bool,
    /// Whether it is a number, in digits or letters.
    pub(super) is_number: bool,
}

impl Sayings {
    /// Of these.
    pub(super) fn new(sayings: impl Iterator<Item = Meant>) -> Self {
        let mut by_first: HashMap<String, Vec<Meant>> = HashMap::new();
        for (saying, meant) in sayings {
            let first = saying.first().cloned().unwrap_or_default();
            by_first.entry(first).or_default().push((saying, meant));
        }
        Self(by_first)
    }

    /// The longest saying that a text starts with: its length, and what it means.
    pub(super) fn start_of(&self, text: &[Heard]) -> Option<(usize, Option<&str>)> {
        let first = text.first()?;
        let places = [first.is_unit.then_some(UNIT), first.is_number.then_some(NUMBER)];
        let keys = [Some(first.stem.as_str())].into_iter().chain(places).flatten();
        let fits = |(saying, _): &&Meant| {
            text.len() >= saying.len() && saying.iter().zip(text).all(|(stem, heard)| heard.is(stem))
        };
        let all = keys.filter_map(|key| self.0.get(key)).flatten().filter(fits);
        all.max_by_key(|(saying, _)| saying.len()).map(|(saying, meant)| (saying.len(), meant.as_deref()))
    }
}

impl Heard {
    fn is(&self, stem: &str) -> bool {
        self.stem == stem || stem == UNIT && self.is_unit || stem == NUMBER && self.is_number
    }
}

#[cfg(test)]
mod tests {
    use crate::cookbook::words::{Saying, tokens};

    #[test]
    fn the_longest_saying_is_read_and_an_idle_one_says_nothing() {
        let read = |text: &str| -> Vec<(String, Saying)> {
            tokens(text)
                .into_iter()
                .map(|token| (token.stem, token.saying))
                .filter(|(_, s)| *s != Saying::Rest)
                .collect()
        };
        for (text, stem) in [
            ("from one week to the next", "success"),
            ("each month of the year", "season"),
            ("7 year rhythm", "period"),
            ("stands out", "outlier"),
        ] {
            assert_eq!(read(text), [(stem.to_owned(), Saying::First)], "{text}");
        }
        assert_eq!(read("up there, by the way"), []);
    }
}
