//! The service: a store, the stages, and the runs that this process works on.

use crate::{
    analysis::{self, Analysis},
    blame::blame,
    clock, desk,
    driver::{self, Standbys},
    event::Event,
    folder::{self, Kept},
    grants,
    log::RunLog,
    notebook,
    pipeline::Illegal,
    progress::{Observer, Stage, observed},
    record::{self, KeyError, SigningKey},
    run::Run,
    settings::{Settings, Stages},
    store::{
        AppendError, BlobError, HeadFilter, OpenStoreError, Owner, OwnerError, ResolveError, Resolved, RunHead, Store,
        StoreError, StoredEvent,
    },
    view::{Output, RunView},
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
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// Runs requests. One a process and data folder is enough; several, also in several processes, get along.
pub struct Service {
    settings: Settings,
    stages: Stages,
    store: Store,
    owner: Owner,
    protected: Arc<[PathBuf]>,
    standbys: Standbys,
    key: Arc<SigningKey>,
    description: OnceCell<ExecutorDescription>,
    /// Of the runs that somebody in this process works on: one log each, so that they share its turn.
    logs: Mutex<HashMap<RunId, Weak<RunLog>>>,
}

impl Service {
    /// Opens (the first time: makes) the store in `settings.data_dir`.
    pub async fn open(settings: Settings, stages: Stages) -> Result<Self, ServiceError> {
        let store = Store::open(&settings.data_dir).await?;
        let owner = Owner::claim(store.data_dir())?;
        let protected = grants::protect(settings.protected.iter().cloned().chain([store.data_dir().to_path_buf()]));
        let standbys = Standbys::new(settings.standby);
        let key = Arc::new(SigningKey::open(store.data_dir())?);
        let (description, logs) = (OnceCell::new(), Mutex::default());
        Ok(Self { settings, stages, store, owner, protected, standbys, key, description, logs })
    }

    /// Drives a run as far as it goes: to its end, to a person, or (when another task or living process drives it) until that
    /// one got there. `cancel` stops it as `runs cancel` does; dropping the future leaves the run to whoever drives it next.
    pub async fn drive(
        &self,
        run: &RunId,
        by: &Principal,
        observer: Arc<dyn Observer>,
        cancel: CancellationToken,
    ) -> Result<RunView, ServiceError> {
        let log = self.log(run).await?;
        let driver = driver::Driver { service: self, log, by: by.clone(), observer, cancel, desk: Arc::default() };
        let run = driver.drive().await?;
        RunView::of(&run, self).await
    }

    /// Asks that a run be stopped. A run that nobody drives ends here; a driver that lives ends it within a second.
    pub async fn cancel(
        &self,
        run: &RunId,
        by: &Principal,
        observer: Arc<dyn Observer>,
    ) -> Result<RunView, ServiceError> {
        let log = self.log(run).await?;
        log.refresh().await?;
        let asked = log.append(Event::CancelRequested { by: by.clone() }).await;
        if let (Err(ServiceError::Illegal(_)), Some(end)) = (&asked, log.run().await.ended) {
            let message = format!("run {run} has ended, {}: there is nothing left to stop", end.state);
            let help = format!("`pyexec runs show {run}` tells what became of it");
            return Err(RunError::new(ErrorKind::BadRequest, message).with_help(help).into());
        }
        asked?;
        self.standbys.give_up(run);
        self.drive(run, by, observer, CancellationToken::new()).await
    }

    /// Has the sandbox of a run that waits for a person made ready meanwhile, so that an approval starts it at once. For hosts
    /// that live on: at most `Settings::standby` are kept, each until its ticket is answered otherwise or lapses, or the
    /// service goes. Returns at once; whatever becomes of it costs a run no more than a cold start.
    pub async fn stand_by(&self, run: &RunId) -> Result<(), ServiceError> {
        self.standbys.make_ready(self, self.log(run).await?).await
    }

    /// Whether a run's sandbox stands ready, so that an approval starts its code at once.
    pub fn stands_by(&self, run: &RunId) -> bool {
        self.standbys.is_ready(run)
    }

    /// Who writes code here.
    pub fn generator(&self) -> Option<&str> {
        self.stages.generator.as_ref().map(pyexec_core::Instance::name)
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
                Ok(()) => {
                    self.standbys.give_up(log.id());
                    self.leave(&log.run().await).await;
                }
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
        Ok((Code::new(self.store.get_blob(&code.0)?), crate::view::findings(attempt, &self.store)?))
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

    /// Analyses code without making a run of it.
    pub async fn analyze(&self, request: AnalysisRequest, observer: &Arc<dyn Observer>) -> Analysis {
        analysis::analyze(&self.stages, self.analysis_limits(), request, observer).await
    }

    /// What code will find when it runs; sets the environment up the first time.
    pub async fn describe(&self, observer: &Arc<dyn Observer>) -> Result<ExecutorDescription, PluginError> {
        let (executor, limit) = (&self.stages.executor, self.settings.timeouts.describe);
        let ask =
            || observed(Stage::Environment, &**observer, analysis::call(executor, DESCRIBE, &(), limit, observer));
        let described = self.description.get_or_try_init(ask).await;
        described.cloned().map_err(|error| blame(executor, &error).into())
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

    pub(crate) fn standbys(&self) -> &Standbys {
        &self.standbys
    }

    pub(crate) fn protected(&self) -> &Arc<[PathBuf]> {
        &self.protected
    }

    pub(crate) fn analysis_limits(&self) -> analysis::Limits {
        analysis::Limits {
            analyze: self.settings.timeouts.analyzer,
            decide: self.settings.timeouts.policy,
            writes_enabled: self.settings.writes_enabled,
            net_grantable: self.settings.net_grantable,
        }
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

    /// Writes the folder's copy of what is known. The log is the record, so a failure is a warning.
    pub(crate) async fn leave(&self, run: &Run) {
        // First: from here on the run's end is signed. What fails is anchored with the next run.
        if let Err(error) = record::anchor(&self.store, &self.key).await {
            tracing::warn!("the run's end is not anchored yet: {error}");
        }
        if let Err(error) = self.write_folder(run).await {
            tracing::warn!("the run folder is incomplete: {error}");
        }
    }

    async fn write_folder(&self, run: &Run) -> Result<(), ServiceError> {
        let mut events: Vec<StoredEvent> = Vec::new();
        loop {
            let page = self.store.events(&run.id, events.len() as u64, 1000).await?;
            if page.is_empty() {
                break;
            }
            events.extend(page);
        }
        if let Some(last) = events.last().filter(|_| run.ended.is_some()) {
            notebook::save_with_receipt(run, &self.store, last.hash, self.key.clone()).await?;
        }
        let view = RunView::of(run, self).await?;
        let output = Output::of(run, &self.store).await?;
        let (store, folder) = (self.store.clone(), run.created.folder.clone());
        let code = run.attempt().and_then(|attempt| attempt.code);
        blocking(move || {
            // Altered code is not passed on as if it were the run's.
            let code = code.and_then(|code| store.get_blob(&code.0).ok());
            Ok(folder::finish(&folder, &view, &Kept { code, output, events })?)
        })
        .await
    }
}

/// Runs what blocks for long where it keeps nobody waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(RunError::new(ErrorKind::Store, format!("work on files did not end: {e}")).into()))
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
    /// The signing key of the data folder.
    #[error(transparent)]
    Key(#[from] KeyError),
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
            Self::Key(error) => error.into(),
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
            Resolved::Run(run) => {
                Err(RunError::new(ErrorKind::UnknownName, format!("`{text}` is a run, not a ticket"))
                    .with_help(format!("`pyexec runs show {run}` names its ticket, if it has one"))
                    .into())
            }
        }
    }
}
