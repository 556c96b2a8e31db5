//! From an approval to the first byte that the code prints: with a sandbox that stood by, and from cold.
//!
//! Real stages, the real local executor, a store on disk. `cargo xtask bench approval [--json]` builds what it needs.
#![allow(clippy::print_stdout, reason = "this is a program that prints")]

mod place;

use place::{environment, sandbox};
use pyexec_analysis as _;
use pyexec_approval as _;
use pyexec_core::{Code, Principal, Request, Role, request::GivenCode};
use pyexec_execution as _;
use pyexec_registry::Registry;
use pyexec_service::{
    Service, Settings, Stages,
    event::Answer,
    progress::{Observer, Progress},
    run::State,
    submit::Submission,
    view::RunView,
};
use serde_json::json;
use std::{
    env,
    error::Error,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How often each way is gone, in turn, so that both meet the same machine.
const ROUNDS: usize = 40;
/// The first rounds of each way fill caches and do not count.
const WARM_UP: usize = 3;
/// The longest that a sandbox may take to be ready.
const PATIENCE: Duration = Duration::from_mins(1);
const CODE: &str = "print('started')\nresults = {}\n";

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (mut prepared, mut cold) = runtime.block_on(measured())?;
    let (prepared, cold) = (median(&mut prepared), median(&mut cold));
    let ratio = prepared / cold;
    if env::args().any(|argument| argument == "--json") {
        let medians = json!({"prepared": prepared, "cold": cold});
        println!("{}", json!({"ratios": {"prepared_vs_cold": ratio}, "median_ms": medians, "rounds": ROUNDS}));
    } else {
        println!("from approval to first output, median of {ROUNDS}: {prepared:.1} ms prepared, {cold:.1} ms cold");
    }
    Ok(())
}

async fn measured() -> Result<(Vec<f64>, Vec<f64>), Failed> {
    let data = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let service = service(data.path()).await?;
    let (mut prepared, mut cold) = (Vec::new(), Vec::new());
    for round in 0..WARM_UP + ROUNDS {
        for (stand_by, times) in [(true, &mut prepared), (false, &mut cold)] {
            let time = once(&service, stand_by).await?;
            if round >= WARM_UP {
                times.push(time);
            }
        }
    }
    Ok((prepared, cold))
}

/// Milliseconds from the decision to the first output of one run.
async fn once(service: &Service, stand_by: bool) -> Result<f64, Failed> {
    let by = Principal("bench".into());
    let request = Request { code: Some(GivenCode(Code::from(CODE))), ..Request::default() };
    let run = service.submit(request, by.clone(), Submission::default()).await?;
    let first = Arc::new(FirstOutput::default());
    let drive = || service.drive(&run, &by, first.clone(), CancellationToken::new());
    let waits = expect(drive().await?, State::Waiting)?;
    let ticket = waits.ticket_id.ok_or("a run that waits has a ticket")?;
    if stand_by {
        service.stand_by(&run).await?;
        let start = Instant::now();
        while !service.stands_by(&run) {
            if start.elapsed() > PATIENCE {
                return Err("the sandbox did not get ready".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let start = Instant::now();
    service.decide(&ticket, Answer::Approve, &by, None).await?;
    expect(drive().await?, State::Done)?;
    let at = *first.0.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(at.ok_or("the code printed nothing")?.duration_since(start).as_secs_f64() * 1000.0)
}

fn expect(view: RunView, state: State) -> Result<RunView, Failed> {
    if view.state == state {
        return Ok(view);
    }
    Err(format!("the run is {} and should be {state}: {:?}", view.state, view.error).into())
}

async fn service(data: &Path) -> Result<Service, Failed> {
    let mut registry = Registry::new(data.join("plugins"));
    registry.link_registered();
    let local = json!({"data_dir": data, "interpreter": environment()?, "sandbox_library": sandbox()?});
    let stages = Stages::standard(|role, name| {
        let table = match role {
            Role::Executor => local.clone(),
            Role::ApprovalGate => json!({"mode": "all_code"}),
            _ => json!({}),
        };
        registry.create(role, name, &table)
    })?;
    Ok(Service::open(Settings::new(data), stages).await?)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// When the code first said something.
#[derive(Default)]
struct FirstOutput(Mutex<Option<Instant>>);

impl Observer for FirstOutput {
    fn on(&self, progress: Progress) {
        if matches!(progress, Progress::Output(..)) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
        }
    }
}
