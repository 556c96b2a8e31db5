//! Which fault a run gets: first every transition from every side, then whatever the dice say.

use crate::{
    dice::Dice,
    fault::{Aim, Fault, Side, Victim},
    scenario::{Act, Scenario},
};
use std::{collections::BTreeMap, time::Duration};

/// Every persisted transition, and an act that makes it for the first time in its run.
pub(crate) const TRANSITIONS: [(&str, Scenario, usize); 18] = [
    ("created", Scenario::Given, 0),
    ("claimed", Scenario::Given, 0),
    ("abandoned", Scenario::Given, 0),
    ("generated", Scenario::Retries, 0),
    ("generation_failed", Scenario::NoCode, 0),
    ("analyzed", Scenario::Given, 0),
    ("ticket_opened", Scenario::Output, 0),
    ("decided", Scenario::Output, 1),
    ("expired", Scenario::Expiry, 1),
    ("execution_started", Scenario::Output, 1),
    ("channel_write_intended", Scenario::Channels, 1),
    ("channel_write_ended", Scenario::Channels, 1),
    ("channel_write_refused", Scenario::BeyondLimits, 1),
    ("execution_finished", Scenario::Output, 1),
    ("execution_failed", Scenario::Cancel, 0),
    ("interrupted", Scenario::Resume, 1),
    ("cancel_requested", Scenario::Cancel, 1),
    ("ended", Scenario::Given, 0),
];

/// How many operations an act does when nothing goes wrong.
pub(crate) type Counts = BTreeMap<(Scenario, usize), u64>;

/// What is done to one run.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) scenario: Scenario,
    /// Which act it is done to.
    pub(crate) slot: usize,
    pub(crate) fault: Fault,
    pub(crate) aim: Option<Aim>,
}

impl Planned {
    /// The scenario as it goes when nothing goes wrong.
    pub(crate) const fn control(scenario: Scenario) -> Self {
        Self { scenario, slot: 0, fault: Fault::None, aim: None }
    }
}

/// Which scenario run `k` is, without knowing counts.
pub(crate) fn scenario(seed: u64, k: u32) -> Scenario {
    match aimed(k) {
        Some((_, scenario, _)) => scenario,
        None => Dice::of_run(seed, k).pick(&Scenario::ALL),
    }
}

/// Run `k` of a seed.
pub(crate) fn planned(seed: u64, k: u32, counts: &Counts, nth: Option<u64>) -> Planned {
    if let Some((aim, scenario, slot)) = aimed(k) {
        return Planned { scenario, slot, fault: at_transition(aim), aim: Some(aim) };
    }
    let mut dice = Dice::of_run(seed, k);
    let scenario = dice.pick(&Scenario::ALL);
    let acts = scenario.acts();
    let slots: Vec<_> = (0..acts.len()).filter(|slot| !matches!(acts[*slot], Act::SubmitKilled(_))).collect();
    let slot = dice.pick(&slots);
    let thrown = dice.below(counts.get(&(scenario, slot)).copied().unwrap_or(200).max(1)) + 1;
    let nth = nth.unwrap_or(thrown);
    let layer = |rule: &str, name| Fault::Layer { plan: format!("{rule}nth={nth}"), name };
    let few = |divisor: u64| 1 + nth / divisor;
    let fault = match dice.below(100) {
        0..22 => layer("kill-before@", "kill before an operation"),
        22..42 => layer("kill-after@", "kill after an operation"),
        42..54 => layer("eio@", "input/output error"),
        54..62 => Fault::Layer { plan: format!("eio@sync,nth={}", few(8)), name: "sync error" },
        62..70 => layer("enospc@", "disk full from an operation on"),
        70..76 => Fault::Layer { plan: format!("short@nth={}", few(2)), name: "short write" },
        76..84 => Fault::SmallDisk { room_kib: 4 + dice.below(if slot == 0 { 300 } else { 100 }) },
        84..90 => Fault::Strike { victim: Victim::Host, after: Duration::from_millis(dice.below(700)) },
        _ => Fault::Strike {
            victim: dice.pick(&[Victim::Outer, Victim::Init, Victim::Code]),
            after: Duration::from_millis(dice.below(300)),
        },
    };
    Planned { scenario, slot, fault, aim: None }
}

fn aimed(k: u32) -> Option<(Aim, Scenario, usize)> {
    let k = usize::try_from(k).ok()?;
    let side = *Side::ALL.get(k / TRANSITIONS.len())?;
    let (kind, scenario, slot) = TRANSITIONS[k % TRANSITIONS.len()];
    Some((Aim { kind, side }, scenario, slot))
}

fn at_transition(aim: Aim) -> Fault {
    let (action, name) = match aim.side {
        Side::Before => ("kill-before", "kill before a transition"),
        Side::After => ("kill-after", "kill after a transition"),
        Side::WriteError => ("eio", "error in a transition"),
    };
    let rule = format!("{action}@row={}", aim.kind);
    // A process abandons a run when it lives and cannot go on: its findings are not stored.
    let cause = if aim.kind == "abandoned" { "eio@past=claimed,in=/blobs/incoming/;" } else { "" };
    Fault::Layer { plan: format!("{cause}{rule}"), name }
}
