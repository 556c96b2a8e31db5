//! The `jupyter` executor: a kernel of a Jupyter Server, Kernel Gateway or Enterprise Gateway for each execution.
//!
//! What holds the code is what the endpoint gives, and it says so: isolation `endpoint`. In the kernel runs a watcher of ours
//! (`python/pyexec/_kernel.py`), which starts the code in a process of its own and carries the runner protocol of the other
//! executors over the kernel's input requests; so everything but the way is as it is locally. Open `kernel.rs` for the life
//! of a kernel, `relay.rs` for what goes between the two, `ledger.rs` for how no kernel stays behind. Knows nothing of
//! notebooks.

mod calls;
mod config;
mod conversation;
mod error;
mod kernel;
mod ledger;
mod link;
mod relay;
mod server;
mod tls;
mod workshop;

pub use config::{JupyterConfig, JupyterEndpoint, JupyterMode, Literal};
pub use error::{Lost, ServerError, UseError};

use crate::{
    collect::{Bounds, Incoming},
    ending::judge,
    error::{ExecuteError, PrepareError},
    mounts, released,
    session::{self, Channel, Ends, Hold as _},
};
use config::Choice;
use kernel::{Job, Load, Waiting};
use pyexec_core::{
    CodeExecutor, ErrorKind, ExecutionMode, Grant, Isolation, Outcome, PluginError, Result, RunError,
    executor::{ExecutionHost, ExecutorDescription, PreparedId, ReleaseRequest},
    order::{ExecuteOrder, PrepareOrder},
    outcome::Ended,
};
use std::{
    collections::{BTreeMap, HashMap},
    os::unix::ffi::OsStrExt,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use workshop::Workshop;

/// How long the end of a run waits for its kernel's; deleting goes on without it.
const DELETING: Duration = Duration::from_secs(10);

/// The executor.
#[derive(Debug)]
pub struct Jupyter {
    config: JupyterConfig,
    waiting: Mutex<HashMap<PreparedId, Prepared>>,
    count: AtomicU64,
    /// The Python of the weakest mode's kernel, once it was asked.
    python: tokio::sync::OnceCell<String>,
    /// Dropped after all that wait: it sees their kernels deleted.
    workshop: Workshop,
}

/// A kernel that waits, and what for.
struct Prepared {
    order: PrepareOrder,
    waiting: Waiting,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prepared({} attempt {})", self.order.run_id, self.order.attempt)
    }
}

impl CodeExecutor for Jupyter {
    type Config = JupyterConfig;

    fn create(config: JupyterConfig) -> Result<Self> {
        config.check()?;
        let workshop = Workshop::new(config.data_dir.clone())?;
        let python = tokio::sync::OnceCell::new();
        Ok(Self { config, workshop, waiting: Mutex::default(), count: AtomicU64::default(), python })
    }

    /// Starts a kernel of the mode `READ_ONLY` to ask it; which packages it has is not asked.
    async fn describe(&self, host: &ExecutionHost) -> Result<ExecutorDescription> {
        let choice = self.config.choice(ExecutionMode::ReadOnly)?;
        let python = self
            .python
            .get_or_try_init(|| async {
                host.progress(&format!("asking {} which Python it is", shown(choice)));
                Ok::<_, PluginError>(self.launch(choice, "describe".into(), Load::default()).await?.python)
            })
            .await?;
        Ok(ExecutorDescription {
            python: python.clone(),
            interpreter: shown(choice),
            isolation: Isolation::Endpoint,
            packages: BTreeMap::new(),
            modules: Vec::new(),
        })
    }

    async fn prepare(&self, order: PrepareOrder, host: &ExecutionHost) -> Result<PreparedId> {
        let choice = self.config.choice(order.mode)?;
        if !order.accept_isolation.contains(&Isolation::Endpoint) {
            return Err(not_accepted(choice));
        }
        check_grants(&order.grants)?;
        let checked = tokio::task::spawn_blocking(move || {
            let inputs = mounts::open_inputs(&order.inputs)?;
            let context = released::context(order.context.as_ref())?;
            let load = Load {
                inputs: order.inputs.iter().cloned().zip(inputs).collect(),
                context: order.context.is_some().then_some(context),
                environment: order.environment.clone(),
                limits: order.limits.clone(),
            };
            Ok::<_, PrepareError>((order, load))
        });
        let (order, load) = checked.await.map_err(|e| PrepareError::Sandbox(format!("checking the order: {e}")))??;
        host.progress(&format!("starting {}", shown(choice)));
        let waiting = self.launch(choice, format!("{}-{}", order.run_id, order.attempt), load).await?;
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let id = PreparedId(format!("{}/{}/{number}", order.run_id, order.attempt));
        self.lock().insert(id.clone(), Prepared { order, waiting });
        Ok(id)
    }

    async fn execute(&self, prepared: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        let Some(Prepared { order: prepare, waiting }) = self.lock().remove(&prepared) else {
            return Err(ExecuteError::NotPrepared(format!("no kernel `{}` waits here", prepared.0)).into());
        };
        // from here on every way out drops the grip, and so ends the kernel
        if prepare != order.prepare {
            return Err(ExecuteError::NotPrepared("another one was prepared under this id".into()).into());
        }
        let (waiting, there) = self.workshop.check(waiting).await?;
        there.map_err(|lost| while_waiting(&lost))?;
        let Waiting { grip, near, done, deleted, python, .. } = waiting;
        let isolation = Isolation::Endpoint;
        let request = ReleaseRequest { token: order.token.clone(), code_sha256: order.code_sha256, isolation };
        let file = host.release(&request).await?;
        let code = released::code(&file, order.code_sha256)?;
        let ends = Ends {
            channel: Channel::new(near.channel),
            stdout: near.stdout,
            stderr: near.stderr,
            status: async {
                let status = near.status.await.unwrap_or_default();
                let _ = grip.exited().await; // how a kernel was lost is known by then
                Ok(status)
            },
        };
        let seen = session::run(&grip, ends, (&code, order.code_sha256), &prepare.limits, host).await?;
        let Some(judged) = judge(seen.stopped.as_ref(), seen.status.as_ref(), &seen.heard, &prepare.limits) else {
            return Err(grip.lost().unwrap_or(Lost::Over).into());
        };
        let not_given = not_given(&prepare, &code);
        let limits = prepare.limits;
        let (folder, figures) = (prepare.folder, seen.heard.figures.clone());
        let (mut left, bounds) = (near.left, Bounds::of_scratch(limits.scratch_mb));
        let collected = tokio::task::spawn_blocking(move || {
            let mut incoming = Incoming::new(&folder, &figures, bounds);
            while let Some(piece) = left.blocking_recv() {
                incoming.take(piece)?;
            }
            incoming.finish()
        });
        let collected = collected
            .await
            .map_err(|e| ExecuteError::Sandbox(format!("collecting what the code left: {e}")))?
            .map_err(ExecuteError::from)?;
        let stopped = matches!(judged.0, Ended::Deadline | Ended::Killed);
        let warning = match done.await.unwrap_or(Err(Lost::Over)) {
            Ok(()) => None,
            Err(lost) if stopped => Some(format!("what the code left could not all be taken: {lost}")),
            Err(lost) => return Err(lost.into()),
        };
        let mut outcome = seen.into_outcome(judged, &limits, collected, isolation, python, None);
        outcome.warnings.extend(warning.into_iter().chain(not_given));
        outcome.warnings.extend(match tokio::time::timeout(DELETING, deleted).await {
            Ok(Ok(Err(error))) => Some(format!("its kernel is still there, and the next start deletes it: {error}")),
            Ok(_) => None,
            Err(_) => Some("its kernel is still being deleted".to_owned()),
        });
        Ok(outcome)
    }

    async fn discard(&self, prepared: PreparedId) -> Result<()> {
        let waiting = self.lock().remove(&prepared);
        if let Some(Prepared { waiting: Waiting { grip, near, deleted, .. }, .. }) = waiting {
            drop((grip, near));
            let _ = tokio::time::timeout(DELETING, deleted).await; // it goes on by itself
        }
        Ok(())
    }
}

impl Jupyter {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PreparedId, Prepared>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn launch(&self, choice: Choice<'_>, label: String, load: Load) -> Result<Waiting, ServerError> {
        let (server, ledger) = self.workshop.server(choice.endpoint).await?;
        let results_max_bytes = self.config.results_max_mb << 20;
        let kernel_name = choice.kernel_name.to_owned();
        self.workshop.start(Job { server, ledger, kernel_name, label, load, results_max_bytes }).await
    }
}

/// A kernel, for people.
fn shown(choice: Choice<'_>) -> String {
    format!("kernel `{}` of the endpoint `{}`", choice.kernel_name, choice.name)
}

fn not_accepted(choice: Choice<'_>) -> PluginError {
    let message = format!(
        "the endpoint `{}` gives isolation `endpoint`, which is not accepted: nothing but the server holds the code there",
        choice.name
    );
    RunError::new(ErrorKind::IsolationNotAcceptable, message)
        .with_help("add \"endpoint\" to `[execution] accept_isolation` if you trust it, or use another backend")
        .into()
}

/// What an endpoint cannot open is refused; network and processes are what its server gives.
fn check_grants(grants: &[Grant]) -> Result<(), PluginError> {
    let cannot = grants.iter().find_map(|grant| match grant {
        Grant::Output { path, .. } => Some(("write in", path)),
        Grant::Read { path } => Some(("read", path)),
        Grant::Net | Grant::Process | Grant::ChannelWrite(_) => None,
    });
    let Some((what, path)) = cannot else { return Ok(()) };
    let message = format!("a Jupyter endpoint cannot {what} {}: it is not on its machine", path.display());
    let help = "give it as an input, leave files in the run's own folder, or use `--backend local` or `docker`";
    Err(RunError::new(ErrorKind::BadRequest, message).with_help(help).into())
}

/// What this run may have counted on and did not get: nothing in its order tells, so it cannot be refused.
fn not_given(order: &PrepareOrder, code: &[u8]) -> Vec<String> {
    let mentions = |path: &Path| {
        let path = path.as_os_str().as_bytes();
        code.windows(path.len().max(1)).any(|part| part == path)
    };
    let elsewhere = order.inputs.iter().filter(|input| mentions(&input.original));
    let elsewhere: Vec<_> = elsewhere.map(|input| input.name.as_str()).collect();
    let mut warnings = Vec::new();
    if !elsewhere.is_empty() {
        let names = elsewhere.join(", ");
        warnings.push(format!(
            "at an endpoint inputs are in the working folder ({names}), not at the paths that the caller gave"
        ));
    }
    if order.grants.contains(&Grant::Process) {
        warnings.push(format!("at an endpoint the limit `processes` is not enforced ({})", order.limits.processes));
    }
    warnings
}

fn while_waiting(lost: &Lost) -> PluginError {
    RunError::new(ErrorKind::Daemon, format!("the prepared kernel is gone: {lost}"))
        .with_help("try again; nothing was released")
        .into()
}
