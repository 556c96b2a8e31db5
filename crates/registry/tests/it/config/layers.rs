//! Defaults, the file, the environment, and which of them a value came from.

use super::{Home, load};
use pyexec_core::{ExecutionMode, Isolation, Role};
use pyexec_registry::config::{Config, Interpreter, Origin};
use serde_json::json;
use std::time::Duration;

#[test]
fn without_a_file_everything_is_default() {
    let home = Home::new();
    let loaded = home.load(&[]).unwrap();
    assert_eq!(loaded.config, Config::with_data_dir(home.path(".local/share/pyexec")));
    assert_eq!(loaded.file, None);
    assert_eq!(loaded.warnings, [""; 0]);
    assert!(loaded.provenance.lines().iter().all(|line| line.origin == Origin::Default));
    assert_eq!(loaded.config.execution.accept_isolation, [Isolation::Full, Isolation::Container]);
    assert_eq!(loaded.config.execution.code_generator, None);
}

#[test]
fn the_environment_goes_over_the_file_value_by_value() {
    let home =
        Home::with("[execution]\nmax_retries = 5\ntimeout_seconds = 7\n[execution.generators.mock]\na = 1\nb = 2\n");
    let loaded = home
        .load(&[
            ("PYEXEC__EXECUTION__MAX_RETRIES", "1"),
            ("PYEXEC__EXECUTION__CODE_GENERATOR", "mock"),
            ("PYEXEC__EXECUTION__GENERATORS__MOCK__B", "[3, { x = 1.5 }]"),
            ("PYEXEC__EXECUTION__LIMITS", "{ memory_mb = 99, processes = 3 }"),
            ("PYEXEC__CONTROL_SYSTEM__WRITES_ENABLED", "false"),
            ("PYEXEC__ENVIRONMENT", "2024"),
            ("PYEXEC_LOG", "debug"),
        ])
        .unwrap();
    let execution = &loaded.config.execution;
    assert_eq!((execution.max_retries, execution.limits.timeout_seconds), (1, 7));
    assert_eq!((execution.limits.memory_mb, execution.limits.processes, execution.limits.cpu_seconds), (99, 3, 600));
    assert_eq!(execution.code_generator.as_deref(), Some("mock"));
    assert_eq!(execution.generators["mock"], json!({"a": 1, "b": [3, {"x": 1.5}]}));
    assert_eq!(loaded.config.environment.as_deref(), Some("2024"));

    let from = |key: &str| loaded.provenance.get(key).unwrap().origin.clone();
    let env = |variable: &str| Origin::Env { variable: variable.into() };
    assert_eq!(from("execution.max_retries"), env("PYEXEC__EXECUTION__MAX_RETRIES"));
    assert_eq!(from("execution.timeout_seconds"), Origin::File { path: home.file(), line: 3 });
    assert_eq!(from("execution.generators.mock.a"), Origin::File { path: home.file(), line: 5 });
    assert_eq!(from("execution.generators.mock.b"), env("PYEXEC__EXECUTION__GENERATORS__MOCK__B"));
    assert_eq!(from("execution.limits.memory_mb"), env("PYEXEC__EXECUTION__LIMITS"));
    assert_eq!(from("execution.limits.cpu_seconds"), Origin::Default);
}

#[test]
fn what_config_show_prints() {
    let home = Home::with(
        "environment = \"lab\"\n[python]\ninterpreter = \"./venv\"\n[execution.modes.read_only.environment]\nTZ = \"UTC\"\n\
         [control_system.connector.mock]\nurl = \"http://me:hunter2@host/\"\ntoken_env = \"TOKEN\"\n\
         [[plugins.load]]\npath = \"lib/libmine.so\"\n",
    );
    let loaded = home.load(&[("PYEXEC__EXECUTION__MODES__READ_ONLY__ENVIRONMENT__Foo__BAR", "x")]).unwrap();
    // Columns depend on where temporary files are.
    let text = loaded.provenance.to_text();
    let lines = text.lines().map(|line| line.split_once("  # ").map(|(value, from)| (value.trim_end(), from)).unwrap());
    let lines: Vec<_> = lines.map(|(value, from)| format!("{value}  # {from}")).collect();
    insta::assert_snapshot!(home.nameless(&lines.join("\n")));

    let json = serde_json::to_value(&loaded.provenance).unwrap();
    assert_eq!(json[0]["key"], "data_dir");
    assert_eq!(json[0]["origin"], json!({"from": "default"}));
    assert_eq!(json[2]["origin"], json!({"from": "file", "path": home.file(), "line": 1}));
    assert!(!json.to_string().contains("hunter2"));
}

#[test]
fn modes_have_other_names_and_keep_variables_as_they_are() {
    let home = Home::with("[execution.modes.CONTROL_SYSTEM]\nenvironment = { epicsVar = \"1\" }\n");
    let loaded = home.load(&[("PYEXEC__EXECUTION__MODES__WRITE_ACCESS__ENVIRONMENT__A__b", "true")]).unwrap();
    let modes = loaded.config.execution.modes;
    assert_eq!(modes[&ExecutionMode::EpicsControl].environment["epicsVar"], "1");
    assert_eq!(modes[&ExecutionMode::WriteEnabled].environment["A__b"], "true");
    assert_eq!(modes.len(), 2);
}

#[test]
fn relative_paths_start_at_the_file() {
    let home = Home::with(
        "data_dir = \"../data/.\"\n[analysis]\npolicy = \"/etc/policy.toml\"\n[python]\ninterpreter = \".venv\"\n",
    );
    let config = home.load(&[]).unwrap().config;
    assert_eq!(config.data_dir, home.path(".config/pyexec/../data"));
    assert_eq!(config.analysis.policy.as_deref().unwrap().to_str(), Some("/etc/policy.toml"));
    assert_eq!(config.python.interpreter, Interpreter::Path(home.path(".config/pyexec/.venv")));
}

#[test]
fn tables_of_components_pass_as_they_are() {
    let config = load(
        "[analysis]\ndomain_analyzers = [\"default\", \"site\"]\n[execution.approval]\ngate = \"strict\"\n\
         [plugins.site]\ndeep = { list = [1, \"a\", true], time = 2024-01-02 }\n[plugins.strict]\n[execution.generators.mine]\nn = 1\n",
    )
    .config;
    let deep = json!({"deep": {"list": [1, "a", true], "time": "2024-01-02"}});
    assert_eq!(config.component_table(Role::DomainAnalyzer, "site"), deep);
    assert_eq!(config.component_table(Role::ApprovalGate, "strict"), json!({}));
    assert_eq!(config.component_table(Role::Generator, "mine"), json!({"n": 1}));
    assert_eq!(config.component_table(Role::Connector, "mock"), json!({}));
    assert_eq!(config.named_components().collect::<Vec<_>>(), [(Role::Generator, "mine")]);
}

#[test]
fn paths_in_the_tables_of_the_houses_own_generators_start_at_the_file_too() {
    let home = Home::with(
        "[execution.generators.claude_code]\nclaude_config_path = \"claude.toml\"\ncli_path = \"/opt/claude\"\n\
         [execution.generators.basic]\ntemplates = \"words\"\n[execution.generators.mine]\ntemplates = \"words\"\n",
    );
    let config = home.load(&[]).unwrap().config;
    let table = |name| config.component_table(Role::Generator, name);
    let expected = json!({"claude_config_path": home.path(".config/pyexec/claude.toml"), "cli_path": "/opt/claude"});
    assert_eq!(table("claude_code"), expected);
    assert_eq!(table("basic")["templates"], json!(home.path(".config/pyexec/words")));
    assert_eq!(table("mine"), json!({"templates": "words"}), "a plugin's table is its own");
    let home = Home::with("[execution.generators.claude_code]\ncli_path = \"~/claude\"\n");
    assert!(home.load(&[]).is_err());
}

#[test]
fn the_gate_gets_its_table_whole() {
    let config =
        load("[execution.approval]\nmode = \"all_code\"\nexpiry_hours = 0.5\nauto_approve.users = [\"alice\"]\n")
            .config;
    assert_eq!(
        config.approval_json(),
        json!({
            "mode": "all_code",
            "modes_requiring_approval": ["WRITE_ENABLED", "EPICS_CONTROL"],
            "gate": "default",
            "expiry_hours": 0.5,
            "auto_approve": {"users": ["alice"], "environments": []},
        })
    );
    assert_eq!(config.execution.approval.expiry(), Duration::from_mins(30));
}

#[test]
fn the_network_is_never_granted_beside_a_real_connector() {
    assert!(load("").config.net_grantable());
    assert!(!load("[control_system]\ntype = \"epics\"\n").config.net_grantable());
}

#[test]
fn settings_that_open_much_or_do_nothing_get_a_word() {
    let warned = |text: &str| load(text).warnings.join("\n");
    for (text, word) in [
        ("[execution.approval]\nmode = \"disabled\"\n", "no person is asked"),
        ("[execution]\naccept_isolation = [\"none\"]\n", "nothing that holds it"),
        ("[analysis]\npolicy_analyzers = [\"mine\"]\n", "lacks `default`"),
        ("[execution.approval.auto_approve]\nenvironments = [\"test\"]\n", "`environment` is not set"),
        ("[control_system]\nwrites_enabled = true\n", "every write will be refused"),
        ("[control_system]\nwrites_enabled = true\nlimits_checking.enabled = false\n", "no bounds"),
        ("[control_system.limits_checking]\nenabled = false\ndatabase_path = \"x\"\n", "has no effect"),
    ] {
        assert!(warned(text).contains(word), "{text} gave {:?}", warned(text));
    }
    assert_eq!(warned(""), "");
}
