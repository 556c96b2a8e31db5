//! Answers that are neither yes nor no: back to the generator with a reason, or an edit.

use crate::bench::{
    Bench, Setup, alice, approve, asked, bob, code, controlling, decided, drive, edit, end, events, kinds, question,
    run, sent_back, ticket,
};
use pyexec_core::{Code, Request, generator::GenerationRequest};
use pyexec_service::{
    event::{Answer, Event},
    run::State,
    store::HeadFilter,
};
use serde_json::json;

fn generating(replies: &[&str]) -> Bench {
    let replies = replies.iter().map(|reply| &*reply.to_string().leak()).collect();
    Bench::with(Setup { replies, ..Setup::default() })
}

fn failures(bench: &Bench) -> Vec<(u32, String, &'static str, String)> {
    let last = bench.notes("generations").pop().unwrap();
    let request: GenerationRequest = serde_json::from_str(&last).unwrap();
    let told = |f: &pyexec_core::generator::FailedAttempt| {
        (f.attempt, f.code.as_ref().unwrap().to_text(), f.error.kind.name(), f.error.message.clone())
    };
    request.failures.iter().map(told).collect()
}

#[tokio::test]
async fn a_rejection_goes_to_the_generator_and_the_next_attempt_is_asked_about_anew() {
    let bench = generating(&[&asked("print 1"), &asked("results")]);
    let service = bench.service().await;
    let first = run(&service, question()).await;
    service.decide(&ticket(&first), sent_back("use the mean"), &bob(), None).await.unwrap();
    let second = drive(&service, &first.run_id).await;
    assert_eq!((second.state, second.attempts), (State::Waiting, 2));
    assert_ne!(second.ticket_id, first.ticket_id);
    assert_eq!(failures(&bench), [(1, asked("print 1"), "rejected", "rejected by bob: use the mean".into())]);
    approve(&service, &ticket(&second)).await.unwrap();
    assert_eq!(drive(&service, &first.run_id).await.state, State::Done);
    assert_eq!(bench.notes("executions").len(), 1);
}

#[tokio::test]
async fn a_rejection_of_the_last_attempt_ends_the_run_and_says_so() {
    let bench = generating(&[&asked("results")]);
    let service = bench.service().await;
    let view = run(&service, Request { retries: Some(1), ..question() }).await;
    service.decide(&ticket(&view), sent_back("no"), &bob(), None).await.unwrap();
    let (state, exit, kind, message) = end(&drive(&service, &view.run_id).await);
    assert_eq!((state, exit, kind), (State::Rejected, 4, "rejected"));
    assert_eq!(message, "rejected by bob: no; that was the last attempt");
}

#[tokio::test]
async fn given_code_cannot_be_sent_back_and_its_ticket_still_waits() {
    let bench = generating(&["results"]);
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    let error = service.decide(&ticket(&view), sent_back("no"), &bob(), None).await.unwrap_err().to_run_error();
    assert!(error.message.contains("no generator wrote it"), "{}", error.message);
    assert_eq!((error.kind.exit_code(), service.view(&view.run_id).await.unwrap().state), (2, State::Waiting));
}

#[tokio::test]
async fn an_edit_is_analysed_and_asked_about_anew_and_what_runs_is_the_edit() {
    let bench = Bench::new();
    let service = bench.service().await;
    let first = run(&service, code(&asked("print before\nresults"))).await;
    edit(&service, &ticket(&first), &asked("print after\nresults")).await.unwrap();
    let second = drive(&service, &first.run_id).await;
    assert_eq!((second.state, second.attempts, second.generator.as_deref()), (State::Waiting, 2, Some("edit")));
    assert_eq!(second.generation["edited_by"], "bob");
    assert_eq!(second.generation["edited_from_attempt"], 1);
    let late = approve(&service, &ticket(&first)).await.unwrap_err().to_run_error();
    assert!(late.message.contains("was edited by bob already"), "{}", late.message);
    assert!(late.help.unwrap().contains(ticket(&second).as_str()));
    let notebook = std::fs::read_to_string(second.notebook.as_ref().unwrap()).unwrap();
    assert!(notebook.contains("print after") && notebook.contains("by bob, from attempt 1"), "{notebook}");
    approve(&service, &ticket(&second)).await.unwrap();
    let done = drive(&service, &first.run_id).await;
    assert_eq!((done.state, done.stdout.as_str()), (State::Done, "after"));
    assert_eq!((done.decided_by.as_deref(), done.basis), (Some("bob"), Some("person")));
}

#[tokio::test]
async fn what_cannot_be_an_attempt_is_no_edit_and_the_ticket_still_waits() {
    let bench = Bench::new();
    let service = bench.service().await;
    let text = asked("results");
    let view = run(&service, code(&text)).await;
    let large = "x".repeat(Code::MAX_BYTES + 1);
    for (edited, exit, says) in [
        (text.as_str(), 2, "the same as the code that waits"),
        (" \n\t", 2, "the code is empty"),
        (large.as_str(), 2, "bytes are the most"),
        ("syntax error", 1, "does not compile"),
    ] {
        let error = edit(&service, &ticket(&view), edited).await.unwrap_err().to_run_error();
        let says = says.trim_start_matches("bytes ");
        assert!(error.message.contains(says), "{}", error.message);
        assert_eq!(error.kind.exit_code(), exit, "{}", error.message);
    }
    let by_digest = Answer::Edit { code: Code::from("results").hash() };
    service.decide(&ticket(&view), by_digest, &bob(), None).await.unwrap_err();
    assert_eq!(drive(&service, &view.run_id).await.ticket_id, view.ticket_id);
    assert!(!kinds(&service, &view.run_id).await.contains(&"decided".to_owned()));
}

#[tokio::test]
async fn an_edit_that_fails_ends_given_code_and_goes_to_the_generator_of_other_code() {
    let bench = generating(&[&asked("results"), "print 3\nresults"]);
    let service = bench.service().await;
    let edited_and_approved = async |request: Request| {
        let view = run(&service, request).await;
        edit(&service, &ticket(&view), &asked("raise too many")).await.unwrap();
        let view = drive(&service, &view.run_id).await;
        approve(&service, &ticket(&view)).await.unwrap();
        drive(&service, &view.run_id).await
    };
    let given = edited_and_approved(code(&asked("results"))).await;
    assert_eq!(end(&given), (State::Failed, 1, "runtime", "too many".into()));
    let last = edited_and_approved(Request { retries: Some(1), ..question() }).await;
    assert_eq!((last.state, last.exit_code, last.attempts), (State::Failed, 1, 2));
    // The edit is not one of the two.
    let generated = edited_and_approved(Request { retries: Some(2), ..question() }).await;
    assert_eq!((generated.state, generated.attempts, generated.stdout.as_str()), (State::Done, 3, "3"));
    assert_eq!(failures(&bench), [(2, asked("raise too many"), "runtime", "too many".into())]);
}

#[tokio::test]
async fn an_edit_that_policy_denies_ends_the_run_on_the_record() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    let denied = decided("deny", "READ_ONLY", &json!([]), "results");
    edit(&service, &ticket(&view), &denied).await.unwrap();
    let view = drive(&service, &view.run_id).await;
    let (state, exit, kind, _) = end(&view);
    assert_eq!((state, exit, kind, view.generated_code), (State::Refused, 3, "policy_deny", Some(denied)));
    let refused = HeadFilter { refused: true, ..HeadFilter::default() };
    assert_eq!(service.journal().list(&refused, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn no_rule_approves_an_edit() {
    let bench = Bench::with(Setup { gate: "rule", ..Setup::default() });
    let service = bench.service().await;
    let view = run(&service, code(&controlling("results"))).await;
    edit(&service, &ticket(&view), &asked("results")).await.unwrap();
    let view = drive(&service, &view.run_id).await;
    assert_eq!((view.state, view.attempts, view.basis), (State::Waiting, 2, None));
    let untouched = run(&service, code(&asked("results"))).await;
    assert_eq!((untouched.state, untouched.basis), (State::Done, Some("rule")));
    assert_eq!(untouched.decided_by.as_deref(), Some("rule: as it was told"));
}

#[tokio::test]
async fn an_older_attempts_ticket_decides_nothing_however_it_is_answered() {
    let bench = Bench::new();
    let service = bench.service().await;
    let first = run(&service, code(&asked("print 1\nresults"))).await;
    edit(&service, &ticket(&first), &asked("print 2\nresults")).await.unwrap();
    let second = drive(&service, &first.run_id).await;
    let old = ticket(&first);
    edit(&service, &old, &asked("print 3\nresults")).await.unwrap_err();
    service.decide(&old, sent_back("no"), &alice(), None).await.unwrap_err();
    assert_eq!(drive(&service, &first.run_id).await.ticket_id, second.ticket_id);
    let decided = |event: &Event| matches!(event, Event::Decided { .. });
    assert_eq!(events(&service, &first.run_id).await.iter().filter(|event| decided(event)).count(), 1);
}
