//! What the store says, read from a copy of its files: the next to open the store itself is the program.

use crate::{Broken, case::Case};
use jiff::Timestamp;
use pyexec_core::RunId;
use pyexec_service::{
    event::Event,
    pipeline,
    run::{ExecutionState, Run},
    store::{HeadFilter, RunHead, Store, StoredEvent},
};
use std::{fs, path::Path};

/// One run: its row in lists, and its events told anew.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) head: RunHead,
    pub(crate) kinds: Vec<String>,
    pub(crate) run: Run,
}

/// Every run in the store. An error if a chain does not verify or events do not follow; nothing if there is no store yet.
pub(crate) fn read(case: &Case) -> Result<Vec<Record>, Broken> {
    let copy = tempfile::tempdir_in(case.folder()).map_err(|e| Broken(e.to_string()))?;
    if !case.data().join("store.sqlite").exists() {
        return Ok(vec![]);
    }
    for name in ["store.sqlite", "store.sqlite-wal"] {
        let from = case.data().join(name);
        if from.exists() {
            fs::copy(&from, copy.path().join(name)).map_err(|e| Broken(format!("{}: {e}", from.display())))?;
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| Broken(e.to_string()))?.block_on(all(copy.path()))
}

async fn all(data: &Path) -> Result<Vec<Record>, Broken> {
    let store = Store::open(data).await.map_err(|e| Broken(format!("the store does not open: {e}")))?;
    let heads = store.heads(&HeadFilter::default(), 100, None).await;
    let mut records = vec![];
    for head in heads.map_err(|e| Broken(format!("the list is not readable: {e}")))? {
        let events = store.events(&head.run_id, 0, 10_000).await;
        let events = events.map_err(|e| Broken(format!("the chain of {} does not verify: {e}", head.run_id)))?;
        let run = told(&head.run_id, &events)?;
        let kinds = events.into_iter().map(|event| event.kind).collect();
        records.push(Record { head, kinds, run });
    }
    store.close().await;
    Ok(records)
}

/// The run that these events tell, by the pipeline's own rules.
fn told(id: &RunId, events: &[StoredEvent]) -> Result<Run, Broken> {
    let broken = |seq: u64, why: String| Broken(format!("event {seq} of {id}: {why}"));
    let mut run = None;
    for stored in events {
        let at: Timestamp = stored.at.parse().map_err(|e: jiff::Error| broken(stored.seq, e.to_string()))?;
        if !stored.is_intact() {
            return Err(broken(stored.seq, "its hash is not its own".into()));
        }
        let event = Event::read(stored.version, &stored.body).map_err(|e| broken(stored.seq, e.to_string()))?;
        match (&mut run, event) {
            (None, Event::Created(created)) => run = Some(pipeline::begin(id.clone(), at, *created)),
            (Some(run), event) => pipeline::apply(run, at, &event).map_err(|e| broken(stored.seq, e.to_string()))?,
            (None, other) => return Err(broken(stored.seq, format!("the first is `{}`", other.kind()))),
        }
    }
    run.ok_or_else(|| broken(0, "there are none".into()))
}

impl Record {
    /// How often code was released that may change something.
    pub(crate) fn releases_with_effects(&self) -> usize {
        self.run.attempts.iter().flat_map(|a| &a.executions).filter(|e| e.effects).count()
    }

    /// Whether the log says that code with effects went through to its end.
    pub(crate) fn says_done(&self) -> bool {
        self.run.attempts.iter().flat_map(|a| &a.executions).any(|e| {
            e.effects && matches!(&e.state, ExecutionState::Finished { outcome, .. } if outcome.error.is_none())
        })
    }
}
