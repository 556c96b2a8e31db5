//! The prose of a notebook. Words outside of grey blocks are ours; what others said stands inside of them.

use super::{
    content::{Judgement, Moment, NotebookContent, NotebookFigure, Seen, Stage},
    text::{Rows, bounded, fenced, link_target},
};
use crate::{clock::stamp, run::State};
use pyexec_core::{Finding, Grant, RunError, finding::Certainty, outcome::FileRecord};
use std::fmt::Write;

/// The most that is shown of one foreign text in prose, in bytes.
const TEXT_MAX: usize = 8 << 10;
const LINE_MAX: usize = 500;
const MOST_FINDINGS: usize = 100;
const MOST_FILES: usize = 200;
/// Pictures that no browser runs anything of, when a reader opens one by itself.
const LINKABLE: [&str; 5] = ["png", "jpg", "jpeg", "gif", "webp"];

/// The first cell.
pub(super) fn opening(content: &NotebookContent) -> String {
    let mut text = format!("# {}\n\n{}\n\n", title(content), sentence(content.moment));
    text.push_str("Grey blocks hold what the request, the generator and the code say; only the words around them are pyexec's.\n\n");
    text.push_str(&facts(content));
    if let Some(error) = &content.error {
        text.push_str("\n## What went wrong\n\n");
        text.push_str(&failure(error));
    }
    if let Some(judgement) = &content.judgement {
        text.push_str("\n## What analysis and policy say\n\n");
        text.push_str(&judged(judgement));
    }
    if !content.findings.is_empty() {
        text.push('\n');
        text.push_str(&findings(&content.findings));
    }
    if content.code.is_some() {
        text.push_str("\nThe next cell makes the run's world again: its inputs, `context`, and stand-ins for the `pyexec` package.\n");
    }
    text
}

/// Of the code's cell.
pub(super) fn code(notes: &[String]) -> String {
    let mut text = String::from("## Code\n");
    for note in notes {
        let _ = write!(text, "\n{note}\n"); // to a String: cannot fail
    }
    text
}

/// Of the figures' cell, with those that are not embedded.
pub(super) fn figures(left: &[&NotebookFigure], in_attempts: bool) -> String {
    let mut text = String::from("## Figures\n");
    if left.is_empty() {
        return text;
    }
    text.push_str("\nNot embedded, because it is no PNG or too large:\n\n");
    let mut names = String::new();
    for (n, figure) in left.iter().take(MOST_FILES).enumerate() {
        let _ = writeln!(names, "{}", one_line(&figure.path)); // to a String: cannot fail
        let passive =
            figure.path.rsplit('.').next().is_some_and(|end| LINKABLE.contains(&end.to_ascii_lowercase().as_str()));
        if let Some(target) = link_target(&figure.path).filter(|_| passive) {
            let up = if in_attempts { "../" } else { "" };
            let _ = writeln!(text, "[picture {}]({up}{target})\n", n + 1); // to a String: cannot fail
        }
    }
    text.push_str(&fenced(&names));
    text
}

/// The last cell, if there is anything for it.
pub(super) fn closing(seen: &Seen) -> Option<String> {
    let mut text = String::new();
    if !seen.warnings.is_empty() {
        text.push_str("## Warnings\n\n");
        text.push_str(&fenced(&lines(seen.warnings.iter().map(String::as_str))));
    }
    if !seen.artifacts.is_empty() {
        text.push_str("## Files\n\n");
        text.push_str(&files(&seen.artifacts));
    }
    (!text.is_empty()).then_some(text)
}

fn title(content: &NotebookContent) -> String {
    let (attempt, attempts) = (content.attempt, content.attempts);
    match content.moment {
        Moment::Attempt(stage) => format!("Attempt {attempt} of {attempts}: {}", stage.name().replace('_', " ")),
        Moment::Final(state) => format!("Run {state}"),
    }
}

const fn sentence(moment: Moment) -> &'static str {
    match moment {
        Moment::Attempt(Stage::SyntaxError) => "The code does not compile. It did not run.",
        Moment::Attempt(Stage::StaticAnalysisFailed) => "Policy denies this code. It did not run.",
        Moment::Attempt(Stage::AwaitingApproval) | Moment::Final(State::Waiting) => {
            "A person is asked whether this code may run. It has not run."
        }
        Moment::Attempt(Stage::ExecutionFailed) => "The code ran and failed.",
        Moment::Final(State::Done) => "The code ran to its end.",
        Moment::Final(State::Failed) => "The run failed.",
        Moment::Final(State::Refused) => "The run was refused.",
        Moment::Final(State::Rejected) => "A person rejected the code.",
        Moment::Final(State::Expired) => "Nobody decided in time. The code did not run.",
        Moment::Final(State::Cancelled) => "The run was cancelled.",
        Moment::Final(State::Interrupted) => {
            "The host stopped while the code ran with effects: its outcome is unknown."
        }
        Moment::Final(State::Queued | State::Running) => "The run has not ended.",
    }
}

fn facts(content: &NotebookContent) -> String {
    let mut rows = Rows::default();
    rows.push("task", &bounded(&content.task, TEXT_MAX));
    rows.push("run", &content.run_id);
    rows.push("requester", &one_line(&content.requester));
    rows.push("at", &stamp(content.at));
    if content.attempt > 0 {
        rows.push("attempt", &format!("{} of {}", content.attempt, content.attempts));
    }
    for (number, error) in content.earlier.iter().take(MOST_FINDINGS) {
        rows.push("before", &format!("attempt {number} failed ({}): {}", error.kind, one_line(&error.message)));
    }
    rows.push("written by", &one_line(&content.generator));
    if let Some(code) = content.code_sha256 {
        let lost = if content.code.is_none() { "\nwhat is stored is not that code, so it is not shown" } else { "" };
        rows.push("code", &format!("sha256 {code}{lost}"));
    }
    for input in &content.inputs {
        rows.push("input", &format!("{}, {} bytes, sha256 {}", one_line(&input.name), input.bytes, input.sha256));
    }
    if let Some(context) = content.context {
        rows.push("context", &format!("context.json, sha256 {context}"));
    }
    rows.push("approval", &bounded(content.approval.as_deref().unwrap_or_default(), TEXT_MAX));
    if let Some(seen) = content.execution.as_ref().and_then(|ran| ran.seen.as_ref()) {
        let usage = &seen.usage;
        let python =
            seen.python.as_deref().map_or_else(|| "it".into(), |version| format!("Python {}", one_line(version)));
        rows.push("held", &format!("{python}, isolation {}", seen.isolation.name()));
        let peak = usage.peak_rss_bytes >> 20;
        rows.push("used", &format!("{} ms, {} ms of CPU time, {peak} MiB of memory", usage.wall_ms, usage.cpu_ms));
    }
    rows.fenced()
}

fn failure(error: &RunError) -> String {
    let mut rows = Rows::default();
    rows.push("kind", error.kind.name());
    rows.push("message", &bounded(&error.message, TEXT_MAX));
    rows.push("help", &bounded(error.help.as_deref().unwrap_or_default(), TEXT_MAX));
    rows.fenced()
}

fn judged(judgement: &Judgement) -> String {
    let mut rows = Rows::default();
    rows.push("summary", &bounded(&judgement.summary, TEXT_MAX));
    rows.push("verdict", &judgement.verdict.to_string());
    rows.push("mode", judgement.mode.name());
    for grant in &judgement.grants {
        rows.push("opens", &granted(grant));
    }
    for (label, lines) in [("because", &judgement.reasons), ("instead", &judgement.recommendations)] {
        for line in lines.iter().take(MOST_FINDINGS) {
            rows.push(label, &bounded(line, LINE_MAX));
        }
    }
    rows.fenced()
}

fn granted(grant: &Grant) -> String {
    match grant {
        Grant::Output { path, .. } => format!("writing in {}", one_line(&path.to_string_lossy())),
        Grant::Read { path } => format!("reading {}", one_line(&path.to_string_lossy())),
        Grant::Net => "the network".into(),
        Grant::Process => "starting programs inside the sandbox".into(),
        Grant::ChannelWrite(writes) => {
            let bound = |what: &str, value: Option<String>| value.map(|v| format!(", {what} {v}")).unwrap_or_default();
            format!(
                "writing channels {}{}{}{}",
                one_line(&writes.names.join(", ")),
                bound("at least", writes.min.map(|v| v.to_string())),
                bound("at most", writes.max.map(|v| v.to_string())),
                bound("times at most:", writes.max_writes.map(|v| v.to_string())),
            )
        }
    }
}

fn findings(findings: &[Finding]) -> String {
    let one = |finding: &Finding| {
        let certainty = match finding.certainty {
            Certainty::Definite => "definite",
            Certainty::Possible => "possible",
        };
        let what = finding.capability.as_ref().map_or("defect", |capability| capability.as_str());
        let (line, column) = (finding.line, finding.column);
        let (message, rule) = (one_line(&finding.message), one_line(&finding.rule));
        // What was refused at run time has no place, or one that the code's process claims: its sentence says so.
        let place = if line == 0 { String::new() } else { format!("line {line}, column {column}: ") };
        format!("{place}{certainty} {what}: {message} [{rule}]")
    };
    let mut shown: Vec<_> = findings.iter().take(MOST_FINDINGS).map(one).collect();
    if let more @ 1.. = findings.len().saturating_sub(MOST_FINDINGS) {
        shown.push(format!("and {more} more"));
    }
    fenced(&lines(shown.iter().map(String::as_str)))
}

fn files(artifacts: &[FileRecord]) -> String {
    let one = |file: &FileRecord| format!("{}, {} bytes, sha256 {}", one_line(&file.path), file.bytes, file.sha256);
    let mut shown: Vec<_> = artifacts.iter().take(MOST_FILES).map(one).collect();
    if let more @ 1.. = artifacts.len().saturating_sub(MOST_FILES) {
        shown.push(format!("and {more} more"));
    }
    fenced(&lines(shown.iter().map(String::as_str)))
}

fn lines<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.fold(String::new(), |lines, text| lines + &bounded(text, LINE_MAX) + "\n")
}

/// Line ends are written out, so that a name stays on its line.
fn one_line(text: &str) -> String {
    bounded(text, LINE_MAX).replace('\n', "⟨U+000A⟩").replace('\r', "⟨U+000D⟩")
}
