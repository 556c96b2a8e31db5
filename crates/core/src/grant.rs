//! What a mode opens for one run.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A grant as analysis proposes it, before the host has looked at the path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProposedGrant {
    /// Write in this folder (absolute).
    Output {
        /// The folder.
        path: PathBuf,
    },
    /// Read this file or folder (absolute).
    Read {
        /// The file or folder.
        path: PathBuf,
    },
    /// The host's network.
    Net,
    /// Fork and exec inside the sandbox.
    Process,
    /// Write these channels.
    ChannelWrite(ChannelWriteGrant),
}

/// A grant as it was approved and as the kernel or the broker enforces it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Grant {
    /// Write in this folder, and in no other that later stands at its path.
    Output {
        /// Absolute, without symbolic links.
        path: PathBuf,
        /// `st_dev` when it was approved.
        dev: u64,
        /// `st_ino` when it was approved.
        inode: u64,
    },
    /// Read this file or folder.
    Read {
        /// Absolute, without symbolic links.
        path: PathBuf,
    },
    /// The host's network.
    Net,
    /// Fork and exec inside the sandbox.
    Process,
    /// Write these channels.
    ChannelWrite(ChannelWriteGrant),
}

impl Grant {
    /// Whether it lets a run change something outside its own folder (DESIGN: *effects*).
    pub const fn is_effect(&self) -> bool {
        !matches!(self, Self::Read { .. })
    }
}

/// Bounds of channel writes. A dynamic channel name grants nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChannelWriteGrant {
    /// Exactly these channels.
    pub names: Vec<String>,
    /// Least value, if bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Greatest value, if bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// How many writes in this run, if bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_writes: Option<u32>,
}
