//! How a run goes, on one page.
//!
//! ```text
//! Created ─▶ Generate ─▶ Analyze ─▶ (AwaitApproval) ─▶ Execute ─▶ Finish
//!               ▲            │                            │
//!               └────────────┴── class `code`, attempts left, no effects
//! ```
//!
//! A person who is asked may also send the code back to its generator with a reason, or answer with an edit: that is an
//! attempt of its own, back at Analyze.
//!
//! [`apply`] takes an event that happened into the run, or says why it cannot have happened; [`next`] says what is to be
//! done. Both are pure: no clock, no store, no stage. Resume, audit, progress and crash recovery follow from them.
//! A step that executes carries a [`Permit`], and `permit.rs` is the only file that can make one. What each event does to a
//! run, and when it cannot have happened, is in `pipeline/take.rs`.

mod take;

use crate::{
    event::{Answer, Created, Event},
    permit::Permit,
    run::{Attempt, Decision, End, Execution, ExecutionState, Run, State},
};
use jiff::Timestamp;
use pyexec_core::{
    ErrorClass, ErrorKind, ExecutionMode, Outcome, Principal, RunError, RunId, Verdict, approval_gate::Requirement,
    generator::NO_RETRY, id::Token, outcome::Results,
};

/// How often one attempt without effects is executed when its host keeps stopping.
const MOST_INTERRUPTIONS: usize = 5;

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

impl Step {
    /// Its name, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Generate(_) => "generate",
            Self::Analyze => "analyze",
            Self::AwaitApproval => "await_approval",
            Self::Rehearse => "rehearse",
            Self::Execute(_) => "execute",
            Self::Attend(_) => "attend",
            Self::AwaitPerson => "await_person",
            Self::Finish(_) => "finish",
            Self::Over => "over",
        }
    }
}

/// What is to be done with `run`.
pub fn next(run: &Run) -> Step {
    if run.ended.is_some() {
        return Step::Over;
    }
    if let Some(execution) = run.execution() {
        if execution.state == ExecutionState::Running {
            return Step::Attend(execution.token.clone());
        }
        // Latched: neither a cancellation nor a failure of the machinery makes a refusal something else.
        if let Some(error) = execution.refused.as_ref().filter(|_| !outcome_unknown(execution)) {
            return finish(State::Refused, error.clone());
        }
    }
    if let Some(by) = run.cancel.as_ref().filter(|_| !succeeded(run)) {
        return finish(State::Cancelled, cancelled(run, by));
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
            (_, Some(Decision { answer: Answer::Reject { reason, .. }, by, .. })) => {
                finish(State::Rejected, rejection(by, reason))
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
        ExecutionState::Interrupted(_) if execution.effects => Step::AwaitPerson,
        ExecutionState::Interrupted(_) => again(run),
        ExecutionState::Failed(error) => finish(failed(error), error.clone()),
        ExecutionState::Finished { .. } => Step::Finish(End { state: State::Done, error: None }),
    }
}

/// Whether the code did what it was to do: then a cancellation came too late.
fn succeeded(run: &Run) -> bool {
    let finished = run.execution().is_some_and(|execution| matches!(execution.state, ExecutionState::Finished { .. }));
    finished && run.attempt().is_some_and(|attempt| attempt.failure.is_none())
}

/// Whether its owner died while it could change something.
fn outcome_unknown(execution: &Execution) -> bool {
    execution.effects && matches!(execution.state, ExecutionState::Interrupted(_))
}

/// Under the same decision, with a new token; but code that takes its host down each time is not tried for ever.
fn again(run: &Run) -> Step {
    let times = run.attempt().map_or(0, |attempt| attempt.executions.len());
    if times < MOST_INTERRUPTIONS {
        return execute(run);
    }
    let why = format!("its host stopped {times} times while it ran");
    finish(
        State::Failed,
        RunError::new(ErrorKind::Sandbox, why).with_help("look for what stops the host, then run it anew"),
    )
}

fn cancelled(run: &Run, by: &Principal) -> RunError {
    let error = RunError::new(ErrorKind::Cancelled, format!("cancelled by {by}"));
    if run.had_effects() { error.with_help("it had begun: look at what it may have changed") } else { error }
}

fn rejection(by: &Principal, reason: &str) -> RunError {
    RunError::new(ErrorKind::Rejected, format!("rejected by {by}: {reason}"))
}

/// The state in which an error ends a run.
fn failed(error: &RunError) -> State {
    if error.class == ErrorClass::Refusal { State::Refused } else { State::Failed }
}

fn after_failure(run: &Run, error: &RunError) -> Step {
    let used = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
    // Only of an attempt that a person sent back: no component can say so.
    let sent_back = run.attempt().is_some_and(|attempt| attempt.decision.as_ref().is_some_and(Decision::sends_back));
    let tried_again = match error.class {
        ErrorClass::Code => true,
        ErrorClass::Workflow => matches!(error.kind, ErrorKind::Timeout | ErrorKind::ResourceLimit) || sent_back,
        _ => false,
    };
    let has_other_code = run.attempt().is_none_or(|a| a.metadata.get(NO_RETRY) != Some(&true.into()));
    if !tried_again || !(has_other_code || sent_back) || run.created.given.is_some() || run.had_effects() {
        return finish(failed(error), error.clone());
    }
    if has_other_code && used < run.most_attempts() {
        return Step::Generate(used + 1);
    }
    if sent_back {
        let last =
            if has_other_code { "that was the last attempt" } else { "its generator has no other code for this" };
        let why = format!("{error}; {last}");
        let help = "submit the question again, or ask for more attempts with `retries`";
        return finish(State::Rejected, RunError::new(ErrorKind::Rejected, why).with_help(help));
    }
    let failures = run.attempts.iter().filter(|attempt| attempt.failure.is_some()).count();
    if failures == 1 {
        return finish(State::Failed, error.clone());
    }
    let mut last =
        RunError::new(ErrorKind::AttemptsExhausted, format!("{failures} attempts failed; the last one: {error}"));
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
        Results::Missing | Results::NotADict { .. } if given => None,
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
    take::take(run, at, event)?;
    run.seq += 1;
    run.updated_at = at;
    Ok(())
}
