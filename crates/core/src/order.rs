//! What an executor is told to do. Plain data: what makes it safe is that only the host's `release` hands out the code.

use crate::{
    ExecutionMode, Grant, RunId,
    code::{CodeHash, Digest},
    id::Token,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// Everything about a run but its code: what can be prepared before approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrepareOrder {
    /// The run.
    pub run_id: RunId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The mode.
    pub mode: ExecutionMode,
    /// What is opened.
    pub grants: Vec<Grant>,
    /// The run folder, absolute: figures and artifacts are written below it.
    pub folder: PathBuf,
    /// The inputs.
    pub inputs: Vec<StagedInput>,
    /// A JSON file with `context`, if there is one.
    pub context: Option<FileRef>,
    /// The limits.
    pub limits: Limits,
    /// Environment variables of this mode, from configuration.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Levels of isolation that are acceptable ([`crate::Isolation`] names); anything else is refused.
    pub accept_isolation: Vec<crate::Isolation>,
}

/// The order itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecuteOrder {
    /// As prepared.
    pub prepare: PrepareOrder,
    /// What must be released, and nothing else.
    pub code_sha256: CodeHash,
    /// The right to execute, once.
    pub token: Token,
    /// For real, or as a rehearsal.
    pub scope: Scope,
}

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// For real.
    Run,
    /// Reserved: with every effect stubbed.
    Rehearsal,
}

/// An input, staged in the run folder or left where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedInput {
    /// Its name in the working folder.
    pub name: String,
    /// The absolute path that the caller gave; also visible inside.
    pub original: PathBuf,
    /// Where the bytes are.
    pub staged: PathBuf,
    /// Of the bytes.
    pub sha256: Digest,
    /// Size.
    pub bytes: u64,
}

/// A file that crosses as path and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// Absolute.
    pub path: PathBuf,
    /// Of its content.
    pub sha256: Digest,
}

/// Limits of one execution; each is enforced by the kernel or by the executor, and what cannot be enforced is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Wall time, seconds; then the whole tree is killed.
    pub timeout_seconds: u64,
    /// Address space, MiB.
    pub memory_mb: u64,
    /// CPU time, seconds.
    pub cpu_seconds: u64,
    /// Processes and threads.
    pub processes: u64,
    /// Scratch space, MiB.
    pub scratch_mb: u64,
    /// Kept output of each of stdout and stderr, KiB; the middle of what is beyond is counted and dropped.
    pub output_kb: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout_seconds: 600,
            memory_mb: 2048,
            cpu_seconds: 600,
            processes: 64,
            scratch_mb: 512,
            output_kb: 1024,
        }
    }
}
