//! What an application starts from that has no configuration file: `pyexec`'s own defaults, and its own components by name.
//!
//! Every field stays public: change what should differ, `Stages { generator: Some(…), ..Stages::standard(…)? }`. Where
//! components come from is the caller's business; this crate knows no registry.

use crate::settings::{STANDBY, Settings, Stages, Timeouts};
use pyexec_control::{Broker, ControlSettings, Limits as ChannelLimits, VerificationLevel};
use pyexec_core::{Instance, Isolation, Role, order::Limits};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

const TICKET_LIFETIME: Duration = Duration::from_hours(24);
/// Inputs beyond 1 GiB stay where they are, known by path and digest.
const INPUT_COPY_LIMIT: u64 = 1 << 30;
/// Of one channel operation that names none, seconds.
const CHANNEL_TIMEOUT: f64 = 5.0;

impl Settings {
    /// The defaults, with this data folder. Nothing is open that a person could want closed: no channel is written, the
    /// network is never granted (say `net_grantable` only where no real control system can be reached), and only full
    /// isolation or a container is accepted.
    ///
    /// Of folders, only the data folder is protected from grants: name those of the program, its libraries and its
    /// configuration in `protected`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            environment: None,
            jupyter_base_url: None,
            attempts: 3,
            limits: Limits::default(),
            accept_isolation: vec![Isolation::Full, Isolation::Container],
            environments: BTreeMap::new(),
            ticket_lifetime: TICKET_LIFETIME,
            writes_enabled: false,
            net_grantable: false,
            timeouts: Timeouts::default(),
            protected: Vec::new(),
            save_prompts: true,
            input_copy_limit: INPUT_COPY_LIMIT,
            standby: STANDBY,
        }
    }
}

impl Stages {
    /// The components that `pyexec` uses unless it is told otherwise: `default` analyzers and gate, the executor `local`,
    /// and the connector `mock` behind a broker that admits no write. No generator.
    ///
    /// `create` makes a component of a role by its name, from whatever table that component needs. The first that cannot be
    /// made is the error.
    pub fn standard<E>(mut create: impl FnMut(Role, &str) -> Result<Instance, E>) -> Result<Self, E> {
        let control = ControlSettings {
            writes_enabled: false,
            limits: Some(ChannelLimits::none()),
            default_timeout: CHANNEL_TIMEOUT,
            default_verification: VerificationLevel::Callback,
        };
        Ok(Self {
            generator: None,
            domain_analyzers: vec![create(Role::DomainAnalyzer, "default")?],
            policy_analyzers: vec![create(Role::PolicyAnalyzer, "default")?],
            gate: create(Role::ApprovalGate, "default")?,
            executor: create(Role::Executor, "local")?,
            broker: Arc::new(Broker::new(control, create(Role::Connector, "mock")?)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_open() {
        let settings = Settings::new("/data");
        assert!(!settings.writes_enabled && !settings.net_grantable);
        assert!(settings.environments.is_empty());
        assert!(!settings.accept_isolation.contains(&Isolation::None));
        assert!(!settings.accept_isolation.contains(&Isolation::Reduced));
    }

    #[test]
    fn the_first_component_that_cannot_be_made_is_the_error() {
        let mut asked = Vec::new();
        let made = Stages::standard(|role, name| {
            asked.push(format!("{role} {name}"));
            Err(format!("no {name}"))
        });
        assert_eq!(made.unwrap_err(), "no default");
        assert_eq!(asked, ["domain_analyzer default"]);
    }
}
