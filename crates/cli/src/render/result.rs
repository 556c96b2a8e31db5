//! A run as its end is shown: results on stdout, everything else on stderr.

use crate::exit;
use pyexec_service::{record::Refusal, run::State, view::RunView};
use serde::Serialize;
use serde_json::Value;
use std::io::Write;

/// One line on stdout. A reader that went away (`| head`) is not an error of the run.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// One JSON value on stdout.
pub(crate) fn json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => line(&text),
        Err(error) => eprintln!("error: this cannot be shown as JSON: {error}"),
    }
}

/// Shows a run and gives the exit code.
pub(crate) fn run(view: &RunView, as_json: bool) -> u8 {
    if as_json {
        json(view);
        return view.exit_code;
    }
    if let Some(results) = &view.results {
        for (name, value) in results {
            line(&format!("{}: {}", super::plain(name), shown(value)));
        }
    }
    if let (Some(by), Some(_)) = (&view.decided_by, view.basis) {
        eprintln!("{:>12}  by {}", "approved", super::plain(by));
    }
    for warning in &view.warnings {
        eprintln!("warning: {}", super::plain(warning));
    }
    for figure in &view.figures {
        eprintln!("{:>12}  {}", "figure", view.folder.join(figure).display());
    }
    for artifact in &view.artifacts {
        eprintln!("{:>12}  {} ({} bytes)", "artifact", view.folder.join(&artifact.path).display(), artifact.bytes);
    }
    if view.state == State::Waiting
        && let Some(ticket) = &view.ticket_id
    {
        line(&format!("run {} waits for approval, ticket {ticket}", view.run_id));
        eprintln!("help: `pyexec approvals show {ticket}`, then `approve`, `edit` or `reject` it");
    }
    if let Some(error) = &view.error {
        eprintln!("{}", exit::render(error));
    }
    if let Some(refusal) = &view.refusal {
        offending(refusal);
    }
    if let Some(notebook) = &view.notebook {
        eprintln!("{:>12}  {}", "notebook", super::plain(notebook));
    }
    eprintln!("{:>12}  {}", "run", view.run_id);
    eprintln!("{:>12}  {}", "folder", view.folder.display());
    view.exit_code
}

/// The lines that gave the reason. Their text is foreign, and already exposed; it stands behind a number and a bar.
fn offending(refusal: &Refusal) {
    for line in &refusal.source {
        let rules = line.rules.join(", ");
        eprintln!("{:>12}  {} | {}  [{}]", "refused", line.line, super::plain(&line.text), super::plain(&rules));
    }
    if refusal.more > 0 {
        eprintln!("{:>12}  and {} more lines", "", refusal.more);
    }
}

/// A value on one line, long lists cut.
fn shown(value: &Value) -> String {
    const MOST: usize = 400;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push_str(" … (whole in results.json)");
    }
    super::plain(&short)
}
