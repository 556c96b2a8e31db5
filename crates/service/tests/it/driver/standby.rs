//! What is made ready while a person reads: taken by an approval, given up by everything else, and never necessary.

use crate::bench::{
    Bench, Setup, approve, asked, bob, code, drive, edit, kinds, rejection, run, submit, ticket, until,
};
use pyexec_core::RunId;
use pyexec_service::{Service, progress::Unobserved, run::State, view::RunView};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// Code that waits for a person, with a sandbox that stands by.
async fn standing_by(bench: &Bench, service: &Service) -> RunView {
    let before = bench.notes("prepared").len();
    let view = run(service, code(&asked("results"))).await;
    service.stand_by(&view.run_id).await.unwrap();
    until("the sandbox", async || bench.notes("prepared").len() == before + 1).await;
    view
}

async fn approved(service: &Service, view: &RunView) -> RunView {
    approve(service, &ticket(view)).await.unwrap();
    drive(service, &view.run_id).await
}

async fn given_up(bench: &Bench, count: usize) {
    until("the discard", async || bench.notes("discarded").len() == count).await;
}

#[tokio::test]
async fn an_approval_takes_what_stands_by() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = standing_by(&bench, &service).await;
    service.stand_by(&view.run_id).await.unwrap(); // there is one already
    assert_eq!(approved(&service, &view).await.state, State::Done);
    assert_eq!((bench.notes("prepared").len(), bench.notes("executions").len()), (1, 1));
    assert!(bench.notes("discarded").is_empty());
}

#[tokio::test]
async fn an_approval_waits_for_what_is_nearly_ready() {
    let bench = Bench::with(Setup { executor: json!({"preparing": "wait go"}), ..Setup::default() });
    let service = bench.service().await;
    let view = standing_by(&bench, &service).await;
    let (done, ()) = tokio::join!(approved(&service, &view), async {
        until("the approval", async || kinds(&service, &view.run_id).await.contains(&"decided".to_owned())).await;
        bench.touch("go");
    });
    assert_eq!((done.state, bench.notes("prepared").len()), (State::Done, 1));
}

#[tokio::test]
async fn one_that_died_costs_a_cold_start_and_no_try() {
    let bench = Bench::with(Setup { executor: json!({"dead": 3}), ..Setup::default() });
    let service = bench.service().await;
    let view = standing_by(&bench, &service).await;
    let done = approved(&service, &view).await;
    assert_eq!((done.state, bench.notes("prepared").len()), (State::Done, 4), "{:?}", done.error);
    assert_eq!(bench.notes("executions").len(), 1);
}

#[tokio::test]
async fn one_that_never_got_ready_costs_a_cold_start() {
    let bench = Bench::with(Setup { executor: json!({"failures": 1}), ..Setup::default() });
    let service = bench.service().await;
    let view = standing_by(&bench, &service).await;
    assert_eq!(approved(&service, &view).await.state, State::Done);
    assert_eq!(bench.notes("prepared").len(), 2);
}

#[tokio::test]
async fn every_other_answer_gives_it_up() {
    let bench = Bench::new();
    let service = bench.service().await;
    let rejected = standing_by(&bench, &service).await;
    service.decide(&ticket(&rejected), rejection("no"), &bob(), None).await.unwrap();
    given_up(&bench, 1).await;
    let edited = standing_by(&bench, &service).await;
    edit(&service, &ticket(&edited), &asked("print other\nresults")).await.unwrap();
    given_up(&bench, 2).await;
    let cancelled = standing_by(&bench, &service).await;
    service.cancel(&cancelled.run_id, &bob(), Arc::new(Unobserved)).await.unwrap();
    given_up(&bench, 3).await;
    assert!(bench.notes("executions").is_empty());
}

#[tokio::test]
async fn it_goes_when_its_ticket_lapses_or_is_answered_elsewhere() {
    let bench = Bench::with(Setup { ticket_lifetime: Duration::from_millis(500), ..Setup::default() });
    let service = bench.service().await;
    standing_by(&bench, &service).await;
    given_up(&bench, 1).await;
    let (bench, other) = (Bench::new(), Bench::new());
    let service = bench.service().await;
    let view = standing_by(&bench, &service).await;
    let elsewhere = bench.service_of(other.setup.clone()).await;
    elsewhere.decide(&ticket(&view), rejection("no"), &bob(), None).await.unwrap();
    given_up(&bench, 1).await;
}

#[tokio::test]
async fn the_oldest_makes_room_and_the_rest_goes_with_the_service() {
    let bench = Bench::with(Setup { standby: 2, ..Setup::default() });
    let service = bench.service().await;
    for _ in 0..3 {
        standing_by(&bench, &service).await;
    }
    given_up(&bench, 1).await;
    assert_eq!(bench.notes("discarded"), ["0"]);
    drop(service);
    given_up(&bench, 3).await;
}

#[tokio::test]
async fn nothing_stands_by_for_runs_that_do_not_wait_or_where_it_is_off() {
    let bench = Bench::with(Setup { standby: 0, ..Setup::default() });
    let service = bench.service().await;
    let waits = run(&service, code(&asked("results"))).await;
    let queued: RunId = submit(&service, code("results")).await;
    for run in [&waits.run_id, &queued] {
        service.stand_by(run).await.unwrap();
        bench.service_of(Setup { standby: 1, ..bench.setup.clone() }).await.stand_by(&queued).await.unwrap();
    }
    assert_eq!(approved(&service, &waits).await.state, State::Done);
    assert_eq!(bench.notes("prepared").len(), 1, "the cold start's");
}

#[tokio::test]
async fn what_changed_meanwhile_is_refused_as_from_cold() {
    let bench = Bench::new();
    let service = bench.service().await;
    let input = bench.note_path("data.csv");
    std::fs::write(&input, "1").unwrap();
    let request = pyexec_core::Request { inputs: vec![input], ..code(&asked("results")) };
    let view = run(&service, request).await;
    service.stand_by(&view.run_id).await.unwrap();
    bench.noted("prepared").await;
    let staged = view.folder.join("inputs/data.csv");
    std::fs::remove_file(&staged).unwrap();
    std::fs::write(&staged, "2").unwrap();
    let done = approved(&service, &view).await;
    assert_eq!((done.state, done.error.unwrap().kind.name()), (State::Refused, "code_altered"));
    assert!(bench.notes("executions").is_empty());
}
