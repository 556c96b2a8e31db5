//! A run on a Jupyter Server.

use super::server::{PATIENCE, Server, TOKEN, shared};
use pyexec_core::{
    CodeExecutor, Isolation, Outcome, Result,
    order::{ExecuteOrder, PrepareOrder, StagedInput},
};
use pyexec_execution::{Jupyter, JupyterConfig};
use pyexec_testkit::{ExecutionHostFake, execute_order, prepare_order};
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A run to be.
pub(crate) struct Bench {
    pub(crate) server: &'static Server,
    pub(crate) jupyter: Jupyter,
    pub(crate) data: TempDir,
    pub(crate) folder: TempDir,
    pub(crate) order: PrepareOrder,
    pub(crate) host: ExecutionHostFake,
}

/// An executor for this endpoint.
pub(crate) fn executor(data_dir: &Path, endpoint: &Value) -> Result<Jupyter> {
    let table = json!({"data_dir": data_dir, "endpoints": {"default": endpoint}});
    Jupyter::create(serde_json::from_value::<JupyterConfig>(table).unwrap())
}

/// The endpoint of a server.
pub(crate) fn endpoint(server: &Server) -> Value {
    json!({"host": "127.0.0.1", "port": server.port, "token_env": TOKEN})
}

impl Bench {
    pub(crate) fn new(code: impl Into<Vec<u8>>) -> Self {
        Self::at(code, |_| ())
    }

    /// With a changed endpoint.
    pub(crate) fn at(code: impl Into<Vec<u8>>, change: impl FnOnce(&mut Value)) -> Self {
        let server = shared();
        let mut endpoint = endpoint(server);
        change(&mut endpoint);
        let [data, folder] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
        let mut order = prepare_order(folder.path());
        order.accept_isolation = vec![Isolation::Endpoint];
        let jupyter = executor(data.path(), &endpoint).unwrap();
        Self { server, jupyter, data, folder, order, host: ExecutionHostFake::releasing(code) }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut PrepareOrder)) -> Self {
        change(&mut self.order);
        self
    }

    /// Stages a file of the test's own.
    pub(crate) fn input(self, name: &str, content: &[u8]) -> Self {
        let staged = self.folder.path().join(format!("staged-{name}"));
        fs::write(&staged, content).unwrap();
        let (original, sha256) = (Path::new("/of/the/caller").join(name), pyexec_core::Digest::of(content));
        let bytes = content.len() as u64;
        self.with(|order| order.inputs.push(StagedInput { name: name.into(), original, staged, sha256, bytes }))
    }

    pub(crate) fn execute_order(&self) -> ExecuteOrder {
        execute_order(self.order.clone(), self.host.code_hash())
    }

    pub(crate) async fn try_run(&self) -> Result<Outcome> {
        let host = self.host.host();
        let prepared = self.jupyter.prepare(self.order.clone(), &host).await?;
        self.jupyter.execute(prepared, self.execute_order(), &host).await
    }

    pub(crate) async fn run(&self) -> Outcome {
        self.try_run().await.unwrap_or_else(|e| panic!("{e} {}", e.help))
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.host.stdout()).into_owned()
    }

    /// The sessions of this run on the server: session, kernel.
    pub(crate) fn sessions(&self) -> Vec<[String; 2]> {
        let run = self.order.run_id.to_string();
        let ours = self.server.sessions().into_iter().filter(|[path, ..]| path.contains(&run));
        ours.map(|[_, session, kernel]| [session, kernel]).collect()
    }

    /// Waits until the server has none.
    pub(crate) async fn no_session_is_left(&self) {
        until("the end of the kernel", || self.sessions().is_empty()).await;
    }
}

/// Polls until it holds.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
