//! Edited code: where it comes from, and what a person sees of the change.

use crate::{exit::Failure, render, wiring};
use pyexec_core::{Code, ErrorKind, RunError};
use similar::TextDiff;
use std::{
    env,
    ffi::OsString,
    fs::{OpenOptions, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    process::Command,
    time::Duration,
};

/// A diff that takes longer is a rougher one.
const DIFF_TIME: Duration = Duration::from_secs(2);

/// Code from a file, or from standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<Code, Failure> {
    if path != Path::new("-") {
        return wiring::read_bytes(path, "code").map(Code::new);
    }
    let mut bytes = Vec::new();
    let most = Code::MAX_BYTES as u64 + 1; // one more than allowed is enough to be refused
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|e| {
        Failure::new(ErrorKind::BadFile, format!("the code on standard input cannot be read: {e}"), "name a file")
    })?;
    Ok(Code::new(bytes))
}

/// Opens the person's editor on `code`, in a file that only they can read, and gives what they left there.
pub(crate) fn in_editor(code: &Code) -> Result<Code, Failure> {
    let set = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let Some(editor) = set("VISUAL").or_else(|| set("EDITOR")) else {
        let help = "set VISUAL or EDITOR; or answer `later`, and then `pyexec approvals edit` with a file";
        return Err(Failure::new(ErrorKind::BadRequest, "no editor is set", help));
    };
    let private = Permissions::from_mode(0o700);
    let folder = tempfile::Builder::new().prefix("pyexec-").permissions(private).tempdir().map_err(|e| no_file(&e))?;
    let path = folder.path().join("code.py");
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(|e| no_file(&e))?;
    file.write_all(code.as_bytes()).map_err(|e| no_file(&e))?;
    drop(file);
    // By the shell, as `git` does it: an editor may come with arguments.
    let mut command = OsString::from("exec ");
    command.push(&editor);
    command.push(" \"$@\"");
    let status = Command::new("/bin/sh").arg("-c").arg(command).arg("editor").arg(&path).status();
    let editor = editor.display();
    let failed = |how: String| Failure::new(ErrorKind::BadFile, format!("the editor `{editor}` {how}"), "");
    match status {
        Ok(status) if status.success() => wiring::read_bytes(&path, "edited code").map(Code::new),
        Ok(status) => Err(failed(format!("ended with {status}, so nothing was changed"))),
        Err(error) => Err(failed(format!("does not start: {error}"))),
    }
}

fn no_file(error: &io::Error) -> Failure {
    let message = format!("there is no place for a file to edit: {error}");
    RunError::new(ErrorKind::BadFile, message).with_help("set TMPDIR to a folder that you can write").into()
}

/// Shows what an edit changes, on stderr, as a unified diff. Nothing in it can act on a terminal.
pub(crate) fn show_change(attempt: u32, old: &Code, new: &Code) {
    let (old, new) = (old.to_text(), new.to_text());
    let diff = TextDiff::configure().timeout(DIFF_TIME).diff_lines(old.as_str(), new.as_str());
    let (from, to) = (format!("attempt {attempt}"), format!("attempt {}, edited", attempt + 1));
    eprint!("{}", render::plain(&diff.unified_diff().header(&from, &to).to_string()));
}
