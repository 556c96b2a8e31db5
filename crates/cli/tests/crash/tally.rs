//! What all runs together came to.

use crate::{
    fault::{Aim, Side},
    schedule::{Planned, TRANSITIONS},
};
use std::{collections::BTreeMap, fmt};

/// So many faults of one kind must have been planned before it counts that none fired.
const ENOUGH: u32 = 8;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    runs: u32,
    /// Planned and fired, by the name of the fault.
    faults: BTreeMap<&'static str, (u32, u32)>,
    ends: BTreeMap<String, u32>,
    hits: BTreeMap<Aim, u32>,
}

impl Tally {
    pub(crate) fn add(&mut self, planned: &Planned, fired: bool, ends: impl Iterator<Item = String>) {
        self.runs += 1;
        let counted = self.faults.entry(planned.fault.name()).or_default();
        counted.0 += 1;
        counted.1 += u32::from(fired);
        if let Some(aim) = planned.aim.filter(|_| fired) {
            *self.hits.entry(aim).or_default() += 1;
        }
        for end in ends {
            *self.ends.entry(end).or_default() += 1;
        }
    }

    /// Transitions that were not hit from some side.
    pub(crate) fn missed(&self) -> Vec<String> {
        let all = TRANSITIONS.iter().flat_map(|(kind, ..)| Side::ALL.map(|side| Aim { kind, side }));
        all.filter(|aim| !self.hits.contains_key(aim)).map(|aim| format!("{} {:?}", aim.kind, aim.side)).collect()
    }

    /// Faults that were planned and never came to pass.
    pub(crate) fn never_fired(&self) -> Vec<&'static str> {
        self.faults
            .iter()
            .filter(|(_, (planned, fired))| *planned >= ENOUGH && *fired == 0)
            .map(|(name, _)| *name)
            .collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<26} {:>7} {:>7} {:>12}", "transition", "before", "after", "write error")?;
        for (kind, ..) in TRANSITIONS {
            let [before, after, error] =
                Side::ALL.map(|side| self.hits.get(&Aim { kind, side }).copied().unwrap_or_default());
            writeln!(f, "{kind:<26} {before:>7} {after:>7} {error:>12}")?;
        }
        writeln!(f, "\n{:<36} {:>7} {:>7}", "fault", "planned", "fired")?;
        for (name, (planned, fired)) in &self.faults {
            writeln!(f, "{name:<36} {planned:>7} {fired:>7}")?;
        }
        let ends: Vec<_> = self.ends.iter().map(|(state, n)| format!("{n} {state}")).collect();
        write!(f, "\n{} runs; ended {}", self.runs, ends.join(", "))
    }
}
