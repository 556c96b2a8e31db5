//! What is done to a run, and to which of its acts.

use std::{fmt, time::Duration};

/// A fault.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// None: operations are counted, and the scenario must end as it should.
    None,
    /// By the layer; its plan, and what that does for the tally.
    Layer { plan: String, name: &'static str },
    /// The disk of the data folder has this much room left.
    SmallDisk { room_kib: u64 },
    /// `kill -9` at a moment: the only fault that is a matter of timing.
    Strike { victim: Victim, after: Duration },
}

/// Who is killed at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    Host,
    Outer,
    Init,
    Code,
}

impl Victim {
    /// Its place in the line of processes.
    pub(crate) const fn depth(self) -> usize {
        match self {
            Self::Host => 0,
            Self::Outer => 1,
            Self::Init => 2,
            Self::Code => 3,
        }
    }
}

impl Fault {
    /// For the tally.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Layer { name, .. } => name,
            Self::SmallDisk { .. } => "small disk",
            Self::Strike { victim: Victim::Host, .. } => "kill the host at a moment",
            Self::Strike { victim: Victim::Outer, .. } => "kill the outer process at a moment",
            Self::Strike { victim: Victim::Init, .. } => "kill pid 1 at a moment",
            Self::Strike { victim: Victim::Code, .. } => "kill the code at a moment",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layer { plan, .. } => f.write_str(plan),
            Self::SmallDisk { room_kib } => write!(f, "small disk, {room_kib} KiB left"),
            Self::Strike { victim, after } => write!(f, "kill {victim:?} after {} ms", after.as_millis()),
            Self::None => f.write_str("none"),
        }
    }
}

/// On which side of a persisted transition a fault lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Side {
    /// Killed before the first byte of it is written.
    Before,
    /// Killed right after the page that commits it.
    After,
    /// The write of it fails.
    WriteError,
}

impl Side {
    pub(crate) const ALL: [Self; 3] = [Self::Before, Self::After, Self::WriteError];
}

/// A transition to be hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Aim {
    pub(crate) kind: &'static str,
    pub(crate) side: Side,
}
