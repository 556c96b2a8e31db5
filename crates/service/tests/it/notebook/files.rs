//! Notebooks of runs, written into their folders.

use super::*;
use pyexec_core::{
    Outcome, Principal, Request,
    executor::Stream,
    outcome::{Ended, FileRecord},
};
use pyexec_service::{
    event::Created,
    new_id,
    notebook::{link, save},
    run::{Attempt, End, Execution, ExecutionState, Run},
    store::{Durability, NewEvent, RunHead, Store},
};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

fn record(path: &str, bytes: &[u8]) -> FileRecord {
    FileRecord { path: path.into(), bytes: bytes.len() as u64, sha256: Digest::of(bytes) }
}

/// A run that is over, with its code and output in a store.
async fn finished(data: &Path, folder: &Path) -> (Store, Run) {
    let store = Store::open(data).await.unwrap();
    let (id, token) = (new_id(), new_id());
    let head = RunHead::new(id, "queued", Principal("ada".into()), "", "2025-10-14T09:00:00.000Z");
    let event = NewEvent { version: 1, kind: "created", at: &head.created_at, body: "{}" };
    store.append(&head.run_id, 0, event, &head, Durability::Relaxed).await.unwrap();
    store.append_output(&head.run_id, &token, Stream::Stdout, b"it is \xc3").await.unwrap();
    store.append_output(&head.run_id, &token, Stream::Stdout, b"\xa9\n").await.unwrap();
    fs::create_dir_all(folder.join("figures")).unwrap();
    for name in ["good.png", "altered.png"] {
        fs::write(folder.join("figures").join(name), PNG).unwrap();
    }
    std::os::unix::fs::symlink("good.png", folder.join("figures/link.png")).unwrap();
    fs::write(folder.join("outside.png"), PNG).unwrap();
    let outcome = Outcome {
        ended: Ended::Exited { code: 0 },
        results: Results::Dict { value: Map::from_iter([("mean".into(), json!(2))]) },
        error: None,
        warnings: vec![],
        figures: vec![
            record("figures/good.png", PNG),
            record("figures/altered.png", b"something else"),
            record("figures/link.png", PNG),
            record("figures/../outside.png", PNG),
        ],
        artifacts: vec![record("artifacts/table.csv", b"x")],
        usage: Usage::default(),
        isolation: Isolation::Full,
        python: Some("3.11.7".into()),
        environment: None,
        refused: vec![],
    };
    let execution = Execution {
        token,
        owner: new_id(),
        effects: false,
        isolation: Isolation::Full,
        writes: vec![],
        refused: None,
        state: ExecutionState::Finished { outcome: Box::new(outcome), output_sha256: Digest::of(b""), ms: 5 },
    };
    let code = pyexec_core::CodeHash(store.put_blob(b"results = {'mean': 2}\n").unwrap());
    let request = Request { user_query: Some("what is it?".into()), ..Request::default() };
    let created = Created {
        request,
        requester: Principal("ada".into()),
        given: None,
        generator: Some("mock".into()),
        backend: "local".into(),
        attempts: 3,
        folder: folder.into(),
        inputs: vec![],
        outputs: vec![],
        context: None,
        limits: pyexec_core::order::Limits::default(),
        environment: None,
        unattended: false,
    };
    let attempt = Attempt {
        number: 1,
        code: Some(code),
        generator: "mock".into(),
        executions: vec![execution],
        ..Attempt::default()
    };
    let run = Run {
        id: head.run_id.clone(),
        seq: 9,
        created_at: at(),
        updated_at: at(),
        created,
        claimed: None,
        attempts: vec![attempt],
        cancel: None,
        ended: Some(End { state: State::Done, error: None }),
    };
    (store, run)
}

#[tokio::test]
async fn the_final_notebook_of_a_run() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (store, run) = finished(data.path(), folder.path()).await;
    let path = save(&run, &store, None, at()).await.unwrap();
    assert_eq!(path, folder.path().join("notebook.ipynb"));
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let bytes = fs::read(&path).unwrap();
    let notebook: Value = serde_json::from_slice(&bytes).unwrap();
    tools::validate(&[bytes]);
    assert_eq!(source(&notebook, "code"), "results = {'mean': 2}\n");
    assert_eq!(text(&outputs(&notebook, "code")[0]["text"]), "it is é\n");
    assert_eq!(text(&outputs(&notebook, "results")[0]["text"]), "{\n  \"mean\": 2\n}\n");
    // What is not what the log knows, or not inside the folder, is named and not shown.
    assert_eq!(outputs(&notebook, "figures").len(), 1);
    assert!(
        source(&notebook, "figures-heading")
            .contains("figures/altered.png\nfigures/link.png\nfigures/../outside.png\n")
    );
    assert!(source(&notebook, "header").starts_with("# Run done\n"));
    assert!(source(&notebook, "files").contains("artifacts/table.csv, 1 bytes"));
    assert!(link(&path, data.path(), None).starts_with("file:///"));
}

#[tokio::test]
async fn the_notebook_of_an_attempt() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (store, mut run) = finished(data.path(), folder.path()).await;
    run.ended = None;
    run.attempts[0].executions.clear();
    let path = save(&run, &store, Some(Stage::AwaitingApproval), at()).await.unwrap();
    assert_eq!(path, folder.path().join("attempts/01_awaiting_approval_080000.ipynb"));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let notebook: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert!(source(&notebook, "world").starts_with("RUN_ANYWAY = False"));
    assert_eq!(outputs(&notebook, "code"), [Value::Null; 0]);
}

#[tokio::test]
async fn code_that_was_altered_is_not_shown() {
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (store, mut run) = finished(data.path(), folder.path()).await;
    run.attempts[0].code = Some(Code::from("what was recorded").hash());
    let path = save(&run, &store, None, at()).await.unwrap();
    let notebook: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert!(source(&notebook, "header").contains("what is stored is not that code, so it is not shown"));
    assert!(notebook["cells"].as_array().unwrap().iter().all(|cell| cell["id"] != "code"));
}
