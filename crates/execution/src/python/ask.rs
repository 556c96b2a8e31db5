//! One question to a program: what are you? Shims (pyenv, asdf) answer with the interpreter that they stand for.

use super::OLDEST;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    ffi::OsStr,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

pub(crate) const QUESTION: &str = include_str!("ask.py");
/// A shim may search for a while; a program that is not Python may wait for ever.
const PATIENCE: Duration = Duration::from_secs(30);
/// An environment has some thousand modules at the most.
const LONGEST_ANSWER: u64 = 1 << 20;

/// What an interpreter says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// `cpython`.
    pub implementation: String,
    /// `[3, 11, 7]`.
    pub version: [u32; 3],
    /// Itself, absolute.
    pub executable: PathBuf,
    /// `prefix`, `exec_prefix` and their `base_` kin: of the virtual environment and of what it stands on.
    pub prefixes: Vec<PathBuf>,
    /// The standard library.
    pub library: Vec<PathBuf>,
    /// Where packages are, in order.
    pub site: Vec<PathBuf>,
    /// Installed packages, name to version, by the names of their metadata folders.
    pub packages: BTreeMap<String, String>,
    /// Top-level modules that can be imported, sorted.
    pub modules: Vec<String>,
}

impl Facts {
    /// `3.11.7`.
    pub fn version_text(&self) -> String {
        let [major, minor, micro] = self.version;
        format!("{major}.{minor}.{micro}")
    }

    /// Why code cannot run on it, if so.
    pub fn usable(&self) -> Result<(), String> {
        let [major, minor, _] = self.version;
        if self.implementation != "cpython" {
            return Err(format!("it is {} and not CPython", self.implementation));
        }
        if (major, minor) < OLDEST {
            return Err(format!("it is Python {}, older than {}.{}", self.version_text(), OLDEST.0, OLDEST.1));
        }
        Ok(())
    }
}

/// Why a program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// It could not be started.
    #[error("it does not start: {0}")]
    Start(io::Error),
    /// It failed.
    #[error("it does not answer like Python: {0}")]
    Failed(String),
    /// It took too long.
    #[error("it gave no answer within {} s", PATIENCE.as_secs())]
    TooSlow,
}

/// Asks `program`.
pub(super) async fn ask(program: &Path) -> Result<Facts, AskError> {
    let (status, stdout, stderr) = run(program, ["-I", "-B", "-c", QUESTION]).await?;
    if !status {
        return Err(AskError::Failed(last_line(&stderr)));
    }
    let facts: Facts = serde_json::from_slice(&stdout).map_err(|e| AskError::Failed(e.to_string()))?;
    if facts.executable.is_absolute() {
        Ok(facts)
    } else {
        Err(AskError::Failed("it does not know its own path".into()))
    }
}

/// Runs a short Python program to its end: whether it succeeded, and what it wrote (bounded).
pub(super) async fn run(
    program: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<(bool, Vec<u8>, Vec<u8>), AskError> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir("/");
    let mut child = command.spawn().map_err(AskError::Start)?;
    let kill = i32::try_from(child.id()).ok().and_then(Pid::from_raw).map(|pid| pidfd_open(pid, PidfdFlags::empty()));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let work = tokio::task::spawn_blocking(move || {
        // stderr is read after stdout: neither is ever longer than a pipe holds unless it is not Python, and then the
        // deadline ends it
        let (out, err) = (read(stdout), read(stderr));
        (child.wait().is_ok_and(|status| status.success()), out, err)
    });
    if let Ok(done) = tokio::time::timeout(PATIENCE, work).await {
        return done.map_err(|e| AskError::Failed(e.to_string()));
    }
    if let Some(Ok(pidfd)) = kill {
        let _ = pidfd_send_signal(pidfd, Signal::KILL); // gone already is as good
    }
    Err(AskError::TooSlow)
}

fn read(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        let _ = stream.take(LONGEST_ANSWER).read_to_end(&mut bytes); // what came counts
    }
    bytes
}

/// The last line that says something, for messages.
pub(super) fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it failed without a word");
    line.chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_python_answers() {
        let facts = ask(Path::new("/usr/bin/env")).await;
        assert!(matches!(facts, Err(AskError::Failed(_))), "{facts:?}");
        assert!(matches!(ask(Path::new("/no/such/python")).await, Err(AskError::Start(_))));
        let facts = ask(Path::new("python3")).await.expect("install CPython: apt-get install python3");
        assert!(facts.executable.is_absolute() && !facts.site.is_empty(), "{facts:?}");
        assert!(["json", "sys"].iter().all(|module| facts.modules.iter().any(|m| m == module)), "{facts:?}");
    }

    #[test]
    fn what_is_usable() {
        let facts = |implementation: &str, version| Facts {
            implementation: implementation.into(),
            version,
            executable: "/p".into(),
            prefixes: vec![],
            library: vec![],
            site: vec![],
            packages: BTreeMap::new(),
            modules: vec![],
        };
        assert_eq!(facts("cpython", [3, 11, 0]).usable(), Ok(()));
        assert!(facts("cpython", [3, 10, 9]).usable().is_err());
        assert!(facts("pypy", [3, 11, 9]).usable().is_err());
    }
}
