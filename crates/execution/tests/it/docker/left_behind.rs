//! What a process leaves behind when it is killed: nothing, after the next start at the latest; and nothing of anybody else's is
//! touched.

use super::bench::{Bench, api, config, containers, docker, none_is_left, order, socket, until};
use crate::bench::results;
use bollard::{
    models::{ContainerCreateBody, HostConfig},
    query_parameters::{
        CreateContainerOptions, ListVolumesOptions, RemoveContainerOptionsBuilder, StartContainerOptions,
    },
};
use pyexec_core::CodeExecutor;
use pyexec_testkit::{ExecutionHostFake, execute_order};
use std::{
    collections::HashMap,
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

const ROLE: &str = "PYEXEC_TEST_CONTAINERS";
const RUNS: usize = 20;

/// A process of this test program that starts twenty runs and waits in them to be killed.
#[test]
fn the_victim() {
    let Some(data) = env::var_os(ROLE) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let table = |table: &mut serde_json::Value| table["pool"] = serde_json::json!(2);
    let docker = pyexec_execution::Docker::create(config(Path::new(&data), table)).unwrap();
    let folder = tempfile::tempdir_in(&data).unwrap();
    let one = async |n: usize| {
        let folder = folder.path().join(n.to_string());
        fs::create_dir(&folder).unwrap();
        let host = ExecutionHostFake::releasing("import time\nprint('up', flush=True)\ntime.sleep(1000)");
        let order = order(&folder);
        let prepared = docker.prepare(order.clone(), &host.host()).await.unwrap();
        docker.execute(prepared, execute_order(order, host.code_hash()), &host.host()).await
    };
    let ended = runtime.block_on(futures_util::future::join_all((0..RUNS).map(one)));
    panic!("it was to be killed in its runs, and they ended: {ended:#?}");
}

/// Killed with SIGKILL, at the latest when the test ends.
struct Victim(std::process::Child);

impl Victim {
    fn end(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it was ended already, if the test went well
    }
}

#[tokio::test]
async fn a_process_that_is_killed_in_twenty_runs_leaves_nothing() {
    let data = tempfile::tempdir().unwrap();
    let volumes =
        async || api().list_volumes(None::<ListVolumesOptions>).await.unwrap().volumes.unwrap_or_default().len();
    let before = volumes().await;
    let mut victim = Victim(
        Command::new(env::current_exe().unwrap())
            .args(["docker::left_behind::the_victim", "--exact", "--nocapture"])
            .env(ROLE, data.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let stamped = data.path().join("containers/installation");
    until("twenty containers run", async || stamped.exists() && containers(data.path()).await.len() >= RUNS).await;
    victim.end();
    // the next start
    let next = Bench::new("results = {}");
    let executor = docker(data.path());
    executor.describe(&next.host.host()).await.unwrap();
    none_is_left(data.path()).await;
    assert_eq!(volumes().await, before);
    let leases = fs::read_dir(data.path().join("containers/leases")).unwrap().count();
    assert_eq!(leases, 1, "the living one's");
}

/// A container that is not ours, or not dead, whatever it says of itself.
async fn container(labels: &[(&str, &str)]) -> String {
    let body = ContainerCreateBody {
        image: Some(super::bench::image()),
        cmd: Some(vec!["sleep".into(), "1000".into()]),
        labels: Some(labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()),
        host_config: Some(HostConfig { network_mode: Some("none".into()), ..HostConfig::default() }),
        ..ContainerCreateBody::default()
    };
    let made = api().create_container(None::<CreateContainerOptions>, body).await.unwrap();
    api().start_container(&made.id, None::<StartContainerOptions>).await.unwrap();
    made.id
}

#[tokio::test]
async fn only_what_is_ours_and_dead_is_removed() {
    let bench = Bench::new("import time\nprint('up', flush=True)\ntime.sleep(3)\nresults = {}");
    let prepared = bench.prepare().await.unwrap();
    let labels: HashMap<_, _> = bench.containers().await[0].config.clone().unwrap().labels.unwrap();
    let (installation, lease) = (labels["io.pyexec.installation"].clone(), labels["io.pyexec.lease"].clone());
    let nobody = "6d1f0d2c-53a5-4a9e-9e0f-0123456789ab";
    let dead = container(&[("io.pyexec.installation", &installation), ("io.pyexec.lease", nobody)]).await;
    let kept = [
        container(&[]).await,
        container(&[("io.pyexec.installation", nobody), ("io.pyexec.lease", nobody)]).await,
        container(&[("io.pyexec.installation", &installation), ("io.pyexec.lease", &lease)]).await,
        container(&[("io.pyexec.installation", &installation), ("io.pyexec.lease", "../installation")]).await,
        container(&[("io.pyexec.installation", &installation)]).await,
    ];
    // another process of the same installation starts while the first one runs
    let other = docker(bench.data.path());
    other.describe(&bench.host.host()).await.unwrap();
    assert!(api().inspect_container(&dead, None).await.is_err(), "{} is gone", socket().display());
    for id in &kept {
        assert!(api().inspect_container(id, None).await.is_ok());
    }
    results(&bench.execute(prepared).await.unwrap());
    for id in kept {
        let options = RemoveContainerOptionsBuilder::default().force(true).build();
        api().remove_container(&id, Some(options)).await.unwrap();
    }
    bench.none_is_left().await;
}
