//! The same house for somebody who is not root: nothing needs a privilege.

use crate::{
    house::{Said, copy_program, faulty, pyexec, said},
    standin::agent,
};
use serde_json::json;
use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// No account of its own on a bare Debian.
const USER: u32 = 54_321;

/// Runs the program as that user, from a copy that they can read, on Debian's own Python.
fn run(home: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(home.join("bin/pyexec"));
    command.args(arguments).current_dir(home).env_clear().stdin(Stdio::null());
    command.env("HOME", home).env("PATH", "/usr/bin:/bin").env("PYEXEC__PYTHON__INTERPRETER", "/usr/bin/python3");
    command.uid(USER).gid(USER);
    said(&command.output().unwrap())
}

/// The program with its libraries, where that user can read them.
fn home() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    fs::create_dir(home.join("bin")).unwrap();
    let stages = ["generation", "analysis", "approval", "execution"].map(|name| format!("libpyexec_plugin_{name}.so"));
    for library in stages.iter().map(String::as_str).chain(["libpyexec_sandbox.so"]) {
        fs::copy(faulty().with_file_name(library), home.join("bin").join(library)).unwrap();
    }
    copy_program(&pyexec(), &home.join("bin/pyexec"));
    chown(home, Some(USER), Some(USER)).unwrap();
    folder
}

#[test]
fn an_ordinary_users_agent_writes_code_and_is_confined() {
    let folder = home();
    let home = folder.path();
    let secret = home.join("secret");
    let read = json!({"file_path": secret});
    let provider = agent::provider([
        agent::uses("A look around.", "Read", &read),
        agent::says("```python\nresults = {'mean': 2.0}\n```"),
    ]);
    let url = provider.url();
    let generator = "[execution]\ncode_generator = \"claude_code\"\n[execution.generators.claude_code]\n\
                     cli_path = \"bin/claude\"\nclaude_config_path = \"claude.toml\"\n";
    copy_program(agent::cli().as_ref(), &home.join("bin/claude"));
    for (name, text) in [
        ("pyexec.toml", generator),
        ("claude.toml", &format!("[api_config]\nbase_url = {url:?}\napi_key_file = \"key\"\n")),
        ("key", "sk-of-an-ordinary-user"),
        ("secret", "the-canary"),
    ] {
        fs::write(home.join(name), text).unwrap();
        chown(home.join(name), Some(USER), Some(USER)).unwrap();
    }
    let done = run(home, &["--config", "pyexec.toml", "run", "what is the mean?", "--json"]).expect(0, &[]).json();
    assert_eq!((&done["results"]["mean"], &done["isolation"]), (&json!(2.0), &json!("full")), "{done:#}");
    let generation = &done["generation"];
    assert_eq!((&generation["generator"], &generation["confinement"]), (&json!("claude_code"), &json!("kernel")));
    assert_eq!(generation["phases"][0]["denied"].as_array().unwrap().len(), 1, "{generation:#}");
    assert!(provider.seen().iter().all(|seen| !seen.text().contains("the-canary")));
}

#[test]
fn an_ordinary_user_runs_asks_and_approves() {
    let folder = home();
    let home = folder.path();
    let out = home.join("out");
    fs::create_dir(&out).unwrap();
    let read = "results = {'sum': sum(range(5))}\n";
    let write = format!("open({:?}, 'w').write('x')\nresults = {{}}\n", out.join("x"));
    fs::write(home.join("read.py"), read).unwrap();
    fs::write(home.join("write.py"), write).unwrap();
    for path in [out.clone(), home.join("read.py"), home.join("write.py")] {
        chown(path, Some(USER), Some(USER)).unwrap();
    }
    let done = run(home, &["run", "--code", "read.py", "--json"]).expect(0, &[]).json();
    assert_eq!(done["results"]["sum"], 10);
    let asked = run(home, &["run", "--code", "write.py", "--json"]).expect(5, &[]).json();
    let ticket = asked["ticket_id"].as_str().unwrap();
    let done = run(home, &["approvals", "approve", ticket, "--json"]).expect(0, &[]).json();
    assert_eq!(done["isolation"], "full");
    assert_eq!(fs::read_to_string(out.join("x")).unwrap(), "x");
    let requester = done["requester"].as_str().unwrap();
    assert_eq!(requester, format!("uid:{USER}"));
}
