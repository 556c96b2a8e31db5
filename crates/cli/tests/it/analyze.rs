//! `pyexec analyze`: what it prints, and how it exits.

use crate::house::{House, Said};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const WRITES: &str = "import os\nopen('/srv/x.csv', 'w')\nos.system('ls')  # \u{202e}\u{1b}[31m\n";

fn house() -> House {
    let house = House::new("");
    house.file("code/a.py", "results = {'a': 1}\n");
    house.file("code/sub/b.py", WRITES);
    house.file("code/sub/notes.txt", "not code");
    house
}

#[test]
fn folders_are_walked_and_the_gravest_file_counts() {
    let house = house();
    let Said { code, stdout, .. } = house.run(&["analyze", "code"]);
    assert_eq!(code, 5, "{stdout}");
    let a = stdout.find("code/a.py: allow, READ_ONLY: computes only").expect("the first file");
    let b = stdout.find("code/sub/b.py: ask, WRITE_ENABLED: starts or signals processes").expect("the second");
    assert!(a < b && !stdout.contains("notes.txt"), "{stdout}");
    assert_eq!(house.run(&["analyze", "code/a.py"]).code, 0);
    house.file("code/c.py", "def f(:\n");
    assert_eq!(house.run(&["analyze", "code"]).code, 1);
    house.file("code/d.py", "import epics\nepics.caput('A', 1)\n");
    assert_eq!(house.run(&["analyze", "code"]).code, 3);
    let unread = house.run(&["analyze", "code", "missing.py"]);
    assert_eq!(unread.code, 2, "{unread:?}");
    assert!(unread.stdout.contains("code/d.py: deny") && unread.stderr.contains("missing.py"), "{unread:?}");
    house.file("empty/x.txt", "");
    assert_eq!(house.run(&["analyze", "empty"]).code, 2);
}

#[test]
fn a_finding_is_shown_in_its_line_with_reason_and_way_out() {
    let house = house();
    let stdout = house.run(&["analyze", "code/sub/b.py"]).stdout;
    for expected in [
        "warning: fs.write: opens a file: `/srv/x.csv`",
        " --> code/sub/b.py:2:1",
        "2 | open('/srv/x.csv', 'w')\n  | ^^^^^^^^^^^^^^^^^^^^^^^ changes files outside the run folder",
        "help: use a Python library instead of a program",
        "⟨U+202E⟩⟨U+001B⟩[31m",
    ] {
        assert!(stdout.contains(expected), "{expected}\n{stdout}");
    }
    assert!(!stdout.contains(['\u{202e}', '\u{1b}']), "{stdout:?}");
}

#[test]
fn sarif_is_what_its_schema_says() {
    let house = house();
    house.file("code/ü mlaut.py", "def f(:\n");
    let said = house.run(&["analyze", "code", "--sarif"]);
    assert_eq!(said.code, 1, "{said:?}");
    let log: Value = serde_json::from_str(&said.stdout).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let ids: Vec<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
    assert_eq!(ids, ["fs.write", "process", "syntax"]);
    let file = house.file("log.sarif", said.stdout);
    let schema = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/sarif/sarif-schema-2.1.0.json");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder in the target folder");
    let validate = "import json, jsonschema, sys\n\
                    log, schema = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:])\n\
                    jsonschema.validators.validator_for(schema)(schema).validate(log)\n";
    let python = target.join("test-tools/bin/python");
    assert!(python.is_file(), "the tools are not there: run `cargo xtask setup`");
    let output = Command::new(python).args(["-c", validate]).arg(file).arg(schema).output().expect("the tools run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn knowledge_and_patterns_of_a_site_are_used_and_checked() {
    let house = house();
    house.file("config/site.toml", "[[call]]\nnames = ['plantlib.set']\ncapability = 'control.write'\nchannel = '0'\n");
    house.configure("[analysis]\nknowledge = ['site.toml']\n[control_system.patterns]\nwrite = ['\\bsetpoint\\(']\n");
    house.file("code/p.py", "import plantlib\nplantlib.set('A:B', 1)\n");
    house.file("code/q.py", "# setpoint(1)\nx.setpoint(1)\n");
    for (file, line) in [("code/p.py", "2:1"), ("code/q.py", "2:3")] {
        let said = house.run(&["analyze", file]);
        assert_eq!(said.code, 3, "{said:?}");
        assert!(said.stdout.contains("control.write") && said.stdout.contains(&format!("{file}:{line}")), "{said:?}");
    }
    house.configure("[control_system.patterns]\nwrite = ['set(']\n");
    let bad = house.run(&["analyze", "code/a.py"]);
    assert_eq!(bad.code, 2, "{bad:?}");
    assert!(bad.stderr.contains("control_system.patterns.write[0]"), "{bad:?}");
    house.file("config/site.toml", "[[call]]\nnames = ['x.y']\ncapability = 'nett'\n");
    house.configure("[analysis]\nknowledge = ['site.toml']\n");
    let bad = house.run(&["analyze", "code/a.py"]);
    assert_eq!(bad.code, 2, "{bad:?}");
    assert!(bad.stderr.contains("site.toml") && bad.stderr.contains("did you mean `net`?"), "{bad:?}");
}
