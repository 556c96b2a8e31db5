//! What wrappers of this kind get wrong, each failure with its name.

use crate::house::{House, Said};
use serde_json::Value;
use std::fs;

fn done(said: Said) -> Value {
    let run = said.expect(0, &[]).json();
    assert_eq!(run["state"], "done", "{run:#}");
    run
}

#[test]
fn multi_line_strings_are_not_reindented() {
    let code = "def f():\n    return '''a\n  b\n\tc\n'''\nresults = {'text': f()}\n";
    assert_eq!(done(House::new("").code(code, &[]))["results"]["text"], "a\n  b\n\tc\n");
}

#[test]
fn a_future_import_is_still_first() {
    let code = "\"\"\"doc\"\"\"\nfrom __future__ import annotations\ndef f(x: NoSuchName): pass\nresults = {'a': f.__annotations__['x']}\n";
    assert_eq!(done(House::new("").code(code, &[]))["results"]["a"], "NoSuchName");
}

#[test]
fn sys_exit_0_is_not_a_crash() {
    let house = House::new("");
    assert_eq!(done(house.code("import sys\nresults = {'a': 1}\nsys.exit(0)\n", &[]))["results"]["a"], 1);
    let run = house.code("import sys\nresults = {'a': 1}\nsys.exit(3)\n", &[]).expect(1, &[]).json();
    assert_eq!(run["error"]["kind"], "runtime");
    assert!(run["error"]["message"].as_str().unwrap().contains('3'), "{run:#}");
}

#[test]
fn own_metadata_and_os_exit_0_are_not_believed() {
    let code = "import os\nfor name in ('results.json', 'execution_metadata.json', 'events.jsonl'):\n    \
                open(name, 'w').write('{\"success\": true, \"state\": \"done\", \"forged\": 1}')\nos._exit(0)\n";
    let house = House::new("");
    let run = house.code(code, &["--policy", house.file("all.toml", ALLOW).to_str().unwrap()]).expect(1, &[]).json();
    assert_eq!(run["state"], "failed");
    let folder = std::path::Path::new(run["folder"].as_str().unwrap());
    let metadata: Value = serde_json::from_slice(&fs::read(folder.join("execution_metadata.json")).unwrap()).unwrap();
    assert_eq!(metadata["state"], "failed");
    assert!(!folder.join("results.json").exists());
}

const ALLOW: &str =
    "[[rule]]\ncapability = \"*\"\nverdict = \"allow\"\nmode = \"READ_ONLY\"\nreason = \"the kernel holds it\"\n";

#[test]
fn user_names_do_not_shadow_ours() {
    let code = "Path = plt = json = sys = os = open = print = len = dict = type = 1\nresults = {'a': 1}\n";
    assert_eq!(done(House::new("").code(code, &[]))["results"]["a"], 1);
}

#[test]
fn a_figure_saved_by_the_script_is_collected_once() {
    let code = "import matplotlib.pyplot as plt\nfor n in range(2):\n    fig = plt.figure()\n    plt.plot([1, n])\n\
                plt.figure(1)\nplt.savefig('mine.png')\nplt.show()\nresults = {}\n";
    let figures = done(House::new("").code(code, &[]))["figures"].clone();
    // The first by the script, the second, which stayed open, by us.
    assert_eq!(figures.as_array().unwrap().len(), 2, "{figures}");
    assert_eq!(figures.as_array().unwrap().iter().filter(|f| f.as_str().unwrap().ends_with("mine.png")).count(), 1);
}

#[test]
fn nan_in_results_is_json() {
    let code = "import math\nresults = {'a': math.nan, 'b': [math.inf, 1.5]}\n";
    let run = done(House::new("").code(code, &[]));
    assert_eq!(run["results"], serde_json::json!({"a": null, "b": [null, 1.5]}));
    assert!(!run["warnings"].as_array().unwrap().is_empty(), "a note says so: {run:#}");
}

#[test]
fn there_is_a_stdout_buffer() {
    let run = done(House::new("").code("import sys\nsys.stdout.buffer.write(b'raw\\n')\nresults = {}\n", &[]));
    assert_eq!(run["stdout"], "raw\n");
}

#[test]
fn png_bytes_on_stdout() {
    let code = "import sys\nsys.stdout.buffer.write(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(range(256)) * 100)\nresults = {'a': 1}\n";
    let run = done(House::new("").code(code, &[]));
    assert_eq!(run["results"]["a"], 1);
    assert!(run["stdout"].as_str().unwrap().contains("PNG"));
}

#[test]
fn a_timeout_kills_the_process_and_not_the_client() {
    let house = House::new("");
    let run = house.code("while True: pass\n", &["--timeout", "1"]).expect(1, &[]).json();
    assert_eq!(run["error"]["kind"], "timeout");
    let folder = run["folder"].as_str().unwrap();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&command).contains(folder), "{process:?} outlived the run");
    }
}

fn with_limits(house: &House, limits: &str) {
    let state = house.path("channels.json");
    let limits = house.file("limits.json", limits);
    house.configure(&format!(
        "[control_system]\nwrites_enabled = true\n[control_system.limits_checking]\ndatabase_path = {limits:?}\n\
         [control_system.connector.mock]\nstate_file = {state:?}\nchannels = {{ \"MOCK:SP\" = {{ value = 1.0 }} }}\n"
    ));
}

fn writes(house: &House) -> usize {
    fs::read_to_string(house.path("channels.json.writes.jsonl")).map_or(0, |text| text.lines().count())
}

/// Runs code that writes, approved by a person.
fn approved(house: &House, code: &str) -> Said {
    let ticket = house.code(code, &[]).expect(5, &[]).json()["ticket_id"].as_str().unwrap().to_owned();
    house.run(&["approvals", "approve", &ticket, "--json"])
}

#[test]
fn a_limits_check_is_not_passed_by_nan() {
    let house = House::new("");
    with_limits(&house, r#"{"MOCK:SP": {"min_value": -10, "max_value": 10}}"#);
    for value in ["float('nan')", "'nan'", "None", "[float('nan')]", "float('inf')", "11.0"] {
        let code = format!(
            "from pyexec.runtime import write_channel\ntry:\n    write_channel('MOCK:SP', {value})\nexcept Exception as e:\n    \
             print(type(e).__name__)\n    raise\nresults = {{}}\n"
        );
        let said = approved(&house, &code);
        assert_ne!(said.code, 0, "{value}: {said:#?}");
        assert_eq!(writes(&house), 0, "{value} was written");
    }
}

#[test]
fn a_write_refused_by_limits_is_not_retried_another_way() {
    let house = House::new("");
    with_limits(&house, r#"{"MOCK:SP": {"min_value": -10, "max_value": 10}}"#);
    let code = "from pyexec.runtime import write_channel\nfor value in (99.0, 5.0):\n    try:\n        \
                write_channel('MOCK:SP', value)\n    except Exception:\n        pass\nresults = {'carried': 'on'}\n";
    let run = approved(&house, code).expect(3, &[]).json();
    assert_eq!(run["state"], "refused");
    assert_eq!(run["error"]["kind"], "limits_violation");
    assert_eq!(writes(&house), 0, "the second write went through");
}

#[test]
fn a_configuration_key_that_nobody_reads_is_an_error() {
    let house = House::new("[execution]\nmax_retris = 5\n");
    house.run(&["config", "show"]).expect(2, &["max_retris", "max_retries"]);
    house.configure("[execution.generators.nobody]\nkey = 1\n");
    house.run(&["config", "check"]).expect(2, &["nobody"]);
}

#[test]
fn approvals_outlive_the_process_that_asked() {
    let house = House::new("");
    let out = house.path("out");
    fs::create_dir(&out).unwrap();
    let code = format!("open({:?}, 'w').write('x')\nresults = {{}}\n", out.join("x"));
    house.code(&code, &[]).expect(5, &[]);
    let tickets = house.run(&["approvals", "list", "--json"]).json();
    let ticket = tickets["tickets"][0]["ticket_id"].as_str().unwrap().to_owned();
    house.run(&["approvals", "approve", &ticket]).expect(0, &[]);
    assert!(out.join("x").exists());
}

#[test]
fn refusals_are_seen_by_operators() {
    let house = House::new("");
    let code = "from pyexec.runtime import write_channel\nwrite_channel('MOCK:SP', 1.0)\n";
    house.code(code, &[]).expect(3, &[]);
    house.code("results = {}\n", &[]).expect(0, &[]);
    let refused = house.run(&["runs", "list", "--refused", "--json"]).json();
    let runs = refused["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "{refused:#}");
    let run = runs[0]["run_id"].as_str().unwrap();
    let shown = house.run(&["runs", "show", run, "--json"]).json();
    assert_eq!(shown["generated_code"], code, "with the offending source");
}
