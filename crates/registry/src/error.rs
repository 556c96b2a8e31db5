//! What can go wrong with a plugin, as one sentence and a way out.
//!
//! Text that comes from a plugin is cut and freed of control characters before it stands in a sentence: it ends up on
//! terminals.

mod create;
mod load;

pub use create::CreateError;
pub use load::{LoadPluginError, LoadProblem};

/// `text` in a sentence.
pub(crate) fn brief(text: &str) -> String {
    one_line(text, 300)
}

/// `text` on one line of at most `most` characters, without control characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let spaced = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = spaced.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{brief, one_line};

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(brief(" a\n\tb\u{1b}[31m c\r\n"), "a b [31m c");
        assert_eq!(brief(&"ä".repeat(301)).chars().count(), 301);
        assert!(brief(&"ä".repeat(301)).ends_with('…'));
        assert_eq!(one_line("abc", 3), "abc");
        assert_eq!(one_line("abcd", 3), "abc…");
        assert_eq!(brief(""), "");
    }
}
