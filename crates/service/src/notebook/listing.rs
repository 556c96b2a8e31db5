//! Code as a cell can hold it. Code is bytes and a cell is text: where the two differ, the reader is told, and the cell is
//! not taken for what ran.

use super::text::is_hidden;
use std::fmt::Write;

/// How many places of hidden characters are named.
const MOST_PLACES: usize = 20;

/// The text of a cell, and what a reader must know about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listing {
    /// The cell's source.
    pub(super) text: String,
    /// Whether Python makes of the cell what it makes of the bytes.
    pub(super) exact: bool,
    /// Sentences of ours, in plain ASCII, for prose.
    pub(super) notes: Vec<String>,
}

impl Listing {
    /// Of these bytes.
    pub(super) fn of(code: &[u8]) -> Self {
        let (code, marked) = code.strip_prefix(b"\xef\xbb\xbf").map_or((code, false), |rest| (rest, true));
        let mut notes = Vec::new();
        if marked {
            notes.push("The file begins with a byte order mark, which is not shown.".into());
        }
        let text = String::from_utf8_lossy(code).into_owned();
        let utf8 = std::str::from_utf8(code).is_ok();
        let exact = utf8 && (text.is_ascii() || declares_utf8(&text));
        if !utf8 {
            notes.push("The code is not UTF-8 text: replacement characters stand for what cannot be shown.".into());
        } else if !exact {
            notes.push(
                "The code declares another encoding than UTF-8, so some characters may not be those that ran.".into(),
            );
        }
        if !exact {
            notes.push("`code.py` holds the code as it is.".into());
        }
        notes.extend(hidden(&text));
        Self { text, exact, notes }
    }
}

/// PEP 263: a comment in one of the first two lines may name the encoding; UTF-8 is the default.
fn declares_utf8(text: &str) -> bool {
    let declared = text.lines().take(2).filter(|line| line.trim_start().starts_with('#')).find_map(|line| {
        let (_, rest) = line.split_once("coding")?;
        let name = rest.strip_prefix([':', '='])?.trim_start();
        Some(name.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).next().unwrap_or(name))
    });
    declared.is_none_or(|name| {
        let name = name.to_ascii_lowercase().replace('_', "-");
        matches!(name.as_str(), "utf-8" | "utf8" | "utf-8-sig")
    })
}

/// A sentence that names the characters which a reader does not see.
fn hidden(text: &str) -> Option<String> {
    let places = text.split('\n').enumerate().flat_map(|(n, line)| {
        // A carriage return before a line feed is a way to end lines; alone it hides what follows.
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.chars().filter(|c| *c != '\t' && is_hidden(*c)).map(move |c| (n + 1, c))
    });
    let mut sentence = String::new();
    let mut count = 0;
    for (line, c) in places {
        if count < MOST_PLACES {
            let comma = if count == 0 { "" } else { ", " };
            let _ = write!(sentence, "{comma}line {line}: U+{:04X}", u32::from(c)); // to a String: cannot fail
        }
        count += 1;
    }
    let more = count - count.min(MOST_PLACES);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    (count > 0).then(|| format!("**The code holds characters that do not show:** {sentence}{more}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shown_as_it_is() {
        let code = "from __future__ import annotations\r\nprint('größe')\r\n";
        assert_eq!(Listing::of(code.as_bytes()), Listing { text: code.into(), exact: true, notes: vec![] });
    }

    #[test]
    fn other_encodings_are_not_taken_for_what_ran() {
        let latin = Listing::of(b"# -*- coding: latin-1 -*-\nx = '\xe9'\n");
        assert_eq!((latin.exact, latin.text.as_str()), (false, "# -*- coding: latin-1 -*-\nx = '\u{fffd}'\n"));
        assert!(!Listing::of("#!/x\n# vim: set fileencoding=cp1252 :\nx = 'é'".as_bytes()).exact);
        assert!(Listing::of("# coding: latin-1\nx = 1".as_bytes()).exact);
        assert!(Listing::of("# coding=UTF_8\nx = 'é'".as_bytes()).exact);
        assert!(Listing::of("x = 'coding: latin-1 é'".as_bytes()).exact);
    }

    #[test]
    fn hidden_characters_are_named() {
        let notes = Listing::of("\u{feff}\na = 1 # \u{202e}\u{200b}\nb\rc".as_bytes()).notes;
        assert_eq!(notes[0], "The file begins with a byte order mark, which is not shown.");
        assert!(notes[1].ends_with("line 2: U+202E, line 2: U+200B, line 3: U+000D."), "{notes:?}");
    }
}
