//! Answers beside yes: edits, rejections that go back to the generator, rules; and two people at once.

use crate::house::{House, said, start};
use serde_json::Value;
use std::fs;

const ASKED: &str = "import subprocess\nnames = subprocess.run(['true']).args\nresults = {'n': 1}\n";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text")).to_owned()
}

/// Parks code that starts a program; run and ticket.
fn park(house: &House) -> (String, String) {
    let run = house.code(ASKED, &[]).expect(5, &[]).json();
    (text(&run["run_id"]), text(&run["ticket_id"]))
}

fn show(house: &House, run: &str) -> Value {
    house.run(&["runs", "show", run, "--json"]).expect(0, &[]).json()
}

#[test]
fn an_edit_is_shown_as_a_diff_asked_about_anew_and_is_what_runs() {
    let house = House::new("");
    let (run, ticket) = park(&house);
    let edited = house.file("edited.py", ASKED.replace("'n': 1", "'n': 2"));
    let edited = edited.to_str().unwrap();
    let said = house.run(&["approvals", "edit", &ticket, edited, "--comment", "two", "--json"]);
    let said = said.expect(5, &["--- attempt 1", "-results = {'n': 1}", "+results = {'n': 2}"]);
    let asked = said.json();
    let next = text(&asked["ticket_id"]);
    assert_ne!(next, ticket);
    assert_eq!((asked["attempts"].as_u64(), &asked["generation"]["edited_from_attempt"]), (Some(2), &Value::from(1)));
    house.run(&["approvals", "approve", &ticket]).expect(2, &["was edited by", &next]);
    let done = house.run(&["approvals", "approve", &next, "--json"]).expect(0, &[]).json();
    assert_eq!((&done["results"]["n"], text(&done["basis"])), (&Value::from(2), "person".to_owned()));
    let attempts = fs::read_dir(text(&done["folder"]) + "/attempts").unwrap();
    let names: Vec<_> = attempts.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    for attempt in ["01_awaiting_approval_", "02_awaiting_approval_"] {
        assert!(names.iter().any(|name| name.starts_with(attempt)), "{names:?}");
    }
    assert_eq!(house.events(&run).iter().filter(|kind| *kind == "execution_started").count(), 1);
}

#[test]
fn what_is_no_edit_leaves_the_ticket_as_it_was() {
    let house = House::new("");
    let (run, ticket) = park(&house);
    let edit = ["approvals", "edit", &ticket, "-"];
    house.run_with(&edit, b"results = {'n': (1}\n").expect(1, &["does not compile", "1 | results = {'n': (1}", "^"]);
    house.run_with(&edit, ASKED.as_bytes()).expect(2, &["byte for byte"]);
    house.run_with(&edit, b" \n").expect(2, &["the code is empty"]);
    house.run_with(&edit, &vec![b'#'; (1 << 20) + 1]).expect(2, &["are the most"]);
    house.run(&["approvals", "reject", &ticket, "--reason", "no", "--retry"]).expect(2, &["no generator wrote it"]);
    assert_eq!(show(&house, &run)["ticket_id"], ticket.as_str());
    assert!(!house.events(&run).contains(&"decided".to_owned()));
}

#[test]
fn a_rejection_with_retry_gets_another_attempt_of_the_same_generator() {
    let mock = "[execution.generators.mock]\nbehaviour = \"sequence\"\nsequence = [\"first\", \"success\"]\n\
                [execution.generators.mock.script]\nfirst = \"import subprocess\\nsubprocess.run(['true'])\\nresults = {}\"\n";
    let house = House::new(mock);
    // Not the configured one: whoever answers later must find it by the run.
    let asked = house.run(&["run", "what?", "--generator", "mock", "--json"]).expect(5, &[]).json();
    let ticket = text(&asked["ticket_id"]);
    let reject = ["approvals", "reject", &ticket, "--reason", "start no programs", "--retry", "--json"];
    let done = house.run(&reject).expect(0, &[]).json();
    assert_eq!((text(&done["generator"]), &done["attempts"]), ("mock".into(), &Value::from(2)));
    house.run(&["approvals", "approve", &ticket]).expect(2, &["was rejected by"]);
}

#[test]
fn a_rejection_with_retry_of_the_last_attempt_ends_the_run() {
    let mock = "[execution]\ncode_generator = \"mock\"\nmax_retries = 1\n[execution.generators.mock]\nbehaviour = \"first\"\n\
                [execution.generators.mock.script]\nfirst = \"import subprocess\\nsubprocess.run(['true'])\\nresults = {}\"\n";
    let house = House::new(mock);
    let asked = house.run(&["run", "what?", "--json"]).expect(5, &[]).json();
    let reject = ["approvals", "reject", &text(&asked["ticket_id"]), "--reason", "no programs", "--retry"];
    house.run(&reject).expect(4, &["no programs", "that was the last attempt"]);
}

#[test]
fn of_two_programs_that_answer_at_once_one_wins_and_the_other_is_told_who_and_when() {
    let house = House::new("");
    let (run, ticket) = park(&house);
    let approve = start(&mut house.command(&["approvals", "approve", &ticket]));
    let reject = start(&mut house.command(&["approvals", "reject", &ticket, "--reason", "no"]));
    let approve = said(&approve.wait_with_output().unwrap());
    let reject = said(&reject.wait_with_output().unwrap());
    let (loser, word) = match (approve.code, reject.code) {
        (0, 2) => (reject, "approved by"),
        (2, 4) => (approve, "rejected by"),
        _ => panic!("one wins: {approve:#?} {reject:#?}"),
    };
    let loser = loser.expect(2, &[&ticket, word, "already, at 2"]);
    assert!(loser.stdout.is_empty(), "{loser:#?}");
    assert_eq!(house.events(&run).iter().filter(|kind| *kind == "decided").count(), 1);
}

#[test]
fn a_rule_that_stood_in_for_a_person_is_named_wherever_one_looks() {
    for (rules, rule) in [
        ("mode = \"disabled\"", "approval.mode = disabled"),
        ("auto_approve = { environments = [\"lab\"] }", "auto_approve.environments = lab"),
    ] {
        let state = "[control_system]\nwrites_enabled = true\n[control_system.limits_checking]\nenabled = false\n";
        let house = House::new(&format!("environment = \"lab\"\n[execution.approval]\n{rules}\n{state}"));
        let done = house.code(ASKED, &[]).expect(0, &[]).json();
        let run = text(&done["run_id"]);
        assert_eq!((text(&done["decided_by"]), text(&done["basis"])), (format!("rule: {rule}"), "rule".into()));
        house.run(&["runs", "show", &run]).expect(0, &[&format!("approved  by rule: {rule}")]);
        house.run(&["runs", "events", &run]).expect(0, &[&format!("\"rule\":\"{rule}\"")]);
        let notebook = fs::read_to_string(text(&done["notebook"])).unwrap();
        assert!(notebook.contains(&format!("by the configured rule {rule}")), "{notebook}");
        let write = "from pyexec.runtime import write_channel\nwrite_channel('MOCK:SP', 2.5)\nresults = {}\n";
        let asked = house.code(write, &[]).expect(5, &[]).json();
        assert_eq!((text(&asked["mode"]), &asked["basis"]), ("EPICS_CONTROL".into(), &Value::Null));
    }
}
