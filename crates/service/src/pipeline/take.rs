//! What each event does to a run. An event that does not follow from the step that the run is at cannot have happened.

use super::{Illegal, Step, failed, illegal, judge, next, rejection};
use crate::{
    event::{Answer, Event, Ticket},
    run::{Attempt, Decision, Edited, End, Execution, ExecutionState, Run, State, Write},
};
use jiff::Timestamp;
use pyexec_core::{CodeHash, ErrorClass, ErrorKind, Principal, RunError, id::Token};
use serde_json::{Map, json};

/// Takes one event in; an error leaves the run as it was.
pub(super) fn take(run: &mut Run, at: Timestamp, event: &Event) -> Result<(), Illegal> {
    match (event, next(run)) {
        (Event::Claimed { owner }, _) => run.claimed = Some(owner.clone()),
        (Event::Abandoned { owner }, _) if run.claimed.as_ref() == Some(owner) => run.claimed = None,
        (Event::CancelRequested { by }, _) => run.cancel = Some(by.clone()),
        (Event::Ended { state, error }, Step::Finish(end)) if *state == end.state => {
            run.ended = Some(End { state: *state, error: error.clone() });
        }
        // What was stored is not what it was: nothing of the run can be trusted to go on.
        (Event::Ended { state: State::Refused, error: Some(error) }, Step::Analyze | Step::AwaitApproval)
            if error.class == ErrorClass::Refusal =>
        {
            run.ended = Some(End { state: State::Refused, error: Some(error.clone()) });
        }
        (event, Step::Generate(n)) => return generation(run, n, event),
        (Event::Analyzed(analyzed), Step::Analyze) => {
            let attempt = current(run)?;
            if analyzed.attempt != attempt.number || Some(analyzed.code) != attempt.code {
                return illegal("the analysis is of other code");
            }
            attempt.failure.clone_from(&analyzed.syntax_error);
            attempt.analysis = Some((**analyzed).clone());
        }
        (Event::TicketOpened(ticket), Step::AwaitApproval) => return opened(run, ticket),
        (Event::Decided { .. }, Step::AwaitApproval) => return decided(run, at, event),
        (Event::Decided { .. }, _) => {
            return match run.attempt().and_then(|a| a.decision.as_ref()) {
                Some(decision) => {
                    illegal(format!("the ticket was {} by {} already", decision.answer.done(), decision.by))
                }
                None => illegal("the run waits for no decision"),
            };
        }
        (Event::Expired { ticket }, Step::AwaitApproval) => {
            let open = run.open_ticket().filter(|open| open.ticket_id == *ticket);
            if !open.ok_or_else(|| Illegal("there is no such open ticket".into()))?.lapsed(at) {
                return illegal("the ticket still stands");
            }
            let error = RunError::new(ErrorKind::Expired, "nobody decided in time");
            run.ended = Some(End { state: State::Expired, error: Some(error) });
        }
        (Event::ExecutionStarted { attempt, token, owner, code, effects, isolation, scope }, Step::Execute(permit)) => {
            if !permit.covers(*attempt, *code, *scope) || permit.has_effects(*isolation) != *effects {
                return illegal("the permit covers something else");
            }
            if run.attempts.iter().flat_map(|a| &a.executions).any(|e| e.token == *token) {
                return illegal("the token was used before");
            }
            current(run)?.executions.push(Execution {
                token: token.clone(),
                owner: owner.clone(),
                effects: *effects,
                isolation: *isolation,
                writes: vec![],
                refused: None,
                state: ExecutionState::Running,
            });
        }
        (Event::ExecutionFailed { token: None, error }, Step::Execute(_)) => {
            run.ended = Some(End { state: failed(error), error: Some(error.clone()) });
        }
        (event, Step::Attend(running)) => return execution(run, &running, event),
        (event, step) => return does_not_follow(event, &step),
    }
    Ok(())
}

fn does_not_follow(event: &Event, step: &Step) -> Result<(), Illegal> {
    illegal(format!("`{}` does not follow: the run is at `{}`", event.kind(), step.name()))
}

fn generation(run: &mut Run, number: u32, event: &Event) -> Result<(), Illegal> {
    match event {
        Event::Generated { attempt, code, generator, metadata, ms, .. } if *attempt == number => {
            if run.created.given.is_some_and(|given| given != *code) {
                return illegal("the run was given other code");
            }
            run.attempts.push(Attempt {
                number,
                code: Some(*code),
                generator: generator.clone(),
                metadata: metadata.clone(),
                generation_ms: *ms,
                ..Attempt::default()
            });
        }
        Event::GenerationFailed { attempt, error, metadata, ms, .. } if *attempt == number => {
            let (failure, metadata) = (Some(error.clone()), metadata.clone());
            run.attempts.push(Attempt { number, metadata, generation_ms: *ms, failure, ..Attempt::default() });
        }
        event => return does_not_follow(event, &Step::Generate(number)),
    }
    Ok(())
}

fn opened(run: &mut Run, ticket: &Ticket) -> Result<(), Illegal> {
    if run.coverage().as_ref() != Some(&ticket.covers) {
        return illegal("the ticket is about something else");
    }
    let attempt = current(run)?;
    if let Some(open) = &attempt.ticket {
        return illegal(format!("ticket {} is open already", open.ticket_id));
    }
    attempt.ticket = Some(ticket.clone());
    run.claimed = None; // whoever decides drives on
    Ok(())
}

fn decided(run: &mut Run, at: Timestamp, event: &Event) -> Result<(), Illegal> {
    let Event::Decided { ticket, code: shown, by, answer, comment } = event else {
        return does_not_follow(event, &Step::AwaitApproval);
    };
    let attempt = current(run)?;
    let Some(open) = attempt.ticket.as_ref().filter(|open| open.ticket_id == *ticket) else {
        return illegal("there is no such open ticket");
    };
    if open.covers.code != *shown {
        return illegal("the ticket is about other code");
    }
    if open.lapsed(at) {
        return illegal("the ticket has expired");
    }
    let number = attempt.number;
    let (made, failure) = match answer {
        Answer::Approve | Answer::Reject { retry: false, .. } => (None, None),
        Answer::Reject { retry: true, .. } if run.created.given.is_some() => {
            return illegal("no generator wrote this code, so none can try again");
        }
        Answer::Reject { retry: true, .. } | Answer::Edit { .. } if run.had_effects() => {
            return illegal("code of this run had effects, so nothing is tried again");
        }
        Answer::Reject { reason, retry: true } => (None, Some(rejection(by, reason))),
        Answer::Edit { code } if code == shown => return illegal("the edited code is the same code"),
        Answer::Edit { code } => (Some(edit(number + 1, *code, by)), None),
    };
    let (ticket, by, answer, comment) = (ticket.clone(), by.clone(), answer.clone(), comment.clone());
    let attempt = current(run)?;
    attempt.decision = Some(Decision { ticket, by, answer, comment, at });
    attempt.failure = failure;
    run.attempts.extend(made);
    Ok(())
}

/// The attempt that an edit makes. Everything that was said of the one that it was made from is not said of it.
fn edit(number: u32, code: CodeHash, by: &Principal) -> Attempt {
    let from = number - 1;
    let metadata = Map::from_iter([("edited_by".into(), json!(by)), ("edited_from_attempt".into(), json!(from))]);
    let edited = Some(Edited { by: by.clone(), from });
    Attempt { number, code: Some(code), generator: "edit".into(), metadata, edited, ..Attempt::default() }
}

/// What happens to the execution under way.
fn execution(run: &mut Run, running: &Token, event: &Event) -> Result<(), Illegal> {
    let (given, cancelled) = (run.created.given.is_some(), run.cancel.is_some());
    let attempt = current(run)?;
    let execution = attempt.executions.last_mut().filter(|execution| execution.state == ExecutionState::Running);
    let execution = execution.ok_or_else(|| Illegal("nothing is being executed".into()))?;
    match event {
        Event::ChannelWriteIntended { token, .. } if token == running && cancelled => {
            return illegal("the run is being cancelled");
        }
        Event::ChannelWriteIntended { token, n, write } if token == running => {
            if execution.refused.is_some() {
                return illegal("a write was refused before");
            }
            if *n as usize != execution.writes.len() + 1 {
                return illegal("writes are counted");
            }
            execution.writes.push(Write { intended: write.clone(), report: None });
        }
        Event::ChannelWriteEnded { token, n, report } if token == running => {
            match (*n as usize).checked_sub(1).and_then(|i| execution.writes.get_mut(i)) {
                Some(write @ Write { report: None, .. }) => write.report = Some(report.clone()),
                _ => return illegal("no such write is under way"),
            }
        }
        Event::ChannelWriteRefused { token, error, .. } if token == running => {
            execution.refused.get_or_insert_with(|| error.clone());
        }
        Event::ExecutionFinished { token, outcome, output_sha256, ms } if token == running => {
            let (outcome, output_sha256, ms) = (outcome.clone(), *output_sha256, *ms);
            let failure = if execution.refused.is_some() { None } else { judge(&outcome, given) };
            execution.state = ExecutionState::Finished { outcome, output_sha256, ms };
            attempt.failure = failure;
        }
        Event::ExecutionFailed { token: Some(token), error } if token == running => {
            execution.state = ExecutionState::Failed(error.clone());
        }
        Event::Interrupted { token, cause } if token == running => {
            execution.state = ExecutionState::Interrupted(cause.clone());
        }
        event => return does_not_follow(event, &Step::Attend(running.clone())),
    }
    Ok(())
}

fn current(run: &mut Run) -> Result<&mut Attempt, Illegal> {
    run.attempts.last_mut().ok_or_else(|| Illegal("there is no attempt".into()))
}
