//! The disk or the database in the way: `SQLite`'s and the file system's codes become sentences here and nowhere else.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The disk or the database in the way; the same for every operation.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// No space, or past a quota.
    #[error("the disk is full: {} cannot be written", path.display())]
    Full {
        /// What was being written.
        path: PathBuf,
    },
    /// A read-only file system.
    #[error("{} is on a read-only file system", path.display())]
    ReadOnly {
        /// What was being written.
        path: PathBuf,
    },
    /// Permissions.
    #[error("no permission to use {}", path.display())]
    Denied {
        /// What was being opened.
        path: PathBuf,
    },
    /// Another process held the write lock for too long.
    #[error("{} is busy: another process has been writing to it for more than {} seconds", path.display(), super::BUSY.as_secs())]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// Not a database, or damaged.
    #[error("{} is damaged or not a database: {detail}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// Anything else of the file system.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// What was being used.
        path: PathBuf,
        /// The cause; in the sentence already.
        source: io::Error,
    },
    /// Anything else of the database.
    #[error("the database {} refused: {source}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// The cause; in the sentence already.
        source: sqlx::Error,
    },
}

impl DiskError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::Full { .. } => "free some space and try again: what was acknowledged before is kept".into(),
            Self::ReadOnly { .. } => "mount it writable, or set `data_dir` to a folder that is".into(),
            Self::Denied { .. } => {
                "make the data folder and all in it your own (`chown -R`), or set `data_dir` to one that is".into()
            }
            Self::Busy { .. } => {
                "wait for the other pyexec or stop it (`fuser` on the file shows it), then try again".into()
            }
            Self::Damaged { .. } => {
                "restore it from a backup, or move it aside with its `-wal` file to begin an empty one".into()
            }
            Self::Io { .. } | Self::Database { .. } => "check the disk and the data folder, then try again".into(),
        }
    }

    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as K;
        let path = path.into();
        match source.kind() {
            K::StorageFull | K::QuotaExceeded => Self::Full { path },
            K::ReadOnlyFilesystem => Self::ReadOnly { path },
            K::PermissionDenied => Self::Denied { path },
            _ => Self::Io { path, source },
        }
    }

    pub(super) fn from_sqlx(path: &Path, source: sqlx::Error) -> Self {
        match source {
            sqlx::Error::Io(source) => Self::from_io(path, source),
            sqlx::Error::PoolTimedOut => Self::Busy { path: path.into() },
            sqlx::Error::Database(ref error) => {
                let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
                Self::from_sqlite(path, code, error.message().to_owned(), source)
            }
            source => Self::Database { path: path.into(), source },
        }
    }

    /// Codes: <https://www.sqlite.org/rescode.html>. The low byte is the primary code, the rest says more.
    fn from_sqlite(path: &Path, code: i32, detail: String, source: sqlx::Error) -> Self {
        let at = path.to_path_buf();
        match code & 0xff {
            5 | 6 => Self::Busy { path: at },
            8 => Self::ReadOnly { path: at },
            11 | 26 => Self::Damaged { path: at, detail },
            13 => Self::Full { path: at },
            3 | 14 | 23 => Self::Denied { path: at },
            // An I/O error while it writes, syncs or grows its shared memory: SQLite drops errno, so look at the disk.
            10 if no_space_left(path) => Self::Full { path: at },
            _ => Self::Database { path: at, source },
        }
    }
}

/// Less than the 32 KiB that one step of `SQLite`'s shared memory takes.
fn no_space_left(path: &Path) -> bool {
    let folder = path.parent().unwrap_or(path);
    rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < 32 << 10)
}
