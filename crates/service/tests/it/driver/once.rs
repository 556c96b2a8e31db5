//! Code is executed once, by whom the log says.

use crate::bench::{Bench, alice, approved, drive, end, events, kinds, run, submit, until, writing};
use pyexec_service::{Service, event::Event, progress::Unobserved, run::State};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_drive_one_run_execute_it_once() {
    let bench = Bench::new();
    let (one, other) = (bench.service().await, bench.service().await);
    for _ in 0..5 {
        let id = submit(&one, crate::bench::code("print hello\nresults")).await;
        let (a, b) = tokio::join!(drive(&one, &id), drive(&other, &id));
        assert_eq!((a.state, b.state), (State::Done, State::Done));
        let claims = kinds(&one, &id).await.iter().filter(|kind| *kind == "claimed").count();
        assert_eq!(claims, 1, "of two that claim at once, one does");
    }
    assert_eq!(bench.notes("executions").len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tasks_that_drive_one_run_execute_it_once() {
    let bench = Bench::new();
    let service = bench.service().await;
    let id = submit(&service, crate::bench::code("touch started\nwait go\nresults")).await;
    let second = async {
        bench.noted("started").await;
        let second = drive(&service, &id);
        let release = async {
            // The second has nothing to show for itself, so nothing can be waited for but that the first still runs.
            assert_eq!(service.view(&id).await.unwrap().state, State::Running);
            bench.touch("go");
        };
        tokio::join!(second, release).0
    };
    let (first, second) = tokio::join!(drive(&service, &id), second);
    assert_eq!((first.state, second.state), (State::Done, State::Done));
    assert_eq!(bench.notes("executions").len(), 1);
    assert!(!kinds(&service, &id).await.contains(&"interrupted".to_owned()));
}

/// Drives a run in a process of its own, as far as anybody can tell, and kills that while the code runs.
fn killed_while_it_runs(bench: &Bench, id: &pyexec_core::RunId) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let service: Service = runtime.block_on(bench.service());
    let id = id.clone();
    runtime.spawn(async move {
        service.drive(&id, &alice(), Arc::new(Unobserved), CancellationToken::new()).await.unwrap();
    });
    runtime.block_on(bench.noted("started"));
    // Its tasks are dropped where they are, and with them the service and its lock.
    runtime.shutdown_background();
}

#[test]
fn a_run_without_effects_whose_owner_died_runs_again_under_the_same_decision() {
    let bench = Bench::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let service = runtime.block_on(bench.service());
    let id = runtime.block_on(submit(&service, crate::bench::code("touch started\nwait go\nresults")));
    killed_while_it_runs(&bench, &id);
    bench.touch("go");
    let view = runtime.block_on(drive(&service, &id));
    assert_eq!(end(&view), (State::Done, 0, "", String::new()));
    let tokens = bench.notes("executions");
    assert!(tokens.len() == 2 && tokens[0] != tokens[1], "{tokens:?}");
    let log = runtime.block_on(events(&service, &id));
    assert_eq!(log.iter().filter(|event| matches!(event, Event::Analyzed(_))).count(), 1);
    assert_eq!(log.iter().filter(|event| matches!(event, Event::Interrupted { .. })).count(), 1);
}

#[test]
fn a_run_with_effects_whose_owner_died_waits_for_a_person() {
    let bench = Bench::new();
    let target = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let service = runtime.block_on(bench.service());
    let request = crate::bench::code(&writing(target.path(), "touch started\nwait go\nresults"));
    let view = runtime.block_on(run(&service, request));
    runtime.block_on(crate::bench::approve(&service, &crate::bench::ticket(&view))).unwrap();
    let id = view.run_id;
    killed_while_it_runs(&bench, &id);
    bench.touch("go");
    let view = runtime.block_on(drive(&service, &id));
    assert_eq!((view.state, view.exit_code), (State::Interrupted, 7));
    assert!(view.error.unwrap().message.contains("what it did is not known"));
    assert_eq!(bench.notes("executions").len(), 1, "never twice");
    let again = runtime.block_on(drive(&service, &id));
    assert_eq!(again.state, State::Interrupted);
    let cancelled = runtime.block_on(service.cancel(&id, &alice(), Arc::new(Unobserved))).unwrap();
    assert_eq!((cancelled.state, cancelled.exit_code), (State::Cancelled, 4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_driver_that_is_dropped_lets_go_of_its_run() {
    let bench = Bench::new();
    let (one, other) = (Arc::new(bench.service().await), bench.service().await);
    let id = submit(&one, crate::bench::code("touch started\nwait go\nresults")).await;
    let driving = tokio::spawn({
        let (one, id) = (one.clone(), id.clone());
        async move { drive(&one, &id).await }
    });
    bench.noted("started").await;
    driving.abort();
    until("the end of its claim", async || kinds(&other, &id).await.contains(&"abandoned".to_owned())).await;
    assert_eq!(other.view(&id).await.unwrap().state, State::Queued);
    bench.touch("go");
    let view = drive(&other, &id).await; // while `one` lives
    assert_eq!(view.state, State::Done);
}

#[tokio::test]
async fn the_decision_covers_the_backend() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = approved(&service, crate::bench::code(&crate::bench::asked("results"))).await;
    assert_eq!(view.covers.unwrap().backend, "told");
    assert_eq!(view.state, State::Done);
}
