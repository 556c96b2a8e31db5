//! The store: it opens, is whole and private, and nothing in it waits for somebody who does not know.

use super::{
    context::{Context, NO_CONFIGURATION},
    rows::Rows,
};
use pyexec_core::{ErrorKind, RunError};
use pyexec_service::{
    abandoned,
    run::State,
    store::{HeadFilter, Store, StoreError},
};
use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

/// More runs than this are not named one by one.
const MOST_NAMED: usize = 3;
/// How many of the runs that are on their way are looked at.
const LOOKED_AT: usize = 200;

pub(super) async fn check(context: &Context, rows: &mut Rows) {
    let Some(config) = context.config() else { return rows.unchecked("store", NO_CONFIGURATION) };
    let data_dir = &config.data_dir;
    let file = data_dir.join("store.sqlite");
    let journal = file.with_extension("sqlite-wal");
    // Opening makes what is missing, and a doctor makes nothing.
    if !exists(&file) && !exists(&journal) {
        return rows.ok("store", "none yet: the first run makes it");
    }
    if let Some(because) = unopened(context, data_dir) {
        return rows.unchecked("store", because);
    }
    permissions(&file, rows);
    let store = match Store::open(data_dir).await {
        Ok(store) => store,
        Err(error) => return rows.error("store", &RunError::from(&error)),
    };
    let mut whole = integrity(&store, rows).await;
    whole = whole && waiting(&store, rows).await;
    if whole {
        dead(&store, rows).await;
    }
    store.close().await;
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Where nothing can be written, the database cannot even be read: its journal needs a place.
fn unopened(context: &Context, data_dir: &Path) -> Option<&'static str> {
    (context.data_dir.is_some() && fs::metadata(data_dir).is_ok_and(|found| found.is_dir()))
        .then_some("nothing can be written in the data folder")
}

fn permissions(file: &Path, rows: &mut Rows) {
    let Ok(found) = fs::metadata(file) else { return };
    let mode = found.mode() & 0o7777;
    let others = mode & 0o077;
    if others == 0 {
        rows.ok("permissions", format!("{} is private (mode {mode:04o})", file.display()));
    } else {
        let fix = "opening it has set 0600; find out who changed it, and what they read: `pyexec runs list`";
        rows.warn("permissions", format!("others could read or write {} (mode {mode:04o})", file.display()), fix);
    }
}

async fn integrity(store: &Store, rows: &mut Rows) -> bool {
    let size = fs::metadata(store.file()).map_or(0, |found| found.len());
    match store.quick_check().await {
        Ok(faults) if faults.is_empty() => {
            rows.ok("integrity", format!("whole, {}", super::disk::size(size)));
            return true;
        }
        Ok(faults) => {
            let found = format!("{} is damaged: {}", store.file().display(), faults.join("; "));
            let fix = "restore it from a backup; until then, nothing it says is to be trusted";
            rows.fail("integrity", ErrorKind::Store, found, fix);
        }
        Err(error) => rows.error("integrity", &RunError::from(&error)),
    }
    false
}

/// Counts the runs; tells of those that wait for a person. Whether that could be read.
async fn waiting(store: &Store, rows: &mut Rows) -> bool {
    let states = match store.count_by_state().await {
        Ok(states) => states,
        Err(error) => {
            rows.error("runs", &RunError::from(&error));
            return false;
        }
    };
    let total: u64 = states.values().sum();
    let list: Vec<_> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
    let list = if list.is_empty() { String::new() } else { format!(": {}", list.join(", ")) };
    rows.ok("runs", format!("{total}{list}"));
    let count = |state: State| states.get(state.name()).copied().unwrap_or(0);
    match count(State::Waiting) {
        0 => rows.ok("tickets", "nobody is waited for"),
        n => rows.warn(
            "tickets",
            format!("{n} waiting for a person"),
            "`pyexec approvals list`, then `approve` or `reject`",
        ),
    }
    match count(State::Interrupted) {
        0 => {}
        n => match named(store, State::Interrupted).await {
            Ok(runs) => rows.warn(
                "interrupted",
                format!("{n} died while code with effects ran: what they did is unknown ({runs})"),
                "look at what they were allowed to change (`pyexec runs show ID`), and decide",
            ),
            Err(error) => rows.error("interrupted", &RunError::from(&error)),
        },
    }
    true
}

async fn named(store: &Store, state: State) -> Result<String, StoreError> {
    let filter = HeadFilter { state: Some(state.name().into()), ..HeadFilter::default() };
    let heads = store.heads(&filter, MOST_NAMED + 1, None).await?;
    Ok(some(heads.iter().map(|head| head.run_id.to_string())))
}

async fn dead(store: &Store, rows: &mut Rows) {
    match abandoned(store, LOOKED_AT).await {
        Ok(runs) if runs.is_empty() => rows.ok("owners", "no run was left behind by a process that died"),
        Ok(runs) => {
            let found = format!(
                "{} left behind by processes that died ({})",
                runs.len(),
                some(runs.iter().map(ToString::to_string))
            );
            rows.warn("owners", found, format!("`pyexec runs resume {}`", runs[0]));
        }
        Err(error) => rows.error("owners", &error.to_run_error()),
    }
}

fn some(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<_> = names.collect();
    if names.len() > MOST_NAMED {
        names.truncate(MOST_NAMED);
        names.push("…".into());
    }
    names.join(", ")
}
