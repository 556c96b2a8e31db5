//! A prepared process that waits for its code: as long as its host lives, at no cost of its limits, and never longer.

use crate::bench::{Bench, kind, results};
use pyexec_core::{CodeExecutor, executor::PreparedId};
use serde_json::json;
use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const ROLE: &str = "PYEXEC_TEST_WAITING";
/// The longest that a test waits for something that must happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// Polls until it holds.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what} did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The body of the host that other tests start: it prepares, says so, and when it is told to executes.
#[test]
#[expect(clippy::print_stdout, reason = "it speaks to the test that started it")]
fn host() {
    if env::var_os(ROLE).is_none() {
        return; // by itself there is nothing to be a host of
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = Bench::new("results = {}");
        let prepared = bench.local.prepare(bench.order.clone(), &bench.host.host()).await.unwrap();
        println!("\n> ready"); // the harness has begun a line
        std::io::stdin().read_line(&mut String::new()).unwrap();
        let failed = bench.local.execute(prepared, bench.execute_order(), &bench.host.host()).await.unwrap_err();
        println!("> {} {}", kind(&failed), bench.host.release_requests().len());
    });
}

fn start_host() -> (Child, impl FnMut() -> String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "waiting::host", "--nocapture", "--test-threads=1"]).env(ROLE, "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = move || {
        let line = lines.find_map(|line| line.unwrap().strip_prefix("> ").map(str::to_owned));
        line.expect("the host says something")
    };
    (child, told)
}

/// State and parent of a process.
fn stat(pid: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut rest = stat.rsplit_once(") ")?.1.split(' ');
    Some((rest.next()?.chars().next()?, rest.next()?.parse().ok()?))
}

/// Everything that descends from a process and has not ended.
pub(crate) fn descendants(of: u32) -> BTreeSet<u32> {
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let parents: Vec<(u32, u32)> =
        pids.filter_map(|pid| stat(pid).filter(|(state, _)| *state != 'Z').map(|(_, parent)| (pid, parent))).collect();
    let mut family = BTreeSet::from([of]);
    loop {
        let known = family.len();
        let children: Vec<_> =
            parents.iter().filter(|(_, parent)| family.contains(parent)).map(|(pid, _)| *pid).collect();
        family.extend(children);
        if family.len() == known {
            family.remove(&of);
            return family;
        }
    }
}

pub(crate) fn all_gone(family: &BTreeSet<u32>) -> bool {
    family.iter().all(|pid| stat(*pid).is_none_or(|(state, _)| matches!(state, 'Z' | 'X')))
}

#[test]
fn it_dies_with_its_host() {
    let (mut host, mut told) = start_host();
    assert_eq!(told(), "ready");
    let family = descendants(host.id());
    assert_eq!(family.len(), 3, "outer, pid 1, code");
    host.kill().unwrap(); // SIGKILL
    host.wait().unwrap();
    until("the end of all that waited", || all_gone(&family));
}

#[test]
fn one_that_died_while_it_waited_is_found_out_before_any_code_is_asked_for() {
    let (mut host, mut told) = start_host();
    assert_eq!(told(), "ready");
    let family = descendants(host.id());
    for pid in &family {
        let pid = rustix::process::Pid::from_raw(i32::try_from(*pid).unwrap()).unwrap();
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL); // killed with another already
    }
    until("the end of all that waited", || all_gone(&family));
    host.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    assert_eq!(told(), "sandbox 0");
    assert!(host.wait().unwrap().success());
}

#[tokio::test]
async fn waiting_counts_against_no_limit() {
    let bench = Bench::new("results = {'x': 1}").with(|order| {
        order.limits.timeout_seconds = 2;
        order.limits.cpu_seconds = 2;
    });
    let host = bench.host.host();
    let prepared: PreparedId = bench.local.prepare(bench.order.clone(), &host).await.unwrap();
    let ready = Instant::now();
    until("more than its limit", || ready.elapsed() > Duration::from_millis(2100));
    let outcome = bench.local.execute(prepared, bench.execute_order(), &host).await.unwrap();
    assert_eq!(results(&outcome), json!({"x": 1}));
    assert!(outcome.usage.wall_ms < 2100, "it counts from the release: {:?}", outcome.usage);
}
