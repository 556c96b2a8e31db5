//! What needs a person waits for one, runs exactly what they approved, once, and nothing else.

use crate::house::{House, until};
use serde_json::Value;
use std::{fs, path::Path};

/// A broker that may write, and a mock connector that others can see.
fn writing(state: &Path) -> String {
    format!(
        "[control_system]\nwrites_enabled = true\n[control_system.limits_checking]\nenabled = false\n\
         [control_system.connector.mock]\nstate_file = {state:?}\nchannels = {{ \"MOCK:SP\" = {{ value = 1.0, units = \"A\" }} }}\n"
    )
}

fn house() -> (House, std::path::PathBuf) {
    let house = House::new("");
    let state = house.path("channels.json");
    house.configure(&writing(&state));
    (house, state)
}

const WRITE: &str =
    "from pyexec.runtime import write_channel\nwrite_channel('MOCK:SP', 2.5)\nresults = {'written': 2.5}\n";

/// Parks the write and gives run and ticket.
fn park(house: &House) -> (String, String) {
    let run = house.code(WRITE, &[]).expect(5, &[]).json();
    assert_eq!(run["state"], "waiting");
    assert_eq!(run["mode"], "EPICS_CONTROL");
    (text(&run["run_id"]), text(&run["ticket_id"]))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not text")).to_owned()
}

/// How often the mock connector was written.
fn writes(state: &Path) -> usize {
    fs::read_to_string(format!("{}.writes.jsonl", state.display())).map_or(0, |text| text.lines().count())
}

#[test]
fn a_channel_write_is_refused_while_writes_are_off() {
    let house = House::new("");
    let run = house.code(WRITE, &[]).expect(3, &[]).json();
    assert_eq!(run["state"], "refused");
    assert_eq!(run["error"]["kind"], "policy_deny");
    assert_eq!(run["error"]["class"], "refusal");
    assert!(!house.events(&text(&run["run_id"])).contains(&"execution_started".to_owned()));
}

#[test]
fn an_approved_channel_write_runs_exactly_the_approved_bytes_once() {
    let (house, state) = house();
    let (run, ticket) = park(&house);
    assert_eq!(writes(&state), 0);
    let review = text(&house.run(&["runs", "show", &run, "--json"]).json()["notebook"]);
    assert!(review.contains("_awaiting_approval_") && fs::metadata(&review).unwrap().len() > 0, "{review}");
    let tickets = house.run(&["approvals", "list", "--json"]).expect(0, &[]).json();
    assert_eq!(tickets["tickets"][0]["ticket_id"], ticket.as_str());
    assert_eq!(tickets["tickets"][0]["grants"][0]["names"][0], "MOCK:SP");
    house.run(&["approvals", "show", &ticket]).expect(0, &["write_channel('MOCK:SP', 2.5)", "EPICS_CONTROL"]);

    let done = house.run(&["approvals", "approve", &ticket, "--comment", "fine", "--json"]).expect(0, &[]).json();
    assert_eq!(done["state"], "done");
    assert_eq!(done["results"]["written"], 2.5);
    assert_eq!(done["generated_code"], WRITE);
    assert_eq!(writes(&state), 1);
    let channels: Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
    assert!(channels.to_string().contains("2.5"), "{channels}");

    let again = house.run(&["approvals", "approve", &ticket]);
    assert_ne!(again.code, 0, "{again:#?}");
    assert_eq!(writes(&state), 1, "the same ticket twice wrote twice");
    let events = house.events(&run);
    assert_eq!(events.iter().filter(|kind| *kind == "execution_started").count(), 1);
    let intended = events.iter().position(|kind| kind == "channel_write_intended").unwrap();
    assert_eq!(events[intended + 1], "channel_write_ended");
}

#[test]
fn one_changed_byte_of_the_stored_code_is_refused() {
    let (house, state) = house();
    let (run, ticket) = park(&house);
    let hash = text(&house.run(&["runs", "show", &run, "--json"]).json()["code_sha256"]);
    let blob = house.path(&format!("data/blobs/{}/{hash}", &hash[..2]));
    let altered = fs::read_to_string(&blob).unwrap().replace("2.5", "9.5");
    let _ = fs::remove_file(&blob);
    fs::write(&blob, altered).unwrap();
    house.run(&["approvals", "show", &ticket]).expect(3, &["the stored code is not what was approved"]);
    house.run(&["approvals", "approve", &ticket]).expect(3, &["the stored code is not what was approved"]);
    assert_eq!(writes(&state), 0);
}

#[test]
fn a_rejection_ends_the_run() {
    let (house, state) = house();
    let (_, ticket) = park(&house);
    house.run(&["approvals", "reject", &ticket, "--reason", "not today"]).expect(4, &["not today"]);
    let later = house.run(&["approvals", "approve", &ticket]);
    assert_ne!(later.code, 0, "{later:#?}");
    assert_eq!(writes(&state), 0);
}

#[test]
fn a_ticket_expires() {
    let (house, state) = house();
    house.configure(&format!("[execution.approval]\nexpiry_hours = 0.0001\n{}", writing(&state))); // 0.36 s
    let (run, ticket) = park(&house);
    let expires = text(&house.run(&["runs", "show", &run, "--json"]).json()["ticket_expires_at"]);
    let expires: jiff::Timestamp = expires.parse().unwrap();
    until("the ticket to lapse", || (pyexec_service::now() > expires).then_some(()));
    house.run(&["approvals", "approve", &ticket]).expect(4, &["expired"]);
    assert_eq!(house.run(&["runs", "show", &run, "--json"]).json()["state"], "expired");
    assert_eq!(writes(&state), 0);
}

#[test]
fn what_the_sandbox_has_of_its_own_is_not_granted() {
    let house = House::new("");
    let code = "open('/tmp/pyexec-test-own', 'w').write('x')\nopen('/etc/hostname').read()\nresults = {}\n";
    let run = house.code(code, &[]).expect(5, &[]).json();
    assert_eq!(run["covers"]["grants"].as_array().unwrap().len(), 0, "{run:#}");
    assert!(run["reasons"].to_string().contains("a `/tmp` of its own"), "{run:#}");
    let done = house.run(&["approvals", "approve", run["ticket_id"].as_str().unwrap(), "--json"]);
    assert!([0, 1].contains(&done.code), "the code's own ending, not the machinery's: {done:#?}");
    assert!(!Path::new("/tmp/pyexec-test-own").exists());
}

#[test]
fn an_ask_under_approve_never_is_refused() {
    let (house, state) = house();
    let run = house.code(WRITE, &["--approve", "never"]).expect(3, &[]).json();
    assert_eq!(run["error"]["kind"], "approval_required");
    assert_eq!(writes(&state), 0);
}

#[test]
fn a_mode_ceiling_is_a_ceiling() {
    let (house, state) = house();
    let run = house.code(WRITE, &["--mode", "READ_ONLY"]).expect(3, &[]).json();
    assert_eq!(run["error"]["kind"], "mode_ceiling");
    assert_eq!(writes(&state), 0);
}

#[test]
fn an_absolute_path_write_proposes_its_folder_and_only_that_becomes_writable() {
    let house = House::new("");
    let (open, shut) = (house.path("open"), house.path("shut"));
    for folder in [&open, &shut] {
        fs::create_dir(folder).unwrap();
    }
    let elsewhere = house.file("elsewhere.txt", shut.join("x").to_str().unwrap());
    let code = format!(
        "with open({:?}, 'w') as f:\n    f.write('approved')\nname = open('elsewhere.txt').read()\ntry:\n    \
         open(name, 'w').write('not approved')\nexcept OSError as e:\n    results = {{'refused': e.errno}}\n",
        open.join("out.txt"),
    );
    let run = house.code(&code, &["--input", elsewhere.to_str().unwrap()]).expect(5, &[]).json();
    assert_eq!(run["mode"], "WRITE_ENABLED");
    let ticket = text(&run["ticket_id"]);
    let listed = house.run(&["approvals", "list", "--json"]).json();
    let grants = listed["tickets"][0]["grants"].as_array().unwrap().clone();
    let outputs: Vec<_> = grants.iter().filter(|g| g["kind"] == "output").map(|g| text(&g["path"])).collect();
    assert_eq!(outputs, [open.to_str().unwrap()], "{grants:?}");
    let done = house.run(&["approvals", "approve", &ticket, "--json"]).expect(0, &[]).json();
    // There is nothing of that folder inside.
    assert_eq!(done["results"]["refused"], 2, "{done}");
    assert_eq!(fs::read_to_string(open.join("out.txt")).unwrap(), "approved");
    assert_eq!(fs::read_dir(&shut).unwrap().count(), 0);
}
