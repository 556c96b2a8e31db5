//! Scenes that are more than a script.

use super::{
    behaviour::Given,
    expect::ensure,
    stage::{Stage, told},
    subject::{Boxed, Subject},
};
use crate::ExecutionHostFake;
use pyexec_core::{Isolation, PluginError, executor::PreparedId, outcome::Results};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Which.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Describes,
    DecodesSource,
    ReleaseRefused,
    CodeAltered,
    ExecutedTwice,
    ExecutedOtherwise,
    Discarded,
    NeverPrepared,
    IsolationNotAccepted,
    InputChanged,
    Waits,
    Cancelled,
    Concurrent,
    Separate,
    Revoked,
}

/// The longest that a scene waits for something that must happen.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(10);
/// Reads a channel for ever: as long as the host is asked, the code lives.
const BEATS: &str = "
from pyexec.runtime import read_channel
while True: read_channel('BEAT')
";

impl Act {
    pub(super) fn play(self, subject: &Subject) -> Boxed<'_, Result<(), String>> {
        match self {
            Self::Describes => Box::pin(describes(subject)),
            Self::DecodesSource => Box::pin(decodes_source(subject)),
            Self::ReleaseRefused => Box::pin(release_refused(subject)),
            Self::CodeAltered => Box::pin(code_altered(subject)),
            Self::ExecutedTwice => Box::pin(executed_twice(subject)),
            Self::ExecutedOtherwise => Box::pin(executed_otherwise(subject)),
            Self::Discarded => Box::pin(discarded(subject)),
            Self::NeverPrepared => Box::pin(never_prepared(subject)),
            Self::IsolationNotAccepted => Box::pin(isolation_not_accepted(subject)),
            Self::InputChanged => Box::pin(input_changed(subject)),
            Self::Waits => Box::pin(waits(subject)),
            Self::Cancelled => Box::pin(cancelled(subject)),
            Self::Concurrent => Box::pin(concurrent(subject)),
            Self::Separate => Box::pin(separate(subject)),
            Self::Revoked => Box::pin(revoked(subject)),
        }
    }
}

/// That something failed, with this kind.
fn is_error<T>(result: Result<T, PluginError>, kind: &str) -> Result<PluginError, String> {
    match result {
        Ok(_) => Err(format!("it succeeded, and was to fail as `{kind}`")),
        Err(error) if error.kind != kind => Err(format!("it failed otherwise than as `{kind}`: {}", told(&error))),
        Err(error) => Ok(error),
    }
}

fn never_released(stage: &Stage) -> Result<(), String> {
    ensure(stage.host.release_requests().is_empty(), || "the code was asked for".into())
}

async fn prepared(stage: &Stage) -> Result<PreparedId, String> {
    stage.prepare().await.map_err(|e| format!("`prepare` failed: {}", told(&e)))
}

async fn describes(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, "import sys\nresults = {'version': '.'.join(map(str, sys.version_info[:3]))}")?;
    let described = subject.executor.describe(&stage.host.host()).await.map_err(|e| told(&e))?;
    let seen = stage.run().await?;
    ensure(seen.results()? == json!({"version": described.python}), || {
        format!("it describes Python {}, and code sees {:?}", described.python, seen.outcome.results)
    })?;
    ensure(seen.outcome.python.as_ref() == Some(&described.python), || {
        format!("the outcome says Python {:?}", seen.outcome.python)
    })?;
    ensure(described.isolation == seen.outcome.isolation, || {
        format!("it describes `{:?}` and holds by `{:?}`", described.isolation, seen.outcome.isolation)
    })?;
    ensure(seen.outcome.usage.wall_ms < 60_000, || format!("it used {:?}", seen.outcome.usage))
}

async fn decodes_source(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, b"# -*- coding: latin-1 -*-\nresults = {'x': 'caf\xe9'}")?;
    let found = stage.run().await?.results()?;
    ensure(found == json!({"x": "café"}), || format!("the results are {found}"))
}

async fn release_refused(subject: &Subject) -> Result<(), String> {
    let mut stage = Stage::new(subject, "")?;
    stage.host = ExecutionHostFake::refusing("the permit was used before");
    let error = is_error(stage.try_run().await, "refused")?;
    ensure(error.message == "the permit was used before", || format!("the host's sentence is lost: {}", told(&error)))
}

async fn code_altered(subject: &Subject) -> Result<(), String> {
    let mut stage = Stage::new(subject, "")?;
    stage.host = ExecutionHostFake::altering("results = {'as': 'approved'}", "print('altered')");
    is_error(stage.try_run().await, "code_altered")?;
    ensure(stage.host.stdout().is_empty(), || "the altered code ran".into())
}

async fn executed_twice(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, "results = {'x': 1}")?;
    let id = prepared(&stage).await?;
    let first = stage.execute(id.clone(), stage.execute_order()).await.map_err(|e| told(&e))?;
    ensure(first.error.is_none(), || format!("it failed: {:?}", first.error))?;
    is_error(stage.execute(id, stage.execute_order()).await, "bad_request")?;
    ensure(stage.host.release_requests().len() == 1, || "the code was asked for again".into())
}

async fn executed_otherwise(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, "results = {'x': 1}")?;
    let id = prepared(&stage).await?;
    let mut other = stage.execute_order();
    other.prepare.limits.timeout_seconds += 1;
    is_error(stage.execute(id.clone(), other).await, "bad_request")?;
    is_error(stage.execute(id, stage.execute_order()).await, "bad_request")?;
    never_released(&stage)
}

async fn discarded(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, "results = {'x': 1}")?;
    let id = prepared(&stage).await?;
    stage.executor.discard(id.clone()).await.map_err(|e| format!("`discard` failed: {}", told(&e)))?;
    is_error(stage.execute(id.clone(), stage.execute_order()).await, "bad_request")?;
    stage.executor.discard(id).await.map_err(|e| format!("a second `discard` failed: {}", told(&e)))?;
    never_released(&stage)
}

async fn never_prepared(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, "results = {'x': 1}")?;
    let unknown = PreparedId("never prepared".into());
    is_error(stage.execute(unknown, stage.execute_order()).await, "bad_request")?;
    never_released(&stage)
}

async fn isolation_not_accepted(subject: &Subject) -> Result<(), String> {
    let mut stage = Stage::new(subject, "results = {'x': 1}")?;
    let all = [Isolation::Full, Isolation::Reduced, Isolation::Container, Isolation::Endpoint, Isolation::None];
    stage.order.accept_isolation = all.into_iter().filter(|level| *level != subject.isolation).collect();
    is_error(stage.try_run().await, "isolation_not_acceptable")?;
    never_released(&stage)
}

async fn input_changed(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, "results = {'x': 1}")?.given(&[Given::Input("series.csv", b"1,2\n")])?;
    let [input] = stage.order.inputs.as_slice() else { return Err("there is no input".into()) };
    std::fs::write(&input.staged, "1,3\n").map_err(|e| e.to_string())?;
    let error = is_error(stage.try_run().await, "bad_file")?;
    ensure(error.message.contains("series.csv"), || format!("the input is not named: {}", told(&error)))?;
    never_released(&stage)
}

/// What is prepared waits for a person, longer than any limit.
async fn waits(subject: &Subject) -> Result<(), String> {
    let limits = |limits: &mut pyexec_core::order::Limits| {
        limits.timeout_seconds = 3;
        limits.cpu_seconds = 3;
    };
    let stage = Stage::new(subject, "results = {'x': 1}")?.given(&[Given::Limits(limits)])?;
    let id = prepared(&stage).await?;
    tokio::time::sleep(Duration::from_millis(3200)).await; // the time itself is what is tried
    let outcome = stage.execute(id, stage.execute_order()).await.map_err(|e| told(&e))?;
    let ran = outcome.error.is_none() && matches!(outcome.results, Results::Dict { .. });
    ensure(ran, || format!("it failed: {:?}, {:?}", outcome.error, outcome.results))?;
    ensure(outcome.usage.wall_ms < 3200, || format!("its waiting was counted: {:?}", outcome.usage))
}

/// Whether nobody asks for the channel any more: its count stays for many beats.
async fn falls_silent(stage: &Stage) -> bool {
    let count = || stage.host.channel_requests().len();
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let (before, quiet) = (count(), Instant::now() + Duration::from_secs(1));
        while Instant::now() < quiet && count() == before {
            tokio::time::sleep(PAUSE).await;
        }
        if count() == before {
            return true;
        }
    }
    false
}

async fn beats(stage: &Stage) {
    while stage.host.channel_requests().len() < 3 {
        tokio::time::sleep(PAUSE).await;
    }
}

async fn cancelled(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, BEATS)?.given(&[Given::Channel("BEAT", 1.0)])?;
    let id = prepared(&stage).await?;
    tokio::select! {
        outcome = stage.execute(id, stage.execute_order()) => return Err(format!("it ended by itself: {outcome:?}")),
        () = beats(&stage) => {} // and the call is dropped
    }
    ensure(falls_silent(&stage).await, || "the code goes on after its call was dropped".into())
}

/// The host is over while the code runs: whatever `execute` says, it ends, and so does the code.
async fn revoked(subject: &Subject) -> Result<(), String> {
    let stage = Stage::new(subject, format!("print('before', flush=True){BEATS}"))?;
    let stage = stage.given(&[Given::Channel("BEAT", 1.0)])?;
    let id = prepared(&stage).await?;
    let mut running = Box::pin(stage.execute(id, stage.execute_order()));
    tokio::select! {
        outcome = &mut running => return Err(format!("it ended by itself: {outcome:?}")),
        () = beats(&stage) => stage.host.revoke(),
    }
    let ended = running.await;
    let succeeded = ended.is_ok_and(|outcome| outcome.error.is_none());
    ensure(!succeeded, || "it succeeded without a host".into())?;
    ensure(falls_silent(&stage).await, || "the code goes on without its host".into())
}

async fn concurrent(subject: &Subject) -> Result<(), String> {
    let mut runs = JoinSet::new();
    for number in 0..8 {
        runs.spawn(one_of_many(subject.clone(), number));
    }
    while let Some(run) = runs.join_next().await {
        run.map_err(|e| e.to_string())??;
    }
    Ok(())
}

async fn one_of_many(subject: Subject, number: usize) -> Result<(), String> {
    let code = format!(
        "import os\nnumber = {number}\nprint('this is', number)\nassert not os.path.exists('mine.txt')\n\
         open('mine.txt', 'w').write(str(number))\nresults = {{'x': number}}"
    );
    let stage = Stage::new(&subject, code)?;
    let seen = stage.run().await?;
    let (found, stdout) = (seen.results()?, seen.stdout());
    ensure(found == json!({"x": number}) && stdout == format!("this is {number}\n"), || {
        format!("number {number} got {found} and {stdout:?}")
    })?;
    let mine = std::fs::read_to_string(stage.order.folder.join("artifacts/mine.txt"));
    ensure(mine.as_ref().is_ok_and(|text| *text == number.to_string()), || format!("number {number} left {mine:?}"))
}

/// What one run leaves in its interpreter, its environment and its folder is not there in the next.
async fn separate(subject: &Subject) -> Result<(), String> {
    let leaves = "import builtins, os, json\nbuiltins.left = 1\nos.environ['LEFT'] = '1'\njson.left = 1\n\
                  open('left.txt', 'w').write('1')\nresults = {}";
    let looks = "import builtins, os, json\nresults = {'left': [hasattr(builtins, 'left'), 'LEFT' in os.environ, \
                 hasattr(json, 'left'), os.path.exists('left.txt')]}";
    Stage::new(subject, leaves)?.run().await?.results()?;
    let stage = Stage::new(subject, looks)?;
    let found = stage.run().await?.results()?;
    ensure(found == json!({"left": [false, false, false, false]}), || format!("it found {found}"))
}
