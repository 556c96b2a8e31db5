//! Foreign text made harmless and honest: whatever cannot be seen, moves the cursor or reorders its neighbours is written
//! out as `⟨U+202E⟩`, and a word that poses as another gets a note behind it: `pаth⟨U+0430⟩`.
//!
//! Everything between `⟨` and `⟩` is ours: those two, and the arrow that stands for a tab, are written out themselves when
//! the text contains them. So nothing is left out: from what is shown the text can be told. Right-to-left letters are
//! written out too, because a terminal that knows them reorders the line around them; that costs Hebrew and Arabic readers
//! legibility here.
//!
//! `expose/class.rs` knows characters, `expose/names.rs` words, `expose/line.rs` what comes of them.

mod class;
mod line;
mod names;

pub(crate) use class::{Hidden, cells, is_mark};
pub(crate) use line::{Line, Note, Span, Trick};

use line::Writer;
use serde::{Serialize, Serializer};
use std::fmt;

/// The brackets around what is ours.
const OPEN: char = '⟨';
const CLOSE: char = '⟩';
/// Stands for a tab, with spaces up to the next multiple of [`TAB`].
const TAB_ARROW: char = '⇥';
const TAB: usize = 4;

/// As what a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Words for people, in any language.
    Prose,
    /// One name on one line: a path, a channel, a user. Line ends are written out as well.
    Name,
    /// Python: its lines, and how it reads names.
    Code,
}

/// Foreign text that is fit to be shown: no control characters but line feeds, nothing invisible, nothing that reorders.
/// Its text form and its JSON are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed(Vec<Line>);

impl Exposed {
    /// Exposes bytes; those that are not UTF-8 become `⟨byte FF⟩`.
    pub fn new(bytes: impl AsRef<[u8]>, reading: Reading) -> Self {
        let mut writer = Writer::new(reading);
        for chunk in bytes.as_ref().utf8_chunks() {
            for c in chunk.valid().chars() {
                writer.push(c);
            }
            for byte in chunk.invalid() {
                writer.byte(*byte);
            }
        }
        Self(writer.finish())
    }

    /// One line of another text, without its line end.
    pub(crate) fn line(line: &Line) -> Self {
        Self(vec![Line { ended: false, ..line.clone() }])
    }

    /// Its lines, as Python counts lines: after a line feed, a carriage return, or both.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.0
    }
}

/// `text` as an [`Exposed`] one.
pub fn expose(text: &str, reading: Reading) -> String {
    Exposed::new(text, reading).to_string()
}

impl fmt::Display for Exposed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.0 {
            write!(f, "{line}{}", if line.ended { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl Serialize for Exposed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[path = "expose_tests.rs"]
mod tests;
