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
    service::{ServiceError, blocking},
    store::Store,
    view::{self, Output},
};
use jiff::Timestamp;
use pyexec_core::{ErrorKind, RunError, code::Digest, outcome::FileRecord};
use rustix::fs::OFlags;
use std::{
    fs::{DirBuilder, OpenOptions},
    io::Read,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Component, Path, PathBuf},
};

/// Writes the notebook of the run's current attempt at `stage`, or the final one, and returns where it is.
///
/// Pass the ticket's own `created_at` for [`Stage::AwaitingApproval`]: the notebook's name follows from it.
pub async fn save(run: &Run, store: &Store, stage: Option<Stage>, at: Timestamp) -> Result<PathBuf, ServiceError> {
    let output = Output::of(run, store).await?;
    let (run, store) = (run.clone(), store.clone());
    blocking(move || write(&run, &store, &output, stage, at, None)).await
}

/// Writes the final notebook of a run that has ended and printed `output`, with a receipt; `tip` is the hash of the run's
/// last event. Blocks.
pub(crate) fn write_with_receipt(
    run: &Run,
    store: &Store,
    output: &Output,
    tip: Digest,
    key: &SigningKey,
) -> Result<PathBuf, ServiceError> {
    write(run, store, output, None, run.updated_at, Some((tip, key)))
}

fn write(
    run: &Run,
    store: &Store,
    output: &Output,
    stage: Option<Stage>,
    at: Timestamp,
    signing: Option<(Digest, &SigningKey)>,
) -> Result<PathBuf, ServiceError> {
    let folder = &run.created.folder;
    let (stdout, stderr) = (output.stdout.clone(), output.stderr.clone());
    let mut material = Material { stdout, stderr, ..Material::default() };
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
        Some((tip, key)) => render_with_receipt(&content, |cells| Receipt::of(run, tip, cells, key).signed(key)),
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
