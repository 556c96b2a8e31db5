//! Opening: the folder, the file, its schema, the connections. Everything that can be wrong gets its sentence here.
//!
//! One thing that this file must never do is open and close `store.sqlite` itself: `SQLite` holds POSIX locks, and the
//! kernel drops all those of a process when it closes *any* descriptor of the file
//! (<https://www.sqlite.org/howtocorrupt.html>, 2.2). A file that exists is only looked at from outside.

use super::{BUSY, DiskError, Inner, Store, blob, connections::Connections};
use pyexec_core::{ErrorKind, RunError};
use sqlx::{
    Connection as _, SqlSafeStr as _, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::SqliteConnectOptions,
};
use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// "pyex" in the database's header; also in the first migration.
const APPLICATION_ID: i64 = 0x7079_6578;

/// Lists and followers read side by side; more connections than this only cost threads.
const READERS: u32 = 4;

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// Something else has that name.
    #[error("{} is not {expected}", path.display())]
    WrongType {
        /// What is there.
        path: PathBuf,
        /// What should be (`a folder`).
        expected: &'static str,
    },
    /// The data folder is another user's.
    #[error("the data folder {} belongs to uid {owner}, and this is uid {us}", path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who runs this.
        us: u32,
    },
    /// Others may write to the data folder, and so to approvals.
    #[error("the data folder {} can be written by other users (mode {mode:04o})", path.display())]
    WritableByOthers {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The path has no UTF-8 text, which the database needs.
    #[error("the path of the data folder, {}, is not UTF-8", path.display())]
    PathNotText {
        /// The folder.
        path: PathBuf,
    },
    /// Made by a newer version.
    #[error("{} was written by a newer pyexec (schema {found}; this one knows {known})", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// A database, but not one of ours.
    #[error("{} is a database of another program", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
    },
    /// The database is gone and its journal is there: an empty one would hide that runs are lost.
    #[error("{} is missing, but its journal {} is there", path.display(), journal.display())]
    JournalAlone {
        /// The database.
        path: PathBuf,
        /// The journal.
        journal: PathBuf,
    },
    /// A network file system, most likely.
    #[error("{} is on a file system without shared memory, which a write-ahead log needs", path.display())]
    NoSharedMemory {
        /// The database.
        path: PathBuf,
    },
    /// The disk or the database in the way.
    #[error("cannot open the store: {0}")]
    Disk(#[from] DiskError),
}

impl OpenStoreError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::WrongType { path, .. } => format!("move {} aside, or set `data_dir` to a folder", path.display()),
            Self::NotOurs { .. } => "run pyexec as that user, or set `data_dir` to a folder of your own".into(),
            Self::WritableByOthers { path, .. } => {
                format!("`chmod go-w {}` if it is yours alone, or set `data_dir` to a folder that is", path.display())
            }
            Self::PathNotText { .. } => "set `data_dir` to a folder with a UTF-8 path".into(),
            Self::Newer { .. } => "use that pyexec, or set `data_dir` to another folder".into(),
            Self::Foreign { .. } => "set `data_dir` to a folder of its own".into(),
            Self::NoSharedMemory { .. } => "set `data_dir` to a folder on a local disk".into(),
            Self::JournalAlone { journal, .. } => {
                format!("restore both from one backup, or move {} aside to begin an empty store", journal.display())
            }
            Self::Disk(disk) => disk.help(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongType { .. }
            | Self::NotOurs { .. }
            | Self::WritableByOthers { .. }
            | Self::PathNotText { .. } => ErrorKind::BadFile,
            Self::Newer { .. }
            | Self::Foreign { .. }
            | Self::JournalAlone { .. }
            | Self::NoSharedMemory { .. }
            | Self::Disk(_) => ErrorKind::Store,
        }
    }
}

impl From<&OpenStoreError> for RunError {
    fn from(error: &OpenStoreError) -> Self {
        Self::new(error.kind(), error.to_string()).with_help(error.help())
    }
}

impl Store {
    /// Opens the store of a data folder, and makes folder, file and schema where they are missing.
    ///
    /// A folder that it makes is 0700, every file in it 0600. One that exists must be this user's and not writable by others.
    pub async fn open(data_dir: &Path) -> Result<Self, OpenStoreError> {
        let data_dir = prepare_folder(data_dir)?;
        let file = data_dir.join("store.sqlite");
        let disk = |e| OpenStoreError::from(DiskError::from_sqlx(&file, e));
        let options = options(&file);

        // Two processes that create, switch to WAL or migrate at once would disturb each other: SQLite does not wait on
        // its busy timeout for the switch, and sqlx takes no lock for its migrations.
        let turn = lock(&data_dir.join("store.lock")).await?;
        prepare_file(&file)?;
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(disk)?;
        check_identity(&mut connection, &file).await?;
        switch_to_wal(&mut connection, &file).await?;
        migrate(&mut connection, &file).await?;

        let readers = Connections::new(options.clone().pragma("query_only", "ON"), READERS, vec![]);
        let writer = Connections::new(options, 1, vec![connection]);
        let blobs = data_dir.join("blobs");
        blob::prepare(&blobs)?;
        drop(turn);
        Ok(Self { inner: Arc::new(Inner { data_dir, file, blobs, synced: Mutex::default(), writer, readers }) })
    }
}

fn options(file: &Path) -> SqliteConnectOptions {
    use sqlx::ConnectOptions as _;
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("synchronous", "FULL")
        .pragma("trusted_schema", "OFF") // a doctored schema calls no functions
        .pragma("journal_size_limit", "67108864") // a burst does not keep its space for ever
        .pragma("temp_store", "MEMORY") // nothing of ours lands in /tmp
        .disable_statement_logging()
}

fn prepare_folder(folder: &Path) -> Result<PathBuf, OpenStoreError> {
    let disk = |e| DiskError::from_io(folder, e);
    match DirBuilder::new().recursive(true).mode(0o700).create(folder) {
        Err(e) if matches!(e.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => {
            return Err(OpenStoreError::WrongType { path: folder.into(), expected: "a folder" });
        }
        other => other.map_err(disk)?,
    }
    let folder = folder.canonicalize().map_err(disk)?;
    let found = folder.metadata().map_err(disk)?;
    let us = rustix::process::geteuid().as_raw();
    if found.uid() != us {
        return Err(OpenStoreError::NotOurs { path: folder, owner: found.uid(), us });
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(OpenStoreError::WritableByOthers { path: folder, mode });
    }
    if folder.to_str().is_none() {
        return Err(OpenStoreError::PathNotText { path: folder });
    }
    Ok(folder)
}

fn prepare_file(file: &Path) -> Result<(), OpenStoreError> {
    let disk = |e| DiskError::from_io(file, e);
    match std::fs::symlink_metadata(file) {
        Ok(found) if !found.is_file() => {
            Err(OpenStoreError::WrongType { path: file.into(), expected: "a regular file" })
        }
        Ok(found) if found.mode() & 0o077 != 0 => {
            Ok(std::fs::set_permissions(file, Permissions::from_mode(0o600)).map_err(disk)?)
        }
        Ok(_) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let journal = file.with_extension("sqlite-wal");
            if journal.exists() {
                return Err(OpenStoreError::JournalAlone { path: file.into(), journal });
            }
            // SQLite makes its journal and shared memory with the permissions of the file.
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(disk)?;
            Ok(())
        }
        Err(e) => Err(disk(e).into()),
    }
}

/// Before the first statement that could write. sqlx makes its own table before the first migration: a store whose making
/// was killed in between is still ours to make.
async fn check_identity(connection: &mut SqliteConnection, file: &Path) -> Result<(), OpenStoreError> {
    let disk = |e| DiskError::from_sqlx(file, e);
    let id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await.map_err(disk)?;
    let is_empty: i64 =
        sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE tbl_name <> '_sqlx_migrations')")
            .fetch_one(connection)
            .await
            .map_err(disk)?;
    if id == APPLICATION_ID || (id == 0 && is_empty == 1) {
        Ok(())
    } else {
        Err(OpenStoreError::Foreign { path: file.into() })
    }
}

/// `SQLite` answers with the mode that it has, and says nothing when it is another.
async fn switch_to_wal(connection: &mut SqliteConnection, file: &Path) -> Result<(), OpenStoreError> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode = WAL")
        .fetch_one(connection)
        .await
        .map_err(|e| DiskError::from_sqlx(file, e))?;
    if mode == "wal" { Ok(()) } else { Err(OpenStoreError::NoSharedMemory { path: file.into() }) }
}

async fn migrate(connection: &mut SqliteConnection, file: &Path) -> Result<(), OpenStoreError> {
    let one = |version, name: &'static str, sql: &'static str| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let migrations = Migrator::with_migrations(vec![
        one(1, "log", include_str!("../../migrations/sqlite/0001_log.sql")),
        one(2, "anchors", include_str!("../../migrations/sqlite/0002_anchors.sql")),
        one(3, "approved", include_str!("../../migrations/sqlite/0003_approved.sql")),
    ]);
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
    migrations.run_direct(None, connection, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) => OpenStoreError::Newer { path: file.into(), found, known },
        MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _) => DiskError::from_sqlx(file, e).into(),
        other => DiskError::Damaged { path: file.into(), detail: other.to_string() }.into(),
    })
}

/// Waits for its turn. The lock goes with the value.
async fn lock(path: &Path) -> Result<File, DiskError> {
    let disk = |e| DiskError::from_io(path, e);
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map_err(disk)?;
    let deadline = Instant::now() + BUSY;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(e)) => return Err(disk(e)),
            Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                return Err(DiskError::Busy { path: path.into() });
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}
