//! Results for a person at a terminal: names and values in two columns, numbers aligned at their points, what is nested
//! indented, rows as rows. Bounded in width, length and depth; the whole is in `results.json`.

use super::{
    Face, STRONG,
    number::{self, whole_part},
    plain, plain_line,
};
use serde_json::{Map, Value};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The most lines altogether, rows of one list, and lines of one text.
const LINES: usize = 120;
const ROWS: usize = 20;
const TEXT_LINES: usize = 20;
/// Dicts below this depth are shown on one line.
const DEPTH: usize = 4;
const INDENT: usize = 2;
/// The most columns of one cell among rows.
const CELL: usize = 24;
/// Beyond so many digits before the point, numbers are not aligned.
const WHOLE_PART: usize = 16;

/// The lines, none wider than `columns`.
pub(crate) fn lines(results: &Map<String, Value>, columns: usize, face: Face) -> Vec<String> {
    let mut page = Page { lines: Vec::new(), columns, face, rounded: false };
    if results.is_empty() {
        page.put(0, "no results: the dict is empty");
    }
    page.dict(results, 1);
    if page.lines.len() > LINES {
        page.lines.truncate(LINES);
        page.put(INDENT, "… there is more: results.json has the whole");
    } else if page.rounded {
        page.put(INDENT, &face.paint(super::FAINT, "(rounded to be read; results.json has every digit)"));
    }
    page.lines
}

struct Page {
    lines: Vec<String>,
    columns: usize,
    face: Face,
    rounded: bool,
}

impl Page {
    fn put(&mut self, indent: usize, text: &str) {
        self.lines.push(format!("{:indent$}{text}", ""));
    }

    fn dict(&mut self, dict: &Map<String, Value>, depth: usize) {
        let indent = depth * INDENT;
        let room = self.columns.saturating_sub(indent);
        let names = dict.iter().filter(|(_, value)| is_cell(value)).map(|(name, _)| plain_line(name).width());
        let wide = names.max().unwrap_or(0).min(room / 2);
        let cells: Vec<_> = dict.values().filter(|value| is_cell(value)).map(|value| self.cell(value)).collect();
        let whole = whole_width(&cells);
        let mut cells = cells.into_iter();
        for (name, value) in dict {
            if self.lines.len() > LINES {
                return;
            }
            if is_cell(value) {
                let Some(cell) = cells.next() else { return };
                let name = padded(&cut(&plain_line(name), wide), wide);
                let text = cut(&cell.aligned(whole), room.saturating_sub(wide + INDENT));
                self.put(indent, format!("{name}  {text}").trim_end());
            } else {
                let name = self.face.paint(STRONG, &cut(&plain_line(name), room));
                self.put(indent, &name);
                self.nested(value, depth + 1);
            }
        }
    }

    fn nested(&mut self, value: &Value, depth: usize) {
        let indent = depth * INDENT;
        let room = self.columns.saturating_sub(indent);
        match value {
            Value::Object(dict) if depth <= DEPTH => self.dict(dict, depth),
            Value::Array(items) if rows(items).is_some() => self.rows(items, indent),
            Value::String(text) => {
                let text = plain(text).replace('\t', "    ");
                for line in text.lines().take(TEXT_LINES) {
                    self.put(indent, &format!("│ {}", cut(line, room.saturating_sub(2))));
                }
                self.more(indent, text.lines().count(), TEXT_LINES, "lines");
            }
            other => self.put(indent, &cut(&plain_line(&other.to_string()), room)),
        }
    }

    /// A list of dicts under their names, or a list of lists without.
    fn rows(&mut self, items: &[Value], indent: usize) {
        let Some(heads) = rows(items) else { return };
        let room = self.columns.saturating_sub(indent);
        let (mut columns, mut used, mut left_out) = (Vec::new(), 0, 0);
        for head in heads {
            let cells: Vec<_> = items.iter().take(ROWS).map(|row| self.row_cell(row, &head)).collect();
            let column = Column::of(&head, &cells);
            let gap = if columns.is_empty() { 0 } else { INDENT };
            if left_out > 0 || used + gap + column.wide > room {
                left_out += 1;
                continue;
            }
            used += gap + column.wide;
            columns.push(column);
        }
        let line = |at: usize| {
            let cells: Vec<_> = columns.iter().map(|column| padded(&column.cells[at], column.wide)).collect();
            cells.join("  ").trim_end().to_owned()
        };
        let shown: Vec<_> = (0..=items.len().min(ROWS)).map(line).collect();
        for (at, line) in shown.iter().enumerate() {
            match at {
                0 if line.is_empty() => {}
                0 => self.put(indent, &self.face.paint(super::FAINT, line)),
                _ => self.put(indent, line),
            }
        }
        self.more(indent, items.len(), ROWS, "rows");
        self.more(indent, left_out, 0, "columns");
    }

    fn row_cell(&mut self, row: &Value, head: &Head) -> Cell {
        let value = match (row, head) {
            (Value::Object(dict), Head::Named(name)) => dict.get(name),
            (Value::Array(list), Head::At(at)) => list.get(*at),
            _ => None,
        };
        value.map_or_else(|| Cell::text(""), |value| self.cell(value))
    }

    fn more(&mut self, indent: usize, all: usize, shown: usize, what: &str) {
        if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
            self.put(indent, &format!("… {more} more {what}"));
        }
    }

    fn cell(&mut self, value: &Value) -> Cell {
        match value {
            Value::Number(number) => {
                let shown = number::shown(number);
                self.rounded |= shown.rounded;
                Cell { text: shown.text, is_number: true }
            }
            Value::String(text) => Cell::text(&plain_line(text.trim_end())),
            // Cut before it is written out: a list may have millions of items.
            Value::Array(items) => {
                const MOST: usize = 40;
                let some: Vec<_> = items.iter().take(MOST).map(|item| self.cell(item).text).collect();
                let more = items.len().checked_sub(MOST).filter(|more| *more > 0);
                let more = more.map_or(String::new(), |more| format!(", … {more} more"));
                Cell::text(&format!("[{}{more}]", some.join(", ")))
            }
            other => Cell::text(&plain_line(&other.to_string())),
        }
    }
}

/// What stands in one column among rows, its heading first.
struct Column {
    cells: Vec<String>,
    wide: usize,
}

impl Column {
    fn of(head: &Head, cells: &[Cell]) -> Self {
        let heading = match head {
            Head::Named(name) => cut(&plain_line(name), CELL),
            Head::At(_) => String::new(),
        };
        let whole = whole_width(cells);
        let mut texts: Vec<_> = cells.iter().map(|cell| cut(&cell.aligned(whole), CELL)).collect();
        let wide = texts.iter().map(|text| text.width()).max().unwrap_or(0);
        // Over numbers a heading stands at the right, as they do.
        let right = cells.iter().any(|cell| cell.is_number) && heading.width() < wide;
        let heading = if right { format!("{:1$}{heading}", "", wide - heading.width()) } else { heading };
        let wide = wide.max(heading.width());
        texts.insert(0, heading);
        Self { cells: texts, wide }
    }
}

enum Head {
    Named(String),
    At(usize),
}

/// The columns of a list whose items are all dicts, or all lists without further ones; none of anything else.
fn rows(items: &[Value]) -> Option<Vec<Head>> {
    if items.is_empty() {
        return None;
    }
    if items.iter().all(Value::is_object) {
        let mut names: Vec<&String> = Vec::new();
        for name in items.iter().take(ROWS).filter_map(Value::as_object).flat_map(Map::keys) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        return Some(names.into_iter().cloned().map(Head::Named).collect());
    }
    let lists: Vec<_> = items.iter().map_while(Value::as_array).collect();
    (lists.len() == items.len())
        .then(|| (0..lists.iter().map(|list| list.len()).max().unwrap_or(0)).map(Head::At).collect())
}

/// Whether a value stands beside its name, on one line.
fn is_cell(value: &Value) -> bool {
    match value {
        Value::Object(dict) => dict.is_empty(),
        Value::Array(items) => rows(items).is_none(),
        Value::String(text) => !text.trim_end().contains('\n'),
        _ => true,
    }
}

struct Cell {
    text: String,
    is_number: bool,
}

impl Cell {
    fn text(text: &str) -> Self {
        Self { text: text.into(), is_number: false }
    }

    /// Numbers with their points in column `whole`.
    fn aligned(&self, whole: usize) -> String {
        let before = if self.is_number { whole.saturating_sub(whole_part(&self.text)) } else { 0 };
        format!("{:before$}{}", "", self.text)
    }
}

fn whole_width(cells: &[Cell]) -> usize {
    let parts = cells.iter().filter(|cell| cell.is_number).map(|cell| whole_part(&cell.text));
    parts.filter(|part| *part <= WHOLE_PART).max().unwrap_or(0)
}

fn padded(text: &str, wide: usize) -> String {
    format!("{text}{:1$}", "", wide.saturating_sub(text.width()))
}

/// At most so many columns of a text.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 1; // for the sign that something is missing
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push('…');
    short
}

#[cfg(test)]
#[path = "results_tests.rs"]
mod tests;
