//! How a run goes, on one page.
//!
//! ```text
//! Created ─▶ Generate ─▶ Analyze ─▶ (AwaitApproval) ─▶ Execute ─▶ Finish
//!               ▲            │                            │
//!               └────────────┴── class `code`, attempts left, no effects
//! ```
//!
//! [`apply`] takes an event that happened into the run, or says why it cannot have happened; [`next`] says what is to be
//! done. Both are pure: no clock, no store, no stage. Resume, audit, progress and crash recovery follow from them.
//! A step that executes carries a [`Permit`], and `permit.rs` is the only file that can make one.

use crate::{
    event::{Answer, Created, Event},
    permit::Permit,
    run::{Attempt, Decision, End, Execution, ExecutionState, Run, State, Write},
};
use jiff::Timestamp;
use pyexec_core::{
    ErrorClass, ErrorKind, ExecutionMode, Outcome, RunError, RunId, Verdict, approval_gate::Requirement, id::Token,
    outcome::Results,
};

/// What is to be done with a run now.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Get code for this attempt (from 1).
    Generate(u32),
    /// Analyse, judge and put before the gate.
    Analyze,
    /// Ask a person (open the ticket if there is none) and wait.
    AwaitApproval,
    /// Reserved: execute with every effect stubbed.
    Rehearse,
    /// Release the code under this permit and see it through.
    Execute(Box<Permit>),
    /// Somebody executes, or died doing so: wait, or append `Interrupted`.
    Attend(Token),
    /// Outcome unknown after an interruption: only a person can say what now.
    AwaitPerson,
    /// Append the end.
    Finish(End),
    /// It has ended.
    Over,
}

/// What is to be done with `run`.
pub fn next(run: &Run) -> Step {
    if run.ended.is_some() {
        return Step::Over;
    }
    if let Some(Execution { state: ExecutionState::Running, token, .. }) = run.execution() {
        return Step::Attend(token.clone());
    }
    if let Some(by) = &run.cancel {
        return finish(State::Cancelled, RunError::new(ErrorKind::Cancelled, format!("cancelled by {by}")));
    }
    let Some(attempt) = run.attempt() else { return Step::Generate(1) };
    if let Some(error) = &attempt.failure {
        return after_failure(run, error);
    }
    let Some(analysis) = &attempt.analysis else { return Step::Analyze };
    if let Some(refusal) = refusal(run, attempt) {
        return finish(State::Refused, refusal);
    }
    match attempt.executions.last() {
        Some(execution) => after_execution(run, execution),
        None => match (&analysis.requirement, &attempt.decision) {
            (Some(Requirement::Person { reason }), None) if run.created.unattended => finish(
                State::Refused,
                RunError::new(ErrorKind::ApprovalRequired, format!("it needs a person's approval: {reason}"))
                    .with_help("run it with `--approve ask` or `--approve park`"),
            ),
            (Some(Requirement::Person { .. }), None) => Step::AwaitApproval,
            (_, Some(Decision { answer: Answer::Reject { reason }, by, .. })) => {
                finish(State::Rejected, RunError::new(ErrorKind::Rejected, format!("rejected by {by}: {reason}")))
            }
            _ => execute(run),
        },
    }
}

/// Why this attempt must not run, whatever anybody approves.
fn refusal(run: &Run, attempt: &Attempt) -> Option<RunError> {
    let analysis = attempt.analysis.as_ref()?;
    if analysis.decision.verdict == Verdict::Deny {
        let why = analysis.decision.reasons.join("; ");
        return Some(RunError::new(ErrorKind::PolicyDeny, format!("policy denies it: {why}")));
    }
    let ceiling = run.created.request.mode.unwrap_or(ExecutionMode::EpicsControl);
    (analysis.decision.mode > ceiling).then(|| {
        let need = analysis.decision.mode;
        RunError::new(ErrorKind::ModeCeiling, format!("it needs {need}, and the request allows {ceiling} at most"))
            .with_help(format!("raise the ceiling with `--mode {need}`, or ask for code that needs less"))
    })
}

fn execute(run: &Run) -> Step {
    match Permit::of(run) {
        Some(permit) => Step::Execute(Box::new(permit)),
        // Closed when in doubt: an analysed attempt that no decision covers exactly.
        None => finish(
            State::Refused,
            RunError::new(ErrorKind::PolicyDeny, "no decision covers exactly this code, mode, inputs and grants"),
        ),
    }
}

fn after_execution(run: &Run, execution: &Execution) -> Step {
    match &execution.state {
        ExecutionState::Running => Step::Attend(execution.token.clone()),
        ExecutionState::Interrupted if execution.effects => Step::AwaitPerson,
        ExecutionState::Interrupted => execute(run),
        ExecutionState::Failed(error) => finish(State::Failed, error.clone()),
        ExecutionState::Finished { .. } => match &execution.refused {
            Some(error) => finish(State::Refused, error.clone()),
            None => Step::Finish(End { state: State::Done, error: None }),
        },
    }
}

fn after_failure(run: &Run, error: &RunError) -> Step {
    let used = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
    let tried_again = match error.class {
        ErrorClass::Code => true,
        ErrorClass::Workflow => matches!(error.kind, ErrorKind::Timeout | ErrorKind::ResourceLimit),
        _ => false,
    };
    if !tried_again || run.created.given.is_some() || run.had_effects() {
        return finish(State::Failed, error.clone());
    }
    if used < run.created.attempts {
        return Step::Generate(used + 1);
    }
    if used == 1 {
        return finish(State::Failed, error.clone());
    }
    let mut last = RunError::new(ErrorKind::AttemptsExhausted, format!("{used} attempts failed; the last one: {error}"));
    last.traceback.clone_from(&error.traceback);
    last.help.clone_from(&error.help);
    finish(State::Failed, last)
}

fn finish(state: State, error: RunError) -> Step {
    Step::Finish(End { state, error: Some(error) })
}

/// Whether an outcome is a success, and if not, why. `results` is a promise of generated code, a courtesy of given code.
pub fn judge(outcome: &Outcome, given: bool) -> Option<RunError> {
    if let Some(error) = &outcome.error {
        return Some(error.clone());
    }
    match &outcome.results {
        Results::Dict { .. } => None,
        Results::Missing if given => None,
        Results::NotADict { .. } if given => None,
        Results::Missing => Some(
            RunError::new(ErrorKind::ResultsMissing, "the code left no `results`")
                .with_help("assign a dict to `results` at the top level of the script"),
        ),
        Results::NotADict { type_name } => Some(
            RunError::new(ErrorKind::ResultsMissing, format!("`results` is a {type_name}, not a dict"))
                .with_help("assign a dict to `results` at the top level of the script"),
        ),
    }
}

/// An event that cannot have happened to this run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Illegal(pub String);

fn illegal<T>(why: impl Into<String>) -> Result<T, Illegal> {
    Err(Illegal(why.into()))
}

/// The run that a first event makes.
pub fn begin(id: RunId, at: Timestamp, created: Created) -> Run {
    let (claimed, cancel, ended) = (None, None, None);
    Run { id, seq: 1, created_at: at, updated_at: at, created, claimed, attempts: vec![], cancel, ended }
}

/// Takes an event that happened at `at` into the run. An error leaves the run as it was.
pub fn apply(run: &mut Run, at: Timestamp, event: &Event) -> Result<(), Illegal> {
    if let Some(end) = &run.ended {
        return illegal(format!("the run has ended: {}", end.state));
    }
    take(run, at, event)?;
    run.seq += 1;
    run.updated_at = at;
    Ok(())
}

fn take(run: &mut Run, at: Timestamp, event: &Event) -> Result<(), Illegal> {
    let step = next(run);
    match (event, step) {
        (Event::Claimed { owner }, _) => run.claimed = Some(owner.clone()),
        (Event::CancelRequested { by }, _) => run.cancel = Some(by.clone()),
        (Event::Generated { attempt, code, generator, metadata, ms }, Step::Generate(n)) if *attempt == n => {
            if run.created.given.is_some_and(|given| given != *code) {
                return illegal("the run was given other code");
            }
            run.attempts.push(Attempt {
                number: n,
                code: Some(*code),
                generator: generator.clone(),
                metadata: metadata.clone(),
                generation_ms: *ms,
                ..Attempt::default()
            });
        }
        (Event::GenerationFailed { attempt, error, ms }, Step::Generate(n)) if *attempt == n => {
            let failure = Some(error.clone());
            run.attempts.push(Attempt { number: n, generation_ms: *ms, failure, ..Attempt::default() });
        }
        (Event::Analyzed(analyzed), Step::Analyze) => {
            let attempt = current(run)?;
            if analyzed.attempt != attempt.number || Some(analyzed.code) != attempt.code {
                return illegal("the analysis is of other code");
            }
            attempt.failure.clone_from(&analyzed.syntax_error);
            attempt.analysis = Some((**analyzed).clone());
        }
        (Event::TicketOpened(ticket), Step::AwaitApproval) => {
            if run.coverage().as_ref() != Some(&ticket.covers) {
                return illegal("the ticket is about something else");
            }
            let attempt = current(run)?;
            if let Some(open) = &attempt.ticket {
                return illegal(format!("ticket {} is open already", open.ticket_id));
            }
            attempt.ticket = Some((**ticket).clone());
            run.claimed = None; // whoever decides drives on
        }
        (Event::Decided { ticket, code, by, answer, comment }, Step::AwaitApproval) => {
            let attempt = current(run)?;
            let Some(open) = attempt.ticket.as_ref().filter(|open| open.ticket_id == *ticket) else {
                return illegal("there is no such open ticket");
            };
            if open.covers.code != *code {
                return illegal("the ticket is about other code");
            }
            if at >= open.expires_at || at < open.created_at {
                return illegal("the ticket has expired");
            }
            let (ticket, by, answer, comment) = (ticket.clone(), by.clone(), answer.clone(), comment.clone());
            attempt.decision = Some(Decision { ticket, by, answer, comment, at });
        }
        (Event::Decided { .. }, _) => {
            return match run.attempt().and_then(|a| a.decision.as_ref()) {
                Some(decision) => illegal(format!("the ticket was decided by {} already", decision.by)),
                None => illegal("the run waits for no decision"),
            };
        }
        (Event::Expired { ticket }, Step::AwaitApproval) => {
            let open = run.open_ticket().filter(|open| open.ticket_id == *ticket);
            if open.is_none() {
                return illegal("there is no such open ticket");
            }
            let error = RunError::new(ErrorKind::Expired, "nobody decided in time");
            run.ended = Some(End { state: State::Expired, error: Some(error) });
        }
        (Event::ExecutionStarted { attempt, token, owner, code, effects, isolation, scope }, Step::Execute(permit)) => {
            if !permit.covers(*attempt, *code, *scope) || permit.has_effects() != *effects {
                return illegal("the permit covers something else");
            }
            if run.attempts.iter().flat_map(|a| &a.executions).any(|e| e.token == *token) {
                return illegal("the token was used before");
            }
            let (token, owner) = (token.clone(), owner.clone());
            current(run)?.executions.push(Execution {
                token,
                owner,
                effects: *effects,
                isolation: *isolation,
                writes: vec![],
                refused: None,
                state: ExecutionState::Running,
            });
        }
        (Event::ChannelWriteIntended { token, n, write }, Step::Attend(running)) if *token == running => {
            let execution = running_execution(run)?;
            if execution.refused.is_some() {
                return illegal("a write was refused before");
            }
            if *n as usize != execution.writes.len() + 1 {
                return illegal("writes are counted");
            }
            execution.writes.push(Write { intended: write.clone(), report: None });
        }
        (Event::ChannelWriteEnded { token, n, report }, Step::Attend(running)) if *token == running => {
            let write = (*n as usize).checked_sub(1).and_then(|i| running_execution(run).ok()?.writes.get_mut(i));
            match write {
                Some(write @ Write { report: None, .. }) => write.report = Some(report.clone()),
                _ => return illegal("no such write is under way"),
            }
        }
        (Event::ChannelWriteRefused { token, error, .. }, Step::Attend(running)) if *token == running => {
            let execution = running_execution(run)?;
            execution.refused.get_or_insert_with(|| error.clone());
        }
        (Event::ExecutionFinished { token, outcome, output_sha256, ms }, Step::Attend(running)) if *token == running => {
            let given = run.created.given.is_some();
            let execution = running_execution(run)?;
            let (outcome, output_sha256, ms) = (outcome.clone(), *output_sha256, *ms);
            let failure = if execution.refused.is_some() { None } else { judge(&outcome, given) };
            execution.state = ExecutionState::Finished { outcome, output_sha256, ms };
            current(run)?.failure = failure;
        }
        (Event::ExecutionFailed { token: Some(token), error }, Step::Attend(running)) if *token == running => {
            running_execution(run)?.state = ExecutionState::Failed(error.clone());
        }
        (Event::ExecutionFailed { token: None, error }, Step::Execute(_)) => {
            let state = if error.class == ErrorClass::Refusal { State::Refused } else { State::Failed };
            run.ended = Some(End { state, error: Some(error.clone()) });
        }
        (Event::Interrupted { token }, Step::Attend(running)) if *token == running => {
            running_execution(run)?.state = ExecutionState::Interrupted;
        }
        (Event::Ended { state, error }, Step::Finish(end)) if *state == end.state => {
            run.ended = Some(End { state: *state, error: error.clone() });
        }
        (Event::Ended { state: State::Cancelled, error }, Step::AwaitPerson) => {
            run.ended = Some(End { state: State::Cancelled, error: error.clone() });
        }
        (event, step) => return illegal(format!("`{}` does not follow: the run is at {step:.40?}", event.kind())),
    }
    Ok(())
}

fn current(run: &mut Run) -> Result<&mut Attempt, Illegal> {
    run.attempts.last_mut().ok_or_else(|| Illegal("there is no attempt".into()))
}

fn running_execution(run: &mut Run) -> Result<&mut Execution, Illegal> {
    let execution = run.attempts.last_mut().and_then(|a| a.executions.last_mut());
    match execution {
        Some(execution) if execution.state == ExecutionState::Running => Ok(execution),
        _ => illegal("nothing is being executed"),
    }
}
