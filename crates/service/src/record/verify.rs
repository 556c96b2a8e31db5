//! Whether everything that is kept of a run still fits together.
//!
//! Compared are: the events with their chain, with the anchors that name the run and with what can follow what; the run's
//! list row with its events; stored bytes and output with the digests in the events; the run folder with the log. What only
//! stands in events that no anchor covers yet is told apart: it fits, and nobody has signed it.
//!
//! Reading stops at nothing that was altered, except that of a log with a broken chain no further word is believed.

use super::{blobs, folder_copy, key_text::PublicKey};
use crate::{
    event::Event,
    log,
    pipeline::{self, Illegal},
    run::{ExecutionState, Run, State},
    service::ServiceError,
    store::{AnchoredHead, RunHead, Store, StoreError, StoredEvent},
    view::PolicyView,
};
use pyexec_core::{Digest, RunId};
use serde::Serialize;

/// How many events are read at once.
const PAGE: usize = 1000;

/// Something that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alteration {
    /// Of which run; absent for the list of anchors.
    pub run_id: Option<String>,
    /// Of which event, where it is about one.
    pub seq: Option<u64>,
    /// Of which anchor, where it is about one.
    pub anchor: Option<u64>,
    /// What.
    pub what: String,
}

impl Alteration {
    pub(super) fn of_anchor(n: u64, what: String) -> Self {
        Self { run_id: None, seq: None, anchor: Some(n), what }
    }

    /// That a run is no longer there, though anchors or events of it are.
    pub fn of_lost_run(run: &str) -> Self {
        let what = "the run is gone: anchors or events of it are there, and its row is not".into();
        Self { run_id: Some(run.into()), seq: None, anchor: None, what }
    }
}

/// Events that no anchor covers yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tail {
    /// How many.
    pub events: u64,
    /// Since when: the first of them.
    pub since: String,
}

/// What was found of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// Which.
    pub run_id: RunId,
    /// Whether nothing was altered.
    pub ok: bool,
    /// Where it stands, if its log can be believed.
    pub state: Option<State>,
    /// How many events there are.
    pub events: u64,
    /// What holds, in sentences.
    pub holds: Vec<String>,
    /// What is worth knowing and no alteration.
    pub notes: Vec<String>,
    /// What was altered.
    pub altered: Vec<Alteration>,
    /// What nobody has signed yet.
    pub unanchored: Option<Tail>,
}

impl RunReport {
    fn new(run: &RunId) -> Self {
        Self {
            run_id: run.clone(),
            ok: true,
            state: None,
            events: 0,
            holds: vec![],
            notes: vec![],
            altered: vec![],
            unanchored: None,
        }
    }

    pub(super) fn altered(&mut self, seq: Option<u64>, what: impl Into<String>) {
        self.ok = false;
        self.altered.push(Alteration { run_id: Some(self.run_id.to_string()), seq, anchor: None, what: what.into() });
    }

    pub(super) fn holds(&mut self, what: impl Into<String>) {
        self.holds.push(what.into());
    }

    pub(super) fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }
}

/// Checks one run; the list of anchors itself is [`super::check_anchors`]'s. A run of which there is nothing at all is no report.
pub async fn verify_run(store: &Store, run: &RunId, keys: &[PublicKey]) -> Result<Option<RunReport>, ServiceError> {
    let mut report = RunReport::new(run);
    // Before the events: what an anchor names was there when it was written.
    let row_names = store.anchor_named_by(run).await?;
    let named = store.anchors_of(run).await?;
    let row = match store.head(run).await {
        Ok(row) => row,
        Err(error @ StoreError::HeadAltered { .. }) => {
            report.altered(None, error.to_string());
            return Ok(Some(report));
        }
        Err(other) => return Err(other.into()),
    };
    let Some(row) = row else {
        let lost = store.runs_without_row().await?.iter().any(|lost| lost == run.as_str());
        if lost {
            report.ok = false;
            report.altered.push(Alteration::of_lost_run(run.as_str()));
        }
        return Ok(lost.then_some(report));
    };
    let Some(stored) = events(store, run, &mut report).await? else { return Ok(Some(report)) };
    report.events = stored.len() as u64;
    report.holds(format!(
        "{} events: each is what was written, in its place, and the last one is the row's",
        stored.len()
    ));
    anchored(&mut report, row_names, &named, &stored);
    let Some(told) = replayed(&mut report, run, &stored) else { return Ok(Some(report)) };
    report.state = Some(told.state());
    listed(&mut report, &row, &told);
    judged(&mut report, &told);
    let events: Vec<_> = stored.iter().filter_map(|event| Some((event.seq, log::read(event).ok()?))).collect();
    blobs::check(&mut report, store, &events).await?;
    output(&mut report, store, &told, &events).await?;
    folder_copy::check(&mut report, store, &told, stored, keys).await?;
    Ok(Some(report))
}

/// All events, if the chain holds.
async fn events(store: &Store, run: &RunId, report: &mut RunReport) -> Result<Option<Vec<StoredEvent>>, ServiceError> {
    let mut all: Vec<StoredEvent> = vec![];
    loop {
        match store.events(run, all.len() as u64, PAGE).await {
            Ok(page) if page.is_empty() => return Ok(Some(all)),
            Ok(page) => all.extend(page),
            Err(StoreError::Altered { seq, .. }) => {
                report.altered(Some(seq), "the event is not what was written, or is gone");
                return Ok(None);
            }
            Err(error @ StoreError::HeadAltered { .. }) => {
                report.altered(None, error.to_string());
                return Ok(None);
            }
            Err(other) => return Err(other.into()),
        }
    }
}

fn anchored(report: &mut RunReport, row_names: u64, named: &[(u64, AnchoredHead)], stored: &[StoredEvent]) {
    let before = report.altered.len();
    for (n, head) in named {
        let there = usize::try_from(head.seq).ok().and_then(|seq| stored.get(seq.checked_sub(1)?));
        let what = match there {
            Some(event) if event.hash == head.hash => continue,
            Some(_) => format!("the event is not the one that anchor {n} is over: the log was written anew"),
            None => format!("anchor {n} is over this event, and the log ends before it"),
        };
        report.altered(Some(head.seq), what);
    }
    if row_names > named.last().map_or(0, |(n, _)| *n) {
        report.altered(None, format!("the run's row names anchor {row_names}, which does not name the run"));
    }
    let covered = named.iter().map(|(_, head)| head.seq).max().unwrap_or(0);
    if let Some((n, _)) = named.last().filter(|_| report.altered.len() == before) {
        report.holds(format!("events 1 to {covered} are signed, the last by anchor {n}"));
    }
    let tail = usize::try_from(covered).ok().and_then(|covered| stored.get(covered));
    report.unanchored = tail.map(|first| Tail { events: stored.len() as u64 - covered, since: first.at.clone() });
}

/// The run that the events tell of, if they can have happened.
fn replayed(report: &mut RunReport, id: &RunId, stored: &[StoredEvent]) -> Option<Run> {
    let mut run: Option<Run> = None;
    for event in stored {
        let read = log::read(event).map_err(|e| e.to_string());
        let at = event.at.parse().map_err(|e: jiff::Error| e.to_string());
        let taken = read.and_then(|read| {
            let at = at?;
            match (&mut run, read) {
                (None, Event::Created(created)) => {
                    run = Some(pipeline::begin(id.clone(), at, *created));
                    Ok(())
                }
                (None, _) => Err("its first event is not `created`".into()),
                (Some(run), event) => pipeline::apply(run, at, &event).map_err(|Illegal(why)| why),
            }
        });
        if let Err(why) = taken {
            report.altered(Some(event.seq), format!("the event cannot have happened: {why}"));
            return None;
        }
    }
    report.holds("every event follows from those before it");
    run
}

/// The row that lists show, against what it is a copy of.
fn listed(report: &mut RunReport, row: &RunHead, run: &Run) {
    if row.seq != run.seq {
        return; // the run went on while it was read
    }
    let value = |row: &RunHead| serde_json::to_value(row).unwrap_or_default();
    let (found, told) = (value(row), value(&log::head(run)));
    let fields = told.as_object().into_iter().flatten();
    let differ: Vec<_> =
        fields.filter(|(name, told)| found.get(name) != Some(told)).map(|(name, _)| name.as_str()).collect();
    if differ.is_empty() {
        report.holds("the list shows what the events say");
    } else {
        report.altered(None, format!("the list shows something else than the events say: {}", differ.join(", ")));
    }
}

/// By which policies; what they say is not kept, so a reader compares digests.
fn judged(report: &mut RunReport, run: &Run) {
    for attempt in &run.attempts {
        let Some(decision) = attempt.analysis.as_ref().map(|analysis| &analysis.decision) else { continue };
        let by = PolicyView::listed(&decision.policies, &decision.policy_digests);
        if !by.is_empty() {
            report.holds(format!("attempt {} was judged `{}` by the policy {by}", attempt.number, decision.verdict));
        }
    }
}

/// What code printed, against the digest in the event that tells of its end.
async fn output(report: &mut RunReport, store: &Store, run: &Run, events: &[(u64, Event)]) -> Result<(), ServiceError> {
    let mut fits = 0;
    for execution in run.attempts.iter().flat_map(|attempt| &attempt.executions) {
        let seq = events.iter().find_map(|(seq, event)| match event {
            Event::ExecutionFinished { token, .. } if *token == execution.token => Some(*seq),
            _ => None,
        });
        let kept = match store.output(&run.id, &execution.token, 0).await {
            Ok(rows) => rows.last().map_or(Digest::from_bytes([0; 32]), |row| row.digest),
            Err(StoreError::OutputAltered { seq: row, .. }) => {
                report.altered(seq, format!("what the code printed was altered, from piece {row}"));
                continue;
            }
            Err(other) => return Err(other.into()),
        };
        match &execution.state {
            ExecutionState::Finished { output_sha256, .. } if *output_sha256 != kept => {
                report.altered(seq, "what the code printed is not what the event says");
            }
            ExecutionState::Finished { .. } => fits += 1,
            _ => {}
        }
    }
    if fits > 0 {
        report.holds("what the code printed is what was kept");
    }
    Ok(())
}

/// Checks every run and the list of anchors.
pub async fn verify_all(
    store: &Store,
    keys: &[PublicKey],
    mut each: impl FnMut(RunReport),
) -> Result<Vec<Alteration>, ServiceError> {
    let mut before = None;
    loop {
        let page = store.run_ids(before.as_ref(), PAGE).await?;
        let Some(last) = page.last().cloned() else { break };
        for run in page {
            match run.parse::<RunId>() {
                Ok(run) => {
                    if let Some(report) = verify_run(store, &run, keys).await? {
                        each(report);
                    }
                }
                Err(_) => return Ok(vec![Alteration::of_lost_run(&run)]),
            }
        }
        before = Some(last);
    }
    let lost = store.runs_without_row().await?;
    Ok(lost.iter().map(|run| Alteration::of_lost_run(run)).collect())
}
