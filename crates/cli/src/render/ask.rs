//! The question under an approval card.
//!
//! A plain line of a terminal that is left as it is: it works at every width, in a terminal that knows no escape codes, and
//! Ctrl-C stays a signal. What was typed before the card was there answers nothing.

use super::{Face, STRONG};
use nix::sys::termios::{FlushArg, tcflush};
use std::io;

/// What a person said.
pub(crate) enum Asked {
    Yes,
    No(String),
    /// The ticket stays open.
    Later,
}

/// Asks until there is an answer. Blocks.
pub(crate) fn ask() -> Asked {
    // Fails only on what is no terminal, and there nobody has typed ahead.
    let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
    let face = Face::of_stderr();
    eprintln!("{}", face.paint(STRONG, "Run exactly this?"));
    for (word, meaning) in [("yes", "run it, once"), ("no", "end the run"), ("later", "leave the ticket open")] {
        eprintln!("  {word:<5}  {meaning}");
    }
    loop {
        let Some(answer) = read("yes, no or later") else { return Asked::Later };
        match answer.to_lowercase().as_str() {
            "y" | "yes" => return Asked::Yes,
            "n" | "no" => {
                let reason = read("why not? (may be empty)").filter(|reason| !reason.is_empty());
                return Asked::No(reason.unwrap_or_else(|| "no reason given".into()));
            }
            "l" | "later" => return Asked::Later,
            _ => {}
        }
    }
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
