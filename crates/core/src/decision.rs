//! What policy says of findings.

use crate::{ExecutionMode, ProposedGrant};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Ordered: the strictest of all analyzers wins, by `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May run.
    Allow,
    /// A person, or a configured rule, decides.
    Ask,
    /// Never runs.
    Deny,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        })
    }
}

/// A policy analyzer's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyDecision {
    /// The verdict.
    pub verdict: Verdict,
    /// The least mode that covers what the code needs.
    pub mode: ExecutionMode,
    /// What the code needs opened.
    #[serde(default)]
    pub grants: Vec<ProposedGrant>,
    /// Why, in plain words, one a line.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// What the author of the code could do instead.
    #[serde(default)]
    pub recommendations: Vec<String>,
    /// Whatever a plugin wants the approver to see.
    #[serde(default)]
    pub additional_context: serde_json::Map<String, serde_json::Value>,
    /// By which policies, as they are called (`default`, a file's name).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
}

impl PolicyDecision {
    /// The stricter of two decisions, with the needs and reasons of both.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.verdict = self.verdict.max(other.verdict);
        self.mode = self.mode.max(other.mode);
        for grant in other.grants {
            if !self.grants.contains(&grant) {
                self.grants.push(grant);
            }
        }
        for (into, from) in [
            (&mut self.reasons, other.reasons),
            (&mut self.recommendations, other.recommendations),
            (&mut self.policies, other.policies),
        ] {
            for line in from {
                if !into.contains(&line) {
                    into.push(line);
                }
            }
        }
        self.additional_context.extend(other.additional_context);
        self
    }
}
