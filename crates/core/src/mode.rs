//! The execution modes: what a run may change at all.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Ordered by power: a ceiling is compared with `<=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum ExecutionMode {
    /// Computes, reads its inputs, writes inside its own folder; reads channels.
    #[default]
    ReadOnly,
    /// Changes what its grants name: folders, the network, processes.
    WriteEnabled,
    /// Writes channels of the control system, always after a person's approval.
    EpicsControl,
}

impl ExecutionMode {
    /// Every mode, weakest first.
    pub const ALL: [Self; 3] = [Self::ReadOnly, Self::WriteEnabled, Self::EpicsControl];

    /// The canonical name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => "READ_ONLY",
            Self::WriteEnabled => "WRITE_ENABLED",
            Self::EpicsControl => "EPICS_CONTROL",
        }
    }
}

impl fmt::Display for ExecutionMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No such mode. Nothing falls back to another one.
#[derive(Debug, thiserror::Error)]
#[error("there is no execution mode `{0}`; use READ_ONLY, WRITE_ENABLED or EPICS_CONTROL")]
pub struct UnknownMode(String);

impl FromStr for ExecutionMode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        match text {
            "READ_ONLY" | "read_only" => Ok(Self::ReadOnly),
            "WRITE_ENABLED" | "write_enabled" | "write_access" => Ok(Self::WriteEnabled),
            "EPICS_CONTROL" | "epics_control" | "CONTROL_SYSTEM" => Ok(Self::EpicsControl),
            other => Err(UnknownMode(other.into())),
        }
    }
}

impl Serialize for ExecutionMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ExecutionMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
