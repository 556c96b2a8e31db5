use super::*;
use pyexec_core::{Code, Principal};
use serde_json::{Value, json};

fn gate(config: &Value) -> Result<DefaultGate> {
    DefaultGate::create(serde_json::from_value(config.clone()).unwrap())
}

/// What `config` requires of a run by `ann` in `lab`, in short.
fn requires(config: &Value, verdict: Verdict, mode: ExecutionMode) -> String {
    let request = GateRequest {
        code_sha256: Code::from("").hash(),
        verdict,
        mode,
        grants: Vec::new(),
        reasons: vec!["it writes files".into()],
        requester: Principal("ann".into()),
        environment: Some("lab".into()),
    };
    match gate(config).unwrap().decide(&request).unwrap() {
        Requirement::Proceed => "proceed".into(),
        Requirement::Rule { rule } => format!("rule: {rule}"),
        Requirement::Person { reason } => format!("person: {reason}"),
    }
}

const READ: ExecutionMode = ExecutionMode::ReadOnly;
const WRITE: ExecutionMode = ExecutionMode::WriteEnabled;
const CONTROL: ExecutionMode = ExecutionMode::EpicsControl;

#[test]
fn control_is_always_a_persons() {
    let person = "person: it may write to the control system, which a person always approves";
    for mode in ["selective", "all_code", "disabled"] {
        let config = json!({
            "mode": mode,
            "modes_requiring_approval": [],
            "auto_approve": {"users": ["ann"], "environments": ["lab"]},
        });
        for verdict in [Verdict::Allow, Verdict::Ask] {
            assert_eq!(requires(&config, verdict, CONTROL), person);
        }
    }
}

#[test]
fn selective_asks_what_policy_asks_and_the_listed_modes() {
    let config = json!({});
    assert_eq!(requires(&config, Verdict::Allow, READ), "proceed");
    assert_eq!(requires(&config, Verdict::Ask, READ), "person: it writes files");
    assert_eq!(
        requires(&config, Verdict::Allow, WRITE),
        "person: approval.modes_requiring_approval lists WRITE_ENABLED"
    );
    let none = json!({"modes_requiring_approval": []});
    assert_eq!(requires(&none, Verdict::Allow, WRITE), "proceed");
    assert_eq!(requires(&none, Verdict::Ask, WRITE), "person: it writes files");
    let read = json!({"modes_requiring_approval": ["read_only"]});
    assert_eq!(requires(&read, Verdict::Allow, READ), "person: approval.modes_requiring_approval lists READ_ONLY");
}

#[test]
fn all_code_asks_about_allowed_code() {
    let config = json!({"mode": "all_code"});
    assert_eq!(requires(&config, Verdict::Allow, READ), "person: approval.mode = all_code asks about every run");
}

#[test]
fn disabled_is_a_rule_on_record() {
    let config = json!({"mode": "disabled"});
    assert_eq!(requires(&config, Verdict::Ask, WRITE), "rule: approval.mode = disabled");
    assert_eq!(requires(&config, Verdict::Allow, WRITE), "rule: approval.mode = disabled");
    assert_eq!(requires(&config, Verdict::Allow, READ), "proceed");
}

#[test]
fn a_rule_stands_in_and_both_lists_must_match() {
    for (auto_approve, expected) in [
        (json!({"users": ["bob", "ann"]}), "rule: auto_approve.users = ann"),
        (json!({"users": ["bob"]}), "person: it writes files"),
        (json!({"users": ["Ann"]}), "person: it writes files"),
        (json!({"environments": ["lab"]}), "rule: auto_approve.environments = lab"),
        (json!({"environments": ["production"]}), "person: it writes files"),
        (
            json!({"users": ["ann"], "environments": ["lab"]}),
            "rule: auto_approve.users = ann and auto_approve.environments = lab",
        ),
        (json!({"users": ["ann"], "environments": ["production"]}), "person: it writes files"),
        (json!({"users": ["bob"], "environments": ["lab"]}), "person: it writes files"),
    ] {
        assert_eq!(requires(&json!({ "auto_approve": auto_approve }), Verdict::Ask, READ), expected, "{auto_approve}");
    }
}

#[test]
fn a_denied_run_is_an_error() {
    let request = GateRequest {
        code_sha256: Code::from("").hash(),
        verdict: Verdict::Deny,
        mode: READ,
        grants: Vec::new(),
        reasons: Vec::new(),
        requester: Principal("ann".into()),
        environment: None,
    };
    assert_eq!(gate(&json!({"mode": "disabled"})).unwrap().decide(&request).unwrap_err().kind, "policy_deny");
}

#[test]
fn bad_configurations() {
    for (config, part) in [
        (json!({"gate": "other"}), "`other`"),
        (json!({"expiry_hours": 0}), "`expiry_hours` is 0"),
        (json!({"auto_approve": {"users": [""]}}), "names nobody"),
        (json!({"auto_approve": {"environments": ["lab "]}}), "names nobody"),
    ] {
        assert!(gate(&config).unwrap_err().message.contains(part), "{config}");
    }
    for config in [
        json!({"mode": "off"}),
        json!({"modes_requiring_approval": ["WRITE"]}),
        json!({"expiry": 24}),
        json!({"auto_approve": {"user": ["ann"]}}),
        json!({"auto_approve": true}),
    ] {
        assert!(serde_json::from_value::<GateConfig>(config.clone()).is_err(), "{config}");
    }
}
