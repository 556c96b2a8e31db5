//! The format of a policy file.

use crate::nearest::nearest;
use pyexec_core::{Capability, Certainty, ExecutionMode, Finding, Verdict, policy_analyzer::PolicyRequest};
use serde::Deserialize;
use std::fmt;

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML, or a value of the wrong kind.
    #[error("policy `{name}` cannot be read: {message}")]
    Unreadable {
        /// Which policy.
        name: String,
        /// Line, column, and what is wrong there.
        message: String,
    },
    /// A key that no rule has.
    #[error("policy `{name}`, {place}: there is no key `{key}`{}", did_you_mean(nearest.as_deref()))]
    UnknownKey {
        /// Which policy.
        name: String,
        /// Which rule.
        place: String,
        /// The key.
        key: String,
        /// The known one that is nearest to it.
        nearest: Option<String>,
    },
    /// A capability that the house does not know and that has no dot, so it is no plugin's either.
    #[error("policy `{name}`, {place}: there is no capability `{capability}`{}", did_you_mean_capability(nearest.as_deref()))]
    UnknownCapability {
        /// Which policy.
        name: String,
        /// Which rule.
        place: String,
        /// The name.
        capability: String,
        /// The known one that is nearest to it.
        nearest: Option<String>,
    },
    /// It has no rule at all.
    #[error("policy `{name}` has no rules: begin with `[[rule]]`, or use the default policy")]
    Empty {
        /// Which policy.
        name: String,
    },
    /// An example does not hold.
    #[error("policy `{name}`, {place}: the example `{example}` of `{list}` {problem}")]
    Example {
        /// Which policy.
        name: String,
        /// Which rule.
        place: String,
        /// `match` or `not_match`.
        list: &'static str,
        /// The line of code.
        example: String,
        /// What was found in it.
        problem: String,
    },
    /// The analyzer failed on an example.
    #[error("policy `{name}`: an example could not be analysed: {source}")]
    Analyze {
        /// Which policy.
        name: String,
        /// Why.
        #[source]
        source: crate::AnalyzeError,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}

fn did_you_mean_capability(nearest: Option<&str>) -> String {
    let known: Vec<&str> = Capability::KNOWN.iter().map(Capability::as_str).collect();
    nearest.map_or_else(|| format!("; there are {}", known.join(", ")), |nearest| did_you_mean(Some(nearest)))
}

/// When a rule speaks at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    /// `control_system.writes_enabled` is true.
    WritesEnabled,
    /// It is false.
    WritesDisabled,
    /// The network may be granted at all.
    NetGrantable,
    /// It may not.
    NetNotGrantable,
}

impl When {
    fn holds(self, request: &PolicyRequest) -> bool {
        match self {
            Self::WritesEnabled => request.writes_enabled,
            Self::WritesDisabled => !request.writes_enabled,
            Self::NetGrantable => request.net_grantable,
            Self::NetNotGrantable => !request.net_grantable,
        }
    }
}

/// One rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// From 1, as in the file.
    pub(super) number: usize,
    /// Empty: any.
    pub(super) capabilities: Vec<Capability>,
    pub(super) rules: Vec<String>,
    pub(super) certainty: Option<Certainty>,
    pub(super) when: Option<When>,
    pub(super) verdict: Verdict,
    pub(super) mode: ExecutionMode,
    pub(super) reason: String,
    pub(super) recommendation: Option<String>,
    pub(super) matches: Vec<String>,
    pub(super) not_matches: Vec<String>,
}

impl Rule {
    /// Whether it speaks of this finding, whatever the request.
    pub(super) fn covers(&self, finding: &Finding) -> bool {
        let Some(capability) = &finding.capability else { return false };
        let by_capability = self.capabilities.is_empty() || self.capabilities.contains(capability);
        let by_rule = self.rules.is_empty() || self.rules.iter().any(|rule| covers_name(rule, &finding.rule));
        by_capability && by_rule && self.certainty.is_none_or(|certainty| certainty == finding.certainty)
    }

    /// Whether it applies to this finding of this request.
    pub(super) fn applies(&self, finding: &Finding, request: &PolicyRequest) -> bool {
        self.when.is_none_or(|when| when.holds(request)) && self.covers(finding)
    }
}

/// `net.requests` covers `net.requests` and `net.requests.post`.
fn covers_name(pattern: &str, rule: &str) -> bool {
    rule.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.capabilities.iter().map(Capability::as_str).collect();
        let names = if names.is_empty() { "*".into() } else { names.join(", ") };
        write!(f, "rule {} ({names})", self.number)
    }
}

/// Text or a list of texts.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text],
            Self::Many(texts) => texts,
        }
    }
}

/// A rule as it stands in the file; unknown keys are caught before, with their nearest known one.
#[derive(Deserialize)]
struct RuleTable {
    capability: OneOrMany,
    #[serde(default)]
    rule: Option<OneOrMany>,
    #[serde(default)]
    certainty: Option<Certainty>,
    #[serde(default)]
    when: Option<When>,
    verdict: Verdict,
    #[serde(default)]
    mode: ExecutionMode,
    reason: String,
    #[serde(default)]
    recommendation: Option<String>,
    #[serde(default)]
    r#match: Vec<String>,
    #[serde(default)]
    not_match: Vec<String>,
}

const KEYS: &[&str] =
    &["capability", "rule", "certainty", "when", "verdict", "mode", "reason", "recommendation", "match", "not_match"];

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    rule: Vec<RuleTable>,
}

/// Reads the rules of a policy file.
pub(super) fn read(name: &str, text: &str) -> Result<Vec<Rule>, PolicyError> {
    let unreadable = |error: toml::de::Error| PolicyError::Unreadable {
        name: name.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    };
    let raw: toml::Table = text.parse().map_err(unreadable)?;
    known_keys(name, &raw)?;
    let file: File = toml::from_str(text).map_err(unreadable)?;
    if file.rule.is_empty() {
        return Err(PolicyError::Empty { name: name.to_owned() });
    }
    file.rule.into_iter().enumerate().map(|(at, table)| rule_of(name, at + 1, table)).collect()
}

fn known_keys(name: &str, raw: &toml::Table) -> Result<(), PolicyError> {
    let unknown = |place: String, key: &str, known: &[&str]| PolicyError::UnknownKey {
        name: name.to_owned(),
        place,
        key: key.to_owned(),
        nearest: nearest(key, known.iter().copied()),
    };
    if let Some(key) = raw.keys().find(|key| *key != "rule") {
        return Err(unknown("at the top".into(), key, &["rule"]));
    }
    let rules = raw.get("rule").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    for (at, rule) in rules.iter().enumerate() {
        let keys = rule.as_table().into_iter().flat_map(toml::Table::keys);
        if let Some(key) = keys.into_iter().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(unknown(format!("rule {}", at + 1), key, KEYS));
        }
    }
    Ok(())
}

fn rule_of(name: &str, number: usize, table: RuleTable) -> Result<Rule, PolicyError> {
    let place = format!("rule {number}");
    let names = table.capability.into_vec();
    let any = names.iter().any(|name| name == "*");
    let mut capabilities = Vec::new();
    for text in names.iter().filter(|_| !any) {
        let known = Capability::KNOWN.iter().map(Capability::as_str);
        // Plugins name their own capabilities with a dot (`site.interlock`); a misspelt one of ours is caught by likeness.
        let near = nearest(text, known.clone());
        let foreign = text.contains('.') && near.is_none();
        match text.parse::<Capability>() {
            Ok(capability) if foreign || known.clone().any(|k| k == text) => capabilities.push(capability),
            _ => {
                let capability = text.clone();
                return Err(PolicyError::UnknownCapability { name: name.to_owned(), place, capability, nearest: near });
            }
        }
    }
    if names.is_empty() {
        let message = format!("{place}: `capability` is empty; `\"*\"` stands for all");
        return Err(PolicyError::Unreadable { name: name.to_owned(), message });
    }
    Ok(Rule {
        number,
        capabilities,
        rules: table.rule.map_or_else(Vec::new, OneOrMany::into_vec),
        certainty: table.certainty,
        when: table.when,
        verdict: table.verdict,
        mode: table.mode,
        reason: table.reason,
        recommendation: table.recommendation,
        matches: table.r#match,
        not_matches: table.not_match,
    })
}
