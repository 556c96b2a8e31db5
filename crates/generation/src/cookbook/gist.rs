//! What of a request says what is wanted, for the ranking: its words without names, and without what goes for any recipe.
//!
//! A column's name says nothing about the recipe, but what it is may: `for every site`, where `site` names groups, asks for
//! groups. A name that is also a word of the recipes (`power`, `trend`) could be meant either way, so there are two readings.

use super::{
    content::Content,
    mention::{self, Mention},
    question::Question,
    ranking::{Ranking, counts},
    table::{Column, Table},
    words::{Token, WORDS, tokens},
};
use std::collections::BTreeSet;

/// The readings of a request: words that could be names taken as words, and taken as names. The second is absent where it
/// would be the same or empty.
pub(super) struct Gist {
    pub(super) as_words: Vec<Token>,
    pub(super) as_names: Option<Vec<Token>>,
}

impl Gist {
    /// Of a question about these tables and files.
    pub(super) fn of(question: &Question, tables: &[Table], files: &[&str], ranking: &Ranking) -> Self {
        let mut names: BTreeSet<usize> = BTreeSet::new();
        let mut groups = false;
        for table in tables {
            let mentions = mention::find(question, &table.columns, |_| false, |_| true).unwrap_or_default();
            for mention in &mentions {
                groups |= mention.columns.iter().any(|column| names_groups(question, mention, &table.columns[*column]));
                names.extend(mention.at..mention.at + mention.length);
            }
        }
        let file_words: BTreeSet<String> = files.iter().flat_map(|file| tokens(file)).map(|token| token.word).collect();
        let in_file_name = |token: &Token| file_words.contains(&token.word);
        let quoted = |at: usize| question.quotes.iter().any(|quote| quote.tokens.contains(&at));
        let named_files: Vec<_> = files.iter().filter_map(|file| question.names_file(file)).collect();
        let in_named_file = |at: usize| named_files.iter().any(|tokens| tokens.contains(&at));
        let strange_name = |at: usize, token: &Token| {
            quoted(at)
                || question.asides.contains(&at) && !ranking.knows(&token.stem)
                || in_named_file(at)
                // a word that recipes use in passing (`speed`) is a name where a column has it
                || names.contains(&at) && !ranking.is_anyones_own(&token.stem) && WORDS.unit(&token.word).is_none()
                || !ranking.knows(&token.stem) && (names.contains(&at) || in_file_name(token))
        };
        // `7 day`, `52 week` say how much, not what
        let is_amount = |at: usize| {
            let counts = |token: &Token| token.number.is_some() || WORDS.number(&token.word).is_some();
            WORDS.unit(&question.tokens[at].word).is_some() && at > 0 && counts(&question.tokens[at - 1])
        };
        let all =
            || question.tokens.iter().enumerate().filter(|(at, token)| !strange_name(*at, token) && !is_amount(*at));
        let mut as_words: Vec<Token> = all().map(|(_, token)| token.clone()).collect();
        let mut as_names: Vec<Token> =
            all().filter(|(at, _)| !names.contains(at)).map(|(_, token)| token.clone()).collect();
        let differ = as_names.len() < as_words.len() && as_names.iter().any(counts);
        for reading in [&mut as_words, &mut as_names] {
            if groups {
                reading.extend(tokens("group"));
            }
            drop_common(reading, ranking);
        }
        Self { as_words, as_names: differ.then_some(as_names) }
    }
}

/// `by site`, `every site`, and `the sites` where the column is called `site`.
fn names_groups(question: &Question, mention: &Mention, column: &Column) -> bool {
    match column.content {
        Content::Text => {}
        Content::Numbers { whole: true } if column.repeats => {}
        _ => return false,
    }
    let before = question.tokens[..mention.at].iter().rev().find(|token| !WORDS.is_article(&token.word));
    let last = question.tokens[..mention.at + mention.length].last();
    let is_plural =
        last.is_some_and(|token| token.word.ends_with('s') && !column.name.to_lowercase().contains(&token.word));
    is_plural || before.is_some_and(|token| WORDS.is_grouping(&token.word))
}

/// What every recipe does says something only where nothing else that is known does.
fn drop_common(reading: &mut Vec<Token>, ranking: &Ranking) {
    let says = |token: &Token| counts(token) && !WORDS.is_common(&token.stem) && ranking.knows(&token.stem);
    if reading.iter().any(|token| says(token) && !ranking.is_stretch(&token.stem)) {
        reading.retain(|token| !WORDS.is_common(&token.stem) || WORDS.is_background(&token.stem));
    }
}
