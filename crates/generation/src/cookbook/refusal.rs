//! Why no script was made, in sentences, each with its way out.

use super::table::TableError;
use pyexec_core::{ErrorKind, PluginError};

/// Why a recipe could not be bound to a request and its inputs. `recipe` is always the one that fits the words.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the recipe `{recipe}` needs a CSV input and the request has none{others}")]
    NoInput {
        recipe: String,
        /// What there is instead, as a clause.
        others: String,
        /// To a CSV input.
        way: Option<&'static str>,
    },
    #[error("the recipe `{recipe}` reads one table and the request does not say which of several: {names}")]
    SeveralInputs { recipe: String, names: String },
    #[error("the input `{name}` {error}")]
    UnusableInput { name: String, error: TableError },
    #[error("the recipe `{recipe}` needs {wanted}; {found}")]
    NoColumn { recipe: String, wanted: String, found: String },
    #[error("the recipe `{recipe}` needs {wanted} and the request does not say which: {candidates}")]
    WhichColumn { recipe: String, wanted: String, candidates: String },
    #[error("there is no column `{name}`{nearest}")]
    UnknownColumn {
        name: String,
        /// As a clause.
        nearest: String,
        columns: String,
    },
    #[error("the recipe `{recipe}` has no use for the column `{column}`, which the request names")]
    UnusedColumn { recipe: String, column: String },
    #[error("the dates in the column `{column}` could have the day first or the month")]
    AmbiguousDates { column: String },
    #[error("the column `{column}` looks like dates in a form that is not read: `{example}`")]
    StrangeDates { column: String, example: String },
    #[error("the recipe `{recipe}` has no use for the number {number}, which the request names")]
    UnusedNumber { recipe: String, number: f64 },
    #[error("the recipe `{recipe}` takes all rows and the request speaks of some: `{said}`")]
    SomeRows { recipe: String, said: String },
    #[error("the request names several numbers for `{parameter}`: {numbers}")]
    WhichNumber { parameter: String, numbers: String },
    #[error("{number} cannot be `{parameter}` of the recipe `{recipe}`: {wanted}")]
    BadNumber { recipe: String, parameter: String, number: f64, wanted: String },
    #[error("the request names several stretches of time: {spans}")]
    WhichSpan { spans: String },
    #[error("{span} cannot be counted: `{input}` has no column of dates or times")]
    SpanWithoutTimes { span: String, input: String },
    #[error("the request asks for several of what the recipe `{recipe}` does one at a time: {options}")]
    WhichOption { recipe: String, options: String },
}

impl Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnusableInput { .. } => ErrorKind::BadFile,
            _ => ErrorKind::BadRequest,
        }
    }

    fn help(&self) -> String {
        match self {
            Self::NoInput { way: Some(way), .. } => format!("{way}, and give that file with `--input`"),
            Self::NoInput { .. } => "add the table with `--input FILE.csv`".into(),
            Self::SeveralInputs { .. } => {
                "write one file's name in the request, give only that input, or join the tables into one".into()
            }
            Self::UnusableInput { error, .. } => match error {
                TableError::Unreadable(_) | TableError::NotAFile => "give a readable CSV file".into(),
                TableError::NotText => {
                    "if it is text, convert it: `iconv -f LATIN1 -t UTF-8 OLD.csv > NEW.csv` (or UTF-16, CP1252)".into()
                }
                TableError::TwoOfOneName(_) | TableError::NoHeader(_) => {
                    "the first line must hold the name of each column, each once".into()
                }
                _ => "give a CSV file in UTF-8: a line of column names, then rows".into(),
            },
            Self::NoColumn { .. } => "give a table that has one, or ask another question of this one".into(),
            Self::WhichColumn { .. } => "name the column in the request, best in backticks".into(),
            Self::UnknownColumn { columns, .. } => format!("the columns are {columns}"),
            Self::UnusedColumn { .. } => "ask about one thing at a time, or leave the column out".into(),
            Self::AmbiguousDates { .. } | Self::StrangeDates { .. } => "write dates as YYYY-MM-DD".into(),
            Self::UnusedNumber { .. } => "leave it out, or prepare the table so that it is not needed".into(),
            Self::SomeRows { .. } => "leave it out, or give a table with only those rows".into(),
            Self::WhichNumber { .. } | Self::WhichSpan { .. } => "name one".into(),
            Self::BadNumber { .. } => "name another number".into(),
            Self::SpanWithoutTimes { .. } => "count in rows (`12 rows`), or give a table with dates".into(),
            Self::WhichOption { .. } => "ask for one of them".into(),
        }
    }
}

impl From<Refusal> for PluginError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.kind().name(), refusal.to_string()).with_help(refusal.help())
    }
}

/// Names in a sentence, the first dozen of them, with whatever is unprintable escaped.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.escape_debug())).collect();
    match names.split_at_checked(12) {
        Some((first, rest)) if !rest.is_empty() => format!("{} and {} more", first.join(", "), rest.len()),
        _ => names.join(", "),
    }
}
