//! Where kernels are started and ended: threads of its own, so that a kernel is deleted also while whoever wanted it is being
//! torn down; the servers in use, each with its ledger; and at the end a bounded wait for what is still being deleted.

use super::{
    config::JupyterEndpoint,
    error::{Lost, ServerError},
    kernel::{self, Job, Waiting},
    ledger::{self, Ledger},
    server::Server,
};
use pyexec_core::{ErrorKind, PluginError, RunError};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};
use tokio::{runtime::Runtime, sync::oneshot};

/// How long the end of the program may wait for kernels that are being deleted; the next start finds the others.
const PATIENCE: Duration = Duration::from_secs(8);

/// The workshop.
#[derive(Debug)]
pub(super) struct Workshop {
    data_dir: PathBuf,
    runtime: Option<Runtime>,
    ledgers: tokio::sync::Mutex<HashMap<String, Arc<Ledger>>>,
    living: Arc<Living>,
}

/// How many kernels live.
#[derive(Debug, Default)]
struct Living {
    count: Mutex<usize>,
    none: Condvar,
}

/// One of them. Dropping it counts it out.
struct Alive(Arc<Living>);

impl Workshop {
    pub(super) fn new(data_dir: PathBuf) -> Result<Self, PluginError> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).thread_name("pyexec-jupyter").enable_all().build();
        let failed = |e| RunError::new(ErrorKind::Daemon, format!("threads for Jupyter kernels cannot be had: {e}"));
        Ok(Self {
            data_dir,
            runtime: Some(runtime.map_err(failed)?),
            ledgers: tokio::sync::Mutex::default(),
            living: Arc::default(),
        })
    }

    /// The server of an endpoint. The first time, what dead processes have left there is deleted.
    pub(super) async fn server(&self, endpoint: &JupyterEndpoint) -> Result<(Server, Arc<Ledger>), ServerError> {
        let server = Server::new(endpoint)?;
        let mut ledgers = self.ledgers.lock().await;
        if let Some(ledger) = ledgers.get(server.url()) {
            return Ok((server, Arc::clone(ledger)));
        }
        let (data_dir, asked) = (self.data_dir.clone(), server.clone());
        let ledger = self.perform(async move {
            match ledger::reap(&data_dir, &asked).await {
                Ok(0) => {}
                Ok(count) => {
                    tracing::info!("deleted {count} kernels that earlier processes have left at {}", asked.url());
                }
                // what is left is no reason not to run; whether the server answers is found out next
                Err(error) => tracing::warn!("kernels of earlier processes may be left: {error}"),
            }
            Ledger::open(&data_dir, asked.url())
        });
        let ledger = Arc::new(ledger.await??);
        ledgers.insert(server.url().to_owned(), Arc::clone(&ledger));
        Ok((server, ledger))
    }

    /// Starts a kernel; who drops the future lets go of it.
    pub(super) async fn start(&self, job: Job) -> Result<Waiting, ServerError> {
        let (ready, answer) = oneshot::channel();
        let url = job.server.url().to_owned();
        let alive = self.living.enter();
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move {
                kernel::live(job, ready).await;
                drop(alive);
            });
        }
        answer.await.unwrap_or_else(|_| Err(stopped(url)))
    }

    /// Whether a kernel still waits.
    pub(super) async fn check(&self, waiting: Waiting) -> Result<(Waiting, Result<(), Lost>), ServerError> {
        self.perform(async move {
            let there = waiting.check().await;
            (waiting, there)
        })
        .await
    }

    async fn perform<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, ServerError> {
        let gone = || stopped(String::new());
        let runtime = self.runtime.as_ref().ok_or_else(gone)?;
        runtime.spawn(work).await.map_err(|_| gone())
    }
}

fn stopped(url: String) -> ServerError {
    ServerError::Failed { url, what: "start a kernel", why: "this program is ending".into() }
}

impl Living {
    fn enter(self: &Arc<Self>) -> Alive {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Alive(Arc::clone(self))
    }

    /// Whether none is left within a while.
    fn none_left(&self, patience: Duration) -> bool {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, _) =
            self.none.wait_timeout_while(count, patience, |count| *count > 0).unwrap_or_else(PoisonError::into_inner);
        *count == 0
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        *self.0.count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.0.none.notify_all();
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if self.living.none_left(PATIENCE) {
            self.ledgers.get_mut().values().for_each(|ledger| ledger.close());
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background(); // elsewhere it would wait, which a drop in a task must not
        }
    }
}
