//! What a local run costs: warm from the pool, forked on demand, and cold, beside `python3 -c pass`; at the executor's interface
//! and through the whole service, with its events, folder and notebook.
//!
//! Everything is done in turn in one living host, so that all meet the same machine. `cargo xtask bench local [--json]`.
#![allow(clippy::print_stdout, reason = "this is a program that prints")]

mod place;

use place::{environment, sandbox};
use pyexec_analysis as _;
use pyexec_approval as _;
use pyexec_control as _;
use pyexec_core::{Code, CodeExecutor, Principal, Request, Role, request::GivenCode};
use pyexec_execution::{Local, LocalConfig};
use pyexec_registry::Registry;
use pyexec_service::{Service, Settings, Stages, progress::Unobserved, run::State, submit::Submission};
use pyexec_testkit::{ExecutionHostFake, execute_order, prepare_order};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs::{self, File},
    io::Write,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How often each thing is done, in turn.
const ROUNDS: usize = 60;
/// The first rounds fill caches and do not count.
const WARM_UP: usize = 5;
/// A cold start with libraries takes as long as everything else of a round: it is done in one round of so many.
const SELDOM: usize = 5;
/// Runs of each measurement of throughput.
const RUNS: usize = 300;
/// Between two measurements: the pool fills up again.
const PAUSE: Duration = Duration::from_millis(30);
/// The longest that a pool may take to be warm.
const PATIENCE: Duration = Duration::from_mins(1);
const CODE: &str = "results = {'x': 1}\n";
const LIBRARIES: &str = "import numpy, pandas, matplotlib.pyplot\nresults = {'x': 1}\n";

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    // As a host's runs go: in a task, on the workers that hear of what happens.
    let found = runtime.block_on(runtime.spawn(measured()))??;
    if env::args().any(|argument| argument == "--json") {
        println!("{found}");
    } else {
        println!("{found:#}");
    }
    Ok(())
}

async fn measured() -> Result<Value, Failed> {
    let data = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let table = |pool: Value| -> Result<Value, Failed> {
        Ok(json!({"data_dir": data.path(), "interpreter": environment()?, "sandbox_library": sandbox()?, "pool": pool}))
    };
    let local = |pool: Value| -> Result<Arc<Local>, Failed> {
        let config: LocalConfig = serde_json::from_value(table(pool)?)?;
        Ok(Arc::new(Local::create(config)?))
    };
    let (cold, warm) = (local(Value::Null)?, local(json!({"size": 8, "memory_mb": 2048}))?);
    let single = local(json!({"size": 1}))?;
    let service = service(data.path(), &table(json!({"size": 4, "memory_mb": 1024}))?).await?;
    for pooled in [&warm, &single] {
        until_warm(pooled).await?;
    }
    let memory = memory()?;
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for round in 0..WARM_UP + ROUNDS {
        let mut note = |name, time| {
            if round >= WARM_UP {
                times.entry(name).or_default().push(time);
            }
        };
        note("python_pass", python_pass()?);
        note("executor_warm", once(&warm, CODE).await?);
        note("executor_warm_with_libraries", once(&warm, LIBRARIES).await?);
        tokio::time::sleep(PAUSE).await;
        note("executor_on_demand", on_demand(&single).await?);
        tokio::time::sleep(PAUSE).await;
        note("pipeline_warm", pipeline(&service).await?);
        note("fsync", fsync(data.path())?);
        tokio::time::sleep(PAUSE).await;
        note("executor_cold", once(&cold, CODE).await?);
        if round % SELDOM == 0 {
            note("executor_cold_with_libraries", once(&cold, LIBRARIES).await?);
        }
    }
    let medians: BTreeMap<&str, f64> = times.iter_mut().map(|(name, times)| (*name, median(times))).collect();
    let python = medians.get("python_pass").copied().unwrap_or(f64::NAN);
    let mut ratios = serde_json::Map::new();
    for (name, median) in medians.iter().filter(|(name, _)| **name != "python_pass") {
        ratios.insert(format!("{name}_vs_python_pass"), json!(median / python));
    }
    let mut throughput = serde_json::Map::new();
    for parallel in [1, 2, 4, 8] {
        throughput.insert(parallel.to_string(), json!(runs_a_second(&warm, parallel).await?));
    }
    Ok(json!({
        "ratios": ratios, "median_ms": medians, "runs_per_second": throughput, "parked_child_kb": memory, "rounds": ROUNDS,
    }))
}

/// Milliseconds of one run at the executor's interface, from the order to the outcome.
async fn once(local: &Local, code: &str) -> Result<f64, Failed> {
    let folder = tempfile::tempdir()?;
    let host = ExecutionHostFake::releasing(code);
    let order = prepare_order(folder.path());
    let execute = execute_order(order.clone(), host.code_hash());
    let lent = host.host();
    let start = Instant::now();
    let prepared = local.prepare(order, &lent).await?;
    let outcome = local.execute(prepared, execute, &lent).await?;
    let time = millis(start);
    match outcome.error {
        None => Ok(time),
        Some(error) => Err(format!("the run failed: {error}").into()),
    }
}

/// The same where the only child that was ready is taken.
async fn on_demand(local: &Local) -> Result<f64, Failed> {
    let folder = tempfile::tempdir()?;
    let host = ExecutionHostFake::releasing(CODE);
    let taken = local.prepare(prepare_order(folder.path()), &host.host()).await?;
    let time = once(local, CODE).await?;
    local.discard(taken).await?;
    Ok(time)
}

async fn runs_a_second(local: &Arc<Local>, parallel: usize) -> Result<f64, Failed> {
    let start = Instant::now();
    let workers: Vec<_> = (0..parallel)
        .map(|_| {
            let local = local.clone();
            tokio::spawn(async move {
                for _ in 0..RUNS / parallel {
                    once(&local, CODE).await?;
                }
                Ok::<_, Failed>(())
            })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    let runs = u32::try_from(RUNS / parallel * parallel)?;
    Ok(f64::from(runs) / start.elapsed().as_secs_f64())
}

/// Milliseconds of one run through the whole service.
async fn pipeline(service: &Service) -> Result<f64, Failed> {
    let by = Principal("bench".into());
    let request = Request { code: Some(GivenCode(Code::from(CODE))), ..Request::default() };
    let start = Instant::now();
    let run = service.submit(request, by.clone(), Submission::default()).await?;
    let view = service.drive(&run, &by, Arc::new(Unobserved), CancellationToken::new()).await?;
    let time = millis(start);
    if view.state == State::Done {
        Ok(time)
    } else {
        Err(format!("the run is {}: {:?}", view.state, view.error).into())
    }
}

async fn service(data: &Path, local: &Value) -> Result<Service, Failed> {
    let mut registry = Registry::new(data.join("plugins"));
    registry.link_registered();
    let stages = Stages::standard(|role, name| {
        let table = if role == Role::Executor { local.clone() } else { json!({}) };
        registry.create(role, name, &table)
    })?;
    Ok(Service::open(Settings::new(data), stages).await?)
}

/// Runs until one does not start cold.
async fn until_warm(local: &Local) -> Result<(), Failed> {
    let start = Instant::now();
    loop {
        let folder = tempfile::tempdir()?;
        let host = ExecutionHostFake::releasing(CODE);
        let prepared = local.prepare(prepare_order(folder.path()), &host.host()).await?;
        local.discard(prepared).await?;
        let Some(why) = host.progress().into_iter().find(|line| line.contains("cold")) else { break };
        if start.elapsed() > PATIENCE {
            return Err(format!("the pool does not get warm: {why}").into());
        }
        tokio::time::sleep(PAUSE).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await; // the rest of the children
    Ok(())
}

fn python_pass() -> Result<f64, Failed> {
    let python = environment()?.join("bin/python3");
    let start = Instant::now();
    let status = Command::new(python).args(["-c", "pass"]).status()?;
    if status.success() { Ok(millis(start)) } else { Err(status.to_string().into()) }
}

/// What a durable decision costs this disk.
fn fsync(folder: &Path) -> Result<f64, Failed> {
    let start = Instant::now();
    let mut file = File::create(folder.join("fsync"))?;
    file.write_all(&[0; 4096])?;
    file.sync_all()?;
    Ok(millis(start))
}

/// Of the parked children: what one takes, of its share of what is common and of its own, KiB; the code's process and pid 1.
fn memory() -> Result<Value, Failed> {
    let mut sums: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let is_zygotes = fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word.ends_with(b"/_zygote.py")));
        let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
        let numbers: Vec<&str> = numbers.split_whitespace().collect();
        // In the host's namespace, the zygote's and their own.
        let ([_, _, own], true) = (&numbers[..], is_zygotes) else { continue };
        let rollup = fs::read_to_string(entry.path().join("smaps_rollup")).unwrap_or_default();
        let field = |prefix: &str| -> u64 {
            let values = rollup.lines().filter(|line| line.starts_with(prefix));
            values.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum()
        };
        let sum = sums.entry(if *own == "1" { "pid_1" } else { "code" }).or_default();
        for (sum, more) in sum.iter_mut().zip([1, field("Pss:"), field("Private_")]) {
            *sum += more;
        }
    }
    let shown = sums.into_iter().map(|(name, [count, pss, private])| {
        let count = count.max(1);
        (name.to_owned(), json!({"processes": count, "pss": pss / count, "private": private / count}))
    });
    Ok(Value::Object(shown.collect()))
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
