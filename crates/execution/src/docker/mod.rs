//! The `docker` executor: a container for each execution, of an engine that speaks Docker's API.
//!
//! Pid 1 of a container is ours and does what the sandbox library does locally: it holds the code's process, and tells how it
//! ended. Everything crosses as frames over the container's standard input and output: nothing of the host is mounted but
//! granted folders. Containers wait in a pool where the process lives on; each serves one run, and goes with its host. Open
//! `shape.rs` for what a container is, `container.rs` for its life, `lease.rs` for how none is left behind.

mod carry;
mod config;
mod container;
mod engine;
mod error;
mod hold;
mod image;
mod inputs;
mod lease;
mod pool;
mod shape;
pub mod survey;

pub use config::DockerConfig;
pub use error::EngineError;

use crate::{
    collect::{Bounds, CollectError, Incoming},
    ending::{Status, judge},
    error::{ExecuteError, PrepareError},
    local::{environment, told},
    mounts,
    protocol::{VERSION, carrier::Piece, message::Message},
    python::Facts,
    released,
    session::{self, Hold as _},
};
use container::Standing;
use engine::Engine;
use lease::Lease;
use pool::Pool;
use pyexec_core::{
    CodeExecutor, Isolation, Outcome, PluginError, Result,
    executor::{ExecutionHost, ExecutorDescription, PreparedId, ReleaseRequest},
    order::{ExecuteOrder, PrepareOrder},
    outcome::PythonEnvironment,
};
use serde_json::json;
use shape::Shape;
use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{OnceCell, mpsc, oneshot};

/// Until a runner that stands is ready for its code.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where `docker/Dockerfile` puts matplotlib's list of fonts; the runner does without where there is none.
const FONT_CACHE: &str = "/opt/pyexec/matplotlib-cache";

/// The executor.
pub struct Docker {
    config: DockerConfig,
    waiting: Mutex<HashMap<PreparedId, Prepared>>,
    count: AtomicU64,
    /// Found at the first call; not kept where that failed.
    place: OnceCell<Place>,
}

impl std::fmt::Debug for Docker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Docker").field("config", &self.config).finish_non_exhaustive()
    }
}

/// An engine with an image, and what is ours there.
struct Place {
    engine: Engine,
    facts: Facts,
    pool: Pool,
}

/// A container that waits for code, and what for.
struct Prepared {
    order: PrepareOrder,
    standing: Standing,
    python: String,
    environment: PythonEnvironment,
}

impl CodeExecutor for Docker {
    type Config = DockerConfig;

    fn create(config: DockerConfig) -> Result<Self> {
        config.check()?;
        Ok(Self { config, waiting: Mutex::default(), count: AtomicU64::default(), place: OnceCell::new() })
    }

    async fn describe(&self, host: &ExecutionHost) -> Result<ExecutorDescription> {
        let Place { engine, facts, .. } = self.place(host).await?;
        Ok(ExecutorDescription {
            python: facts.version_text(),
            interpreter: format!(
                "{} in the image {} ({} at {})",
                facts.executable.display(),
                self.config.image,
                engine.about.name,
                engine.address
            ),
            isolation: Isolation::Container,
            packages: facts.packages.clone(),
            modules: facts.modules.clone(),
        })
    }

    async fn prepare(&self, order: PrepareOrder, host: &ExecutionHost) -> Result<PreparedId> {
        if !order.accept_isolation.contains(&Isolation::Container) {
            return Err(PrepareError::Isolation(Isolation::Container).into());
        }
        let place = self.place(host).await?;
        let (data_dir, about) = (self.config.data_dir.clone(), place.engine.about.clone());
        // inputs are read once more: too long for a worker that serves other calls
        let checked = tokio::task::spawn_blocking(move || {
            mounts::check_inputs(&order.inputs)?;
            let opened = mounts::of_order(&order, &data_dir)?;
            let shape = Shape::of_order(&order.limits, &order.inputs, opened, &about)?;
            let context = released::context(order.context.as_ref())?;
            Ok::<_, PrepareError>((order, shape, context))
        });
        let (order, shape, context) =
            checked.await.map_err(|e| PrepareError::Sandbox(format!("checking the order: {e}")))??;
        let run = order.run_id.to_string();
        let mut standing = place.pool.take(&shape, &run).await.map_err(PrepareError::from)?;
        check_mounts(&shape, &standing)?;
        inputs::send(&standing.held, &order.inputs).await?;
        let python = self.greet(&mut standing, &order, (&place.facts, &shape), &context).await?;
        let environment = self.environment(place);
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let id = PreparedId(format!("{run}/{}/{number}", order.attempt));
        self.lock().insert(id.clone(), Prepared { order, standing, python, environment });
        Ok(id)
    }

    async fn execute(&self, prepared: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        let Some(Prepared { order: prepare, standing, python, environment }) = self.lock().remove(&prepared) else {
            return Err(ExecuteError::NotPrepared(format!("no container `{}` waits here", prepared.0)).into());
        };
        // from here on every way out drops the container, and so ends it
        if prepare != order.prepare {
            return Err(ExecuteError::NotPrepared("another one was prepared under this id".into()).into());
        }
        if !standing.held.is_alive() {
            let why = standing.held.why_it_ended().await;
            return Err(ExecuteError::from(EngineError::Ended { before: "its code was released", why }).into());
        }
        let isolation = Isolation::Container;
        let request = ReleaseRequest { token: order.token.clone(), code_sha256: order.code_sha256, isolation };
        let file = host.release(&request).await?;
        let code = released::code(&file, order.code_sha256)?;
        let (held, ends, pieces) = standing.into_ends(status);
        let seen = session::run(&held, ends, (&code, order.code_sha256), &prepare.limits, host).await?;
        let Some(judged) = judge(seen.stopped.as_ref(), seen.status.as_ref(), &seen.heard, &prepare.limits) else {
            let why = held.why_it_ended().await;
            return Err(ExecuteError::from(EngineError::Ended { before: "its code did", why }).into());
        };
        let collected = collect(pieces, &prepare, seen.heard.figures.clone(), seen.status.is_some()).await?;
        Ok(seen.into_outcome(judged, &prepare.limits, collected, isolation, python, Some(environment)))
    }

    async fn discard(&self, prepared: PreparedId) -> Result<()> {
        drop(self.lock().remove(&prepared));
        Ok(())
    }
}

impl Docker {
    /// How many containers wait for a run.
    pub fn standing_by(&self) -> usize {
        self.place.get().map_or(0, |place| place.pool.ready())
    }

    /// What the record says of it.
    fn environment(&self, place: &Place) -> PythonEnvironment {
        PythonEnvironment {
            interpreter: place.facts.executable.display().to_string(),
            origin: format!("image {}", self.config.image),
            packages: place.facts.packages.clone(),
            packages_sha256: None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PreparedId, Prepared>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the engine, removes what dead processes of this installation left there, looks into the image.
    async fn place(&self, host: &ExecutionHost) -> Result<&Place, PluginError> {
        let found = self.place.get_or_try_init(|| async {
            let engine = Engine::connect(self.config.host.as_deref()).await?;
            let data_dir = self.config.data_dir.clone();
            let path = data_dir.clone();
            let taken = tokio::task::spawn_blocking(move || Lease::take(&data_dir)).await;
            let lease = taken.map_err(|e| EngineError::Folder { path, why: e.to_string() })??;
            let reaped = lease.reap(&engine).await?;
            if reaped > 0 {
                host.progress(&format!("removed {reaped} containers of processes that are gone"));
            }
            let facts = image::facts(&engine, &self.config, &lease).await?;
            let pool = Pool::new(self.config.clone(), Arc::new(lease), engine.clone());
            if let Some(limits) = &self.config.limits {
                pool.fill(&Shape::plain(limits));
            }
            Ok::<_, EngineError>(Place { engine, facts, pool })
        });
        Ok(found.await.map_err(PrepareError::from)?)
    }

    /// Tells a runner what it is for, and waits until it is ready for its code. Its Python.
    async fn greet(
        &self,
        standing: &mut Standing,
        order: &PrepareOrder,
        (facts, shape): (&Facts, &Shape),
        context: &[u8],
    ) -> Result<String, PrepareError> {
        let writable: Vec<_> = shape.mounts.iter().filter(|mount| mount.writable).map(|mount| &mount.target).collect();
        let header = json!({
            "type": "prepare",
            "protocol": VERSION,
            "plan": null,
            "environment": environment(&order.environment, Some(Path::new(FONT_CACHE))),
            "writable": writable,
            "process": shape.process,
            "site": facts.site,
            "filename": "code.py",
            "results_max_bytes": self.config.results_max_mb << 20,
        });
        let Standing { held, channel, .. } = standing;
        let handshake = async {
            // one that died on its way is told of elsewhere
            let _ = channel.send(&header, context).await;
            channel.receive().await
        };
        let seconds = PATIENCE.as_secs();
        let answer = tokio::time::timeout(PATIENCE, handshake).await;
        let slow = EngineError::Slow { what: "make a container ready", seconds };
        match answer.map_err(|_| slow)?.map_err(|e| PrepareError::NotReady(e.to_string()))? {
            Some(Message::Ready { python, isolation: Isolation::Container }) => Ok(python),
            Some(Message::Error(error)) => Err(PrepareError::Sandbox(told(&error))),
            Some(_) => Err(PrepareError::NotReady("its first word was not `ready`".into())),
            None => {
                let why = held.why_it_ended().await;
                Err(EngineError::Ended { before: "it was ready", why }.into())
            }
        }
    }
}

/// What is mounted is what was approved, as seen inside: the engine resolved the path once more, as root.
fn check_mounts(shape: &Shape, standing: &Standing) -> Result<(), PrepareError> {
    for (at, mount) in shape.mounts.iter().enumerate() {
        if standing.mounts.get(at).copied() != mount.dev.zip(mount.inode) {
            return Err(PrepareError::Grant {
                grant: mount.target.display().to_string(),
                why: "the container engine mounted something else than was approved; is it on this machine?".into(),
            });
        }
    }
    Ok(())
}

/// How the code ended, by pid 1.
async fn status(told: oneshot::Receiver<Status>) -> Result<Option<Status>, ExecuteError> {
    Ok(told.await.ok())
}

/// What the code left. One that was killed by the engine, because pid 1 did not do it, has nothing to give.
async fn collect(
    mut pieces: mpsc::Receiver<Option<Piece>>,
    order: &PrepareOrder,
    figures: Vec<String>,
    tells: bool,
) -> Result<crate::collect::Collected, ExecuteError> {
    if !tells {
        return Ok(crate::collect::Collected::default());
    }
    let (folder, bounds) = (order.folder.clone(), Bounds::of_scratch(order.limits.scratch_mb));
    let task = tokio::task::spawn_blocking(move || {
        let mut incoming = Incoming::new(&folder, &figures, bounds);
        while let Some(piece) = pieces.blocking_recv() {
            match piece {
                Some(piece) => incoming.take(piece)?,
                None => return incoming.finish().map(Some),
            }
        }
        Ok::<_, CollectError>(None)
    });
    let collected = task.await.map_err(|e| ExecuteError::Sandbox(format!("collecting what the code left: {e}")))??;
    let why = || "it stopped in the middle of them".into();
    collected.ok_or_else(|| EngineError::Ended { before: "all that the code left was taken", why: why() }.into())
}
