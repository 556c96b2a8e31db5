//! The table of `pyexec_testkit::conformance`, run against every executor of this crate. What one of them cannot give is in
//! `refused.rs`, as data.

mod endpoint;
mod page;
mod refused;

use crate::{bench::local_with, docker::bench as containers};
use pyexec_core::{CodeExecutor, Isolation};
use pyexec_execution::{Docker, Jupyter, JupyterConfig};
use pyexec_testkit::conformance::{self, Subject};
use serde_json::json;

/// Asserts that all holds, and says what does not.
async fn conforms(subject: Subject) {
    let report = conformance::run(&subject).await;
    assert!(report.failures().next().is_none(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn local() {
    conforms(Subject::new(local_with(|_| ()).unwrap(), Isolation::Full).refuses(refused::LOCAL)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn docker() {
    let data = tempfile::tempdir().unwrap();
    // the tests' engine has no bridge; on one, the host's own loopback device is not there either
    let config = containers::config(data.path(), |table| table["network"] = json!("host"));
    let docker = Docker::create(config).unwrap();
    conforms(Subject::new(docker, Isolation::Container).refuses(refused::DOCKER)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jupyter() {
    let data = tempfile::tempdir().unwrap();
    let table = json!({"data_dir": data.path(), "endpoints": {"default": endpoint::of_setup()}});
    let jupyter = Jupyter::create(serde_json::from_value::<JupyterConfig>(table).unwrap()).unwrap();
    conforms(Subject::new(jupyter, Isolation::Endpoint).refuses(refused::JUPYTER)).await;
}
