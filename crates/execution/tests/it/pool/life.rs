//! Zygotes come and go.

use super::{cold, run_on, run_warm, try_on, until_warm, warm_with};
use crate::{
    bench::{Bench, data_dir, local_with, results},
    waiting::{all_gone, descendants, until},
};
use pyexec_core::CodeExecutor;
use pyexec_execution::Local;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

const ROLE: &str = "PYEXEC_TEST_POOL";

/// The processes of this one's that are zygotes, known by the pid namespace that they are in: that of the keeper, which is its
/// pid 1.
fn zygotes() -> Vec<u32> {
    let depth = |pid: &u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default().to_owned();
        let numbers: Vec<String> = numbers.split_whitespace().map(str::to_owned).collect();
        (numbers.len(), numbers.last().is_some_and(|own| own != "1"))
    };
    let outermost = fs::read_to_string("/proc/self/status").unwrap();
    let outermost = outermost.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap().split_whitespace().count();
    let is_zygotes = |pid: &u32| {
        fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.windows(11).any(|word| word == b"/_zygote.py"))
    };
    let family = descendants(std::process::id());
    family.into_iter().filter(|pid| is_zygotes(pid) && depth(pid) == (outermost + 1, true)).collect()
}

fn kill(pid: u32) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
}

/// A process of its own, because other tests of this one have zygotes as well.
fn in_a_process_of_its_own(role: &str) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "pool::life::alone", "--nocapture", "--test-threads=1"]).env(ROLE, role);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("> done"), "{role}: {text}");
}

/// The body of the processes that the tests below start.
#[test]
#[expect(clippy::print_stdout, reason = "it speaks to the test that started it")]
fn alone() {
    let Ok(role) = env::var(ROLE) else { return }; // by itself there is nothing to show
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match role.as_str() {
        "crash" => runtime.block_on(crash()),
        "many" => runtime.block_on(many()),
        "host" => runtime.block_on(host()),
        role => panic!("{role}"),
    }
    println!("\n> done");
}

#[test]
fn a_zygote_that_dies_is_replaced_and_what_runs_goes_on() {
    in_a_process_of_its_own("crash");
}

async fn crash() {
    let local = warm_with(&json!({})).await;
    let [before] = zygotes()[..] else { panic!("{:?}", zygotes()) };
    let bench = Bench::new("import time\nprint('up', flush=True)\ntime.sleep(2)\nresults = {'x': 1}");
    let killed = async {
        while bench.stdout().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        kill(before);
    };
    let (outcome, ()) = tokio::join!(run_warm(&local, &bench), killed);
    assert_eq!(results(&outcome), json!({"x": 1}), "it outlives its zygote");
    let next = Bench::new("results = {'x': 2}");
    assert_eq!(results(&run_on(&local, &next).await), json!({"x": 2}), "warm, from a new one, or cold");
    until_warm(&local).await;
    until("the new zygote", || matches!(zygotes()[..], [now] if now != before));
}

#[test]
fn after_so_many_children_there_is_another_zygote() {
    in_a_process_of_its_own("many");
}

async fn many() {
    let local = warm_with(&json!({"runs_per_zygote": 4, "size": 1})).await;
    let mut seen = std::collections::BTreeSet::new();
    until("three zygotes, one after the other", || {
        seen.extend(zygotes());
        tokio::task::block_in_place(|| {
            let runtime = tokio::runtime::Handle::current();
            runtime.block_on(async {
                let bench = Bench::new("results = {'x': 1}");
                assert_eq!(results(&run_on(&local, &bench).await), json!({"x": 1}));
            });
        });
        seen.len() >= 3
    });
    until("the end of those before", || zygotes().len() == 1);
}

#[test]
fn with_its_host_everything_goes() {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "pool::life::alone", "--nocapture", "--test-threads=1"]).env(ROLE, "host");
    let mut host = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(host.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "> running"));
    let family = descendants(host.id());
    assert!(family.len() >= 6, "opener, outer, keeper, zygote, and two of a run: {family:?}");
    host.kill().unwrap(); // SIGKILL
    host.wait().unwrap();
    until("the end of everything", || all_gone(&family));
}

#[expect(clippy::print_stdout, reason = "it speaks to the test that started it")]
async fn host() {
    let local = warm_with(&json!({})).await;
    let bench = Bench::new("import time\nprint('up', flush=True)\ntime.sleep(1000)");
    let told = async {
        while bench.stdout().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        println!("\n> running");
    };
    tokio::join!(run_warm(&local, &bench), told);
}

/// A virtual environment of the test's own, without packages.
async fn own_environment(folder: &Path) -> Local {
    let described = local_with(|_| ()).unwrap();
    let host = pyexec_testkit::ExecutionHostFake::releasing("").host();
    let described = described.describe(&host).await.unwrap();
    let program = described.interpreter.split(" (").next().unwrap().to_owned();
    let made = Command::new(program).args(["-I", "-m", "venv", "--without-pip"]).arg(folder).status().unwrap();
    assert!(made.success());
    local_with(|table| {
        table["interpreter"] = json!(folder);
        table["data_dir"] = json!(data_dir());
        table["pool"] = json!({"preload": ["json"]});
    })
    .unwrap()
}

#[tokio::test]
async fn packages_that_change_make_another_zygote() {
    let folder = tempfile::tempdir().unwrap();
    let local = own_environment(folder.path()).await;
    until_warm(&local).await;
    let site = fs::read_dir(folder.path().join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
    fs::write(site.join("newcomer.py"), "word = 'new'").unwrap();
    fs::create_dir(site.join("newcomer-1.0.dist-info")).unwrap();
    let bench = Bench::new("import newcomer\nresults = {'word': newcomer.word}");
    assert_eq!(results(&try_on(&local, &bench).await.unwrap()), json!({"word": "new"}));
    assert!(cold(&bench).is_some_and(|why| why.contains("packages")), "{:?}", bench.host.progress());
    until_warm(&local).await;
}

#[tokio::test]
async fn a_pool_that_cannot_be_is_explained_and_runs_start_cold() {
    for (pool, says) in [
        (json!({"preload": ["no_such_module"]}), "`no_such_module` cannot be preloaded: ModuleNotFoundError"),
        (json!({"memory_mb": 20}), "pool.memory_mb = 20 is too little"),
    ] {
        let local = super::pooled(&pool);
        until_async(&local, says).await;
    }
}

/// Runs, cold, until one is told this.
async fn until_async(local: &Local, says: &str) {
    let start = std::time::Instant::now();
    loop {
        let bench = Bench::new("results = {'x': 1}");
        assert_eq!(results(&run_on(local, &bench).await), json!({"x": 1}));
        let why = cold(&bench);
        if why.as_ref().is_some_and(|why| why.contains(says)) {
            return;
        }
        assert!(start.elapsed() < super::PATIENCE, "{says}: {why:?}");
    }
}
