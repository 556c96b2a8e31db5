//! What a person does after something went wrong, until every run is at its end: look at the list, resume what stands still,
//! answer what asks, close what nobody knows the outcome of. Nothing fails any more here.

use crate::{
    Broken,
    case::{Case, Said},
    judge::{Met, judge},
    perform::submission,
    scenario::Scenario,
};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// How often a person looks before they give up.
const MOST_LOOKS: usize = 8;

/// Runs by id, with the state in which they ended.
pub(crate) type Ends = BTreeMap<String, String>;

/// Brings every run to its end. `acknowledged` are the runs that a command printed.
pub(crate) fn finish(case: &Case, acknowledged: &[String]) -> Result<Ends, Broken> {
    let mut runs = list(case)?;
    if let Some(lost) = acknowledged.iter().find(|run| !runs.iter().any(|(id, ..)| id == *run)) {
        return Err(Broken(format!("run {lost} was acknowledged and is lost")));
    }
    if runs.is_empty() {
        let said = case.run(&submission(case.scenario))?;
        judge(&said, Met::Nothing)?;
        runs = list(case)?;
        if runs.is_empty() {
            return Err(said.broke("no run after a second submission"));
        }
    }
    let mut seen = BTreeMap::new();
    for _ in 0..MOST_LOOKS {
        let Some((id, state, ticket)) = runs.iter().find(|(_, state, _)| is_open(state)) else {
            return runs.into_iter().map(|(id, state, _)| look(case, id, state, &seen)).collect();
        };
        let after = act(case, id, state, ticket.as_deref())?;
        if let Some(view) = after.json() {
            let now = (text(&view["run_id"]), text(&view["state"]), view["ticket_id"].as_str().map(str::to_owned));
            runs.retain(|(id, ..)| *id != now.0);
            seen.insert(now.0.clone(), after);
            runs.push(now);
        } else {
            // Refused, because somebody or the clock was quicker: what was seen before is not how it stands.
            seen.clear();
            runs = list(case)?;
        }
    }
    Err(Broken(format!("a run comes to no end: {:?}", list(case)?)))
}

/// A run at its end can be looked at, and what it names is there. What the last command printed is a look as well.
fn look(case: &Case, run: String, state: String, seen: &BTreeMap<String, Said>) -> Result<(String, String), Broken> {
    let shown;
    let said = if let Some(said) = seen.get(&run) {
        said
    } else {
        shown = case.run(&["runs", "show", &run, "--json"])?;
        if shown.code != Some(0) {
            return Err(shown.broke("a run cannot be shown"));
        }
        &shown
    };
    let view = said.json().ok_or_else(|| said.broke("a run cannot be shown"))?;
    if view["state"] != state.as_str() {
        return Err(said.broke("a run is not what the list says"));
    }
    match view["notebook"].as_str() {
        Some(notebook) if !Path::new(notebook).is_file() => Err(said.broke("the notebook that it names is not there")),
        _ => Ok((run, state)),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn is_open(state: &str) -> bool {
    matches!(state, "queued" | "running" | "waiting" | "interrupted")
}

/// Id, state and last ticket of every run.
type List = Vec<(String, String, Option<String>)>;

fn list(case: &Case) -> Result<List, Broken> {
    let said = case.run(&["runs", "list", "--json"])?;
    let read = || -> Option<List> {
        let list = said.json().filter(|_| said.code == Some(0))?;
        let runs = list["runs"].as_array()?.iter();
        Some(
            runs.map(|run| (text(&run["run_id"]), text(&run["state"]), run["ticket"].as_str().map(str::to_owned)))
                .collect(),
        )
    };
    read().ok_or_else(|| said.broke("no list"))
}

fn act(case: &Case, run: &str, state: &str, ticket: Option<&str>) -> Result<Said, Broken> {
    let said = match (state, ticket) {
        // An outcome that nobody knows is not tried again, however often somebody asks.
        ("interrupted", _) => {
            let again = case.run(&["runs", "resume", run, "--json"])?;
            if again.code != Some(7) {
                return Err(again.broke("an unknown outcome is not exit code 7"));
            }
            judge(&again, Met::Nothing)?;
            let closed = case.run(&["runs", "cancel", run, "--json"])?;
            if closed.code != Some(0) {
                return Err(closed.broke("an unknown outcome cannot be closed"));
            }
            closed
        }
        ("waiting", Some(ticket)) if case.scenario == Scenario::Reject => {
            case.run(&["approvals", "reject", ticket, "--reason", "no", "--json"])?
        }
        ("waiting", Some(ticket)) if case.scenario == Scenario::Cancel => {
            case.run(&["approvals", "reject", ticket, "--reason", "not wanted any more", "--json"])?
        }
        ("waiting", Some(ticket)) => case.run(&["approvals", "approve", ticket, "--json"])?,
        // What sleeps for a minute is not waited for.
        (_, _) if case.scenario == Scenario::Cancel => case.run(&["runs", "cancel", run, "--json"])?,
        (_, _) => case.run(&["runs", "resume", run, "--json"])?,
    };
    judge(&said, Met::Nothing)?;
    Ok(said)
}
