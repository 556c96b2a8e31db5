//! Every refusal that ends a run is on the list of refusals, with its kind.

use crate::bench::{Bench, Setup, alice, approve, asked, code, controlling, decided, drive, run, submit, ticket};
use pyexec_core::{ExecutionMode, Isolation, Request};
use pyexec_service::{Service, run::State, store::HeadFilter, submit::Submission, view::RunView};
use serde_json::json;
use std::fs;

async fn listed(service: &Service, view: &RunView, kind: &str) {
    let refusal = view.refusal.as_ref().unwrap_or_else(|| panic!("{kind}: {:?}", view.error));
    assert_eq!(refusal.kind.name(), kind, "{}", refusal.message);
    let filter = HeadFilter { refused: true, ..HeadFilter::default() };
    let listed = service.journal().list(&filter, 50).await.unwrap();
    assert!(listed.iter().any(|head| head.run_id == view.run_id), "{kind}");
    assert_eq!(service.journal().refusal(&view.run_id).await.unwrap().as_ref(), Some(refusal));
}

#[tokio::test]
async fn a_run_that_was_not_refused_is_not_listed() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code("raise no")).await;
    assert_eq!((view.state, &view.refusal), (State::Failed, &None));
    assert_eq!(service.journal().list(&HeadFilter { refused: true, ..HeadFilter::default() }, 50).await.unwrap(), []);
}

#[tokio::test]
async fn by_policy_ceiling_and_attendance() {
    let bench = Bench::new();
    let service = bench.service().await;
    let denied = decided("deny", "READ_ONLY", &json!([]), "results");
    listed(&service, &run(&service, code(&denied)).await, "policy_deny").await;
    let writing = decided("allow", "WRITE_ENABLED", &json!([]), "results");
    let request = Request { mode: Some(ExecutionMode::ReadOnly), ..code(&writing) };
    listed(&service, &run(&service, request).await, "mode_ceiling").await;
    let unattended = Submission { unattended: true, ..Submission::default() };
    let id = service.submit(code(&asked("results")), alice(), unattended).await.unwrap();
    listed(&service, &drive(&service, &id).await, "approval_required").await;
}

#[tokio::test]
async fn by_isolation_and_altered_code() {
    let bench = Bench::with(Setup { accept: vec![Isolation::Container], ..Setup::default() });
    let service = bench.service().await;
    listed(&service, &run(&service, code("results")).await, "isolation_not_acceptable").await;

    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    let hash = view.code_sha256.unwrap().to_string();
    fs::write(bench.data.path().join("blobs").join(&hash[..2]).join(&hash), "other").unwrap();
    approve(&service, &ticket(&view)).await.unwrap_err();
    listed(&service, &service.view(&view.run_id).await.unwrap(), "code_altered").await;

    let before = submit(&service, code("results\nprint x")).await;
    let hash = pyexec_core::Digest::of(b"results\nprint x").to_string();
    fs::write(bench.data.path().join("blobs").join(&hash[..2]).join(&hash), "other").unwrap();
    listed(&service, &drive(&service, &before).await, "code_altered").await;
}

/// Also where the code caught it and went on.
#[tokio::test]
async fn by_the_broker() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = crate::bench::approved(&service, code(&controlling("write A 99.0\nresults"))).await;
    assert_eq!(view.state, State::Refused);
    listed(&service, &view, "outside_envelope").await;
}
