//! A generator, a host that says what is installed, and a model that says what it is told.

use crate::standin::{Answer, StandIn};
use pyexec_core::{
    Instance, Isolation, PluginError,
    executor::ExecutorDescription,
    generator::{ENVIRONMENT, GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, path::PathBuf};
use tempfile::TempDir;

/// What must be nowhere but in a header.
pub(super) const CANARY: &str = "sk-canary-4f1d88c2e0042";
/// What a good model says.
pub(super) const GOOD: &str = "Here it is:\n```python\nresults = {\"mean\": 1.5}\n```\n";
pub(super) const CODE: &str = "results = {\"mean\": 1.5}\n";

/// Hears progress, and knows one environment.
fn host() -> QuietHostFake {
    let world = ExecutorDescription {
        python: "3.11.7".into(),
        interpreter: "of a test".into(),
        isolation: Isolation::Full,
        packages: BTreeMap::from([("numpy".into(), "2.4.0".into()), ("pandas".into(), "3.0.1".into())]),
        modules: vec![],
    };
    QuietHostFake::default().answering(ENVIRONMENT, &world)
}

/// A house for one test.
pub(super) struct Bench {
    folder: TempDir,
    pub(super) model: StandIn,
    host: QuietHostFake,
}

impl Bench {
    pub(super) fn with(answers: impl IntoIterator<Item = Answer>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), format!("{CANARY}\n")).unwrap();
        Self { folder, model: StandIn::playing(answers), host: host() }
    }

    /// One whose model says this, as Anthropic's streams have it.
    pub(super) fn saying(text: &str) -> Self {
        Self::with([Answer::shape("anthropic/stream").saying(text)])
    }

    pub(super) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// A model of the stand-in, with `more` in its table.
    pub(super) fn model_table(&self, provider: &str, more: &Value) -> Value {
        let base = if provider == "anthropic" { self.model.url() } else { format!("{}/v1/", self.model.url()) };
        let mut table = json!({
            "provider": provider,
            "model": "the-model",
            "base_url": base,
            "api_key_file": self.folder.path().join("key"),
            "retry_wait_seconds": 0.001,
            "input_usd_per_million": 3.0,
            "output_usd_per_million": 15.0,
        });
        for (key, value) in more.as_object().unwrap() {
            table[key] = value.clone();
        }
        table
    }

    pub(super) async fn generate(&self, request: &GenerationRequest) -> Result<GeneratedCode, PluginError> {
        self.generate_with(&json!({"model": self.model_table("anthropic", &json!({}))}), request).await
    }

    pub(super) async fn generate_with(
        &self,
        config: &Value,
        request: &GenerationRequest,
    ) -> Result<GeneratedCode, PluginError> {
        crate::taken(self.answer(config, request).await)
    }

    /// What the generator gives back, also where it failed after it had asked.
    pub(super) async fn answer(
        &self,
        config: &Value,
        request: &GenerationRequest,
    ) -> Result<GeneratedCode, PluginError> {
        create(config)?.invoke(GENERATE, request, self.host.host_box()).await
    }

    /// The progress lines.
    pub(super) fn said(&self) -> String {
        self.host.progress().join("\n")
    }

    /// The text that the model got last.
    pub(super) fn prompt(&self) -> String {
        let seen = self.model.seen();
        let body = seen.last().unwrap().json();
        format!("{}\n{}", body["system"].as_str().unwrap(), body["messages"][0]["content"].as_str().unwrap())
    }
}

pub(super) fn create(config: &Value) -> Result<Instance, PluginError> {
    crate::create("basic", config)
}

/// A table of JSON as requests hold it.
pub(super) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("not a table: {other}"),
    }
}

pub(super) fn asking(query: &str) -> GenerationRequest {
    GenerationRequest { time_limit_ms: Some(60_000), ..generation_request(query) }
}
