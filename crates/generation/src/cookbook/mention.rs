//! Where a request speaks of a table's columns.
//!
//! A column is meant by its whole name, by a part of it that no other column has (`co2` for `co2_ppm`), or by its exact
//! name in quotation marks. A single word that the recipe itself uses (`mean`, `level`) means the recipe, not a column of
//! that name, unless it is quoted or called a column.

use super::{
    question::Question,
    table::Column,
    words::{Token, WORDS, tokens},
};

/// One place that speaks of one column, or of several that cannot be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Indices of the columns.
    pub(super) columns: Vec<usize>,
    /// The first token.
    pub(super) at: usize,
    /// How many.
    pub(super) length: usize,
}

/// A name in backticks that is neither a column's nor known otherwise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnknownName(pub(super) String);

/// All places, in the order of the request. `is_own` says which stems the recipe itself uses.
pub(super) fn find(
    question: &Question,
    columns: &[Column],
    is_own: impl Fn(&str) -> bool,
    is_input: impl Fn(&str) -> bool,
) -> Result<Vec<Mention>, UnknownName> {
    let names: Vec<Vec<Token>> = columns.iter().map(|column| name_tokens(&column.name)).collect();
    let mut mentions = Vec::new();
    let mut at = 0;
    let mut quotes = question.quotes.iter().peekable();
    while at <= question.tokens.len() {
        while let Some(quote) = quotes.next_if(|quote| quote.tokens.start <= at) {
            let exact = columns.iter().position(|column| column.name == quote.text);
            let column = exact.or_else(|| columns.iter().position(|c| c.name.eq_ignore_ascii_case(&quote.text)));
            match column {
                Some(column) => {
                    mentions.push(Mention {
                        columns: vec![column],
                        at: quote.tokens.start,
                        length: quote.tokens.len(),
                    });
                    at = at.max(quote.tokens.end);
                }
                None if quote.is_name && !is_input(&quote.text) => return Err(UnknownName(quote.text.clone())),
                None => {}
            }
        }
        at += match best(&question.tokens, at, &names, &is_own) {
            Some((columns, length)) => {
                mentions.push(Mention { columns, at, length });
                length
            }
            None => 1,
        };
    }
    Ok(mentions)
}

/// A name's words: `WaterTemp_C` is water, temp, c.
pub(super) fn name_tokens(name: &str) -> Vec<Token> {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    tokens(&spaced)
}

/// The columns that most of the tokens from `at` on name, and how many tokens do.
fn best(
    tokens: &[Token],
    at: usize,
    names: &[Vec<Token>],
    is_own: &impl Fn(&str) -> bool,
) -> Option<(Vec<usize>, usize)> {
    let lengths: Vec<(usize, bool)> = names
        .iter()
        .map(|name| {
            let length = (0..name.len()).map(|from| shared(&tokens[at..], &name[from..])).max().unwrap_or(0);
            (length, length == name.len())
        })
        .collect();
    let longest = lengths.iter().map(|(length, _)| *length).max().filter(|length| *length > 0)?;
    if longest == 1 && !speaks_of_a_column(tokens, at, is_own) {
        return None;
    }
    let of_length = |whole: bool| -> Vec<usize> {
        let fits = |(_, (length, is_whole)): &(usize, &(usize, bool))| *length == longest && (*is_whole || !whole);
        lengths.iter().enumerate().filter(fits).map(|(column, _)| column).collect()
    };
    let whole = of_length(true);
    Some((if whole.is_empty() { of_length(false) } else { whole }, longest))
}

/// How many tokens two texts start with together.
fn shared(a: &[Token], b: &[Token]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a.word == b.word || a.number.is_none() && same_word(a, b)).count()
}

/// Singular and plural are one; synonyms are not: `max` is not the column `peak`.
fn same_word(a: &Token, b: &Token) -> bool {
    let plain = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    plain(&a.word) == plain(&b.word)
}

fn speaks_of_a_column(tokens: &[Token], at: usize, is_own: &impl Fn(&str) -> bool) -> bool {
    let token = &tokens[at];
    let is_column = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at)).is_some_and(|t| ["column", "columns"].contains(&t.word.as_str()))
    };
    if is_column(at.checked_sub(1)) || is_column(Some(at + 1)) {
        return true;
    }
    // single letters are names of columns more often than words
    let is_letter = token.word.chars().nth(1).is_none() && !["a", "i"].contains(&token.word.as_str());
    token.number.is_none() && (is_letter || !WORDS.is_stop(&token.word) && !is_own(&token.stem))
}
