//! A run's log, open: the run as its events tell it, and the only way to append.
//!
//! A conflict (somebody else appended first) re-reads and re-applies, never blindly retries: the event is appended only if
//! it still follows.

use crate::{
    card, clock,
    event::{Answer, Created, Event, VERSION},
    pipeline::{self, Illegal, Step},
    run::{End, Run, State},
    service::ServiceError,
    store::{AppendError, Durability, Entry, NewEvent, RunHead, Store, StoredEvent, to_canonical},
};
use jiff::Timestamp;
use pyexec_core::{RunId, id::OwnerId};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard, OwnedMutexGuard};

/// How many events are read at once.
const PAGE: usize = 256;

pub(crate) struct RunLog {
    store: Store,
    id: RunId,
    run: Mutex<Run>,
    turn: Arc<Mutex<()>>,
}

impl RunLog {
    /// A new run.
    pub(crate) async fn create(store: &Store, id: RunId, created: Created) -> Result<(), ServiceError> {
        let at = clock::now();
        let event = Event::Created(Box::new(created.clone()));
        let run = pipeline::begin(id, at, created);
        write(store, &run, 0, at, &event, None).await
    }

    /// An existing run.
    pub(crate) async fn open(store: &Store, id: &RunId) -> Result<Self, ServiceError> {
        let stored = store.events(id, 0, PAGE).await?;
        let more = stored.len() == PAGE;
        let mut stored = stored.into_iter();
        let first = stored.next().ok_or_else(|| ServiceError::no_such_run(id.as_str()))?;
        let Event::Created(created) = read(&first)? else {
            return Err(ServiceError::unreadable(id, "its first event is not `created`"));
        };
        let mut run = pipeline::begin(id.clone(), time(&first)?, *created);
        for event in stored {
            take(&mut run, &event)?;
        }
        if more {
            catch_up(store, &mut run).await?;
        }
        Ok(Self { store: store.clone(), id: id.clone(), run: Mutex::new(run), turn: Arc::default() })
    }

    /// Which run.
    pub(crate) fn id(&self) -> &RunId {
        &self.id
    }

    /// The right to drive the run in this process: one task at a time. Between processes the log itself decides.
    pub(crate) async fn turn(&self) -> OwnedMutexGuard<()> {
        self.turn.clone().lock_owned().await
    }

    /// The run as it is now, as far as this process has seen.
    pub(crate) async fn run(&self) -> Run {
        self.run.lock().await.clone()
    }

    /// Reads what others appended.
    pub(crate) async fn refresh(&self) -> Result<Run, ServiceError> {
        let mut run = self.run.lock().await;
        catch_up(&self.store, &mut run).await?;
        Ok(run.clone())
    }

    /// The run beyond event `seen`: as it is here, if this process appended something since; else with what others appended.
    pub(crate) async fn beyond(&self, seen: u64) -> Result<Run, ServiceError> {
        let mut run = self.run.lock().await;
        if run.seq <= seen {
            catch_up(&self.store, &mut run).await?;
        }
        Ok(run.clone())
    }

    /// Appends an event if it follows, however often others append in between.
    pub(crate) async fn append(&self, event: Event) -> Result<(), ServiceError> {
        let mut run = self.run.lock().await;
        self.append_to(&mut run, &event, false).await
    }

    /// As [`RunLog::append`], and where the run is done with it, the end at once: it follows from the log alone.
    pub(crate) async fn append_to_the_end(&self, event: Event) -> Result<(), ServiceError> {
        let mut run = self.run.lock().await;
        self.append_to(&mut run, &event, true).await
    }

    /// Claims the run, unless anything happened to it since `seen`: of two that claim at once, one does.
    pub(crate) async fn claim(&self, seen: &Run, owner: &OwnerId) -> Result<(), ServiceError> {
        let mut run = self.run.lock().await;
        if run.seq != seen.seq {
            return Ok(());
        }
        let (at, event) = (clock::now(), Event::Claimed { owner: owner.clone() });
        let mut after = run.clone();
        pipeline::apply(&mut after, at, &event)?;
        match write(&self.store, &after, run.seq, at, &event, None).await {
            Ok(()) => {
                *run = after;
                Ok(())
            }
            Err(ServiceError::Append(AppendError::Conflict { .. })) => Ok(()),
            Err(other) => Err(other),
        }
    }

    async fn append_to(
        &self,
        run: &mut MutexGuard<'_, Run>,
        event: &Event,
        to_the_end: bool,
    ) -> Result<(), ServiceError> {
        loop {
            let at = clock::now();
            let mut after = (**run).clone();
            pipeline::apply(&mut after, at, event)?;
            let end = match pipeline::next(&after) {
                Step::Finish(End { state: State::Done, error }) if to_the_end => {
                    Some(Event::Ended { state: State::Done, error })
                }
                _ => None,
            };
            if let Some(end) = &end {
                pipeline::apply(&mut after, at, end)?;
            }
            match write(&self.store, &after, run.seq, at, event, end.as_ref()).await {
                Ok(()) => {
                    **run = after;
                    return Ok(());
                }
                Err(ServiceError::Append(AppendError::Conflict { .. })) => catch_up(&self.store, run).await?,
                Err(other) => return Err(other),
            }
        }
    }
}

async fn catch_up(store: &Store, run: &mut Run) -> Result<(), ServiceError> {
    loop {
        let stored = store.events(&run.id, run.seq, PAGE).await?;
        let more = stored.len() == PAGE;
        for event in &stored {
            take(run, event)?;
        }
        if !more {
            return Ok(());
        }
    }
}

/// Writes an event and the one that follows it, if there is one; `run` is as they leave it.
async fn write(
    store: &Store,
    run: &Run,
    expected: u64,
    at: Timestamp,
    event: &Event,
    then: Option<&Event>,
) -> Result<(), ServiceError> {
    let body = |event: &Event| to_canonical(event).map_err(|e| ServiceError::unreadable(&run.id, &e.to_string()));
    let (first, second) = (body(event)?, then.map(body).transpose()?);
    let at = clock::stamp(at);
    let new = |event: &Event, body| NewEvent { version: VERSION, kind: event.kind(), at: &at, body };
    let durable = event.is_durable() || then.is_some_and(Event::is_durable);
    let durability = if durable { Durability::Durable } else { Durability::Relaxed };
    let approves = matches!(event, Event::Decided { answer: Answer::Approve, .. });
    let task = card::task_key(&run.created.request).filter(|_| approves);
    let (event, then) = (new(event, &first), then.zip(second.as_deref()).map(|(event, body)| new(event, body)));
    let entry = Entry { event, then, head: &head(run), approves: task.as_ref() };
    store.append_entry(expected, entry, durability).await?;
    Ok(())
}

fn take(run: &mut Run, stored: &StoredEvent) -> Result<(), ServiceError> {
    let id = run.id.clone();
    let event = read(stored)?;
    pipeline::apply(run, time(stored)?, &event)
        .map_err(|Illegal(why)| ServiceError::unreadable(&id, &format!("event {}: {why}", stored.seq)))
}

/// The event in a row.
pub(crate) fn read(stored: &StoredEvent) -> Result<Event, ServiceError> {
    Event::read(stored.version, &stored.body).map_err(|e| ServiceError::unreadable(&stored.run, &e.to_string()))
}

fn time(stored: &StoredEvent) -> Result<Timestamp, ServiceError> {
    stored.at.parse().map_err(|e: jiff::Error| ServiceError::unreadable(&stored.run, &e.to_string()))
}

/// The row that lists show.
pub(crate) fn head(run: &Run) -> RunHead {
    let ticket = run.open_ticket();
    let refused = run.attempts.iter().flat_map(|a| &a.executions).any(|e| e.refused.is_some());
    let state = run.state();
    RunHead {
        run_id: run.id.clone(),
        seq: run.seq,
        state: state.name().into(),
        created_at: clock::stamp(run.created_at),
        updated_at: clock::stamp(run.updated_at),
        requester: run.created.requester.clone(),
        task: run.task(),
        mode: run.attempt().and_then(|a| a.analysis.as_ref()).map(|a| a.decision.mode.name().into()),
        ticket: ticket.map(|t| t.ticket_id.clone()),
        ticket_expires_at: ticket.map(|t| clock::stamp(t.expires_at)),
        folder: run.created.folder.to_str().map(Into::into),
        exit_code: run.ended.as_ref().map(|_| run.exit_code()),
        refused: refused || state == State::Refused,
        idempotency_key: run.created.request.idempotency_key.clone(),
        code_sha256: run.attempt().and_then(|a| a.code).map(|c| c.0),
        generator: run.created.generator.clone(),
        owner: run.claimed.clone().filter(|_| state == State::Running),
    }
}
