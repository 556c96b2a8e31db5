//! Who is alive: one lock file for each process that executes runs.
//!
//! A process holds `owners/<id>.lock` under `flock` for its lifetime; the kernel lets go when the process ends, however it
//! ends. No process id is trusted (they are reused) and no clock is read. The lock belongs to the open file, so it also
//! works between two owners of one process, and a child would keep it alive: the file is close-on-exec, and a child that
//! is forked loses it when it becomes its own program.
//!
//! Probes take *shared* locks: two that look at one dead owner at once must not take each other for it.

use pyexec_core::id::OwnerId;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// This process, as long as the value lives.
#[derive(Debug)]
pub struct Owner {
    id: OwnerId,
    path: PathBuf,
    _lock: File,
}

/// An owner could not be claimed or looked at.
#[derive(Debug, thiserror::Error)]
#[error("cannot use the lock file {}: {source}", path.display())]
pub struct OwnerError {
    path: PathBuf,
    source: io::Error,
}

impl OwnerError {
    /// The way out.
    pub fn help(&self) -> String {
        "check that the data folder is on a local disk, has space, and belongs to this user".into()
    }
}

impl Owner {
    /// Claims a fresh id, and clears away the files of owners that are gone.
    pub fn claim(data_dir: &Path) -> Result<Self, OwnerError> {
        let folder = folder(data_dir);
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|e| at(&folder, e))?;
        sweep(&folder)?;
        loop {
            if let Some(owner) = Self::try_claim(data_dir)? {
                return Ok(owner);
            }
        }
    }

    /// `None` when a sweeper of another process met the file between its creation and its lock: then it is gone.
    fn try_claim(data_dir: &Path) -> Result<Option<Self>, OwnerError> {
        let id: OwnerId = crate::new_id();
        let path = lock_path(data_dir, &id);
        let fail = |e| at(&path, e);
        let mut lock = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(fail)?;
        match lock.try_lock() {
            Ok(()) if lock.metadata().map_err(fail)?.nlink() > 0 => {}
            Ok(()) | Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(fail(e)),
        }
        writeln!(lock, "{}", std::process::id()).map_err(fail)?;
        Ok(Some(Self { id, path, _lock: lock }))
    }

    /// Its id.
    pub fn id(&self) -> &OwnerId {
        &self.id
    }

    /// Whether that owner's process lives. An error when it cannot be told: never take that for dead.
    pub fn is_alive(data_dir: &Path, id: &OwnerId) -> Result<bool, OwnerError> {
        let path = lock_path(data_dir, id);
        Ok(match probe(&path).map_err(|e| at(&path, e))? {
            Probe::Held => true,
            Probe::Free(_) | Probe::Gone => false,
        })
    }

    /// The process id that a living owner left in its file: for messages, never for decisions.
    pub fn pid(data_dir: &Path, id: &OwnerId) -> Option<u32> {
        let mut text = String::new();
        File::open(lock_path(data_dir, id)).ok()?.take(16).read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Before the lock goes: who still sees the name finds it free, who does not finds it gone. Both mean dead. A file
        // that cannot be removed is the next sweep's.
        let _ = std::fs::remove_file(&self.path);
    }
}

enum Probe {
    Held,
    /// Nobody holds it; as long as this value lives, nobody can.
    Free(File),
    Gone,
}

fn probe(path: &Path) -> io::Result<Probe> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Probe::Gone),
        Err(e) => return Err(e),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(Probe::Free(file)),
        Err(TryLockError::WouldBlock) => Ok(Probe::Held),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

fn sweep(folder: &Path) -> Result<(), OwnerError> {
    for entry in std::fs::read_dir(folder).map_err(|e| at(folder, e))? {
        let path = entry.map_err(|e| at(folder, e))?.path();
        if path.extension().is_none_or(|extension| extension != "lock") {
            continue;
        }
        // Removed under the shared lock: a claimer that has created but not locked it yet fails to lock and takes another.
        if let Probe::Free(_held) = probe(&path).map_err(|e| at(&path, e))? {
            match std::fs::remove_file(&path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(at(&path, e)),
                _ => {}
            }
        }
    }
    Ok(())
}

fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("owners")
}

fn lock_path(data_dir: &Path, id: &OwnerId) -> PathBuf {
    folder(data_dir).join(format!("{id}.lock"))
}

fn at(path: &Path, source: io::Error) -> OwnerError {
    OwnerError { path: path.into(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alive_while_held_and_dead_after() {
        let data = tempfile::tempdir().unwrap();
        let owner = Owner::claim(data.path()).unwrap();
        let id = owner.id().clone();
        assert!(Owner::is_alive(data.path(), &id).unwrap());
        assert_eq!(Owner::pid(data.path(), &id), Some(std::process::id()));
        drop(owner);
        assert!(!Owner::is_alive(data.path(), &id).unwrap());
    }

    #[test]
    fn an_id_that_nobody_claimed_is_dead() {
        let data = tempfile::tempdir().unwrap();
        assert!(!Owner::is_alive(data.path(), &crate::new_id()).unwrap());
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("owners"), "not a folder").unwrap();
        let error = Owner::is_alive(data.path(), &crate::new_id()).unwrap_err();
        assert!(error.to_string().contains(".lock: Not a directory"), "{error}");
    }

    #[test]
    fn claiming_clears_the_dead_and_spares_the_living() {
        let data = tempfile::tempdir().unwrap();
        let living = Owner::claim(data.path()).unwrap();
        let left: OwnerId = crate::new_id();
        std::fs::write(lock_path(data.path(), &left), "1\n").unwrap();
        let _second = Owner::claim(data.path()).unwrap();
        assert!(!lock_path(data.path(), &left).exists());
        assert!(Owner::is_alive(data.path(), living.id()).unwrap());
    }

    #[test]
    fn many_claim_and_look_at_once() {
        let data = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        let owner = Owner::claim(data.path()).unwrap();
                        assert!(Owner::is_alive(data.path(), owner.id()).unwrap());
                    }
                });
            }
        });
        assert_eq!(std::fs::read_dir(data.path().join("owners")).unwrap().count(), 0);
    }
}
