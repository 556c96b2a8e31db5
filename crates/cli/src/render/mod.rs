//! What people see: text made harmless, progress, results.

pub(crate) mod progress;
pub(crate) mod result;
pub(crate) mod table;

use std::{fmt::Write, io::IsTerminal};

/// Whether a person watches stderr.
pub(crate) fn watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether stderr may be coloured (<https://no-color.org>).
pub(crate) fn colored() -> bool {
    watched() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Text from elsewhere without what could move the cursor, reorder or hide: newlines and tabs stay, other control and
/// invisible characters are shown by number.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => shown.push(c),
            c if c.is_control() || is_invisible(c) => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\u{27e8}U+{:04X}\u{27e9}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown
}

/// Bidirectional controls, zero-width characters, tags: Unicode's default-ignorable characters as far as they occur.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}
