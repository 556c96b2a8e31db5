//! The runs of a data folder as their logs tell them: find, list, show. It needs no stage, so that what happened can be read
//! whatever became of the libraries.
//!
//! It deliberately cannot start, decide or stop anything. All that it appends is that a ticket lapsed while nobody looked.

use crate::{
    clock, desk,
    event::Event,
    folder::{self, Kept},
    log::RunLog,
    notebook,
    pipeline::Illegal,
    record::{self, Refusal, SigningKey},
    run::Run,
    service::{ServiceError, blocking},
    store::{HeadFilter, Resolved, RunHead, Store, StoredEvent},
    view::{Output, RunView, findings},
};
use pyexec_core::{Code, ErrorKind, Finding, RunError, RunId, TicketId};
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// How many events are read at once.
const PAGE: usize = 1000;

/// Opened for a data folder; several, also in several processes, get along.
pub struct Journal {
    store: Store,
    key: Arc<SigningKey>,
    jupyter_base_url: Option<String>,
    /// Of the runs that somebody in this process looks at: one log each, so that they share its turn.
    logs: Mutex<HashMap<RunId, Weak<RunLog>>>,
}

impl Journal {
    /// Opens (the first time: makes) the store and the signing key in `data_dir`. Notebook links begin with
    /// `jupyter_base_url`, if there is one.
    pub async fn open(data_dir: &Path, jupyter_base_url: Option<String>) -> Result<Self, ServiceError> {
        let store = Store::open(data_dir).await?;
        let key = Arc::new(SigningKey::open(store.data_dir())?);
        Ok(Self { store, key, jupyter_base_url, logs: Mutex::default() })
    }

    /// The store, for those who show what it holds.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn jupyter_base_url(&self) -> Option<&str> {
        self.jupyter_base_url.as_deref()
    }

    /// The run that `text` means: an id, or an unambiguous beginning of one.
    pub async fn find_run(&self, text: &str) -> Result<RunId, ServiceError> {
        match self.store.resolve_prefix(text).await? {
            Resolved::Run(run) | Resolved::Ticket(_, run) => Ok(run),
        }
    }

    /// The ticket that `text` means, and its run.
    pub async fn find_ticket(&self, text: &str) -> Result<(TicketId, RunId), ServiceError> {
        match self.store.resolve_prefix(text).await? {
            Resolved::Ticket(ticket, run) => Ok((ticket, run)),
            Resolved::Run(run) => {
                Err(RunError::new(ErrorKind::UnknownName, format!("`{text}` is a run, not a ticket"))
                    .with_help(format!("`pyexec runs show {run}` names its ticket, if it has one"))
                    .into())
            }
        }
    }

    /// A run as it stands.
    pub async fn view(&self, run: &RunId) -> Result<RunView, ServiceError> {
        RunView::of(&self.run(run).await?, self).await
    }

    /// A run as its events tell it. A ticket that lapsed while nobody looked lapses now.
    pub async fn run(&self, run: &RunId) -> Result<Run, ServiceError> {
        let log = self.log(run).await?;
        let now = log.refresh().await?;
        match now.open_ticket() {
            Some(ticket) if ticket.lapsed(clock::now()) => {}
            _ => return Ok(now),
        }
        self.lapse(&log).await.inspect_err(|error| tracing::warn!("a lapsed ticket stays open: {error}")).or(Ok(now))
    }

    pub(crate) async fn lapse(&self, log: &RunLog) -> Result<Run, ServiceError> {
        if let Some(ticket) = log.run().await.open_ticket() {
            match log.append(Event::Expired { ticket: ticket.ticket_id.clone() }).await {
                Ok(()) => drop(self.leave(&log.run().await).await),
                Err(ServiceError::Illegal(_)) => {} // answered at the last moment
                Err(other) => return Err(other),
            }
        }
        log.refresh().await
    }

    /// What a person who decides must see beside the run itself: the stored code, verified, and what analysis found.
    pub fn evidence(&self, run: &Run) -> Result<(Code, Vec<Finding>), ServiceError> {
        let attempt = run.attempt().ok_or_else(|| Illegal("there is no code yet".into()))?;
        let code = attempt.code.ok_or_else(|| Illegal("there is no code yet".into()))?;
        desk::stored_code(&self.store, code)?;
        Ok((Code::new(self.store.get_blob(&code.0)?), findings(attempt, &self.store)?))
    }

    /// Rows of a list, newest first. Tickets that lapsed while nobody looked lapse now.
    pub async fn list(&self, filter: &HeadFilter, limit: usize) -> Result<Vec<RunHead>, ServiceError> {
        let mut heads = self.store.heads(filter, limit, None).await?;
        let now = clock::stamp(clock::now());
        let lapsed = |head: &RunHead| head.ticket_expires_at.as_ref().is_some_and(|at| *at <= now);
        let waiting: Vec<_> = heads.iter().filter(|head| lapsed(head)).map(|head| head.run_id.clone()).collect();
        if waiting.is_empty() {
            return Ok(heads);
        }
        for run in waiting {
            if let Err(error) = self.run(&run).await {
                tracing::warn!("run {run} stays in the list as it was: {error}"); // one run must not hide the others
            }
        }
        heads = self.store.heads(filter, limit, None).await?;
        Ok(heads)
    }

    /// Events of a run after `seq`.
    pub async fn events(&self, run: &RunId, after: u64, limit: usize) -> Result<Vec<StoredEvent>, ServiceError> {
        Ok(self.store.events(run, after, limit).await?)
    }

    /// Why a run was refused, if anything of it was.
    pub async fn refusal(&self, run: &RunId) -> Result<Option<Refusal>, ServiceError> {
        Refusal::of(&self.run(run).await?, &self.store)
    }

    pub(crate) async fn log(&self, run: &RunId) -> Result<Arc<RunLog>, ServiceError> {
        let known = |logs: &HashMap<RunId, Weak<RunLog>>| logs.get(run).and_then(Weak::upgrade);
        if let Some(log) = known(&self.logs()) {
            return Ok(log);
        }
        let log = Arc::new(RunLog::open(&self.store, run).await?);
        let mut logs = self.logs();
        if let Some(log) = known(&logs) {
            return Ok(log); // opened twice at once
        }
        logs.retain(|_, log| log.strong_count() > 0);
        logs.insert(run.clone(), Arc::downgrade(&log));
        Ok(log)
    }

    fn logs(&self) -> MutexGuard<'_, HashMap<RunId, Weak<RunLog>>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Anchors what rests, and writes the folder's copy of what is known; the run as it stands, where that worked. The log is
    /// the record, so a failure is a warning.
    pub(crate) async fn leave(&self, run: &Run) -> Option<RunView> {
        // From here on the run's end is signed. What fails is anchored with the next run.
        let (anchored, written) = tokio::join!(record::anchor(&self.store, &self.key), self.write_folder(run));
        if let Err(error) = anchored {
            tracing::warn!("the run's end is not anchored yet: {error}");
        }
        written.inspect_err(|error| tracing::warn!("the run folder is incomplete: {error}")).ok()
    }

    async fn write_folder(&self, run: &Run) -> Result<RunView, ServiceError> {
        let (events, output) = tokio::try_join!(self.all_events(&run.id), Output::of(run, &self.store))?;
        let (run, store, key) = (run.clone(), self.store.clone(), self.key.clone());
        let jupyter = self.jupyter_base_url.clone();
        blocking(move || {
            if let Some(last) = events.last().filter(|_| run.ended.is_some()) {
                notebook::write_with_receipt(&run, &store, &output, last.hash, &key)?;
            }
            let view = RunView::with(&run, &store, jupyter.as_deref(), &output)?;
            // Altered code is not passed on as if it were the run's.
            let code = run.attempt().and_then(|attempt| attempt.code).and_then(|code| store.get_blob(&code.0).ok());
            folder::finish(&run.created.folder, &view, &Kept { code, output, events })?;
            Ok(view)
        })
        .await
    }

    async fn all_events(&self, run: &RunId) -> Result<Vec<StoredEvent>, ServiceError> {
        let mut events: Vec<StoredEvent> = Vec::new();
        loop {
            let page = self.store.events(run, events.len() as u64, PAGE).await?;
            let more = page.len() == PAGE;
            events.extend(page);
            if !more {
                return Ok(events);
            }
        }
    }
}
