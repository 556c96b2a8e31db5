//! What a caller asks for.

use crate::ExecutionMode;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// One request. Unknown fields are errors; text from here is data, and never a path that the house writes to unsanitised.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// The question, in words.
    pub user_query: Option<String>,
    /// What the answer is for.
    pub task_objective: Option<String>,
    /// Name of each expected result, with what it should be.
    pub expected_results: Map<String, Value>,
    /// More instructions for the generator.
    pub capability_prompts: Vec<String>,
    /// A name for the run folder; sanitised.
    pub execution_folder_name: Option<String>,
    /// Total attempts; the configured `max_retries` if absent.
    pub retries: Option<u32>,
    /// Who plans.
    pub planning_mode: PlanningMode,
    /// The plan of `capability_driven`.
    pub structured_plan: Option<StructuredPlan>,
    /// Types of named data, seen by code as `context.TYPE.key`.
    pub context: Map<String, Value>,
    /// Data for generators, not for code.
    pub session_context: Map<String, Value>,
    /// Files that the code may read.
    pub inputs: Vec<PathBuf>,
    /// Folders that the code may write, once approved.
    pub outputs: Vec<PathBuf>,
    /// Ready code, analysed and gated like any other.
    #[serde(alias = "approved_code")]
    pub code: Option<GivenCode>,
    /// A run folder to go on in.
    pub existing_execution_folder: Option<PathBuf>,
    /// The same key is the same run.
    pub idempotency_key: Option<String>,
    /// A ceiling on the mode.
    pub mode: Option<ExecutionMode>,
}

/// Who plans the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanningMode {
    /// The generator.
    #[default]
    GeneratorDriven,
    /// The caller, by a [`StructuredPlan`].
    CapabilityDriven,
}

/// A caller's plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructuredPlan {
    /// In order.
    pub phases: Vec<PlanPhase>,
    /// A JSON Schema of `results`.
    #[serde(default)]
    pub result_schema: Value,
    /// What a reader of the domain knows.
    #[serde(default)]
    pub domain_guidance: String,
}

/// One phase of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPhase {
    /// Its name.
    pub phase: String,
    /// What it does.
    #[serde(default)]
    pub subtasks: Vec<String>,
    /// What it leaves behind.
    #[serde(default)]
    pub output_state: String,
}

/// Ready code in a request: text where it is UTF-8, else `{"base64": …}`, so that its bytes stay what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenCode(pub crate::Code);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum GivenCodeJson {
    Text(String),
    Bytes { base64: crate::Code },
}

impl Serialize for GivenCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0.as_bytes()) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => GivenCodeJson::Bytes { base64: self.0.clone() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for GivenCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match GivenCodeJson::deserialize(deserializer)? {
            GivenCodeJson::Text(text) => crate::Code::new(text),
            GivenCodeJson::Bytes { base64 } => base64,
        }))
    }
}
