//! Every key is documented with its default, read into a field, and nothing else is documented; the examples load.

use super::{Home, load, refused};
use pyexec_registry::config::{Config, Origin, Problem, Sources, reserved_keys};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Every key that has a default, with a value that is another one.
const OTHER_VALUES: &[(&str, &str)] = &[
    ("data_dir", "\"/other\""),
    ("environment", "\"lab\""),
    ("jupyter_base_url", "\"http://localhost:8088/lab/tree\""),
    ("python.interpreter", "\"/usr/bin/python3\""),
    ("analysis.policy", "\"policy.toml\""),
    ("analysis.domain_analyzers", "[\"default\", \"mine\"]"),
    ("analysis.policy_analyzers", "[\"default\", \"mine\"]"),
    ("execution.code_generator", "\"mock\""),
    ("analysis.knowledge", "[\"site.toml\"]"),
    ("execution.fallback_generator", "\"mock\""),
    ("execution.save_prompts", "false"),
    ("execution.execution_method", "\"mine\""),
    ("execution.max_retries", "1"),
    ("execution.timeout_seconds", "1"),
    ("execution.accept_isolation", "[\"full\"]"),
    ("execution.limits.memory_mb", "64"),
    ("execution.limits.cpu_seconds", "1"),
    ("execution.limits.processes", "1"),
    ("execution.limits.scratch_mb", "1"),
    ("execution.limits.output_kb", "1"),
    ("execution.approval.mode", "\"all_code\""),
    ("execution.approval.modes_requiring_approval", "[]"),
    ("execution.approval.gate", "\"mine\""),
    ("execution.approval.expiry_hours", "1"),
    ("execution.approval.auto_approve.users", "[\"alice\"]"),
    ("execution.approval.auto_approve.environments", "[\"test\"]"),
    ("control_system.writes_enabled", "true"),
    ("control_system.type", "\"epics\""),
    ("control_system.timeout", "0.5"),
    ("control_system.limits_checking.enabled", "false"),
    ("control_system.limits_checking.database_path", "\"limits.json\""),
    ("control_system.limits_checking.allow_unlisted_channels", "true"),
    ("control_system.write_verification.default_level", "\"readback\""),
    ("control_system.patterns.write", "[\"set\"]"),
    ("control_system.patterns.read", "[\"get\"]"),
    ("plugins.timeouts.generator", "1"),
    ("plugins.timeouts.domain_analyzer", "1"),
    ("plugins.timeouts.policy_analyzer", "1"),
    ("plugins.timeouts.approval_gate", "1"),
];
/// Keys of which there is one value only.
const ONE_VALUE: &[&str] = &["store"];
/// Keys with a free name in them, with a configuration that has one.
const FREE: &[(&str, &str)] = &[
    ("models.NAME.provider", "[models.x]\nprovider = \"ollama\"\nmodel = \"m\"\n"),
    ("models.NAME.model", "[models.x]\nprovider = \"ollama\"\nmodel = \"m\"\n"),
    ("execution.generators.NAME", "[execution.generators.x]\na = 1\n"),
    ("execution.modes.MODE.environment.NAME", "[execution.modes.READ_ONLY.environment]\nTZ = \"UTC\"\n"),
    ("execution.modes.MODE.kernel_name", "[execution.modes.READ_ONLY]\nkernel_name = \"k\"\n"),
    ("execution.modes.MODE.endpoint", "[execution.modes.READ_ONLY]\nendpoint = \"e\"\n"),
    ("execution.container_endpoints.NAME", "[execution.container_endpoints.x]\nhost = \"h\"\n"),
    ("execution.container_endpoints.NAME.engine", "[execution.container_endpoints.x]\nengine = \"jupyter\"\n"),
    ("control_system.connector.NAME", "[control_system.connector.x]\na = 1\n"),
    ("plugins.load[].path", "[[plugins.load]]\npath = \"x.so\"\n"),
    (
        "plugins.load[].sha256",
        "[[plugins.load]]\npath = \"x.so\"\n\
         sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\"\n",
    ),
    ("plugins.NAME", "[analysis]\ndomain_analyzers = [\"default\", \"x\"]\n[plugins.x]\na = 1\n"),
];

/// Keys of `[models.NAME]` beside the two that it must have, each with another value than the default.
const OF_A_MODEL: &[(&str, &str)] = &[
    ("base_url", r#""http://h/v1""#),
    ("api_key_env", r#""A_KEY""#),
    ("api_key_file", r#""key""#),
    ("allow_plain_http", "true"),
    ("temperature", "0"),
    ("max_tokens", "1"),
    ("timeout_seconds", "1"),
    ("max_tries", "1"),
    ("retry_wait_seconds", "0.1"),
    ("stream", "false"),
    ("input_usd_per_million", "0"),
    ("output_usd_per_million", "1.5"),
];
const LEAST_MODEL: &str = "data_dir = \"/default\"\n[models.x]\nprovider = \"openai\"\nmodel = \"m\"\n";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn documentation() -> String {
    fs::read_to_string(repository().join("docs/configuration.md")).unwrap()
}

/// Key and default of every row of a table.
fn documented() -> BTreeMap<String, String> {
    let text = documentation();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.splitn(4, " | ");
        let key = cells.next()?.trim_end_matches('`').to_owned();
        let default = cells.next()?.trim_matches([' ', '`']).to_owned();
        Some((key, default))
    };
    // `| key | | meaning |` has no default, and one space less.
    text.lines().map(|line| line.replace("| | ", "|  | ")).filter_map(|line| row(&line)).collect()
}

#[test]
fn the_documentation_has_every_key_with_its_default_and_no_other() {
    let home = Home::new();
    let loaded = home.load(&[("XDG_DATA_HOME", "/xdg")]).unwrap();
    let mut real: BTreeMap<String, String> = BTreeMap::new();
    for line in loaded.provenance.lines() {
        let value = if line.value.is_null() { "not set".into() } else { line.value.to_string() };
        real.insert(line.key.clone(), value.replace("\"/xdg/pyexec\"", "$XDG_DATA_HOME/pyexec"));
    }
    real.extend(FREE.iter().map(|(key, _)| ((*key).to_owned(), String::new())));
    real.extend(OF_A_MODEL.iter().map(|(key, _)| (format!("models.NAME.{key}"), String::new())));
    assert_eq!(documented(), real);
}

#[test]
fn every_key_becomes_part_of_the_configuration() {
    let default = load("data_dir = \"/default\"\n");
    let keys: BTreeSet<_> = default.provenance.lines().iter().map(|line| line.key.as_str()).collect();
    let tried: BTreeSet<_> = OTHER_VALUES.iter().map(|(key, _)| *key).chain(ONE_VALUE.iter().copied()).collect();
    assert_eq!(keys, tried);
    for (key, value) in OTHER_VALUES {
        let text = format!("{}{key} = {value}\n", if *key == "data_dir" { "" } else { "data_dir = \"/default\"\n" });
        let loaded = load(&text);
        assert_ne!(loaded.config, default.config, "{key} is accepted and changes nothing");
        let origin = &loaded.provenance.get(key).unwrap().origin;
        assert!(matches!(origin, Origin::File { .. }), "{key}: {origin}");
    }
    for (key, text) in FREE {
        let text = format!("data_dir = \"/default\"\n{text}");
        assert_ne!(load(&text).config, default.config, "{key} is accepted and changes nothing");
    }
    let least = load(LEAST_MODEL);
    for (key, value) in OF_A_MODEL {
        let config = load(&format!("{LEAST_MODEL}{key} = {value}\n")).config;
        assert_ne!(config, least.config, "models.NAME.{key} is accepted and changes nothing");
    }
}

#[test]
fn keys_of_later_versions_are_refused_and_documented_so() {
    let text = documentation();
    let (_, list) = text.split_once("## Not in this version").unwrap();
    let documented: Vec<_> = list.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`')).collect();
    assert_eq!(documented, reserved_keys());
    for key in reserved_keys() {
        let key = key.replace('*', "READ_ONLY");
        let error = refused(&format!("{key} = {{}}\n"));
        let [only] = error.diagnostics() else { panic!("{error}") };
        assert!(matches!(only.problem(), Problem::Unavailable { .. }), "{only}");
        assert_eq!(only.message(), format!("`{key}` is not available in this version"));
    }
}

#[test]
fn the_examples_load_without_a_word_of_warning() {
    let mut examples = 0;
    for entry in fs::read_dir(repository().join("examples/configs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let env = vec![("HOME".to_owned(), "/home/somebody".to_owned())];
            let loaded = Config::load(&Sources { explicit: Some(path.clone()), env });
            let loaded = loaded.unwrap_or_else(|error| panic!("{}", error.render(false)));
            assert_eq!(loaded.warnings, [""; 0], "{}", path.display());
            examples += 1;
        }
    }
    assert!(examples >= 3, "{examples} examples");
}
