//! Tickets: answered once, by a person, in time.

use crate::bench::{
    Bench, Setup, alice, approve, approved, asked, bob, code, controlling, drive, end, events, kinds, rejection, run,
    ticket,
};
use pyexec_core::{Principal, Request, approval_gate::Requirement};
use pyexec_service::{
    event::{Answer, Event},
    progress::Unobserved,
    run::State,
    store::HeadFilter,
    submit::Submission,
};
use std::{sync::Arc, time::Duration};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_decide_at_once_one_wins_and_the_other_is_told_who() {
    let bench = Bench::new();
    let (one, other) = (bench.service().await, bench.service().await);
    let ticket = ticket(&run(&one, code(&asked("results"))).await);
    let carol = Principal("carol".into());
    let no = rejection("no");
    let (bob, carol) = (bob(), carol);
    let (a, b) =
        tokio::join!(one.decide(&ticket, Answer::Approve, &bob, None), other.decide(&ticket, no, &carol, None),);
    let (told, winner) = match (a, b) {
        (Ok(_), Err(told)) => (told.to_run_error(), "approved by bob"),
        (Err(told), Ok(_)) => (told.to_run_error(), "rejected by carol"),
        both => panic!("one wins: {both:?}"),
    };
    assert!(told.message.contains(winner), "{}", told.message);
}

#[tokio::test]
async fn who_decides_after_the_end_is_told_who_did() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = approved(&service, code(&asked("results"))).await;
    assert_eq!(view.state, State::Done);
    let again = approve(&service, &view.ticket_id.unwrap()).await.unwrap_err().to_run_error();
    assert!(again.message.contains("was approved by bob already"), "{}", again.message);
    assert_eq!(bench.notes("executions").len(), 1);
}

#[tokio::test]
async fn a_rejected_run_ends_so() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    assert_eq!(view.exit_code, 5);
    service.decide(&ticket(&view), rejection("not today"), &bob(), None).await.unwrap();
    let view = drive(&service, &view.run_id).await;
    assert_eq!(end(&view), (State::Rejected, 4, "rejected", "rejected by bob: not today".into()));
    assert!(bench.notes("prepared").is_empty());
}

#[tokio::test]
async fn a_ticket_that_lapsed_cannot_be_answered_and_lists_say_so() {
    let bench = Bench::with(Setup { ticket_lifetime: Duration::ZERO, ..Setup::default() });
    let service = bench.service().await;
    // A ticket without a lifetime lapses before the driver looks again.
    let view = run(&service, code(&asked("results"))).await;
    assert_eq!(end(&view), (State::Expired, 4, "expired", "nobody decided in time".into()));
    let late = approve(&service, &view.ticket_id.unwrap()).await.unwrap_err().to_run_error();
    assert_eq!((late.kind.name(), late.kind.exit_code()), ("expired", 4));
}

#[tokio::test]
async fn a_ticket_that_lapses_while_nobody_looks_has_lapsed_for_whoever_looks_next() {
    let bench = Bench::with(Setup { ticket_lifetime: Duration::from_millis(600), ..Setup::default() });
    let service = bench.service().await;
    let waits = async |text: String| service.submit(code(&text), alice(), Submission::default()).await.unwrap();
    let listed = waits(asked("print 1")).await;
    let viewed = waits(asked("print 2")).await;
    let answered = waits(asked("print 3")).await;
    for run in [&listed, &viewed, &answered] {
        drive(&service, run).await;
    }
    let ticket = service.run(&answered).await.unwrap().attempt().unwrap().ticket.clone().unwrap();
    crate::bench::until("the end of its time", async || ticket.lapsed(pyexec_service::now())).await;
    let late = approve(&service, &ticket.ticket_id).await.unwrap_err().to_run_error();
    assert_eq!(late.kind.name(), "expired");
    assert_eq!(service.view(&viewed).await.unwrap().state, State::Expired);
    let waiting = HeadFilter { state: Some("waiting".into()), ..HeadFilter::default() };
    assert_eq!(service.journal().list(&waiting, 50).await.unwrap(), []);
    assert_eq!(service.view(&listed).await.unwrap().state, State::Expired);
    assert!(bench.notes("prepared").is_empty());
}

#[tokio::test]
async fn a_cancelled_ticket_cannot_be_answered() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    let cancelled = service.cancel(&view.run_id, &bob(), Arc::new(Unobserved)).await.unwrap();
    assert_eq!(end(&cancelled), (State::Cancelled, 4, "cancelled", "cancelled by bob".into()));
    let late = approve(&service, &view.ticket_id.unwrap()).await.unwrap_err();
    assert!(late.to_run_error().message.contains("waits no longer"), "{late}");
}

#[tokio::test]
async fn one_idempotency_key_is_one_run_for_each_principal() {
    let bench = Bench::new();
    let (one, other) = (bench.service().await, bench.service().await);
    let request = || Request { idempotency_key: Some("k".into()), ..code("results") };
    let submit = |service, by| {
        let service: &pyexec_service::Service = service;
        service.submit(request(), by, Submission::default())
    };
    let (a, b) = tokio::join!(submit(&one, alice()), submit(&other, alice()));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a, b);
    assert_ne!(submit(&one, bob()).await.unwrap(), a);
    let month = std::fs::read_dir(bench.data.path().join("executed_scripts")).unwrap().next().unwrap().unwrap();
    assert_eq!(std::fs::read_dir(month.path()).unwrap().count(), 2, "the loser's folder is gone");
}

#[tokio::test]
async fn an_ask_of_an_unattended_run_is_a_refusal() {
    let bench = Bench::new();
    let service = bench.service().await;
    let unattended = Submission { unattended: true, ..Submission::default() };
    let id = service.submit(code(&asked("results")), alice(), unattended).await.unwrap();
    let view = drive(&service, &id).await;
    let (state, exit, kind, _) = end(&view);
    assert_eq!((state, exit, kind), (State::Refused, 3, "approval_required"));
    assert!(!kinds(&service, &id).await.contains(&"ticket_opened".to_owned()));
}

#[tokio::test]
async fn a_gate_that_waves_an_ask_through_is_not_believed() {
    let bench = Bench::with(Setup { gate: "proceed", ..Setup::default() });
    let service = bench.service().await;
    let (state, exit, kind, message) = end(&run(&service, code(&asked("results"))).await);
    assert_eq!((state, exit, kind), (State::Refused, 3, "policy_deny"));
    assert!(message.contains("waved through"), "{message}");
    assert_eq!(run(&service, code("results")).await.state, State::Done, "what policy allows it may wave through");
}

#[tokio::test]
async fn a_rule_stands_in_for_a_person_except_for_control() {
    let bench = Bench::with(Setup { gate: "rule", ..Setup::default() });
    let service = bench.service().await;
    assert_eq!(run(&service, code(&asked("results"))).await.state, State::Done);
    for gate in ["rule", "proceed"] {
        let service = bench.service_of(Setup { gate, ..Setup::default() }).await;
        let view = run(&service, code(&controlling("results"))).await;
        assert_eq!(view.state, State::Waiting, "{gate}");
        let required = events(&service, &view.run_id).await.into_iter().find_map(|event| match event {
            Event::Analyzed(analyzed) => analyzed.requirement,
            _ => None,
        });
        assert!(matches!(required, Some(Requirement::Person { .. })), "{gate}");
    }
}
