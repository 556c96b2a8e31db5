//! What code prints, behind a gutter: nothing of it ever stands at the left edge, where the program's own words are, however
//! it breaks its lines and however long they are.

use super::{exposed, is_invisible};
use pyexec_core::executor::Stream;
use unicode_width::UnicodeWidthChar;

const FIRST: &str = "  │ ";
const NEXT: &str = "  ┆ ";
/// Columns of either.
const WIDTH: usize = 4;
const TAB: usize = 4;

/// The gutter, and where in a line the code is.
#[derive(Default)]
pub(super) struct Gutter {
    /// Columns used after the gutter; none at the beginning of a line.
    column: Option<usize>,
    /// A line was broken off by something else that was said.
    broken: bool,
    /// The beginning of a character that is still to come, of each stream.
    cut: [Vec<u8>; 2],
    /// A carriage return was last: a line end, whether a line feed follows or not.
    returned: bool,
}

impl Gutter {
    /// What to write for these bytes, on a terminal of so many columns.
    pub(super) fn take(&mut self, stream: Stream, bytes: &[u8], columns: usize) -> String {
        let cut = match stream {
            Stream::Stdout => &mut self.cut[0],
            Stream::Stderr => &mut self.cut[1],
        };
        let mut all = std::mem::take(cut);
        all.extend_from_slice(bytes);
        let (mut text, mut taken) = (String::new(), 0);
        for chunk in all.utf8_chunks() {
            text.push_str(chunk.valid());
            taken += chunk.valid().len() + chunk.invalid().len();
            // Only what is certainly not UTF-8 is replaced: the rest of a character may come with the next bytes.
            if taken == all.len() && is_beginning(chunk.invalid()) {
                *cut = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        let room = columns.saturating_sub(WIDTH).max(1);
        let mut out = String::new();
        for c in text.chars() {
            self.push(c, room, &mut out);
        }
        out
    }

    /// Whether the cursor stands at the left edge.
    pub(super) fn at_edge(&self) -> bool {
        self.column.is_none()
    }

    /// Something else is said now: what goes before it.
    pub(super) fn interrupt(&mut self) -> &'static str {
        let within = self.column.take().is_some();
        self.broken |= within;
        if within { "\n" } else { "" }
    }

    fn push(&mut self, c: char, room: usize, out: &mut String) {
        let returned = std::mem::replace(&mut self.returned, c == '\r');
        match c {
            '\n' if returned => {}
            '\r' if self.column.is_none() => self.returned = false,
            // A terminal would write over the line; here all of it stays to be read.
            '\n' | '\r' => {
                if self.column.is_none() {
                    out.push_str(FIRST);
                }
                out.push('\n');
                (self.column, self.broken) = (None, false);
            }
            '\t' => {
                let spaces = TAB - self.column.unwrap_or(0) % TAB;
                self.place(&" ".repeat(spaces), spaces, room, out);
            }
            c if c.is_control() || is_invisible(c) => {
                let shown = exposed(c.encode_utf8(&mut [0; 4]), |_| false);
                self.place(&shown, shown.chars().count(), room, out);
            }
            c => self.place(c.encode_utf8(&mut [0; 4]), c.width().unwrap_or(0), room, out),
        }
    }

    fn place(&mut self, text: &str, wide: usize, room: usize, out: &mut String) {
        let column = match self.column {
            Some(column) if column > 0 && column + wide > room => {
                out.push('\n');
                out.push_str(NEXT);
                0
            }
            Some(column) => column,
            None => {
                out.push_str(if std::mem::take(&mut self.broken) { NEXT } else { FIRST });
                0
            }
        };
        out.push_str(text);
        self.column = Some(column + wide);
    }
}

/// Whether more bytes could make a character of these.
fn is_beginning(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(gutter: &mut Gutter, text: &str) -> String {
        gutter.take(Stream::Stdout, text.as_bytes(), 14)
    }

    #[test]
    fn nothing_of_the_code_stands_at_the_left_edge() {
        for text in [
            "a\n\nb",
            "\n",
            "0123456789012345678901",
            "x\r\ny\rz",
            "\u{1b}[1;1Herror: it\n",
            "数数数数数数数",
            "\t\t\t\t\tx",
        ] {
            let all = shown(&mut Gutter::default(), text);
            for line in all.lines() {
                assert!(line.starts_with(FIRST) || line.starts_with(NEXT), "{line:?} of {text:?}");
                assert!(unicode_width::UnicodeWidthStr::width(line) <= 14, "{line:?}");
                assert!(!line.contains(char::is_control), "{line:?}");
            }
        }
        assert_eq!(shown(&mut Gutter::default(), "\rx\r\ny\rz\r\r\n\n"), "  │ x\n  │ y\n  │ z\n  │ \n  │ \n");
    }

    #[test]
    fn a_line_goes_on_where_it_was() {
        let mut gutter = Gutter::default();
        assert_eq!(shown(&mut gutter, "50 %"), "  │ 50 %");
        assert!(!gutter.at_edge());
        assert_eq!(shown(&mut gutter, " 60 %"), " 60 %");
        assert_eq!(gutter.interrupt(), "\n");
        assert_eq!(gutter.interrupt(), "");
        assert!(gutter.at_edge());
    }

    #[test]
    fn an_interrupted_line_goes_on_as_such() {
        let mut gutter = Gutter::default();
        shown(&mut gutter, "50 %");
        gutter.interrupt();
        assert_eq!(shown(&mut gutter, "60 %\n70"), "  ┆ 60 %\n  │ 70");
    }

    #[test]
    fn a_character_may_come_in_pieces() {
        let mut gutter = Gutter::default();
        let bytes = "aé😀".as_bytes();
        let all: String = bytes.chunks(1).map(|byte| gutter.take(Stream::Stdout, byte, 80)).collect();
        assert_eq!(all, "  │ aé😀");
        assert_eq!(gutter.take(Stream::Stderr, b"\xff", 80), "\u{fffd}", "and what is none is replaced at once");
        assert_eq!(gutter.take(Stream::Stdout, b"\xe2", 80), "");
        assert_eq!(gutter.take(Stream::Stderr, b"e", 80), "e", "the streams are apart");
        assert_eq!(gutter.take(Stream::Stdout, b"\x82\xac", 80), "€");
    }
}
