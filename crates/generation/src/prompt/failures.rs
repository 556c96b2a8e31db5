//! Earlier attempts as a model needs them: what went wrong, where, and the code with the lines marked.

use super::facts::bounded;
use pyexec_core::{Finding, Severity, generator::FailedAttempt};
use serde::Serialize;
use std::{collections::BTreeSet, fmt::Write as _};

/// How much code of failed attempts is shown, in bytes; the newest first, each whole or not at all.
const MOST_CODE: usize = 48 << 10;
/// How much of a message or a traceback, in characters.
const MOST_TEXT: usize = 4000;
const MOST_FINDINGS: usize = 20;
/// What stands before the number of a line in messages and tracebacks.
const LINE: &str = "line ";

/// An attempt that was not enough.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Failure {
    attempt: u32,
    class: String,
    kind: String,
    message: String,
    help: Option<String>,
    traceback: Option<String>,
    findings: Vec<String>,
    /// With numbered lines; absent where there was none, or no room.
    code: Option<String>,
}

/// Oldest first, as they came.
pub(super) fn of(failures: &[FailedAttempt]) -> Vec<Failure> {
    let mut room = MOST_CODE;
    let mut shown: Vec<Failure> = failures
        .iter()
        .rev()
        .map(|failed| {
            let code = failed.code.as_ref().map(|code| numbered(&code.to_text(), &failing(failed)));
            let code = code.filter(|code| code.len() <= room);
            room -= code.as_ref().map_or(0, String::len);
            Failure {
                attempt: failed.attempt,
                class: name_of(failed.error.class),
                kind: failed.error.kind.name().into(),
                message: bounded(&failed.error.message, MOST_TEXT),
                help: failed.error.help.clone(),
                traceback: failed.error.traceback.as_deref().map(|text| bounded(text, MOST_TEXT)),
                findings: findings(&failed.findings),
                code,
            }
        })
        .collect();
    shown.reverse();
    shown
}

fn name_of(class: pyexec_core::ErrorClass) -> String {
    format!("{class:?}").to_lowercase()
}

fn findings(all: &[Finding]) -> Vec<String> {
    let worth = all.iter().filter(|finding| finding.severity != Severity::Info);
    let one = |finding: &Finding| format!("line {}: {}", finding.line, bounded(&finding.message, 300));
    worth.take(MOST_FINDINGS).map(one).collect()
}

/// The lines that messages, traceback and defects name.
fn failing(failed: &FailedAttempt) -> BTreeSet<u32> {
    let texts = [Some(failed.error.message.as_str()), failed.error.traceback.as_deref()];
    let named = texts.into_iter().flatten().flat_map(lines_in);
    let defects = failed.findings.iter().filter(|f| f.capability.is_none() && f.severity == Severity::Error);
    named.chain(defects.map(|finding| finding.line)).collect()
}

fn lines_in(text: &str) -> impl Iterator<Item = u32> {
    text.match_indices(LINE).filter_map(|(at, _)| {
        let rest = &text[at + LINE.len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

/// `>  12 | code`: a number before each line, and a sign before those that failed.
fn numbered(code: &str, failing: &BTreeSet<u32>) -> String {
    let mut text = String::new();
    for (number, line) in (1..).zip(code.lines()) {
        let mark = if failing.contains(&number) { '>' } else { ' ' };
        let _ = writeln!(text, "{mark} {number:>3} | {line}"); // to a String: cannot fail
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::{Code, ErrorKind, RunError};

    fn failed(attempt: u32, code: &str) -> FailedAttempt {
        let error = RunError::new(ErrorKind::Runtime, "KeyError: 'b'")
            .with_traceback("Traceback\n  File \"code.py\", line 2, in <module>\n    x['b']\n");
        FailedAttempt { attempt, code: Some(Code::from(code)), error, findings: vec![] }
    }

    #[test]
    fn the_failing_line_is_marked() {
        let [failure] = of(&[failed(1, "x = {}\nx['b']\n")]).try_into().unwrap();
        assert_eq!(failure.code.as_deref(), Some("    1 | x = {}\n>   2 | x['b']\n"));
        assert_eq!((failure.class.as_str(), failure.kind.as_str()), ("code", "runtime"));
    }

    #[test]
    fn the_newest_code_has_room_first() {
        let long = "x = 1  # padding\n".repeat(MOST_CODE / 30);
        let shown = of(&[failed(1, &long), failed(2, &long), failed(3, "y = 1\nx['b']")]);
        let has_code: Vec<bool> = shown.iter().map(|failure| failure.code.is_some()).collect();
        assert_eq!(has_code, [false, true, true]);
        assert_eq!(shown.iter().map(|failure| failure.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    }
}
