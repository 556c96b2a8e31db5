//! A page of text: our words at the left edge, foreign text behind a gutter, nothing wider than the terminal.

use crate::expose::cells;

/// The narrowest page that is still one.
const MIN_WIDTH: usize = 40;
/// The most characters of one foreign text other than code: a long task must not push the code away.
const MAX_FOREIGN: usize = 4000;

pub(super) struct Page {
    width: usize,
    text: String,
}

impl Page {
    pub(super) fn new(width: usize) -> Self {
        Self { width: width.max(MIN_WIDTH), text: String::new() }
    }

    /// A line of our own words.
    pub(super) fn own(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A heading, after an empty line.
    pub(super) fn section(&mut self, heading: &'static str) {
        self.own("");
        self.own(heading);
    }

    /// Foreign text, exposed already.
    pub(super) fn foreign(&mut self, exposed: &str) {
        let (shown, more) = match exposed.char_indices().nth(MAX_FOREIGN) {
            Some((end, _)) => (&exposed[..end], exposed[end..].chars().count()),
            None => (exposed, 0),
        };
        for line in shown.lines().chain(shown.is_empty().then_some("")) {
            self.rows("  │ ", "  ┆ ", line);
        }
        if more > 0 {
            self.rows("  │ ", "  ┆ ", &format!("⟨{more} more characters⟩"));
        }
    }

    /// A line of code, exposed already.
    pub(super) fn code(&mut self, number: u32, last: u32, marked: bool, line: &str) {
        let digits = last.to_string().len().max(3);
        let mark = if marked { '>' } else { ' ' };
        self.rows(&format!("{mark} {number:>digits$} │ "), &format!("  {:>digits$} ┆ ", ""), line);
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Breaks a line where the page ends, never inside `⟨…⟩`.
    fn rows(&mut self, first: &str, next: &str, line: &str) {
        let room = self.width - first.chars().map(cells).sum::<usize>();
        self.text.push_str(first);
        let mut used = 0;
        let mut rest = line;
        while let Some(piece) = piece(rest) {
            let wide: usize = piece.chars().map(cells).sum();
            if used > 0 && used + wide > room {
                self.text.push('\n');
                self.text.push_str(next);
                used = 0;
            }
            self.text.push_str(piece);
            used += wide;
            rest = &rest[piece.len()..];
        }
        self.text.push('\n');
    }
}

/// What must stay on one row: a character, or a written-out one.
fn piece(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let end = match first {
        '⟨' => text.find('⟩').map_or(text.len(), |at| at + '⟩'.len_utf8()),
        _ => first.len_utf8(),
    };
    Some(&text[..end])
}
