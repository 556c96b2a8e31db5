//! The gate `default`: the rules of `[execution.approval]`.

use pyexec_core::{
    ApprovalGate, ErrorKind, ExecutionMode, PluginError, Result, Verdict,
    approval_gate::{GateRequest, Requirement},
};
use serde::Deserialize;

pyexec_sdk::register_approval_gate!("default", DefaultGate);

/// `[execution.approval]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateConfig {
    /// What is asked at all.
    pub mode: GateMode,
    /// Modes whose runs are asked even if every finding is allowed. `EPICS_CONTROL` always is.
    pub modes_requiring_approval: Vec<ExecutionMode>,
    /// The gate that reads this table; another name is an error here, for then another gate should have got it.
    pub gate: String,
    /// How long a ticket waits, hours. The service keeps the clock; here it is only checked.
    pub expiry_hours: f64,
    /// Whose runs need no person.
    pub auto_approve: AutoApprove,
}

impl Default for GateConfig {
    fn default() -> Self {
        Self {
            mode: GateMode::Selective,
            modes_requiring_approval: vec![ExecutionMode::WriteEnabled, ExecutionMode::EpicsControl],
            gate: "default".into(),
            expiry_hours: 24.0,
            auto_approve: AutoApprove::default(),
        }
    }
}

/// What is asked at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateMode {
    /// What policy asks about, and the modes that require approval.
    #[default]
    Selective,
    /// Every run.
    AllCode,
    /// Whatever would be asked is approved by this rule, but for `EPICS_CONTROL`.
    Disabled,
}

/// Rules that stand in for a person. A list that is empty says nothing; where both say something, both must hold: a rule
/// for a person in an environment is narrower than either, and the narrower reading is the safe one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutoApprove {
    /// Principals, as authentication names them.
    pub users: Vec<String>,
    /// Values of the configured `environment`.
    pub environments: Vec<String>,
}

/// See [`GateConfig`].
#[derive(Debug)]
pub struct DefaultGate(GateConfig);

impl ApprovalGate for DefaultGate {
    type Config = GateConfig;

    fn create(config: GateConfig) -> Result<Self> {
        if config.gate != "default" {
            return Err(unusable(format!("it is for the gate `{}`, and this is the gate `default`", config.gate)));
        }
        if !(config.expiry_hours.is_finite() && config.expiry_hours > 0.0) {
            return Err(unusable(format!("`expiry_hours` is {}, not a time", config.expiry_hours)));
        }
        let lists = [("users", &config.auto_approve.users), ("environments", &config.auto_approve.environments)];
        for (key, list) in lists {
            // A blank or padded entry matches nobody, and whoever wrote it believes otherwise.
            if let Some(entry) = list.iter().find(|entry| entry.is_empty() || entry.trim() != entry.as_str()) {
                return Err(unusable(format!("`auto_approve.{key}` contains {entry:?}, which names nobody")));
            }
        }
        Ok(Self(config))
    }

    async fn require(&self, request: GateRequest) -> Result<Requirement> {
        self.decide(&request)
    }
}

impl DefaultGate {
    fn decide(&self, request: &GateRequest) -> Result<Requirement> {
        if request.verdict == Verdict::Deny {
            return Err(PluginError::new(ErrorKind::PolicyDeny.name(), "denied code was brought before the gate"));
        }
        if request.mode == ExecutionMode::EpicsControl {
            return Ok(person("it may write to the control system, which a person always approves"));
        }
        let Some(reason) = self.asked(request) else {
            return Ok(Requirement::Proceed);
        };
        Ok(self.rule(request).map_or_else(|| person(reason), |rule| Requirement::Rule { rule }))
    }

    /// Why this run is asked about, if it is.
    fn asked(&self, request: &GateRequest) -> Option<String> {
        if request.verdict == Verdict::Ask {
            let reasons = request.reasons.join("; ");
            return Some(if reasons.is_empty() { "policy asks for an approval".into() } else { reasons });
        }
        if self.0.mode == GateMode::AllCode {
            return Some("approval.mode = all_code asks about every run".into());
        }
        let listed = self.0.modes_requiring_approval.contains(&request.mode);
        listed.then(|| format!("approval.modes_requiring_approval lists {}", request.mode))
    }

    /// The rule that stands in for a person, if one does.
    fn rule(&self, request: &GateRequest) -> Option<String> {
        if self.0.mode == GateMode::Disabled {
            return Some("approval.mode = disabled".into());
        }
        let AutoApprove { users, environments } = &self.0.auto_approve;
        let user = users.iter().find(|user| **user == request.requester.0);
        let environment = environments.iter().find(|environment| Some(*environment) == request.environment.as_ref());
        match (user, environment) {
            (Some(user), Some(environment)) => {
                Some(format!("auto_approve.users = {user} and auto_approve.environments = {environment}"))
            }
            (Some(user), None) if environments.is_empty() => Some(format!("auto_approve.users = {user}")),
            (None, Some(environment)) if users.is_empty() => Some(format!("auto_approve.environments = {environment}")),
            _ => None,
        }
    }
}

fn person(reason: impl Into<String>) -> Requirement {
    Requirement::Person { reason: reason.into() }
}

fn unusable(message: String) -> PluginError {
    PluginError::new("config", message).with_help("correct [execution.approval]")
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
