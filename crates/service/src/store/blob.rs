//! Bytes by their SHA-256: code, prompts, answers. A blob is written once, whole or not at all, and checked on every read.
//!
//! `blobs/ab/abcd…` is written as `blobs/incoming/<id>`, synced, and then linked into place, which is atomic and never
//! replaces what is there. A writer that is killed leaves at most a file in `incoming`.

use super::{DiskError, Store};
use pyexec_core::{Digest, ErrorKind, RunError};
use std::{
    collections::HashMap,
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

/// The largest blob, in bytes.
pub const BLOB_MAX_BYTES: u64 = 64 << 20;

/// So many blobs are known to be on disk; then anew.
const MOST_SYNCED: usize = 1024;

/// How long a file in `incoming` may take: an older one belongs to nobody. A write takes seconds at most.
const ABANDONED: Duration = Duration::from_hours(24);

/// A blob cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Changed outside of pyexec.
    #[error("the stored bytes {} are not the ones that were stored: their SHA-256 is {found}, not {digest}", path.display())]
    Altered {
        /// What was stored.
        digest: Digest,
        /// What is there.
        found: Digest,
        /// Where.
        path: PathBuf,
    },
    /// Removed outside of pyexec.
    #[error("the stored bytes {} are missing", path.display())]
    Missing {
        /// What was stored.
        digest: Digest,
        /// Where it was.
        path: PathBuf,
    },
    /// Past [`BLOB_MAX_BYTES`].
    #[error("{bytes} bytes are too many to store: the most is {BLOB_MAX_BYTES}")]
    TooLarge {
        /// How many.
        bytes: u64,
    },
    /// The disk in the way.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl BlobError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::Altered { path, .. } => format!(
                "nothing that needs it runs: restore it from a backup, or remove {} and submit anew",
                path.display()
            ),
            Self::Missing { .. } => "restore it from a backup of the data folder, or submit anew".into(),
            Self::TooLarge { .. } => "make it smaller, or give it as an input file".into(),
            Self::Disk(disk) => disk.help(),
        }
    }
}

/// Altered bytes are a refusal: they were approved, or shown to who approved.
impl From<&BlobError> for RunError {
    fn from(error: &BlobError) -> Self {
        let kind = match error {
            BlobError::Altered { .. } | BlobError::Missing { .. } => ErrorKind::CodeAltered,
            BlobError::TooLarge { .. } => ErrorKind::BadRequest,
            BlobError::Disk(_) => ErrorKind::Store,
        };
        Self::new(kind, error.to_string()).with_help(error.help())
    }
}

impl Store {
    /// Stores bytes and says their name. When it returns they are on disk, also through a power cut. Blocks.
    ///
    /// Bytes that are stored already are checked, not replaced: [`BlobError::Altered`] keeps the evidence.
    pub fn put_blob(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        let size = bytes.len() as u64;
        if size > BLOB_MAX_BYTES {
            return Err(BlobError::TooLarge { bytes: size });
        }
        let digest = Digest::of(bytes);
        let path = self.blob_path(&digest);
        let shard = path.parent().unwrap_or(&self.inner.blobs).to_path_buf();
        match self.get_blob(&digest) {
            // Two syncs less: of a run's three blobs two (no findings, the list of packages) are those of the run before.
            Ok(_) if self.is_synced(&digest, &path) => return Ok(digest),
            Ok(_) => {}
            Err(BlobError::Missing { .. }) => {
                make_folder(&shard)?;
                self.write_blob(bytes, &path)?;
            }
            Err(other) => return Err(other),
        }
        // Also for bytes that were there: whoever put them may not have got to this point yet.
        sync_folder(&shard)?;
        sync_folder(&self.inner.blobs)?;
        self.note_synced(digest, &path);
        Ok(digest)
    }

    /// Whether this process has brought this very file to disk, name and all.
    fn is_synced(&self, digest: &Digest, path: &Path) -> bool {
        let known = self.synced().get(digest).copied();
        known.is_some() && known == inode(path)
    }

    fn note_synced(&self, digest: Digest, path: &Path) {
        let mut synced = self.synced();
        if synced.len() >= MOST_SYNCED {
            synced.clear();
        }
        synced.extend(inode(path).map(|inode| (digest, inode)));
    }

    fn synced(&self) -> MutexGuard<'_, HashMap<Digest, u64>> {
        self.inner.synced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads bytes and checks that they are the ones. Blocks.
    pub fn get_blob(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        let path = self.blob_path(digest);
        let fail = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => BlobError::Missing { digest: *digest, path: path.clone() },
            _ => DiskError::from_io(&path, e).into(),
        };
        // Not opened before it is known to be a file: a FIFO would block for ever.
        if !std::fs::symlink_metadata(&path).map_err(fail)?.is_file() {
            return Err(DiskError::from_io(&path, io::Error::other("it is not a regular file")).into());
        }
        let mut bytes = vec![];
        File::open(&path).map_err(fail)?.take(BLOB_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(fail)?;
        match Digest::of(&bytes) {
            found if found == *digest => Ok(bytes),
            found => Err(BlobError::Altered { digest: *digest, found, path }),
        }
    }

    /// Where these bytes are, if they are: for plugins, which check them themselves.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.inner.blobs.join(&name[..2]).join(name)
    }

    fn write_blob(&self, bytes: &[u8], path: &Path) -> Result<(), DiskError> {
        let incoming = incoming(&self.inner.blobs).join(uuid::Uuid::now_v7().hyphenated().to_string());
        let written = write_synced(&incoming, bytes).map_err(|e| DiskError::from_io(&incoming, e));
        let linked = written.and_then(|()| match std::fs::hard_link(&incoming, path) {
            // Somebody put the same bytes in the meantime; they are theirs to have written well, and are checked on read.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other.map_err(|e| DiskError::from_io(path, e)),
        });
        let _ = std::fs::remove_file(&incoming); // what stays is swept when the store is next opened, a day later
        linked
    }
}

fn inode(path: &Path) -> Option<u64> {
    std::fs::symlink_metadata(path).ok().map(|file| file.ino())
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes the folders, and clears away what killed writers left.
pub(super) fn prepare(blobs: &Path) -> Result<(), DiskError> {
    let incoming = incoming(blobs);
    make_folder(&incoming)?;
    let fail = |e| DiskError::from_io(&incoming, e);
    for entry in std::fs::read_dir(&incoming).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let written = entry.metadata().and_then(|file| file.modified());
        let age = written.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
        if age.is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_file(entry.path()); // of no consequence: it is tried again next time
        }
    }
    Ok(())
}

fn incoming(blobs: &Path) -> PathBuf {
    blobs.join("incoming")
}

fn make_folder(folder: &Path) -> Result<(), DiskError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| DiskError::from_io(folder, e))
}

fn sync_folder(folder: &Path) -> Result<(), DiskError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|e| DiskError::from_io(folder, e))
}
