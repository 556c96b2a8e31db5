//! Which kernels are ours: every process that starts any holds a locked file of its own, named in the path of each session.
//! A file that nobody holds any more is one of a dead process, and whatever bears its name on the server is deleted.
//! Nothing else on a server is ever touched.

use super::{
    error::ServerError,
    server::{Server, Sessions, Started},
};
use pyexec_core::Digest;
use rustix::fs::{FlockOperation, flock};
use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};
use uuid::Uuid;

/// The owner's file for one server.
#[derive(Debug)]
pub(super) struct Ledger {
    file: File,
    path: PathBuf,
    owner: String,
    count: AtomicU64,
    /// Something of ours may still be on the server.
    left: AtomicBool,
}

impl Ledger {
    /// A new one below `data_dir`, for the server at `url`.
    pub(super) fn open(data_dir: &Path, url: &str) -> Result<Self, ServerError> {
        let folder = data_dir.join("jupyter");
        let owner = Uuid::new_v4().simple().to_string();
        let path = folder.join(format!("{owner}.{}", key(url)));
        let failed = |e: io::Error| ServerError::Ledger { path: path.clone(), why: e.to_string() };
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
        let file = held(&path).map_err(failed)?;
        Ok(Self { file, path, owner, count: AtomicU64::new(0), left: AtomicBool::new(false) })
    }

    /// A path for a session that is ours.
    pub(super) fn mark(&self, what: &str) -> String {
        format!("{}{what}-{}", prefix(&self.owner), self.next())
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// Notes a kernel: not every server tells which sessions it has.
    pub(super) fn note(&self, started: &Started) -> Result<(), ServerError> {
        let line = format!("{} {}\n", started.session, started.kernel);
        (&self.file)
            .write_all(line.as_bytes())
            .map_err(|e| ServerError::Ledger { path: self.path.clone(), why: e.to_string() })
    }

    /// A kernel could not be deleted: the next start is to find it.
    pub(super) fn leave(&self) {
        self.left.store(true, Ordering::Release);
    }

    /// All kernels have ended. If none is left on the server the next start has nothing to look for.
    pub(super) fn close(&self) {
        if !self.left.load(Ordering::Acquire) {
            let _ = fs::remove_file(&self.path); // if it stays, the next start looks in vain
        }
    }
}

/// Creates and locks a file. Between the two another process may take it for one of a dead owner, and away.
fn held(path: &Path) -> io::Result<File> {
    loop {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        flock(&file, FlockOperation::LockExclusive)?;
        if fs::metadata(path).is_ok_and(|there| file.metadata().is_ok_and(|ours| there.ino() == ours.ino())) {
            return Ok(file);
        }
    }
}

fn prefix(owner: &str) -> String {
    format!("pyexec-{owner}/")
}

/// Of a server's address, fit for a file name.
fn key(url: &str) -> String {
    Digest::of(url.as_bytes()).to_string()[..16].to_owned()
}

/// Deletes what dead processes have left on `server`. How many sessions; a server that fails keeps its files for the next
/// time.
pub(super) async fn reap(data_dir: &Path, server: &Server) -> Result<usize, ServerError> {
    let dead = dead(data_dir, server.url());
    if dead.is_empty() {
        return Ok(0);
    }
    let listed = match server.sessions().await? {
        Sessions::Known(listed) => listed,
        Sessions::Untold => Vec::new(),
    };
    let mut count = 0;
    for Dead { path, owner, noted, lock } in dead {
        let marked = prefix(&owner);
        let mut sessions: BTreeSet<&str> =
            listed.iter().filter(|(_, path)| path.starts_with(&marked)).map(|(id, _)| id.as_str()).collect();
        sessions.extend(noted.iter().map(|started| started.session.as_str()));
        for session in sessions {
            server.delete_session(session).await?;
            count += 1;
        }
        for kernel in &noted {
            server.delete_kernel(&kernel.kernel).await?;
        }
        let _ = fs::remove_file(&path); // held by us until it is gone
        drop(lock);
    }
    Ok(count)
}

struct Dead {
    path: PathBuf,
    owner: String,
    noted: Vec<Started>,
    lock: File,
}

/// The files for this server that nobody holds; from now on we do.
fn dead(data_dir: &Path, url: &str) -> Vec<Dead> {
    let Ok(entries) = fs::read_dir(data_dir.join("jupyter")) else { return Vec::new() };
    let key = key(url);
    let dead = |path: PathBuf| {
        let (owner, of) = path.file_name()?.to_str()?.rsplit_once('.')?;
        let owner = Uuid::try_parse(owner).ok().filter(|_| of == key)?.simple().to_string();
        let lock = OpenOptions::new().append(true).open(&path).ok()?;
        flock(&lock, FlockOperation::NonBlockingLockExclusive).ok()?;
        let noted = fs::read_to_string(&path).ok()?;
        let started = |line: &str| {
            let (session, kernel) = line.split_once(' ')?;
            Some(Started { session: session.into(), kernel: kernel.into() })
        };
        Some(Dead { noted: noted.lines().filter_map(started).collect(), path, owner, lock })
    };
    entries.filter_map(|entry| dead(entry.ok()?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_holds_is_dead() {
        let data = tempfile::tempdir().unwrap();
        let url = "http://localhost:8888/";
        let ledger = Ledger::open(data.path(), url).unwrap();
        let started = Started { session: "s".into(), kernel: "k".into() };
        ledger.note(&started).unwrap();
        assert!(ledger.mark("run").starts_with(&format!("pyexec-{}/run-", ledger.owner)));
        assert!(dead(data.path(), url).is_empty(), "its owner lives");
        drop(ledger);
        assert!(dead(data.path(), "http://localhost:8889/").is_empty(), "of another server");
        let found = dead(data.path(), url);
        assert_eq!(found.iter().map(|d| d.noted.clone()).collect::<Vec<_>>(), [vec![started]]);
        assert!(dead(data.path(), url).is_empty(), "now we hold it");
    }
}
