//! `kill -9` in every stage, then `runs resume`: what only read finishes, what may have changed something is `interrupted`.

use crate::house::{House, faulty, loading, said, start, until};
use std::{
    fs,
    process::{Child, Command},
};

fn kill(child: Child) {
    let mut child = child;
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
}

/// Waits for the one run's event of this kind.
fn reached(house: &House, kind: &str) -> String {
    until(kind, || {
        let list = house.run(&["runs", "list", "--json"]);
        let run =
            serde_json::from_str::<serde_json::Value>(&list.stdout).ok()?["runs"][0]["run_id"].as_str()?.to_owned();
        house.events(&run).iter().any(|found| found == kind).then_some(run)
    })
}

#[test]
fn killed_while_generating() {
    let house = House::new(&loading(&faulty(), "[execution]\ncode_generator = \"faulty\""));
    let child = start(&mut house.command(&["run", "hang", "--json"]));
    let run = reached(&house, "claimed");
    kill(child);
    house.run(&["runs", "list"]).expect(0, &["running (stopped)"]);
    house.configure("[execution]\ncode_generator = \"mock\"");
    let done = house.run(&["runs", "resume", &run, "--json"]).expect(0, &[]).json();
    assert_eq!(done["state"], "done");
}

#[test]
fn killed_while_analysing() {
    let house = House::new(&loading(
        &faulty(),
        "[analysis]\ndomain_analyzers = [\"default\", \"faulty\"]\n[plugins.faulty]\nanalysis = \"hang\"\n\
         [plugins.timeouts]\ndomain_analyzer = 600",
    ));
    let script = house.file("script.py", "results = {'a': 1}\n");
    let child = start(&mut house.command(&["run", "--code", script.to_str().unwrap()]));
    let run = reached(&house, "generated");
    kill(child);
    house.configure("");
    let done = house.run(&["runs", "resume", &run, "--json"]).expect(0, &[]).json();
    assert_eq!(done["results"]["a"], 1);
}

#[test]
fn killed_while_waiting_for_a_person() {
    let house = House::new("");
    let out = house.path("out");
    fs::create_dir(&out).unwrap();
    let code = format!("open({:?}, 'w').write('x')\nresults = {{}}\n", out.join("x"));
    // Nothing lives while a ticket waits: every process is gone by then.
    let ticket = house.code(&code, &[]).expect(5, &[]).json()["ticket_id"].as_str().unwrap().to_owned();
    house.run(&["approvals", "approve", &ticket]).expect(0, &[]);
    assert_eq!(fs::read_to_string(out.join("x")).unwrap(), "x");
}

const SLOW: &str = "import time\nprint('begun', flush=True)\ntime.sleep(3)\nresults = {'slept': True}\n";

#[test]
fn killed_while_reading_code_runs_it_is_run_again() {
    let house = House::new("");
    let script = house.file("script.py", SLOW);
    let child = start(&mut house.command(&["run", "--code", script.to_str().unwrap()]));
    let run = reached(&house, "execution_started");
    kill(child);
    let done = house.run(&["runs", "resume", &run, "--json"]).expect(0, &[]).json();
    assert_eq!(done["results"]["slept"], true);
    let events = house.events(&run);
    assert_eq!(events.iter().filter(|kind| *kind == "execution_started").count(), 2);
    assert!(events.contains(&"interrupted".to_owned()));
}

#[test]
fn killed_while_code_with_effects_runs_the_outcome_is_unknown() {
    let house = House::new("");
    let out = house.path("out");
    fs::create_dir(&out).unwrap();
    let code = format!("import time\nopen({:?}, 'a').write('x')\ntime.sleep(30)\nresults = {{}}\n", out.join("x"));
    let run = house.code(&code, &[]).expect(5, &[]).json();
    let (run, ticket) = (run["run_id"].as_str().unwrap().to_owned(), run["ticket_id"].as_str().unwrap().to_owned());
    let child = start(&mut house.command(&["approvals", "approve", &ticket]));
    until("the effect", || fs::read_to_string(out.join("x")).ok().filter(|text| text == "x"));
    kill(child);
    let left = house.run(&["runs", "resume", &run, "--json"]).expect(7, &[]).json();
    assert_eq!(left["state"], "interrupted");
    assert_eq!(left["error"]["kind"], "interrupted");
    // Nothing is started again, however often somebody tries.
    house.run(&["runs", "resume", &run]).expect(7, &[]);
    assert_ne!(house.run(&["approvals", "approve", &ticket]).code, 0);
    assert_eq!(fs::read_to_string(out.join("x")).unwrap(), "x");
    // A person closes it.
    house.run(&["runs", "cancel", &run]).expect(0, &[]);
    assert_eq!(house.run(&["runs", "show", &run, "--json"]).json()["state"], "cancelled");
}

#[test]
fn nothing_outlives_a_killed_host() {
    let house = House::new("");
    let marker = format!("marker-{}", std::process::id());
    let script = house.file("script.py", format!("import time\nname = {marker:?}\ntime.sleep(300)\n"));
    let child = start(&mut house.command(&["run", "--code", script.to_str().unwrap(), "--name", "outlive"]));
    reached(&house, "execution_started");
    let tree = descendants(child.id());
    assert!(tree.len() >= 2, "the sandbox has processes of its own: {tree:?}");
    kill(child);
    until("the tree to die", || tree.iter().all(|pid| !lives(*pid)).then_some(()));
}

fn lives(pid: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // A zombie that init has not reaped yet is dead.
    state.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.trim_start().starts_with('Z'))
}

fn descendants(of: u32) -> Vec<u32> {
    let mut found = vec![];
    let mut look = vec![of];
    while let Some(pid) = look.pop() {
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|text| text.parse().ok()) {
                found.push(child);
                look.push(child);
            }
        }
    }
    found
}

#[test]
fn a_run_is_cancelled_from_another_process() {
    let house = House::new("");
    let script = house.file("script.py", "import time\ntime.sleep(300)\n");
    let child = start(&mut house.command(&["run", "--code", script.to_str().unwrap(), "--json"]));
    let run = reached(&house, "execution_started");
    house.run(&["runs", "cancel", &run]).expect(0, &[]);
    let done = said(&child.wait_with_output().unwrap());
    done.expect(4, &["\"cancelled\""]);
}

#[test]
fn control_c_cancels_the_run() {
    let house = House::new("");
    let script = house.file("script.py", "import time\ntime.sleep(300)\n");
    let child = start(&mut house.command(&["run", "--code", script.to_str().unwrap(), "--json"]));
    let run = reached(&house, "execution_started");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    said(&child.wait_with_output().unwrap()).expect(130, &[]);
    assert_eq!(house.run(&["runs", "show", &run, "--json"]).json()["state"], "cancelled");
}
