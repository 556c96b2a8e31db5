//! What is connected to what: configuration to libraries, libraries to components, components to a service.
//!
//! The configuration is taken apart field by field, so that a key that nobody reads does not compile.

pub(crate) mod generator;

use crate::exit::Failure;
use pyexec_control::{Broker, ControlSettings, Limits, VerificationLevel};
use pyexec_core::{ErrorKind, Instance, Role, RunId};
use pyexec_registry::{
    CreateError, LibrarySpec, LoadPluginError, Registry,
    config::{self, Analysis, Config, ControlSystem, Engine, Execution, Interpreter, LimitsChecking, Loaded, Sources},
};
use pyexec_service::{
    Journal, Service, Settings, Stages,
    settings::{self, Timeouts},
};
use serde_json::{Value, json};
use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

#[cfg(feature = "bundled")]
use {pyexec_analysis as _, pyexec_approval as _, pyexec_execution as _, pyexec_generation as _};

/// The libraries of the four stages, beside the executable.
const STAGE_LIBRARIES: [&str; 4] = [
    "libpyexec_plugin_generation.so",
    "libpyexec_plugin_analysis.so",
    "libpyexec_plugin_approval.so",
    "libpyexec_plugin_execution.so",
];
/// Inputs beyond this size stay where they are, known by path and digest.
const INPUT_COPY_LIMIT: u64 = 1 << 30;

/// What one command changes of the configuration.
#[derive(Debug, Default)]
pub(crate) struct Choices<'a> {
    pub(crate) generator: Option<&'a str>,
    /// Whether code may have to be written. Who only looks at runs needs neither a model's key nor a generator.
    pub(crate) writes: bool,
    pub(crate) backend: Option<&'a str>,
    pub(crate) policy: Option<&'a Path>,
}

/// Reads the configuration; warnings go to stderr.
pub(crate) fn configuration(file: Option<&Path>) -> Result<Loaded, Failure> {
    let sources = Sources::from_process(file.map(Into::into));
    let loaded = sources.and_then(|sources| Config::load(&sources));
    let loaded =
        loaded.map_err(|e| Failure::Rendered(e.render(crate::render::colored()), ErrorKind::BadFile.exit_code()))?;
    for warning in &loaded.warnings {
        eprintln!("warning: {}", crate::render::plain(warning));
    }
    Ok(loaded)
}

/// Loads the libraries that the configuration names, else the four of the installation; the mock connector is linked in.
pub(crate) fn registry(config: &Config) -> Result<Registry, Failure> {
    let mut registry = linked(config.data_dir.join("plugins"));
    for spec in libraries(config)? {
        load(&mut registry, &spec)?;
    }
    Ok(registry)
}

/// What is linked in, and a private folder for copies of libraries.
pub(crate) fn linked(private_dir: PathBuf) -> Registry {
    let mut registry = Registry::new(private_dir);
    if cfg!(feature = "bundled") {
        registry.link_registered();
    } else {
        registry.link_package("pyexec-control");
    }
    registry
}

/// Which libraries are to be loaded.
pub(crate) fn libraries(config: &Config) -> Result<Vec<LibrarySpec>, Failure> {
    let beside = installation()?;
    if config.plugins.load.is_empty() {
        let names: &[&str] = if cfg!(feature = "bundled") { &[] } else { &STAGE_LIBRARIES };
        let spec = |name| LibrarySpec { path: beside.join(name), sha256: None, installed: true };
        return Ok(names.iter().map(spec).collect());
    }
    let spec = |config::LoadPlugin { path, sha256 }: &config::LoadPlugin| {
        // A library of the installation needs no pin, also where the configuration names it.
        let installed = STAGE_LIBRARIES.iter().any(|name| path.file_name() == Some(OsStr::new(name)))
            && path.parent().and_then(|p| fs::canonicalize(p).ok()).is_some_and(|p| p == beside);
        LibrarySpec { path: path.clone(), sha256: *sha256, installed }
    };
    Ok(config.plugins.load.iter().map(spec).collect())
}

/// Loads one of them.
pub(crate) fn load(registry: &mut Registry, spec: &LibrarySpec) -> Result<(), Failure> {
    if spec.installed && !spec.path.exists() {
        let name = spec.path.file_name().unwrap_or_default().display();
        let folder = spec.path.parent().unwrap_or(&spec.path).display();
        return Err(Failure::new(
            ErrorKind::BadFile,
            format!("the stage library `{name}` is not beside the program, in `{folder}`"),
            "build the whole workspace (`cargo build --workspace`), or install the program with its libraries",
        ));
    }
    registry.load(spec).map(drop).map_err(|e| cannot_load(&e))
}

/// An error of loading, as a failure of the program.
pub(crate) fn cannot_load(error: &LoadPluginError) -> Failure {
    Failure::new(error.kind(), error.to_string(), &error.help())
}

/// The folder of the executable, without symbolic links.
pub(crate) fn installation() -> Result<PathBuf, Failure> {
    let exe = env::current_exe().and_then(fs::canonicalize);
    let exe = exe.map_err(|e| Failure::machinery(format!("the program cannot find its own file: {e}")))?;
    Ok(exe.parent().map(Path::to_path_buf).unwrap_or_default())
}

/// What is recorded in the data folder, without any stage.
pub(crate) async fn journal(loaded: &Loaded) -> Result<Journal, Failure> {
    Ok(Journal::open(&loaded.config.data_dir, loaded.config.jupyter_base_url.clone()).await?)
}

/// Everything a service needs, from the configuration.
pub(crate) async fn service(loaded: &Loaded, choices: &Choices<'_>) -> Result<Service, Failure> {
    let config = &loaded.config;
    let registry = registry(config)?;
    check_tables(&registry, config)?;
    let (settings, stages) = (settings(loaded)?, stages(&registry, config, choices)?);
    Ok(Service::open(settings, stages).await?)
}

/// A service that can drive this run wherever it leads: with the generator that the run was made for, or where that one
/// cannot be had, the configured one. Where neither can start, what is there already can still be decided on and run.
pub(crate) async fn service_for(loaded: &Loaded, service: Service, run: &RunId) -> Result<Service, Failure> {
    let created = service.run(run).await?.created;
    let Some(wanted) = created.generator.as_deref().filter(|_| created.given.is_none()) else { return Ok(service) };
    let with = |generator| Choices { generator, writes: true, ..Choices::default() };
    if let Ok(service) = self::service(loaded, &with(Some(wanted))).await {
        return Ok(service);
    }
    let wanted = crate::render::plain(wanted);
    if let Ok(other) = self::service(loaded, &with(None)).await {
        let configured = crate::render::plain(other.generator().unwrap_or_default());
        eprintln!(
            "warning: the generator `{wanted}` of this run is not to be had; `{configured}` writes what is still to be \
             written"
        );
        return Ok(other);
    }
    eprintln!("warning: the generator `{wanted}` of this run is not to be had: no other attempt can be written");
    Ok(service)
}

/// A table of a component that no library has would never be read.
fn check_tables(registry: &Registry, config: &Config) -> Result<(), Failure> {
    for (role, name) in config.named_components() {
        registry.check(role, name).map_err(|error| cannot_create(&error))?;
    }
    Ok(())
}

fn settings(loaded: &Loaded) -> Result<Settings, Failure> {
    let Config {
        data_dir,
        store: config::Store::Sqlite,
        environment,
        jupyter_base_url,
        python: _,
        analysis: _,
        models: _,
        execution,
        control_system,
        plugins,
    } = &loaded.config;
    let Execution { max_retries, save_prompts, accept_isolation, limits, modes, approval, .. } = execution;
    let config::Timeouts { generator, domain_analyzer, policy_analyzer, approval_gate } = plugins.timeouts;
    let mut protected = vec![installation()?];
    protected.extend(loaded.file.as_deref().and_then(Path::parent).map(Path::to_path_buf));
    protected.extend(plugins.load.iter().filter_map(|p| p.path.parent()).map(Path::to_path_buf));
    Ok(Settings {
        data_dir: data_dir.clone(),
        environment: environment.clone(),
        jupyter_base_url: jupyter_base_url.clone(),
        attempts: *max_retries,
        limits: limits.clone(),
        accept_isolation: accept_isolation.clone(),
        environments: modes
            .iter()
            .map(|(mode, config::Mode { environment, kernel_name: _, endpoint: _ })| (*mode, environment.clone()))
            .collect(),
        ticket_lifetime: approval.expiry(),
        writes_enabled: control_system.writes_enabled,
        net_grantable: loaded.config.net_grantable(),
        timeouts: Timeouts {
            generator,
            analyzer: domain_analyzer,
            policy: policy_analyzer,
            gate: approval_gate,
            ..Timeouts::default()
        },
        protected,
        save_prompts: *save_prompts,
        input_copy_limit: INPUT_COPY_LIMIT,
        standby: settings::STANDBY,
    })
}

fn stages(registry: &Registry, config: &Config, choices: &Choices<'_>) -> Result<Stages, Failure> {
    let Execution { execution_method, .. } = &config.execution;
    let Analysis { domain_analyzers, policy_analyzers, .. } = &config.analysis;
    let create = |role, name: &str, table: Value| create(registry, role, name, &table);
    let ControlSystem { connector_type, .. } = &config.control_system;
    let connector = create(Role::Connector, connector_type, config.component_table(Role::Connector, connector_type))?;
    Ok(Stages {
        generator: choices.writes.then(|| generator::create(registry, config, choices)).transpose()?,
        domain_analyzers: domains(registry, config, domain_analyzers)?,
        policy_analyzers: policies(registry, config, policy_analyzers, choices.policy)?,
        gate: {
            let gate = &config.execution.approval.gate;
            let table = if gate == "default" {
                config.approval_json()
            } else {
                config.component_table(Role::ApprovalGate, gate)
            };
            create(Role::ApprovalGate, gate, table)?
        },
        executor: {
            let (name, table) = executor(config, choices.backend.unwrap_or(execution_method))?;
            create(Role::Executor, name, table)?
        },
        broker: Arc::new(Broker::new(control(&config.control_system)?, connector)),
    })
}

/// The domain analyzers: the shipped one with the texts of the knowledge tables, and the site's patterns if there are any.
fn domains(registry: &Registry, config: &Config, names: &[String]) -> Result<Vec<Instance>, Failure> {
    const PATTERNS: &str = "control_patterns";
    let config::Patterns { write, read } = &config.control_system.patterns;
    let patterns = (!write.is_empty() || !read.is_empty()).then(|| PATTERNS.to_owned());
    let create_one = |name: &String| {
        let table = match name.as_str() {
            "default" => {
                let tables = config.analysis.knowledge.iter().map(|file| {
                    Ok(json!({"name": file.display().to_string(), "text": read_text(file, "knowledge table")?}))
                });
                json!({"knowledge": tables.collect::<Result<Vec<_>, Failure>>()?})
            }
            PATTERNS => json!({"write": write, "read": read}),
            name => config.component_table(Role::DomainAnalyzer, name),
        };
        create(registry, Role::DomainAnalyzer, name, &table)
    };
    names.iter().chain(patterns.iter().filter(|patterns| !names.contains(patterns))).map(create_one).collect()
}

/// The policy analyzers, the shipped one with the policy file's text: it does no I/O itself.
pub(crate) fn policies(
    registry: &Registry,
    config: &Config,
    names: &[String],
    instead: Option<&Path>,
) -> Result<Vec<Instance>, Failure> {
    let file = instead.or(config.analysis.policy.as_deref());
    if let Some(file) = file.filter(|_| !names.iter().any(|name| name == "default")) {
        return Err(Failure::new(
            ErrorKind::BadRequest,
            format!("the policy `{}` would not be used: `policy_analyzers` does not name `default`", file.display()),
            "add `default` to `[analysis] policy_analyzers`",
        ));
    }
    let create_one = |name: &String| {
        let table = match (name.as_str(), file) {
            ("default", Some(file)) => {
                json!({"policy": read_text(file, "policy")?, "policy_name": file.display().to_string()})
            }
            (name, _) => config.component_table(Role::PolicyAnalyzer, name),
        };
        create(registry, Role::PolicyAnalyzer, name, &table)
    };
    names.iter().map(create_one).collect()
}

/// The executor of a backend, with its table.
pub(crate) fn executor<'a>(config: &Config, backend: &'a str) -> Result<(&'a str, Value), Failure> {
    let wanted = match backend {
        "local" => return Ok((backend, local(config))),
        "container" => None,
        "docker" => Some(Engine::Docker),
        "jupyter" => Some(Engine::Jupyter),
        _ => return Ok((backend, config.component_table(Role::Executor, backend))),
    };
    // a command has one run, and ends with it
    config
        .container(wanted, Some(0))
        .map_err(|error| Failure::new(ErrorKind::BadRequest, error.to_string(), &error.help()))
}

fn local(config: &Config) -> Value {
    let interpreter = match &config.python.interpreter {
        Interpreter::Managed => json!("managed"),
        Interpreter::Path(path) => json!(path),
    };
    json!({"data_dir": config.data_dir, "interpreter": interpreter})
}

pub(crate) fn control(config: &ControlSystem) -> Result<ControlSettings, Failure> {
    let ControlSystem {
        writes_enabled,
        connector_type: _,
        timeout,
        limits_checking,
        write_verification,
        patterns: _,
        connectors: _,
    } = config;
    let LimitsChecking { enabled, database_path, allow_unlisted_channels } = limits_checking;
    let limits = match (enabled, database_path) {
        (false, _) => None,
        (true, None) => Some(Limits::none().allow_unlisted(*allow_unlisted_channels)),
        (true, Some(path)) => {
            let parsed = Limits::parse(&read_text(path, "limits database")?).map_err(|error| {
                Failure::new(
                    ErrorKind::BadFile,
                    format!("the limits database `{}` cannot be used: {error}", path.display()),
                    "mend it; until then nothing runs, so that no write goes unchecked",
                )
            })?;
            Some(parsed.allow_unlisted(*allow_unlisted_channels))
        }
    };
    let default_verification = match write_verification.default_level {
        config::VerificationLevel::None => VerificationLevel::None,
        config::VerificationLevel::Callback => VerificationLevel::Callback,
        config::VerificationLevel::Readback => VerificationLevel::Readback,
    };
    Ok(ControlSettings { writes_enabled: *writes_enabled, limits, default_timeout: *timeout, default_verification })
}

fn create(registry: &Registry, role: Role, name: &str, table: &Value) -> Result<Instance, Failure> {
    registry.create(role, name, table).map_err(|error| cannot_create(&error))
}

pub(crate) fn cannot_create(error: &CreateError) -> Failure {
    Failure::new(error.kind(), error.to_string(), &error.help().unwrap_or_default())
}

/// A text file that a person named.
pub(crate) fn read_text(path: &Path, what: &str) -> Result<String, Failure> {
    let bytes = read_bytes(path, what)?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(
            ErrorKind::BadFile,
            format!("the {what} `{}` is not UTF-8 text", path.display()),
            "save it as UTF-8",
        )
    })
}

/// A file that a person named, of at most 16 MiB.
pub(crate) fn read_bytes(path: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    const MOST: u64 = 16 << 20;
    let shown = path.display();
    let bad = |why: String, help: &str| Failure::new(ErrorKind::BadFile, format!("the {what} `{shown}` {why}"), help);
    let meta = fs::metadata(path).map_err(|e| bad(format!("cannot be read: {e}"), "check the path"))?;
    if meta.is_dir() {
        return Err(bad("is a folder".into(), "name a file in it"));
    }
    if !meta.is_file() {
        return Err(bad("is not a regular file".into(), "name a file"));
    }
    if meta.len() > MOST {
        return Err(bad(format!("has {} bytes, and {MOST} are the most", meta.len()), "name the right file"));
    }
    fs::read(path).map_err(|e| bad(format!("cannot be read: {e}"), "check its rights"))
}
