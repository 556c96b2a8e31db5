//! Components that misbehave: in `create`, in a call, in a drop.

use crate::{
    recorder::{code, generate, generate_with, host},
    workshop::{LONG, Workshop},
};
use pyexec_core::{Digest, ErrorKind, Instance, Role, RunError};
use pyexec_registry::CreateError;
use serde_json::{Value, json};
use std::{sync::mpsc::Receiver, time::Duration};
use tokio::time::timeout;

const SHORT: Duration = Duration::from_millis(300);

fn refusal(workshop: &Workshop, config: &Value) -> CreateError {
    workshop.create(Role::Generator, "faulty", config).unwrap_err()
}

/// Waits for a line that contains `text`.
fn wait_for(lines: &Receiver<String>, text: &str) {
    while !lines.recv_timeout(LONG).unwrap().contains(text) {}
}

async fn kind_and_message(generator: &Instance, query: &str) -> (String, String) {
    let error = generate(generator, query).await.unwrap_err();
    (error.kind.into(), error.message.into())
}

#[test]
fn create_fails_or_panics() {
    let workshop = Workshop::faulty();
    let library = format!("`pyexec-plugin-faulty` ({})", crate::built::faulty().display());
    let message = |config| refusal(&workshop, &config).to_string();
    let sentence = |what: &str| format!("the generator `faulty` of {library} could not be created: {what}");
    assert_eq!(message(json!({"create": "panic"})), sentence("it panicked: no luck in create"));
    assert_eq!(
        message(json!({"create": "panic_with_control_characters"})),
        sentence("it panicked: two lines and [31mred")
    );
    assert!(message(json!({"creat": "x"})).contains("its configuration is not usable: unknown field `creat`"));

    let failed = refusal(&workshop, &json!({"create": "fail"}));
    assert_eq!(failed.to_string(), sentence("it has no key"));
    assert_eq!(failed.help().as_deref(), Some("set FAULTY_KEY"));
    assert_eq!(failed.kind(), ErrorKind::MissingCredential);
    assert_eq!(RunError::from(&failed).help.as_deref(), Some("set FAULTY_KEY"));
    assert_eq!(refusal(&workshop, &json!({"create": "panic"})).kind(), ErrorKind::Plugin);
    assert_eq!(refusal(&workshop, &json!({"creat": "x"})).kind(), ErrorKind::BadRequest);

    assert!(workshop.create(Role::Generator, "faulty", &Value::Null).is_ok(), "null is an empty table");
}

#[test]
fn create_hangs() {
    let mut workshop = Workshop::with_limit(SHORT);
    workshop.install(&crate::built::faulty());
    let hung = refusal(&workshop, &json!({"create": "hang"}));
    assert!(hung.to_string().ends_with("was not created within 0.3 s"), "{hung}");
    assert_eq!(hung.kind(), ErrorKind::Plugin);
}

#[tokio::test]
async fn calls_fail_or_panic() {
    let workshop = Workshop::faulty();
    let faulty = workshop.generator("faulty");
    for (query, kind, message) in [
        ("fail", "provider", "the model is asleep"),
        ("panic", "panic", "it panicked: no luck in the first poll"),
        ("panic_later", "panic", "it panicked: no luck in a later poll"),
        ("release", "refused", "a generator may not `release`"),
    ] {
        assert_eq!(kind_and_message(&faulty, query).await, (kind.into(), message.into()));
        assert_eq!(code(&faulty, "succeed").await, "results = {}", "the same component goes on after `{query}`");
    }
    assert_eq!(code(&faulty, "panic_in_task").await, "survived = True");
    assert_eq!(code(&faulty, "empty").await, "");
    assert_eq!(code(&faulty, "huge").await.len(), 16 << 20);
}

#[tokio::test]
async fn answers_are_garbage() {
    let workshop = Workshop::faulty();
    let unsealed = workshop.generator("faulty_unsealed");
    for (query, message) in [
        ("garbage", "a payload could not be read or written"),
        ("empty", "a payload could not be read or written"),
        ("deep", "a payload could not be read or written"),
        ("other_shape", "a payload could not be read or written"),
        ("not_base64", "a payload could not be read or written"),
        ("other_version", "a payload of version 2 met an interface of version 1"),
    ] {
        let (kind, found) = kind_and_message(&unsealed, query).await;
        assert_eq!(kind, "payload", "{query}");
        assert!(found.starts_with(message), "{query}: {found}");
        assert_eq!(found.lines().count(), 1, "{query}: {found}");
    }
}

#[tokio::test]
async fn operations_that_a_role_does_not_have() {
    let workshop = Workshop::faulty();
    let faulty = workshop.generator("faulty");
    let error = faulty.invoke::<Value>("execute", &json!({}), host().0).await.unwrap_err();
    assert_eq!((&*error.kind, &*error.message), ("unknown", "the role generator has no operation `execute`"));
    let error = faulty.invoke::<Value>("generate", &json!({"attempt": "one"}), host().0).await.unwrap_err();
    assert_eq!(&*error.kind, "payload");
}

#[tokio::test]
async fn calls_that_hang() {
    let workshop = Workshop::faulty();
    let faulty = workshop.generator("faulty");

    let (listening, lines) = host();
    assert!(timeout(SHORT, generate_with(&faulty, "hang", listening)).await.is_err());
    wait_for(&lines, "waiting");

    // Given up, the call panics in its drop: on the plugin's own thread, where it ends.
    let (listening, lines) = host();
    assert!(timeout(SHORT, generate_with(&faulty, "panic_in_drop", listening)).await.is_err());
    wait_for(&lines, "dropped");
    wait_for(&lines, "no luck in the call's drop");

    assert!(timeout(SHORT, generate(&faulty, "block")).await.is_err());
    assert_eq!(timeout(LONG, code(&faulty, "succeed")).await.unwrap(), "results = {}", "there is a second worker");
}

/// Both workers of the library are blocked for ever: its calls hang, the host and other libraries do not.
#[tokio::test]
async fn a_library_that_blocks_all_its_threads() {
    let blocked = Workshop::faulty();
    let faulty = blocked.generator("faulty");
    for _ in 0..2 {
        assert!(timeout(SHORT, generate(&faulty, "block")).await.is_err());
    }
    assert!(timeout(SHORT, generate(&faulty, "succeed")).await.is_err());

    let mut other = Workshop::new();
    other.install(&crate::built::wrong("faulty_twin"));
    assert_eq!(code(&other.generator("twin"), "").await, "results = {'twin': True}");
}

#[tokio::test]
async fn drops_that_panic() {
    let workshop = Workshop::faulty();
    let config = json!({"create": "panic_in_drop"});
    drop(workshop.create(Role::Generator, "faulty", &config).unwrap());

    // Dropped by the host while a call is in flight: the call's own drop lets it go, later and elsewhere.
    let faulty = workshop.create(Role::Generator, "faulty", &config).unwrap();
    let (listening, lines) = host();
    assert!(timeout(SHORT, generate_with(&faulty, "panic_in_drop", listening)).await.is_err());
    drop(faulty);
    wait_for(&lines, "dropped");
    assert_eq!(code(&workshop.generator("faulty"), "succeed").await, "results = {}");
}

#[tokio::test]
async fn the_other_roles() {
    let workshop = Workshop::faulty();
    for role in [Role::DomainAnalyzer, Role::PolicyAnalyzer, Role::Executor] {
        assert_eq!(workshop.create(role, "faulty", &Value::Null).unwrap().role(), role);
    }
    let analyzer = workshop.create(Role::DomainAnalyzer, "faulty", &json!({"analysis": "panic"})).unwrap();
    let request = json!({"code": "", "python": [3, 11]});
    let error = analyzer.invoke::<Value>("analyze", &request, host().0).await.unwrap_err();
    assert_eq!((&*error.kind, &*error.message), ("panic", "it panicked: no luck in an analysis"));

    let gate = workshop.create(Role::ApprovalGate, "rubber_stamp", &Value::Null).unwrap();
    let request = json!({
        "code_sha256": Digest::of(b""), "verdict": "ask", "mode": "READ_ONLY", "grants": [], "reasons": [],
        "requester": "nobody", "environment": null,
    });
    let answer: Value = gate.invoke("require", &request, host().0).await.unwrap();
    assert_eq!(answer, json!({"requirement": "proceed"}));

    let executor = workshop.create(Role::Executor, "faulty", &Value::Null).unwrap();
    let description: Value = executor.invoke("describe", &(), host().0).await.unwrap();
    assert_eq!(description["python"], "3.11.0");
    executor.invoke::<()>("discard", &"prepared", host().0).await.unwrap();
}
