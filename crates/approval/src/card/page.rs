//! A page of text: our words at the left edge, foreign text behind a gutter, nothing wider than the terminal.

use crate::expose::cells;

/// The narrowest page that is still one.
const MIN_WIDTH: usize = 40;
/// How much further right our own words go on.
const CONTINUED: usize = 4;
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

    /// A line of our own words, broken between them where it is too long. What follows is indented: only headings stand at
    /// the left edge.
    pub(super) fn own(&mut self, line: &str) {
        let words = line.trim_start_matches(' ');
        let indent = line.len() - words.len();
        let mut used = indent;
        self.text.extend(std::iter::repeat_n(' ', indent));
        for (at, word) in words.split(' ').enumerate() {
            let wide: usize = word.chars().map(cells).sum();
            if at > 0 && used + 1 + wide > self.width {
                used = self.continued(indent);
            } else if at > 0 {
                self.text.push(' ');
                used += 1;
            }
            // A digest may be wider than a page.
            for c in word.chars() {
                if used + cells(c) > self.width {
                    used = self.continued(indent);
                }
                self.text.push(c);
                used += cells(c);
            }
        }
        self.text.push('\n');
    }

    /// Goes to the next row of a line of our own, and says how much of it is used.
    fn continued(&mut self, indent: usize) -> usize {
        let trimmed = self.text.trim_end_matches(' ').len();
        self.text.truncate(trimmed);
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent + CONTINUED));
        indent + CONTINUED
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
