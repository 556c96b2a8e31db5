//! From tables to [`Config`]: one function a section, each key beside its bounds.
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the lifetime of `Item` belongs to its impl, so `Item::path` is not a function for every lifetime"
)]

use super::{
    error::{Diagnostic, Problem},
    item::{Item, Parsed},
    model::{
        Analysis, Approval, ApprovalMode, AutoApprove, Config, ContainerEndpoint, ControlSystem, Engine, Execution,
        Interpreter, LimitsChecking, LoadPlugin, Mode, Patterns, Plugins, Python, Store, Timeouts, VerificationLevel,
        WriteVerification,
    },
    models,
    source::Place,
    table::Table,
};
use crate::names::nearest;
use pyexec_core::{ExecutionMode, Isolation, Model, order::Limits};
use serde_json::Value as Json;
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

const DAY: f64 = 86_400.0;
const WEEK: u64 = 604_800;
const TEBIBYTE_IN_MIB: u64 = 1 << 20;
/// The components of the house itself, which take no table of a plugin.
const OWN: [&str; 6] = ["default", "local", "container", "docker", "jupyter", "control_patterns"];

/// Reads everything. `default_data_dir` is asked for only if the configuration names no data folder.
pub(super) fn config(mut root: Table<'_>, default_data_dir: impl FnOnce() -> Result<PathBuf, Problem>) -> Config {
    let default_data_dir = if root.has("data_dir") { Ok(PathBuf::new()) } else { default_data_dir() };
    let default_data_dir = default_data_dir.unwrap_or_else(|problem| {
        root.complain(Diagnostic::new(problem, None));
        PathBuf::new()
    });
    let data_dir = root.value("data_dir", default_data_dir, |item| item.path());
    let store = root.value("store", Store::default(), store);
    let environment = root.optional("environment", |item| item.label());
    let jupyter_base_url = root.optional("jupyter_base_url", |item| item.address());
    let python = python(root.table("python"));
    let analysis = analysis(root.table("analysis"));
    let models = models::models(root.table("models"));
    let execution = execution(root.table("execution"), &models);
    let control_system = control_system(root.table("control_system"));
    let plugins = plugins(root.table("plugins"), &analysis, &execution);
    root.finish();
    Config {
        data_dir,
        store,
        environment,
        jupyter_base_url,
        python,
        analysis,
        models,
        execution,
        control_system,
        plugins,
    }
}

fn store(item: Item<'_>) -> Parsed<Store> {
    let name = item.text()?;
    if name.starts_with("postgres") {
        return Err(item.unusable("names PostgreSQL, which is not available in this version", "use \"sqlite\""));
    }
    item.one_of(&[Store::Sqlite], |Store::Sqlite| "sqlite")
}

fn python(mut table: Table<'_>) -> Python {
    const MANAGED: &str = "managed";
    let interpreter = |item: Item<'_>| {
        let text = item.text()?;
        if text == MANAGED || text.contains('/') || text.starts_with('.') {
            return if text == MANAGED { Ok(MANAGED.into()) } else { item.path() };
        }
        let why = format!("is {}, which is neither `managed` nor a path", super::error::shown(&text));
        Err(item.unusable(&why, "write `managed`, or a path with a `/` such as `/usr/bin/python3` or `./venv`"))
    };
    // Shown as it is written: every path is absolute, so none is `managed`.
    let path = table.value("interpreter", PathBuf::from(MANAGED), interpreter);
    table.finish();
    Python { interpreter: if path.is_absolute() { Interpreter::Path(path) } else { Interpreter::Managed } }
}

fn analysis(mut table: Table<'_>) -> Analysis {
    let defaults = Analysis::default();
    let domain_analyzers = |item: Item<'_>| {
        let names = item.names()?;
        if names.iter().any(|name| name == "default") {
            return Ok(names);
        }
        Err(item.unusable("lacks `default`, without which nothing is known of the code", "add \"default\""))
    };
    let analysis = Analysis {
        policy: table.optional("policy", |item| item.path()),
        knowledge: table.value("knowledge", defaults.knowledge, |item| item.list(Item::path)),
        domain_analyzers: table.value("domain_analyzers", defaults.domain_analyzers, domain_analyzers),
        policy_analyzers: table.value("policy_analyzers", defaults.policy_analyzers, |item| item.names()),
    };
    table.finish();
    analysis
}

fn execution(mut table: Table<'_>, models: &BTreeMap<String, Model>) -> Execution {
    let defaults = Execution::default();
    let isolations = |item: Item<'_>| {
        const ALL: [Isolation; 5] =
            [Isolation::Full, Isolation::Reduced, Isolation::Container, Isolation::Endpoint, Isolation::None];
        let list = item.list(|item| item.one_of(&ALL, Isolation::name))?;
        if list.is_empty() {
            Err(item.unusable("is empty, so nothing could ever run", "add \"full\""))
        } else {
            Ok(list)
        }
    };
    let code_generator = table.optional("code_generator", |item| item.name());
    let fallback_generator = table.optional("fallback_generator", |item| item.name());
    let execution_method = table.value("execution_method", defaults.execution_method, |item| item.name());
    let max_retries = table.value("max_retries", defaults.max_retries, |item| whole_u32(item, 1, 100));
    let timeout_seconds = table.value("timeout_seconds", defaults.limits.timeout_seconds, |item| item.whole(1..=WEEK));
    let execution = Execution {
        code_generator,
        fallback_generator,
        execution_method,
        max_retries,
        save_prompts: table.value("save_prompts", defaults.save_prompts, |item| item.flag()),
        accept_isolation: table.value("accept_isolation", defaults.accept_isolation, isolations),
        limits: limits(table.table("limits"), timeout_seconds),
        modes: modes(table.table("modes")),
        approval: approval(table.table("approval")),
        generators: models::generators(table.table("generators"), models),
        container_endpoints: container_endpoints(table.table("container_endpoints")),
    };
    table.finish();
    execution
}

fn container_endpoints(mut table: Table<'_>) -> BTreeMap<String, ContainerEndpoint> {
    let one = |(name, _, mut table): (String, Place, Table<'_>)| {
        let engine = table
            .value("engine", Engine::default(), |item| item.one_of(&[Engine::Docker, Engine::Jupyter], Engine::name));
        let table = match table.pass_through() {
            Json::Object(table) => table,
            _ => serde_json::Map::new(),
        };
        (name, ContainerEndpoint { engine, table })
    };
    table.rest().into_iter().map(one).collect()
}

pub(super) fn whole_u32(item: Item<'_>, least: u32, most: u32) -> Parsed<u32> {
    let number = item.whole(least.into()..=most.into())?;
    // Within the bounds, so it fits.
    Ok(u32::try_from(number).unwrap_or(most))
}

fn limits(mut table: Table<'_>, timeout_seconds: u64) -> Limits {
    let defaults = Limits::default();
    let mut limit = |name, default, least, most| table.value(name, default, |item| item.whole(least..=most));
    let limits = Limits {
        timeout_seconds,
        memory_mb: limit("memory_mb", defaults.memory_mb, 64, TEBIBYTE_IN_MIB),
        cpu_seconds: limit("cpu_seconds", defaults.cpu_seconds, 1, WEEK),
        processes: limit("processes", defaults.processes, 1, 32_768),
        scratch_mb: limit("scratch_mb", defaults.scratch_mb, 1, TEBIBYTE_IN_MIB),
        output_kb: limit("output_kb", defaults.output_kb, 1, TEBIBYTE_IN_MIB),
    };
    table.finish();
    limits
}

fn mode(name: &str) -> Result<ExecutionMode, Option<&'static str>> {
    let known = ExecutionMode::ALL.map(ExecutionMode::name);
    name.parse().map_err(|_| nearest(name, known).first().copied())
}

fn unknown_mode(key: String, value: &str, nearest: Option<&'static str>) -> Problem {
    Problem::UnknownValue {
        key,
        value: value.into(),
        known: ExecutionMode::ALL.map(ExecutionMode::name).into(),
        nearest,
    }
}

fn modes(mut table: Table<'_>) -> BTreeMap<ExecutionMode, Mode> {
    let mut modes = BTreeMap::new();
    let key = table.key("");
    let key = key.trim_end_matches('.');
    for (name, place, mut section) in table.rest() {
        match mode(&name) {
            Err(nearest) => table.complain(Diagnostic::new(unknown_mode(key.into(), &name, nearest), Some(place))),
            Ok(mode) => {
                let environment = variables(section.table("environment"));
                let kernel_name = given(&mut section, "kernel_name");
                let endpoint = given(&mut section, "endpoint");
                section.finish();
                modes.insert(mode, Mode { environment, kernel_name, endpoint });
            }
        }
    }
    modes
}

/// A name that is shown only where somebody gave one.
fn given(table: &mut Table<'_>, name: &str) -> Option<String> {
    if table.has(name) { table.optional(name, |item| item.label()) } else { None }
}

fn variables(mut table: Table<'_>) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for (name, place, value) in table.values(|item| item.text()) {
        let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if first && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            variables.insert(name, value);
        } else {
            let why = "is not the name of an environment variable".into();
            let help = "names are made of letters, digits and `_`, and start with no digit".into();
            let problem = Problem::Unusable { key: table.key(&name), why, help };
            table.complain(Diagnostic::new(problem, Some(place)));
        }
    }
    variables
}

fn approval(mut table: Table<'_>) -> Approval {
    let defaults = Approval::default();
    let when = |item: Item<'_>| {
        item.one_of(&[ApprovalMode::Selective, ApprovalMode::AllCode, ApprovalMode::Disabled], |mode| match mode {
            ApprovalMode::Selective => "selective",
            ApprovalMode::AllCode => "all_code",
            ApprovalMode::Disabled => "disabled",
        })
    };
    let modes = |item: Item<'_>| {
        item.list(|item| {
            let text = item.text()?;
            mode(&text).map_err(|nearest| item.problem(unknown_mode(item.key.into(), &text, nearest)))
        })
    };
    let approval = Approval {
        mode: table.value("mode", defaults.mode, when),
        modes_requiring_approval: table.value("modes_requiring_approval", defaults.modes_requiring_approval, modes),
        gate: table.value("gate", defaults.gate, |item| item.name()),
        expiry_hours: table.value("expiry_hours", defaults.expiry_hours, |item| item.positive(8760.0)),
        auto_approve: {
            let mut table = table.table("auto_approve");
            let users = table.value("users", Vec::new(), |item| item.list(|item| item.label()));
            let environments = table.value("environments", Vec::new(), |item| item.list(|item| item.label()));
            table.finish();
            AutoApprove { users, environments }
        },
    };
    table.finish();
    approval
}

fn control_system(mut table: Table<'_>) -> ControlSystem {
    let defaults = ControlSystem::default();
    let level = |item: Item<'_>| {
        use VerificationLevel::{Callback, None, Readback};
        item.one_of(&[None, Callback, Readback], |level| match level {
            None => "none",
            Callback => "callback",
            Readback => "readback",
        })
    };
    let control_system = ControlSystem {
        writes_enabled: table.value("writes_enabled", defaults.writes_enabled, |item| item.flag()),
        connector_type: table.value("type", defaults.connector_type, |item| item.name()),
        timeout: table.value("timeout", defaults.timeout, |item| item.positive(3600.0)),
        limits_checking: {
            let (mut table, defaults) = (table.table("limits_checking"), defaults.limits_checking);
            let enabled = table.value("enabled", defaults.enabled, |item| item.flag());
            let database_path = table.optional("database_path", |item| item.path());
            let allow_unlisted_channels =
                table.value("allow_unlisted_channels", defaults.allow_unlisted_channels, |item| item.flag());
            table.finish();
            LimitsChecking { enabled, database_path, allow_unlisted_channels }
        },
        write_verification: {
            let (mut table, defaults) = (table.table("write_verification"), defaults.write_verification);
            let default_level = table.value("default_level", defaults.default_level, level);
            table.finish();
            WriteVerification { default_level }
        },
        patterns: {
            let mut table = table.table("patterns");
            let mut list = |name| table.value(name, Vec::new(), |item| item.list(Item::text));
            let patterns = Patterns { write: list("write"), read: list("read") };
            table.finish();
            patterns
        },
        connectors: components(table.table("connector")),
    };
    table.finish();
    control_system
}

/// Tables of components, each passed on as it is.
fn components(mut table: Table<'_>) -> BTreeMap<String, Json> {
    table.rest().into_iter().map(|(name, _, table)| (name, table.pass_through())).collect()
}

fn plugins(mut table: Table<'_>, analysis: &Analysis, execution: &Execution) -> Plugins {
    let timeouts = timeouts(table.table("timeouts"));
    let load = table.tables("load").into_iter().filter_map(|(table, place)| load(table, &place)).collect();
    let analyzers = analysis.domain_analyzers.iter().chain(&analysis.policy_analyzers);
    let selected: Vec<_> = analyzers
        .chain([&execution.approval.gate, &execution.execution_method])
        .map(String::as_str)
        .filter(|name| !OWN.contains(name))
        .collect();
    let mut tables = BTreeMap::new();
    for (name, place, component) in table.rest() {
        if selected.contains(&name.as_str()) {
            tables.insert(name, component.pass_through());
        } else {
            let nearest = nearest(&name, selected.iter().copied().chain(["timeouts", "load"]));
            let nearest = nearest.first().map(|nearest| table.key(nearest));
            let problem = Problem::Unselected { key: table.key(&name), nearest };
            table.complain(Diagnostic::new(problem, Some(place)));
        }
    }
    Plugins { timeouts, load, tables }
}

fn timeouts(mut table: Table<'_>) -> Timeouts {
    let defaults = Timeouts::default();
    let mut timeout = |name: &str, default: Duration| {
        let seconds = table.value(name, default.as_secs_f64(), |item| item.positive(DAY));
        Duration::from_secs_f64(seconds)
    };
    let timeouts = Timeouts {
        generator: timeout("generator", defaults.generator),
        domain_analyzer: timeout("domain_analyzer", defaults.domain_analyzer),
        policy_analyzer: timeout("policy_analyzer", defaults.policy_analyzer),
        approval_gate: timeout("approval_gate", defaults.approval_gate),
    };
    table.finish();
    timeouts
}

fn load(mut table: Table<'_>, place: &Place) -> Option<LoadPlugin> {
    if !table.has("path") {
        let problem = Problem::MissingKey { key: table.key("path"), name: "path" };
        table.complain(Diagnostic::new(problem, Some(place.clone())));
    }
    let path = table.optional("path", |item| item.path());
    let sha256 = table.optional("sha256", |item| item.digest());
    table.finish();
    Some(LoadPlugin { path: path?, sha256 })
}
