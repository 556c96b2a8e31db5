//! What is valid and still deserves a word. Looks at nothing but the configuration.

use super::model::{ApprovalMode, Config};
use pyexec_core::Isolation;

impl Config {
    /// Sentences for an operator, each about a setting that opens more than it seems, or does nothing. `load` puts them
    /// among its warnings.
    pub fn check(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let mut warn = |applies: bool, text: &str| {
            if applies {
                warnings.push(text.to_owned());
            }
        };
        let approval = &self.execution.approval;
        warn(
            approval.mode == ApprovalMode::Disabled,
            "`execution.approval.mode` is `disabled`: no person is asked but for EPICS_CONTROL",
        );
        warn(
            self.execution.accept_isolation.contains(&Isolation::None),
            "`execution.accept_isolation` contains `none`: code may run with nothing that holds it",
        );
        warn(
            !self.analysis.policy_analyzers.iter().any(|name| name == "default"),
            "`analysis.policy_analyzers` lacks `default`: the shipped policy decides nothing",
        );
        warn(
            self.analysis.policy.is_some() && !self.analysis.policy_analyzers.iter().any(|name| name == "default"),
            "`analysis.policy` has no effect, because `analysis.policy_analyzers` lacks `default`",
        );
        warn(
            !approval.auto_approve.environments.is_empty() && self.environment.is_none(),
            "`execution.approval.auto_approve.environments` has no effect, because `environment` is not set",
        );
        let control = &self.control_system;
        let limits = &control.limits_checking;
        warn(
            control.writes_enabled && !limits.enabled,
            "`control_system.writes_enabled` is true and `limits_checking.enabled` is false: writes have no bounds",
        );
        warn(
            control.writes_enabled
                && limits.enabled
                && limits.database_path.is_none()
                && !limits.allow_unlisted_channels,
            "`control_system.writes_enabled` is true, but every write will be refused: no channel is listed without \
             `limits_checking.database_path`",
        );
        warn(
            limits.database_path.is_some() && !limits.enabled,
            "`control_system.limits_checking.database_path` has no effect, because `enabled` is false there",
        );
        warnings
    }
}
