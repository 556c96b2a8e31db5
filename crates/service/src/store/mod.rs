//! The event store: an append-only, hash-chained log for every run, and what is kept beside it.
//!
//! It keeps canonical JSON and deliberately knows nothing of what an event means; the pipeline does. Open `append.rs`
//! first (how one of two writers wins), then `chain.rs` (what is hashed). Beside the log: `head.rs` (one row a run, for
//! lists), `anchor.rs` and `anchors.rs` (a signed list over the ends of all runs), `output.rs` (what running code prints),
//! `blob.rs` (bytes by digest), `owner.rs` (which processes live).
//!
//! `SQLite` in WAL mode, one writing connection and a few reading ones, in one folder:
//!
//! ```text
//! <data_dir>/store.sqlite (-wal, -shm)     store.lock     blobs/ab/abcd…     owners/<id>.lock
//! ```
//!
//! The statements keep to what `PostgreSQL` also speaks; what is `SQLite`'s alone is in `open.rs`, `connections.rs`,
//! `transaction.rs` (also that several statements travel in one text), `disk.rs` and `migrations/sqlite`.

mod anchor;
mod anchors;
mod append;
mod approved;
mod blob;
mod canonical;
mod chain;
mod checkup;
mod connections;
mod disk;
mod error;
mod head;
mod open;
mod output;
mod owner;
mod prefix;
mod read;
mod transaction;

pub use anchor::{Anchor, AnchoredHead, Seal, anchor_message};
pub use append::AppendError;
pub(crate) use append::Entry;
pub use blob::{BLOB_MAX_BYTES, BlobError};
pub use canonical::{canonical, to_canonical};
pub use chain::{GENESIS, NewEvent, StoredEvent};
pub use disk::DiskError;
pub use error::StoreError;
pub use head::{HeadFilter, RunHead};
pub use open::OpenStoreError;
pub use output::{OUTPUT_MAX_BYTES, OUTPUT_MAX_ROWS, OutputRow, OutputTally};
pub use owner::{Owner, OwnerError};
pub use prefix::{PREFIX_MIN, ResolveError, Resolved};

use connections::Connections;
use pyexec_core::Digest;
use std::{
    collections::HashMap,
    path::Path,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

/// How long a writer waits for another process before it says that the store is busy.
const BUSY: Duration = Duration::from_secs(10);

/// The store of one data folder. A clone is the same store; any number of processes may have it open.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    data_dir: PathBuf,
    file: PathBuf,
    blobs: PathBuf,
    /// Of the blobs, some that this process has brought to disk, and as which inode.
    synced: Mutex<HashMap<Digest, u64>>,
    writer: Connections,
    readers: Connections,
}

/// What an acknowledged write outlives. Both outlive the death of any process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Also a power cut: on disk, with everything that was written before.
    Durable,
    /// A power cut may lose it, and then all that was written after it; never it alone.
    Relaxed,
}

impl Store {
    /// The data folder, absolute.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// Closes the connections; writes in flight end first. Dropping the last clone does so too, without waiting.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
    }

    /// A database error with the database's name.
    fn disk(&self, error: sqlx::Error) -> DiskError {
        DiskError::from_sqlx(&self.inner.file, error)
    }
}

/// For `SQLite`, which has no unsigned 64-bit integers. No counter of ours gets near the bound.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
