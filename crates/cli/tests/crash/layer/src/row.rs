//! What an event looks like in `SQLite`'s journal (<https://www.sqlite.org/walformat.html>): a frame is a header of 24 bytes
//! and a page, written one after the other. The header's second word is not zero in the frame that commits.
//!
//! A row of `events` holds, one after the other, the run, the number (one byte below 32 in every run that the proof makes;
//! none where it is 1), the version (no byte where it is 1), the kind, and the time, which begins with the century.

const FRAME_HEADER: usize = 24;

/// The kind of an event as it stands in a page.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: Vec<u8>,
    first: bool,
}

impl Pattern {
    pub(crate) fn of(kind: &str) -> Self {
        Self { text: format!("{kind}20").into_bytes(), first: kind == "created" }
    }

    /// Whether these bytes are a page of the journal with such a row.
    pub(crate) fn is_in(&self, path: &[u8], bytes: &[u8]) -> bool {
        is_journal(path)
            && bytes.windows(self.text.len() + 1).any(|window| {
                // The number of the event stands before: a state in a list row and a longer kind do not look like it.
                (self.first || window[0] < 32) && window[1..] == self.text
            })
    }
}

/// Whether these bytes head a frame that commits.
pub(crate) fn heads_commit(path: &[u8], bytes: &[u8]) -> bool {
    is_journal(path) && bytes.len() == FRAME_HEADER && bytes[4..8] != [0; 4]
}

pub(crate) fn is_journal(path: &[u8]) -> bool {
    path.ends_with(b"-wal")
}

pub(crate) fn is_index(path: &[u8]) -> bool {
    path.ends_with(b"-shm")
}

pub(crate) fn contains(bytes: &[u8], text: &[u8]) -> bool {
    text.is_empty() || bytes.windows(text.len()).any(|window| window == text)
}
