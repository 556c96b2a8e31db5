//! What is valid and still deserves a word. Looks at nothing but the configuration.

use super::model::{ApprovalMode, Config};
use pyexec_core::Isolation;

/// A setting that opens more than it seems, or does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Smell {
    /// The key that it is about.
    pub key: &'static str,
    /// A sentence for an operator.
    pub found: &'static str,
    /// What to write instead: a line of the configuration, or where to look.
    pub fix: &'static str,
    /// Whether every command says it; the others are for who asks what could be wrong.
    pub always: bool,
}

impl Config {
    /// Sentences for an operator. `load` puts them among its warnings.
    pub fn check(&self) -> Vec<String> {
        self.smells().into_iter().filter(|smell| smell.always).map(|smell| smell.found.to_owned()).collect()
    }

    /// Everything that is valid and still deserves a word, the loud ones first.
    pub fn smells(&self) -> Vec<Smell> {
        let mut smells = self.loud();
        smells.extend(self.quiet());
        smells
    }

    /// What every command says.
    fn loud(&self) -> Vec<Smell> {
        let approval = &self.execution.approval;
        let control = &self.control_system;
        let limits = &control.limits_checking;
        let default_policy = self.analysis.policy_analyzers.iter().any(|name| name == "default");
        let unlisted = limits.enabled && limits.database_path.is_none() && !limits.allow_unlisted_channels;
        let smell = |key, found, fix| Smell { key, found, fix, always: true };
        smelt([
            (
                approval.mode == ApprovalMode::Disabled,
                smell(
                    "execution.approval.mode",
                    "`execution.approval.mode` is `disabled`: no person is asked but for EPICS_CONTROL",
                    "[execution.approval] mode = \"selective\"",
                ),
            ),
            (
                self.execution.accept_isolation.contains(&Isolation::None),
                smell(
                    "execution.accept_isolation",
                    "`execution.accept_isolation` contains `none`: code may run with nothing that holds it",
                    "[execution] accept_isolation = [\"full\", \"container\"]",
                ),
            ),
            (
                !default_policy,
                smell(
                    "analysis.policy_analyzers",
                    "`analysis.policy_analyzers` lacks `default`: the shipped policy decides nothing",
                    "add \"default\" to `[analysis] policy_analyzers`: the strictest analyzer wins anyhow",
                ),
            ),
            (
                self.analysis.policy.is_some() && !default_policy,
                smell(
                    "analysis.policy",
                    "`analysis.policy` has no effect, because `analysis.policy_analyzers` lacks `default`",
                    "add \"default\" to `[analysis] policy_analyzers`, or take `policy` out",
                ),
            ),
            (
                !approval.auto_approve.environments.is_empty() && self.environment.is_none(),
                smell(
                    "execution.approval.auto_approve.environments",
                    "`execution.approval.auto_approve.environments` has no effect, because `environment` is not set",
                    "set `environment`, or take the rule out",
                ),
            ),
            (
                control.writes_enabled && !limits.enabled,
                smell(
                    "control_system.limits_checking.enabled",
                    "`control_system.writes_enabled` is true and `limits_checking.enabled` is false: writes have no bounds",
                    "[control_system.limits_checking] enabled = true, with a `database_path`",
                ),
            ),
            (
                control.writes_enabled && unlisted,
                smell(
                    "control_system.limits_checking.database_path",
                    "`control_system.writes_enabled` is true, but every write will be refused: no channel is listed without \
                     `limits_checking.database_path`",
                    "[control_system.limits_checking] database_path = \"limits.json\"",
                ),
            ),
            (
                limits.database_path.is_some() && !limits.enabled,
                smell(
                    "control_system.limits_checking.database_path",
                    "`control_system.limits_checking.database_path` has no effect, because `enabled` is false there",
                    "[control_system.limits_checking] enabled = true",
                ),
            ),
        ])
    }

    /// What may be meant, and is told to who asks.
    fn quiet(&self) -> Vec<Smell> {
        let approval = &self.execution.approval;
        let control = &self.control_system;
        let accepts = |level| self.execution.accept_isolation.contains(&level);
        let here = |label: &String| Some(label) == self.environment.as_ref();
        let smell = |key, found, fix| Smell { key, found, fix, always: false };
        smelt([
            (
                approval.auto_approve.environments.iter().any(here) && approval.auto_approve.users.is_empty(),
                smell(
                    "execution.approval.auto_approve",
                    "a rule approves for everybody: `auto_approve.environments` names this `environment`, and `users` is \
                     empty",
                    "[execution.approval.auto_approve] users = [\"…\"] narrows it; `environments = []` ends it",
                ),
            ),
            (
                accepts(Isolation::Reduced),
                smell(
                    "execution.accept_isolation",
                    "`reduced` isolation is accepted: code may run without namespaces of its own",
                    "[execution] accept_isolation = [\"full\", \"container\"]",
                ),
            ),
            (
                accepts(Isolation::Endpoint),
                smell(
                    "execution.accept_isolation",
                    "`endpoint` isolation is accepted: nobody here knows what holds the code there",
                    "[execution] accept_isolation = [\"full\", \"container\"]",
                ),
            ),
            (
                control.writes_enabled && self.net_grantable(),
                smell(
                    "control_system.writes_enabled",
                    "writes are enabled, and the connector is `mock`: what is written reaches nothing",
                    "[control_system] writes_enabled = false, or name the real connector in `type`",
                ),
            ),
            (
                control.writes_enabled
                    && control.limits_checking.enabled
                    && control.limits_checking.allow_unlisted_channels,
                smell(
                    "control_system.limits_checking.allow_unlisted_channels",
                    "channels that the limits database does not list may be written, within its defaults alone",
                    "[control_system.limits_checking] allow_unlisted_channels = false",
                ),
            ),
        ])
    }
}

fn smelt<const N: usize>(all: [(bool, Smell); N]) -> Vec<Smell> {
    all.into_iter().filter(|(applies, _)| *applies).map(|(_, smell)| smell).collect()
}
