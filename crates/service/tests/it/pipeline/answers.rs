//! What an answer does to a run, and what it cannot do.

use super::*;

/// A run of a question that waits with its first attempt.
fn waiting(attempts: u32) -> Run {
    let mut run = pipeline::begin(id::<RunId>(255), at(0), created(None, attempts, None, false));
    for (kind, a, b) in [(1, 0, 0), (4, 6, 0), (6, 200, 0)] {
        let event = event(kind, a, b, &run, 1);
        pipeline::apply(&mut run, at(1), &event).unwrap();
    }
    run
}

fn answered(mut run: Run, answer: Answer) -> Run {
    let (ticket, code) = (id::<TicketId>(0), run.attempt().unwrap().code.unwrap());
    let decided = Event::Decided { ticket, code, by: Principal("bob".into()), answer, comment: None };
    pipeline::apply(&mut run, at(2), &decided).unwrap();
    run
}

#[test]
fn a_rejection_that_sends_back_is_the_failure_of_its_attempt() {
    let sent_back = || Answer::Reject { reason: "use the mean".into(), retry: true };
    let run = answered(waiting(2), sent_back());
    assert_eq!(run.attempt().unwrap().failure.as_ref().unwrap().kind, ErrorKind::Rejected);
    assert_eq!(pipeline::next(&run), Step::Generate(2));
    let Step::Finish(end) = pipeline::next(&answered(waiting(1), sent_back())) else { panic!("attempts are left") };
    let said = end.error.unwrap();
    assert_eq!((end.state, said.kind), (State::Rejected, ErrorKind::Rejected));
    assert_eq!(said.message, "rejected by bob: use the mean; that was the last attempt");
}

#[test]
fn an_edit_is_an_attempt_of_which_nothing_has_been_said_and_that_nobody_paid_for() {
    let run = answered(waiting(1), Answer::Edit { code: code(2) });
    let attempt = run.attempt().unwrap();
    assert_eq!((attempt.number, attempt.code), (2, Some(code(2))));
    assert!(attempt.analysis.is_none() && attempt.ticket.is_none() && attempt.decision.is_none());
    assert_eq!((pipeline::next(&run), run.most_attempts()), (Step::Analyze, 2));
}

#[test]
fn the_same_bytes_are_no_edit() {
    let mut run = waiting(1);
    let before = run.clone();
    let (ticket, code) = (id::<TicketId>(0), code(0));
    let by = Principal("bob".into());
    let decided = Event::Decided { ticket, code, by, answer: Answer::Edit { code }, comment: None };
    assert!(pipeline::apply(&mut run, at(2), &decided).unwrap_err().0.contains("same code"));
    assert_eq!(run, before);
}

#[test]
fn a_rejection_of_an_older_log_ends_the_run() {
    let answer: Answer = serde_json::from_value(json!({"answer": "reject", "reason": "no"})).unwrap();
    assert_eq!(answer, Answer::Reject { reason: "no".into(), retry: false });
    assert_eq!(serde_json::to_value(&answer).unwrap(), json!({"answer": "reject", "reason": "no"}));
}
