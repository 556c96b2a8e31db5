//! The configuration file.

use super::{Orders, orders, parse};
use std::{fs, path::Path};

#[test]
fn the_shipped_file_is_what_the_documentation_says() {
    let Orders { profiles, phases, codebase_guidance, .. } = orders(None).unwrap();
    assert_eq!(profiles["fast"].phases, ["generate"]);
    assert_eq!(profiles["robust"].phases, ["scan", "plan", "implement"]);
    assert_eq!((profiles.len(), phases.len(), codebase_guidance.len()), (2, 4, 0));
}

#[test]
fn ones_own_file_replaces_by_name_and_starts_paths_at_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("claude.toml");
    let text = "
        [api_config]
        api_key_file = 'key'
        [phases.scan]
        agent = 'mine'
        prompt = 'look'
        turns = 1
        [codebase_guidance.own]
        folders = ['a', '/b']
    ";
    fs::write(&file, text).unwrap();
    let orders = orders(Some(&file)).unwrap();
    assert_eq!((orders.phases["scan"].agent.as_str(), orders.phases["scan"].tools.len()), ("mine", 0));
    assert_eq!(orders.phases.len(), 4);
    assert_eq!(orders.codebase_guidance["own"].folders, [folder.path().join("a"), "/b".into()]);
    assert_eq!(orders.api_config.api_key_file.as_deref(), Some(folder.path().join("key").as_path()));
}

#[test]
fn mistakes_are_named_with_their_line_and_never_quoted() {
    for (text, part) in [
        ("[profiles.p]\nphases = []\nmodel = 'm'\nmax_budget_usd = 1\ntimeout_seconds = 1", "has no phases"),
        (
            "[profiles.p]\nphases = ['x']\nmodel = 'm'\nmax_budget_usd = 1\ntimeout_seconds = 1",
            "names the phase `x`; there are generate, implement",
        ),
        ("[profiles.p]\nphases = ['scan']\nmodel = '-p'\nmax_budget_usd = 1\ntimeout_seconds = 1", "no model's name"),
        ("[profiles.p]\nphases = ['scan']\nmodel = 'm'\nmax_budget_usd = nan\ntimeout_seconds = 1", "max_budget_usd"),
        ("[profiles.p]\nphases = ['scan']\nmodel = 'm'\nmax_budget_usd = 1\ntimeout_seconds = 0", "timeout_seconds"),
        ("[phases.scan]\nagent = 'a'\nprompt = ' '\nturns = 1", "empty `prompt`"),
        ("[phases.scan]\nagent = 'a'\nprompt = 'p'\nturns = 0", "0 `turns`"),
        ("[phases.'../x']\nagent = 'a'\nprompt = 'p'\nturns = 1", "letters, digits"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("claude.toml");
        fs::write(&file, text).unwrap();
        let error = orders(Some(&file)).unwrap_err();
        assert!(error.message.contains(part), "{text}: {error}");
    }
    let why = parse("\n[api_config]\napi_kee = 'hunter2'").unwrap_err();
    assert!(why.starts_with("in line 3: unknown field `api_kee`") && !why.contains("hunter2"), "{why}");
    let error = orders(Some(Path::new("claude.toml"))).unwrap_err();
    assert!(error.message.contains("absolute"), "{error}");
}
