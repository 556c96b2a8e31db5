//! `pyexec runs`.

mod anchors;
mod list;
mod replay;
mod verify;

use super::drive_and_show;
use crate::{
    args::{Runs, RunsCommand},
    exit::Failure,
    principal,
    render::{self, progress::Lines},
    wiring::{self, Choices},
};
use pyexec_registry::config::Loaded;
use pyexec_service::{Journal, Service, run::State, view::EventView};
use std::{path::Path, sync::Arc, time::Duration};

/// How many events are read at once.
const PAGE: usize = 256;
/// How often `--follow` looks.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) async fn runs(config: Option<&Path>, runs: Runs) -> Result<u8, Failure> {
    match runs.command {
        // A record must be readable and checkable wherever it is, whatever became of the stages.
        RunsCommand::Verify(asked) => verify::verify(config, asked).await,
        RunsCommand::Anchors { latest, limit, json } => anchors::anchors(config, latest, limit, json).await,
        RunsCommand::List { state, limit, refused, json } => {
            list::list(&read(config).await?, state, limit, refused, json).await
        }
        RunsCommand::Show { run, json } => {
            let journal = read(config).await?;
            let id = journal.find_run(&run).await?;
            render::result::run(&journal.view(&id).await?, json);
            Ok(0)
        }
        RunsCommand::Events { run, follow } => events(&read(config).await?, &run, follow).await,
        RunsCommand::Replay { run, with, json } => {
            replay::replay(&served(config).await?.1, &run, with.as_deref(), json).await
        }
        RunsCommand::Resume { run, json } => {
            let (loaded, service) = served(config).await?;
            let id = service.journal().find_run(&run).await?;
            let service = wiring::service_for(&loaded, service, &id).await?;
            drive_and_show(&service, &id, json).await
        }
        RunsCommand::Cancel { run, json } => {
            let (_, service) = served(config).await?;
            let id = service.journal().find_run(&run).await?;
            let view = service.cancel(&id, &principal::current(), Arc::new(Lines::new(false))).await?;
            render::result::run(&view, json);
            Ok(if view.state == State::Cancelled { 0 } else { view.exit_code })
        }
    }
}

/// What is recorded; no stage is loaded.
async fn read(config: Option<&Path>) -> Result<Journal, Failure> {
    wiring::journal(&wiring::configuration(config)?).await
}

/// The configuration, and a service as it says.
async fn served(config: Option<&Path>) -> Result<(Loaded, Service), Failure> {
    let loaded = wiring::configuration(config)?;
    let service = wiring::service(&loaded, &Choices::default()).await?;
    Ok((loaded, service))
}

async fn events(journal: &Journal, run: &str, follow: bool) -> Result<u8, Failure> {
    let id = journal.find_run(run).await?;
    let mut seen = 0;
    loop {
        let page = journal.events(&id, seen, PAGE).await?;
        for event in &page {
            let text = serde_json::to_string(&EventView::of(event));
            render::result::line(&text.map_err(|e| Failure::machinery(format!("an event cannot be shown: {e}")))?);
            seen = event.seq;
        }
        if page.len() == PAGE {
            continue;
        }
        if !follow || journal.run(&id).await?.ended.is_some_and(|_| page.is_empty()) {
            return Ok(0);
        }
        tokio::time::sleep(LOOK).await;
    }
}
