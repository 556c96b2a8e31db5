//! An executor whose code is a list of acts, a line each:
//!
//! ```text
//! results              leaves `results`                 write NAME NUMBER    writes a channel, and notes the reply
//! raise TEXT           fails as code does               read NAME            reads one, and notes the reply
//! print TEXT           puts text out                    late                 goes on after its call: asks for everything
//! touch FILE           leaves a file of the test's      hang, panic          never answers, panics
//! wait FILE            waits for one                    fail KIND            the machinery fails
//! release              asks for the code (again)        claim KIND           an outcome with such an error
//! ```

use super::{appears, note, obey};
use pyexec_core::{
    CodeExecutor, Digest, ErrorKind, Isolation, Outcome, PluginError, Result, RunError,
    connector::{ChannelRequest, ChannelWrite},
    executor::{ExecutionHost, ExecutorDescription, PreparedId, ReleaseRequest, Stream},
    order::{ExecuteOrder, PrepareOrder},
    outcome::{Ended, Results, Usage},
};
use serde::Deserialize;
use serde_json::{Map, json};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

pyexec_sdk::register_executor!("told", ToldExecutor);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExecutorConfig {
    notes: PathBuf,
    /// What it claims.
    #[serde(default = "full")]
    isolation: Isolation,
    /// Acts of `prepare`.
    #[serde(default)]
    preparing: String,
    /// How often `prepare` fails first.
    #[serde(default)]
    failures: u32,
    /// How often what was prepared has died before `execute`.
    #[serde(default)]
    dead: u32,
    /// Acts of `execute` before the release.
    #[serde(default)]
    before: String,
    /// Reports an outcome without having asked for the code.
    #[serde(default)]
    forges: bool,
    #[serde(default = "python")]
    python: String,
}

fn full() -> Isolation {
    Isolation::Full
}

fn python() -> String {
    "3.11.2".into()
}

struct ToldExecutor {
    config: ExecutorConfig,
    prepared: AtomicU32,
    executed: AtomicU32,
}

impl CodeExecutor for ToldExecutor {
    type Config = ExecutorConfig;

    fn create(config: ExecutorConfig) -> Result<Self> {
        Ok(Self { config, prepared: AtomicU32::new(0), executed: AtomicU32::new(0) })
    }

    async fn describe(&self, _: &ExecutionHost) -> Result<ExecutorDescription> {
        let (python, interpreter) = (self.config.python.clone(), "none".into());
        Ok(ExecutorDescription {
            python,
            interpreter,
            isolation: self.config.isolation,
            packages: [].into(),
            modules: vec![],
        })
    }

    async fn prepare(&self, _: PrepareOrder, host: &ExecutionHost) -> Result<PreparedId> {
        let n = self.prepared.fetch_add(1, Ordering::Relaxed);
        note(&self.config.notes, "prepared", &n.to_string());
        if n < self.config.failures {
            return Err(PluginError::new("sandbox", "not yet"));
        }
        self.act(&self.config.preparing, None, host).await?;
        Ok(PreparedId(n.to_string()))
    }

    async fn execute(&self, _: PreparedId, order: ExecuteOrder, host: &ExecutionHost) -> Result<Outcome> {
        if self.executed.fetch_add(1, Ordering::Relaxed) < self.config.dead {
            return Err(PluginError::new("sandbox", "the prepared process died while it waited"));
        }
        self.act(&self.config.before, Some(&order), host).await?;
        if self.config.forges {
            return Ok(outcome(Results::Dict { value: Map::new() }, None));
        }
        let file = host.release(&self.request(&order)).await?;
        let code = std::fs::read(&file.path).unwrap();
        assert_eq!(Digest::of(&code), file.sha256);
        note(&self.config.notes, "executions", order.token.as_str());
        self.act(&String::from_utf8_lossy(&code), Some(&order), host).await
    }

    async fn discard(&self, prepared: PreparedId) -> Result<()> {
        note(&self.config.notes, "discarded", &prepared.0);
        Ok(())
    }
}

impl ToldExecutor {
    fn request(&self, order: &ExecuteOrder) -> ReleaseRequest {
        let (token, code_sha256) = (order.token.clone(), order.code_sha256);
        ReleaseRequest { token, code_sha256, isolation: self.config.isolation }
    }

    async fn act(&self, acts: &str, order: Option<&ExecuteOrder>, host: &ExecutionHost) -> Result<Outcome> {
        let (mut results, mut error) = (Results::Missing, None);
        for line in acts.lines().filter(|line| !line.starts_with('#')) {
            let (act, rest) = line.split_once(' ').unwrap_or((line, ""));
            match act {
                "results" => results = Results::Dict { value: Map::from_iter([("x".to_owned(), json!(1))]) },
                "raise" => error = Some(RunError::new(ErrorKind::Runtime, rest).with_traceback("line 1")),
                "claim" => {
                    let kind = ErrorKind::ALL.iter().find(|kind| kind.name() == rest).unwrap();
                    error = Some(RunError::new(*kind, "claimed"));
                }
                "print" => host.output(Stream::Stdout, rest.as_bytes()).await?,
                "touch" => note(&self.config.notes, rest, ""),
                "wait" => appears(&self.config.notes, rest).await,
                "release" => {
                    let again = host.release(&self.request(order.unwrap())).await;
                    self.answered(again);
                }
                "write" => {
                    let (name, value) = rest.split_once(' ').unwrap();
                    let value = serde_json::from_str(value).unwrap();
                    let writes = vec![ChannelWrite { name: name.into(), value }];
                    let reply = host.channel(&ChannelRequest::Write { writes, timeout: None }).await;
                    self.answered(reply);
                }
                "read" => {
                    let reply = host.channel(&ChannelRequest::Read { name: rest.into(), timeout: None }).await;
                    self.answered(reply);
                }
                "late" => self.late(self.request(order.unwrap()), host.clone()),
                "fail" => return Err(PluginError::new(rest, "as it was told")),
                told => obey(told).await?,
            }
        }
        Ok(outcome(results, error))
    }

    fn answered(&self, reply: Result<impl serde::Serialize>) {
        let text = reply.map_or_else(|e| e.to_string(), |reply| serde_json::to_string(&reply).unwrap());
        note(&self.config.notes, "replies", &text);
    }

    /// Keeps the host, and asks it for everything once `go` is there.
    fn late(&self, request: ReleaseRequest, host: ExecutionHost) {
        let notes = self.config.notes.clone();
        tokio::spawn(async move {
            appears(&notes, "go").await;
            tokio::time::sleep(Duration::from_millis(1)).await;
            let channel = ChannelRequest::Read { name: "A".into(), timeout: None };
            let kinds = [
                host.release(&request).await.unwrap_err().kind,
                host.output(Stream::Stdout, b"late").await.unwrap_err().kind,
                host.channel(&channel).await.unwrap_err().kind,
            ];
            note(&notes, "late", &kinds.join(" "));
        });
    }
}

fn outcome(results: Results, error: Option<RunError>) -> Outcome {
    Outcome {
        ended: Ended::Exited { code: 0 },
        results,
        error,
        warnings: vec![],
        figures: vec![],
        artifacts: vec![],
        usage: Usage::default(),
        isolation: Isolation::Full,
        python: None,
        environment: None,
        refused: vec![],
    }
}
