//! Declared inputs as a model sees them: of tables the columns and the first rows, of anything else its name and size.

use super::facts::bounded;
use crate::cookbook::{
    content::Content,
    table::{self, Table},
};
use pyexec_core::finding::InputInfo;
use serde::Serialize;
use std::path::Path;

/// What is read as a table, by the end of the name.
const TABULAR: [&str; 5] = ["csv", "tsv", "tab", "txt", "dat"];
/// How many inputs are looked into.
const MOST_READ: usize = 20;
const MOST_COLUMNS: usize = 60;
const MOST_ROWS: usize = 5;
/// How much of a name or a cell, in characters.
const MOST_OF_CELL: usize = 60;

/// One input.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Input {
    name: String,
    bytes: u64,
    table: Option<Head>,
    /// Why it is shown as no table, where it looks like one.
    note: Option<String>,
}

/// The head of a table.
#[derive(Debug, Clone, Serialize)]
struct Head {
    separator: String,
    decimal: String,
    columns: Vec<Column>,
    /// How many are not shown.
    more_columns: usize,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone, Serialize)]
struct Column {
    name: String,
    holds: String,
}

pub(super) fn of(inputs: &[InputInfo]) -> Vec<Input> {
    let one = |(at, input): (usize, &InputInfo)| {
        let (name, bytes) = (input.name.clone(), input.bytes);
        let end = Path::new(&input.name).extension().and_then(|end| end.to_str()).unwrap_or_default();
        if at >= MOST_READ || !TABULAR.contains(&end.to_ascii_lowercase().as_str()) {
            return Input { name, bytes, table: None, note: None };
        }
        match table::read(Path::new(&input.path)) {
            Ok(table) => Input { name, bytes, table: Some(head(&table)), note: None },
            // What its first line holds is data.
            Err(table::TableError::NoHeader(_)) => {
                Input { name, bytes, table: None, note: Some("it has no header that names columns".into()) }
            }
            Err(_) => Input { name, bytes, table: None, note: Some("it is no plain table with a header".into()) },
        }
    };
    inputs.iter().enumerate().map(one).collect()
}

fn head(table: &Table) -> Head {
    let columns = table.columns.iter().take(MOST_COLUMNS);
    let column = |column: &table::Column| Column {
        name: bounded(&column.name, MOST_OF_CELL),
        holds: holds(&column.content, column.start),
    };
    let cells = |row: &Vec<String>| row.iter().take(MOST_COLUMNS).map(|cell| bounded(cell, MOST_OF_CELL)).collect();
    Head {
        separator: table.separator.to_string(),
        decimal: table.decimal.sign().into(),
        columns: columns.map(column).collect(),
        more_columns: table.columns.len().saturating_sub(MOST_COLUMNS),
        rows: table.first_rows.iter().take(MOST_ROWS).map(cells).collect(),
    }
}

fn holds(content: &Content, start: Option<f64>) -> String {
    match content {
        Content::Numbers { whole: true } => "whole numbers".into(),
        Content::Numbers { whole: false } => "numbers".into(),
        Content::Times(format) => {
            let since = start.map(|year| format!(", from {year:.0} on")).unwrap_or_default();
            format!("times as {format}{since}")
        }
        Content::AmbiguousDates => "dates; day or month first is not clear".into(),
        Content::StrangeDates(_) => "dates in an unusual form".into(),
        Content::Text => "text".into(),
        Content::Nothing => "nothing in its first rows".into(),
    }
}
