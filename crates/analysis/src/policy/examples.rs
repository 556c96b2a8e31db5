//! The examples of a policy: analysed when it loads.

use super::{
    Policy,
    rule::{PolicyError, Rule},
};
use crate::{analyze, analyzer::example as example_request};
use pyexec_core::Finding;

/// What examples are analysed as.
const PYTHON: (u8, u8) = (3, 11);

/// Checks every example of every rule. `match`: some finding is this rule's. `not_match`: none is. A rule's `when` is taken
/// to hold, so that both sides of a switch can have examples; of the other rules those with a `when` are left out.
pub(super) fn check(policy: &Policy) -> Result<(), PolicyError> {
    for rule in &policy.rules {
        for (list, examples, wanted) in [("match", &rule.matches, true), ("not_match", &rule.not_matches, false)] {
            for example in examples {
                check_one(policy, rule, list, example, wanted)?;
            }
        }
    }
    Ok(())
}

fn check_one(policy: &Policy, rule: &Rule, list: &'static str, example: &str, wanted: bool) -> Result<(), PolicyError> {
    let request = example_request(example, PYTHON);
    let report = analyze(&request).map_err(|source| PolicyError::Analyze { name: policy.name().to_owned(), source })?;
    let first = |finding: &Finding| {
        let others = policy.rules.iter().filter(|other| other.number == rule.number || other.when.is_none());
        others.into_iter().find(|other| other.covers(finding)).map(|other| other.number)
    };
    let problem = if !report.syntax_ok {
        let message = report.findings.first().map_or("", |f| f.message.as_str());
        format!("does not compile: {message}")
    } else if report.findings.iter().any(|finding| first(finding) == Some(rule.number)) == wanted {
        return Ok(());
    } else {
        let found: Vec<String> = report
            .findings
            .iter()
            .map(|finding| {
                let by = first(finding).map_or_else(|| "no rule".into(), |number| format!("rule {number}"));
                format!("`{}` by {by}", finding.rule)
            })
            .collect();
        let found = if found.is_empty() { "nothing".into() } else { found.join(", ") };
        format!("{}; found: {found}", if wanted { "is not caught by it" } else { "is caught by it" })
    };
    Err(PolicyError::Example {
        name: policy.name().to_owned(),
        place: rule.to_string(),
        list,
        example: example.to_owned(),
        problem,
    })
}
