//! The warm pool, through the executor: what comes out is what a cold start gives, and no run sees another.

mod alike;
mod apart;
mod life;

use crate::bench::{Bench, local_with};
use pyexec_core::{CodeExecutor, Outcome, Result};
use pyexec_execution::Local;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The longest that a pool may take to be ready, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// An executor with a pool.
fn pooled(pool: &Value) -> Local {
    local_with(|table| table["pool"] = pool.clone()).unwrap()
}

/// One with a pool that is warm.
async fn warm_with(pool: &Value) -> Local {
    let local = pooled(pool);
    until_warm(&local).await;
    local
}

async fn warm() -> Local {
    warm_with(&json!({})).await
}

/// Runs until one does not start cold.
async fn until_warm(local: &Local) {
    let start = Instant::now();
    loop {
        let bench = Bench::new("results = {}");
        run_on(local, &bench).await;
        let Some(why) = cold(&bench) else { return };
        assert!(start.elapsed() < PATIENCE, "it does not get warm: {why}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn try_on(local: &Local, bench: &Bench) -> Result<Outcome> {
    let host = bench.host.host();
    let prepared = local.prepare(bench.order.clone(), &host).await?;
    local.execute(prepared, bench.execute_order(), &host).await
}

async fn run_on(local: &Local, bench: &Bench) -> Outcome {
    try_on(local, bench).await.unwrap_or_else(|e| panic!("{e} {}", e.help))
}

/// Why it started cold, if it did.
fn cold(bench: &Bench) -> Option<String> {
    bench.host.progress().iter().find_map(|line| line.strip_prefix("starts cold: ").map(str::to_owned))
}

/// A run that must be warm.
async fn run_warm(local: &Local, bench: &Bench) -> Outcome {
    let outcome = run_on(local, bench).await;
    assert_eq!(cold(bench), None);
    outcome
}
