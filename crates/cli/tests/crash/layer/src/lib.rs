//! A layer between the program and libc for the crash proof: it counts what the program does to the disk below one folder
//! and, at the place that a plan names, kills the process or lets the operation fail.
//!
//! Loaded by `LD_PRELOAD`, which bites although `SQLite` is linked into the program: both `SQLite` and Rust's standard
//! library reach the kernel through libc's dynamic symbols. What goes to the kernel directly (`rustix`: locks, collected
//! artifacts) is not seen here. Without a plan in its environment the layer does nothing.
//!
//! It knows nothing of runs but one thing: what a row of the event log looks like in a page of the journal, so that a plan
//! can say "at the commit of this event". Open `plan.rs` for the plan's grammar, `calls.rs` for what is intercepted.

mod calls;
mod fire;
mod plan;
mod row;

/// One intercepted operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    /// Bytes into a file.
    Write,
    /// `fsync`, `fdatasync`.
    Sync,
    /// A file or folder comes to be, under a new name too.
    Create,
    /// A file changes its length.
    Resize,
    /// A name goes away.
    Remove,
}

impl Op {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Create => "create",
            Self::Resize => "resize",
            Self::Remove => "remove",
        }
    }

    /// Whether a full disk refuses it.
    pub(crate) const fn takes_space(self) -> bool {
        matches!(self, Self::Write | Self::Create | Self::Resize)
    }
}
