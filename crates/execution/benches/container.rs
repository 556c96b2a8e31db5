//! What a container costs: one that waited, one that did not, and `docker run`, in turn, so that all meet the same machine; how
//! fast the pool fills; eight runs at a time.
//!
//! A real engine, the real executor. `cargo xtask bench container [--json]` brings what it needs: `PYEXEC_TEST_ENGINE` is the
//! engine's socket, `PYEXEC_TEST_IMAGE` the image.
#![allow(clippy::print_stdout, reason = "this is a program that prints")]

use pyexec_core::{CodeExecutor, Isolation, Outcome, PluginError, order::PrepareOrder};
use pyexec_execution::{Docker, DockerConfig};
use pyexec_testkit::{ExecutionHostFake, execute_order, prepare_order};
use serde_json::json;
use std::{
    env,
    error::Error,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How often each way is gone.
const ROUNDS: usize = 20;
/// The first rounds of each way fill caches and do not count.
const WARM_UP: usize = 2;
const PARALLEL: usize = 8;
/// The longest that the pool may take to be full.
const PATIENCE: Duration = Duration::from_mins(5);
/// Its exit handler runs when the results are on their way already, so what it prints comes after them.
const CODE: &str = "import atexit\natexit.register(print, 'told')\nresults = {'x': 1}\n";

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let Measured { mut hit, mut hit_outcome, mut cold, mut docker_run, refill, parallel } =
        runtime.block_on(measured())?;
    let [hit, hit_outcome, cold, docker_run] =
        [&mut hit, &mut hit_outcome, &mut cold, &mut docker_run].map(|times| median(times));
    if env::args().any(|argument| argument == "--json") {
        let object = json!({
            "ratios": {
                "pool_hit_vs_docker_run": hit / docker_run,
                "pool_hit_outcome_vs_docker_run": hit_outcome / docker_run,
                "cold_vs_docker_run": cold / docker_run,
            },
            "median_ms": {"pool_hit": hit, "pool_hit_outcome": hit_outcome, "cold": cold, "docker_run": docker_run},
            "refill_per_second": refill,
            "parallel_8": {"runs_per_second": parallel},
            "rounds": ROUNDS,
        });
        println!("{object}");
    } else {
        println!("median of {ROUNDS}, from the order:");
        println!(
            "  {hit:7.1} ms  to the results, in a container that waited ({:.4} of `docker run`)",
            hit / docker_run
        );
        println!("  {hit_outcome:7.1} ms  to the outcome, with all files ({:.4})", hit_outcome / docker_run);
        println!("  {cold:7.1} ms  to the outcome, in a new container");
        println!("  {docker_run:7.1} ms  `docker run --rm`");
        println!(
            "the pool fills with {refill:.1} containers a second; {PARALLEL} at a time are {parallel:.1} runs a second"
        );
    }
    Ok(())
}

struct Measured {
    hit: Vec<f64>,
    hit_outcome: Vec<f64>,
    cold: Vec<f64>,
    docker_run: Vec<f64>,
    refill: f64,
    parallel: f64,
}

async fn measured() -> Result<Measured, Failed> {
    let data = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let engine = env::var("PYEXEC_TEST_ENGINE").map(|socket| format!("unix://{socket}"))?;
    let image = env::var("PYEXEC_TEST_IMAGE")?;
    let (warm, cold) = (executor(data.path(), &engine, &image, 1)?, executor(data.path(), &engine, &image, 0)?);
    let host = ExecutionHostFake::releasing("");
    told(warm.describe(&host.host()).await)?;
    let mut times: [Vec<f64>; 4] = Default::default();
    for round in 0..WARM_UP + ROUNDS {
        full(&warm, 1).await?;
        let (result, outcome) = once(&warm, data.path()).await?;
        // its successor is made meanwhile, and must not be measured with what follows
        full(&warm, 1).await?;
        let (_, new) = once(&cold, data.path()).await?;
        let run = docker_run(&engine, &image)?;
        if round >= WARM_UP {
            for (times, time) in times.iter_mut().zip([result, outcome, new, run]) {
                times.push(time);
            }
        }
    }
    let [hit, hit_outcome, cold, docker_run] = times;
    drop(warm);
    let (refill, parallel) = eight(data.path(), &engine, &image).await?;
    Ok(Measured { hit, hit_outcome, cold, docker_run, refill, parallel })
}

fn executor(data: &Path, engine: &str, image: &str, pool: usize) -> Result<Docker, Failed> {
    let limits = order(data).limits;
    let table = json!({"data_dir": data, "host": engine, "image": image, "pool": pool, "limits": limits});
    told(Docker::create(serde_json::from_value::<DockerConfig>(table)?))
}

fn order(folder: &Path) -> PrepareOrder {
    PrepareOrder { accept_isolation: vec![Isolation::Container], ..prepare_order(folder) }
}

/// Until so many wait.
async fn full(docker: &Docker, count: usize) -> Result<(), Failed> {
    let deadline = Instant::now() + PATIENCE;
    while docker.standing_by() < count {
        if Instant::now() > deadline {
            return Err("the pool is not filled".into());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// From the order to the results, and to the outcome; ms.
async fn once(docker: &Docker, data: &Path) -> Result<(f64, f64), Failed> {
    let folder = tempfile::tempdir_in(data)?;
    let host = ExecutionHostFake::releasing(CODE);
    let start = Instant::now();
    let heard = async {
        while host.stdout().is_empty() {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        milliseconds(start)
    };
    let (outcome, heard) = tokio::join!(run(docker, &host, folder.path()), heard);
    if let Some(error) = outcome?.error {
        return Err(Box::new(error));
    }
    Ok((heard, milliseconds(start)))
}

async fn run(docker: &Docker, host: &ExecutionHostFake, folder: &Path) -> Result<Outcome, Failed> {
    let order = order(folder);
    let prepared = told(docker.prepare(order.clone(), &host.host()).await)?;
    told(docker.execute(prepared, execute_order(order, host.code_hash()), &host.host()).await)
}

/// What anybody can do with the same image, without a network, as that is quicker.
fn docker_run(engine: &str, image: &str) -> Result<f64, Failed> {
    let start = Instant::now();
    let status = Command::new("docker")
        .args(["run", "--rm", "--network", "none", "--entrypoint", "python3", image, "-I", "-S", "-c", "pass"])
        .env("DOCKER_HOST", engine)
        .env_remove("DOCKER_CONTEXT")
        .stdin(Stdio::null())
        .status()?;
    if status.success() { Ok(milliseconds(start)) } else { Err("`docker run` failed".into()) }
}

/// Containers a second into an empty pool of eight, and runs a second that take them all at once.
async fn eight(data: &Path, engine: &str, image: &str) -> Result<(f64, f64), Failed> {
    let docker = executor(data, engine, image, PARALLEL)?;
    let start = Instant::now();
    told(docker.describe(&ExecutionHostFake::releasing("").host()).await)?;
    full(&docker, PARALLEL).await?;
    let refill = rate(start);
    let start = Instant::now();
    let done = futures_util::future::join_all((0..PARALLEL).map(|_| once(&docker, data))).await;
    let parallel = rate(start);
    done.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok((refill, parallel))
}

fn rate(start: Instant) -> f64 {
    f64::from(u32::try_from(PARALLEL).unwrap_or(u32::MAX)) / start.elapsed().as_secs_f64()
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// An error with its way out.
fn told<T>(answer: Result<T, PluginError>) -> Result<T, Failed> {
    answer.map_err(|error| format!("{error} {}", error.help).into())
}
