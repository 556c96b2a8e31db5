//! What a run leaves for people.

use crate::bench::{Bench, Setup, alice, approved, asked, code, end, question, run};
use pyexec_core::{Request, request::GivenCode};
use pyexec_service::run::State;
use serde_json::{Map, Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, into);
        }
        into.push(path);
    }
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_finished_run_leaves_everything_and_only_to_its_user() {
    let bench = Bench::with(Setup { replies: vec!["print hello\nresults"], ..Setup::default() });
    let service = bench.service().await;
    let input = bench.note_path("data.csv");
    fs::write(&input, "1,2").unwrap();
    let context = Map::from_iter([("LIMITS".to_owned(), json!({"low": 1}))]);
    let view = run(&service, Request { inputs: vec![input], context, ..question() }).await;
    assert_eq!(view.state, State::Done, "{:?}", view.error);
    let mut found = Vec::new();
    walk(&view.folder, &mut found);
    let mut names: Vec<_> = found.iter().map(|p| p.strip_prefix(&view.folder).unwrap().to_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "code.py",
            "context.json",
            "events.jsonl",
            "execution_metadata.json",
            "inputs",
            "inputs/data.csv",
            "notebook.ipynb",
            "prompts",
            "prompts/01_00_answer.txt",
            "request.json",
            "results.json",
            "stdout.txt",
        ]
    );
    assert_eq!(mode(&view.folder), 0o700);
    assert_eq!(mode(&bench.data.path().join("executed_scripts")), 0o700);
    for path in &found {
        let expected = match path.strip_prefix(&view.folder).unwrap().to_str().unwrap() {
            "inputs" => 0o755, // the sandbox's user comes in by a mount
            "inputs/data.csv" => 0o444,
            _ if path.is_dir() => 0o700,
            _ => 0o600,
        };
        assert_eq!(mode(path), expected, "{}", path.display());
    }
    let read = |name: &str| fs::read_to_string(view.folder.join(name)).unwrap();
    let json = |name: &str| -> Value { serde_json::from_str(&read(name)).unwrap() };
    assert_eq!((read("code.py").as_str(), read("stdout.txt").as_str()), ("print hello\nresults", "hello"));
    assert_eq!(json("results.json"), json!({"x": 1}));
    assert_eq!(json("context.json"), json!({"LIMITS": {"low": 1}}));
    assert_eq!(json("request.json")["user_query"], "what?");
    assert_eq!(json("execution_metadata.json")["state"], "done");
    let lines = read("events.jsonl");
    let kinds: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].clone()).collect();
    assert_eq!(
        kinds,
        ["created", "claimed", "generated", "analyzed", "execution_started", "execution_finished", "ended"]
    );
    assert_eq!(json("execution_metadata.json")["requester"], alice().0);
}

#[tokio::test]
async fn a_run_that_waits_shows_what_it_waits_for() {
    let bench = Bench::new();
    let view = run(&bench.service().await, code(&asked("results"))).await;
    assert_eq!(fs::read_to_string(view.folder.join("code.py")).unwrap(), asked("results"));
    assert!(view.folder.join("events.jsonl").exists());
    assert!(!view.folder.join("results.json").exists());
}

#[tokio::test]
async fn files_of_the_run_folder_are_never_written_through_a_link() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    let victim = bench.note_path("victim");
    fs::write(&victim, "mine").unwrap();
    for name in ["results.json", "execution_metadata.json", "events.jsonl"] {
        let _ = fs::remove_file(view.folder.join(name));
        std::os::unix::fs::symlink(&victim, view.folder.join(name)).unwrap();
    }
    crate::bench::approve(&service, &crate::bench::ticket(&view)).await.unwrap();
    let view = crate::bench::drive(&service, &view.run_id).await;
    assert_eq!(view.state, State::Done);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    assert_eq!(fs::read_to_string(view.folder.join("results.json")).unwrap(), "{\n  \"x\": 1\n}");
}

#[tokio::test]
async fn a_run_folder_that_is_gone_loses_no_run() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    fs::remove_dir_all(&view.folder).unwrap();
    crate::bench::approve(&service, &crate::bench::ticket(&view)).await.unwrap();
    let view = crate::bench::drive(&service, &view.run_id).await;
    assert_eq!(end(&view).0, State::Done);
    assert_eq!(view.results, Some(Map::from_iter([("x".to_owned(), json!(1))])));
}

#[tokio::test]
async fn code_that_is_not_text_is_kept_as_it_is() {
    let bench = Bench::new();
    let service = bench.service().await;
    let bytes = b"# \xff\nresults\n".to_vec();
    let request = Request { code: Some(GivenCode(pyexec_core::Code::new(bytes.clone()))), ..Request::default() };
    let view = run(&service, request).await;
    assert_eq!(view.state, State::Done, "{:?}", view.error);
    assert_eq!(fs::read(view.folder.join("code.py")).unwrap(), bytes);
    assert!(view.generated_code.unwrap().contains('\u{fffd}'));
}

#[tokio::test]
async fn the_ticket_of_a_finished_run_names_who_decided() {
    let bench = Bench::new();
    let view = approved(&bench.service().await, code(&asked("results"))).await;
    assert_eq!(view.decided_by.as_deref(), Some("bob"));
}
