//! How runs end, and what becomes of their kernels.

use super::bench::{Bench, until};
use crate::bench::{failure, results};
use pyexec_core::{
    CodeExecutor, ErrorKind,
    outcome::{Ended, Results},
};
use pyexec_testkit::ExecutionHostFake;
use serde_json::json;
use std::time::{Duration, Instant};

async fn run(code: &str) -> pyexec_core::Outcome {
    Bench::new(code).run().await
}

#[tokio::test]
async fn what_the_code_does_wrong_is_told_as_locally() {
    let outcome = run("x = 1\ndef f():\n    return x / 0\nf()").await;
    let (kind, message) = failure(&outcome);
    assert_eq!((kind, message), (ErrorKind::Runtime, "ZeroDivisionError: division by zero (line 3)"));
    let traceback = outcome.error.as_ref().unwrap().traceback.as_deref().unwrap();
    assert!(traceback.contains("code.py") && !traceback.contains("_script"), "{traceback}");
    assert_eq!(failure(&run("x = (1\ny = 2").await).0, ErrorKind::Syntax);
    let outcome = run("import sys\nresults = {'x': 1}\nsys.exit(3)").await;
    assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Exited { code: 3 }, ErrorKind::Runtime));
    let outcome = run("import sys\nresults = {'x': 1}\nsys.exit(0)").await;
    assert_eq!(results(&outcome), json!({"x": 1}));
}

#[tokio::test]
async fn how_it_ended_is_what_the_watcher_saw() {
    let outcome = run("import os\nos._exit(0)").await;
    assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Exited { code: 0 }, ErrorKind::Runtime));
    assert_eq!(outcome.results, Results::Missing);
    let outcome = run("import ctypes\nctypes.string_at(0)").await;
    assert_eq!(outcome.ended, Ended::Signalled { signal: 11 });
    assert!(failure(&outcome).1.contains("segmentation fault"), "{outcome:?}");
}

#[tokio::test]
async fn what_is_no_frame_ends_the_run() {
    let code = "
import os, sys, time
os.write(int(sys.orig_argv[-1]), b'garbage' * 100)
time.sleep(1000)
";
    let outcome = run(code).await;
    assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Killed, ErrorKind::Runtime), "{outcome:?}");
}

#[tokio::test]
async fn a_timeout_interrupts_and_then_kills() {
    for (code, said) in [
        ("import time\nopen('left', 'w').close()\ntime.sleep(1000)", "KeyboardInterrupt"),
        (
            "import signal, time\nsignal.signal(signal.SIGINT, lambda *_: print('no', flush=True))\n\
             open('left', 'w').close()\nwhile True: time.sleep(1)",
            "",
        ),
    ] {
        let bench = Bench::new(code).with(|order| order.limits.timeout_seconds = 2);
        let outcome = bench.run().await;
        assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Deadline, ErrorKind::Timeout));
        assert_eq!(outcome.artifacts.len(), 1, "what it left is kept: {:?}", outcome.warnings);
        let stderr = bench.host.stderr();
        assert!(String::from_utf8_lossy(&stderr).contains(said), "{}", String::from_utf8_lossy(&stderr));
        assert!(bench.sessions().is_empty());
    }
}

#[tokio::test]
async fn memory_cpu_time_and_files_are_limited() {
    let memory = run("x = bytearray(8 << 30)").await;
    assert_eq!(failure(&memory).0, ErrorKind::ResourceLimit, "{memory:?}");
    let cpu = Bench::new("while True: pass").with(|order| order.limits.cpu_seconds = 2).run().await;
    let limit = Ended::Limit { limit: "cpu_seconds".into() };
    assert_eq!((cpu.ended.clone(), failure(&cpu).0), (limit, ErrorKind::ResourceLimit));
    let file = "with open('big', 'wb') as file:\n    while True: file.write(b'x' * (1 << 20))";
    let file = Bench::new(file).with(|order| order.limits.scratch_mb = 8).run().await;
    assert_eq!(failure(&file).0, ErrorKind::ResourceLimit, "{file:?}");
}

/// Leaves a process behind that has left its session and writes on.
const ORPHAN: &str = "
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 100)
        while True:
            with open(BEAT, 'a') as file: file.write('.')
            time.sleep(0.02)
    os._exit(0)
while not os.path.exists(BEAT): time.sleep(0.01)
";

#[tokio::test]
async fn nothing_outlives_a_run() {
    for (then, ended) in [("results = {}", Ended::Exited { code: 0 }), ("time.sleep(1000)", Ended::Deadline)] {
        let folder = tempfile::tempdir().unwrap();
        let beat = folder.path().join("beat");
        let code = format!("BEAT = {:?}\n{ORPHAN}{then}", beat.display().to_string());
        let outcome = Bench::new(code).with(|order| order.limits.timeout_seconds = 10).run().await;
        assert_eq!(outcome.ended, ended);
        assert!(beat.exists() && is_still(&beat));
    }
}

/// Whether nothing writes any more: the file stays as it is for many beats.
fn is_still(beat: &std::path::Path) -> bool {
    let size = || std::fs::metadata(beat).unwrap().len();
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        let (before, quiet) = (size(), Instant::now() + Duration::from_millis(500));
        while Instant::now() < quiet && size() == before {
            std::thread::yield_now();
        }
        if size() == before {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn who_lets_go_of_a_run_ends_its_kernel() {
    let bench = Bench::new("import time\nprint('up', flush=True)\ntime.sleep(1000)");
    let host = bench.host.host();
    let prepared = bench.jupyter.prepare(bench.order.clone(), &host).await.unwrap();
    assert_eq!(bench.sessions().len(), 1);
    tokio::select! {
        outcome = bench.jupyter.execute(prepared, bench.execute_order(), &host) => panic!("{outcome:?}"),
        () = until("its first word", || bench.stdout() == "up\n") => {}
    }
    bench.no_session_is_left().await;
}

#[tokio::test]
async fn what_waits_is_discarded_or_ends_with_its_executor() {
    let bench = Bench::new("");
    let host = bench.host.host();
    let prepared = bench.jupyter.prepare(bench.order.clone(), &host).await.unwrap();
    bench.jupyter.discard(prepared.clone()).await.unwrap();
    assert!(bench.sessions().is_empty());
    assert!(bench.jupyter.execute(prepared, bench.execute_order(), &host).await.is_err());
    bench.jupyter.prepare(bench.order.clone(), &host).await.unwrap();
    assert_eq!(bench.sessions().len(), 1);
    let Bench { jupyter, server, order, data, .. } = bench;
    drop(jupyter);
    let run = order.run_id.to_string();
    assert!(!server.sessions().iter().any(|[path, ..]| path.contains(&run)), "its drop waits for it");
    let ledgers = std::fs::read_dir(data.path().join("jupyter")).unwrap().count();
    assert_eq!(ledgers, 0, "nothing is left to look for");
}

#[tokio::test]
async fn a_refused_release_ends_what_waits() {
    let mut bench = Bench::new("");
    bench.host = ExecutionHostFake::refusing("the permit was used before");
    let error = bench.try_run().await.unwrap_err();
    assert_eq!((error.kind.as_str(), error.message.as_str()), ("refused", "the permit was used before"));
    assert_eq!(bench.host.release_requests().len(), 1);
    bench.no_session_is_left().await;
}

#[tokio::test]
async fn what_was_prepared_is_executed_only_as_prepared() {
    let bench = Bench::new("results = {}");
    let host = bench.host.host();
    let prepared = bench.jupyter.prepare(bench.order.clone(), &host).await.unwrap();
    let mut other = bench.execute_order();
    other.prepare.mode = pyexec_core::ExecutionMode::EpicsControl;
    let error = bench.jupyter.execute(prepared, other, &host).await.unwrap_err();
    assert_eq!(error.kind.as_str(), "bad_request");
    assert!(bench.host.release_requests().is_empty(), "nothing was released");
    bench.no_session_is_left().await;
}
