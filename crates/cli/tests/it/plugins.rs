//! Plugins that are what they should be, and plugins that are not: one sentence each, and the host lives.

use crate::house::{House, faulty, loading, said};
use std::fs;

#[test]
fn four_stage_libraries_are_loaded_from_files() {
    let house = House::new("");
    let list = house.run(&["plugins", "list", "--json"]).expect(0, &[]).json();
    let libraries: Vec<_> = list["plugins"].as_array().unwrap().iter().filter(|p| p["source"] == "library").collect();
    assert_eq!(libraries.len(), 4, "{list:#}");
    for role in ["generator", "domain_analyzer", "policy_analyzer", "approval_gate", "executor"] {
        let offered = libraries.iter().any(|p| p["roles"].as_array().unwrap().iter().any(|r| r == role));
        assert!(offered, "nobody offers {role}: {list:#}");
    }
    assert!(libraries.iter().all(|p| std::path::Path::new(p["path"].as_str().unwrap()).is_file()));
}

#[test]
fn files_that_are_no_plugins_are_refused_in_one_sentence() {
    let house = House::new("");
    let whole = fs::read(faulty()).unwrap();
    for (name, content) in
        [("libtext.so", b"hello".to_vec()), ("libempty.so", vec![]), ("libcut.so", whole[..whole.len() / 2].to_vec())]
    {
        let path = house.file(name, content);
        house.configure(&loading(&path, ""));
        let said = house.run(&["plugins", "list"]).expect(2, &["error: cannot load plugin", name, "help: "]);
        assert_eq!(said.stderr.lines().count(), 2, "{said:#?}");
    }
    let foreign = glob("/lib/x86_64-linux-gnu/libm.so.6");
    house.configure(&loading(&foreign, ""));
    house.run(&["plugins", "list"]).expect(2, &["error: cannot load plugin", "libm.so.6"]);
    house.configure(&loading(&house.path("missing.so"), ""));
    house.run(&["plugins", "list"]).expect(2, &["missing.so"]);
}

fn glob(path: &str) -> std::path::PathBuf {
    fs::canonicalize(path).unwrap()
}

#[test]
fn a_library_that_could_let_code_out_needs_a_pin() {
    let house = House::new("");
    let unpinned =
        loading(&faulty(), "").lines().filter(|line| !line.starts_with("sha256")).collect::<Vec<_>>().join("\n");
    house.configure(&unpinned);
    house.run(&["plugins", "list"]).expect(2, &["sha256"]);
}

#[test]
fn a_generator_that_misbehaves_fails_its_own_run() {
    let house =
        House::new(&loading(&faulty(), "[execution]\ncode_generator = \"faulty\"\n[plugins.timeouts]\ngenerator = 1"));
    for (deed, code, texts) in [
        ("panic", 6, ["panicked", "faulty"]),
        ("panic_later", 6, ["panicked", "faulty"]),
        ("hang", 6, ["did not answer within 1 s", "faulty"]),
        ("block", 6, ["did not answer within 1 s", "faulty"]),
        ("panic_in_drop", 6, ["did not answer within 1 s", "faulty"]),
        ("release", 6, ["may not ask its host", "release"]),
        ("empty", 1, ["attempts failed", "no code"]),
    ] {
        house.run(&["run", deed]).expect(code, &texts);
    }
}

#[test]
fn a_plugins_log_lines_are_filtered_by_its_own_name_and_carry_the_run() {
    let house = House::new(&loading(&faulty(), "[execution]\ncode_generator = \"faulty\""));
    let mut command = house.command(&["run", "flood"]);
    let noisy = said(&command.env("PYEXEC_LOG", "pyexec_plugin_faulty=info").output().unwrap());
    let run = house.only_run();
    let lines: Vec<_> = noisy.stderr.lines().filter(|line| line.contains("pyexec_plugin_faulty")).collect();
    assert!(lines.iter().any(|line| line.contains(&run)), "{:?}", &lines[..lines.len().min(3)]);
    let mut command = house.command(&["run", "flood"]);
    let quiet = said(&command.env("PYEXEC_LOG", "pyexec_plugin_faulty=error").output().unwrap());
    assert!(!quiet.stderr.contains("pyexec_plugin_faulty"), "{}", &quiet.stderr[..quiet.stderr.len().min(500)]);
}

#[test]
fn a_component_that_cannot_be_created_is_a_sentence() {
    for (create, text) in [("panic", "it panicked"), ("fail", "it has no key"), ("hang", "within")] {
        let configuration =
            format!("[execution]\ncode_generator = \"faulty\"\n[execution.generators.faulty]\ncreate = \"{create}\"");
        let house = House::new(&loading(&faulty(), &configuration));
        let said = house.run(&["run", "anything"]);
        assert_ne!(said.code, 0, "{said:#?}");
        let sentence = said.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
        assert!(sentence.contains("faulty") && sentence.contains(text), "{said:#?}");
    }
}

#[test]
fn a_failing_analyzer_counts_as_deny() {
    for failure in ["fail", "panic", "hang"] {
        for key in ["domain_analyzers", "policy_analyzers"] {
            let house = House::new(&loading(
                &faulty(),
                &format!(
                    "[analysis]\n{key} = [\"default\", \"faulty\"]\n[plugins.faulty]\nanalysis = \"{failure}\"\n\
                     [plugins.timeouts]\ndomain_analyzer = 1\npolicy_analyzer = 1"
                ),
            ));
            let run = house.code("results = {}\n", &[]).expect(3, &[]).json();
            assert_eq!(run["error"]["kind"], "policy_deny", "{run:#}");
            assert!(run["error"]["message"].as_str().unwrap().contains("faulty"), "{run:#}");
        }
    }
}

#[test]
fn a_gate_that_waves_everything_through_is_held_to_the_promises() {
    let house = House::new(&loading(&faulty(), "[execution.approval]\ngate = \"rubber_stamp\""));
    let code = "open('/srv/elsewhere.txt', 'w').write('x')\nresults = {}\n";
    let run = house.code(code, &[]).expect(3, &[]).json();
    assert!(run["error"]["message"].as_str().unwrap().contains("rubber_stamp"), "{run:#}");
}

#[test]
fn an_executor_that_lies_or_hangs_fails_its_own_run() {
    for (execution, code, text) in [
        ("never_release", 6, "never asked for"),
        ("fail_in_prepare", 6, "there is no sandbox here"),
        ("panic", 6, "panicked"),
    ] {
        let house = House::new(&loading(
            &faulty(),
            &format!("[execution]\nexecution_method = \"faulty\"\n[plugins.faulty]\nexecution = \"{execution}\""),
        ));
        let run = house.code("results = {}\n", &[]).expect(code, &[]).json();
        assert!(run["error"]["message"].as_str().unwrap().contains(text), "{run:#}");
    }
    let house = House::new(&loading(
        &faulty(),
        "[execution]\nexecution_method = \"faulty\"\n[plugins.faulty]\nexecution = \"release_twice\"",
    ));
    let run = house.code("results = {}\n", &[]).json();
    assert!(run.to_string().contains("released before"), "the second release must be refused: {run:#}");
}
