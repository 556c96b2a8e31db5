//! What must hold of a run at its end, whatever was done to it.

use crate::{
    Broken,
    case::Case,
    person::Ends,
    processes,
    record::{self, Record},
    schedule::TRANSITIONS,
};
use pyexec_core::connector::WriteResult;
use serde_json::Value;
use std::{fs, path::Path};

/// Everything.
pub(crate) fn all(case: &Case, ends: &Ends) -> Result<(), Broken> {
    processes::none_left(case.folder())?;
    let records = record::read(case)?;
    for record in &records {
        the_log(record, ends)?;
        if let Some(folder) = &record.head.folder {
            nothing_torn(Path::new(folder))?;
        }
    }
    output_once(case, &records)?;
    puts_once(case, &records)?;
    nothing_left_behind(case)
}

/// The list says what the events say, and the proof knows every kind of event.
fn the_log(record: &Record, ends: &Ends) -> Result<(), Broken> {
    let (id, state) = (record.run.id.to_string(), record.run.state().name());
    if ends.get(&id).map(String::as_str) != Some(state) || record.head.state != state {
        return Err(Broken(format!("run {id} is {state} by its events, and the lists say otherwise: {ends:?}")));
    }
    if record.head.seq != record.run.seq {
        return Err(Broken(format!("the list row of {id} is not of its last event")));
    }
    match record.kinds.iter().find(|kind| !TRANSITIONS.iter().any(|(known, ..)| known == kind)) {
        Some(kind) => Err(Broken(format!("`{kind}` is not in the proof's list of transitions (schedule.rs)"))),
        None => Ok(()),
    }
}

/// Code with an output folder ran at most once a run, and exactly once where the log says that it went through.
fn output_once(case: &Case, records: &[Record]) -> Result<(), Broken> {
    let lines = fs::read_to_string(case.effects()).unwrap_or_default().lines().count();
    if let Some(record) = records.iter().find(|record| record.releases_with_effects() > 1) {
        return Err(Broken(format!("run {} was released twice with effects", record.run.id)));
    }
    let released: usize = records.iter().map(Record::releases_with_effects).sum();
    let done = records.iter().filter(|record| record.says_done()).count();
    let may_be = if case.scenario.writes_channels() { 0..=0 } else { done..=released };
    if may_be.contains(&lines) {
        Ok(())
    } else {
        Err(Broken(format!("{lines} effects in the output folder, and the log allows {may_be:?}")))
    }
}

/// Every put was intended, none was put twice, and where the log knows the outcome it is the true one.
fn puts_once(case: &Case, records: &[Record]) -> Result<(), Broken> {
    let puts = case.puts();
    let executions = records.iter().flat_map(|r| &r.run.attempts).flat_map(|a| &a.executions);
    let writes: Vec<_> = executions.flat_map(|e| &e.writes).collect();
    let broken = |why: &str| Err(Broken(format!("{why}: put {puts:?}, on the record {writes:?}")));
    // The scripts write every value once.
    if records.len() == 1 && puts.iter().any(|value| puts.iter().filter(|other| *other == value).count() > 1) {
        return broken("a value was put twice");
    }
    if puts.len() > writes.len() {
        return broken("something was put that was not intended");
    }
    let certain = |result| writes.iter().filter(|w| w.report.as_ref().is_some_and(|r| r.result == result)).count();
    let unknown = writes.iter().filter(|w| w.report.is_none()).count() + certain(WriteResult::Unknown);
    let ok = certain(WriteResult::Ok);
    if !(ok..=ok + unknown).contains(&puts.len()) {
        return broken("the record of what was put is not true");
    }
    Ok(())
}

/// Whatever stands in the run folder under a name is whole.
fn nothing_torn(folder: &Path) -> Result<(), Broken> {
    let torn = |path: &Path, why: String| Broken(format!("{} is torn: {why}", path.display()));
    for entry in fs::read_dir(folder).map_err(|e| Broken(format!("{}: {e}", folder.display())))?.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let bytes = || fs::read(&path).map_err(|e| torn(&path, e.to_string()));
        match path.extension().and_then(|end| end.to_str()) {
            _ if hidden => {}
            Some("json" | "ipynb") => {
                serde_json::from_slice::<Value>(&bytes()?).map_err(|e| torn(&path, e.to_string()))?;
            }
            Some("jsonl") => {
                for line in bytes()?.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                    serde_json::from_slice::<Value>(line).map_err(|e| torn(&path, e.to_string()))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The dead leave no lock that somebody could take for a life.
fn nothing_left_behind(case: &Case) -> Result<(), Broken> {
    let owners = case.data().join("owners");
    for entry in fs::read_dir(&owners).into_iter().flatten().flatten() {
        let file = fs::File::open(entry.path()).map_err(|e| Broken(e.to_string()))?;
        if file.try_lock_shared().is_err() {
            return Err(Broken(format!("{} is held by nobody who lives", entry.path().display())));
        }
    }
    Ok(())
}
