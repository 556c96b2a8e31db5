//! The service: a store, the stages, and the runs that this process works on.

use crate::{
    analysis::{self, Analysis},
    clock, driver,
    event::{Answer, Event},
    log::RunLog,
    pipeline::Illegal,
    progress::Observer,
    run::Run,
    settings::{Settings, Stages},
    store::{
        AppendError, BlobError, HeadFilter, OpenStoreError, Owner, OwnerError, ResolveError, Resolved, RunHead, Store,
        StoreError, StoredEvent,
    },
    view::RunView,
};
use pyexec_core::{
    Code, ErrorKind, Finding, PluginError, Principal, RunError, RunId, TicketId,
    domain_analyzer::AnalysisRequest,
    executor::{DESCRIBE, ExecutorDescription},
};
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// Runs requests. One a process and data folder is enough; several, also in several processes, get along.
pub struct Service {
    settings: Settings,
    stages: Stages,
    store: Store,
    owner: Owner,
    description: OnceCell<ExecutorDescription>,
    logs: Mutex<HashMap<RunId, Arc<RunLog>>>,
}

impl Service {
    /// Opens (the first time: makes) the store in `settings.data_dir`.
    pub async fn open(settings: Settings, stages: Stages) -> Result<Self, ServiceError> {
        let store = Store::open(&settings.data_dir).await?;
        let owner = Owner::claim(&settings.data_dir)?;
        let (description, logs) = (OnceCell::new(), Mutex::default());
        Ok(Self { settings, stages, store, owner, description, logs })
    }

    /// Drives a run as far as it goes: to its end, to a person, or (when another living process drives it) until that one
    /// got there. `cancel` stops it as `runs cancel` does.
    pub async fn drive(
        &self,
        run: &RunId,
        by: &Principal,
        observer: Arc<dyn Observer>,
        cancel: CancellationToken,
    ) -> Result<RunView, ServiceError> {
        let log = self.log(run).await?;
        let run = driver::Driver { service: self, log, by: by.clone(), observer, cancel }.drive().await?;
        RunView::of(&run, &self.store).await
    }

    /// Answers a ticket. The first answer wins; a later one is told whose it was.
    pub async fn decide(
        &self,
        ticket: &TicketId,
        answer: Answer,
        by: &Principal,
        comment: Option<String>,
    ) -> Result<RunId, ServiceError> {
        let run = self.store.find_by_ticket(ticket).await?.ok_or_else(|| ServiceError::no_such_ticket(ticket.as_str()))?;
        let log = self.log(&run).await?;
        let now = log.refresh().await?;
        let attempt = now.attempts.iter().find(|a| a.ticket.as_ref().is_some_and(|t| t.ticket_id == *ticket));
        let open = attempt.and_then(|a| a.ticket.as_ref()).ok_or_else(|| ServiceError::no_such_ticket(ticket.as_str()))?;
        if answer == Answer::Approve {
            // Whoever approves is told at once, not only whoever releases.
            crate::desk::stored_code(&self.store, open.covers.code)?;
        }
        if now.open_ticket().is_some_and(|open| open.ticket_id == *ticket) {
            let (at, created, expires) = (clock::now(), open.created_at, open.expires_at);
            if at >= expires || at < created {
                log.append(Event::Expired { ticket: ticket.clone() }).await?;
                log.refresh().await?;
                self.leave(&log.run().await).await;
                return Err(RunError::new(ErrorKind::Expired, format!("ticket {ticket} expired at {expires}"))
                    .with_help("submit the run again")
                    .into());
            }
        }
        let (ticket, code) = (ticket.clone(), open.covers.code);
        log.append(Event::Decided { ticket, code, by: by.clone(), answer, comment }).await?;
        Ok(run)
    }

    /// Asks that a run be stopped. A run that nobody drives ends here; a driver that lives ends it within a second.
    pub async fn cancel(&self, run: &RunId, by: &Principal, observer: Arc<dyn Observer>) -> Result<RunView, ServiceError> {
        let log = self.log(run).await?;
        log.refresh().await?;
        log.append(Event::CancelRequested { by: by.clone() }).await?;
        self.drive(run, by, observer, CancellationToken::new()).await
    }

    /// A run as it stands.
    pub async fn view(&self, run: &RunId) -> Result<RunView, ServiceError> {
        let log = self.log(run).await?;
        RunView::of(&log.refresh().await?, &self.store).await
    }

    /// A run as its events tell it.
    pub async fn run(&self, run: &RunId) -> Result<Run, ServiceError> {
        self.log(run).await?.refresh().await
    }

    /// What a person who decides must see beside the run itself: the stored code, verified, and what analysis found.
    pub fn evidence(&self, run: &Run) -> Result<(Code, Vec<Finding>), ServiceError> {
        let attempt = run.attempt().ok_or_else(|| Illegal("there is no code yet".into()))?;
        let code = attempt.code.ok_or_else(|| Illegal("there is no code yet".into()))?;
        crate::desk::stored_code(&self.store, code)?;
        Ok((Code::new(self.store.get_blob(&code.0)?), crate::view::findings(attempt, &self.store)?))
    }

    /// Rows of a list, newest first.
    pub async fn list(&self, filter: &HeadFilter, limit: usize) -> Result<Vec<RunHead>, ServiceError> {
        Ok(self.store.heads(filter, limit, None).await?)
    }

    /// Events of a run after `seq`.
    pub async fn events(&self, run: &RunId, after: u64, limit: usize) -> Result<Vec<StoredEvent>, ServiceError> {
        Ok(self.store.events(run, after, limit).await?)
    }

    /// Analyses code without making a run of it.
    pub async fn analyze(&self, request: AnalysisRequest, observer: &Arc<dyn Observer>) -> Analysis {
        analysis::analyze(&self.stages, self.analysis_limits(), request, observer).await
    }

    /// What code will find when it runs; sets the environment up the first time.
    pub async fn describe(&self, observer: &Arc<dyn Observer>) -> Result<ExecutorDescription, PluginError> {
        let limit = self.settings.timeouts.describe;
        let ask = || analysis::call(&self.stages.executor, DESCRIBE, &(), limit, observer);
        self.description.get_or_try_init(ask).await.cloned()
    }

    /// The store, for those who show what it holds.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn stages(&self) -> &Stages {
        &self.stages
    }

    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
    }

    pub(crate) fn protected(&self) -> Vec<PathBuf> {
        let mut folders = self.settings.protected.clone();
        folders.push(self.settings.data_dir.clone());
        folders
    }

    pub(crate) fn analysis_limits(&self) -> analysis::Limits {
        analysis::Limits {
            analyze: self.settings.timeouts.analyzer,
            decide: self.settings.timeouts.policy,
            writes_enabled: self.settings.writes_enabled,
            net_grantable: self.settings.net_grantable,
        }
    }

    pub(crate) fn keep(&self, run: &RunId, log: Arc<RunLog>) {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).insert(run.clone(), log);
    }

    async fn log(&self, run: &RunId) -> Result<Arc<RunLog>, ServiceError> {
        let known = self.logs.lock().unwrap_or_else(PoisonError::into_inner).get(run).cloned();
        if let Some(log) = known {
            return Ok(log);
        }
        let log = Arc::new(RunLog::open(&self.store, run).await?);
        self.keep(run, log.clone());
        Ok(log)
    }

    /// Writes the folder's copy of what is known and forgets the run. The log is the record, so a failure is a warning.
    pub(crate) async fn leave(&self, run: &Run) {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).remove(&run.id);
        if let Err(error) = self.write_folder(run).await {
            tracing::warn!("the run folder is incomplete: {error}");
        }
    }

    async fn write_folder(&self, run: &Run) -> Result<(), ServiceError> {
        let view = RunView::of(run, &self.store).await?;
        let mut events = Vec::new();
        loop {
            let page = self.store.events(&run.id, events.len() as u64, 1000).await?;
            if page.is_empty() {
                break;
            }
            events.extend(page);
        }
        Ok(crate::folder::finish(&run.created.folder, &view, &events)?)
    }
}

/// Why something could not be done. Each has a kind, a way out and so an exit code: see [`ServiceError::to_run_error`].
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenStoreError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stored bytes cannot be written or read.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Lock files of processes.
    #[error(transparent)]
    Owner(#[from] OwnerError),
    /// No such id.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// An event was not appended.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// What was asked does not follow from what happened.
    #[error(transparent)]
    Illegal(#[from] Illegal),
    /// The request, or what it met.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run folder.
    #[error("the run folder cannot be written: {0}")]
    Folder(#[from] io::Error),
}

impl ServiceError {
    pub(crate) fn no_such_run(id: &str) -> Self {
        RunError::new(ErrorKind::UnknownName, format!("there is no run `{id}`"))
            .with_help("`pyexec runs list` shows what there is")
            .into()
    }

    pub(crate) fn no_such_ticket(id: &str) -> Self {
        RunError::new(ErrorKind::UnknownName, format!("there is no ticket `{id}`"))
            .with_help("`pyexec approvals list` shows what waits")
            .into()
    }

    pub(crate) fn unreadable(run: &RunId, why: &str) -> Self {
        RunError::new(ErrorKind::Store, format!("the log of run {run} is not readable: {why}")).into()
    }

    /// The error as a user sees it.
    pub fn to_run_error(&self) -> RunError {
        match self {
            Self::Run(error) => error.clone(),
            Self::Open(error) => error.into(),
            Self::Store(error) => error.into(),
            Self::Blob(error) => error.into(),
            Self::Resolve(error) => error.into(),
            Self::Append(error) => error.into(),
            Self::Owner(error) => RunError::new(ErrorKind::Store, error.to_string()).with_help(error.help()),
            Self::Illegal(Illegal(why)) => RunError::new(ErrorKind::BadRequest, why.clone()),
            Self::Folder(_) => RunError::new(ErrorKind::Store, self.to_string())
                .with_help("check the disk and the rights of `data_dir`"),
        }
    }
}

impl Service {
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
            Resolved::Run(run) => Err(RunError::new(ErrorKind::UnknownName, format!("`{text}` is a run, not a ticket"))
                .with_help(format!("`pyexec runs show {run}` names its ticket, if it has one"))
                .into()),
        }
    }
}
