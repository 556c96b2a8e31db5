//! What somebody says besides the question: who they are, what they need it for (`before I hand in my report`).
//!
//! An aside goes from its opening (`words.toml`) to the next stop. What is known in it still counts; what is not, what
//! no recipe does, and its numbers do not: a report that is handed in is not asked for.

use super::words::{Token, WORDS};
use std::{collections::BTreeSet, ops::Range};

/// Marks that end an aside.
const STOPS: [char; 8] = ['.', ',', ';', ':', '!', '?', '\n', ')'];

/// The tokens of a text that stand in asides.
pub(super) fn of(text: &str, tokens: &[Token]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        let opens = |opening: &&Vec<String>| {
            let there = tokens.get(at..at + opening.len());
            there.is_some_and(|there| there.iter().map(|token| &token.word).eq(opening.iter()))
        };
        if let Some(opening) = WORDS.asides().iter().find(opens) {
            let aside = at..end(text, tokens, at + opening.len());
            at = aside.end;
            found.extend(aside);
        } else {
            at += 1;
        }
    }
    found
}

/// The token after the next stop, from this one on.
fn end(text: &str, tokens: &[Token], from: usize) -> usize {
    let stops = |gap: Range<usize>| text.get(gap).is_some_and(|between| between.contains(STOPS));
    let next = (from..tokens.len()).find(|at| stops(tokens[at.saturating_sub(1)].end..tokens[*at].start));
    next.unwrap_or(tokens.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookbook::words::tokens;

    #[test]
    fn an_aside_ends_at_the_next_stop() {
        for (text, expected) in [
            (
                "is it rising? I am a gardener of 3.5 plots, and old",
                vec!["i", "am", "a", "gardener", "of", "3.5", "plots"],
            ),
            ("before I hand it in: any gaps", vec!["before", "i", "hand", "it", "in"]),
            ("the mean before 1990", vec![]),
            ("", vec![]),
        ] {
            let tokens = tokens(text);
            let words: Vec<&str> = of(text, &tokens).into_iter().map(|at| tokens[at].word.as_str()).collect();
            assert_eq!(words, expected, "{text}");
        }
    }
}
