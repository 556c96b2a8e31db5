//! Runs a script of the doctor's through the real executor, in a folder that goes when the doctor ends.

use super::{attempts::Limits as Wanted, decoys::Decoys, host::Bench};
use pyexec_core::{
    Code, ErrorKind, ExecutionMode, Instance, Isolation, Outcome, PluginError, Role, RunError,
    executor::{EXECUTE, ExecuteRequest, PREPARE, PreparedId},
    order::{ExecuteOrder, FileRef, Limits, PrepareOrder, Scope},
};
use pyexec_registry::Registry;
use pyexec_service::new_id;
use serde_json::json;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// A cold interpreter on a busy machine takes seconds; more is a fault.
const PREPARATION: Duration = Duration::from_mins(1);
/// Of one script, seconds of wall and of CPU time.
const LONGEST: u64 = 20;

/// The executor, with a private place to work in.
pub(super) struct Jail {
    executor: Instance,
    folder: PathBuf,
}

/// What became of a script, and what it printed.
pub(super) struct Ran {
    pub(super) outcome: Outcome,
    pub(super) output: Vec<u8>,
}

impl Jail {
    /// `folder` stands in for the data folder, `interpreter` is the one that runs use.
    pub(super) fn new(registry: &Registry, folder: &Path, interpreter: &Path) -> Result<Self, RunError> {
        let table = json!({"data_dir": folder, "interpreter": interpreter});
        let executor = registry.create(Role::Executor, "local", &table).map_err(|error| RunError::from(&error))?;
        Ok(Self { executor, folder: folder.into() })
    }

    /// Jails `code` and sees it through: read-only, without a grant, and not at all with less than full isolation.
    pub(super) async fn run(
        &self,
        name: &str,
        code: &str,
        wanted: Wanted,
        decoys: &Decoys,
    ) -> Result<Ran, PluginError> {
        let at = |error: io::Error| -> PluginError {
            RunError::new(ErrorKind::Store, format!("{} cannot be written: {error}", self.folder.display())).into()
        };
        let code = Code::new(code);
        let folder = self.folder.join(name);
        fs::create_dir(&folder).map_err(at)?;
        let path = folder.join("code.py");
        fs::write(&path, code.as_bytes()).map_err(at)?;
        let prepare = PrepareOrder {
            run_id: new_id(),
            attempt: 1,
            mode: ExecutionMode::ReadOnly,
            grants: Vec::new(),
            folder,
            inputs: Vec::new(),
            context: None,
            limits: Limits {
                timeout_seconds: LONGEST,
                cpu_seconds: LONGEST,
                memory_mb: wanted.memory_mb,
                scratch_mb: wanted.scratch_mb,
                ..Limits::default()
            },
            environment: decoys.environment().map_err(at)?,
            accept_isolation: vec![Isolation::Full],
        };
        let bench = Bench::releasing(FileRef { path, sha256: code.hash().0 });
        let prepared: PreparedId = within(PREPARATION, self.executor.invoke(PREPARE, &prepare, bench.lend())).await?;
        let order = ExecuteOrder { prepare, code_sha256: code.hash(), token: new_id(), scope: Scope::Run };
        let request = ExecuteRequest { prepared, order };
        let limit = PREPARATION + Duration::from_secs(LONGEST);
        let outcome = within(limit, self.executor.invoke(EXECUTE, &request, bench.lend())).await?;
        Ok(Ran { outcome, output: bench.output() })
    }
}

async fn within<T>(limit: Duration, call: impl Future<Output = Result<T, PluginError>>) -> Result<T, PluginError> {
    let late = || PluginError::new("sandbox", format!("the executor did not answer within {} s", limit.as_secs()));
    tokio::time::timeout(limit, call).await.unwrap_or_else(|_| Err(late()))
}
