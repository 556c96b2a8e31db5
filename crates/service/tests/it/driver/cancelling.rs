//! Stopping a run, at any moment and from anywhere.

use crate::bench::{
    Bench, Setup, alice, approve, bob, code, drive, end, kinds, question, run, submit, ticket, until, writing,
};
use pyexec_core::{Request, RunId};
use pyexec_service::{Service, progress::Unobserved, run::State, view::RunView};
use serde_json::json;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Drives until `moment`, and then does as Ctrl-C does.
async fn stopped(bench: &Bench, service: &Service, id: &RunId, moment: &str) -> RunView {
    let cancel = CancellationToken::new();
    let (by, observer) = (alice(), Arc::new(Unobserved));
    let driven = service.drive(id, &by, observer, cancel.clone());
    let stop = async {
        until(moment, async || !bench.notes(moment).is_empty()).await;
        cancel.cancel();
    };
    tokio::join!(driven, stop).0.unwrap()
}

fn cancelled(view: &RunView, by: &str) {
    assert_eq!(end(view), (State::Cancelled, 4, "cancelled", format!("cancelled by {by}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_every_stage() {
    let generating = Bench::with(Setup { replies: vec!["!hang"], ..Setup::default() });
    let service = generating.service().await;
    let id = submit(&service, question()).await;
    cancelled(&stopped(&generating, &service, &id, "generations").await, "alice");

    let preparing = Bench::with(Setup { executor: json!({"preparing": "hang"}), ..Setup::default() });
    let service = preparing.service().await;
    let id = submit(&service, code("results")).await;
    cancelled(&stopped(&preparing, &service, &id, "prepared").await, "alice");

    let waiting = Bench::with(Setup { executor: json!({"before": "touch here\nhang"}), ..Setup::default() });
    let service = waiting.service().await;
    let id = submit(&service, code("results")).await;
    cancelled(&stopped(&waiting, &service, &id, "here").await, "alice");
    until("the discard", async || !waiting.notes("discarded").is_empty()).await;

    let executing = Bench::new();
    let service = executing.service().await;
    let id = submit(&service, code("hang")).await;
    cancelled(&stopped(&executing, &service, &id, "executions").await, "alice");
    assert_eq!(kinds(&service, &id).await.last().unwrap(), "ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_runs_with_effects() {
    let bench = Bench::new();
    let service = bench.service().await;
    let target = tempfile::tempdir().unwrap();
    let view = run(&service, code(&writing(target.path(), "hang"))).await;
    approve(&service, &ticket(&view)).await.unwrap();
    let view = stopped(&bench, &service, &view.run_id, "executions").await;
    cancelled(&view, "alice");
    assert!(view.error.unwrap().help.unwrap().contains("may have changed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_same_process_and_from_another_one() {
    let bench = Bench::new();
    let (one, other) = (bench.service().await, bench.service().await);
    for (n, from) in [(1, &one), (2, &other)] {
        let id = submit(&one, code("hang")).await;
        let stop = async {
            until("the execution", async || bench.notes("executions").len() == n).await;
            from.cancel(&id, &bob(), Arc::new(Unobserved)).await.unwrap()
        };
        let (driven, stopped) = tokio::join!(drive(&one, &id), stop);
        cancelled(&driven, "bob");
        cancelled(&stopped, "bob");
        assert!(!kinds(&one, &id).await.contains(&"interrupted".to_owned()));
    }
}

#[tokio::test]
async fn before_anybody_drives_it() {
    let bench = Bench::new();
    let service = bench.service().await;
    let id = submit(&service, code("results")).await;
    cancelled(&service.cancel(&id, &bob(), Arc::new(Unobserved)).await.unwrap(), "bob");
    assert!(bench.notes("executions").is_empty());
    let late = service.cancel(&id, &bob(), Arc::new(Unobserved)).await.unwrap_err();
    assert!(late.to_run_error().message.contains("has ended"), "{late}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_someone_who_only_waits_for_another_process() {
    let bench = Bench::new();
    let (one, other) = (bench.service().await, bench.service().await);
    let id = submit(&one, code("hang")).await;
    let (driven, stopped) = tokio::join!(drive(&one, &id), stopped(&bench, &other, &id, "executions"));
    cancelled(&driven, "alice");
    cancelled(&stopped, "alice");
    assert_eq!(bench.notes("executions").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_driver_is_stuck_before_the_release_ends_from_outside() {
    let bench = Bench::with(Setup { executor: json!({"preparing": "hang"}), ..Setup::default() });
    let (one, other) = (bench.service().await, bench.service().await);
    let id = submit(&one, Request { execution_folder_name: Some("stuck".into()), ..code("results") }).await;
    let stop = async {
        until("the preparation", async || !bench.notes("prepared").is_empty()).await;
        other.cancel(&id, &bob(), Arc::new(Unobserved)).await.unwrap()
    };
    let (driven, stopped) = tokio::join!(drive(&one, &id), stop);
    cancelled(&driven, "bob");
    cancelled(&stopped, "bob");
}
