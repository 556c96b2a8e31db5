//! Many runs, one after the other and all at once, leave nothing behind: no process, descriptor, mount, control group or
//! temporary file, and no memory. And a host that is killed takes everything along.
//!
//! Each test starts this program once more as the host, so that nothing of other tests is counted. `cargo xtask leaks` runs
//! the same with larger numbers, given in the environment, and prints the figures.

use crate::{
    bench::{Bench, local_with},
    waiting::{all_gone, descendants, until},
};
use pyexec_core::{CodeExecutor, ExecutionMode, Grant};
use pyexec_execution::Local;
use serde_json::json;
use std::{
    env,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// What this program is to do when a test starts it: `count` or `hold`.
const ROLE: &str = "PYEXEC_TEST_LEAKS";
const RUNS: &str = "PYEXEC_LEAKS_RUNS";
const CONCURRENT: &str = "PYEXEC_LEAKS_CONCURRENT";
/// Set: with processes that are ready beforehand.
const POOL: &str = "PYEXEC_LEAKS_POOL";
/// Memory of the host that may differ from one time to the next (the allocator's own caches), KiB.
const NOISE: u64 = 24 << 10;

/// Code of every kind of end, with what it may open.
const KINDS: [(&str, bool); 5] = [
    ("results = {'x': 1}", false),
    ("print('x' * 100_000)\nopen('left.txt', 'w').write('x')\nraise ValueError", false),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", false),
    ("import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(1000)\nresults = {}", true),
    ("import os\nos._exit(0)", false),
];

fn number(name: &str, default: usize) -> usize {
    env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// Whether it started cold.
async fn one(local: &Local, kind: usize) -> bool {
    let (code, process) = KINDS[kind % KINDS.len()];
    let bench = Bench::new(code).with(|order| {
        order.limits.scratch_mb = 16;
        if process {
            order.mode = ExecutionMode::WriteEnabled;
            order.grants = vec![Grant::Process];
        }
    });
    let host = bench.host.host();
    let prepared = local.prepare(bench.order.clone(), &host).await.unwrap_or_else(|e| panic!("{e} {}", e.help));
    local.execute(prepared, bench.execute_order(), &host).await.unwrap_or_else(|e| panic!("{e} {}", e.help));
    bench.host.progress().iter().any(|line| line.contains("starts cold"))
}

/// What is held once it stays the same for a while: a pool fills up by itself.
fn settled() -> Held {
    let mut held = Held::now();
    until("an end of changes", || {
        std::thread::sleep(Duration::from_millis(500));
        let before = std::mem::replace(&mut held, Held::now());
        before == held
    });
    held
}

/// What can leak.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    descriptors: usize,
    children: usize,
    mounts: usize,
    temporary: usize,
    groups: usize,
}

impl Held {
    fn now() -> Self {
        let entries = |path: &Path| fs::read_dir(path).map_or(0, Iterator::count);
        let lines = |path: &str| fs::read_to_string(path).unwrap().lines().count();
        let groups = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let ours = format!("pyexec-{}-", std::process::id());
        let points = groups.lines().filter(|line| line.contains(" - cgroup")).filter_map(|line| line.split(' ').nth(4));
        Self {
            descriptors: entries(Path::new("/proc/self/fd")),
            children: descendants(std::process::id()).len(),
            mounts: lines("/proc/self/mountinfo"),
            temporary: entries(&env::temp_dir()),
            groups: points.map(|point| count_below(Path::new(point), &ours, 3)).sum(),
        }
    }
}

/// Folders whose names begin so.
fn count_below(folder: &Path, prefix: &str, depth: u32) -> usize {
    let folders =
        fs::read_dir(folder).into_iter().flatten().flatten().filter(|e| e.file_type().is_ok_and(|t| t.is_dir()));
    let of = |entry: fs::DirEntry| {
        let below = if depth > 0 { count_below(&entry.path(), prefix, depth - 1) } else { 0 };
        usize::from(entry.file_name().to_string_lossy().starts_with(prefix)) + below
    };
    folders.map(of).sum()
}

/// Resident memory of this process, KiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn executor() -> Local {
    local_with(|table| {
        if env::var_os(POOL).is_some() {
            table["pool"] = json!({"size": 4, "preload": []});
        }
    })
    .unwrap()
}

/// The host that counts: says what it found, or fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "it speaks to the test that started it")]
async fn counting_host() {
    if env::var(ROLE).as_deref() != Ok("count") {
        return; // by itself there is nothing to be a host of
    }
    let (runs, concurrent) = (number(RUNS, 60), number(CONCURRENT, 24));
    let local = Arc::new(executor());
    for kind in 0..KINDS.len() {
        one(&local, kind).await; // whatever is made once is made now
    }
    while env::var_os(POOL).is_some() && one(&local, 0).await {}
    let (before, memory) = (settled(), resident());
    let start = Instant::now();
    for run in 0..runs {
        one(&local, run).await;
    }
    let (in_a_row, after_row) = (start.elapsed(), resident());
    let start = Instant::now();
    let mut all = JoinSet::new();
    for run in 0..concurrent {
        let local = local.clone();
        all.spawn(async move { one(&local, run).await });
    }
    while let Some(done) = all.join_next().await {
        done.unwrap();
    }
    let at_once = start.elapsed();
    until("as much as before", || Held::now() == before);
    let after = resident();
    drop(local);
    until("the end of every process", || descendants(std::process::id()).is_empty());
    assert!(after_row < memory + NOISE && after < memory + 2 * NOISE, "{memory}, {after_row}, {after} KiB");
    let each = in_a_row / u32::try_from(runs).unwrap();
    let mut told = format!("{runs} runs in a row: {each:.1?} each; {concurrent} at once: {at_once:.1?}; ");
    write!(told, "memory {memory}, {after_row}, {after} KiB; held before and after: {before:?}").unwrap();
    println!("\n> {told}"); // the harness has begun a line
}

/// The host that is killed: says so when many runs are under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "it speaks to the test that started it")]
async fn holding_host() {
    if env::var(ROLE).as_deref() != Ok("hold") {
        return;
    }
    let local = Arc::new(executor());
    let concurrent = number(CONCURRENT, 24).min(50);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..concurrent {
        let (local, tell) = (local.clone(), tell.clone());
        tokio::spawn(async move {
            let bench =
                Bench::new("import os, time\nos.fork()\nos.setsid() if os.getppid() != 1 else None\ntime.sleep(1000)")
                    .with(|order| {
                        order.mode = ExecutionMode::WriteEnabled;
                        order.grants = vec![Grant::Process];
                    });
            let host = bench.host.host();
            let prepared = local.prepare(bench.order.clone(), &host).await.unwrap();
            tell.send(()).unwrap();
            let ended = local.execute(prepared, bench.execute_order(), &host).await;
            panic!("it ended: {ended:?}");
        });
    }
    drop(tell);
    for _ in 0..concurrent {
        told.recv().await.unwrap();
    }
    println!("\n> ready");
    std::future::pending::<()>().await;
}

/// Starts this program as the host that plays `role`.
fn start(role: &str, temporary: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    let test = format!("leaks::{}_host", if role == "count" { "counting" } else { "holding" });
    command.args(["--exact", test.as_str(), "--nocapture", "--test-threads=1"]);
    command.env(ROLE, role).env("TMPDIR", temporary).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are wanted by who runs it at length")]
fn many_runs_leave_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let output = start("count", temporary.path()).wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    println!("{}", text.lines().find_map(|line| line.strip_prefix("> ")).expect("the host tells its figures"));
    let left: Vec<_> = fs::read_dir(temporary.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are wanted by who runs it at length")]
fn a_killed_host_takes_everything_along() {
    let temporary = tempfile::tempdir().unwrap();
    let mut host = start("hold", temporary.path());
    let mut lines = BufReader::new(host.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "> ready"), "it got as far");
    let family = descendants(host.id());
    assert!(family.len() >= 3 * number(CONCURRENT, 24).min(50), "{}", family.len());
    let killed = Instant::now();
    host.kill().unwrap(); // SIGKILL
    until("the end of everything", || all_gone(&family));
    let took: Duration = killed.elapsed();
    host.wait().unwrap();
    println!("{} processes were gone {:.2} s after their host was killed", family.len(), took.as_secs_f64());
}
