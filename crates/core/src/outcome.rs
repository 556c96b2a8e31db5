//! What became of an execution.

use crate::{code::Digest, error::RunError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How strongly code was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// All namespaces, own root, allow-list seccomp, Landlock as far as the kernel has it.
    Full,
    /// Without user namespaces.
    Reduced,
    /// A hardened container.
    Container,
    /// Whatever a remote endpoint gives.
    Endpoint,
    /// None.
    None,
}

impl Isolation {
    /// The name in JSON and configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Reduced => "reduced",
            Self::Container => "container",
            Self::Endpoint => "endpoint",
            Self::None => "none",
        }
    }
}

/// What the host saw, and what the code claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended, as the host saw it (wait status, deadline), never as the code said.
    pub ended: Ended,
    /// The code's claim.
    pub results: Results,
    /// Why it counts as failed, if it does.
    pub error: Option<RunError>,
    /// What a reader should know (a value that became its repr, output cut).
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Images, paths relative to the run folder: those the script saved and the open ones saved at the end.
    #[serde(default)]
    pub figures: Vec<FileRecord>,
    /// Every other file the code left, paths relative to the run folder.
    #[serde(default)]
    pub artifacts: Vec<FileRecord>,
    /// What it used.
    pub usage: Usage,
    /// How it was held.
    pub isolation: Isolation,
    /// The interpreter's version (`3.11.7`), if it started.
    #[serde(default)]
    pub python: Option<String>,
}

/// How a process tree ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ended {
    /// By itself, with this status.
    Exited {
        /// 0 to 255.
        code: i32,
    },
    /// By a signal that we did not send.
    Signalled {
        /// Its number.
        signal: i32,
    },
    /// Killed by us at the deadline.
    Deadline,
    /// Killed by us on a limit.
    Limit {
        /// Which (`memory_mb`).
        limit: String,
    },
    /// Killed by us on request.
    Killed,
}

/// What the code left in `results`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Results {
    /// No such name, or it never got there.
    Missing,
    /// Something else than a dict.
    NotADict {
        /// Its type.
        type_name: String,
    },
    /// A dict, as JSON.
    Dict {
        /// The JSON.
        value: Map<String, Value>,
    },
}

/// A file in the run folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Relative to the run folder.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// Of its content.
    pub sha256: Digest,
}

/// What an execution used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Wall time of the user's code, ms.
    pub wall_ms: u64,
    /// CPU time of the tree, ms.
    pub cpu_ms: u64,
    /// Largest resident set of one process, bytes.
    pub peak_rss_bytes: u64,
}
