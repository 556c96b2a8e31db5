//! `pyexec runs`.

use super::drive_and_show;
use crate::{
    args::{Runs, RunsCommand},
    exit::Failure,
    principal,
    render::{self, progress::Lines, table},
    wiring::{self, Choices},
};
use pyexec_service::{
    Service,
    run::State,
    store::HeadFilter,
    view::{EventView, SCHEMA},
};
use serde_json::json;
use std::{path::Path, sync::Arc, time::Duration};

/// How many events are read at once.
const PAGE: usize = 256;
/// How often `--follow` looks.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) async fn runs(config: Option<&Path>, runs: Runs) -> Result<u8, Failure> {
    let loaded = wiring::configuration(config)?;
    let service = wiring::service(&loaded, &Choices::default()).await?;
    match runs.command {
        RunsCommand::List { state, limit, refused, json } => list(&service, state, limit, refused, json).await,
        RunsCommand::Show { run, json } => {
            let id = service.find_run(&run).await?;
            render::result::run(&service.view(&id).await?, json);
            Ok(0)
        }
        RunsCommand::Events { run, follow } => events(&service, &run, follow).await,
        RunsCommand::Resume { run, json } => {
            let id = service.find_run(&run).await?;
            drive_and_show(&service, &id, json).await
        }
        RunsCommand::Cancel { run, json } => {
            let id = service.find_run(&run).await?;
            let view = service.cancel(&id, &principal::current(), Arc::new(Lines::new(false))).await?;
            render::result::run(&view, json);
            Ok(if view.state == State::Cancelled { 0 } else { view.exit_code })
        }
    }
}

async fn list(
    service: &Service,
    state: Option<State>,
    limit: usize,
    refused: bool,
    as_json: bool,
) -> Result<u8, Failure> {
    let filter = HeadFilter { state: state.map(|s| s.name().into()), refused, ..HeadFilter::default() };
    let heads = service.list(&filter, limit).await?;
    if as_json {
        render::result::json(&json!({"schema": SCHEMA, "runs": heads}));
        return Ok(0);
    }
    let rows: Vec<_> = heads
        .iter()
        .map(|head| {
            let mode = head.mode.clone().unwrap_or_default();
            [head.run_id.to_string(), head.state.clone(), mode, head.created_at.clone(), head.task.clone()]
        })
        .collect();
    table::print(["RUN", "STATE", "MODE", "CREATED", "TASK"], &rows);
    Ok(0)
}

async fn events(service: &Service, run: &str, follow: bool) -> Result<u8, Failure> {
    let id = service.find_run(run).await?;
    let mut seen = 0;
    loop {
        let page = service.events(&id, seen, PAGE).await?;
        for event in &page {
            let text = serde_json::to_string(&EventView::of(event));
            render::result::line(&text.map_err(|e| Failure::machinery(format!("an event cannot be shown: {e}")))?);
            seen = event.seq;
        }
        if page.len() == PAGE {
            continue;
        }
        if !follow || service.run(&id).await?.ended.is_some_and(|_| page.is_empty()) {
            return Ok(0);
        }
        tokio::time::sleep(LOOK).await;
    }
}
