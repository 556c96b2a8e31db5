//! What is refused, whatever anybody approved.

use crate::bench::{Bench, Setup, alice, approve, asked, code, drive, end, kinds, run, submit, ticket, writing};
use pyexec_core::{ExecutionMode, Isolation, Request};
use pyexec_service::{run::State, view::RunView};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

fn blob(bench: &Bench, view: &RunView) -> PathBuf {
    let hash = view.code_sha256.unwrap().to_string();
    bench.data.path().join("blobs").join(&hash[..2]).join(hash)
}

fn refused(view: &RunView, kind: &str) {
    let (state, exit, found, message) = end(view);
    assert_eq!((state, exit, found), (State::Refused, 3, kind), "{message}");
}

#[tokio::test]
async fn code_altered_before_its_approval_is_refused_on_the_record() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    fs::write(blob(&bench, &view), asked("resultz")).unwrap();
    let error = approve(&service, &ticket(&view)).await.unwrap_err().to_run_error();
    assert_eq!((error.kind.name(), error.kind.exit_code()), ("code_altered", 3));
    refused(&service.view(&view.run_id).await.unwrap(), "code_altered");
    assert!(bench.notes("executions").is_empty());
}

#[tokio::test]
async fn code_altered_after_its_approval_is_refused() {
    let bench = Bench::new();
    let service = bench.service().await;
    for missing in [false, true] {
        let view = run(&service, code(&asked(&format!("results\nprint {missing}")))).await;
        approve(&service, &ticket(&view)).await.unwrap();
        let blob = blob(&bench, &view);
        if missing {
            fs::remove_file(&blob).unwrap();
        } else {
            fs::write(&blob, asked("resultz")).unwrap();
        }
        refused(&drive(&service, &view.run_id).await, "code_altered");
    }
    assert!(bench.notes("executions").is_empty());
}

#[tokio::test]
async fn code_altered_while_it_is_being_prepared_is_refused_at_the_release() {
    let bench = Bench::with(Setup { executor: json!({"before": "touch ready\nwait go"}), ..Setup::default() });
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    approve(&service, &ticket(&view)).await.unwrap();
    let alter = async {
        bench.noted("ready").await;
        fs::write(blob(&bench, &view), asked("resultz")).unwrap();
        bench.touch("go");
    };
    let (driven, ()) = tokio::join!(drive(&service, &view.run_id), alter);
    refused(&driven, "code_altered");
    assert!(bench.notes("executions").is_empty());
    crate::bench::until("the discard", async || !bench.notes("discarded").is_empty()).await;
}

#[tokio::test]
async fn code_altered_before_its_analysis_is_refused() {
    let bench = Bench::new();
    let service = bench.service().await;
    let text = "print before analysis";
    let id = submit(&service, code(text)).await;
    let hash = pyexec_core::Code::from(text).hash().to_string();
    fs::write(bench.data.path().join("blobs").join(&hash[..2]).join(hash), "altered").unwrap();
    refused(&drive(&service, &id).await, "code_altered");
}

#[tokio::test]
async fn a_changed_input_is_refused() {
    let bench = Bench::new();
    let service = bench.service().await;
    let (data, large) = (bench.note_path("data.csv"), bench.note_path("large.csv"));
    fs::write(&data, "1,2").unwrap();
    fs::write(&large, vec![b'1'; 2 << 20]).unwrap(); // past the copy limit: stays where it is
    for (input, copied) in [(&data, true), (&large, false)] {
        let request = Request { inputs: vec![input.clone()], ..code(&asked("results")) };
        let view = run(&service, request).await;
        approve(&service, &ticket(&view)).await.unwrap();
        let staged = service.run(&view.run_id).await.unwrap().created.inputs[0].staged.clone();
        assert_eq!(staged.starts_with(&view.folder), copied);
        fs::set_permissions(&staged, fs::Permissions::from_mode(0o644)).unwrap();
        let mut bytes = fs::read(&staged).unwrap();
        bytes[0] ^= 1;
        fs::write(&staged, bytes).unwrap();
        let view = drive(&service, &view.run_id).await;
        refused(&view, "code_altered");
        assert!(view.error.unwrap().message.contains(input.file_name().unwrap().to_str().unwrap()));
    }
    assert!(bench.notes("executions").is_empty());
}

#[tokio::test]
async fn another_folder_at_the_path_of_an_approved_output_is_refused() {
    let bench = Bench::new();
    let service = bench.service().await;
    let place = tempfile::tempdir().unwrap();
    let output = place.path().canonicalize().unwrap().join("out");
    fs::create_dir(&output).unwrap();
    let view = run(&service, code(&writing(&output, "results"))).await;
    approve(&service, &ticket(&view)).await.unwrap();
    fs::rename(&output, place.path().join("approved")).unwrap();
    fs::create_dir(&output).unwrap();
    let view = drive(&service, &view.run_id).await;
    refused(&view, "policy_deny");
    assert!(view.error.unwrap().message.contains("another folder stands at its path"));
    assert!(bench.notes("executions").is_empty());
}

#[tokio::test]
async fn isolation_that_is_not_accepted_is_refused() {
    let bench = Bench::with(Setup { executor: json!({"isolation": "reduced"}), ..Setup::default() });
    let service = bench.service().await;
    let view = run(&service, code("results")).await;
    refused(&view, "isolation_not_acceptable");
    assert!(bench.notes("executions").is_empty());
    assert!(!kinds(&service, &view.run_id).await.contains(&"execution_started".to_owned()));
}

#[tokio::test]
async fn an_endpoint_counts_as_effects() {
    for (isolation, accepted) in [("endpoint", Isolation::Endpoint), ("none", Isolation::None)] {
        let executor = json!({"isolation": isolation});
        let bench = Bench::with(Setup { executor, accept: vec![accepted], ..Setup::default() });
        let service = bench.service().await;
        let view = run(&service, code("fail sandbox")).await;
        assert_eq!((view.state, view.exit_code), (State::Interrupted, 7), "nobody knows what it did elsewhere");
    }
}

#[tokio::test]
async fn a_mode_above_the_ceiling_is_refused() {
    let bench = Bench::new();
    let service = bench.service().await;
    let place = tempfile::tempdir().unwrap();
    let mode = Some(ExecutionMode::ReadOnly);
    let view = run(&service, Request { mode, ..code(&writing(place.path(), "results")) }).await;
    refused(&view, "mode_ceiling");
}

#[tokio::test]
async fn data_folder_and_its_surroundings_are_never_granted_under_any_name() {
    let bench = Bench::new();
    let place = tempfile::tempdir().unwrap();
    let link = place.path().join("link");
    std::os::unix::fs::symlink(bench.data.path(), &link).unwrap();
    let bench = Bench { data: bench.data, ..Bench::new() };
    let service = bench.service().await;
    for folder in [bench.data.path().join("blobs"), bench.data.path().into(), link, "/proc".into(), "/".into()] {
        let view = run(&service, code(&writing(&folder, "results"))).await;
        assert_eq!(view.covers.unwrap().grants, [], "{}", folder.display());
        let request = Request { outputs: vec![folder.clone()], ..code("results") };
        let error = service.submit(request, alice(), pyexec_service::submit::Submission::default()).await.unwrap_err();
        assert_eq!(error.to_run_error().kind.name(), "bad_request", "{}", folder.display());
    }
}

#[tokio::test]
async fn an_analyzer_a_policy_or_a_gate_that_fails_refuses() {
    for failing in ["panic", "plugin"] {
        for stage in 0..3 {
            let mut setup = Setup::default();
            *[&mut setup.domain, &mut setup.policy, &mut setup.gate][stage] = failing;
            let bench = Bench::with(setup);
            let service = bench.service().await;
            let view = run(&service, code("results")).await;
            refused(&view, "policy_deny");
            assert!(view.error.unwrap().message.contains("failed"));
            assert!(bench.notes("prepared").is_empty());
        }
    }
}

#[tokio::test]
async fn what_nobody_analysed_is_refused() {
    let bench = Bench::with(Setup { domain: "none", policy: "", ..Setup::default() });
    let service = bench.service().await;
    refused(&run(&service, code("results")).await, "policy_deny");
}

#[tokio::test]
async fn a_denial_is_answered_by_nobody() {
    let bench = Bench::with(Setup { gate: "rule", ..Setup::default() });
    let service = bench.service().await;
    let denied = crate::bench::decided("deny", "READ_ONLY", &json!([]), "results");
    let view = run(&service, code(&denied)).await;
    refused(&view, "policy_deny");
    assert_eq!(view.ticket_id, None);
}

#[tokio::test]
async fn refusals_are_found_by_operators() {
    let bench = Bench::with(Setup { executor: json!({"isolation": "none"}), ..Setup::default() });
    let service = bench.service().await;
    let view = run(&service, code("results")).await;
    let filter = pyexec_service::store::HeadFilter { refused: true, ..Default::default() };
    let heads = service.journal().list(&filter, 10).await.unwrap();
    assert_eq!(heads.iter().map(|head| &head.run_id).collect::<Vec<_>>(), [&view.run_id]);
}
