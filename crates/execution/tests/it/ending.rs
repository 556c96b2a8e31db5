//! How runs end.

use crate::bench::{Bench, failure, kind, results, run};
use pyexec_core::{
    CodeExecutor, ErrorKind, ExecutionMode, Grant,
    outcome::{Ended, Results},
};
use pyexec_testkit::ExecutionHostFake;
use serde_json::json;
use std::{
    fs,
    time::{Duration, Instant},
};

#[tokio::test]
async fn sys_exit_0_is_not_a_crash() {
    for exit in ["sys.exit(0)", "sys.exit()", "sys.exit(None)", "raise SystemExit", "exit(0)", "quit()"] {
        let outcome = run(&format!("import sys\nresults = {{'x': 1}}\n{exit}\nresults = {{'x': 2}}")).await;
        assert_eq!(results(&outcome), json!({"x": 1}), "{exit}");
        assert_eq!(outcome.ended, Ended::Exited { code: 0 });
    }
    let outcome = run("import sys\nsys.exit(3)").await;
    assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Exited { code: 3 }, ErrorKind::Runtime));
    assert!(failure(&outcome).1.contains("sys.exit(3)"), "{outcome:?}");
}

#[tokio::test]
async fn own_metadata_and_os_exit_0_are_not_believed() {
    let forged = "
import json, os
for name in ('execution_metadata.json', 'results.json'):
    with open(name, 'w') as file:
        json.dump({'success': True, 'results': {'x': 1}, 'error': None}, file)
os._exit(0)
";
    let outcome = run(forged).await;
    assert_eq!(outcome.ended, Ended::Exited { code: 0 });
    let (kind, message) = failure(&outcome);
    assert_eq!(kind, ErrorKind::Runtime);
    assert!(message.contains("before its results were taken"), "{message}");
    assert_eq!(outcome.results, Results::Missing);
    assert!(outcome.artifacts.iter().all(|a| a.path.starts_with("artifacts/")), "never beside our own files");
}

#[tokio::test]
async fn forged_frames_are_only_claims() {
    // a result on the channel is the code's claim like any other; the exit status is what the host saw
    let forged = "
import os, struct, json
def frame(header, body=b''):
    header = json.dumps(header).encode()
    return struct.pack('>II', len(header), len(body)) + header + body
os.write(3, frame({'type': 'result', 'state': 'dict'}, b'{\"x\": 1}') + frame({'type': 'end'}))
os._exit(7)
";
    let outcome = run(forged).await;
    assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Exited { code: 7 }, ErrorKind::Runtime));
    let garbage = run("import os, time\nos.write(3, b'garbage' * 100)\ntime.sleep(1000)").await;
    assert_eq!((garbage.ended.clone(), failure(&garbage).0), (Ended::Killed, ErrorKind::Runtime));
}

#[tokio::test]
async fn errors_name_the_users_line() {
    let outcome = run("x = 1\ndef f():\n    return x / 0\nf()").await;
    let (kind, message) = failure(&outcome);
    assert_eq!(kind, ErrorKind::Runtime);
    assert!(message.contains("ZeroDivisionError"), "{message}");
    let traceback = outcome.error.as_ref().unwrap().traceback.as_deref().unwrap();
    assert!(
        traceback.contains("line 3") && traceback.contains("code.py") && !traceback.contains("_runner"),
        "{traceback}"
    );
    let syntax = run("x = (1\ny = 2").await;
    assert_eq!(failure(&syntax).0, ErrorKind::Syntax);
}

#[tokio::test]
async fn signals_are_named() {
    let outcome = run("import ctypes\nctypes.string_at(0)").await;
    assert_eq!(outcome.ended, Ended::Signalled { signal: 11 });
    assert!(failure(&outcome).1.contains("segmentation fault"), "{outcome:?}");
    let outcome = run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)").await;
    assert_eq!(outcome.ended, Ended::Signalled { signal: 9 });
}

#[tokio::test]
async fn memory_and_cpu_and_scratch_are_limited() {
    let memory = run("x = bytearray(8 << 30)").await;
    assert_eq!(failure(&memory).0, ErrorKind::ResourceLimit, "{memory:?}");
    let cpu = Bench::new("while True: pass").with(|order| order.limits.cpu_seconds = 1).run().await;
    assert_eq!(
        (cpu.ended.clone(), failure(&cpu).0),
        (Ended::Limit { limit: "cpu_seconds".into() }, ErrorKind::ResourceLimit)
    );
    let scratch = "with open('big', 'wb') as file:\n    while True: file.write(b'x' * (1 << 20))";
    let scratch = Bench::new(scratch).with(|order| order.limits.scratch_mb = 8).run().await;
    assert_eq!(failure(&scratch).0, ErrorKind::ResourceLimit, "{scratch:?}");
}

#[tokio::test]
async fn many_processes_together_have_one_memory() {
    let code = "
import os, time
for _ in range(6):
    if os.fork() == 0:
        held = bytearray(100 << 20)
        for at in range(0, len(held), 4096): held[at] = 1
        time.sleep(1000)
while True:
    os.waitpid(-1, 0)
    raise RuntimeError('one of mine died')
";
    let bench = Bench::new(code).with(|order| {
        order.mode = ExecutionMode::WriteEnabled;
        order.grants = vec![Grant::Process];
        (order.limits.memory_mb, order.limits.scratch_mb) = (256, 8);
        order.limits.timeout_seconds = 60;
    });
    let outcome = bench.run().await;
    let (kind, message) = failure(&outcome);
    assert_eq!(kind, ErrorKind::ResourceLimit, "this needs a control group below the test's own: {outcome:?}");
    assert!(message.contains("together ran out of memory"), "{message}");
}

#[tokio::test]
async fn what_is_too_deep_is_told_from_what_is_too_much() {
    let outcome = run("def f(): f()\nf()").await;
    assert_eq!(failure(&outcome).0, ErrorKind::Runtime);
    assert!(failure(&outcome).1.contains("RecursionError"), "{outcome:?}");
    let outcome = run("import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __getattr__(self, name): return getattr(self, name)\nA().x").await;
    let (_, message) = failure(&outcome);
    assert!(message.contains("segmentation fault") || message.contains("RecursionError"), "{outcome:?}");
}

#[tokio::test]
async fn what_is_left_behind_is_named() {
    let thread =
        "import threading, time\nresults = {'x': 1}\nthreading.Thread(target=lambda: time.sleep(1000)).start()";
    let handler = "import atexit, time\nresults = {'x': 1}\natexit.register(time.sleep, 1000)";
    for code in [thread, handler] {
        let outcome = Bench::new(code).with(|order| order.limits.timeout_seconds = 3).run().await;
        assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Deadline, ErrorKind::Timeout));
        assert!(failure(&outcome).1.contains("a thread or an exit handler that it left behind"), "{outcome:?}");
        assert!(matches!(outcome.results, Results::Dict { .. }), "its results had been taken: {outcome:?}");
    }
    // the interpreter's own end, after the last thing that the runner can say
    let finaliser = "import sys, time\nresults = {}\nclass Last:\n    def __del__(self, sleep=time.sleep): sleep(1000)\nsys.last = Last()";
    let outcome = Bench::new(finaliser).with(|order| order.limits.timeout_seconds = 3).run().await;
    assert!(failure(&outcome).1.contains("the code ended, but its process did not"), "{outcome:?}");
    for (code, says) in [
        ("import atexit, os\nresults = {}\natexit.register(os._exit, 0)", "by an exit handler or a thread"),
        ("import atexit, os\nresults = {}\natexit.register(os._exit, 9)", "exit status 9 after the code's end"),
        ("import os\nos._exit(9)", "exit status 9 before its results"),
    ] {
        let outcome = run(code).await;
        assert!(failure(&outcome).1.contains(says), "{code}: {outcome:?}");
    }
    // daemon threads and handlers that end are as in plain Python
    let fine = "import atexit, threading, time\nresults = {'x': 1}\natexit.register(print, 'bye')\nthreading.Thread(target=time.sleep, args=[1000], daemon=True).start()";
    let bench = Bench::new(fine);
    assert_eq!(results(&bench.run().await), json!({"x": 1}));
    assert_eq!(bench.stdout(), "bye\n");
}

#[tokio::test]
async fn what_was_used_is_known_after_a_timeout() {
    let code =
        "import time\nheld = bytearray(64 << 20)\nfor at in range(0, len(held), 4096): held[at] = 1\nwhile True: pass";
    let outcome = Bench::new(code).with(|order| order.limits.timeout_seconds = 2).run().await;
    assert_eq!(outcome.ended, Ended::Deadline);
    assert!(outcome.usage.cpu_ms > 0 && outcome.usage.peak_rss_bytes > 64 << 20, "{:?}", outcome.usage);
}

#[tokio::test]
async fn a_plain_timeout() {
    let outcome = Bench::new("import time\nopen('left', 'w').write('x')\ntime.sleep(1000)")
        .with(|order| order.limits.timeout_seconds = 2)
        .run()
        .await;
    assert_eq!((outcome.ended.clone(), failure(&outcome).0), (Ended::Deadline, ErrorKind::Timeout));
    assert_eq!(outcome.artifacts.len(), 1, "what it left is kept");
}

/// Starts a grandchild in a session of its own that writes a heartbeat to a granted folder.
const HEARTBEAT: &str = "
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        n = 0
        while True:
            n += 1
            with open(FOLDER + '/beat', 'w') as file: file.write(str(n))
            time.sleep(0.02)
while not os.path.exists(FOLDER + '/beat'): time.sleep(0.01)
";

fn heartbeat(then: &str, folder: &std::path::Path) -> Bench {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(folder).unwrap();
    let code = format!("FOLDER = {:?}\n{HEARTBEAT}{then}", folder.display().to_string());
    Bench::new(code).with(|order| {
        order.mode = ExecutionMode::WriteEnabled;
        order.limits.timeout_seconds = 3;
        order.grants =
            vec![Grant::Process, Grant::Output { path: folder.into(), dev: metadata.dev(), inode: metadata.ino() }];
    })
}

/// Whether nothing beats any more: the file stays as it is for many beats.
fn is_still(folder: &std::path::Path) -> bool {
    let read = || fs::read(folder.join("beat")).unwrap_or_default();
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        let before = read();
        let quiet = Instant::now() + Duration::from_millis(500);
        while Instant::now() < quiet && read() == before {
            std::thread::yield_now();
        }
        if read() == before {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn timeout_kills_the_process_tree() {
    let folder = tempfile::tempdir().unwrap();
    let bench = heartbeat("time.sleep(1000)", &folder.path().canonicalize().unwrap());
    let outcome = bench.run().await;
    assert_eq!(outcome.ended, Ended::Deadline, "{}", bench.stderr());
    assert!(folder.path().join("beat").exists() && is_still(folder.path()));
}

#[tokio::test]
async fn nothing_outlives_a_run_that_ends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let bench = heartbeat("results = {}", &folder.path().canonicalize().unwrap());
    let outcome = bench.run().await;
    assert_eq!(outcome.ended, Ended::Exited { code: 0 }, "{}", bench.stderr());
    assert!(is_still(folder.path()));
}

#[tokio::test]
async fn cancelling_kills_the_process_tree() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let bench = heartbeat("time.sleep(1000)", &path).with(|order| order.limits.timeout_seconds = 60);
    let beats = async {
        while !path.join("beat").exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        outcome = bench.run() => panic!("{outcome:?}"),
        () = beats => {}
    }
    assert!(is_still(&path));
}

#[tokio::test]
async fn a_refused_release_kills_what_waits() {
    let mut bench = Bench::new("");
    bench.host = ExecutionHostFake::refusing("the permit was used before");
    let error = bench.try_run().await.unwrap_err();
    assert_eq!((kind(&error), error.message.as_str()), ("refused", "the permit was used before"));
    let request = &bench.host.release_requests()[0];
    assert_eq!(request.isolation, pyexec_core::Isolation::Full);
}

#[tokio::test]
async fn what_was_prepared_is_executed_once_and_only_as_prepared() {
    let bench = Bench::new("results = {}");
    let host = bench.host.host();
    let prepared = bench.local.prepare(bench.order.clone(), &host).await.unwrap();
    let mut other = bench.execute_order();
    other.prepare.mode = ExecutionMode::EpicsControl;
    let error = bench.local.execute(prepared.clone(), other, &host).await.unwrap_err();
    assert_eq!(kind(&error), "bad_request");
    let error = bench.local.execute(prepared, bench.execute_order(), &host).await.unwrap_err();
    assert_eq!(kind(&error), "bad_request");
    assert!(bench.host.release_requests().is_empty(), "nothing was released");
    let prepared = bench.local.prepare(bench.order.clone(), &host).await.unwrap();
    bench.local.discard(prepared.clone()).await.unwrap();
    assert!(bench.local.execute(prepared, bench.execute_order(), &host).await.is_err());
}

#[tokio::test]
async fn isolation_that_is_not_accepted_is_refused_before_release() {
    let bench = Bench::new("").with(|order| order.accept_isolation = vec![pyexec_core::Isolation::Container]);
    assert_eq!(kind(&bench.try_run().await.unwrap_err()), "isolation_not_acceptable");
    assert!(bench.host.release_requests().is_empty());
}
