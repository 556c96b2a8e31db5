//! Notebooks as files of the run folder: what they show is taken from the store and the folder, and they are written there.

use super::{
    FIGURE_MAX_BYTES, FINAL_NAME, attempt_name,
    content::{Material, NotebookContent, NotebookFigure, Stage},
    render,
    render::render_with_receipt,
};
use crate::{
    folder,
    record::{Receipt, SigningKey},
    run::{ExecutionState, Run},
    service::ServiceError,
    store::Store,
    view,
};
use jiff::Timestamp;
use pyexec_core::{ErrorKind, RunError, code::Digest, executor::Stream, outcome::FileRecord};
use rustix::fs::OFlags;
use std::{
    fs::{DirBuilder, OpenOptions},
    io::Read,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

/// Writes the notebook of the run's current attempt at `stage`, or the final one, and returns where it is.
///
/// Pass the ticket's own `created_at` for [`Stage::AwaitingApproval`]: the notebook's name follows from it.
pub async fn save(run: &Run, store: &Store, stage: Option<Stage>, at: Timestamp) -> Result<PathBuf, ServiceError> {
    keep(run, store, stage, at, None).await
}

/// Writes the final notebook of a run that has ended, with a receipt; `tip` is the hash of the run's last event.
pub async fn save_with_receipt(
    run: &Run,
    store: &Store,
    tip: Digest,
    key: Arc<SigningKey>,
) -> Result<PathBuf, ServiceError> {
    keep(run, store, None, run.updated_at, Some((tip, key))).await
}

async fn keep(
    run: &Run,
    store: &Store,
    stage: Option<Stage>,
    at: Timestamp,
    signing: Option<(Digest, Arc<SigningKey>)>,
) -> Result<PathBuf, ServiceError> {
    let mut material = Material::default();
    if let Some(execution) = run.execution() {
        for row in store.output(&run.id, &execution.token, 0).await? {
            match row.stream {
                Stream::Stdout => material.stdout.extend(row.bytes),
                Stream::Stderr => material.stderr.extend(row.bytes),
            }
        }
    }
    let (run, store) = (run.clone(), store.clone());
    let written = tokio::task::spawn_blocking(move || write(&run, &store, stage, at, material, signing)).await;
    written.unwrap_or_else(|e| Err(unwritable(&e.to_string())))
}

fn write(
    run: &Run,
    store: &Store,
    stage: Option<Stage>,
    at: Timestamp,
    mut material: Material,
    signing: Option<(Digest, Arc<SigningKey>)>,
) -> Result<PathBuf, ServiceError> {
    let folder = &run.created.folder;
    if let Some(attempt) = run.attempt() {
        // Altered code is not shown as if it were the run's; the notebook says so.
        material.code = attempt.code.and_then(|code| store.get_blob(&code.0).ok());
        material.findings = view::all_findings(attempt, store)?;
    }
    if let Some(ExecutionState::Finished { outcome, .. }) = run.execution().map(|execution| &execution.state) {
        material.figures = outcome.figures.iter().map(|record| figure(folder, record)).collect();
    }
    let content = NotebookContent::of_run(run, stage, at, material);
    let rendered = match signing {
        None => render(&content),
        Some((tip, key)) => render_with_receipt(&content, |cells| Receipt::of(run, tip, cells, &key).signed(&key)),
    };
    let bytes = rendered.map_err(|e| unwritable(&e.to_string()))?;
    let name = stage.map_or_else(|| FINAL_NAME.into(), |stage| attempt_name(content.attempt, stage, at));
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    folder::write(&path, &bytes)?;
    Ok(path)
}

fn unwritable(why: &str) -> ServiceError {
    RunError::new(ErrorKind::Store, format!("a notebook cannot be written: {why}")).into()
}

/// A figure with its bytes, if they are small enough and those that the log knows.
fn figure(folder: &Path, record: &FileRecord) -> NotebookFigure {
    let wanted = record.bytes <= FIGURE_MAX_BYTES as u64 && inside(Path::new(&record.path));
    let png = if wanted { read(&folder.join(&record.path)) } else { None };
    NotebookFigure { path: record.path.clone(), png: png.filter(|bytes| Digest::of(bytes) == record.sha256) }
}

fn inside(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

fn read(path: &Path) -> Option<Vec<u8>> {
    // Neither a link nor something that would make the reader wait.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(FIGURE_MAX_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
