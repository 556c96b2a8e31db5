//! The head of a CSV input: how its fields are separated, what its columns are called and what they seem to hold.
//!
//! It reads at most [`HEAD_BYTES`] and [`HEAD_ROWS`]: what a script will meet further down it does not know. Where pandas
//! would guess otherwise than a reader (two columns of one name, rows longer than the header), the table is refused.

use super::content::{self, Content, DecimalMark};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    path::Path,
};

/// How much of a file is read.
pub(crate) const HEAD_BYTES: u64 = 256 << 10;
/// How many rows are looked at.
pub(crate) const HEAD_ROWS: usize = 100;
/// How many rows are kept to be shown.
const FIRST_ROWS: usize = 5;
/// How many different numbers may name groups.
const MOST_GROUPS: usize = 25;
const SEPARATORS: [char; 4] = [',', '\t', ';', '|'];

/// What the head tells.
#[derive(Debug)]
pub(crate) struct Table {
    /// Between fields.
    pub(crate) separator: char,
    /// In numbers.
    pub(crate) decimal: DecimalMark,
    /// From left to right.
    pub(crate) columns: Vec<Column>,
    /// As they stand there, [`FIRST_ROWS`] at most.
    pub(crate) first_rows: Vec<Vec<String>>,
}

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// As pandas will call it.
    pub(crate) name: String,
    /// As far as the head shows.
    pub(crate) content: Content,
    /// Whether its values repeat, as names of groups do.
    pub(crate) repeats: bool,
    /// Whether it only counts: from 0 or 1 in steps of one, perhaps from the start again and again.
    pub(crate) counts: bool,
    /// The year that its first value is in, if it holds times.
    pub(crate) start: Option<f64>,
}

/// Why a table cannot be read; each is a clause about the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("is not a regular file")]
    NotAFile,
    #[error("is empty")]
    Empty,
    #[error("is not text in UTF-8")]
    NotText,
    #[error("has a first line of more than {} KiB", HEAD_BYTES >> 10)]
    LongLine,
    #[error("is not a CSV table: {0}")]
    Malformed(csv::Error),
    #[error("has a header and no rows")]
    NoRows,
    #[error("has no header: its first line holds `{0}`")]
    NoHeader(String),
    #[error("has two columns named `{0}`")]
    TwoOfOneName(String),
    #[error("has {fields} fields in line {line} and {columns} in its header")]
    LongRow {
        /// From 1.
        line: u64,
        /// In that line.
        fields: usize,
        /// In the header.
        columns: usize,
    },
}

/// Reads the head of the file.
pub(crate) fn read(path: &Path) -> Result<Table, TableError> {
    // asked before it is opened: opening a pipe would wait for a writer
    if !path.metadata()?.is_file() {
        return Err(TableError::NotAFile);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut bytes)?;
    let cut = bytes.len() as u64 == HEAD_BYTES;
    if cut {
        let last = bytes.iter().rposition(|byte| *byte == b'\n').ok_or(TableError::LongLine)?;
        bytes.truncate(last + 1);
    }
    let text = str::from_utf8(&bytes).map_err(|_| TableError::NotText)?;
    parse(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads a head that is text.
pub(crate) fn parse(text: &str) -> Result<Table, TableError> {
    if text.contains('\0') {
        return Err(TableError::NotText);
    }
    let separator = separator(text);
    let (header, rows) = records(text, separator)?;
    if header.is_empty() {
        return Err(TableError::Empty);
    }
    check_header(&header)?;
    for row in &rows {
        if row.len() > header.len() {
            let line = row.position().map_or(0, csv::Position::line);
            return Err(TableError::LongRow { line, fields: row.len(), columns: header.len() });
        }
    }
    if rows.is_empty() {
        return Err(TableError::NoRows);
    }
    let decimal = content::decimal_mark(rows.iter().flatten(), separator);
    let columns = header
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let values: Vec<&str> =
                rows.iter().filter_map(|row| row.get(at)).filter(|v| !content::is_missing(v)).collect();
            let different = values.iter().collect::<BTreeSet<_>>().len();
            let content = content::of(name, &values, decimal);
            Column {
                start: matches!(content, Content::Times(_)).then(|| start(&values)).flatten(),
                content,
                name: if name.is_empty() { format!("Unnamed: {at}") } else { name.to_owned() },
                repeats: different * 4 <= values.len() && different <= MOST_GROUPS,
                counts: counts(&values),
            }
        })
        .collect();
    let first_rows = rows.iter().take(FIRST_ROWS).map(|row| row.iter().map(str::to_owned).collect()).collect();
    Ok(Table { separator, decimal, columns, first_rows })
}

/// The year of the first of these times, if the rows go on from it.
fn start(values: &[&str]) -> Option<f64> {
    let year = |time: &&str| {
        let mut numbers = time.split(|c: char| !c.is_ascii_digit());
        numbers.find(|digits| digits.len() == 4).and_then(|digits| digits.parse::<f64>().ok())
    };
    let first = values.first().and_then(year)?;
    values.iter().all(|time| year(time).is_some_and(|year| year >= first)).then_some(first)
}

fn counts(values: &[&str]) -> bool {
    let numbers: Option<Vec<u64>> = values.iter().map(|value| value.trim().parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| numbers.len() > 2) else { return false };
    let first = numbers[0];
    let steps = || numbers.windows(2).map(|pair| (pair[0], pair[1]));
    first <= 1
        && steps().all(|(a, b)| b == a || b == first || a.checked_add(1) == Some(b))
        && steps().any(|(a, b)| b > a)
}

fn records(text: &str, separator: char) -> Result<(csv::StringRecord, Vec<csv::StringRecord>), TableError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().transpose().map_err(TableError::Malformed)?.unwrap_or_default();
    let rows = records.take(HEAD_ROWS).collect::<Result<_, _>>().map_err(TableError::Malformed)?;
    Ok((header, rows))
}

/// The one that cuts every row into as many fields as the header, and most of them; else the one that the header has most.
fn separator(text: &str) -> char {
    let quality = |separator: &char| {
        let Ok((header, rows)) = records(text, *separator) else { return (false, 0) };
        (header.len() > 1 && rows.iter().all(|row| row.len() == header.len()), header.len())
    };
    // of equals, max_by_key takes the last: the comma comes last
    SEPARATORS.into_iter().rev().max_by_key(quality).unwrap_or(',')
}

fn check_header(header: &csv::StringRecord) -> Result<(), TableError> {
    let first = header.get(0).unwrap_or_default();
    if first.starts_with('#') || header.iter().all(|name| name.trim().parse::<f64>().is_ok()) {
        return Err(TableError::NoHeader(first.chars().take(40).collect()));
    }
    let mut seen = BTreeSet::new();
    match header.iter().find(|name| !name.is_empty() && !seen.insert(*name)) {
        Some(twice) => Err(TableError::TwoOfOneName(twice.into())),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
