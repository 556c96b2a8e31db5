//! An agent's own place in the file system: a folder for one conversation, for nobody else, gone after it.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
};
use tempfile::TempDir;

/// The folder. Removed when it is dropped.
#[derive(Debug)]
pub(crate) struct WorkFolder {
    _folder: TempDir,
    root: PathBuf,
}

impl WorkFolder {
    /// In the folder for temporary files (`TMPDIR`), with rights for this user alone.
    pub(crate) fn create() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("pyexec-agent-").tempdir()?;
        // Without symbolic links: programs compare paths as texts.
        let root = folder.path().canonicalize()?;
        let folder = Self { _folder: folder, root };
        for part in [folder.work(), folder.home(), folder.config(), folder.temporary()] {
            DirBuilder::new().mode(0o700).create(part)?;
        }
        Ok(folder)
    }

    /// Where the program works: what it may read.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// The program's own settings: none.
    pub(crate) fn config(&self) -> PathBuf {
        self.root.join("config")
    }

    pub(crate) fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(crate) fn system_prompt(&self) -> PathBuf {
        self.root.join("system_prompt.txt")
    }

    /// Writes what the program is told ahead of everything else.
    pub(crate) fn put_system_prompt(&self, text: &str) -> io::Result<()> {
        fs::write(self.system_prompt(), text)
    }
}
