//! What a service is made of: settings, and the components of each stage. Whoever wires a program fills these in.

use pyexec_control::Broker;
use pyexec_core::{ExecutionMode, Instance, Isolation, order::Limits};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Settings that outlive a run's own.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Holds store, blobs, run folders.
    pub data_dir: PathBuf,
    /// A label for approval rules.
    pub environment: Option<String>,
    /// Where a Jupyter server shows the data folder (`http://localhost:8088/lab/tree`); notebooks are linked below it.
    pub jupyter_base_url: Option<String>,
    /// Total attempts of a request that does not say.
    pub attempts: u32,
    /// Limits of each execution.
    pub limits: Limits,
    /// What may run at all.
    pub accept_isolation: Vec<Isolation>,
    /// Environment variables by mode.
    pub environments: BTreeMap<ExecutionMode, BTreeMap<String, String>>,
    /// How long a ticket stands.
    pub ticket_lifetime: Duration,
    /// `control_system.writes_enabled`.
    pub writes_enabled: bool,
    /// Whether the network may be granted.
    pub net_grantable: bool,
    /// Time limits of calls to components.
    pub timeouts: Timeouts,
    /// Folders that are never granted, nor what is in or around them: configuration and plugins (data is added).
    pub protected: Vec<PathBuf>,
    /// Whether what a model was asked and what it answered is kept: in the store and in the run folder.
    pub save_prompts: bool,
    /// Inputs up to this size are copied into the run folder, in bytes.
    pub input_copy_limit: u64,
    /// How many runs that wait for a person have a sandbox ready, at the most ([`Service::stand_by`](crate::Service::stand_by)).
    pub standby: usize,
}

/// What [`Settings::standby`] is unless somebody says otherwise: each is three idle processes.
pub const STANDBY: usize = 4;

/// Time limits by role. A call that is still not back is an error of that call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// `generate`.
    pub generator: Duration,
    /// `analyze`.
    pub analyzer: Duration,
    /// `decide`.
    pub policy: Duration,
    /// `require`.
    pub gate: Duration,
    /// `describe`, which may install an environment.
    pub describe: Duration,
    /// `prepare`, and what `execute` may take beyond the run's own limit.
    pub executor: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            generator: Duration::from_mins(5),
            analyzer: Duration::from_secs(10),
            policy: Duration::from_secs(10),
            gate: Duration::from_secs(5),
            describe: Duration::from_mins(30),
            executor: Duration::from_mins(1),
        }
    }
}

/// The components.
#[derive(Debug)]
pub struct Stages {
    /// Writes code; absent where only given code runs.
    pub generator: Option<Instance>,
    /// At least one, the `default` one first.
    pub domain_analyzers: Vec<Instance>,
    /// At least one.
    pub policy_analyzers: Vec<Instance>,
    /// One.
    pub gate: Instance,
    /// One.
    pub executor: Instance,
    /// The only way to the control system.
    pub broker: std::sync::Arc<Broker>,
}
