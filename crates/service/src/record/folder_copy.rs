//! The run folder against the log: it is the copy that people read, so it must not tell them something else.
//!
//! A copy that is there must be right. One that is missing is only told, unless running code left it and the log knows its
//! digest: a host that died may not have come to writing the others, and a folder may be cleared away as a whole.
//! `execution_metadata.json` and the notebooks of attempts are not compared; the final notebook has its receipt, and may
//! well have been executed again.

use super::{key_text::PublicKey, notebook_check::check_notebook, verify::RunReport};
use crate::{
    folder, notebook,
    run::{ExecutionState, Run, State},
    service::{ServiceError, blocking},
    store::{Store, StoreError, StoredEvent},
    view::Output,
};
use pyexec_core::{
    Digest,
    outcome::{Outcome, Results},
};
use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Component, Path},
};

/// The most of one copy that is read whole; the house writes none that is larger.
const MOST_BYTES: u64 = 256 << 20;

/// Compares them, unless the run is on its way.
pub(super) async fn check(
    report: &mut RunReport,
    store: &Store,
    run: &Run,
    events: Vec<StoredEvent>,
    keys: &[PublicKey],
) -> Result<(), ServiceError> {
    if matches!(run.state(), State::Queued | State::Running) {
        report.note("the run is on its way: its folder is not compared yet");
        return Ok(());
    }
    let output = match Output::of(run, store).await {
        Ok(output) => output,
        Err(ServiceError::Store(StoreError::OutputAltered { .. })) => Output::default(), // told already
        Err(other) => return Err(other),
    };
    let (run, keys) = (run.clone(), keys.to_vec());
    let found = blocking(move || {
        let mut found = Found::default();
        look(&mut found, &run, &output, &events, &keys);
        Ok(found)
    });
    let Found { right, altered, notes } = found.await?;
    for what in altered {
        report.altered(None, what);
    }
    for what in notes {
        report.note(what);
    }
    if !right.is_empty() {
        report.holds(format!("in the run folder, as the log has them: {}", right.join(", ")));
    }
    Ok(())
}

#[derive(Default)]
struct Found {
    right: Vec<String>,
    altered: Vec<String>,
    notes: Vec<String>,
}

fn look(found: &mut Found, run: &Run, output: &Output, events: &[StoredEvent], keys: &[PublicKey]) {
    let folder = &run.created.folder;
    if !folder.is_dir() {
        return found.notes.push("the run folder is not there: nothing of it was compared".into());
    }
    let outcome = match run.execution().map(|execution| &execution.state) {
        Some(ExecutionState::Finished { outcome, .. }) => Some(outcome.as_ref()),
        _ => None,
    };
    code(found, run);
    results(found, folder, outcome);
    for (name, bytes) in [("stdout.txt", &output.stdout), ("stderr.txt", &output.stderr)] {
        if run.ended.is_some() && !bytes.is_empty() {
            found.whole(folder, name, |copy| copy == bytes.as_slice());
        }
    }
    // As of whenever the run was left last: the beginning of the log.
    let lines = folder::event_lines(events).unwrap_or_default();
    found.whole(folder, "events.jsonl", |copy| lines.starts_with(copy));
    if let Some(context) = &run.created.context {
        found.digest(&context.path, "context.json", context.sha256);
    }
    for input in run.created.inputs.iter().filter(|input| input.staged.starts_with(folder)) {
        found.digest(&input.staged, &format!("inputs/{}", input.name), input.sha256);
    }
    let (mut left, before) = (0, found.altered.len());
    for file in outcome.into_iter().flat_map(|outcome| outcome.figures.iter().chain(&outcome.artifacts)) {
        if !Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_))) {
            found.altered.push(format!("the log names `{}` as a file of the run folder", file.path));
            continue;
        }
        left += 1;
        found.left(folder, &file.path, file.sha256);
    }
    if left > 0 && found.altered.len() == before {
        found.right.push(format!("{left} figures and artifacts"));
    }
    if run.ended.is_some() {
        final_notebook(found, folder, keys);
    }
}

/// `code.py` is the latest code's, or, if its host died in between, an earlier attempt's.
fn code(found: &mut Found, run: &Run) {
    let codes: Vec<_> = run.attempts.iter().filter_map(|attempt| Some((attempt.number, attempt.code?.0))).collect();
    let Some((_, latest)) = codes.last() else { return };
    match digest_of(&run.created.folder.join("code.py")) {
        Ok(Some(digest)) if digest == *latest => found.right.push("code.py".into()),
        Ok(Some(digest)) => match codes.iter().find(|(_, code)| *code == digest) {
            Some((attempt, _)) => {
                found.notes.push(format!("code.py in the run folder is still that of attempt {attempt}"));
            }
            None => found.altered.push("code.py in the run folder is not the code of the run".into()),
        },
        Ok(None) => found.missing("code.py"),
        Err(error) => found.unreadable("code.py", &error),
    }
}

fn results(found: &mut Found, folder: &Path, outcome: Option<&Outcome>) {
    if let Some(Results::Dict { value }) = outcome.map(|outcome| &outcome.results) {
        found.whole(folder, "results.json", |copy| {
            serde_json::from_slice::<serde_json::Value>(copy).is_ok_and(|copy| copy.as_object() == Some(value))
        });
    }
}

fn final_notebook(found: &mut Found, folder: &Path, keys: &[PublicKey]) {
    match read(&folder.join(notebook::FINAL_NAME)) {
        Ok(Some(bytes)) => match check_notebook(&bytes, keys) {
            Ok(notebook) if notebook.ok => found.right.push("notebook.ipynb and its receipt".into()),
            Ok(notebook) => found.notes.push(format!(
                "notebook.ipynb is not as it was written (executed again, or edited): {}",
                notebook.altered.join("; ")
            )),
            Err(error) => found.notes.push(format!("notebook.ipynb is not readable: {error}")),
        },
        Ok(None) => found.missing(notebook::FINAL_NAME),
        Err(error) => found.unreadable(notebook::FINAL_NAME, &error),
    }
}

impl Found {
    fn whole(&mut self, folder: &Path, name: &str, fits: impl FnOnce(&[u8]) -> bool) {
        match read(&folder.join(name)) {
            Ok(Some(copy)) if fits(&copy) => self.right.push(name.into()),
            Ok(Some(_)) => self.altered.push(format!("{name} in the run folder is not what the log says")),
            Ok(None) => self.missing(name),
            Err(error) => self.unreadable(name, &error),
        }
    }

    fn digest(&mut self, path: &Path, name: &str, expected: Digest) {
        match digest_of(path) {
            Ok(Some(digest)) if digest == expected => self.right.push(name.into()),
            Ok(Some(_)) => self.altered.push(format!("{name} in the run folder is not what the log says")),
            Ok(None) => self.missing(name),
            Err(error) => self.unreadable(name, &error),
        }
    }

    /// What running code left was there when the log took its digest.
    fn left(&mut self, folder: &Path, name: &str, expected: Digest) {
        match digest_of(&folder.join(name)) {
            Ok(Some(digest)) if digest == expected => {}
            Ok(Some(_)) => self.altered.push(format!("`{name}` is not what the code left")),
            Ok(None) => self.altered.push(format!("`{name}`, which the code left, is gone")),
            Err(error) => self.unreadable(name, &error),
        }
    }

    fn missing(&mut self, name: &str) {
        self.notes.push(format!("{name} is not in the run folder; the log has it"));
    }

    fn unreadable(&mut self, name: &str, error: &io::Error) {
        self.altered.push(format!("`{name}` in the run folder cannot be read: {error}"));
    }
}

/// A plain file; neither a link nor something that would make the reader wait.
fn open(path: &Path) -> io::Result<Option<File>> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    match OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(Some(file)),
        Ok(_) => Err(io::Error::other("it is not a regular file")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = open(path)? else { return Ok(None) };
    let mut bytes = vec![];
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn digest_of(path: &Path) -> io::Result<Option<Digest>> {
    let Some(mut file) = open(path)? else { return Ok(None) };
    let mut hash = Sha256::new();
    io::copy(&mut file, &mut hash)?;
    Ok(Some(Digest::from_bytes(hash.finalize().into())))
}
