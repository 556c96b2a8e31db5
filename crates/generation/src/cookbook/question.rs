//! What was asked, in tokens, with what stands in quotation marks; and which of its words were of use.

use super::{
    asides,
    words::{Token, WORDS, tokens},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
};

/// A request in words.
#[derive(Debug)]
pub(super) struct Question {
    /// In order.
    pub(super) tokens: Vec<Token>,
    /// In order.
    pub(super) quotes: Vec<Quote>,
    /// Words that were mended, as they were written and as they are read.
    pub(super) read_as: BTreeMap<String, String>,
    /// Tokens that stand in asides.
    pub(super) asides: BTreeSet<usize>,
    /// Tokens that something was bound from.
    used: RefCell<BTreeSet<usize>>,
}

/// Something in quotation marks.
#[derive(Debug, PartialEq)]
pub(super) struct Quote {
    /// Without the marks.
    pub(super) text: String,
    /// The tokens inside.
    pub(super) tokens: Range<usize>,
    /// Whether the marks are backticks, which only names stand in.
    pub(super) is_name: bool,
}

const MARKS: [(char, char); 4] = [('`', '`'), ('"', '"'), ('“', '”'), ('«', '»')];

impl Question {
    /// Takes a text apart.
    pub(super) fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let quotes = quotes(text, &tokens);
        let asides = asides::of(text, &tokens);
        Self { tokens, quotes, asides, read_as: BTreeMap::new(), used: RefCell::default() }
    }

    /// Reads words as `mended` says, but for those in quotation marks.
    pub(super) fn mend(&mut self, mended: impl Fn(&Token) -> Option<String>) {
        for (at, token) in self.tokens.iter_mut().enumerate() {
            let quoted = self.quotes.iter().any(|quote| quote.tokens.contains(&at));
            let Some(word) = (if quoted { None } else { mended(token) }) else { continue };
            self.read_as.insert(token.word.clone(), word.clone());
            token.stem = WORDS.stem(&word);
            token.word = word;
        }
    }

    /// Where it holds a file's name, with or without its extension.
    pub(super) fn names_file(&self, name: &str) -> Option<Range<usize>> {
        let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
        [name, stem].into_iter().find_map(|name| {
            let words: Vec<String> = tokens(name).into_iter().map(|token| token.word).collect();
            let same = |there: &[Token]| there.iter().map(|token| &token.word).eq(&words);
            let at = self.tokens.windows(words.len().max(1)).position(same)?;
            Some(at..at + words.len())
        })
    }

    /// Says that these tokens were of use.
    pub(super) fn take(&self, tokens: Range<usize>) {
        self.used.borrow_mut().extend(tokens);
    }

    /// Whether this token was of use.
    pub(super) fn is_used(&self, token: usize) -> bool {
        self.used.borrow().contains(&token)
    }
}

fn quotes(text: &str, tokens: &[Token]) -> Vec<Quote> {
    let mut quotes = Vec::new();
    let mut from = 0;
    while let Some(opening) = text[from..].find(|c| MARKS.iter().any(|(open, _)| *open == c)).map(|at| from + at) {
        let mark = text[opening..].chars().next().unwrap_or('`');
        let inside = opening + mark.len_utf8();
        let closing = MARKS.iter().find(|(open, _)| *open == mark).map_or(mark, |(_, close)| *close);
        let Some(end) = text[inside..].find(closing).map(|at| inside + at) else {
            from = inside;
            continue;
        };
        let first = tokens.iter().position(|token| token.start >= inside).unwrap_or(tokens.len());
        let last = tokens.iter().position(|token| token.start >= end).unwrap_or(tokens.len());
        quotes.push(Quote { text: text[inside..end].into(), tokens: first..last, is_name: mark == '`' });
        from = end + closing.len_utf8();
    }
    quotes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_found_with_their_tokens() {
        let found = quotes_of("mean of `co2 ppm` and \"b\" but not ` or “x”");
        assert_eq!(found, [("co2 ppm".into(), 2..4, true), ("b".into(), 5..6, false), ("x".into(), 9..10, false)]);
        assert_eq!(quotes_of("`\n`"), [("\n".into(), 0..0, true)]);
        assert_eq!(quotes_of("it's ”odd“"), []);
    }

    fn quotes_of(text: &str) -> Vec<(String, Range<usize>, bool)> {
        Question::new(text).quotes.into_iter().map(|quote| (quote.text, quote.tokens, quote.is_name)).collect()
    }
}
