//! An executor that runs nothing and abuses its host.

use pyexec_core::{
    CodeExecutor, Isolation, Outcome, PluginError, Result,
    executor::{ExecutionHost, ExecutorDescription, PreparedId, ReleaseRequest},
    order::{ExecuteOrder, PrepareOrder},
    outcome::{Ended, Results, Usage},
};
use serde::Deserialize;
use serde_json::{Map, json};
use std::future;

/// What an execution does.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    execution: Execution,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Execution {
    /// Claims success without ever having asked for the code.
    #[default]
    NeverRelease,
    /// Asks for the code twice and tells what became of it.
    ReleaseTwice,
    /// Cannot prepare.
    FailInPrepare,
    Panic,
    Hang,
}

struct Faulty(Execution);

impl CodeExecutor for Faulty {
    type Config = Config;

    fn create(config: Config) -> Result<Self> {
        Ok(Self(config.execution))
    }

    async fn describe(&self, _host: &ExecutionHost) -> Result<ExecutorDescription> {
        Ok(ExecutorDescription {
            python: "3.11.0".into(),
            interpreter: "none".into(),
            isolation: Isolation::Full,
            packages: [].into(),
            modules: vec![],
        })
    }

    async fn prepare(&self, order: PrepareOrder, _host: &ExecutionHost) -> Result<PreparedId> {
        match self.0 {
            Execution::FailInPrepare => Err(PluginError::new("sandbox", "there is no sandbox here")),
            _ => Ok(PreparedId(order.run_id.to_string())),
        }
    }

    async fn execute(&self, _prepared: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        let request = ReleaseRequest { token: order.token, code_sha256: order.code_sha256, isolation: Isolation::Full };
        match self.0 {
            Execution::NeverRelease | Execution::FailInPrepare => Ok(success(&[])),
            Execution::ReleaseTwice => {
                let releases = [host.release(&request).await, host.release(&request).await];
                Ok(success(&releases.map(|release| release.map_or_else(|e| e.to_string(), |_| "released".into()))))
            }
            Execution::Panic => panic!("no luck in an execution"),
            Execution::Hang => future::pending().await,
        }
    }

    async fn discard(&self, _prepared: PreparedId) -> Result<()> {
        Ok(())
    }
}

fn success(releases: &[String]) -> Outcome {
    Outcome {
        ended: Ended::Exited { code: 0 },
        results: Results::Dict { value: Map::from_iter([("releases".to_owned(), json!(releases))]) },
        error: None,
        warnings: Vec::new(),
        figures: Vec::new(),
        artifacts: Vec::new(),
        usage: Usage::default(),
        isolation: Isolation::Full,
        python: None,
        environment: None,
        refused: vec![],
    }
}

pyexec_sdk::register_executor!("faulty", Faulty);
