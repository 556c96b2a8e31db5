//! The configuration as the rest of the house sees it: typed, complete, every default filled in.
//!
//! The structs can be taken apart with a pattern that names every field (`let Execution { code_generator, … } = …`): who
//! wires the service does so, and the compiler then points at a key that nobody reads.

use super::models;
use crate::alias;
use pyexec_core::{Digest, ExecutionMode, Isolation, Model, Role, order::Limits};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Everything that `pyexec.toml` says, or its defaults. Relative paths of a file were made absolute from its folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Holds store, runs, keys and managed Python. Absolute.
    pub data_dir: PathBuf,
    /// Where events are kept.
    pub store: Store,
    /// A label for approval rules (`production`).
    pub environment: Option<String>,
    /// Where a Jupyter server shows the data folder; an `http` or `https` address.
    pub jupyter_base_url: Option<String>,
    /// `[python]`
    pub python: Python,
    /// `[analysis]`
    pub analysis: Analysis,
    /// `[models.NAME]`
    pub models: BTreeMap<String, Model>,
    /// `[execution]`
    pub execution: Execution,
    /// `[control_system]`
    pub control_system: ControlSystem,
    /// `[plugins]`
    pub plugins: Plugins,
}

/// Where events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// One file in the data folder.
    #[default]
    Sqlite,
}

/// `[python]`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Python {
    /// What runs the code.
    pub interpreter: Interpreter,
}

/// Which Python.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Interpreter {
    /// A virtual environment of ours, in the data folder.
    #[default]
    Managed,
    /// A program or a virtual environment. Absolute.
    Path(PathBuf),
}

/// `[analysis]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// A policy file instead of the shipped one. Absolute.
    pub policy: Option<PathBuf>,
    /// Knowledge tables beside the shipped ones. Absolute.
    pub knowledge: Vec<PathBuf>,
    /// Which look at code, in order; `default` is always among them.
    pub domain_analyzers: Vec<String>,
    /// Which decide; the strictest wins.
    pub policy_analyzers: Vec<String>,
}

/// `[execution]`
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// Which generator writes code. `None` leaves the choice to the program: `pyexec` takes `basic` where it finds a model's
    /// key, else `cookbook`.
    pub code_generator: Option<String>,
    /// Which one takes its place where it cannot start.
    pub fallback_generator: Option<String>,
    /// Which executor runs it.
    pub execution_method: String,
    /// Total attempts of a request that names none.
    pub max_retries: u32,
    /// Whether what models were asked and answered is kept.
    pub save_prompts: bool,
    /// Levels that a run may have.
    pub accept_isolation: Vec<Isolation>,
    /// Of each run; `timeout_seconds` is `execution.timeout_seconds`.
    pub limits: Limits,
    /// What differs by mode.
    pub modes: BTreeMap<ExecutionMode, Mode>,
    /// What a person is asked.
    pub approval: Approval,
    /// `[execution.generators.NAME]`: passed to the generator as it is.
    pub generators: BTreeMap<String, Json>,
    /// `[execution.container_endpoints.NAME]`: where containers and kernels come from ([`Config::container`]).
    pub container_endpoints: BTreeMap<String, ContainerEndpoint>,
}

/// `[execution.container_endpoints.NAME]`
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerEndpoint {
    /// What is there.
    pub engine: Engine,
    /// The other keys: passed to the engine's executor, which checks them.
    pub table: Map<String, Json>,
}

/// What runs code under `execution_method = "container"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// An engine that speaks Docker's API.
    #[default]
    Docker,
    /// A Jupyter server or gateway.
    Jupyter,
}

impl Engine {
    /// The name in configuration, and of its executor.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Jupyter => "jupyter",
        }
    }
}

/// `[execution.modes.MODE]`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mode {
    /// Variables that code of this mode finds in its environment.
    pub environment: BTreeMap<String, String>,
    /// Which kernel runs it, at a Jupyter server.
    pub kernel_name: Option<String>,
    /// Which endpoint runs it, where that is not the one of all.
    pub endpoint: Option<String>,
}

/// `[execution.approval]`
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// When a person is asked.
    pub mode: ApprovalMode,
    /// Modes in which a person is asked even if every finding is allowed; `EPICS_CONTROL` always is.
    pub modes_requiring_approval: Vec<ExecutionMode>,
    /// Which gate.
    pub gate: String,
    /// How long a ticket waits, hours.
    pub expiry_hours: f64,
    /// Who and where a rule stands in for the person.
    pub auto_approve: AutoApprove,
}

/// When a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalMode {
    /// When policy asks.
    Selective,
    /// Always.
    AllCode,
    /// Never, but for `EPICS_CONTROL`.
    Disabled,
}

/// `[execution.approval.auto_approve]`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AutoApprove {
    /// Principals.
    pub users: Vec<String>,
    /// Values of `environment`.
    pub environments: Vec<String>,
}

/// `[control_system]`
#[derive(Debug, Clone, PartialEq)]
pub struct ControlSystem {
    /// Whether channels may be written at all, once a person approved.
    pub writes_enabled: bool,
    /// `type`: which connector.
    pub connector_type: String,
    /// Of one channel operation that names none, seconds.
    pub timeout: f64,
    /// Bounds of channels.
    pub limits_checking: LimitsChecking,
    /// How a write is verified.
    pub write_verification: WriteVerification,
    /// Regular expressions over source text.
    pub patterns: Patterns,
    /// `[control_system.connector.NAME]`: passed to the connector as it is.
    pub connectors: BTreeMap<String, Json>,
}

/// `[control_system.patterns]`: what in source text, outside of comments, counts as access to channels. Unread here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patterns {
    /// Counts as `control.write`.
    pub write: Vec<String>,
    /// Counts as `control.read`.
    pub read: Vec<String>,
}

/// `[control_system.limits_checking]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsChecking {
    /// Whether writes are held to the limits.
    pub enabled: bool,
    /// The limits. Absolute.
    pub database_path: Option<PathBuf>,
    /// Whether a channel that is not in the limits may be written.
    pub allow_unlisted_channels: bool,
}

/// `[control_system.write_verification]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteVerification {
    /// Of channels that name none.
    pub default_level: VerificationLevel,
}

/// How a write is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationLevel {
    /// Not at all.
    None,
    /// The control system says that it was done.
    Callback,
    /// Read back and compared.
    Readback,
}

/// `[plugins]`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plugins {
    /// How long a call may take.
    pub timeouts: Timeouts,
    /// `[[plugins.load]]`; empty means exactly the installed stage libraries.
    pub load: Vec<LoadPlugin>,
    /// `[plugins.NAME]` of analyzers, gates and executors that the configuration selects: passed to them as it is.
    pub tables: BTreeMap<String, Json>,
}

/// `[plugins.timeouts]`: of one call, by role. An executor's is the run's own, a connector's is `control_system.timeout`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Request to code.
    pub generator: Duration,
    /// Code to findings.
    pub domain_analyzer: Duration,
    /// Findings to a decision.
    pub policy_analyzer: Duration,
    /// Decision to requirement.
    pub approval_gate: Duration,
}

/// One of `[[plugins.load]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadPlugin {
    /// The library. Absolute.
    pub path: PathBuf,
    /// What it must hash to.
    pub sha256: Option<Digest>,
}

impl Config {
    /// The defaults, with this data folder. For applications that bring no file.
    pub fn with_data_dir(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            store: Store::default(),
            environment: None,
            jupyter_base_url: None,
            python: Python::default(),
            analysis: Analysis::default(),
            models: BTreeMap::new(),
            execution: Execution::default(),
            control_system: ControlSystem::default(),
            plugins: Plugins::default(),
        }
    }

    /// `[execution.approval]` for the gate, every key present.
    pub fn approval_json(&self) -> Json {
        let Approval { mode, modes_requiring_approval, gate, expiry_hours, auto_approve } = &self.execution.approval;
        let AutoApprove { users, environments } = auto_approve;
        json!({
            "mode": mode,
            "modes_requiring_approval": modes_requiring_approval,
            "gate": gate,
            "expiry_hours": expiry_hours,
            "auto_approve": {"users": users, "environments": environments},
        })
    }

    /// The table that a component of a plugin gets; an empty one if the configuration has none.
    pub fn component_table(&self, role: Role, name: &str) -> Json {
        let tables = match role {
            Role::Generator => &self.execution.generators,
            Role::Connector => &self.control_system.connectors,
            Role::DomainAnalyzer | Role::PolicyAnalyzer | Role::ApprovalGate | Role::Executor => &self.plugins.tables,
        };
        let mut table = tables.get(name).cloned().unwrap_or_else(|| Json::Object(Map::new()));
        if role == Role::Generator
            && let Some(model) = self.generator_model(name)
        {
            table[models::MODEL] = json!(model);
        }
        table
    }

    /// The model of `[models.NAME]` that this generator uses: the one that its table names as `model_config_name`, and for
    /// `basic`, where it names none, `python_code_generator`, if there is one.
    pub fn generator_model(&self, name: &str) -> Option<&Model> {
        let table = self.execution.generators.get(name);
        let named = table.and_then(|table| table.get(models::MODEL_NAME)?.as_str());
        let usual = || (alias::current(Role::Generator, name).unwrap_or(name) == "basic").then_some(models::USUAL);
        self.models.get(named.or_else(usual)?)
    }

    /// Generators and connectors that have a table, selected or not. A name that no library has is an error, because its
    /// table would never be read.
    pub fn named_components(&self) -> impl Iterator<Item = (Role, &str)> {
        let generators = self.execution.generators.keys().map(|name| (Role::Generator, name.as_str()));
        generators.chain(self.control_system.connectors.keys().map(|name| (Role::Connector, name.as_str())))
    }

    /// Whether the network may be granted at all: code that can reach the network could reach a real control system
    /// around the broker.
    pub fn net_grantable(&self) -> bool {
        self.control_system.connector_type == ControlSystem::MOCK
    }
}

impl Approval {
    /// How long a ticket waits.
    pub fn expiry(&self) -> Duration {
        // Read values are bounded; one that an application made up and that is no duration has passed already.
        Duration::try_from_secs_f64(self.expiry_hours * 3600.0).unwrap_or(Duration::ZERO)
    }
}

impl Default for Analysis {
    fn default() -> Self {
        let default = || vec!["default".into()];
        Self { policy: None, knowledge: Vec::new(), domain_analyzers: default(), policy_analyzers: default() }
    }
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            code_generator: None,
            fallback_generator: None,
            execution_method: "local".into(),
            max_retries: 3,
            save_prompts: true,
            accept_isolation: vec![Isolation::Full, Isolation::Container],
            limits: Limits::default(),
            modes: BTreeMap::new(),
            approval: Approval::default(),
            generators: BTreeMap::new(),
            container_endpoints: BTreeMap::new(),
        }
    }
}

impl Default for Approval {
    fn default() -> Self {
        Self {
            mode: ApprovalMode::Selective,
            modes_requiring_approval: vec![ExecutionMode::WriteEnabled, ExecutionMode::EpicsControl],
            gate: "default".into(),
            expiry_hours: 24.0,
            auto_approve: AutoApprove::default(),
        }
    }
}

impl ControlSystem {
    /// The connector that touches nothing.
    const MOCK: &str = "mock";
}

impl Default for ControlSystem {
    fn default() -> Self {
        Self {
            writes_enabled: false,
            connector_type: Self::MOCK.into(),
            timeout: 5.0,
            limits_checking: LimitsChecking { enabled: true, database_path: None, allow_unlisted_channels: false },
            write_verification: WriteVerification { default_level: VerificationLevel::Callback },
            patterns: Patterns::default(),
            connectors: BTreeMap::new(),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            generator: Duration::from_mins(5),
            domain_analyzer: Duration::from_secs(10),
            policy_analyzer: Duration::from_secs(10),
            approval_gate: Duration::from_secs(5),
        }
    }
}
