//! An agent's own place in the file system: a folder for one conversation, for nobody else, gone after it.
//!
//! Whoever works in a folder holds a lock on it (`flock(2)`), which ends with its holder however that ends. So a folder
//! that can be locked was left behind by a host that was killed, and [`remove_left_behind`] removes it. The agent itself
//! does not hold the lock: its exec closes it, and its keeper ends it soon after the host.

use rustix::{
    fd::OwnedFd,
    fs::{FlockOperation, Mode, OFlags, flock, fstat, lstat},
    io::Errno,
    process::geteuid,
};
use std::{
    env,
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const PREFIX: &str = "pyexec-agent-";

/// How often a folder is made anew that somebody took for left behind before it was locked.
const TRIES: usize = 16;

/// The folder. Removed when it is dropped.
#[derive(Debug)]
pub(crate) struct WorkFolder {
    // Dropped in this order: the folder is gone before nobody holds it.
    _folder: TempDir,
    _lock: OwnedFd,
    root: PathBuf,
}

impl WorkFolder {
    /// In the folder for temporary files (`TMPDIR`), with rights for this user alone.
    pub(crate) fn create() -> io::Result<Self> {
        Self::create_in(&env::temp_dir())
    }

    fn create_in(place: &Path) -> io::Result<Self> {
        for _ in 0..TRIES {
            let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
            let Some(lock) = lock(folder.path())? else { continue };
            // Without symbolic links: programs compare paths as texts.
            let root = folder.path().canonicalize()?;
            let folder = Self { _folder: folder, _lock: lock, root };
            for part in [folder.work(), folder.home(), folder.config(), folder.temporary()] {
                DirBuilder::new().mode(0o700).create(part)?;
            }
            return Ok(folder);
        }
        Err(io::Error::other("somebody removes each folder at once"))
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

/// Removes what hosts of this user that were killed have left in `place`. What cannot be removed stays for the next time.
pub(crate) fn remove_left_behind(place: &Path) {
    // Who cannot list the place is told so when a folder is to be made there.
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            continue;
        }
        let path = entry.path();
        let removed = lock(&path).and_then(|held| held.map(|_lock| fs::remove_dir_all(&path)).transpose());
        match removed {
            Ok(Some(())) => tracing::info!("removed `{}`, which a host left that was killed", path.display()),
            Ok(None) => {}
            Err(error) => tracing::warn!("`{}` was left behind and cannot be removed: {error}", path.display()),
        }
    }
}

/// The lock of a folder of this user's; none where it is another's, no folder, locked, or gone by the time it is locked.
fn lock(path: &Path) -> io::Result<Option<OwnedFd>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = match rustix::fs::open(path, flags, Mode::empty()) {
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::ACCESS) => return Ok(None),
        opened => opened?,
    };
    let held = fstat(&folder)?;
    if held.st_uid != geteuid().as_raw() {
        return Ok(None);
    }
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => return Ok(None),
        locked => locked?,
    }
    let there = match lstat(path) {
        Err(Errno::NOENT) => return Ok(None),
        there => there?,
    };
    Ok(((there.st_dev, there.st_ino) == (held.st_dev, held.st_ino)).then_some(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{os::unix::fs::symlink, thread};

    /// As a kill leaves it: the folder is there, and nobody holds it.
    fn left_behind(place: &Path) -> PathBuf {
        let WorkFolder { _folder: folder, _lock: lock, root } = WorkFolder::create_in(place).unwrap();
        fs::write(root.join("work/note"), "x").unwrap();
        let _ = folder.keep();
        drop(lock);
        root
    }

    #[test]
    fn what_a_killed_host_left_is_removed_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        let (living, left) = (WorkFolder::create_in(place).unwrap(), left_behind(place));
        let others = ["pyexec-agent-file", "pyexec-agent-link", "other-agent"].map(|name| place.join(name));
        fs::write(&others[0], "x").unwrap();
        fs::create_dir_all(others[2].join("deep")).unwrap();
        symlink(&others[2], &others[1]).unwrap();
        assert!(left.exists());
        remove_left_behind(place);
        assert!(!left.exists());
        assert!(living.work().is_dir());
        for other in &others {
            assert!(fs::symlink_metadata(other).is_ok(), "{}", other.display());
        }
        assert!(others[2].join("deep").is_dir(), "no link is followed");
        let root = living.root.clone();
        drop(living);
        assert!(!root.exists());
    }

    #[test]
    fn what_is_another_users_is_not_ours_to_remove() {
        let place = tempfile::tempdir().unwrap();
        let foreign = left_behind(place.path());
        // Only root can give something away; whoever else runs this owns what it makes.
        let given = std::os::unix::fs::chown(&foreign, Some(54_321), None).is_ok();
        remove_left_behind(place.path());
        assert_eq!(foreign.exists(), given);
    }

    #[test]
    fn a_folder_that_is_being_made_is_not_taken_for_left_behind() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        thread::scope(|scope| {
            scope.spawn(|| (0..2000).for_each(|_| remove_left_behind(place)));
            for _ in 0..200 {
                let folder = WorkFolder::create_in(place).unwrap();
                fs::write(folder.work().join("note"), "x").unwrap();
                assert!(folder.home().is_dir());
            }
        });
    }
}
