//! What can go wrong in reading and writing; opening, appending and the rest add their own beside themselves.

use super::DiskError;
use pyexec_core::{ErrorKind, RunError, RunId, id::Token};

/// Reading or writing failed, or what was read is not what was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The log of this run was changed outside of pyexec.
    #[error("the log of run {run} was altered: event {seq} is not what was written")]
    Altered {
        /// The run.
        run: RunId,
        /// The first event that does not fit.
        seq: u64,
    },
    /// The kept output of this run was changed outside of pyexec.
    #[error("the output of run {run} was altered: row {seq} of execution {token} is not what was written")]
    OutputAltered {
        /// The run.
        run: RunId,
        /// The execution.
        token: Token,
        /// The first row that does not fit.
        seq: u64,
    },
    /// A list row was changed outside of pyexec.
    #[error("the list of runs was altered: the row of `{row}` is not readable ({what})")]
    HeadAltered {
        /// Its id, as found.
        row: String,
        /// Which column.
        what: &'static str,
    },
    /// The list of anchors was changed outside of pyexec.
    #[error("the list of anchors was altered: anchor {n} is not readable")]
    AnchorAltered {
        /// The first that does not fit.
        n: u64,
    },
    /// Output for a run that has no event yet.
    #[error("there is no run {run}")]
    UnknownRun {
        /// The run.
        run: RunId,
    },
    /// The disk or the database in the way.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl StoreError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::Altered { .. } | Self::OutputAltered { .. } => {
                "this run cannot go on: restore the data folder from a backup, or submit the request anew".into()
            }
            Self::HeadAltered { .. } | Self::AnchorAltered { .. } => {
                "restore store.sqlite from a backup of the data folder".into()
            }
            Self::UnknownRun { .. } => "`pyexec runs list` shows those that there are".into(),
            Self::Disk(disk) => disk.help(),
        }
    }
}

impl From<&StoreError> for RunError {
    fn from(error: &StoreError) -> Self {
        Self::new(ErrorKind::Store, error.to_string()).with_help(error.help())
    }
}
