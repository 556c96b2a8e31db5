//! Whether what a command said and how it ended is what a person may expect of it.

use crate::{Broken, case::Said};
use serde_json::Value;

/// What was done to the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// Nothing: but others may have been quicker.
    Nothing,
    /// It was to be killed.
    Killed,
    /// Its disk failed.
    DiskError,
    /// A process of its sandbox was killed.
    Sandbox,
}

/// The run that it acknowledged, if it did.
pub(crate) fn judge(said: &Said, met: Met) -> Result<Option<String>, Broken> {
    if said.stderr.contains("panicked") || said.code == Some(101) {
        return Err(said.broke("a panic"));
    }
    let Some(code) = said.code else {
        return if met == Met::Killed && said.signal == Some(9) {
            Ok(None)
        } else {
            Err(said.broke("ended by a signal"))
        };
    };
    let Some(view) = said.json() else { return refused(said, code, met).map(|()| None) };
    let state = view["state"].as_str().unwrap_or_default();
    let right = view["exit_code"].as_i64().unwrap_or(-1);
    let cancelled = said.what.contains(" cancel ") && state == "cancelled";
    if i64::from(code) != if cancelled { 0 } else { right } {
        return Err(said.broke("the exit code is not the run's"));
    }
    check_error(said, code, &view["error"])?;
    Ok(view["run_id"].as_str().map(str::to_owned))
}

/// An error of a run: the code follows from its class, and there is a way out where a person has to find one.
fn check_error(said: &Said, code: i32, error: &Value) -> Result<(), Broken> {
    let Some(class) = error["class"].as_str() else { return Ok(()) };
    let machinery = class == "infrastructure";
    if machinery && code != 6 && !said.what.contains(" cancel ") {
        return Err(said.broke("the machinery failed, and the exit code does not say so"));
    }
    if (machinery || code == 7) && error["help"].as_str().is_none_or(str::is_empty) {
        return Err(said.broke("an error without a way out"));
    }
    Ok(())
}

/// A command that could not do what was asked.
fn refused(said: &Said, code: i32, met: Met) -> Result<(), Broken> {
    if code == 0 {
        return Err(said.broke("success without a run"));
    }
    if !said.stderr.contains("error: ") || !said.stderr.contains("help: ") {
        return Err(said.broke("an error without a message or a way out"));
    }
    let late = ["already", "waits no longer", "expired", "has ended", "waits for no decision"];
    let is_late = [2, 4].contains(&code) && late.iter().any(|text| said.stderr.contains(text));
    match met {
        _ if is_late => Ok(()),
        Met::DiskError | Met::Sandbox if code == 6 => Ok(()),
        Met::Nothing => Err(said.broke("refused, though nothing was wrong")),
        _ => Err(said.broke("the wrong exit code for what went wrong")),
    }
}
