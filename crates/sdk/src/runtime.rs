//! The plugin's own tokio: a library has its own copy of the crate, so the host's runtime is invisible here.
//!
//! Two workers serve all calls into a library. A component that blocks them stalls its own library, never the host; long
//! blocking work belongs in `spawn_blocking`.

use pyexec_core::{PluginError, Result, abi::HostBox, guard};
use std::{future::Future, sync::OnceLock};
use tokio::{runtime::Runtime, task::JoinHandle};

tokio::task_local! {
    /// The host of the call that this task or thread works for.
    static HOST: HostBox;
}

/// Aborts the task when the caller drops the call.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Started by the first call and never stopped: a library is never unloaded. A failure to start (no threads left) stays.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let start = || {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("pyexec-plugin").enable_all().build()
    };
    RUNTIME.get_or_init(start).as_ref().map_err(|e| {
        PluginError::new("plugin", format!("the plugin's own runtime did not start: {e}"))
            .with_help("check the limit on threads of this process")
    })
}

/// Runs `f` where tokio's constructors find the runtime.
pub(crate) fn inside<T>(f: impl FnOnce() -> T) -> Result<T> {
    let _entered = runtime()?.enter();
    Ok(f())
}

/// Runs `f` for `host`.
pub(crate) fn with_host<T>(host: HostBox, f: impl FnOnce() -> T) -> T {
    HOST.sync_scope(host, f)
}

/// The host that the current task works for; `None` in a task or thread that the component spawned itself.
pub(crate) fn current_host() -> Option<HostBox> {
    HOST.try_with(Clone::clone).ok()
}

/// Runs `work` here; dropping the returned future cancels it (its own drops then run on a worker, soon).
pub(crate) async fn run<T: Send + 'static>(
    host: HostBox,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let mut task = AbortOnDrop(runtime()?.spawn(HOST.scope(host, work)));
    match (&mut task.0).await {
        Ok(result) => result,
        Err(error) => Err(error.try_into_panic().map_or_else(
            |e| PluginError::new("cancelled", format!("the plugin's task ended early: {e}")),
            guard::panicked,
        )),
    }
}
