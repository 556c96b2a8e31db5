//! Bad input gets a sentence that names the thing and the way out, the right exit code, and nothing is lost.

use crate::house::{House, Said, said};
use pyexec_core::Code;
use std::{
    fs,
    process::{Command, Stdio},
};

#[test]
fn code_that_cannot_be_run() {
    let house = House::new("");
    let folder = house.path("config");
    let big = house.file("big.py", format!("# {}\n", "x".repeat(10 << 20)));
    let binary = house.file("binary.py", [0x7f, b'E', b'L', b'F', 0, 1, 2, 3]);
    let latin = house.file("latin.py", b"name = 'caf\xe9'\nresults = {}\n");
    let empty = house.file("empty.py", " \n\n");
    let broken = house.file("broken.py", "results = {'a': 1\nprint('x')\n");
    let missing = house.path("missing.py");
    for (path, code, texts) in [
        (&missing, 2, ["missing.py", "check the path"]),
        (&folder, 2, ["is a folder", "name a file in it"]),
        (&big, 2, ["the code has", "--input"]),
        (&empty, 2, ["the code is empty", "help:"]),
        (&binary, 1, ["line 1", "error:"]),
        (&latin, 1, ["line 1", "error:"]),
        (&broken, 1, ["line 1", "`{` was never closed"]),
    ] {
        house.run(&["run", "--code", path.to_str().unwrap()]).expect(code, &texts);
    }
    assert!(fs::metadata(&big).unwrap().len() > Code::MAX_BYTES as u64);
}

#[test]
fn declared_encodings_are_kept() {
    let house = House::new("");
    let script = house.file("latin.py", b"# -*- coding: latin-1 -*-\nresults = {'name': 'caf\xe9'}\n");
    let run = house.run(&["run", "--code", script.to_str().unwrap(), "--json"]).expect(0, &[]).json();
    assert_eq!(run["results"]["name"], "caf\u{e9}");
}

#[test]
fn inputs_and_outputs_that_cannot_be_used() {
    let house = House::new("");
    let script = house.file("script.py", "results = {}\n");
    let script = script.to_str().unwrap();
    let (a, b) = (house.file("a/data.csv", "x\n"), house.file("b/data.csv", "x\n"));
    let folder = house.path("a");
    for (arguments, texts) in [
        (vec!["--input", "missing.csv"], ["missing.csv", "help:"]),
        (vec!["--input", folder.to_str().unwrap()], ["is a folder", "each with its own `--input`"]),
        (
            vec!["--input", a.to_str().unwrap(), "--input", b.to_str().unwrap()],
            ["two inputs are called `data.csv`", "rename one"],
        ),
        (vec!["--output", "/"], ["the output `/` can never be opened", "help:"]),
        (vec!["--output", "/proc"], ["`/proc`", "help:"]),
        (vec!["--output", "nowhere"], ["nowhere", "existing folder"]),
        (vec!["--timeout", "0"], ["0 seconds", "at least 1"]),
        (vec!["--policy", "missing.toml"], ["missing.toml", "check the path"]),
        (vec!["--context", a.to_str().unwrap()], ["the context", "JSON"]),
        (vec!["--backend", "jupyter"], ["no endpoint with engine = \"jupyter\"", "container_endpoints.default"]),
    ] {
        let mut all = vec!["run", "--code", script];
        all.extend(arguments);
        house.run(&all).expect(2, &texts);
    }
    assert_eq!(house.run(&["runs", "list", "--json"]).json()["runs"].as_array().unwrap().len(), 0);
    assert!(!house.path("data/executed_scripts").exists() || leaves(&house.path("data/executed_scripts")) == 0);
}

fn leaves(folder: &std::path::Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| if entry.path().is_dir() { leaves(&entry.path()) } else { 1 }).sum()
}

#[test]
fn names_and_keys_that_do_not_exist() {
    let house = House::new("[execution]\ncode_generatr = \"mock\"\n");
    house.run(&["config", "check"]).expect(2, &["code_generatr", "code_generator"]);
    house.configure("[execution]\ncode_generator = \"mok\"\n");
    house.run(&["run", "what?"]).expect(2, &["`mok`", "mock"]);
    house.configure("");
    house.run(&["run", "what?", "--generator", "mok"]).expect(2, &["`mok`", "mock"]);
    house.run(&["run", "write me a poem about accelerators"]).expect(2, &["none is configured", "help:"]);
    house.run(&["run", "--code", "-", "--mode", "ROOT"]).expect(2, &["ROOT", "READ_ONLY"]);
    house.run(&["runs", "show", "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11"]).expect(2, &["no run", "runs list"]);
    house.run(&["approvals", "approve", "nonsense"]).expect(2, &["nonsense", "help:"]);
    house.run(&["--config", "missing.toml", "config", "show"]).expect(2, &["missing.toml"]);
}

#[test]
fn a_request_with_an_unknown_field() {
    let house = House::new("");
    let request = house.file("request.json", r#"{"user_qery": "what?"}"#);
    house.run(&["run", "--request", request.to_str().unwrap()]).expect(2, &["user_qery", "user_query"]);
}

#[test]
fn no_python() {
    let house = House::new("");
    let script = house.file("script.py", "results = {}\n");
    let mut command = house.command(&["run", "--code", script.to_str().unwrap()]);
    command.env("PYEXEC__PYTHON__INTERPRETER", "/nowhere/python3");
    said(&command.output().unwrap()).expect(2, &["/nowhere/python3", "help:"]);
    let mut command = house.command(&["run", "--code", script.to_str().unwrap()]);
    command.env("PYEXEC__PYTHON__INTERPRETER", "/bin/true");
    said(&command.output().unwrap()).expect(2, &["/bin/true", "help:"]);
    // A machine without any: hidden here, where only this test sees it.
    let hide = "for python in /usr/bin/python3* /usr/local/bin/python3*; do \
                if test -f $python; then mount --bind /dev/null $python; fi; done; export PATH=/usr/bin:/bin";
    let arguments = ["run", "--code", script.to_str().unwrap()];
    let bare = |command: &mut Command| {
        command.env("PYEXEC__PYTHON__INTERPRETER", "managed");
    };
    in_own_mounts_with(&house, hide, &arguments, bare).expect(2, &["python3", "help:"]);
}

/// Runs a command in a mount namespace of its own, after `prepare` (a shell script) has changed what is mounted.
fn in_own_mounts(house: &House, prepare: &str, arguments: &[&str]) -> Said {
    in_own_mounts_with(house, prepare, arguments, |_| {})
}

fn in_own_mounts_with(house: &House, prepare: &str, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Said {
    let mut inner = house.command(arguments);
    change(&mut inner);
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c", &format!("{prepare} && exec \"$0\" \"$@\"")]);
    command.arg(inner.get_program()).args(inner.get_args()).env_clear();
    command.envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
    command.current_dir(house.path("")).stdin(Stdio::null());
    said(&command.output().unwrap())
}

#[test]
fn a_read_only_data_folder() {
    let house = House::new("");
    let script = house.file("script.py", "results = {}\n");
    house.run(&["run", "--code", script.to_str().unwrap()]).expect(0, &[]);
    let data = house.path("data");
    let data = data.to_str().unwrap();
    let prepare = format!("mount --bind {data} {data} && mount -o remount,bind,ro {data}");
    in_own_mounts(&house, &prepare, &["run", "--code", script.to_str().unwrap()]).expect(2, &[data, "help:"]);
    assert_eq!(house.run(&["runs", "list", "--json"]).json()["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn a_full_disk_loses_nothing() {
    let house = House::new("");
    fs::create_dir(house.path("data")).unwrap();
    let data = house.path("data");
    let input = house.file("input.bin", vec![7_u8; 200 << 20]);
    let script = house.file("script.py", "results = {}\n");
    let (data, script, input) = (data.to_str().unwrap(), script.to_str().unwrap(), input.to_str().unwrap());
    let prepare = format!("mount -t tmpfs -o size=160m,mode=0700 tmpfs {data}");
    let arguments = ["run", "--code", script, "--input", input];
    in_own_mounts(&house, &prepare, &arguments).expect(6, &["input.bin", "space", "help:"]);
}
