//! The question under an approval card.
//!
//! A plain line of a terminal that is left as it is: it works at every width, in a terminal that knows no escape codes, and
//! Ctrl-C stays a signal. What was typed before the card was there answers nothing.

use super::{Face, STRONG};
use nix::sys::termios::{FlushArg, tcflush};
use std::io;

/// What a person said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Yes,
    No {
        reason: String,
        /// The generator is to try again, with the reason.
        retry: bool,
    },
    /// The code is to be changed.
    Edit,
    /// The ticket stays open.
    Later,
}

/// What a person can say, and what comes of it; the first letters are enough.
const WORDS: [(&str, &str); 5] = [
    ("yes", "run it, once"),
    ("no", "end the run"),
    ("edit", "change the code, and be asked about what it is then"),
    ("later", "leave the ticket open"),
    ("tell", "no, and tell the generator what to do instead"),
];

/// Asks until there is an answer. Blocks. Only `generated` code has a generator to tell something.
pub(crate) fn ask(generated: bool) -> Asked {
    let words = if generated { &WORDS[..] } else { &WORDS[..4] };
    // Fails only on what is no terminal, and there nobody has typed ahead.
    let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
    let face = Face::of_stderr();
    eprintln!("{}", face.paint(STRONG, "Run exactly this?"));
    for (word, meaning) in words {
        eprintln!("  {word:<5}  {meaning}");
    }
    let choices = if generated { "yes, no, edit, later or tell" } else { "yes, no, edit or later" };
    loop {
        let Some(answer) = read(choices) else { return Asked::Later };
        match meant(words, &answer) {
            Some("yes") => return Asked::Yes,
            Some("no") => {
                let reason = read("why not? (may be empty)").filter(|reason| !reason.is_empty());
                return Asked::No { reason: reason.unwrap_or_else(|| "no reason given".into()), retry: false };
            }
            Some("edit") => return Asked::Edit,
            Some("later") => return Asked::Later,
            Some("tell") => {
                // Without a word the generator would learn nothing.
                if let Some(reason) = read("what should it do instead?").filter(|reason| !reason.is_empty()) {
                    return Asked::No { reason, retry: true };
                }
            }
            _ => {}
        }
    }
}

/// The word that somebody began or wrote out.
fn meant(words: &[(&'static str, &str)], said: &str) -> Option<&'static str> {
    let said = said.trim().to_lowercase();
    words.iter().map(|(word, _)| *word).find(|word| !said.is_empty() && word.starts_with(&said))
}

/// One line, trimmed; nothing when there will be no more.
fn read(prompt: &str) -> Option<String> {
    // Not locked while it waits: after Ctrl-C others have something to say.
    eprint!("{prompt} > ");
    let mut line = String::new();
    if let Ok(1..) = io::stdin().read_line(&mut line) {
        return Some(line.trim().to_owned());
    }
    // The end of the input, or a line that is no text.
    eprintln!();
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_enough_and_nothing_else_is_an_answer() {
        for (said, expected) in [
            ("y", Some("yes")),
            (" YES ", Some("yes")),
            ("n", Some("no")),
            ("t", Some("tell")),
            ("", None),
            ("yess", None),
            ("ok", None),
        ] {
            assert_eq!(meant(&WORDS, said), expected, "{said:?}");
        }
        assert_eq!(meant(&WORDS[..4], "t"), None, "there is no generator to tell");
    }
}
