//! Role `domain_analyzer`: code becomes findings. Ops: `analyze`. Host ops: none; an analyzer does no I/O.

use crate::{Finding, Result, code::Code, finding::InputInfo};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{future::Future, path::PathBuf};

/// The ABI's name of the one operation.
pub const ANALYZE: &str = "analyze";

/// What a domain analyzer gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnalysisRequest {
    /// The code, inline, at most [`Code::MAX_BYTES`].
    pub code: Code,
    /// The interpreter's version, `(3, 11)`.
    pub python: (u8, u8),
    /// The declared inputs: reading them is `input`.
    #[serde(default)]
    pub inputs: Vec<InputInfo>,
    /// The declared outputs, absolute: writing there is `fs.write` with a ready grant.
    #[serde(default)]
    pub outputs: Vec<PathBuf>,
    /// Top-level modules that the environment has in which the code is to run, the standard library's included; empty: not
    /// known.
    #[serde(default)]
    pub modules: Vec<String>,
    /// What the analyzers before this one reported, in order; the `default` one comes first.
    #[serde(default)]
    pub prior: Vec<AnalysisReport>,
}

/// What a domain analyzer gives.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AnalysisReport {
    /// False when the code does not compile; the findings say where. Only the `default` analyzer needs to judge it.
    pub syntax_ok: bool,
    /// What was found, in source order.
    pub findings: Vec<Finding>,
    /// Qualified names of imported modules, sorted.
    #[serde(default)]
    pub imports: Vec<String>,
    /// One line that says what the code does, for the approver.
    #[serde(default)]
    pub summary: String,
    /// Whatever a plugin wants the approver to see.
    #[serde(default)]
    pub additional_context: Map<String, Value>,
}

/// Finds what code can do.
pub trait DomainAnalyzer: Send + Sync + Sized + 'static {
    /// Its table in the configuration.
    type Config: DeserializeOwned;

    /// Reads its configuration; called once.
    fn create(config: Self::Config) -> Result<Self>;

    /// Analyses one piece of code. An error counts as `deny`.
    fn analyze(&self, request: AnalysisRequest) -> impl Future<Output = Result<AnalysisReport>> + Send;
}
