//! A page of text: our words at the left edge and in ASCII, foreign text behind a gutter, nothing wider than the terminal.

use crate::expose::{Exposed, Line, Span, cells, is_mark};
use std::fmt::Write;

/// The narrowest page that is still one.
const MIN_WIDTH: usize = 40;
/// The most characters of one foreign text other than code: a long task must not push the code away.
const MAX_FOREIGN: usize = 4000;

pub(super) struct Page {
    width: usize,
    text: String,
}

/// What stands before the rows of one line of foreign text. All rows of a line are as wide.
struct Gutter<'a> {
    first: String,
    /// Whether lines are broken between words, as prose is, or wherever they are full.
    words: bool,
    /// Where a line goes on, told in which column.
    next: &'a dyn Fn(usize) -> String,
}

impl Page {
    pub(super) fn new(width: usize) -> Self {
        Self { width: width.max(MIN_WIDTH), text: String::new() }
    }

    /// A line of our own words, broken between them where it is too long.
    pub(super) fn own(&mut self, line: &str) {
        // Our words are ASCII and made here; should anything else ever get among them, it does no harm.
        let line = line.replace(|c: char| !matches!(c, ' '..='~'), "?");
        if line.len() <= self.width {
            self.text.push_str(&line);
            self.text.push('\n');
            return;
        }
        let indent = line.len() - line.trim_start().len();
        let (mut row, hanging) = (" ".repeat(indent), " ".repeat(indent + 2));
        let mut fresh = true;
        for mut word in line.split_whitespace() {
            if !fresh && row.len() + 1 + word.len() > self.width {
                self.end_row(&mut row, &hanging);
                fresh = true;
            }
            while row.len() + word.len() > self.width {
                let (head, tail) = word.split_at(self.width - row.len());
                row.push_str(head);
                word = tail;
                self.end_row(&mut row, &hanging);
            }
            if !fresh {
                row.push(' ');
            }
            row.push_str(word);
            fresh = false;
        }
        self.end_row(&mut row, "");
    }

    fn end_row(&mut self, row: &mut String, hanging: &str) {
        self.text.push_str(row);
        self.text.push('\n');
        hanging.clone_into(row);
    }

    /// A heading, after an empty line.
    pub(super) fn section(&mut self, heading: &str) {
        self.own("");
        self.own(heading);
    }

    /// Foreign text.
    pub(super) fn foreign(&mut self, exposed: &Exposed) {
        let mut left = MAX_FOREIGN;
        let mut more = 0;
        for line in exposed.lines() {
            let columns = line.columns();
            if left == 0 {
                more += columns + 1;
                continue;
            }
            if columns <= left {
                self.foreign_line(line);
            } else {
                self.foreign_line(&line.first_columns(left));
                more += columns - left;
            }
            left = left.saturating_sub(columns + 1);
        }
        if more > 0 {
            self.own(&format!("    and {more} more characters"));
        }
    }

    fn foreign_line(&mut self, line: &Line) {
        self.rows(&Gutter { first: "  │ ".into(), words: true, next: &|_| "  ┆ ".into() }, line);
    }

    /// A line of code with its number, of at most so many `digits`, and two places for marks.
    pub(super) fn code(&mut self, number: u32, digits: usize, marks: &str, line: &Line) {
        let first = format!("{marks:<2}{number:>digits$} │ ");
        let next = |column| format!("  {:>digits$} ┆ ", format!("+{column}"));
        self.rows(&Gutter { first, words: false, next: &next }, line);
    }

    /// A line of a comparison with its old and new number.
    pub(super) fn change(&mut self, row: &super::change::Row, digits: usize) {
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let first = format!("{} {:>digits$} {:>digits$} │ ", row.sign, number(row.old), number(row.new));
        let next = |_| format!("{} {:>digits$} {:>digits$} ┆ ", row.sign, "", "");
        let gutter = Gutter { first, words: false, next: &next };
        for line in row.text.lines() {
            self.rows(&gutter, line);
        }
    }

    /// Our own remark where lines of code are not written one by one.
    pub(super) fn folded(&mut self, number: u32, digits: usize, remark: &str) {
        let _ = writeln!(self.text, "  {number:>digits$} │ ⟨{remark}⟩"); // to a String: cannot fail
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// How many cells a line of code can take.
    pub(super) fn room(&self, digits: usize) -> usize {
        self.width - format!("  {:digits$} │ ", "").chars().map(cells).sum::<usize>()
    }

    /// Breaks a line where the page ends.
    fn rows(&mut self, gutter: &Gutter<'_>, line: &Line) {
        let room = self.width - gutter.first.chars().map(cells).sum::<usize>();
        self.text.push_str(&gutter.first);
        let (mut used, mut column) = (0, 1);
        for span in &line.spans {
            for (piece, columns) in pieces(span, room, gutter.words) {
                let wide: usize = piece.chars().map(cells).sum();
                if used > 0 && used + wide > room {
                    self.text.push('\n');
                    self.text.push_str(&(gutter.next)(column));
                    used = 0;
                }
                self.text.push_str(piece);
                (used, column) = (used + wide, column + columns);
            }
        }
        self.text.push('\n');
    }
}

/// What must stay on one row, with how many characters of the source it is: a letter with its marks, something written
/// out, a note. Only a note can be longer than a row; then it is broken as text is.
fn pieces(span: &Span, room: usize, words: bool) -> Vec<(&str, usize)> {
    let text = span.text();
    let fits = |text: &str| text.chars().map(cells).sum::<usize>() <= room;
    match span {
        Span::Written { columns, .. } => vec![(text, *columns)],
        Span::Note { .. } if fits(text) => vec![(text, 0)],
        Span::Note { .. } => letters(text).map(|piece| (piece, 0)).collect(),
        Span::Plain(_) => {
            let parts: Vec<_> = if words { text.split_inclusive(' ').collect() } else { vec![text] };
            let whole = |part| if words && fits(part) { vec![part] } else { letters(part).collect() };
            parts.into_iter().flat_map(whole).map(|piece| (piece, piece.chars().count())).collect()
        }
    }
}

fn letters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest.chars().next()?;
        let end = rest.char_indices().skip(1).find(|(_, c)| !is_mark(*c)).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}
