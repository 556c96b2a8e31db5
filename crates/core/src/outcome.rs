//! What became of an execution.

use crate::{Capability, code::Digest, error::RunError};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

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
    /// Which Python that was, if the executor knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<PythonEnvironment>,
    /// What the run's permit does not open, tried nevertheless, and refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
}

/// Which Python ran the code, and what was installed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonEnvironment {
    /// The program.
    pub interpreter: String,
    /// Why this one, for people (`managed`, `configured`).
    pub origin: String,
    /// Installed packages, name to version. The log keeps their digest, and them as a blob.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: BTreeMap<String, String>,
    /// Of the canonical JSON of `packages`; set by the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages_sha256: Option<Digest>,
}

/// Something refused while the code ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// What of the world it was about.
    pub area: RefusedArea,
    /// A system call (`socket`), or a path.
    pub what: String,
    /// How often.
    pub count: u64,
    /// Who says so.
    pub witness: Witness,
    /// The line of the code, as far as its own process tells: always a claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefusedArea {
    /// The network.
    #[serde(rename = "net")]
    Net,
    /// Another process.
    #[serde(rename = "process")]
    Process,
    /// What no grant opens: mounts, keys, tracing of the kernel and its kin.
    #[serde(rename = "system")]
    System,
    /// Reading a file that is not visible.
    #[serde(rename = "fs.read")]
    FsRead,
    /// Changing a file that must not change.
    #[serde(rename = "fs.write")]
    FsWrite,
}

impl RefusedArea {
    /// The name in JSON and in the names of rules.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Process => "process",
            Self::System => "system",
            Self::FsRead => "fs.read",
            Self::FsWrite => "fs.write",
        }
    }

    /// What code can do that would have had to be opened for it.
    pub const fn capability(self) -> Capability {
        match self {
            Self::Net => Capability::NET,
            Self::Process => Capability::PROCESS,
            Self::System => Capability::NATIVE_CODE,
            Self::FsRead => Capability::FS_READ,
            Self::FsWrite => Capability::FS_WRITE,
        }
    }
}

/// Whose word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// The kernel's.
    Kernel,
    /// The code's own process's, which may say anything or nothing.
    Claim,
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
