//! What every test needs: an executor, a run folder, and a run.

use pyexec_core::{
    CodeExecutor, ErrorKind, Outcome, PluginError, Result,
    order::{ExecuteOrder, PrepareOrder, StagedInput},
    outcome::Results,
};
use pyexec_execution::{Local, LocalConfig};
use pyexec_testkit::{ExecutionHostFake, execute_order, prepare_order};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Where the managed Python of the tests is; `cargo xtask setup` makes one for all crates.
pub(crate) fn data_dir() -> PathBuf {
    std::env::var_os("PYEXEC_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("data"), PathBuf::from)
}

pub(crate) fn local_with(change: impl FnOnce(&mut Value)) -> Result<Local> {
    let mut table = json!({ "data_dir": data_dir() });
    change(&mut table);
    Local::create(serde_json::from_value::<LocalConfig>(table).unwrap())
}

/// A run to be.
pub(crate) struct Bench {
    pub(crate) local: Local,
    pub(crate) folder: TempDir,
    pub(crate) order: PrepareOrder,
    pub(crate) host: ExecutionHostFake,
}

impl Bench {
    pub(crate) fn new(code: impl Into<Vec<u8>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let order = prepare_order(folder.path());
        Self { local: local_with(|_| ()).unwrap(), folder, order, host: ExecutionHostFake::releasing(code) }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut PrepareOrder)) -> Self {
        change(&mut self.order);
        self
    }

    /// Stages a file of the test's own.
    pub(crate) fn input(self, name: &str, content: &[u8]) -> Self {
        let staged = self.folder.path().join(format!("staged-{name}"));
        fs::write(&staged, content).unwrap();
        self.with(|order| {
            order.inputs.push(StagedInput {
                name: name.into(),
                original: Path::new("/data/of/the/caller").join(name),
                staged,
                sha256: pyexec_core::Digest::of(content),
                bytes: content.len() as u64,
            });
        })
    }

    pub(crate) fn execute_order(&self) -> ExecuteOrder {
        execute_order(self.order.clone(), self.host.code_hash())
    }

    pub(crate) async fn try_run(&self) -> Result<Outcome> {
        let host = self.host.host();
        let prepared = self.local.prepare(self.order.clone(), &host).await?;
        self.local.execute(prepared, self.execute_order(), &host).await
    }

    /// # Panics
    ///
    /// When the machinery fails: its sentence says what the machine lacks.
    pub(crate) async fn run(&self) -> Outcome {
        self.try_run().await.unwrap_or_else(|e| panic!("{e} {}", e.help))
    }

    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(path)).unwrap()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.host.stdout()).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.host.stderr()).into_owned()
    }
}

/// Runs `code`, read-only.
pub(crate) async fn run(code: &str) -> Outcome {
    Bench::new(code).run().await
}

/// The results of a run that succeeded.
pub(crate) fn results(outcome: &Outcome) -> Value {
    assert_eq!(outcome.error, None, "{outcome:#?}");
    match &outcome.results {
        Results::Dict { value } => Value::Object(value.clone()),
        other => panic!("{other:?}"),
    }
}

/// The kind of a run that failed.
pub(crate) fn failure(outcome: &Outcome) -> (ErrorKind, &str) {
    let error = outcome.error.as_ref().unwrap_or_else(|| panic!("it succeeded: {outcome:#?}"));
    (error.kind, &error.message)
}

pub(crate) fn kind(error: &PluginError) -> &str {
    error.kind.as_str()
}
