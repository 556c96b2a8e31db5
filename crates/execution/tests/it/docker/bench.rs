//! What every test of containers needs: the engine that `cargo xtask setup` starts, an executor with a data folder of its
//! own, and a run.

use bollard::{
    API_DEFAULT_VERSION, Docker as Api, models::ContainerInspectResponse,
    query_parameters::ListContainersOptionsBuilder,
};
use pyexec_core::{
    CodeExecutor, Digest, Isolation, Outcome, Result,
    executor::PreparedId,
    order::{PrepareOrder, StagedInput},
};
use pyexec_execution::{Docker, DockerConfig};
use pyexec_testkit::{ExecutionHostFake, execute_order, prepare_order};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Where the engine of the tests listens.
pub(crate) fn socket() -> PathBuf {
    let socket = std::env::var_os("PYEXEC_TEST_ENGINE").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("engine/docker.sock"),
        PathBuf::from,
    );
    let listens = std::os::unix::net::UnixStream::connect(&socket).is_ok();
    assert!(listens, "no engine listens at {}: `cargo xtask engine start` starts one", socket.display());
    socket
}

/// The image of the tests.
pub(crate) fn image() -> String {
    std::env::var("PYEXEC_TEST_IMAGE").unwrap_or_else(|_| "pyexec-test".into())
}

/// The engine, for what a test wants to see or to do from outside.
pub(crate) fn api() -> Api {
    Api::connect_with_unix(socket().to_str().unwrap(), 120, API_DEFAULT_VERSION).unwrap()
}

pub(crate) fn config(data_dir: &Path, change: impl FnOnce(&mut Value)) -> DockerConfig {
    let host = format!("unix://{}", socket().display());
    let mut table = json!({"data_dir": data_dir, "host": host, "image": image()});
    change(&mut table);
    serde_json::from_value(table).unwrap()
}

/// An executor as a process of its own would have it.
pub(crate) fn docker(data_dir: &Path) -> Docker {
    Docker::create(config(data_dir, |_| ())).unwrap()
}

/// An order that a container may serve.
pub(crate) fn order(folder: &Path) -> PrepareOrder {
    PrepareOrder { accept_isolation: vec![Isolation::Container], ..prepare_order(folder) }
}

/// A run to be.
pub(crate) struct Bench {
    pub(crate) data: TempDir,
    pub(crate) folder: TempDir,
    pub(crate) docker: Docker,
    pub(crate) order: PrepareOrder,
    pub(crate) host: ExecutionHostFake,
}

impl Bench {
    pub(crate) fn new(code: &str) -> Self {
        Self::configured(code, |_| ())
    }

    pub(crate) fn configured(code: &str, change: impl FnOnce(&mut Value)) -> Self {
        let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let docker = Docker::create(config(data.path(), change)).unwrap();
        let order = order(folder.path());
        Self { data, folder, docker, order, host: ExecutionHostFake::releasing(code) }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut PrepareOrder)) -> Self {
        change(&mut self.order);
        self
    }

    pub(crate) fn input(self, original: &str, content: &[u8]) -> Self {
        let name = Path::new(original).file_name().unwrap().to_str().unwrap().to_owned();
        let staged = self.folder.path().join(format!("staged-{name}"));
        fs::write(&staged, content).unwrap();
        let (sha256, bytes) = (Digest::of(content), content.len() as u64);
        self.with(|order| order.inputs.push(StagedInput { name, original: original.into(), staged, sha256, bytes }))
    }

    pub(crate) async fn prepare(&self) -> Result<PreparedId> {
        self.docker.prepare(self.order.clone(), &self.host.host()).await
    }

    pub(crate) async fn execute(&self, prepared: PreparedId) -> Result<Outcome> {
        let order = execute_order(self.order.clone(), self.host.code_hash());
        self.docker.execute(prepared, order, &self.host.host()).await
    }

    pub(crate) async fn try_run(&self) -> Result<Outcome> {
        self.execute(self.prepare().await?).await
    }

    /// # Panics
    ///
    /// When the machinery fails.
    pub(crate) async fn run(&self) -> Outcome {
        self.try_run().await.unwrap_or_else(|e| panic!("{e} {}", e.help))
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.host.stdout()).into_owned()
    }

    /// The containers of this bench's installation.
    pub(crate) async fn containers(&self) -> Vec<ContainerInspectResponse> {
        containers(self.data.path()).await
    }

    /// Waits until none is left.
    pub(crate) async fn none_is_left(&self) {
        none_is_left(self.data.path()).await;
    }
}

/// The containers of the installation in this data folder; a removal that is under way is none.
pub(crate) async fn containers(data: &Path) -> Vec<ContainerInspectResponse> {
    let installation = fs::read_to_string(data.join("containers/installation")).unwrap();
    let filters = HashMap::from([("label", vec![format!("io.pyexec.installation={installation}")])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let api = api();
    let mut found = Vec::new();
    for container in api.list_containers(Some(options)).await.unwrap() {
        found.extend(api.inspect_container(&container.id.unwrap(), None).await);
    }
    found
}

pub(crate) async fn none_is_left(data: &Path) {
    until("no container is left", async || containers(data).await.is_empty()).await;
}

/// Polls; a machine that is busy takes its time.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !holds().await {
        assert!(Instant::now() < deadline, "it does not come to this: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
