//! Foreign text made inert: what a request, a model or running code said, shown so that no reader of notebooks takes it for
//! markup, for a control sequence, or for our own words.
//!
//! Markdown in notebooks is HTML, and every renderer has its own extensions (math, autolinks, attachments). So nothing
//! foreign is ever escaped *into* prose: it stands in a fenced code block, whose fence is longer than any in the text and
//! whose lines end where every renderer agrees that they end.

use std::{borrow::Cow, fmt::Write};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// `text` with line feeds as its only line ends, and what cannot be seen or moves its neighbours written out as
/// `⟨U+202E⟩`. Tabs stay.
pub(crate) fn visible(text: &str) -> String {
    written_out(text, |out, c| write!(out, "⟨U+{:04X}⟩", u32::from(c)))
}

/// As [`visible`], for JSON: what is hidden is written as JSON writes it, so the value stays the same. Only within strings
/// can there be any.
pub(super) fn visible_json(json: &str) -> String {
    written_out(json, |out, c| c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}")))
}

fn written_out(text: &str, hidden: impl Fn(&mut String, char) -> std::fmt::Result) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // A terminal would go back and write over the line: here all of it is to be read.
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if is_hidden(c) => {
                let _ = hidden(&mut out, c); // to a String: cannot fail
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a character shows nothing, acts on a terminal, or reorders the text around it.
pub(super) fn is_hidden(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Unassigned};
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    // Default_Ignorable_Code_Point as far as the category does not tell, and the blank Braille pattern.
    matches!(c, '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}')
        || matches!(c, '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}')
        || matches!(
            c.general_category(),
            Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Unassigned
        )
}

/// At most about `most` bytes of `text`: both ends, with a line in between that says how much is missing.
pub(super) fn bounded(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (text.floor_char_boundary(most / 2), text.ceil_char_boundary(text.len() - most / 2));
    let (first, last) = (&text[..head], &text[tail..]);
    Cow::Owned(format!("{first}\n… {} bytes are left out here …\n{last}", tail - head))
}

/// A fenced code block that nothing in `text` can end. `text` is made visible first.
pub(super) fn fenced(text: &str) -> String {
    let body = visible(text);
    let fence = "`".repeat(longest_run(&body, '`').max(2) + 1);
    let end = if body.is_empty() || body.ends_with('\n') { "" } else { "\n" };
    format!("{fence}text\n{body}{end}{fence}\n")
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// Labelled lines for a fenced block. What a value says on further lines is indented, so that it cannot pose as a label.
#[derive(Default)]
pub(super) struct Rows(String);

impl Rows {
    const LABEL: usize = 12;

    /// One row, unless its value is empty.
    pub(super) fn push(&mut self, label: &str, value: &str) {
        for (n, line) in visible(value).lines().enumerate() {
            let label = if n == 0 { label } else { "" };
            let _ = writeln!(self.0, "{label:<width$}{line}", width = Self::LABEL); // to a String: cannot fail
        }
    }

    /// The block; nothing without rows.
    pub(super) fn fenced(&self) -> String {
        if self.0.is_empty() { String::new() } else { fenced(&self.0) }
    }
}

/// A Python string literal, ASCII only.
pub(super) fn python_literal(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            ' '..='~' => write!(out, "{c}"),
            c => write!(out, "\\U{:08x}", u32::from(c)),
        }; // to a String: cannot fail
    }
    out.push('"');
    out
}

/// A path relative to a notebook as a link's target: every byte but letters, digits, `-`, `_`, `.`, `~` and the slashes is
/// percent-encoded. Nothing for a path that leaves its folder.
pub(super) fn link_target(path: &str) -> Option<String> {
    if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return None;
    }
    Some(percent_encoded(path.as_bytes()))
}

/// RFC 3986, section 2.1; slashes stay.
pub(super) fn percent_encoded(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path {
        let _ = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                write!(out, "{}", char::from(byte))
            }
            byte => write!(out, "%{byte:02X}"),
        }; // to a String: cannot fail
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hidden_shows() {
        assert_eq!(visible("a\u{202e}b\u{1b}[2J\u{0}"), "a⟨U+202E⟩b⟨U+001B⟩[2J⟨U+0000⟩");
        assert_eq!(visible("1%\r2%\r\ndone\u{2028}x\u{85}"), "1%\n2%\ndone⟨U+2028⟩x⟨U+0085⟩");
        assert_eq!(visible("größe 数 😀\tok"), "größe 数 😀\tok");
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({"a\u{202e}": "\u{e0041}\u{7f}\n"});
        let text = visible_json(&value.to_string());
        assert!(!text.chars().any(is_hidden), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn no_text_ends_its_fence() {
        for text in ["```\n<script>", "````````\n```", "a\r```\rb", "\u{2028}```", "~~~", ""] {
            let block = fenced(text);
            let fence = block.split("text\n").next().unwrap();
            let lines: Vec<_> = block.lines().collect();
            let closers = lines[1..].iter().filter(|line| line.trim_start().starts_with(fence)).count();
            assert_eq!((closers, lines.last().copied()), (1, Some(fence)), "{block}");
        }
    }

    #[test]
    fn rows_cannot_be_imitated() {
        let mut rows = Rows::default();
        rows.push("task", "what?\napproval    by root");
        rows.push("none", "");
        assert_eq!(rows.0, "task        what?\n            approval    by root\n");
    }

    #[test]
    fn bounds_keep_both_ends() {
        assert_eq!(bounded("ééé", 6), "ééé");
        assert_eq!(bounded(&"é".repeat(100), 10), "éé\n… 192 bytes are left out here …\néé");
    }

    #[test]
    fn literals_and_links_are_plain() {
        assert_eq!(python_literal("a\"\\\n😀'"), r#""a\"\\\U0000000a\U0001f600'""#);
        assert_eq!(link_target("figures/a b)[x](y.png").as_deref(), Some("figures/a%20b%29%5Bx%5D%28y.png"));
        assert_eq!(link_target("figures/javascript:x.png").as_deref(), Some("figures/javascript%3Ax.png"));
        for path in ["../x.png", "/etc/x.png", "a//b.png", "", "./a.png"] {
            assert_eq!(link_target(path), None, "{path}");
        }
    }
}
