//! The acts of a scenario, one of them with a fault.

use crate::{
    Broken,
    case::{Case, Running},
    fault::{Aim, Fault, Side, Victim},
    judge::{Met, judge},
    layer::Report,
    record,
    scenario::{Act, Scenario},
    schedule::Planned,
};
use pyexec_service::store::RunHead;
use std::{
    thread,
    time::{Duration, Instant},
};

/// The longest that the harness waits for something that must happen.
const PATIENCE: Duration = Duration::from_mins(1);

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Performed {
    /// Whether the fault came to pass.
    pub(crate) fired: bool,
    /// Runs that a command printed.
    pub(crate) acknowledged: Vec<String>,
}

/// A command that was met by something, and is not judged yet.
struct Beside {
    running: Running,
    met: Met,
}

/// `pyexec run …` of a scenario.
pub(crate) fn submission(scenario: Scenario) -> Vec<&'static str> {
    match scenario.code(0.0, "") {
        Some(_) => vec!["run", "--code", "script.py", "--json"],
        None => vec!["run", "a question", "--json"],
    }
}

/// Performs every act; then the fault is over.
pub(crate) fn perform(case: &Case, planned: &Planned) -> Result<Performed, Broken> {
    let mut done = Performed::default();
    let mut beside: Vec<Beside> = vec![];
    let mut ticket = None;
    for (slot, act) in planned.scenario.acts().iter().enumerate() {
        let seen = if slot == 0 { None } else { latest(case) };
        let run = seen.as_ref().map(|head| head.run_id.to_string());
        ticket = ticket.or_else(|| waiting(seen.as_ref()?));
        let arguments = match act {
            Act::Submit | Act::SubmitBeside | Act::SubmitKilled(_) => Some(submission(planned.scenario)),
            Act::Approve | Act::ApproveBeside => ticket.as_deref().map(|t| vec!["approvals", "approve", t, "--json"]),
            Act::ApproveTooLate => {
                lapse(seen.as_ref());
                ticket.as_deref().map(|t| vec!["approvals", "approve", t, "--json"])
            }
            Act::Reject => ticket.as_deref().map(|t| vec!["approvals", "reject", t, "--reason", "no", "--json"]),
            Act::Resume | Act::ResumeBeside => run.as_deref().map(|r| vec!["runs", "resume", r, "--json"]),
            Act::Cancel => run.as_deref().map(|r| vec!["runs", "cancel", r, "--json"]),
        };
        // Nothing to act on: an earlier act was met too early.
        let Some(arguments) = arguments else { continue };
        let armed = slot == planned.slot && !matches!(act, Act::SubmitKilled(_));
        let mut running =
            Beside { running: start(case, planned, slot, *act, armed, &arguments)?, met: met(planned, *act, armed) };
        if let Fault::Strike { victim, after } = &planned.fault
            && armed
        {
            done.fired = running.running.strike(*victim, *after)?;
        }
        match act {
            Act::SubmitBeside => {
                until_it_runs(case, &mut running.running);
                beside.push(running);
            }
            Act::ApproveBeside | Act::ResumeBeside => beside.push(running),
            _ => {
                let said = running.running.end()?;
                done.acknowledged.extend(judge(&said, running.met)?);
            }
        }
    }
    for Beside { running, met } in beside {
        done.acknowledged.extend(judge(&running.end()?, met)?);
    }
    if let Fault::SmallDisk { .. } = planned.fault {
        done.fired = case.is_full();
        case.widen()?;
    }
    if let Fault::Layer { plan, .. } = &planned.fault {
        let report = Report::read(&case.report(planned.slot));
        let rules = plan.split(';').count();
        done.fired = report.fired.len() >= rules;
        if let Some(aim) = planned.aim {
            hit(case, aim, done.fired, &report)?;
        }
    }
    Ok(done)
}

fn start(
    case: &Case,
    planned: &Planned,
    slot: usize,
    act: Act,
    armed: bool,
    arguments: &[&str],
) -> Result<Running, Broken> {
    if let Fault::SmallDisk { room_kib } = planned.fault
        && armed
    {
        case.shrink(room_kib)?;
    }
    let killed;
    let plan = match (&planned.fault, act) {
        (_, Act::SubmitKilled(kind)) => {
            killed = format!("kill-after@row={kind}");
            Some(killed.as_str())
        }
        (Fault::None, _) => Some(""),
        (Fault::Layer { plan, .. }, _) if armed => Some(plan.as_str()),
        _ => None,
    };
    case.start(arguments, plan.map(|plan| (plan, slot)))
}

fn met(planned: &Planned, act: Act, armed: bool) -> Met {
    match &planned.fault {
        _ if matches!(act, Act::SubmitKilled(_)) => Met::Killed,
        // The disk stays small for whoever works beside.
        Fault::SmallDisk { .. } => Met::DiskError,
        _ if !armed => Met::Nothing,
        Fault::None => Met::Nothing,
        Fault::Strike { victim: Victim::Host, .. } => Met::Killed,
        Fault::Strike { .. } => Met::Sandbox,
        Fault::Layer { plan, .. } => {
            if plan.contains("kill-") {
                Met::Killed
            } else {
                Met::DiskError
            }
        }
    }
}

/// A fault that is aimed at a transition has hit it, and on the right side.
fn hit(case: &Case, aim: Aim, fired: bool, report: &Report) -> Result<(), Broken> {
    if !fired {
        return Err(Broken(format!("the fault at `{}` did not fire: {report:?}", aim.kind)));
    }
    let records = record::read(case)?;
    let happened = records.iter().any(|record| record.kinds.iter().any(|kind| kind == aim.kind));
    match aim.side {
        Side::Before if happened => Err(Broken(format!("killed before `{}`, and the log has it", aim.kind))),
        Side::After if !happened => Err(Broken(format!("killed after `{}`, and the log has it not", aim.kind))),
        _ => Ok(()),
    }
}

/// The latest run, if the store can be read and has one.
fn latest(case: &Case) -> Option<RunHead> {
    record::read(case).ok()?.into_iter().next().map(|record| record.head)
}

fn waiting(head: &RunHead) -> Option<String> {
    head.ticket.as_ref().filter(|_| head.state == "waiting").map(ToString::to_string)
}

/// Until the code was released, or nobody is there who could.
fn until_it_runs(case: &Case, running: &mut Running) {
    let deadline = Instant::now() + PATIENCE;
    let started =
        || record::read(case).is_ok_and(|all| all.iter().any(|r| r.kinds.iter().any(|k| k == "execution_started")));
    while !running.is_over() && !started() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
}

/// Until the ticket has lapsed, if there is one.
fn lapse(head: Option<&RunHead>) {
    let Some(at) = head.and_then(|head| head.ticket_expires_at.as_ref()) else { return };
    // Not as text: with its zeros left out, a whole second comes after its fractions.
    let Ok(at) = at.parse::<jiff::Timestamp>() else { return };
    while pyexec_service::now() <= at {
        thread::sleep(Duration::from_millis(20));
    }
}
