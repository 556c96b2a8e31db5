//! Role `policy_analyzer`: findings become a decision. Ops: `decide`. Host ops: none; pure.

use crate::{PolicyDecision, Result, domain_analyzer::AnalysisReport, finding::InputInfo};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{future::Future, path::PathBuf};

/// The ABI's name of the one operation.
pub const DECIDE: &str = "decide";

/// What a policy analyzer gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyRequest {
    /// One report for each domain analyzer, the `default` one first.
    pub reports: Vec<AnalysisReport>,
    /// The declared inputs.
    #[serde(default)]
    pub inputs: Vec<InputInfo>,
    /// The declared outputs, absolute.
    #[serde(default)]
    pub outputs: Vec<PathBuf>,
    /// `control_system.writes_enabled`.
    pub writes_enabled: bool,
    /// Whether the network may be granted at all (not while a connector other than mock is configured).
    pub net_grantable: bool,
}

/// Judges findings.
pub trait PolicyAnalyzer: Send + Sync + Sized + 'static {
    /// Its table in the configuration.
    type Config: DeserializeOwned;

    /// Reads its configuration; called once. A policy whose own examples do not hold is an error here.
    fn create(config: Self::Config) -> Result<Self>;

    /// Decides. An error counts as `deny`.
    fn decide(&self, request: PolicyRequest) -> impl Future<Output = Result<PolicyDecision>> + Send;
}
