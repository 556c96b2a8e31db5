//! What a generator adds to the time of its model: prompt, HTTP, answer and record, against a stand-in that answers at once.
//!
//! The whole call crosses the plugin interface as in the program. The input is a table of which the head is read, and the
//! request is one of a second attempt. `cargo xtask bench generation [--json]`.
#![allow(clippy::print_stdout, reason = "this is a program that prints")]

#[path = "../tests/it/standin/mod.rs"]
mod standin;

use pyexec_core::{
    ErrorKind, Instance, Role, RunError,
    code::Digest,
    finding::InputInfo,
    generator::{FailedAttempt, GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_generation as _;
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::json;
use standin::{Answer, StandIn};
use std::{env, error::Error, fs, path::Path, time::Instant};

const ROUNDS: usize = 300;
/// The first rounds open the connection and fill caches.
const WARM_UP: usize = 20;
/// What it is to stay below, ms.
const AIM: f64 = 5.0;

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut times = runtime.block_on(measured())?;
    times.sort_by(f64::total_cmp);
    let (median, worst) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    if env::args().any(|argument| argument == "--json") {
        let medians = json!({"basic": median});
        let ratios = json!({"basic_vs_aim": median / AIM});
        println!("{}", json!({"ratios": ratios, "median_ms": medians, "p99_ms": {"basic": worst}, "rounds": ROUNDS}));
    } else {
        println!("basic, beside the model's own time: median of {ROUNDS} {median:.2} ms, 99 % within {worst:.2} ms");
    }
    Ok(())
}

async fn measured() -> Result<Vec<f64>, Failed> {
    let code =
        "import pandas as pd\n".to_owned() + &"x = 1  # a line like any other\n".repeat(80) + "results = {'x': x}\n";
    let model = StandIn::playing([Answer::shape("anthropic/stream").saying(&format!("```python\n{code}```\n"))]);
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("key"), "sk-bench-0000000000000000")?;
    let generator = generator(&model, folder.path())?;
    let request = request(folder.path(), &code)?;
    let host = QuietHostFake::default().host_box();
    let mut times = Vec::new();
    for round in 0..WARM_UP + ROUNDS {
        let start = Instant::now();
        let generated: GeneratedCode =
            generator.invoke(GENERATE, &request, host.clone()).await.map_err(|error| error.to_string())?;
        if generated.code.to_text() != code {
            return Err("the code is not what the model said".into());
        }
        if round >= WARM_UP {
            times.push(start.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

fn generator(model: &StandIn, folder: &Path) -> Result<Instance, Failed> {
    let found = pyexec_sdk::registrations().find(|r| r.role == Role::Generator && r.name == "basic");
    let table = json!({"model": {
        "provider": "anthropic",
        "model": "the-model",
        "base_url": model.url(),
        "api_key_file": folder.join("key"),
    }});
    let component = found.ok_or("the generator registers itself")?.create(&table.to_string());
    Ok(Instance::new(Role::Generator, "basic", component.map_err(|error| error.to_string())?))
}

fn request(folder: &Path, code: &str) -> Result<GenerationRequest, Failed> {
    let table = folder.join("table.csv");
    let rows: Vec<String> = (0..5000).map(|row| format!("2024-01-01T00:00:00Z,{row},{}.5,name\n", row * 2)).collect();
    fs::write(&table, format!("time,number,value,name\n{}", rows.concat()))?;
    let bytes = table.metadata()?.len();
    let path = table.display().to_string();
    let error = RunError::new(ErrorKind::Runtime, "KeyError: 'flow'").with_traceback("line 12, in <module>");
    Ok(GenerationRequest {
        attempt: 2,
        inputs: vec![InputInfo { name: "table.csv".into(), path, sha256: Digest::of(b""), bytes }],
        failures: vec![FailedAttempt { attempt: 1, code: Some(code.into()), error, findings: vec![] }],
        time_limit_ms: Some(60_000),
        ..generation_request("what is the mean?")
    })
}
