//! What analysis found in code.

use crate::{Capability, code::Digest};
use serde::{Deserialize, Serialize};

/// How sure the analysis is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It may happen.
    Possible,
    /// It happens when the line runs.
    Definite,
}

/// How much it matters to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Worth a look.
    Warning,
    /// Dangerous, or not runnable.
    Error,
}

/// One thing at one place. Lines and columns count from 1, columns in characters; the end is exclusive. All are 0 where no
/// place is known, which is so for what was refused at run time only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable name (`fs.write.open`, `syntax`).
    pub rule: String,
    /// What the code can do; null for a defect such as a syntax error.
    pub capability: Option<Capability>,
    /// How sure.
    pub certainty: Certainty,
    /// How much it matters.
    pub severity: Severity,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// One sentence in plain words.
    pub message: String,
    /// The resolved name that was matched (`os.remove`), when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What it is done to, when that is a constant: the ground for a proposed grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Which analyzer said so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub analyzer: String,
}

/// The constant object of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// A path as it stands in the code.
    Path {
        /// Absolute or relative to the run's working folder.
        path: String,
    },
    /// A channel of the control system.
    Channel {
        /// Its name.
        name: String,
    },
}

/// A declared input as analyzers see it: never its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputInfo {
    /// The name in the run's working folder.
    pub name: String,
    /// The absolute path that the caller gave.
    pub path: String,
    /// Of the content.
    pub sha256: Digest,
    /// Size.
    pub bytes: u64,
}
