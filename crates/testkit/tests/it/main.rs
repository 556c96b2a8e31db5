//! The conformance suite itself: that it finds what is missing, and believes nobody.

use pyexec_core::{
    CodeExecutor, Isolation, Outcome, PluginError, Result,
    executor::{ExecutionHost, ExecutorDescription, PreparedId, ReleaseRequest},
    order::{ExecuteOrder, PrepareOrder},
    outcome::{Ended, Results, Usage},
};
use pyexec_testkit::conformance::{self, Manner, Refusal, Report, Subject, behaviours};
use std::collections::BTreeSet;

/// Asks for every code and runs none.
struct Idle;

impl CodeExecutor for Idle {
    type Config = ();

    fn create((): ()) -> Result<Self> {
        Ok(Self)
    }

    async fn describe(&self, _: &ExecutionHost) -> Result<ExecutorDescription> {
        Ok(ExecutorDescription {
            python: "3.11.0".into(),
            interpreter: "none".into(),
            isolation: Isolation::Full,
            packages: [].into(),
            modules: Vec::new(),
        })
    }

    async fn prepare(&self, _: PrepareOrder, _: &ExecutionHost) -> Result<PreparedId> {
        Ok(PreparedId("idle".into()))
    }

    async fn execute(&self, _: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        let request = ReleaseRequest { token: order.token, code_sha256: order.code_sha256, isolation: Isolation::Full };
        host.release(&request).await?;
        Ok(Outcome {
            ended: Ended::Exited { code: 0 },
            results: Results::Missing,
            error: None,
            warnings: Vec::new(),
            figures: Vec::new(),
            artifacts: Vec::new(),
            usage: Usage::default(),
            isolation: Isolation::Full,
            python: None,
            environment: None,
            refused: Vec::new(),
        })
    }

    async fn discard(&self, _: PreparedId) -> Result<()> {
        Ok(())
    }
}

/// Prepares nothing.
struct Refusing;

impl CodeExecutor for Refusing {
    type Config = ();

    fn create((): ()) -> Result<Self> {
        Ok(Self)
    }

    async fn describe(&self, host: &ExecutionHost) -> Result<ExecutorDescription> {
        Idle.describe(host).await
    }

    async fn prepare(&self, _: PrepareOrder, _: &ExecutionHost) -> Result<PreparedId> {
        Err(PluginError::new("bad_request", "the moon is not full"))
    }

    async fn execute(&self, prepared: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        Idle.execute(prepared, order, host).await
    }

    async fn discard(&self, _: PreparedId) -> Result<()> {
        Ok(())
    }
}

/// The behaviours that hold.
fn held(report: &Report) -> Vec<&'static str> {
    let failed: BTreeSet<_> = report.failures().map(|(name, _)| name).collect();
    behaviours().map(|behaviour| behaviour.name).filter(|name| !failed.contains(name)).collect()
}

#[tokio::test]
async fn who_runs_nothing_shows_nothing() {
    let report = conformance::run(&Subject::new(Idle, Isolation::Full)).await;
    assert_eq!(report.examined(), behaviours().count());
    assert_eq!(held(&report), ["results_missing", "nothing_at_all", "release_refused"], "{report}");
    assert_eq!(report.to_string().lines().count(), report.failures().count() + 1);
}

const HONEST: &[Refusal] = &[
    Refusal { behaviour: "timeout", manner: Manner::Refused("bad_request"), says: "moon" },
    Refusal { behaviour: "network_is_granted", manner: Manner::Refused("bad_request"), says: "sun" },
    Refusal { behaviour: "process_limit", manner: Manner::Refused("sandbox"), says: "moon" },
    Refusal { behaviour: "cancelled", manner: Manner::Refused("bad_request"), says: "moon" },
    Refusal { behaviour: "input_by_path", manner: Manner::Warned, says: "moon" },
    Refusal { behaviour: "moonwalk", manner: Manner::Refused("bad_request"), says: "moon" },
];

#[tokio::test]
async fn a_refusal_counts_as_it_was_announced_only() {
    let report = conformance::run(&Subject::new(Refusing, Isolation::Full).refuses(HONEST)).await;
    assert_eq!(held(&report), ["timeout"], "another sentence, another kind, or none to be refused");
    let said = |name: &str| report.failures().find(|(failed, _)| *failed == name).unwrap().1.to_owned();
    assert!(said("cancelled").contains("cannot be refused"));
    assert!(said("moonwalk").contains("no such behaviour"));
    assert!(said("recursion").contains("moon"));
}

#[tokio::test]
async fn what_was_to_be_refused_and_runs_is_found() {
    let report = conformance::run(&Subject::new(Idle, Isolation::Full).refuses(HONEST)).await;
    let said = |name: &str| report.failures().find(|(failed, _)| *failed == name).unwrap().1.to_owned();
    assert!(said("timeout").contains("was to be refused, and ran"));
    assert!(said("input_by_path").contains("no warning"));
}
