//! Components that do as they are told, by their configuration or by the code itself.
//!
//! Code here is no Python. Its first line may be `#!` and the policy decision about it as JSON (`allow` in `READ_ONLY`
//! without one); each other line is one act of the executor's, see [`executor`].
#![expect(clippy::unwrap_used, reason = "what tests share may panic as they do")]

mod executor;

use pyexec_core::{
    ApprovalGate, Code, CodeGenerator, Connector, DomainAnalyzer, ExecutionMode, PluginError, PolicyAnalyzer,
    PolicyDecision, Result, Verdict,
    approval_gate::{GateRequest, Requirement},
    connector::{ChannelValue, ConnectorRead, ConnectorWrite, WriteReport},
    domain_analyzer::{AnalysisReport, AnalysisRequest},
    generator::{COST_USD, GeneratedCode, GenerationRequest, NO_CODE, NO_RETRY, SavedPrompt, environment},
    host::HostContext,
    policy_analyzer::PolicyRequest,
};
use serde::Deserialize;
use serde_json::{Map, json};
use std::{future::pending, io::Write as _, path::PathBuf, time::Duration};

pyexec_sdk::register_generator!("told", ToldGenerator);
pyexec_sdk::register_domain_analyzer!("told", ToldDomain);
pyexec_sdk::register_policy_analyzer!("told", ToldPolicy);
pyexec_sdk::register_approval_gate!("told", ToldGate);
pyexec_sdk::register_connector!("stubborn", Stubborn);

/// Hangs or fails, if it is told so; `hang`, `panic`, or the kind of an error.
async fn obey(told: &str) -> Result<()> {
    match told {
        "" => Ok(()),
        "hang" => pending().await,
        "panic" => panic!("as it was told"),
        kind => Err(PluginError::new(kind, "as it was told")),
    }
}

/// Appends a line to a file of the test's.
pub(crate) fn note(folder: &std::path::Path, name: &str, line: &str) {
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(folder.join(name)).unwrap();
    writeln!(file, "{line}").unwrap();
}

/// Waits for a file of the test's.
pub(crate) async fn appears(folder: &std::path::Path, name: &str) {
    while !folder.join(name).exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeneratorConfig {
    notes: PathBuf,
    /// By attempt; the last one stays. `!hang`, `!panic`, `!KIND` do that; one that ends with `# last` says that there is no
    /// other code; `?why` is an answer without code that cost half a dollar, `~KIND` an error after something was said; `@` asks for
    /// the environment first.
    replies: Vec<String>,
}

struct ToldGenerator(GeneratorConfig);

impl CodeGenerator for ToldGenerator {
    type Config = GeneratorConfig;

    fn create(config: GeneratorConfig) -> Result<Self> {
        Ok(Self(config))
    }

    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        note(&self.0.notes, "generations", &serde_json::to_string(&request).unwrap());
        let at = usize::try_from(request.attempt).unwrap().min(self.0.replies.len()) - 1;
        let reply = &self.0.replies[at];
        if let Some(told) = reply.strip_prefix('!') {
            obey(told).await?;
        }
        let prompts = vec![SavedPrompt { name: "../answer".into(), text: reply.clone() }];
        if let Some(why) = reply.strip_prefix('?') {
            let metadata = json!({NO_CODE: why, COST_USD: 0.5}).as_object().cloned().unwrap();
            return Ok(GeneratedCode { code: Code::from(""), metadata, prompts });
        }
        if let Some(kind) = reply.strip_prefix('~') {
            let metadata = json!({COST_USD: null}).as_object().cloned().unwrap();
            let error = PluginError::new(kind, "as it was told").with_help("tell it something else");
            return Ok(GeneratedCode::failed(&error, metadata, prompts));
        }
        if reply.starts_with('@') {
            note(&self.0.notes, "worlds", &environment(host).await?.python);
        }
        let last = reply.ends_with("# last");
        let metadata = last.then(|| (NO_RETRY.to_owned(), true.into())).into_iter().collect();
        Ok(GeneratedCode { code: Code::from(reply.as_str()), metadata, prompts })
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Told {
    told: String,
}

struct ToldDomain(Told);

impl DomainAnalyzer for ToldDomain {
    type Config = Told;

    fn create(told: Told) -> Result<Self> {
        Ok(Self(told))
    }

    async fn analyze(&self, request: AnalysisRequest) -> Result<AnalysisReport> {
        obey(&self.0.told).await?;
        let text = request.code.to_text();
        let decision = text.lines().next().and_then(|line| line.strip_prefix("#!")).unwrap_or_default();
        Ok(AnalysisReport {
            syntax_ok: !text.contains("syntax error"),
            summary: decision.to_owned(),
            ..AnalysisReport::default()
        })
    }
}

struct ToldPolicy(Told);

impl PolicyAnalyzer for ToldPolicy {
    type Config = Told;

    fn create(told: Told) -> Result<Self> {
        Ok(Self(told))
    }

    async fn decide(&self, request: PolicyRequest) -> Result<PolicyDecision> {
        obey(&self.0.told).await?;
        let told = &request.reports[0].summary;
        let default = json!({"verdict": Verdict::Allow, "mode": ExecutionMode::ReadOnly});
        let told = if told.is_empty() { default } else { serde_json::from_str(told).unwrap() };
        Ok(serde_json::from_value(told).unwrap())
    }
}

struct ToldGate(Told);

impl ApprovalGate for ToldGate {
    type Config = Told;

    fn create(told: Told) -> Result<Self> {
        Ok(Self(told))
    }

    async fn require(&self, request: GateRequest) -> Result<Requirement> {
        match self.0.told.as_str() {
            "proceed" => Ok(Requirement::Proceed),
            "rule" => Ok(Requirement::Rule { rule: "as it was told".into() }),
            told => {
                obey(told).await?;
                Ok(match request.verdict {
                    Verdict::Allow => Requirement::Proceed,
                    _ => Requirement::Person { reason: "policy asks".into() },
                })
            }
        }
    }
}

/// Reads, and never answers a write.
struct Stubborn;

impl Connector for Stubborn {
    type Config = Map<String, serde_json::Value>;

    fn create(_: Self::Config) -> Result<Self> {
        Ok(Self)
    }

    async fn read(&self, _: ConnectorRead) -> Result<ChannelValue> {
        Ok(ChannelValue { value: json!(1.0), ..ChannelValue::default() })
    }

    async fn write(&self, _: ConnectorWrite) -> Result<WriteReport> {
        pending().await
    }
}
