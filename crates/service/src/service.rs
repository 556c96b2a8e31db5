//! The service: a journal, the stages, and the runs that this process works on.

use crate::{
    analysis::{self, Analysis},
    blame::blame,
    driver::{self, Standbys},
    event::Event,
    grants,
    journal::Journal,
    log::RunLog,
    pipeline::Illegal,
    progress::{Observer, Stage, observed},
    record::KeyError,
    run::Run,
    settings::{Settings, Stages},
    store::{AppendError, BlobError, OpenStoreError, Owner, OwnerError, ResolveError, Store, StoreError},
    view::RunView,
};
use pyexec_core::{
    ErrorKind, PluginError, Principal, RunError, RunId,
    domain_analyzer::AnalysisRequest,
    executor::{DESCRIBE, ExecutorDescription},
};
use std::{io, path::PathBuf, sync::Arc};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

/// Runs requests. One a process and data folder is enough; several, also in several processes, get along.
pub struct Service {
    settings: Settings,
    stages: Stages,
    journal: Journal,
    owner: Owner,
    protected: Arc<[PathBuf]>,
    standbys: Standbys,
    description: OnceCell<ExecutorDescription>,
}

impl Service {
    /// Opens (the first time: makes) the store in `settings.data_dir`.
    pub async fn open(settings: Settings, stages: Stages) -> Result<Self, ServiceError> {
        let journal = Journal::open(&settings.data_dir, settings.jupyter_base_url.clone()).await?;
        let data_dir = journal.store().data_dir();
        let owner = Owner::claim(data_dir)?;
        let protected = grants::protect(settings.protected.iter().cloned().chain([data_dir.to_path_buf()]));
        let standbys = Standbys::new(settings.standby);
        Ok(Self { settings, stages, journal, owner, protected, standbys, description: OnceCell::new() })
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
        driver.drive().await
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

    /// The runs as their logs tell them.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// A run as it stands.
    pub async fn view(&self, run: &RunId) -> Result<RunView, ServiceError> {
        self.journal.view(run).await
    }

    /// A run as its events tell it.
    pub async fn run(&self, run: &RunId) -> Result<Run, ServiceError> {
        self.journal.run(run).await
    }

    pub(crate) fn store(&self) -> &Store {
        self.journal.store()
    }

    pub(crate) async fn log(&self, run: &RunId) -> Result<Arc<RunLog>, ServiceError> {
        self.journal.log(run).await
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
