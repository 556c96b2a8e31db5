//! The `local` executor: one jailed process for each execution, started for it or taken from a pool.
//!
//! `prepare` checks what the order opens, starts the runner and waits until it is jailed and waits for code; `execute` asks
//! the host to release the code, hands it over, and is the only one to do so; the end is judged by what the host saw. What
//! waits is kept here by an id; dropping it kills it. Open `handshake.rs` and `../session` for the two halves of a run,
//! `../mounts.rs` for what code can see, `pool/` for processes that are ready before a run comes.

mod config;
pub mod group;
mod handshake;
mod library;
mod plan;
mod pool;
mod process;
mod warm;

#[cfg(test)]
mod fake_tests;

pub use config::{LocalConfig, RunAs};
pub(crate) use handshake::told;
pub(crate) use library::NoLibrary;
pub(crate) use plan::environment;
pub use pool::PoolConfig;

use crate::{
    collect::{self, Bounds, Collected},
    ending::{Status, judge},
    error::{ExecuteError, PrepareError},
    mounts::{self, Mount, Opened},
    python::{self, Interpreter, Known},
    released, runtime,
    session::{self, Ends, GRACE, Hold as _, Seen},
};
use config::Choice;
use group::Group;
use handshake::{Launch, Waiting};
use plan::{KernelLimits, Plan};
use pool::Pool;
use process::Tree;
use pyexec_core::{
    CodeExecutor, Isolation, Outcome, Result,
    executor::{ExecutionHost, ExecutorDescription, PreparedId, ReleaseRequest},
    order::{ExecuteOrder, Limits, PrepareOrder},
    outcome::PythonEnvironment,
};
use rustix::fd::OwnedFd;
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{io::AsyncReadExt, net::unix::pipe::Receiver};

/// More than the status line ever has.
const LONGEST_STATUS: u64 = 4 << 10;

/// The executor.
#[derive(Debug)]
pub struct Local {
    config: LocalConfig,
    pool: Option<Arc<Pool>>,
    known: Known,
    found: mounts::Found,
    waiting: Mutex<HashMap<PreparedId, Prepared>>,
    count: AtomicU64,
    /// What a probe got, once.
    probed: tokio::sync::OnceCell<Isolation>,
}

/// A process that waits, and what for.
struct Prepared {
    order: PrepareOrder,
    mounts: Vec<Mount>,
    environment: PythonEnvironment,
    group: Option<Group>,
    waiting: Waiting,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prepared({} attempt {})", self.order.run_id, self.order.attempt)
    }
}

impl CodeExecutor for Local {
    type Config = LocalConfig;

    fn create(config: LocalConfig) -> Result<Self> {
        config.check()?;
        Ok(Self {
            pool: config.pool.clone().map(|pool| Pool::new(pool, &config.data_dir, config.results_max_mb << 20)),
            config,
            known: Known::default(),
            found: mounts::Found::default(),
            waiting: Mutex::default(),
            count: AtomicU64::default(),
            probed: tokio::sync::OnceCell::new(),
        })
    }

    async fn describe(&self, host: &ExecutionHost) -> Result<ExecutorDescription> {
        let interpreter = self.interpreter(host).await?;
        let isolation = *self.probed.get_or_try_init(|| self.probe(&interpreter)).await?;
        self.tend_pool(&interpreter);
        Ok(ExecutorDescription {
            python: interpreter.facts.version_text(),
            interpreter: format!("{} ({})", interpreter.facts.executable.display(), interpreter.origin),
            isolation,
            packages: interpreter.facts.packages,
            modules: interpreter.facts.modules,
        })
    }

    async fn prepare(&self, order: PrepareOrder, host: &ExecutionHost) -> Result<PreparedId> {
        let interpreter = self.interpreter(host).await?;
        let (order, opened, context) = self.checked(order, &interpreter).await?;
        let (waiting, mounts, group) = self.started(&interpreter, opened, &order, &context, host).await?;
        if !order.accept_isolation.contains(&waiting.isolation) {
            return Err(PrepareError::Isolation(waiting.isolation).into());
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let id = PreparedId(format!("{}/{}/{number}", order.run_id, order.attempt));
        let environment = interpreter.environment();
        self.lock().insert(id.clone(), Prepared { order, mounts, environment, group, waiting });
        Ok(id)
    }

    async fn execute(&self, prepared: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        let outcome = self.executed(prepared, order, host).await;
        self.is_answered();
        outcome
    }

    async fn discard(&self, prepared: PreparedId) -> Result<()> {
        let waiting = self.lock().remove(&prepared);
        if let Some(Prepared { waiting, .. }) = waiting {
            waiting.tree.kill();
            let _ = tokio::time::timeout(GRACE, waiting.tree.exited()).await; // the drop goes on with it
        }
        self.is_answered();
        Ok(())
    }
}

impl Local {
    async fn executed(&self, prepared: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        let Some(Prepared { order: prepare, mounts, environment, group, waiting }) = self.lock().remove(&prepared)
        else {
            return Err(ExecuteError::NotPrepared(format!("no process `{}` waits here", prepared.0)).into());
        };
        // from here on every way out drops `waiting`, and so kills what waits
        if prepare != order.prepare {
            return Err(ExecuteError::NotPrepared("another one was prepared under this id".into()).into());
        }
        if !waiting.tree.is_alive() {
            return Err(ExecuteError::Sandbox("the prepared process died while it waited".into()).into());
        }
        let Waiting { tree, channel, stdout, stderr, status, scratch, python, isolation } = waiting;
        let request = ReleaseRequest { token: order.token.clone(), code_sha256: order.code_sha256, isolation };
        let file = host.release(&request).await?;
        let code = released::code(&file, order.code_sha256)?;
        let ends = Ends { channel, stdout, stderr, status: how_it_ended(status, &tree) };
        let mut seen = session::run(&tree, ends, (&code, order.code_sha256), &prepare.limits, host).await?;
        if let Some(status) = &mut seen.status {
            status.out_of_memory = group.as_ref().is_some_and(Group::ran_out_of_memory);
        }
        Ok(outcome(seen, scratch, prepare, &mounts, (python, environment), isolation).await?)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PreparedId, Prepared>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn interpreter(&self, host: &ExecutionHost) -> Result<Interpreter, PrepareError> {
        Ok(match self.config.choice() {
            Choice::Path(path) => python::configured(&path, &self.known).await?,
            Choice::Managed => python::managed::provide(&self.config.data_dir, &self.known, |step| host.progress(step))
                .await
                .map_err(python::FindPythonError::from)?,
        })
    }

    /// What every run on this interpreter sees: its own folders and the runtime.
    fn common(&self, interpreter: &Interpreter) -> Vec<Mount> {
        let mut mounts = self.found.of_interpreter(interpreter);
        mounts.push(Mount::read_only(runtime::folder(&self.config.data_dir)));
        mounts
    }

    /// The order, what it opens and its context, once all of it was looked at.
    async fn checked(
        &self,
        order: PrepareOrder,
        interpreter: &Interpreter,
    ) -> Result<(PrepareOrder, Opened, Vec<u8>), PrepareError> {
        let (data_dir, common) = (self.config.data_dir.clone(), self.common(interpreter));
        let is_short = order.inputs.is_empty() && order.context.is_none();
        let check = move || {
            let opened = mounts::all(&order, common, &data_dir)?;
            let context = released::context(order.context.as_ref())?;
            Ok((order, opened, context))
        };
        if is_short {
            return check();
        }
        // inputs are read once more: too long for a worker that serves other calls
        let checked = tokio::task::spawn_blocking(check).await;
        checked.map_err(|e| PrepareError::Sandbox(format!("checking the order: {e}")))?
    }

    /// What this machine gives: by doing all of it, without code.
    async fn probe(&self, interpreter: &Interpreter) -> Result<Isolation, PrepareError> {
        let runtime = runtime::lay_out(&self.config.data_dir)?;
        let opened = Opened { mounts: self.common(interpreter), ..Opened::default() };
        let (waiting, ..) =
            self.launch(interpreter, &runtime, opened, &Limits::default(), &BTreeMap::new(), &[]).await?;
        Ok(waiting.isolation)
    }

    /// Whom code runs as, if not as the host.
    fn run_as(&self) -> Option<RunAs> {
        rustix::process::geteuid().is_root().then_some(self.config.run_as)
    }

    async fn launch(
        &self,
        interpreter: &Interpreter,
        runtime: &Path,
        opened: Opened,
        limits: &Limits,
        environment: &BTreeMap<String, String>,
        context: &[u8],
    ) -> Result<(Waiting, Vec<Mount>, Option<Group>), PrepareError> {
        let run_as = self.run_as();
        let plan = Plan {
            library: library::find(self.config.sandbox_library.as_deref())?,
            uid: run_as.map(|ids| ids.uid),
            gid: run_as.map(|ids| ids.gid),
            mounts: opened.mounts,
            limits: KernelLimits::from(limits),
            net: opened.net,
            process: opened.process,
            environment: plan::environment(environment, interpreter.font_cache.as_deref()),
        };
        // One process is bounded by its address space, and without the grant there is one.
        let group = if plan.process { Group::create(limits) } else { None };
        let waiting = handshake::launch(&Launch {
            group: group.as_ref(),
            interpreter: &interpreter.facts.executable,
            runtime,
            plan: &plan,
            site: &interpreter.facts.site,
            context,
            results_max_bytes: self.config.results_max_mb << 20,
        })
        .await?;
        Ok((waiting, plan.mounts, group))
    }
}

/// Judges and collects.
async fn outcome(
    seen: Seen,
    scratch: OwnedFd,
    order: PrepareOrder,
    mounts: &[Mount],
    (python, environment): (String, PythonEnvironment),
    isolation: Isolation,
) -> Result<Outcome, ExecuteError> {
    let judged = judge(seen.stopped.as_ref(), seen.status.as_ref(), &seen.heard, &order.limits);
    let judged = judged
        .ok_or_else(|| ExecuteError::Sandbox("its outer process died and did not tell how the code ended".into()))?;
    let skip = mounts::not_artifacts(mounts);
    let bounds = Bounds::of_scratch(order.limits.scratch_mb);
    let (figures, limits) = (seen.heard.figures.clone(), order.limits);
    let collected = if collect::is_empty(&scratch, &skip) {
        Collected::default()
    } else {
        let take = move || collect::collect(&scratch, &order.folder, &skip, &figures, bounds);
        let taken = tokio::task::spawn_blocking(take).await;
        taken.map_err(|e| ExecuteError::Sandbox(format!("collecting what the code left: {e}")))??
    };
    Ok(seen.into_outcome(judged, &limits, collected, isolation, python, Some(environment)))
}

/// How the code ended, at the end of the tree: in a cell with the word of its pid 1, with whom nobody is by then.
async fn how_it_ended(status: Receiver, tree: &Tree) -> Result<Option<Status>, ExecuteError> {
    let status = read_status(status).await?;
    if status.is_none() || !tree.is_cell() {
        tree.exited().await.map_err(|e| ExecuteError::Sandbox(format!("watching it: {e}")))?;
    }
    Ok(status)
}

/// The one line on the status descriptor.
async fn read_status(status: Receiver) -> Result<Option<Status>, ExecuteError> {
    let mut line = Vec::new();
    let read = status.take(LONGEST_STATUS).read_to_end(&mut line).await;
    read.map_err(|e| ExecuteError::Sandbox(format!("reading its status: {e}")))?;
    Ok(Status::parse(&line))
}
