//! What was written: in memory, or in a file that outlives a process and that processes share.
//!
//! The file is replaced as a whole, under the lock of a file beside it, so a process killed at any moment leaves the old
//! state or the new one. It is not synced to disk: it survives processes, not power cuts.

use crate::channel_name::ChannelName;
use pyexec_core::{ErrorKind, PluginError, Result, connector::WriteResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// A written value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    pub(super) value: Value,
    /// Seconds since 1970.
    pub(super) timestamp: f64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    channels: BTreeMap<String, Held>,
}

#[derive(Debug)]
pub(super) enum State {
    Memory(Mutex<Written>),
    File(PathBuf),
}

impl State {
    pub(super) fn new(file: Option<PathBuf>) -> Result<Self> {
        match file {
            None => Ok(Self::Memory(Mutex::default())),
            Some(path) if path.is_absolute() && path.file_name().is_some() => Ok(Self::File(path)),
            Some(path) => {
                Err(super::unusable(format!("`state_file` is `{}`, not an absolute path of a file", path.display())))
            }
        }
    }

    /// What was written last, if anything was.
    pub(super) fn read(&self, name: &ChannelName) -> Result<Option<Held>> {
        match self {
            Self::Memory(written) => {
                Ok(written.lock().unwrap_or_else(PoisonError::into_inner).channels.get(name.as_str()).cloned())
            }
            // No lock: the file is replaced, never changed.
            Self::File(path) => Ok(load(path)?.channels.remove(name.as_str())),
        }
    }

    /// Keeps a value. An error means that it was not kept; in doubt, `Unknown`.
    pub(super) fn write(&self, name: &ChannelName, held: Held) -> Result<WriteResult> {
        match self {
            Self::Memory(written) => {
                written.lock().unwrap_or_else(PoisonError::into_inner).channels.insert(name.to_string(), held);
                Ok(WriteResult::Ok)
            }
            Self::File(path) => {
                let _locked = lock(path).map_err(|e| failed("lock", path, &e))?;
                let mut written = load(path)?;
                record(path, name, &held).map_err(|e| failed("append to the record of", path, &e))?;
                written.channels.insert(name.to_string(), held);
                // On record, and perhaps not kept: that is doubt.
                Ok(if replace(path, &written).is_ok() { WriteResult::Ok } else { WriteResult::Unknown })
            }
        }
    }
}

fn load(path: &Path) -> Result<Written> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| failed("read", path, &e.into())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Written::default()),
        Err(e) => Err(failed("read", path, &e)),
    }
}

/// Held until dropped; the kernel lets go of it when a process dies.
fn lock(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(beside(path, ".lock"))?;
    file.lock()?;
    Ok(file)
}

fn record(path: &Path, name: &ChannelName, held: &Held) -> io::Result<()> {
    let line = json!({"at": held.timestamp, "name": name.as_str(), "value": held.value, "pid": std::process::id()});
    let mut file = OpenOptions::new().create(true).append(true).open(beside(path, ".writes.jsonl"))?;
    file.write_all(format!("{line}\n").as_bytes())
}

fn replace(path: &Path, written: &Written) -> io::Result<()> {
    let new = beside(path, ".new"); // one at a time: the caller holds the lock
    fs::write(&new, serde_json::to_vec(written)?)?;
    fs::rename(&new, path)
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name: OsString = path.into();
    name.push(end);
    name.into()
}

fn failed(what: &str, path: &Path, error: &io::Error) -> PluginError {
    let message = format!("the mock connector could not {what} its state file {}: {error}", path.display());
    PluginError::new(ErrorKind::BadFile.name(), message).with_help("check the folder, or remove the file to start anew")
}
