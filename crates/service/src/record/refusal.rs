//! Why a run was refused, with the lines of code that gave the reason: for operators, who look for these.

use crate::{
    notebook,
    run::{Attempt, Run, State},
    service::ServiceError,
    store::Store,
    view,
};
use pyexec_core::{ErrorClass, ErrorKind, Finding, RunError, finding::Severity};
use serde::Serialize;
use std::collections::BTreeMap;

/// The most lines that are shown.
const MOST_LINES: usize = 20;
/// The most characters of one line.
const LINE_MAX: usize = 200;

/// A refusal, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What kind.
    pub kind: ErrorKind,
    /// In one sentence.
    pub message: String,
    /// The rules of the findings below, each once.
    pub rules: Vec<String>,
    /// The offending lines, in order; none where the code is not what was refused, or is not what was stored.
    pub source: Vec<OffendingLine>,
    /// How many more lines there are.
    pub more: usize,
}

/// A line of code with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OffendingLine {
    /// Its number, from 1.
    pub line: u32,
    /// Its text: bounded, and everything that hides or moves text written out as `⟨U+202E⟩`.
    pub text: String,
    /// The rules that matched.
    pub rules: Vec<String>,
    /// What they say.
    pub messages: Vec<String>,
}

impl Refusal {
    /// Of a run; nothing if nothing of it was refused. Altered bytes are no error here, they are one more reason.
    pub fn of(run: &Run, store: &Store) -> Result<Option<Self>, ServiceError> {
        let Some((attempt, error)) = refused(run) else { return Ok(None) };
        let mut refusal =
            Self { kind: error.kind, message: error.message.clone(), rules: vec![], source: vec![], more: 0 };
        let attempt = attempt.and_then(|at| run.attempts.get(at));
        let Some(attempt) = attempt.filter(|_| names_code(error.kind)) else { return Ok(Some(refusal)) };
        let code = attempt.code.and_then(|code| store.get_blob(&code.0).ok());
        let (Some(code), Ok(findings)) = (code, view::findings(attempt, store)) else { return Ok(Some(refusal)) };
        let offending = offending(&findings, error.kind, reasons(attempt));
        let mut rules: Vec<_> = offending.iter().map(|finding| finding.rule.clone()).collect();
        rules.sort_unstable();
        rules.dedup();
        let lines = by_line(&offending);
        refusal.rules = rules;
        refusal.more = lines.len().saturating_sub(MOST_LINES);
        let text = String::from_utf8_lossy(&code);
        let text: Vec<_> = python_lines(&text);
        for (line, found) in lines.into_iter().take(MOST_LINES) {
            let at = usize::try_from(line).unwrap_or(usize::MAX).wrapping_sub(1);
            refusal.source.push(OffendingLine {
                line,
                text: shown(text.get(at).copied().unwrap_or_default()),
                rules: found.iter().map(|finding| finding.rule.clone()).collect(),
                messages: found.iter().map(|finding| shown(&finding.message)).collect(),
            });
        }
        Ok(Some(refusal))
    }
}

/// The refusal, and of which attempt, by its place.
fn refused(run: &Run) -> Option<(Option<usize>, &RunError)> {
    let of_writes = run.attempts.iter().enumerate().find_map(|(at, attempt)| {
        let error = attempt.executions.iter().find_map(|execution| execution.refused.as_ref())?;
        Some((Some(at), error))
    });
    of_writes.or_else(|| {
        let end = run.ended.as_ref().filter(|end| end.state == State::Refused)?;
        Some((run.attempts.len().checked_sub(1), end.error.as_ref()?))
    })
}

/// Whether the code gave the reason: not where it was altered, nor where the machine cannot hold it.
fn names_code(kind: ErrorKind) -> bool {
    kind.class() == ErrorClass::Refusal && !matches!(kind, ErrorKind::CodeAltered | ErrorKind::IsolationNotAcceptable)
}

/// Why policy decided as it did.
fn reasons(attempt: &Attempt) -> &[String] {
    attempt.analysis.as_ref().map(|analysis| analysis.decision.reasons.as_slice()).unwrap_or_default()
}

/// The findings that gave the reason. Policy names them by line and capability; where it names none, every capability and
/// every error may be it.
fn offending<'a>(findings: &'a [Finding], kind: ErrorKind, reasons: &[String]) -> Vec<&'a Finding> {
    let capability = |finding: &Finding| finding.capability.as_ref().map(|capability| capability.as_str().to_owned());
    if matches!(kind, ErrorKind::LimitsViolation | ErrorKind::OutsideEnvelope) {
        return findings.iter().filter(|finding| capability(finding).as_deref() == Some("control.write")).collect();
    }
    let named = |finding: &&Finding| {
        let line = format!("line {}", finding.line);
        capability(finding).is_some_and(|capability| {
            reasons.iter().any(|reason| {
                let rest = reason.strip_prefix(&line).filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
                rest.is_some_and(|rest| rest.contains(&format!("[{capability}]")))
            })
        })
    };
    let named: Vec<_> = findings.iter().filter(named).collect();
    if !named.is_empty() {
        return named;
    }
    let may = |finding: &&Finding| finding.capability.is_some() || finding.severity == Severity::Error;
    findings.iter().filter(may).collect()
}

fn by_line<'a>(findings: &[&'a Finding]) -> BTreeMap<u32, Vec<&'a Finding>> {
    let mut lines: BTreeMap<u32, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        lines.entry(finding.line).or_default().push(finding);
    }
    lines
}

/// As Python counts them: a line ends at a line feed, a carriage return, or both.
fn python_lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = vec![];
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        lines.push(&rest[..at]);
        let end = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[at + end..];
    }
    lines.push(rest);
    lines
}

fn shown(text: &str) -> String {
    let short: String = text.chars().take(LINE_MAX).collect();
    let cut = if short.len() < text.len() { " …" } else { "" };
    notebook::visible(&short).replace('\n', "⟨U+000A⟩") + cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_python_does() {
        assert_eq!(python_lines("a\nb\r\nc\rd"), ["a", "b", "c", "d"]);
        assert_eq!(python_lines(""), [""]);
    }

    #[test]
    fn a_line_is_bounded_and_exposed() {
        assert_eq!(shown("\u{202e}x\u{1b}[2J"), "⟨U+202E⟩x⟨U+001B⟩[2J");
        let long = shown(&"é".repeat(5000));
        assert_eq!(long.chars().count(), LINE_MAX + 2);
    }
}
