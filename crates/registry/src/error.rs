//! What can go wrong with a plugin, as one sentence and a way out.
//!
//! Text that comes from a plugin is cut and freed of control characters before it stands in a sentence: it ends up on
//! terminals.

mod create;
mod load;

pub use create::CreateError;
pub use load::{LoadPluginError, LoadProblem};

/// `text` on one line of at most 300 characters, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    const MOST: usize = 300;
    let spaced = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = spaced.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" a\n\tb\u{1b}[31m c\r\n"), "a b [31m c");
        assert_eq!(one_line(&"ä".repeat(301)).chars().count(), 301);
        assert!(one_line(&"ä".repeat(301)).ends_with('…'));
        assert_eq!(one_line(""), "");
    }
}
