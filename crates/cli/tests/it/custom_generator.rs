//! The stand-alone generator of `examples/custom-generator`: built as its README says, found by configuration alone.

use crate::house::{House, Said, pyexec, said, workspace};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The plugin, built by cargo outside the workspace.
fn phrasebook() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let target = pyexec().ancestors().nth(2).unwrap().join("examples-custom");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--locked", "--target-dir"]).arg(&target);
        let output = cargo.current_dir(workspace().join("examples/custom-generator")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        target.join("debug/libphrasebook.so")
    })
}

/// The example's own configuration, with the paths of this test's builds.
fn configuration() -> String {
    let example = fs::read_to_string(workspace().join("examples/custom-generator/pyexec.toml")).unwrap();
    let stages = format!("{}/", pyexec().parent().unwrap().display());
    let configuration = example
        .replace("../../target/debug/", &stages)
        .replace("\"target/debug/libphrasebook.so\"", &format!("{:?}", phrasebook().display().to_string()));
    assert!(!configuration.contains("\"target/"), "{configuration}");
    configuration
}

#[test]
fn it_answers_from_its_table() {
    let house = House::new(&configuration());
    let run = house.run(&["run", "Who measured all this?", "--json"]).expect(0, &[]).json();
    assert_eq!(run["results"]["by"], "NOAA Global Monitoring Laboratory");
    assert_eq!((&run["generator"], &run["generation"]["phrase"]), (&"phrasebook".into(), &"who measured".into()));
    assert_eq!(run["mode"], "READ_ONLY");
}

#[test]
fn it_is_listed_with_its_file_and_needs_no_pin() {
    let house = House::new(&configuration());
    let list = house.run(&["plugins", "list", "--json"]).expect(0, &[]).json();
    let plugins = list["plugins"].as_array().unwrap();
    let own = plugins.iter().find(|plugin| plugin["name"] == "phrasebook").unwrap_or_else(|| panic!("{list:#}"));
    assert_eq!((&own["version"], &own["source"]), (&"0.1.0".into(), &"library".into()));
    assert_eq!(own["path"], phrasebook().to_str().unwrap());
}

#[test]
fn what_it_cannot_answer_is_a_sentence() {
    let house = House::new(&configuration());
    house
        .run(&["run", "Why is the sky blue?"])
        .expect(2, &["no phrase of the book occurs in `Why is the sky blue?`", "`who measured`"]);
    // The code of a phrase fails once; the generator has read why, and says that there is no second answer.
    house.run(&["run", "Divide by zero"]).expect(2, &["the code of the phrase does not work", "ZeroDivisionError"]);
}

#[test]
fn a_mistake_in_its_table_is_a_sentence() {
    let house = House::new(&configuration().replace("custom_param =", "custom_parm ="));
    house.run(&["run", "who measured"]).expect(2, &["error: ", "phrasebook", "unknown field `custom_parm`"]);
}

#[test]
fn its_log_lines_are_seen_on_request() {
    let house = House::new(&configuration());
    let logged = |filter: &str| -> Said {
        said(&house.command(&["run", "who measured"]).env("PYEXEC_LOG", filter).output().unwrap())
    };
    logged("phrasebook=debug").expect(0, &["created", "answering"]);
    let quiet = logged("warn").expect(0, &[]);
    assert!(!quiet.stderr.contains("answering"), "{quiet:#?}");
}
