//! The main job: an example on the real series.

use crate::house::{House, environment, pyexec, said, workspace};
use std::{fs, path::Path, process::Command};

#[test]
fn the_readme_command_gives_results_and_a_figure() {
    let readme = fs::read_to_string(workspace().join("README.md")).unwrap();
    let line =
        readme.lines().find_map(|line| line.strip_prefix("cargo xtask run -- ")).expect("README's first command");
    let house = House::new("");
    // Words as a shell takes them.
    let words = Command::new("sh").args(["-c", &format!("printf '%s\\n' {line}")]).output().unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    let arguments: Vec<&str> = words.lines().collect();
    let mut command = house.command(&arguments);
    command.arg("--json").current_dir(workspace());
    let run = said(&command.output().unwrap()).expect(0, &[]).json();
    assert_eq!(run["state"], "done");
    assert_eq!(run["isolation"], "full");
    assert_eq!(run["mode"], "READ_ONLY");
    assert!(!run["results"].as_object().unwrap().is_empty());
    let folder = Path::new(run["folder"].as_str().unwrap());
    let figure = run["figures"][0].as_str().expect("a figure");
    assert!(fs::read(folder.join(figure)).unwrap().starts_with(b"\x89PNG"));
    for file in ["request.json", "code.py", "results.json", "execution_metadata.json", "events.jsonl", "notebook.ipynb"]
    {
        assert!(folder.join(file).is_file(), "{file}");
    }
}

#[test]
fn the_readme_picture_shows_what_is_shown_now() {
    let (house, pictures) = (House::new(""), workspace().join("docs/pictures"));
    let line =
        "pyexec run \"What is the mean, and is there a trend?\" \\\n    --input examples/data/co2_mauna_loa_weekly.csv";
    let mut draw = Command::new(env!("CARGO"));
    draw.args(["run", "--quiet", "--package", "pyexec", "--example", "picture", "--"]).arg(pyexec()).arg(environment());
    draw.arg(house.path("")).arg(line).args(["run", "What is the mean, and is there a trend?"]);
    draw.args(["--input", "examples/data/co2_mauna_loa_weekly.csv"]).current_dir(workspace());
    said(&draw.output().unwrap()).expect(0, &[]);
    let [now, then] = [house.path(""), pictures.clone()].map(|folder| fs::read_to_string(folder.join("first-run.svg")));
    assert_eq!(then.unwrap(), now.unwrap(), "draw it again: cargo xtask picture");
    assert!(fs::read(pictures.join("first-figure.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_question_in_words_gives_results_a_figure_and_a_notebook() {
    let house = House::new("");
    let data = workspace().join("examples/data/co2_mauna_loa_weekly.csv");
    let question = "What is the mean, and is there a trend?";
    let said =
        house.run(&["run", question, "--input", data.to_str().unwrap(), "--json"]).expect(0, &["cookbook (none is"]);
    let run = said.json();
    assert_eq!(run["generation"]["recipe"], "mean_and_trend", "{run:#}");
    assert_eq!(run["mode"], "READ_ONLY");
    assert!(run["figures"][0].is_string() && Path::new(run["notebook"].as_str().unwrap()).is_file(), "{run:#}");
}

#[test]
fn plain_stdout_is_the_results() {
    let house = House::new("");
    let script = house.file("script.py", "print('noise')\nresults = {'mean': 2.5, 'name': 'x'}\n");
    let said = house.run(&["run", "--code", script.to_str().unwrap()]).expect(0, &[]);
    assert_eq!(said.stdout, "mean: 2.5\nname: x\n");
}

#[test]
fn code_on_standard_input() {
    let house = House::new("");
    let said = house.run_with(&["run", "--code", "-", "--json"], b"results = {'a': 1}\n").expect(0, &[]);
    assert_eq!(said.json()["results"]["a"], 1);
}

#[test]
fn every_behaviour_of_the_mock_ends_as_its_name_says() {
    for (behaviour, code, kind) in [
        ("success", 0, None),
        ("syntax_error", 1, Some("attempts_exhausted")),
        ("runtime_error", 1, Some("attempts_exhausted")),
        ("missing_results", 1, Some("attempts_exhausted")),
        ("security_risk", 5, None),
        ("channel_read", 0, None),
        ("channel_write", 3, Some("policy_deny")),
        ("error_aware", 0, None),
    ] {
        let house = House::new(&format!(
            "[execution]\ncode_generator = \"mock\"\n[execution.generators.mock]\nbehaviour = \"{behaviour}\"\n"
        ));
        let run = house.run(&["run", "what is it?", "--json"]).expect(code, &[]).json();
        assert_eq!(run["error"]["kind"].as_str(), kind, "{behaviour}: {run:#}");
        if behaviour == "error_aware" {
            assert_eq!(run["attempts"], 3);
            let folder = Path::new(run["folder"].as_str().unwrap());
            let attempts = fs::read_dir(folder.join("attempts")).unwrap().count();
            assert_eq!(attempts, 2, "a notebook for each failed attempt");
            assert!(folder.join("notebook.ipynb").is_file());
        }
    }
}

#[test]
fn the_log_names_the_run() {
    let house = House::new("");
    let script = house.file("script.py", "results = {}\n");
    let mut command = house.command(&["run", "--code", script.to_str().unwrap()]);
    let said = said(&command.env("PYEXEC_LOG", "pyexec_service=debug").output().unwrap());
    let said = said.expect(0, &[]);
    let logged: Vec<_> = said.stderr.lines().filter(|line| line.contains("DEBUG")).collect();
    let run = house.only_run();
    assert!(!logged.is_empty(), "{said:#?}");
    assert!(logged.iter().all(|line| line.contains(&run)), "{logged:#?}");
}
