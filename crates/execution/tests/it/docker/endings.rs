//! Ends that only containers have: the engine's and other people's.

use super::bench::{Bench, api, until};
use crate::bench::{failure, kind, results};
use bollard::query_parameters::{KillContainerOptionsBuilder, RemoveContainerOptionsBuilder};
use pyexec_core::{CodeExecutor, ErrorKind, ExecutionMode, Grant, outcome::Ended};
use pyexec_execution::Docker;
use serde_json::json;

#[tokio::test]
async fn a_container_that_is_killed_from_outside_is_the_machinerys_fault() {
    let bench = Bench::new("import time\nprint('up', flush=True)\ntime.sleep(1000)");
    let run = bench.try_run();
    let kill = async {
        until("the code runs", async || bench.stdout() == "up\n").await;
        let id = bench.containers().await[0].id.clone().unwrap();
        let options = KillContainerOptionsBuilder::default().signal("KILL").build();
        api().kill_container(&id, Some(options)).await.unwrap();
    };
    let (outcome, ()) = tokio::join!(run, kill);
    let error = outcome.unwrap_err();
    assert_eq!(kind(&error), "daemon", "{error}");
    assert!(error.message.contains("killed") && !error.help.is_empty(), "{error}");
    bench.none_is_left().await;
}

#[tokio::test]
async fn one_that_dies_before_its_code_is_released_is_no_run() {
    let bench = Bench::new("results = {}");
    let prepared = bench.prepare().await.unwrap();
    let id = bench.containers().await[0].id.clone().unwrap();
    let options = RemoveContainerOptionsBuilder::default().force(true).build();
    api().remove_container(&id, Some(options)).await.unwrap();
    bench.none_is_left().await;
    let error = bench.execute(prepared).await.unwrap_err();
    assert_eq!(kind(&error), "daemon", "{error}");
}

#[tokio::test]
async fn past_the_deadline_what_was_written_is_taken() {
    let code = "print('up', flush=True)\nopen('half.txt', 'w').write('half')\nwhile True: pass";
    let bench = Bench::new(code).with(|order| order.limits.timeout_seconds = 3);
    let outcome = bench.run().await;
    assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Deadline, ErrorKind::Timeout));
    assert_eq!(outcome.artifacts[0].path, "artifacts/half.txt");
    bench.none_is_left().await;
}

#[tokio::test]
async fn a_kill_for_memory_is_the_kernels_word() {
    // each process stays within its own bound, and all of them together do not; the largest goes first
    let code = "
import os, time
for _ in range(8):
    ready, tell = os.pipe()
    if os.fork() == 0:
        x = b'x' * (45 << 20)
        os.write(tell, b'.')
        time.sleep(1000)
    os.read(ready, 1)
x = []
while True: x.append(b'x' * (1 << 20))
";
    let bench = Bench::new(code).with(|order| {
        (order.mode, order.grants) = (ExecutionMode::WriteEnabled, vec![Grant::Process]);
        (order.limits.memory_mb, order.limits.scratch_mb) = (256, 1);
    });
    let outcome = bench.run().await;
    assert_eq!(outcome.ended, Ended::Limit { limit: "memory_mb".into() }, "{outcome:#?}");
    assert_eq!(failure(&outcome).0, ErrorKind::ResourceLimit);
    bench.none_is_left().await;
}

#[tokio::test]
async fn eight_at_a_time() {
    let benches: Vec<_> = (0..8).map(|n| Bench::new(&format!("results = {{'n': {n}}}"))).collect();
    let outcomes = futures_util::future::join_all(benches.iter().map(Bench::run)).await;
    for (n, outcome) in outcomes.iter().enumerate() {
        assert_eq!(results(outcome), json!({"n": n}));
    }
    for bench in benches {
        bench.none_is_left().await;
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_with_the_way_out() {
    for (key, value, says) in [
        ("image", json!("pyexec-no-such-image"), "no image `pyexec-no-such-image`"),
        ("host", json!("unix:///no/such/docker.sock"), "cannot be reached"),
        ("host", json!("tcp://127.0.0.1:9"), "cannot be reached"),
        ("host", json!("ssh://somewhere"), "`ssh`"),
    ] {
        let bench = Bench::configured("", |table| table[key] = value.clone());
        let error = bench.try_run().await.unwrap_err();
        assert_eq!(kind(&error), "daemon", "{error}");
        assert!(error.message.contains(says) && !error.help.is_empty(), "{value}: {error} ({})", error.help);
    }
}

#[tokio::test]
async fn a_dropped_execution_ends_its_container() {
    let bench = Bench::new("import time\nprint('up', flush=True)\ntime.sleep(1000)");
    let prepared = bench.prepare().await.unwrap();
    tokio::select! {
        outcome = bench.execute(prepared) => panic!("{outcome:?}"),
        () = until("the code runs", async || bench.stdout() == "up\n") => {}
    }
    bench.none_is_left().await;
    let prepared = bench.prepare().await.unwrap();
    Docker::discard(&bench.docker, prepared).await.unwrap();
    bench.none_is_left().await;
}
