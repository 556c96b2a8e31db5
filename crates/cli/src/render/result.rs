//! A run as its end is shown: results on stdout, everything else on stderr.

use super::{Face, closing, plain, results};
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
    show_results(view, Face::of_stdout());
    for warning in &view.warnings {
        eprintln!("warning: {}", plain(warning));
    }
    match Face::of_stderr() {
        Face::Pipe => show_rest(view),
        face => show_rest_on_terminal(view, face),
    }
    view.exit_code
}

fn show_results(view: &RunView, face: Face) {
    let Some(results) = &view.results else { return };
    if face == Face::Pipe {
        for (name, value) in results {
            line(&format!("{}: {}", plain(name), shown(value)));
        }
        return;
    }
    // Apart from what the code printed, and from what follows.
    line("");
    for text in results::lines(results, super::columns(), face) {
        line(&text);
    }
    line("");
}

/// The run and its ticket, for programs too.
fn show_ticket(view: &RunView) -> bool {
    let ticket = view.ticket_id.as_ref().filter(|_| view.state == State::Waiting);
    if let Some(ticket) = ticket {
        line(&format!("run {} waits for approval, ticket {ticket}", view.run_id));
    }
    ticket.is_some()
}

fn show_rest(view: &RunView) {
    for policy in policies(view) {
        eprintln!("{:>12}  {}", "policy", plain(&policy));
    }
    if let (Some(by), Some(_)) = (&view.decided_by, view.basis) {
        eprintln!("{:>12}  by {}", "approved", plain(by));
    }
    for figure in &view.figures {
        eprintln!("{:>12}  {}", "figure", plain(&view.folder.join(figure).to_string_lossy()));
    }
    for artifact in &view.artifacts {
        let path = view.folder.join(&artifact.path);
        eprintln!("{:>12}  {} ({} bytes)", "artifact", plain(&path.to_string_lossy()), artifact.bytes);
    }
    if show_ticket(view)
        && let Some(ticket) = &view.ticket_id
    {
        eprintln!("help: `pyexec approvals show {ticket}`, then `approve`, `edit` or `reject` it");
    }
    if let Some(error) = &view.error {
        eprintln!("{}", exit::render(error));
    }
    if let Some(refusal) = &view.refusal {
        offending(refusal);
    }
    if let Some(notebook) = &view.notebook {
        eprintln!("{:>12}  {}", "notebook", plain(notebook));
    }
    eprintln!("{:>12}  {}", "run", view.run_id);
    eprintln!("{:>12}  {}", "folder", view.folder.display());
}

fn show_rest_on_terminal(view: &RunView, face: Face) {
    show_ticket(view);
    if let Some(error) = &view.error {
        eprintln!("{}", exit::render(error));
        if let Some(refusal) = &view.refusal {
            offending(refusal);
        }
        eprintln!();
    }
    for text in closing::lines(view, face) {
        eprintln!("{text}");
    }
}

/// Those that decided, but for the one that ships: it is what a reader takes for granted.
pub(super) fn policies(view: &RunView) -> Vec<String> {
    view.policies.iter().filter(|policy| policy.name != "default").map(ToString::to_string).collect()
}

/// The lines that gave the reason. Their text is foreign, and already exposed; it stands behind a number and a bar.
fn offending(refusal: &Refusal) {
    for line in &refusal.source {
        let rules = line.rules.join(", ");
        eprintln!("{:>12}  {} | {}  [{}]", "refused", line.line, plain(&line.text), plain(&rules));
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
    plain(&short)
}
