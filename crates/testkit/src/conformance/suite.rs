//! Runs the table.

use super::{
    behaviour::{Behaviour, Scene},
    expect::{Expect, ensure},
    stage::{Stage, told},
    subject::{Manner, Refusal, Subject},
    table::behaviours,
};
use std::{fmt, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, task::JoinSet};

/// At the same time.
const AT_ONCE: usize = 4;
/// Far beyond what any takes on a loaded machine: what comes later hangs.
const PATIENCE: Duration = Duration::from_mins(4);

/// What became of each behaviour, in the order of the table.
#[derive(Debug)]
pub struct Report(Vec<(&'static str, Result<(), String>)>);

impl Report {
    /// The behaviours that do not hold, with what was seen.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().filter_map(|(name, result)| Some((*name, result.as_ref().err()?.as_str())))
    }

    /// How many were examined.
    pub fn examined(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failures().count();
        writeln!(f, "{} behaviours, {failed} of them do not hold", self.examined())?;
        self.failures().try_for_each(|(name, why)| writeln!(f, "  {name}: {why}"))
    }
}

/// Examines all, a few at the same time. Needs a tokio runtime with time.
pub async fn run(subject: &Subject) -> Report {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut examinations = JoinSet::new();
    for (number, behaviour) in behaviours().enumerate() {
        let (subject, turns) = (subject.clone(), Arc::clone(&turns));
        examinations.spawn(async move {
            let turn = turns.acquire_owned().await;
            let examined = tokio::time::timeout(PATIENCE, examine(&subject, behaviour)).await;
            drop(turn);
            let result = examined.unwrap_or_else(|_| Err(format!("it did not end within {} s", PATIENCE.as_secs())));
            (number, behaviour.name, result)
        });
    }
    let mut results = Vec::new();
    while let Some(result) = examinations.join_next().await {
        // a panic is the executor's: nothing of the suite panics
        results.push(result.unwrap_or_else(|e| (usize::MAX, "a panic", Err(e.to_string()))));
    }
    for refusal in subject.refuses.iter().filter(|refusal| behaviours().all(|known| known.name != refusal.behaviour)) {
        results.push((usize::MAX, refusal.behaviour, Err("there is no such behaviour to refuse".into())));
    }
    results.sort_by_key(|(number, ..)| *number);
    Report(results.into_iter().map(|(_, name, result)| (name, result)).collect())
}

async fn examine(subject: &Subject, behaviour: &Behaviour) -> Result<(), String> {
    let refusal = subject.refuses.iter().find(|refusal| refusal.behaviour == behaviour.name);
    match (behaviour.scene, refusal) {
        (Scene::Script(code, given, expect), None) => {
            let stage = Stage::new(subject, code)?.given(given)?;
            let seen = stage.run().await?;
            expect.iter().try_for_each(|expect| expect.check(&seen))
        }
        (Scene::Script(code, given, _), Some(refusal)) => {
            let stage = Stage::new(subject, code)?.given(given)?;
            match refusal.manner {
                Manner::Refused(kind) => is_refused(&stage, kind, refusal).await,
                Manner::Warned => Expect::Warns(refusal.says).check(&stage.run().await?),
            }
        }
        (Scene::Act(act), None) => act.play(subject).await,
        (Scene::Act(_), Some(_)) => Err("this is asked of every executor: it cannot be refused".into()),
    }
}

/// With its own sentence, and before there is anything to run.
async fn is_refused(stage: &Stage, kind: &str, refusal: &Refusal) -> Result<(), String> {
    let error = match stage.try_run().await {
        Ok(outcome) => return Err(format!("it was to be refused, and ran: {:?}", outcome.ended)),
        Err(error) => error,
    };
    ensure(error.kind == kind && error.message.contains(refusal.says), || {
        format!("it was to be refused as `{}` with {:?}, not so: {}", kind, refusal.says, told(&error))
    })?;
    ensure(stage.host.release_requests().is_empty(), || "the code was asked for before it was refused".into())
}
