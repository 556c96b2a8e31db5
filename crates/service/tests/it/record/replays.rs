//! The same once more, as a run of its own.

use crate::bench::{Bench, Setup, alice, approve, approved, asked, bob, code, drive, run, ticket};
use pyexec_core::{Request, RunId};
use pyexec_service::{Service, run::State, view::RunView};
use std::{fs, path::PathBuf};

async fn replayed(service: &Service, run: &RunId) -> RunView {
    let id = service.replay(run, bob()).await.unwrap();
    drive(service, &id).await
}

async fn refused(service: &Service, run: &RunId) -> (String, u8) {
    let error = service.replay(run, bob()).await.unwrap_err().to_run_error();
    (error.message, error.kind.exit_code())
}

fn input(bench: &Bench, bytes: &[u8]) -> PathBuf {
    let path = bench.note_path("data.csv");
    fs::write(&path, bytes).unwrap();
    path
}

#[tokio::test]
async fn it_is_a_run_of_its_own_and_comes_to_the_same() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code("print x\nresults")).await;
    let again = replayed(&service, &view.run_id).await;
    assert_eq!((again.state, again.requester.as_str()), (State::Done, "bob"));
    assert_eq!(again.task, format!("replay of {}", view.run_id));
    assert_eq!(again.code_sha256, view.code_sha256);
    let found = service.compare(&view.run_id, &again.run_id).await.unwrap();
    assert!(found.same, "{found:?}");
}

/// An approval is of a run, and not of its code for ever.
#[tokio::test]
async fn no_approval_is_inherited() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = approved(&service, code(&asked("results"))).await;
    let again = replayed(&service, &view.run_id).await;
    assert_eq!(again.state, State::Waiting);
    approve(&service, &ticket(&again)).await.unwrap();
    assert_eq!(drive(&service, &again.run_id).await.state, State::Done);
}

#[tokio::test]
async fn it_has_the_inputs_that_there_were_then() {
    let bench = Bench::new();
    let service = bench.service().await;
    let path = input(&bench, b"1,2");
    let view = run(&service, Request { inputs: vec![path.clone()], ..code("results") }).await;
    fs::write(&path, "changed since").unwrap();
    let again = replayed(&service, &view.run_id).await;
    assert_eq!(fs::read(again.folder.join("inputs/data.csv")).unwrap(), b"1,2");
    let seen = service.run(&again.run_id).await.unwrap().created.inputs;
    assert_eq!(seen[0].original, path, "the code finds it where it was");

    // The copy was bent meanwhile.
    let copy = view.folder.join("inputs/data.csv");
    fs::remove_file(&copy).unwrap();
    fs::write(&copy, "3,4").unwrap();
    let (message, exit) = refused(&service, &view.run_id).await;
    assert!(message.contains("the copy of the input `data.csv` that was kept"), "{message}");
    assert_eq!(exit, 3);
}

#[tokio::test]
async fn an_input_that_was_not_copied_must_be_what_it_was() {
    let bench = Bench::new();
    let service = bench.service().await;
    let large = vec![b'x'; (1 << 20) + 1]; // past what the bench copies
    let path = input(&bench, &large);
    let view = run(&service, Request { inputs: vec![path.clone()], ..code("results") }).await;
    assert_eq!(view.state, State::Done);
    assert_eq!(replayed(&service, &view.run_id).await.state, State::Done);
    let mut changed = large;
    changed[7] = b'y';
    fs::write(&path, &changed).unwrap();
    let (message, exit) = refused(&service, &view.run_id).await;
    assert!(
        message.contains("was too large to be copied, and") && message.ends_with("is not what it was"),
        "{message}"
    );
    assert_eq!(exit, 2);
    fs::remove_file(&path).unwrap();
    assert!(refused(&service, &view.run_id).await.0.ends_with("cannot be read"));
}

#[tokio::test]
async fn what_never_ran_cannot_be_repeated() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    let (message, exit) = refused(&service, &view.run_id).await;
    assert!(message.contains("no end of an execution"), "{message}");
    assert_eq!(exit, 2);
}

#[tokio::test]
async fn altered_code_is_not_run() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code("results")).await;
    let hash = view.code_sha256.unwrap().to_string();
    fs::write(bench.data.path().join("blobs").join(&hash[..2]).join(&hash), "other").unwrap();
    assert_eq!(refused(&service, &view.run_id).await.1, 3);
}

#[tokio::test]
async fn another_interpreter_is_told() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code("results\nprint 1")).await;
    let other =
        bench.service_of(Setup { executor: serde_json::json!({"isolation": "container"}), ..bench.setup.clone() });
    let other_view = run(&service, code("results\nprint 2")).await;
    drop(other.await);
    let found = service.compare(&view.run_id, &other_view.run_id).await.unwrap();
    assert_eq!(found.differences.len(), 1);
    assert_eq!((found.differences[0].what, found.differences[0].at.as_deref()), ("stdout", Some("line 1")));
    assert_eq!(alice().0, view.requester);
}
