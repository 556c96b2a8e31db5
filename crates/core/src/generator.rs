//! Role `generator`: a request becomes code. Ops: `generate`. Host ops: none beyond progress.

use crate::{
    ExecutionMode, Finding, Request, Result, code::Code, error::RunError, finding::InputInfo, host::HostContext,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, future::Future};

/// The ABI's name of the one operation.
pub const GENERATE: &str = "generate";

/// Metadata key: one line for people that says what the generator chose, shown where the code is.
pub const SUMMARY: &str = "summary";

/// Metadata key: `true` says that the generator has no other code for this request, so that a failure of this code ends the
/// run with its own error.
pub const NO_RETRY: &str = "no_retry";

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
    /// The Python that the code will meet, as far as its executor knows.
    #[serde(default)]
    pub python: Option<PythonOffer>,
}

/// What code can rely on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PythonOffer {
    /// The interpreter's version (`3.11.7`).
    pub version: String,
    /// Installed packages, name to version; empty: not known.
    pub packages: BTreeMap<String, String>,
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
    /// the run; `provider` is the machinery's.
    fn generate(
        &self,
        request: GenerationRequest,
        host: &HostContext,
    ) -> impl Future<Output = Result<GeneratedCode>> + Send;
}
