//! Properties of the pure pipeline: whatever events are thrown at it, nothing executes without a matching permit.
#![expect(clippy::unwrap_used, reason = "what tests share may panic as they do")]

mod answers;

use jiff::Timestamp;
use proptest::prelude::*;
use pyexec_core::{
    Code, CodeHash, ErrorKind, ExecutionMode, Isolation, Outcome, PolicyDecision, Principal, Request, RunError, RunId,
    TicketId, Verdict,
    approval_gate::Requirement,
    code::Digest,
    connector::ChannelWrite,
    grant::{ChannelWriteGrant, Grant},
    id::{OwnerId, Token},
    order::{Limits, Scope},
    outcome::{Ended, Results, Usage},
};
use pyexec_service::{
    event::{Analyzed, Answer, Created, Event, Ticket},
    pipeline::{self, Step},
    run::{ExecutionState, Run, State},
};
use serde_json::{Map, json};
use std::{collections::HashSet, str::FromStr};

fn id<T: FromStr<Err: std::fmt::Debug>>(n: u8) -> T {
    format!("0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c{n:02x}").parse().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn code(n: u8) -> CodeHash {
    Code::new([n]).hash()
}

fn created(given: Option<CodeHash>, attempts: u32, mode: Option<ExecutionMode>, unattended: bool) -> Created {
    Created {
        request: Request { mode, ..Request::default() },
        requester: Principal("alice".into()),
        given,
        generator: Some("mock".into()),
        backend: "local".into(),
        attempts,
        folder: "/run".into(),
        inputs: vec![],
        outputs: vec![],
        context: None,
        limits: Limits::default(),
        environment: None,
        unattended,
    }
}

fn write_grant() -> Grant {
    Grant::ChannelWrite(ChannelWriteGrant { names: vec!["A".into()], min: None, max: None, max_writes: None })
}

fn outcome(error: Option<RunError>) -> Box<Outcome> {
    Box::new(Outcome {
        ended: Ended::Exited { code: 0 },
        results: Results::Dict { value: Map::new() },
        error,
        warnings: vec![],
        figures: vec![],
        artifacts: vec![],
        usage: Usage::default(),
        isolation: Isolation::Full,
        python: None,
        environment: None,
        refused: vec![],
    })
}

fn not_generated(attempt: u32) -> Event {
    let error = RunError::new(ErrorKind::GenerationEmpty, "no");
    Event::GenerationFailed { attempt, error, metadata: Map::new(), prompts: vec![], ms: 0 }
}

/// An event of each kind, shaped by a few small numbers, so that many fit and many nearly do.
fn event(kind: u8, a: u8, b: u8, run: &Run, now: i64) -> Event {
    let attempt = if a % 5 == 4 { 1 } else { u32::try_from(run.attempts.len()).unwrap().max(1) };
    let current = run.attempt().and_then(|attempt| attempt.code).unwrap_or_else(|| code(a % 2));
    let some_code = if b % 4 == 3 { code(b % 2) } else { current };
    let open = run.open_ticket().map(|ticket| ticket.ticket_id.clone());
    let ticket = open.filter(|_| b % 5 != 4).unwrap_or_else(|| id(b % 3));
    let token: Token = run.execution().filter(|_| b % 5 != 4).map_or_else(|| id(a % 7), |e| e.token.clone());
    let verdict = [Verdict::Allow, Verdict::Ask, Verdict::Deny][usize::from(a % 3)];
    let mode = ExecutionMode::ALL[usize::from(b % 3)];
    match kind % 15 {
        0 if b % 4 == 3 => Event::Abandoned { owner: id(a % 3) },
        0 => Event::Claimed { owner: id(a % 3) },
        1 | 2 => Event::Generated {
            attempt: u32::try_from(run.attempts.len()).unwrap() + 1,
            code: code(a % 2),
            generator: "mock".into(),
            metadata: Map::new(),
            prompts: vec![],
            ms: 0,
        },
        3 => not_generated(attempt),
        4 | 5 => Event::Analyzed(Box::new(Analyzed {
            attempt,
            code: some_code,
            findings: Digest::of(b"[]"),
            finding_count: 0,
            summary: String::new(),
            syntax_error: (a % 11 == 10).then(|| RunError::new(ErrorKind::Syntax, "no")),
            decision: PolicyDecision {
                verdict,
                mode,
                grants: vec![],
                reasons: vec![],
                recommendations: vec![],
                additional_context: Map::new(),
                policies: vec![],
                policy_digests: vec![],
            },
            grants: if mode == ExecutionMode::EpicsControl { vec![write_grant()] } else { vec![] },
            requirement: match a % 4 {
                0 => Some(Requirement::Proceed),
                1 => Some(Requirement::Rule { rule: "a rule".into() }),
                2 => Some(Requirement::Person { reason: "a reason".into() }),
                _ => None,
            },
            ms: 0,
        })),
        6 | 7 => Event::TicketOpened(Box::new(Ticket {
            ticket_id: id(b % 3),
            reason: String::new(),
            covers: {
                let mut covers = run.coverage().unwrap_or_else(|| coverage_of(some_code, mode));
                if a % 6 == 5 {
                    covers.grants.push(Grant::Net);
                }
                covers
            },
            created_at: at(now),
            expires_at: at(now + i64::from(a)),
        })),
        8 | 9 => Event::Decided {
            ticket,
            code: some_code,
            by: Principal("bob".into()),
            answer: match a % 6 {
                0 => Answer::Reject { reason: "no".into(), retry: false },
                3 => Answer::Reject { reason: "no".into(), retry: true },
                5 => Answer::Edit { code: code(b % 3) },
                _ => Answer::Approve,
            },
            comment: None,
        },
        10 => Event::Expired { ticket },
        11 => Event::ExecutionStarted {
            attempt,
            token: id(a % 7),
            owner: id(b % 3),
            code: some_code,
            effects: run.coverage().is_some_and(|c| c.grants.iter().any(Grant::is_effect)) != (a % 9 == 8),
            isolation: Isolation::Full,
            scope: if b % 7 == 6 { Scope::Rehearsal } else { Scope::Run },
        },
        12 => Event::ExecutionFinished {
            token,
            outcome: outcome(a.is_multiple_of(2).then(|| RunError::new(ErrorKind::Runtime, "no"))),
            output_sha256: Digest::of(b""),
            ms: 0,
        },
        13 => Event::Interrupted { token, cause: None },
        _ => match a % 4 {
            0 => Event::CancelRequested { by: Principal("carol".into()) },
            1 => Event::ChannelWriteIntended {
                token,
                n: u32::from(b % 3),
                write: ChannelWrite { name: "A".into(), value: json!(1) },
            },
            2 => Event::ExecutionFailed { token: Some(token), error: RunError::new(ErrorKind::Sandbox, "no") },
            _ => Event::Ended { state: State::ALL[usize::from(b % 10)], error: None },
        },
    }
}

fn coverage_of(code: CodeHash, mode: ExecutionMode) -> pyexec_service::event::Coverage {
    pyexec_service::event::Coverage { attempt: 1, code, mode, backend: "local".into(), inputs: vec![], grants: vec![] }
}

/// What must be true of the log before code may start: read from the events alone, without the pipeline's own bookkeeping.
fn oracle(accepted: &[Event], started: &Event, created: &Created) -> Result<(), String> {
    let Event::ExecutionStarted { attempt, code, scope, token, effects, .. } = started else { unreachable!() };
    let analysis = accepted.iter().rev().find_map(|event| match event {
        Event::Analyzed(analysis) if analysis.attempt == *attempt => Some(analysis),
        _ => None,
    });
    let analysis = analysis.ok_or("nothing was analysed")?;
    let must = |truth: bool, what: &str| if truth { Ok(()) } else { Err(what.to_owned()) };
    must(analysis.code == *code, "other code was analysed")?;
    must(analysis.decision.verdict != Verdict::Deny, "policy denies it")?;
    must(analysis.syntax_error.is_none(), "it does not compile")?;
    must(*scope == Scope::Run, "another scope")?;
    must(*effects == analysis.grants.iter().any(Grant::is_effect), "effects are misreported")?;
    must(created.request.mode.is_none_or(|ceiling| analysis.decision.mode <= ceiling), "above the ceiling")?;
    let used = accepted.iter().any(|e| matches!(e, Event::ExecutionStarted { token: t, .. } if t == token));
    must(!used, "the token was used")?;
    let made: Vec<_> = accepted.iter().filter_map(made).collect();
    let made = made.get(*attempt as usize - 1).ok_or("there is no such attempt")?;
    must(made.0 == Some(*code), "the attempt is about other code")?;
    let approved = (0..accepted.len()).any(|at| approves(accepted, at, *attempt, *code));
    let control = analysis.decision.mode == ExecutionMode::EpicsControl;
    match &analysis.requirement {
        Some(Requirement::Person { .. }) => must(approved, "no person approved"),
        Some(Requirement::Rule { .. }) => must(!control && !made.1, "a rule let EPICS_CONTROL or an edit through"),
        Some(Requirement::Proceed) => {
            must(!control && analysis.decision.verdict == Verdict::Allow, "an ask went through")
        }
        None => Err("the gate was not asked".into()),
    }
}

/// The code of the attempt that an event makes, and whether it is an edit.
fn made(event: &Event) -> Option<(Option<CodeHash>, bool)> {
    match event {
        Event::Generated { code, .. } => Some((Some(*code), false)),
        Event::GenerationFailed { .. } => Some((None, false)),
        Event::Decided { answer: Answer::Edit { code }, .. } => Some((Some(*code), true)),
        _ => None,
    }
}

/// Whether the event at `at` approves, on the ticket opened last, exactly this code of this attempt.
fn approves(accepted: &[Event], at: usize, attempt: u32, wanted: CodeHash) -> bool {
    let Event::Decided { ticket, code, answer: Answer::Approve, .. } = &accepted[at] else { return false };
    let asked = accepted[..at].iter().rev().find_map(|event| match event {
        Event::TicketOpened(ticket) => Some(ticket),
        _ => None,
    });
    let about =
        |asked: &Ticket| asked.ticket_id == *ticket && (asked.covers.attempt, asked.covers.code) == (attempt, wanted);
    *code == wanted && asked.is_some_and(|asked| about(asked))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_events_executes_without_a_matching_permit(
        given in any::<bool>(),
        ceiling in 0..5_usize,
        unattended in prop::bool::weighted(0.1),
        draws in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 1..120),
    ) {
        let created = created(given.then(|| code(0)), 3, ExecutionMode::ALL.get(ceiling).copied(), unattended);
        let mut run = pipeline::begin(id::<RunId>(255), at(0), created.clone());
        let mut accepted: Vec<Event> = vec![];
        let mut owners: HashSet<(Token, OwnerId)> = HashSet::new();
        for (now, (kind, a, b)) in draws.into_iter().enumerate() {
            let now = i64::try_from(now).unwrap();
            let event = event(kind, a, b, &run, now);
            let before = run.clone();
            if pipeline::apply(&mut run, at(now), &event).is_err() {
                prop_assert_eq!(&before, &run, "a refused event changes nothing");
                continue;
            }
            prop_assert!(before.ended.is_none(), "nothing follows the end");
            if let Event::ExecutionStarted { token, owner, .. } = &event {
                oracle(&accepted, &event, &created).map_err(TestCaseError::fail)?;
                let fresh = owners.iter().all(|(other, _)| other != token);
                prop_assert!(fresh, "two executions of one token");
                owners.insert((token.clone(), owner.clone()));
            }
            accepted.push(event);
            if let Step::Execute(permit) = pipeline::next(&run) {
                let coverage = run.coverage();
                prop_assert_eq!(Some(permit.coverage()), coverage.as_ref());
            }
            let running = run.attempts.iter().flat_map(|a| &a.executions).filter(|e| e.state == ExecutionState::Running);
            prop_assert!(running.count() <= 1, "two executions at once");
            let generated = accepted.iter().filter_map(made).filter(|(_, edit)| !edit).count();
            prop_assert!(generated <= if given { 1 } else { 3 }, "more attempts than were asked for");
        }
    }
}

/// The generator above must reach what it is meant to test.
#[test]
fn the_straight_way_executes() {
    let created = created(Some(code(0)), 1, None, false);
    let mut run = pipeline::begin(id::<RunId>(255), at(0), created);
    for (kind, a, b) in [(1, 0, 0), (4, 0, 0), (11, 0, 0), (12, 1, 0)] {
        let event = event(kind, a, b, &run, 1);
        pipeline::apply(&mut run, at(1), &event).unwrap();
    }
    assert_eq!(pipeline::next(&run), Step::Finish(pyexec_service::run::End { state: State::Done, error: None }));
}

#[test]
fn an_interrupted_run_with_effects_waits_for_a_person_and_one_without_runs_again() {
    for (mode, expected) in [(0, State::Running), (2, State::Interrupted)] {
        let created = created(Some(code(0)), 1, None, false);
        let mut run = pipeline::begin(id::<RunId>(255), at(0), created);
        // a = 6 is `allow` and `Person`, so both modes go the same way.
        let steps: [(u8, u8, u8); 7] =
            [(0, 0, 0), (1, 0, 0), (4, 6, mode), (6, 6, 0), (8, 1, 0), (0, 0, 0), (11, 0, 0)];
        for (kind, a, b) in steps {
            let event = event(kind, a, b, &run, 1);
            pipeline::apply(&mut run, at(1), &event).unwrap();
        }
        let interrupted = event(13, 0, 0, &run, 2);
        pipeline::apply(&mut run, at(2), &interrupted).unwrap();
        assert_eq!(run.state(), expected);
        assert_eq!(matches!(pipeline::next(&run), Step::Execute(_)), expected == State::Running);
    }
}

#[test]
fn a_cancellation_after_success_comes_too_late_and_one_after_a_failure_does_not() {
    for (a, expected) in [(1, State::Done), (0, State::Cancelled)] {
        let mut run = pipeline::begin(id::<RunId>(255), at(0), created(None, 3, None, false));
        for (kind, a, b) in [(1, 0, 0), (4, 0, 0), (11, 0, 0), (14, 0, 0), (12, a, 0)] {
            let event = event(kind, a, b, &run, 1);
            pipeline::apply(&mut run, at(1), &event).unwrap();
        }
        assert!(matches!(pipeline::next(&run), Step::Finish(end) if end.state == expected), "{expected}");
    }
}

#[test]
fn a_decision_wins_once_and_the_second_is_told_by_whom() {
    let created = created(Some(code(0)), 1, None, false);
    let mut run = pipeline::begin(id::<RunId>(255), at(0), created);
    for (kind, a, b) in [(1, 0, 0), (4, 6, 0), (6, 200, 0), (8, 1, 0)] {
        let event = event(kind, a, b, &run, 1);
        pipeline::apply(&mut run, at(1), &event).unwrap();
    }
    let again = Event::Decided {
        ticket: id::<TicketId>(0),
        code: code(0),
        by: Principal("dave".into()),
        answer: Answer::Approve,
        comment: None,
    };
    let error = pipeline::apply(&mut run, at(2), &again).unwrap_err();
    assert_eq!(error.0, "the ticket was approved by bob already");
}

#[test]
fn a_ticket_lapses_and_so_does_one_from_the_future() {
    for now in [1_000, -1_000] {
        let created = created(Some(code(0)), 1, None, false);
        let mut run = pipeline::begin(id::<RunId>(255), at(0), created);
        for (kind, a, b) in [(1, 0, 0), (4, 6, 0), (6, 200, 0)] {
            let event = event(kind, a, b, &run, 1);
            pipeline::apply(&mut run, at(1), &event).unwrap();
        }
        let late = event(8, 1, 0, &run, now);
        assert_eq!(pipeline::apply(&mut run, at(now), &late).unwrap_err().0, "the ticket has expired");
    }
}
