//! Which files: those that were named, every `*.py` below a folder, and standard input for `-`.

use crate::{exit::Failure, wiring};
use pyexec_core::{Code, ErrorKind};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

/// Code and what to call it.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// The files behind what was named, each once, those below a folder sorted.
pub(super) fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all: Vec<PathBuf> = Vec::new();
    for path in named {
        let below = if path.is_dir() { python_files(path)? } else { vec![path.clone()] };
        if below.is_empty() {
            let message = format!("there is no `*.py` file below `{}`", path.display());
            return Err(Failure::new(ErrorKind::BadFile, message, "name a file, or a folder with Python files"));
        }
        for file in below {
            if !all.contains(&file) {
                all.push(file);
            }
        }
    }
    Ok(all)
}

/// Every `*.py` below a folder, sorted; symbolic links to folders are not followed, so that no circle is walked.
fn python_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Failure::new(ErrorKind::BadFile, format!("`{}` cannot be read: {error}", path.display()), "check its rights")
    };
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(|error| unreadable(&folder, error))?);
            if kind.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "py") && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads one of them, within the bounds of code.
pub(super) fn read(path: &Path) -> Result<Source, Failure> {
    let (path, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let most = u64::try_from(Code::MAX_BYTES).unwrap_or(u64::MAX) + 1;
        let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
        read.map_err(|error| {
            let message = format!("standard input cannot be read: {error}");
            Failure::new(ErrorKind::BadFile, message, "pipe a program into it, or name a file")
        })?;
        (PathBuf::from("<stdin>"), bytes)
    } else {
        (path.to_path_buf(), wiring::read_bytes(path, "code")?)
    };
    if bytes.len() > Code::MAX_BYTES {
        let message = format!("the code `{}` has more than {} bytes", path.display(), Code::MAX_BYTES);
        return Err(Failure::new(ErrorKind::BadFile, message, "put data into a file of its own"));
    }
    Ok(Source { path, bytes })
}
