//! The decision.

use super::{Policy, grants, rule::Rule};
use pyexec_core::{
    ExecutionMode, Finding, PolicyDecision, PolicyDigest, Verdict, capability::Capability,
    policy_analyzer::PolicyRequest,
};

impl Policy {
    /// The rule for a finding: the first that applies.
    fn rule_for(&self, finding: &Finding, request: &PolicyRequest) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.applies(finding, request))
    }

    /// Judges what the domain analyzers found.
    ///
    /// A finding that no rule speaks of is `ask` in the strongest mode: an unknown capability may need anything. Code that
    /// does not compile is `deny`, and so is a request without any report: nothing was analysed then.
    pub fn decide(&self, request: &PolicyRequest) -> PolicyDecision {
        let mut decision = PolicyDecision {
            verdict: Verdict::Allow,
            mode: ExecutionMode::ReadOnly,
            grants: Vec::new(),
            reasons: Vec::new(),
            recommendations: Vec::new(),
            additional_context: serde_json::Map::default(),
            policies: vec![self.file_name().to_owned()],
            policy_digests: vec![PolicyDigest { name: self.file_name().to_owned(), sha256: self.sha256 }],
        };
        let Some(first) = request.reports.first() else {
            refuse(&mut decision, "nothing was analysed".into());
            return decision;
        };
        let mut needs = Vec::new();
        for finding in request.reports.iter().flat_map(|report| &report.findings) {
            if finding.capability.is_none() {
                continue;
            }
            let rule = self.rule_for(finding, request);
            let (verdict, mode) = rule.map_or((Verdict::Ask, ExecutionMode::EpicsControl), |r| (r.verdict, r.mode));
            decision.verdict = decision.verdict.max(verdict);
            decision.mode = decision.mode.max(mode);
            if verdict > Verdict::Allow {
                let because = rule.map_or("no rule of the policy speaks of this capability", |r| &r.reason);
                add(&mut decision.reasons, reason(finding, because));
                if let Some(advice) = rule.and_then(|r| r.recommendation.as_deref()) {
                    add(&mut decision.recommendations, advice.to_owned());
                }
            }
            if verdict < Verdict::Deny {
                needs.push((finding, mode));
            }
        }
        if !first.syntax_ok {
            let first = first.findings.iter().find(|f| f.capability.is_none());
            let message = first.map_or_else(
                || "the code does not compile".into(),
                |f| format!("line {}: the code does not compile: {}", f.line, f.message),
            );
            refuse(&mut decision, message);
        }
        if decision.verdict < Verdict::Deny {
            grants::propose(&mut decision, &needs, request);
        }
        decision
    }
}

/// One line in plain words.
fn reason(finding: &Finding, because: &str) -> String {
    let may = match finding.certainty {
        pyexec_core::Certainty::Definite => "",
        pyexec_core::Certainty::Possible => " (possibly)",
    };
    let capability = finding.capability.as_ref().map_or("", Capability::as_str);
    format!("line {}{may}: {} [{capability}]: {because}", finding.line, finding.message)
}

/// Adds a line once.
pub(super) fn add(lines: &mut Vec<String>, line: String) {
    if !lines.contains(&line) {
        lines.push(line);
    }
}

/// Denies, whatever the rules said.
pub(super) fn refuse(decision: &mut PolicyDecision, reason: String) {
    decision.verdict = Verdict::Deny;
    decision.grants.clear();
    add(&mut decision.reasons, reason);
}
