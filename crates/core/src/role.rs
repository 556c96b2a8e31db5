//! The roles that a component can play.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a component is for. Its interface is in the file of the same name in this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Request to code.
    Generator,
    /// Code to findings.
    DomainAnalyzer,
    /// Findings to a decision.
    PolicyAnalyzer,
    /// Decision to what is still required.
    ApprovalGate,
    /// Order to outcome.
    Executor,
    /// Channels of a control system.
    Connector,
}

impl Role {
    /// Every role, in the order of a run.
    pub const ALL: [Self; 6] = [
        Self::Generator,
        Self::DomainAnalyzer,
        Self::PolicyAnalyzer,
        Self::ApprovalGate,
        Self::Executor,
        Self::Connector,
    ];

    /// The name used in manifests, configuration and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generator => "generator",
            Self::DomainAnalyzer => "domain_analyzer",
            Self::PolicyAnalyzer => "policy_analyzer",
            Self::ApprovalGate => "approval_gate",
            Self::Executor => "executor",
            Self::Connector => "connector",
        }
    }

    /// Whether a library of this role must be pinned by digest when it comes from outside the installation: such a
    /// component can by itself let code out, through or past a person.
    pub const fn needs_pin(self) -> bool {
        matches!(self, Self::Executor | Self::ApprovalGate | Self::Connector)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No such role.
#[derive(Debug, thiserror::Error)]
#[error("there is no role `{0}`")]
pub struct UnknownRole(String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| UnknownRole(text.into()))
    }
}
