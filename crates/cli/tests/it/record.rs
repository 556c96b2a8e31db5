//! The record checked from outside: a run, a notebook on another machine, the same once more.

use crate::house::House;
use serde_json::Value;
use std::{fs, path::PathBuf};

const CODE: &str = "import matplotlib.pyplot as plt\nprint('hello')\nplt.plot([1, 2])\nopen('out.csv', 'w').write('1,2')\n\
                    results = {'mean': 2.0}\n";

fn done(house: &House, code: &str) -> Value {
    house.code(code, &[]).expect(0, &[]).json()
}

fn id(run: &Value) -> &str {
    run["run_id"].as_str().unwrap()
}

fn path(run: &Value, name: &str) -> PathBuf {
    PathBuf::from(run["folder"].as_str().unwrap()).join(name)
}

#[test]
fn a_run_is_whole_until_a_file_of_it_is_touched() {
    let house = House::new("");
    let run = done(&house, CODE);
    let said = house.run(&["runs", "verify", id(&run)]).expect(0, &["is as it was written", "2 figures and artifacts"]);
    assert!(!said.stdout.contains("  note"), "{}", said.stdout);
    let found = house.run(&["runs", "verify", "--all", "--json"]).expect(0, &[]).json();
    assert_eq!((&found["ok"], &found["checked"], &found["unanchored"]), (&true.into(), &1.into(), &0.into()));

    for (name, told) in [
        ("artifacts/out.csv", "`artifacts/out.csv` is not what the code left"),
        ("figures/figure_01.png", "`figures/figure_01.png`, which the code left, is gone"),
    ] {
        let path = path(&run, name);
        let kept = fs::read(&path).unwrap();
        if name.ends_with("png") { fs::remove_file(&path) } else { fs::write(&path, "1,3") }.unwrap();
        house.run(&["runs", "verify", id(&run)]).expect(3, &["WAS ALTERED", told]);
        let found = house.run(&["runs", "verify", id(&run), "--json"]).expect(3, &[]).json();
        assert_eq!(found["runs"][0]["altered"][0]["run_id"], id(&run));
        fs::write(&path, kept).unwrap();
    }
    house.run(&["runs", "verify", id(&run)]).expect(0, &[]);
    house.run(&["runs", "verify"]).expect(2, &["required"]);
    house.run(&["runs", "verify", "01a20447-6d75-762b-8f4d-a20d3942d6f9"]).expect(2, &["there is no run"]);
}

/// A file of the same name may say something else tomorrow.
#[test]
fn which_policy_decided_is_on_record() {
    let house = House::new("");
    let rule = "[[rule]]\ncapability = \"*\"\nverdict = \"allow\"\nmode = \"READ_ONLY\"\nreason = \"x\"\n";
    let policy = house.file("mine.toml", rule);
    let digest = pyexec_core::Digest::of(rule.as_bytes()).to_string();
    let run = house.code("import os\nresults = {}\n", &["--policy", policy.to_str().unwrap()]).expect(0, &[]).json();
    assert_eq!(run["policies"], serde_json::json!([{"name": "mine.toml", "sha256": digest}]));
    let named = format!("mine.toml, sha256 {digest}");
    house.run(&["runs", "verify", id(&run)]).expect(0, &[&format!("was judged `allow` by the policy {named}")]);
    house.run(&["runs", "show", id(&run)]).expect(0, &[&format!("policy  {named}")]);
    let notebook = path(&run, "notebook.ipynb");
    house.run(&["runs", "verify", notebook.to_str().unwrap()]).expect(0, &[&format!("READ_ONLY, by {named}")]);
    let shipped = done(&house, "results = {}\n");
    assert_eq!(shipped["policies"][0]["name"], "default");
    assert_eq!(shipped["policies"][0]["sha256"].as_str().map(str::len), Some(64));
}

/// Whatever became of the stages: the record is read without them.
#[test]
fn the_record_needs_no_stage() {
    let house = House::new("");
    let run = done(&house, "results = {'a': 1}\n");
    let waiting = house.code("import os\nprint(os.environ)\n", &[]).expect(5, &[]).json();
    house.configure("[[plugins.load]]\npath = \"/nowhere/libnone.so\"\n");
    house.run(&["runs", "list"]).expect(0, &[id(&run), id(&waiting)]);
    house.run(&["runs", "show", id(&run)]).expect(0, &["a"]);
    house.run(&["runs", "events", id(&run)]).expect(0, &["execution_finished"]);
    house.run(&["runs", "verify", "--all"]).expect(0, &[]);
    house.run(&["approvals", "list"]).expect(0, &[waiting["ticket_id"].as_str().unwrap()]);
    // What it takes to go on is not to be had, and says so.
    house.run(&["runs", "resume", id(&waiting)]).expect(2, &["libnone.so"]);
}

#[test]
fn a_kept_anchor_vouches_for_the_list() {
    let house = House::new("");
    done(&house, "results = {}\n");
    let kept = house.file("anchor.json", house.run(&["runs", "anchors", "--latest", "--json"]).expect(0, &[]).stdout);
    done(&house, "results = {'a': 1}\n");
    let kept = kept.to_str().unwrap();
    house.run(&["runs", "verify", "--all", "--anchor", kept]).expect(0, &[]);
    house.run(&["runs", "verify", "--anchor", kept]).expect(0, &["the last is number 2"]);
    let other = House::new("");
    done(&other, "results = {}\n");
    let key = house.path("data/keys/signing.pub");
    // The list of another house, under the key of this one.
    let said = other.run(&["runs", "verify", "--anchor", kept, "--key", key.to_str().unwrap()]);
    said.expect(3, &["it is not the one that was kept", "signed by an unknown key"]);
    let listed = house.run(&["runs", "anchors"]).expect(0, &["ANCHOR", "KEY"]);
    assert_eq!(listed.stdout.lines().count(), 3);
}

#[test]
fn a_notebook_is_checked_on_another_machine() {
    let house = House::new("");
    let run = done(&house, CODE);
    let elsewhere = House::new("");
    let notebook = elsewhere.file("copy.ipynb", fs::read(path(&run, "notebook.ipynb")).unwrap());
    let key = elsewhere.file("their.pub", fs::read(house.path("data/keys/signing.pub")).unwrap());
    let (notebook, key) = (notebook.to_str().unwrap(), key.to_str().unwrap());
    let said = elsewhere.run(&["runs", "verify", notebook, "--key", key]).expect(0, &["is the code, byte for byte"]);
    assert_eq!(said.stderr, "");
    assert!(!elsewhere.path("data").exists(), "nothing is made");
    elsewhere.run(&["runs", "verify", notebook]).expect(2, &["there is no key to check it with"]);
    assert!(!elsewhere.path("data").exists());

    let edited = fs::read_to_string(notebook).unwrap().replace("hello", "howdy");
    let edited = elsewhere.file("edited.ipynb", edited);
    let said = elsewhere.run(&["runs", "verify", edited.to_str().unwrap(), "--key", key, "--json"]).expect(3, &[]);
    assert_eq!(said.json()["report"]["ok"], false);

    done(&elsewhere, "results = {}\n");
    elsewhere.run(&["runs", "verify", notebook]).expect(3, &["signed by an unknown key"]);
    for (name, bytes) in [("empty.ipynb", ""), ("other.ipynb", "{}")] {
        let file = elsewhere.file(name, bytes);
        elsewhere.run(&["runs", "verify", file.to_str().unwrap()]).expect(2, &["cannot be checked"]);
    }
    elsewhere.run(&["runs", "verify", "none.ipynb"]).expect(2, &["cannot be checked: No such file"]);
}

#[test]
fn a_replay_shows_what_differs() {
    let house = House::new("");
    let input = house.file("data.csv", "1,2\n");
    let same = "text = open('data.csv').read()\nprint(text)\nresults = {'text': text}\n";
    let run = house.code(same, &["--input", input.to_str().unwrap()]).expect(0, &[]).json();
    fs::write(&input, "9,9\n").unwrap();
    house.run(&["runs", "replay", id(&run)]).expect(0, &["the same"]);
    let listed = house.run(&["runs", "list", "--json"]).json();
    assert_eq!(listed["runs"][0]["task"], format!("replay of {}", id(&run)));

    let differs = "import random\nprint('x')\nresults = {'rows': [1, random.random()]}\n";
    let run = done(&house, differs);
    house.run(&["runs", "replay", id(&run)]).expect(1, &["results.rows[1]: 0."]);
    let found = house.run(&["runs", "replay", id(&run), "--json"]).expect(1, &[]).json();
    assert_eq!((&found["same"], &found["differences"][0]["at"]), (&false.into(), &"results.rows[1]".into()));

    // The same failure is the same.
    let run = house.code("raise ValueError('no')\n", &[]).expect(1, &[]).json();
    house.run(&["runs", "replay", id(&run)]).expect(0, &["the same"]);
}

#[test]
fn a_replay_waits_for_a_person_like_any_run() {
    let house = House::new("");
    let out = house.path("out");
    fs::create_dir(&out).unwrap();
    let code = format!("open({:?}, 'w').write('x')\nresults = {{'a': 1}}\n", out.join("x"));
    let run = house.code(&code, &[]).expect(5, &[]).json();
    house.run(&["approvals", "approve", run["ticket_id"].as_str().unwrap()]).expect(0, &[]);
    let again = house.run(&["runs", "replay", id(&run), "--json"]).expect(5, &["--with"]).json();
    house.run(&["runs", "replay", id(&run), "--with", id(&again)]).expect(2, &["no end of an execution"]);
    house.run(&["approvals", "approve", again["ticket_id"].as_str().unwrap()]).expect(0, &[]);
    house.run(&["runs", "replay", id(&run), "--with", id(&again)]).expect(0, &["the same"]);
}

#[test]
fn a_refusal_shows_the_offending_lines() {
    let house = House::new("");
    let policy = "[[rule]]\ncapability = [\"process\"]\nverdict = \"deny\"\nmode = \"WRITE_ENABLED\"\nreason = \"not here\"\n\
                  match = [\"import os\\nos.system('x')\"]\nnot_match = [\"x = 1\"]\n";
    let policy = house.file("policy.toml", policy);
    let code = "import os\nx = 'a\u{202e}b'\nos.system('ls') # \u{202e}evil\nresults = {}\n";
    let said = house.code(code, &["--policy", policy.to_str().unwrap()]).expect(3, &[]);
    let refusal = &said.json()["refusal"];
    assert_eq!((&refusal["kind"], refusal["source"].as_array().unwrap().len()), (&"policy_deny".into(), 1));
    assert_eq!(refusal["source"][0]["line"], 3);
    assert_eq!(refusal["source"][0]["text"], "os.system('ls') # ⟨U+202E⟩evil");
    let run = house.only_run();
    house.run(&["runs", "show", &run]).expect(0, &["3 | os.system('ls') # ⟨U+202E⟩evil  [process.os.system]"]);
    house.run(&["runs", "list", "--refused"]).expect(0, &["policy_deny", "process.os.system", "3: os.system('ls')"]);
    let listed = house.run(&["runs", "list", "--refused", "--json"]).expect(0, &[]).json();
    assert_eq!(&listed["runs"][0]["refusal"], refusal);
}
