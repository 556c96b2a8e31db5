//! The generator `mock`: always the same code for the same configuration, for tests and demonstrations.
//!
//! Its scripts are real Python, in the folder `mock/` of this crate, each doing what its name says. It calls no model; the
//! prompt that a model would have got is saved all the same.

mod behaviour;
mod prompt;

use behaviour::{Behaviour, Played};
use pyexec_core::{
    CodeGenerator, ErrorKind, PluginError, Result,
    generator::{GeneratedCode, GenerationRequest, SavedPrompt},
    host::HostContext,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pyexec_sdk::register_generator!("mock", Mock);

/// `[execution.generators.mock]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MockConfig {
    /// What to generate: `success` (the default; summarises the first CSV input, if there is one), `syntax_error`,
    /// `runtime_error`, `missing_results`, `security_risk`, `channel_read`, `channel_write`, `error_aware` (fails twice in
    /// two ways and repairs what the error chain names), `sequence`, or a name of `script`.
    pub behaviour: Option<String>,
    /// For `sequence`: the behaviour of each attempt; the last one stays.
    pub sequence: Vec<String>,
    /// More behaviours: Python source by name (`[a-z0-9_]+`).
    pub script: BTreeMap<String, String>,
}

/// Plays behaviours instead of asking a model.
#[derive(Debug)]
pub struct Mock {
    /// As configured; for the metadata.
    name: String,
    /// By attempt; never empty, the last one stays.
    plays: Vec<Behaviour>,
}

impl CodeGenerator for Mock {
    type Config = MockConfig;

    fn create(config: MockConfig) -> Result<Self> {
        behaviour::check_names(&config.script)?;
        let name = config.behaviour.unwrap_or_else(|| behaviour::SUCCESS.into());
        let plays = match (name.as_str(), config.sequence.as_slice()) {
            (behaviour::SEQUENCE, []) => {
                return Err(unusable("the behaviour `sequence` needs a `sequence` with at least one behaviour"));
            }
            (behaviour::SEQUENCE, names) => {
                names.iter().map(|name| behaviour::parse(name, &config.script)).collect::<Result<_>>()?
            }
            (single, []) => vec![behaviour::parse(single, &config.script)?],
            _ => return Err(unusable("`sequence` is read with `behaviour = \"sequence\"` only")),
        };
        Ok(Self { name, plays })
    }

    async fn generate(&self, request: GenerationRequest, _host: &HostContext) -> Result<GeneratedCode> {
        let at = (request.attempt.max(1) - 1) as usize;
        let Some(behaviour) = self.plays.get(at).or(self.plays.last()) else {
            return Err(PluginError::new(ErrorKind::GenerationEmpty.name(), "the mock generator has nothing to play"));
        };
        let Played { behaviour, code } = behaviour.play(&request);
        let metadata: [(&str, Value); 3] =
            [("generator", json!("mock")), ("behaviour", json!(self.name)), ("played", json!(behaviour))];
        let prompts = vec![
            SavedPrompt { name: "prompt".into(), text: prompt::of(&request) },
            SavedPrompt { name: "answer".into(), text: code.to_text() },
        ];
        let metadata: Map<String, Value> = metadata.into_iter().map(|(key, value)| (key.into(), value)).collect();
        Ok(GeneratedCode { code, metadata, prompts })
    }
}

fn unusable(message: impl Into<String>) -> PluginError {
    PluginError::new("config", message.into()).with_help("correct [execution.generators.mock]")
}
