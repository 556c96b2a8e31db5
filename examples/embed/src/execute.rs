//! An executor by itself: `prepare` makes a jailed process that waits, `execute` asks the host for the code and sees it
//! through.

use crate::{Places, explained, own_host::OwnHost};
use anyhow::{Context, Result, bail};
use pyexec_core::{
    Code, CodeHash, ExecutionMode, Isolation, Outcome, Role,
    executor::{DESCRIBE, EXECUTE, ExecuteRequest, ExecutorDescription, PREPARE, PreparedId},
    order::{ExecuteOrder, FileRef, Limits, PrepareOrder, Scope},
    outcome::Results,
};
use pyexec_registry::Registry;
use serde_json::Value;
use std::{collections::BTreeMap, fs};
use uuid::Uuid;

pub(crate) async fn run(registry: &Registry, places: &Places, code: &Code) -> Result<()> {
    let folder = places.scratch.join("run");
    fs::create_dir(&folder).context("the run folder cannot be made")?;
    let file = FileRef { path: places.scratch.join("code.py"), sha256: code.hash().0 };
    fs::write(&file.path, code.as_bytes()).context("the code cannot be written")?;

    let executor = registry.create(Role::Executor, "local", &places.executor_table()).map_err(explained)?;
    let host = OwnHost::releasing(file.clone());
    let described: ExecutorDescription = executor.invoke(DESCRIBE, &(), host.lend()).await.map_err(explained)?;
    println!("   Python {}, {}", described.python, described.interpreter);

    let prepare = PrepareOrder {
        run_id: Uuid::now_v7().to_string().parse()?,
        attempt: 1,
        mode: ExecutionMode::ReadOnly,
        grants: Vec::new(),
        folder,
        inputs: Vec::new(),
        context: None,
        limits: Limits { timeout_seconds: 30, ..Limits::default() },
        environment: BTreeMap::new(),
        accept_isolation: vec![Isolation::Full],
    };
    let prepared: PreparedId = executor.invoke(PREPARE, &prepare, host.lend()).await.map_err(explained)?;
    let token = Uuid::now_v7().to_string().parse()?;
    let order = ExecuteOrder { prepare, code_sha256: CodeHash(file.sha256), token, scope: Scope::Run };
    let request = ExecuteRequest { prepared, order };
    let outcome: Outcome = executor.invoke(EXECUTE, &request, host.lend()).await.map_err(explained)?;
    if let Some(error) = &outcome.error {
        bail!("the code failed: {error}");
    }
    let Results::Dict { value } = outcome.results else { bail!("the code left no `results`") };
    println!("   held: {}; results: {}", outcome.isolation.name(), Value::Object(value));
    Ok(())
}
