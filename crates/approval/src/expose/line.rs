//! A line of exposed text: what stands for itself, what is written out, and what we say about it.

use super::{
    Reading, TAB, TAB_ARROW,
    class::{Hidden, cells, hidden, is_mark},
    names::{self, in_word, looks_ascii},
};
use std::fmt::{self, Write};

/// Longer runs of spaces would push what follows out of sight, so their length is written instead.
const MAX_SPACES: usize = 40;
/// Combining marks that one letter may carry; stacks of them paint over the lines around.
const MAX_MARKS: usize = 2;
/// The most characters that a note names, and the longest name that it repeats.
const MAX_NAMED: usize = 4;
const MAX_READ_AS: usize = 60;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Line {
    pub(crate) spans: Vec<Span>,
    /// Whether a line end follows: the last line may have none.
    pub(crate) ended: bool,
    /// Whether that is a carriage return and a line feed.
    pub(crate) cr_lf: bool,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Span {
    /// Characters that stand for themselves.
    Plain(String),
    /// Characters written out: as what, how many they are, and why.
    Written { text: String, columns: usize, trick: Trick },
    /// What we say about the word before; stands for nothing.
    Note { text: String, about: Note },
}

/// Why characters are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Trick {
    /// See [`Hidden`].
    Hidden(Hidden),
    /// Not UTF-8.
    Byte,
    /// A carriage return alone: a line end to Python, and on a terminal the way back over the line.
    Return,
    /// The line end of another system than that of the lines around.
    CrLf,
    /// A long run of spaces.
    Spaces,
    /// A mark on a letter that cannot have it, or on a stack of them.
    Mark,
    /// A tab.
    Tab,
}

/// What a note is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Note {
    /// The word looks like another one.
    LooksLike { word: String },
    /// Python reads the word as another one, if it is a name.
    ReadAs { word: String },
}

impl Line {
    /// Whether it shows nothing at all.
    pub(crate) fn is_blank(&self) -> bool {
        self.spans.iter().all(|span| matches!(span, Span::Plain(text) if text.trim().is_empty()))
    }

    /// Its length in characters of the source.
    pub(crate) fn columns(&self) -> usize {
        let columns = |span: &Span| match span {
            Span::Plain(text) => text.chars().count(),
            Span::Written { columns, .. } => *columns,
            Span::Note { .. } => 0,
        };
        self.spans.iter().map(columns).sum()
    }

    /// At most its first so many characters of the source.
    pub(crate) fn first_columns(&self, most: usize) -> Self {
        let mut left = most;
        let mut cut = Self { spans: Vec::new(), ended: self.ended, cr_lf: self.cr_lf };
        for span in &self.spans {
            match span {
                Span::Plain(text) => {
                    let shown: String = text.chars().take(left).collect();
                    left -= shown.chars().count();
                    cut.spans.push(Span::Plain(shown));
                }
                Span::Written { columns, .. } if *columns > left => break,
                Span::Written { columns, .. } => {
                    left -= columns;
                    cut.spans.push(span.clone());
                }
                Span::Note { .. } => cut.spans.push(span.clone()),
            }
            if left == 0 {
                break;
            }
        }
        cut
    }

    /// Writes its line end out.
    fn show_cr_lf(&mut self) {
        self.spans.push(Span::Written { text: "⟨CR LF⟩".into(), columns: 1, trick: Trick::CrLf });
    }
}

impl Span {
    /// What is shown.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Written { text, .. } | Self::Note { text, .. } => text,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spans.iter().try_for_each(|span| f.write_str(span.text()))
    }
}

/// The lines so far, and what the next character depends on.
pub(super) struct Writer {
    reading: Reading,
    done: Vec<Line>,
    line: Line,
    /// Where the line stands, in cells.
    column: usize,
    /// Spaces seen and not written yet.
    spaces: usize,
    /// Whether the line has anything but spaces.
    begun: bool,
    /// How many more combining marks may follow.
    marks_left: usize,
    /// A carriage return was the last character.
    returned: bool,
    /// The word that goes on, if it is one, as it was written.
    word: String,
}

impl Writer {
    pub(super) fn new(reading: Reading) -> Self {
        Self {
            reading,
            done: Vec::new(),
            line: Line::default(),
            column: 0,
            spaces: 0,
            begun: false,
            marks_left: 0,
            returned: false,
            word: String::new(),
        }
    }

    pub(super) fn push(&mut self, c: char) {
        if !in_word(c) {
            self.end_word();
        }
        if std::mem::take(&mut self.returned) {
            if c == '\n' {
                return self.end_line(true);
            }
            self.lone_return();
        }
        let hidden = hidden(c);
        match c {
            '\n' if self.reading != Reading::Name => self.end_line(false),
            '\r' if self.reading != Reading::Name => self.returned = true,
            '\t' if self.reading != Reading::Name => self.tab(),
            ' ' => self.spaces += 1,
            c if is_mark(c) && hidden.is_none() && self.spaces == 0 && self.marks_left > 0 => {
                self.marks_left -= 1;
                self.plain(c);
                self.word.push(c);
            }
            c if is_mark(c) && hidden.is_none() => self.code_point(c, Trick::Mark),
            c => self.ordinary(c, hidden),
        }
    }

    fn ordinary(&mut self, c: char, hidden: Option<Hidden>) {
        if let Some(why) = hidden {
            return self.code_point(c, Trick::Hidden(why));
        }
        self.flush_spaces();
        self.plain(c);
        self.begun = true;
        // On ASCII a mark is either decomposed text, rare, or a trick.
        self.marks_left = if c.is_ascii() { 0 } else { MAX_MARKS };
        if in_word(c) {
            self.word.push(c);
        } else if self.reading == Reading::Name && looks_ascii(c) {
            self.looks_like(c.to_string(), &[c]);
        }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.end_word();
        if std::mem::take(&mut self.returned) {
            self.lone_return();
        }
        self.flush_spaces();
        self.written(format!("⟨byte {byte:02X}⟩"), 1, Trick::Byte);
    }

    pub(super) fn finish(mut self) -> Vec<Line> {
        self.end_word();
        if self.returned {
            self.lone_return();
        }
        if self.reading == Reading::Name && self.spaces > 0 {
            self.count_spaces();
        }
        self.flush_spaces();
        if self.done.is_empty() || !self.line.spans.is_empty() {
            self.done.push(self.line);
        }
        let mut ended = self.done.iter().filter(|line| line.ended).map(|line| line.cr_lf);
        let first = ended.next();
        if ended.any(|cr_lf| Some(cr_lf) != first) {
            self.done.iter_mut().filter(|line| line.cr_lf).for_each(Line::show_cr_lf);
        }
        self.done
    }

    fn plain(&mut self, c: char) {
        self.column += cells(c);
        match self.line.spans.last_mut() {
            Some(Span::Plain(text)) => text.push(c),
            _ => self.line.spans.push(Span::Plain(c.into())),
        }
    }

    fn written(&mut self, text: String, columns: usize, trick: Trick) {
        self.column += text.chars().map(cells).sum::<usize>();
        self.line.spans.push(Span::Written { text, columns, trick });
        (self.begun, self.marks_left) = (true, 0);
    }

    fn code_point(&mut self, c: char, trick: Trick) {
        self.end_word();
        self.flush_spaces();
        self.written(format!("⟨U+{:04X}⟩", u32::from(c)), 1, trick);
    }

    fn flush_spaces(&mut self) {
        // Before a name, as after it, nobody would see them.
        let most = if self.reading == Reading::Name && !self.begun { 0 } else { MAX_SPACES };
        if self.spaces > most {
            return self.count_spaces();
        }
        if self.spaces > 0 {
            self.marks_left = 0;
        }
        for _ in 0..std::mem::take(&mut self.spaces) {
            self.plain(' ');
        }
    }

    fn count_spaces(&mut self) {
        let count = std::mem::take(&mut self.spaces);
        let s = if count == 1 { "" } else { "s" };
        self.written(format!("⟨{count} space{s}⟩"), count, Trick::Spaces);
    }

    fn tab(&mut self) {
        self.flush_spaces();
        let after = self.column + cells(TAB_ARROW);
        let pad = (TAB - after % TAB) % TAB;
        let begun = self.begun;
        self.written(format!("{TAB_ARROW}{:pad$}", ""), 1, Trick::Tab);
        self.begun = begun;
    }

    /// For Python a carriage return alone ends a line, and so a comment: that must be seen.
    fn lone_return(&mut self) {
        self.flush_spaces();
        self.written("⟨U+000D⟩".into(), 1, Trick::Return);
        self.end_line(false);
    }

    fn end_line(&mut self, cr_lf: bool) {
        self.flush_spaces();
        let mut line = std::mem::take(&mut self.line);
        (line.ended, line.cr_lf) = (true, cr_lf);
        self.done.push(line);
        (self.column, self.begun, self.marks_left) = (0, false, 0);
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        let verdict = names::judge(&word, self.reading);
        if let Some(read) = &verdict.read_as {
            let mut shown: String = read.chars().take(MAX_READ_AS).flat_map(harmless).collect();
            if read.chars().nth(MAX_READ_AS).is_some() {
                shown.push('…');
            }
            self.note(format!("⟨as a name: {shown}⟩"), Note::ReadAs { word: word.clone() });
        }
        if !verdict.lookalikes.is_empty() {
            self.looks_like(word, &verdict.lookalikes);
        }
    }

    fn looks_like(&mut self, word: String, lookalikes: &[char]) {
        let mut text = String::from("⟨");
        for (n, c) in lookalikes.iter().take(MAX_NAMED).enumerate() {
            let gap = if n == 0 { "" } else { " " };
            let _ = write!(text, "{gap}U+{:04X}", u32::from(*c)); // to a String: cannot fail
        }
        text.push_str(if lookalikes.len() > MAX_NAMED { " …⟩" } else { "⟩" });
        self.note(text, Note::LooksLike { word });
    }

    fn note(&mut self, text: String, about: Note) {
        self.column += text.chars().map(cells).sum::<usize>();
        self.line.spans.push(Span::Note { text, about });
        self.marks_left = 0;
    }
}

/// A character of a name inside a note.
fn harmless(c: char) -> Vec<char> {
    match hidden(c) {
        None if !is_mark(c) => vec![c],
        _ => format!("U+{:04X} ", u32::from(c)).chars().collect(),
    }
}
