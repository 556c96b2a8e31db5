//! An environment of one's own, which nobody has prepared anything for: the same results, and no alarm about what libraries ask
//! of the machine by themselves.

use crate::house::{House, Said, environment, said, workspace};
use serde_json::Value;
use std::{ffi::OsStr, fs, os::unix::fs::symlink, path::PathBuf, process::Command};

/// The packages of the managed environment in a virtual environment that was made by hand.
fn own(house: &House) -> PathBuf {
    let (folder, managed) = (house.path("own"), environment());
    let mut make = Command::new(managed.join("bin/python"));
    said(&make.args(["-m", "venv", "--without-pip"]).arg(&folder).output().unwrap()).expect(0, &[]);
    let versions = fs::read_dir(folder.join("lib")).unwrap().map(|entry| entry.unwrap().file_name());
    for version in versions {
        let site = |of: &PathBuf| of.join("lib").join(&version).join("site-packages");
        fs::remove_dir(site(&folder)).unwrap();
        symlink(site(&managed), site(&folder)).unwrap();
    }
    folder
}

fn inputs() -> Vec<PathBuf> {
    let files = fs::read_dir(workspace().join("examples/data")).unwrap().map(|entry| entry.unwrap().path());
    let mut tables: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "csv")).collect();
    tables.sort();
    tables
}

#[track_caller]
fn quiet(said: Said) -> Value {
    let run = said.expect(0, &[]).json();
    let told = run["findings"].as_array().unwrap().iter().filter(|f| f["rule"].as_str().unwrap().contains(".refused."));
    assert_eq!(told.collect::<Vec<_>>(), Vec::<&Value>::new(), "{}", run["task"]);
    run
}

/// With the rest of the recipes, and the managed environment, `cargo xtask test-all` does the same (`xtask/src/eval`).
#[test]
fn neither_examples_nor_recipes_raise_an_alarm() {
    let house = House::new("");
    let own = own(&house);
    let run = |arguments: &[&str], inputs: &[PathBuf]| {
        let mut command = house.command(arguments);
        command.arg("--json").env("PYEXEC__PYTHON__INTERPRETER", &own);
        command.args(inputs.iter().flat_map(|input| [OsStr::new("--input"), input.as_os_str()]));
        quiet(said(&command.output().unwrap()))
    };
    let scripts = fs::read_dir(workspace().join("examples/scripts")).unwrap().map(|entry| entry.unwrap().path());
    for script in scripts {
        let ran = run(&["run", "--code", script.to_str().unwrap()], &inputs());
        assert_eq!(ran["python"]["origin"], "configured", "{ran:#}");
    }
    for (question, file, recipe) in [
        ("what are the dominant periods?", "co2_mauna_loa_weekly.csv", "spectrum"),
        ("how fast does it change?", "co2_mauna_loa_weekly.csv", "rate_of_change"),
        ("find the best fitting curve", "co2_mauna_loa_weekly.csv", "curve_fit"),
        ("compare the two columns", "forbes_boiling_point.csv", "compare_two_columns"),
    ] {
        let ran = run(&["run", question], &[workspace().join("examples/data").join(file)]);
        assert_eq!(ran["generation"]["recipe"], recipe, "{ran:#}");
    }
}
