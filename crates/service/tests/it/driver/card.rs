//! What a person is shown: the code that waits, and with what it is compared.

use crate::bench::{
    Bench, Setup, alice, approve, approved, asked, bob, code, drive, edit, question, run, sent_back, ticket,
};
use pyexec_core::{
    Card, Code, Principal, Request, TicketId,
    card::{Author, Basis, Previous},
};
use pyexec_service::{Service, ServiceError, progress::Unobserved, run::State, submit::Submission};
use std::{fs, sync::Arc, time::Duration};

async fn shown(service: &Service, ticket: &TicketId) -> Result<Card, ServiceError> {
    let observer: Arc<dyn pyexec_service::progress::Observer> = Arc::new(Unobserved);
    service.card(ticket, &observer).await
}

/// Given code under the same words.
fn task(words: &str, acts: &str) -> Request {
    Request { user_query: Some(words.into()), ..code(&asked(acts)) }
}

fn previous(acts: &str, basis: Basis) -> Previous {
    Previous { code: Code::from(asked(acts).as_str()), basis }
}

#[tokio::test]
async fn code_is_compared_with_what_was_approved_last_for_this_task() {
    let bench = Bench::new();
    let service = bench.service().await;
    let waiting = run(&service, task("the mean", "results")).await;
    let card = shown(&service, &ticket(&waiting)).await.unwrap();
    assert_eq!((card.previous, card.approved_before), (None, None));
    assert_eq!((card.author, card.task.as_str(), card.attempt), (Author::Given, "the mean", 1));
    assert_eq!(card.code.to_text(), asked("results"));
    assert!(card.expires_in > Duration::ZERO);

    approve(&service, &ticket(&waiting)).await.unwrap();
    drive(&service, &waiting.run_id).await;
    approved(&service, task("another", "print other")).await;
    let rejected = run(&service, task("the mean", "print no")).await;
    service.decide(&ticket(&rejected), crate::bench::rejection("no"), &bob(), None).await.unwrap();
    let again = run(&service, task("the mean", "print changed")).await;
    let card = shown(&service, &ticket(&again)).await.unwrap();
    assert_eq!(card.previous, Some(previous("results", Basis::Approved)));
    let before = card.approved_before.unwrap();
    assert_eq!((&before.run_id, &before.by), (&waiting.run_id, &bob()));
    assert_eq!(Some(before.code), waiting.code_sha256);

    approve(&service, &ticket(&again)).await.unwrap();
    let third = run(&service, task("the mean", "results")).await;
    let card = shown(&service, &ticket(&third)).await.unwrap();
    assert_eq!(card.previous, Some(previous("print changed", Basis::Approved)), "the latest one");

    let carol = Principal("carol".into());
    let hers = service.submit(task("the mean", "results"), carol, Submission::default()).await.unwrap();
    let hers = drive(&service, &hers).await;
    let card = shown(&service, &ticket(&hers)).await.unwrap();
    assert_eq!((card.previous, card.approved_before), (None, None), "approved for alice, not for her");
    assert_ne!(alice(), card.requester);
}

#[tokio::test]
async fn code_without_words_is_known_by_its_name_and_else_not_at_all() {
    let bench = Bench::new();
    let service = bench.service().await;
    let named = |acts| Request { execution_folder_name: Some("plan".into()), ..code(&asked(acts)) };
    approved(&service, named("results")).await;
    approved(&service, code(&asked("print nameless"))).await;
    let waiting = run(&service, named("print 2")).await;
    let card = shown(&service, &ticket(&waiting)).await.unwrap();
    assert_eq!(card.previous, Some(previous("results", Basis::Approved)));
    let nameless = run(&service, code(&asked("print 3"))).await;
    assert_eq!(shown(&service, &ticket(&nameless)).await.unwrap().previous, None);
}

#[tokio::test]
async fn an_edit_is_compared_with_what_was_edited_and_says_whose_it_is() {
    let bench = Bench::new();
    let service = bench.service().await;
    approved(&service, task("the mean", "print approved")).await;
    let first = run(&service, task("the mean", "print first")).await;
    edit(&service, &ticket(&first), &asked("print edited")).await.unwrap();
    let edited = drive(&service, &first.run_id).await;
    let card = shown(&service, &ticket(&edited)).await.unwrap();
    assert_eq!(card.previous, Some(previous("print first", Basis::Edited { attempt: 1 })));
    assert_eq!((card.author, card.attempt), (Author::Person { by: bob(), of: 1 }, 2));
    assert!(card.approved_before.is_some(), "it is said as well");
}

#[tokio::test]
async fn generated_code_is_compared_with_the_attempt_before() {
    let replies = vec![&*asked("print one").leak(), &*asked("print two").leak()];
    let bench = Bench::with(Setup { replies, ..Setup::default() });
    let service = bench.service().await;
    let first = run(&service, question()).await;
    service.decide(&ticket(&first), sent_back("not so"), &bob(), None).await.unwrap();
    let second = drive(&service, &first.run_id).await;
    let card = shown(&service, &ticket(&second)).await.unwrap();
    assert_eq!(card.previous, Some(previous("print one", Basis::Attempt { attempt: 1 })));
    assert_eq!(card.author, Author::Generator("told".into()));
}

#[tokio::test]
async fn code_that_is_gone_is_not_compared_with_but_known_to_have_been_approved() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = approved(&service, task("the mean", "results")).await;
    let sha256 = view.code_sha256.unwrap();
    fs::remove_file(service.journal().store().blob_path(&sha256.0)).unwrap();
    let waiting = run(&service, task("the mean", "print 2")).await;
    let card = shown(&service, &ticket(&waiting)).await.unwrap();
    assert_eq!((card.previous, card.approved_before.map(|before| before.code)), (None, Some(sha256)));
}

#[tokio::test]
async fn only_a_ticket_that_waits_has_a_card() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = approved(&service, task("the mean", "results")).await;
    assert_eq!(view.state, State::Done);
    let error = shown(&service, &view.ticket_id.unwrap()).await.unwrap_err().to_run_error();
    assert!(error.message.ends_with(&format!("waits for no decision: run {} is done", view.run_id)), "{error}");
    let error = shown(&service, &pyexec_service::new_id()).await.unwrap_err().to_run_error();
    assert!(error.message.starts_with("there is no ticket"), "{error}");
}
