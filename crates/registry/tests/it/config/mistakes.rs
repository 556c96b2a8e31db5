//! What people get wrong, and what they read then. One snapshot holds all: read it as a person would.

use super::{Home, load, refused};
use std::fmt::Write as _;

/// In a file.
const FILES: &[(&str, &str)] = &[
    ("not TOML", "[execution\nmax_retries = 1\n"),
    ("a string without end", "environment = \"lab\n"),
    ("a key twice", "environment = \"a\"\nenvironment = \"b\"\n"),
    ("a misspelt key", "[execution]\nmax_retires = 3\n"),
    ("a misspelt section", "[exection]\nmax_retries = 3\n"),
    ("a misspelt limit", "[execution.limits]\nmemory_mib = 100\n"),
    ("a key in the wrong section", "timeout_seconds = 3\n"),
    ("an unknown key like no other", "[control_system]\ncolour = \"red\"\n"),
    ("a key of a later version", "[python]\npreload = [\"numpy\"]\n"),
    ("a model without a name", "[models.x]\nprovider = \"anthropic\"\n"),
    ("a provider that nobody knows", "[models.x]\nprovider = \"antropic\"\nmodel = \"m\"\n"),
    ("a gateway without a place", "[models.x]\nprovider = \"openai_compatible\"\nmodel = \"m\"\n"),
    (
        "two places for a key",
        "[models.x]\nprovider = \"openai\"\nmodel = \"m\"\napi_key_env = \"A\"\napi_key_file = \"b\"\n",
    ),
    (
        "a key for the name of a variable",
        "[models.x]\nprovider = \"openai\"\nmodel = \"m\"\napi_key_env = \"sk-hunter2\"\n",
    ),
    (
        "a password in an address",
        "[models.x]\nprovider = \"openai\"\nmodel = \"m\"\nbase_url = \"https://me:hunter2@h/v1\"\n",
    ),
    ("a price below nothing", "[models.x]\nprovider = \"openai\"\nmodel = \"m\"\ninput_usd_per_million = -1\n"),
    (
        "a model that is not there",
        "[models.site]\nprovider = \"ollama\"\nmodel = \"m\"\n[execution.generators.basic]\nmodel_config_name = \"sight\"\n",
    ),
    ("another engine", "[execution.container_endpoints.default]\nengine = \"dokcer\"\n"),
    ("a token of an endpoint", "[execution.container_endpoints.default]\nengine = \"jupyter\"\ntoken = \"x\"\n"),
    ("a later store", "store = \"postgres://me:hunter2@db/x\"\n"),
    ("another store", "store = \"sqlit\"\n"),
    ("a text for a number", "[execution]\nmax_retries = \"3\"\n"),
    ("a number for a text", "environment = 3\n"),
    ("no address", "jupyter_base_url = \"localhost\"\n"),
    ("another scheme", "jupyter_base_url = \"file:///srv\"\n"),
    ("a user in an address", "jupyter_base_url = \"https://me:hunter2@host/lab\"\n"),
    ("a token in an address", "jupyter_base_url = \"https://host/lab?token=hunter2\"\n"),
    ("a text for a flag", "[control_system]\nwrites_enabled = \"true\"\n"),
    ("a text for a list", "[analysis]\ndomain_analyzers = \"default\"\n"),
    ("a text for a table", "execution = \"local\"\n"),
    ("a table for a list of tables", "[plugins.load]\npath = \"x.so\"\n"),
    ("no attempts", "[execution]\nmax_retries = 0\n"),
    ("no time", "[execution]\ntimeout_seconds = 0\n"),
    ("less than no time", "[execution]\ntimeout_seconds = -5\n"),
    ("too little memory", "[execution.limits]\nmemory_mb = 63\n"),
    ("a huge number", "[execution.limits]\nmemory_mb = 99999999999999999999\n"),
    ("NaN", "[execution.approval]\nexpiry_hours = nan\n"),
    ("an infinity", "[control_system]\ntimeout = inf\n"),
    ("an expiry in the past", "[execution.approval]\nexpiry_hours = -1\n"),
    ("a time limit of nothing", "[plugins.timeouts]\napproval_gate = 0.0\n"),
    ("a misspelt choice", "[execution.approval]\nmode = \"selectiv\"\n"),
    ("no choice at all", "[control_system.write_verification]\ndefault_level = \"hope\"\n"),
    ("a misspelt isolation", "[execution]\naccept_isolation = [\"full\", \"contaner\"]\n"),
    ("no isolation", "[execution]\naccept_isolation = []\n"),
    ("the same twice", "[execution]\naccept_isolation = [\"full\", \"full\"]\n"),
    ("a misspelt mode in a list", "[execution.approval]\nmodes_requiring_approval = [\"WRITE\"]\n"),
    ("a misspelt mode as a section", "[execution.modes.EPICS_CONTROLS.environment]\nA = \"1\"\n"),
    ("a mode under two names", "[execution.modes.EPICS_CONTROL]\n[execution.modes.CONTROL_SYSTEM]\n"),
    ("code that nobody looks at", "[analysis]\ndomain_analyzers = [\"mine\"]\n"),
    ("a misspelt interpreter", "[python]\ninterpreter = \"manged\"\n"),
    ("an interpreter by name", "[python]\ninterpreter = \"python3\"\n"),
    ("a home that only a shell knows", "data_dir = \"~/pyexec\"\n"),
    ("an empty path", "data_dir = \"\"\n"),
    ("a path with NUL", "data_dir = \"/a\\u0000b\"\n"),
    ("a library without a path", "[[plugins.load]]\nsha256 = \"00\"\n"),
    ("a misspelt key of a library", "[[plugins.load]]\npath = \"x.so\"\nsha265 = \"00\"\n"),
    ("a section for nobody", "[plugins.timeout]\ngenerator = 1\n"),
    ("a token", "[execution.generators.mine]\ntoken = \"hunter2\"\n"),
    ("an API key of a model", "[models.x]\napi_key = \"hunter2\"\n"),
    (
        "a secret in a list of tables",
        "[control_system.connector.x]\nhosts = [{ name = \"a\", password = \"hunter2\" }]\n",
    ),
    ("a secret without end", "[execution.generators.mine]\napi_key = \"hunter2\n"),
    ("a secret for code", "[execution.modes.READ_ONLY.environment]\nDB_PASSWORD = \"hunter2\"\n"),
    ("a number for a variable", "[execution.modes.READ_ONLY.environment]\nA = 1\n"),
    ("a variable of no name", "[execution.modes.READ_ONLY.environment]\n\"A=B\" = \"1\"\n"),
    ("NaN for a plugin", "[execution.generators.mine]\ntemperature = nan\n"),
    ("a terminal's commands", "\"\\u001b[2J\\u202e\" = 1\n[execution]\ncode_generator = \"\\u001b[2J\"\n"),
    ("several at once", "colour = 1\n[execution]\nmax_retries = 0\n[execution.limits]\nprocesses = true\n"),
    ("a later line", "# one\n# two\n# three\n\n[execution]\n# é ü 漢字\ntimeout_seconds = 'soon'  # a comment\n"),
];

/// In the environment, over a file with `[execution]`, `max_retries = 5`.
const VARIABLES: &[(&str, &[(&str, &str)])] = &[
    ("a misspelt variable", &[("PYEXEC__EXECUTION__MAX_RETIRES", "1")]),
    ("a variable out of bounds", &[("PYEXEC__EXECUTION__MAX_RETRIES", "0")]),
    ("a variable of another type", &[("PYEXEC__EXECUTION__MAX_RETRIES", "many")]),
    ("a variable with a list that is none", &[("PYEXEC__EXECUTION__ACCEPT_ISOLATION", "full")]),
    ("a relative path in a variable", &[("PYEXEC__DATA_DIR", "data")]),
    ("a variable without a name", &[("PYEXEC__", "1")]),
    ("a variable with an empty name", &[("PYEXEC__EXECUTION____X", "1")]),
    ("a variable below a value", &[("PYEXEC__EXECUTION__MAX_RETRIES__X", "1")]),
    (
        "two variables for one value",
        &[("PYEXEC__EXECUTION__MAX_RETRIES", "1"), ("PYEXEC__execution__max_retries", "2")],
    ),
    ("a secret in a variable", &[("PYEXEC__EXECUTION__GENERATORS__X__API_KEY", "hunter2")]),
    ("a variable of a later version", &[("PYEXEC__PYTHON__PRELOAD", "[]")]),
    ("a table in a variable", &[("PYEXEC__EXECUTION__LIMITS", "{ memory_mb = 1, cores = 2 }")]),
    ("a mode under two names", &[("PYEXEC__EXECUTION__MODES", "{ read_only = {}, READ_ONLY = {} }")]),
    ("more than a value in a variable", &[("PYEXEC__EXECUTION__MAX_RETRIES", "1\ncode_generator = 'mock'")]),
];

#[test]
fn mistakes_in_the_file() {
    let mut story = String::new();
    for (title, text) in FILES {
        let home = Home::with(text);
        let error = home.load(&[]).expect_err(title);
        let rendered = home.nameless(&error.render(false));
        assert!(!rendered.contains("hunter2"), "{title} shows a secret:\n{rendered}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{title} holds a secret");
        assert!(!rendered.contains(['\u{1b}', '\u{202e}', '\0']), "{title} drives the terminal");
        write!(story, "## {title}\n\n{rendered}\n\n").unwrap();
    }
    insta::assert_snapshot!(story);
}

#[test]
fn mistakes_in_the_environment() {
    let mut story = String::new();
    for (title, env) in VARIABLES {
        let home = Home::with("[execution]\nmax_retries = 5\n");
        let error = home.load(env).expect_err(title);
        let rendered = home.nameless(&error.render(false));
        assert!(!format!("{rendered} {error} {error:?}").contains("hunter2"), "{title} shows a secret:\n{rendered}");
        write!(story, "## {title}\n\n{rendered}\n\n").unwrap();
    }
    insta::assert_snapshot!(story);
}

#[test]
fn color_is_only_used_when_wanted() {
    let error = refused("colour = 1\n");
    assert!(error.render(true).contains("\u{1b}["));
    assert!(!error.render(false).contains('\u{1b}'));
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    let keys = format!("[execution.generators.x]\n{}a = 1\n", "a.".repeat(400_000));
    let lists = format!("[execution.generators.x]\na = {}{}\n", "[".repeat(400_000), "]".repeat(400_000));
    let still_too_deep = format!("[execution.generators.x]\n{}a = 1\n", "a.".repeat(40));
    for text in [keys, lists, still_too_deep] {
        refused(&text);
    }
    load(&format!("[execution.generators.x]\n{}a = \"{}\"\n", "a.".repeat(20), ".".repeat(100)));

    let home = Home::with("");
    let variable = format!("PYEXEC__EXECUTION__GENERATORS__X{}", "__A".repeat(30_000));
    home.load(&[(&variable, "1")]).expect_err("a deep variable");
}
