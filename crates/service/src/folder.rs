//! The run folder: where a person finds what a run was about and what came of it. The log is the record; this is the copy
//! to read. Its names come from here alone, 0700 and 0600.

use crate::{
    store::StoredEvent,
    view::{EventView, Output, RunView},
};
use jiff::Timestamp;
use pyexec_core::{Request, RunId, generator::SavedPrompt};
use serde::Serialize;
use std::{
    fs::{self, DirBuilder, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The longest that a caller's name becomes, in characters.
const LONGEST_NAME: usize = 40;

/// Makes `<data>/executed_scripts/YYYY-MM/execution_YYYYMMDD_HHMMSS_<name>_<id>/` and what is in it from the start.
/// Folders below it come with what is put there.
pub(crate) fn create(
    data_dir: &Path,
    run: &RunId,
    at: Timestamp,
    request: &Request,
    has_inputs: bool,
) -> io::Result<PathBuf> {
    let name = request.execution_folder_name.as_deref().or(request.user_query.as_deref()).unwrap_or("code");
    let (month, second) = (at.strftime("%Y-%m"), at.strftime("%Y%m%d_%H%M%S"));
    let id = &run.as_str()[run.as_str().len() - 12..];
    let folder = data_dir
        .join("executed_scripts")
        .join(month.to_string())
        .join(format!("execution_{second}_{}_{id}", sanitised(name)));
    let filled = fill(&folder, request, has_inputs);
    if filled.is_err() {
        let _ = fs::remove_dir_all(&folder); // there is no run that it could belong to
    }
    filled.map(|()| folder)
}

fn fill(folder: &Path, request: &Request, has_inputs: bool) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)?;
    if has_inputs {
        let inputs = folder.join("inputs");
        builder.create(&inputs)?;
        // The sandbox's user reads inputs through a mount of this folder; nobody gets past its 0700 parent otherwise.
        fs::set_permissions(inputs, Permissions::from_mode(0o755))?;
    }
    write_json(&folder.join("request.json"), request)?;
    if !request.context.is_empty() {
        write_json(&folder.join("context.json"), &request.context)?;
    }
    Ok(())
}

/// Letters, digits, `-` and `_`; runs of anything else become one `_`.
fn sanitised(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '-' => text.push(c),
            _ if text.ends_with('_') || text.is_empty() => {}
            _ => text.push('_'),
        }
        if text.len() == LONGEST_NAME {
            break;
        }
    }
    let text = text.trim_matches(['_', '-']);
    if text.is_empty() { "run".into() } else { text.into() }
}

/// Writes a whole file, 0600: all of it or nothing, and never through what stands at its name.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let incoming = folder.join(format!(".{}.{}", name.display(), uuid::Uuid::now_v7().simple()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&incoming)?;
    let written = file.write_all(bytes).and_then(|()| fs::rename(&incoming, path));
    if written.is_err() {
        let _ = fs::remove_file(&incoming); // clutter at worst: the error is what counts
    }
    written
}

fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    write(path, &serde_json::to_vec_pretty(value)?)
}

/// What the store holds of a run, to be copied.
pub(crate) struct Kept {
    /// The current attempt's code.
    pub(crate) code: Option<Vec<u8>>,
    /// Both streams of the last execution, raw.
    pub(crate) output: Output,
    /// The whole log.
    pub(crate) events: Vec<StoredEvent>,
}

/// Writes what is known at the end (or whenever a run is left).
pub(crate) fn finish(folder: &Path, view: &RunView, kept: &Kept) -> io::Result<()> {
    if let Some(code) = &kept.code {
        put_code(folder, code)?;
    }
    if let Some(results) = &view.results {
        write_json(&folder.join("results.json"), results)?;
    }
    for (name, bytes) in [("stdout.txt", &kept.output.stdout), ("stderr.txt", &kept.output.stderr)] {
        if !bytes.is_empty() {
            write(&folder.join(name), bytes)?;
        }
    }
    write_json(&folder.join("execution_metadata.json"), view)?;
    write(&folder.join("events.jsonl"), &event_lines(&kept.events)?)
}

/// The log as `events.jsonl` holds it.
pub(crate) fn event_lines(events: &[StoredEvent]) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for event in events {
        serde_json::to_writer(&mut lines, &EventView::of(event))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// Writes an attempt's code where there is some, and what its generator asked and was answered.
pub(crate) fn put_attempt(folder: &Path, attempt: u32, code: Option<&[u8]>, prompts: &[SavedPrompt]) -> io::Result<()> {
    if let Some(code) = code {
        put_code(folder, code)?;
    }
    if prompts.is_empty() {
        return Ok(());
    }
    let below = folder.join("prompts");
    DirBuilder::new().recursive(true).mode(0o700).create(&below)?;
    for (n, prompt) in prompts.iter().enumerate() {
        let path = below.join(format!("{attempt:02}_{n:02}_{}.txt", sanitised(&prompt.name)));
        write(&path, prompt.text.as_bytes())?;
    }
    Ok(())
}

/// Writes `code.py`, unless it is there and holds just that.
fn put_code(folder: &Path, code: &[u8]) -> io::Result<()> {
    let path = folder.join("code.py");
    let is_file = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() == code.len() as u64);
    if is_file && fs::read(&path)? == code { Ok(()) } else { write(&path, code) }
}

#[cfg(test)]
mod tests {
    use super::{create, sanitised};
    use pyexec_core::Request;

    #[test]
    fn names_are_harmless() {
        for (given, expected) in [
            ("mean & trend?", "mean_trend"),
            ("../../etc/passwd", "etc_passwd"),
            ("", "run"),
            ("\u{202e}\u{0}/", "run"),
            ("é", "run"),
            ("a-b_c", "a-b_c"),
        ] {
            assert_eq!(sanitised(given), expected, "{given:?}");
        }
        assert_eq!(sanitised(&"x".repeat(300)).len(), super::LONGEST_NAME);
    }

    #[test]
    fn a_folder_holds_the_request_and_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().unwrap();
        let request = Request { user_query: Some("what?".into()), ..Request::default() };
        let folder = create(data.path(), &crate::new_id(), crate::now(), &request, false).unwrap();
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(std::fs::read_to_string(folder.join("request.json")).unwrap().contains("what?"));
    }
}
