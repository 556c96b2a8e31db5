//! What people see: text made harmless, progress, results, where everything is.
//!
//! Everything here is about one of two streams, and [`Face`] says what each of them is. What goes to a pipe or a file is plain
//! and made to be read by programs too; what is meant for people only is drawn for a [`Face::Plain`] or a [`Face::Styled`].

pub(crate) mod ask;
pub(crate) mod closing;
pub(crate) mod gutter;
pub(crate) mod link;
pub(crate) mod live;
pub(crate) mod number;
pub(crate) mod progress;
pub(crate) mod result;
pub(crate) mod results;
pub(crate) mod table;

use anstyle::{AnsiColor, Style};
use std::{env, fmt::Write, io::IsTerminal};

/// Labels and what is said beside the point.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Headings.
pub(crate) const STRONG: Style = Style::new().bold();
/// What a click opens.
pub(crate) const LINKED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));
/// Columns where no terminal says how many it has.
const COLUMNS: usize = 100;

/// What a stream is, as far as showing goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// A pipe or a file.
    Pipe,
    /// A terminal that gets no escape codes: it knows none, or its user wants none (<https://no-color.org>).
    Plain,
    /// A terminal.
    Styled,
}

impl Face {
    pub(crate) fn of_stdout() -> Self {
        Self::of(&std::io::stdout())
    }

    pub(crate) fn of_stderr() -> Self {
        Self::of(&std::io::stderr())
    }

    fn of(stream: &impl IsTerminal) -> Self {
        if !stream.is_terminal() {
            return Self::Pipe;
        }
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        if unwanted || dumb { Self::Plain } else { Self::Styled }
    }

    /// `text` in this style, where there are styles.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self == Self::Styled { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A line under a label.
    pub(crate) fn labelled(self, label: &str, text: &str) -> String {
        format!("{}  {text}", self.paint(FAINT, &format!("{label:>12}")))
    }
}

/// Whether a person watches stderr.
pub(crate) fn watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether stderr may be coloured.
pub(crate) fn colored() -> bool {
    Face::of_stderr() == Face::Styled
}

/// How wide the terminal is, in columns; at least 40.
pub(crate) fn columns() -> usize {
    terminal_size::terminal_size().map_or(COLUMNS, |(columns, _)| usize::from(columns.0).max(40))
}

/// Text from elsewhere without what could move the cursor, reorder or hide: newlines and tabs stay, other control and
/// invisible characters are shown by number.
pub(crate) fn plain(text: &str) -> String {
    exposed(text, |c| matches!(c, '\n' | '\t'))
}

/// As [`plain`], for what is one thing on one line, such as a file's name: newlines and tabs are shown by number too.
pub(crate) fn plain_line(text: &str) -> String {
    exposed(text, |_| false)
}

fn exposed(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if !keep(c) && (c.is_control() || is_invisible(c)) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "\u{27e8}U+{:04X}\u{27e9}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Bidirectional controls, zero-width characters, tags: Unicode's default-ignorable characters as far as they occur.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}
