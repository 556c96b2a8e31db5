//! What policy says of findings.

use crate::{Digest, ExecutionMode, ProposedGrant};
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
    /// Those of them that are a text, by its digest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy_digests: Vec<PolicyDigest>,
}

/// Which text a policy was, when it decided: a name may stand for another one later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDigest {
    /// As in [`PolicyDecision::policies`].
    pub name: String,
    /// Of its bytes.
    pub sha256: Digest,
}

impl PolicyDecision {
    /// The stricter of two decisions, with the needs and reasons of both.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.verdict = self.verdict.max(other.verdict);
        self.mode = self.mode.max(other.mode);
        add_new(&mut self.grants, other.grants);
        add_new(&mut self.reasons, other.reasons);
        add_new(&mut self.recommendations, other.recommendations);
        add_new(&mut self.policies, other.policies);
        add_new(&mut self.policy_digests, other.policy_digests);
        self.additional_context.extend(other.additional_context);
        self
    }
}

fn add_new<T: PartialEq>(into: &mut Vec<T>, from: Vec<T>) {
    for one in from {
        if !into.contains(&one) {
            into.push(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As programs before digests wrote it: it stays what it was, to the byte.
    #[test]
    fn a_decision_of_an_older_record_is_read_and_stays_as_it_was() {
        let old = r#"{"verdict":"allow","mode":"READ_ONLY","grants":[],"reasons":[],"recommendations":[],"additional_context":{},"policies":["mine.toml"]}"#;
        let decision: PolicyDecision = serde_json::from_str(old).unwrap();
        assert_eq!(decision.policy_digests, []);
        assert_eq!(serde_json::to_string(&decision).unwrap(), old);
    }

    #[test]
    fn both_policies_of_one_name_are_kept() {
        let decision = |text: &[u8]| {
            let digest = PolicyDigest { name: "mine.toml".into(), sha256: Digest::of(text) };
            let json = serde_json::json!({"verdict": "allow", "mode": "READ_ONLY", "policies": ["mine.toml"]});
            PolicyDecision { policy_digests: vec![digest], ..serde_json::from_value(json).unwrap() }
        };
        let merged = decision(b"a").merge(decision(b"b")).merge(decision(b"a"));
        assert_eq!((merged.policies.len(), merged.policy_digests.len()), (1, 2));
    }
}
