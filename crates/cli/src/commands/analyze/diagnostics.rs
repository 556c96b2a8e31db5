//! Findings as people read them: what, how sure, where in the source, why it matters, what to do instead.
//!
//! Source text is hostile: it is shown character by character through [`render::plain`], and the marks are moved along.

use super::source::Source;
use crate::render;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use pyexec_core::{Certainty, Finding, Severity};
use pyexec_service::analysis::Analysis;
use std::ops::Range;

/// Lines of one finding that are shown.
const LINES: usize = 6;
/// Characters of one line that are shown.
const WIDTH: usize = 240;
/// Findings of one file that are shown with their lines; the rest is counted.
const SHOWN: usize = 100;

/// Everything about one file, ready for stdout; ends without a newline.
pub(super) fn rendered(source: &Source, analysis: &Analysis, colored: bool) -> String {
    let renderer = if colored { Renderer::styled() } else { Renderer::plain() };
    let text = String::from_utf8_lossy(&source.bytes);
    let lines = lines(&text);
    let path = render::plain(&source.path.display().to_string());
    let mut reasons = analysis.decision.reasons.clone();
    let mut blocks = Vec::new();
    let worth: Vec<&Finding> = analysis.findings.iter().filter(|f| f.severity > Severity::Info).collect();
    for finding in worth.iter().take(SHOWN) {
        let because = reason_of(finding, &mut reasons);
        blocks.push(block(&renderer, &path, &lines, finding, because.as_deref()));
    }
    if worth.len() > SHOWN {
        blocks.push(format!("and {} more findings: `--json` has them all", worth.len() - SHOWN));
    }
    let mut last = Vec::new();
    // What a policy of a plugin says in its own words, and what no finding is the ground of.
    if analysis.syntax_error.is_none() {
        last.extend(reasons.iter().map(|reason| format!("because {}", render::plain(reason))));
    }
    last.extend(analysis.decision.recommendations.iter().map(|advice| format!("help: {}", render::plain(advice))));
    last.push(conclusion(&path, analysis));
    blocks.push(last.join("\n"));
    blocks.join("\n\n")
}

/// `fit.py: ask, WRITE_ENABLED: changes 1 file outside: /x; uses numpy`
fn conclusion(path: &str, analysis: &Analysis) -> String {
    let (decision, summary) = (&analysis.decision, render::plain(&analysis.summary));
    match &analysis.syntax_error {
        Some(_) => format!("{path}: {summary}"),
        None => format!("{path}: {}, {}: {summary}", decision.verdict, decision.mode),
    }
}

fn block(renderer: &Renderer, path: &str, lines: &[&str], finding: &Finding, because: Option<&str>) -> String {
    let what = finding.capability.as_ref().map_or(finding.rule.as_str(), |capability| capability.as_str());
    let perhaps = if finding.certainty == Certainty::Possible { " (possible)" } else { "" };
    let title = format!("{}{perhaps}: {}", render::plain(what), render::plain(&finding.message));
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::NOTE,
    };
    let (shown, mark) = excerpt(lines, finding);
    let annotation = AnnotationKind::Primary.span(mark);
    let because = because.map(render::plain);
    let annotation = match &because {
        Some(because) => annotation.label(because),
        None => annotation,
    };
    let first = usize::try_from(finding.line).unwrap_or(usize::MAX);
    let snippet = Snippet::source(shown.as_str()).line_start(first).path(path).annotation(annotation);
    renderer.render(&[Group::with_title(level.primary_title(&title)).element(snippet)]).trim_end().to_owned()
}

/// The reason that the shipped policy gives for a finding, taken out of the list.
fn reason_of(finding: &Finding, reasons: &mut Vec<String>) -> Option<String> {
    let capability = finding.capability.as_ref()?;
    let possibly = if finding.certainty == Certainty::Possible { " (possibly)" } else { "" };
    let start = format!("line {}{possibly}: {} [{capability}]: ", finding.line, finding.message);
    let at = reasons.iter().position(|reason| reason.starts_with(&start))?;
    Some(reasons.remove(at).split_off(start.len()))
}

/// The lines of a finding, made harmless, and its bytes in them.
fn excerpt(lines: &[&str], finding: &Finding) -> (String, Range<usize>) {
    let line = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let (first, last) = (line(finding.line), line(finding.end_line).max(line(finding.line)));
    let (mut shown, mut mark) = (String::new(), 0..0);
    for number in first..=last.min(first.saturating_add(LINES - 1)) {
        let text = number.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default();
        let starts = (number == first).then(|| line(finding.column).saturating_sub(1));
        let ends = (number == last).then(|| line(finding.end_column).saturating_sub(1));
        // A window around what matters: generated lines can be a megabyte long.
        let skipped = starts.unwrap_or_default().saturating_sub(WIDTH / 3);
        if skipped > 0 {
            shown.push('…');
        }
        if number > first {
            shown.push('\n');
        }
        let mut count = skipped;
        for c in text.chars().skip(skipped).take(WIDTH) {
            if starts == Some(count) {
                mark.start = shown.len();
            }
            if ends == Some(count) {
                mark.end = shown.len();
            }
            shown.push_str(&render::plain(c.encode_utf8(&mut [0; 4])));
            count += 1;
        }
        if starts.is_some_and(|at| at >= count) {
            mark.start = shown.len();
        }
        if ends.is_none_or(|at| at >= count) {
            mark.end = shown.len();
        }
        if text.chars().nth(count).is_some() {
            shown.push('…');
        }
    }
    mark.end = mark.end.max(mark.start);
    (shown, mark)
}

/// Lines as `CPython` ends them: `\n`, `\r\n`, `\r`.
fn lines(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(at) = rest.find(['\n', '\r']) {
        all.push(&rest[..at]);
        let end = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[at + end..];
    }
    all.push(rest);
    all
}
