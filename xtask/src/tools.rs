//! Virtual environments with programs that tests and benches use, each made from a list of pinned packages.

use crate::{root, succeed, target};
use anyhow::{Context, Result};
use std::{fs, io, path::PathBuf, process::Command};

/// One environment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tools {
    /// Its folder in the target folder.
    folder: &'static str,
    /// The list, in `xtask/assets`.
    requirements: &'static str,
    /// For messages.
    purpose: &'static str,
}

/// The reference implementation of notebooks: `nbformat` to validate, `nbconvert` with a kernel to execute, and the libraries
/// that notebooks of the examples import.
pub(crate) const NOTEBOOKS: Tools =
    Tools { folder: "test-tools", requirements: "notebook_tools.txt", purpose: "executes notebooks" };

/// Other analyzers, to be measured beside ours.
pub(crate) const PEERS: Tools =
    Tools { folder: "bench-tools", requirements: "bench_tools.txt", purpose: "has the peers of the analysis" };

impl Tools {
    /// Where it is.
    pub(crate) fn folder(self) -> PathBuf {
        target().join(self.folder)
    }

    /// Makes it, unless one of exactly these requirements is there. What is said goes to stderr.
    pub(crate) fn install(self) -> Result<()> {
        let (folder, requirements) = (self.folder(), root().join("xtask/assets").join(self.requirements));
        let wanted = fs::read(&requirements).with_context(|| format!("{} cannot be read", requirements.display()))?;
        // Written last: an environment without it is half made.
        let made = folder.join("made-from.txt");
        if fs::read(&made).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        eprintln!("making the environment that {}, in {}", self.purpose, folder.display());
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", folder.display()));
            }
            _ => {}
        }
        succeed(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
        pip.args(["--only-binary", ":all:", "--requirement"]).arg(&requirements);
        succeed(&mut pip).with_context(|| format!("the environment that {} cannot be made", self.purpose))?;
        fs::write(&made, wanted).with_context(|| format!("{} cannot be written", made.display()))
    }
}
