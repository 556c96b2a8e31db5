//! Whether code compiles, and if not, where, why and what would mend it.
//!
//! The parser finds what is not Python, its version checks what the target interpreter does not know yet, and its semantic
//! checker (driven by [`context`]) what `CPython` only complains of when it compiles. The last word stays with the
//! interpreter's own `compile()`; this one speaks before anything starts.

mod context;
mod hint;

use crate::source::{Refusal, lines::Lines};
use pyexec_core::{Certainty, Finding, Severity};
use rustpython_ast::{ModModule, PythonVersion};
use rustpython_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use rustpython_text_size::{Ranged, TextRange};

/// The rule of everything that does not compile.
pub(crate) const RULE: &str = "syntax";
/// More than a few at a time help nobody.
const MAX_FINDINGS: usize = 5;

/// A tree, or what is wrong with the text. The text must have passed [`crate::source::depth::check`].
pub(crate) fn parse(text: &str, python: (u8, u8), lines: &Lines<'_>) -> Result<Parsed<ModModule>, Vec<Finding>> {
    let version = PythonVersion::from(python);
    let options = ParseOptions::from(Mode::Module).with_target_version(version);
    let Some(parsed) = parse_unchecked(text, options).try_into_module() else {
        return Err(vec![refusal(&Refusal { line: 1, column: 1, message: "this is not a module".into() })]);
    };
    let mut found: Vec<(TextRange, String)> = Vec::new();
    if let Some(first) = parsed.errors().iter().min_by_key(|e| e.location.start()) {
        // The first is what is wrong; what the parser says after it is a guess. A bracket that stays open is told where it
        // opens, as `CPython` does.
        found.push(match hint::never_closed(parsed.tokens()) {
            Some((range, message)) if range.start() <= first.location.start() => (range, message),
            _ => (first.location, hint::message(&first.error, text, first.location)),
        });
    }
    if found.is_empty() {
        found.extend(parsed.unsupported_syntax_errors().iter().map(|e| (e.range(), hint::capitalised(&e.to_string()))));
        found.extend(context::check(parsed.suite(), text, version));
    }
    if found.is_empty() {
        return Ok(parsed);
    }
    found.sort_by_key(|(range, _)| (range.start(), range.end()));
    let mut findings: Vec<Finding> = Vec::new();
    for (range, message) in found {
        let (line, column) = lines.position(range.start().to_usize());
        if findings.last().is_some_and(|last| last.line == line) {
            continue;
        }
        let (mut end_line, mut end_column) = lines.position(range.end().to_usize());
        if (end_line, end_column) <= (line, column) {
            (end_line, end_column) = (line, column + 1);
        }
        findings.push(finding((line, column), (end_line, end_column), message));
        if findings.len() == MAX_FINDINGS {
            break;
        }
    }
    Err(findings)
}

/// A refusal of the text as a whole, as a finding.
pub(crate) fn refusal(refusal: &Refusal) -> Finding {
    let at = (refusal.line, refusal.column);
    finding(at, (at.0, at.1 + 1), hint::capitalised(&refusal.message))
}

fn finding((line, column): (u32, u32), (end_line, end_column): (u32, u32), message: String) -> Finding {
    Finding {
        rule: RULE.into(),
        capability: None,
        certainty: Certainty::Definite,
        severity: Severity::Error,
        line,
        column,
        end_line,
        end_column,
        message,
        evidence: None,
        subject: None,
        analyzer: String::new(),
    }
}
