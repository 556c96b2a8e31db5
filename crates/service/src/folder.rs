//! The run folder: where a person finds what a run was about and what came of it. The log is the record; this is the copy
//! to read. Its names come from here alone, 0700 and 0600.

use crate::{store::{Store, StoredEvent}, view::RunView};
use jiff::Timestamp;
use pyexec_core::{Request, RunId};
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
pub(crate) fn create(data_dir: &Path, run: &RunId, at: Timestamp, request: &Request) -> io::Result<PathBuf> {
    let name = request.execution_folder_name.as_deref().or(request.user_query.as_deref()).unwrap_or("code");
    let (month, second) = (at.strftime("%Y-%m"), at.strftime("%Y%m%d_%H%M%S"));
    let id = &run.as_str()[run.as_str().len() - 12..];
    let folder = data_dir
        .join("executed_scripts")
        .join(month.to_string())
        .join(format!("execution_{second}_{}_{id}", sanitised(name)));
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(&folder)?;
    for below in ["inputs", "figures", "artifacts"] {
        builder.create(folder.join(below))?;
    }
    // The sandbox's user reads inputs through a mount of this folder; nobody gets past its 0700 parent otherwise.
    fs::set_permissions(folder.join("inputs"), Permissions::from_mode(0o755))?;
    write_json(&folder.join("request.json"), request)?;
    if !request.context.is_empty() {
        write_json(&folder.join("context.json"), &request.context)?;
    }
    Ok(folder)
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

/// Writes a whole file, 0600.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}

fn write_json(path: &Path, value: &impl Serialize) -> io::Result<()> {
    write(path, &serde_json::to_vec_pretty(value)?)
}

/// Writes what is known at the end (or whenever a run is left).
pub(crate) fn finish(folder: &Path, view: &RunView, events: &[StoredEvent]) -> io::Result<()> {
    if let Some(results) = &view.results {
        write_json(&folder.join("results.json"), results)?;
    }
    write_json(&folder.join("execution_metadata.json"), view)?;
    let mut lines = Vec::new();
    for event in events {
        serde_json::to_writer(&mut lines, &crate::view::EventView::of(event))?;
        lines.push(b'\n');
    }
    write(&folder.join("events.jsonl"), &lines)
}

/// Copies code from the store to `code.py`.
pub(crate) fn put_code(folder: &Path, store: &Store, code: pyexec_core::CodeHash) -> io::Result<()> {
    let bytes = store.get_blob(&code.0).map_err(|e| io::Error::other(e.to_string()))?;
    write(&folder.join("code.py"), &bytes)
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
        let folder = create(data.path(), &crate::new_id(), crate::now(), &request).unwrap();
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        assert!(std::fs::read_to_string(folder.join("request.json")).unwrap().contains("what?"));
    }
}
