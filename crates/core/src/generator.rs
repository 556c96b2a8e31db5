//! Role `generator`: a request becomes code. Ops: `generate`. Host ops: `environment`.

use crate::{
    ExecutionMode, Finding, PluginError, Request, Result, code::Code, error::RunError, executor::ExecutorDescription,
    finding::InputInfo, host::HostContext,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::future::Future;

/// The ABI's name of the one operation.
pub const GENERATE: &str = "generate";

/// Metadata key: one line for people that says what the generator chose, shown where the code is.
pub const SUMMARY: &str = "summary";

/// Metadata key: `true` says that the generator has no other code for this request, so that a failure of this code ends the
/// run with its own error.
pub const NO_RETRY: &str = "no_retry";

/// Metadata key: a sentence that says why `code` is empty. The attempt has failed (`generation_empty`), and unlike after an
/// error, its metadata and prompts are kept.
pub const NO_CODE: &str = "no_code";

/// Metadata key: the error of an attempt that came to nothing after a model was asked, as [`GeneratedCode::failed`] puts it.
pub const FAILED: &str = "failed";

/// Metadata key: what the attempt cost, in US dollars; null or absent where nobody knows.
pub const COST_USD: &str = "cost_usd";

/// Host op: what code will find where it runs.
pub const ENVIRONMENT: &str = "environment";

/// Asks the host what code will find where it runs: the interpreter, the packages that are installed. The first time ever
/// this may set an environment up; that time does not count as the generator's.
pub async fn environment(host: &HostContext) -> Result<ExecutorDescription> {
    host.call(ENVIRONMENT, &()).await
}

/// What a generator gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GenerationRequest {
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Of how many.
    pub attempts: u32,
    /// The caller's request, without `code`.
    pub request: Request,
    /// The declared inputs.
    pub inputs: Vec<InputInfo>,
    /// The most that the run may be allowed.
    pub mode_ceiling: Option<ExecutionMode>,
    /// What became of the earlier attempts, oldest first.
    pub failures: Vec<FailedAttempt>,
    /// What the earlier attempts of the run cost by their metadata ([`COST_USD`]), in US dollars; null where that of one is
    /// not known.
    #[serde(default)]
    pub spent_usd: Option<f64>,
    /// How long the host waits for the answer, ms; null: as long as it takes.
    #[serde(default)]
    pub time_limit_ms: Option<u64>,
}

/// An earlier attempt and why it was not enough.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FailedAttempt {
    /// From 1.
    pub attempt: u32,
    /// Its code; absent when generation itself failed.
    pub code: Option<Code>,
    /// What went wrong.
    pub error: RunError,
    /// What analysis had found.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// What a generator gives.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GeneratedCode {
    /// Python source.
    pub code: Code,
    /// Whatever helps a reader: model, cost, recipe.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// The prompts and answers, by name, for the record.
    #[serde(default)]
    pub prompts: Vec<SavedPrompt>,
}

impl GeneratedCode {
    /// An attempt that ended with `error` after something was asked. It ends as the error itself would, but is never asked
    /// again by itself, and its metadata and prompts are kept.
    pub fn failed(error: &PluginError, mut metadata: Map<String, Value>, prompts: Vec<SavedPrompt>) -> Self {
        let PluginError { kind, message, help } = error;
        let told = json!({"kind": kind.as_str(), "message": message.as_str(), "help": help.as_str()});
        metadata.insert(FAILED.into(), told);
        Self { code: Code::default(), metadata, prompts }
    }

    /// The error, if this is such an attempt.
    pub fn failure(&self) -> Option<PluginError> {
        let told = self.metadata.get(FAILED)?;
        let text = |key: &str| told[key].as_str().unwrap_or_default();
        Some(PluginError::new(text("kind"), text("message")).with_help(text("help")))
    }
}

/// A prompt or answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SavedPrompt {
    /// What it is (`system`, `answer`).
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Turns a request into Python.
pub trait CodeGenerator: Send + Sync + Sized + 'static {
    /// Its table in the configuration; unknown keys are its own business, and should be errors.
    type Config: DeserializeOwned;

    /// Reads its configuration; called once.
    fn create(config: Self::Config) -> Result<Self>;

    /// One attempt. An error of kind `generation_empty` counts as the code's fault and is followed by another attempt;
    /// `bad_request` (the request is none for this generator) and `attempts_exhausted` (there is no other code for it) end
    /// the run; so does `provider`, because who calls a provider tries again by itself; `daemon` is asked again.
    fn generate(
        &self,
        request: GenerationRequest,
        host: &HostContext,
    ) -> impl Future<Output = Result<GeneratedCode>> + Send;
}
