//! What the tests share: a site with a key and a configuration file. The CLI and its provider are the stand-in's.

pub(super) use crate::standin::agent::{Reply, cli, provider, questions, says, uses};

use pyexec_core::{
    Instance, PluginError,
    generator::{GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::{Value, json};
use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// An answer with code.
pub(super) const CODE: &str = "Here it is.\n```python\nresults = {\"mean\": 2.0}\n```\n";
pub(super) const SCRIPT: &str = "results = {\"mean\": 2.0}\n";

/// A folder with a key of its own and a configuration file.
pub(super) struct Site {
    folder: TempDir,
    pub(super) key: String,
}

impl Site {
    /// That talks to `url`; `more` is the rest of the configuration file.
    pub(super) fn new(url: &str, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = format!("sk-test-{}", folder.path().file_name().unwrap().display());
        fs::write(folder.path().join("key"), format!("{key}\n")).unwrap();
        let text = format!("[api_config]\nbase_url = {url:?}\napi_key_file = \"key\"\n{more}\n");
        fs::write(folder.path().join("claude.toml"), text).unwrap();
        Self { folder, key }
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The generator's table, with these keys in it, too.
    pub(super) fn config(&self, more: &Value) -> Value {
        let mut config = json!({"cli_path": cli(), "claude_config_path": self.path("claude.toml")});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    }

    /// One attempt; what it gave, and what it said on the way.
    pub(super) async fn generate(&self, more: &Value) -> (Result<GeneratedCode, PluginError>, Vec<String>) {
        self.answer(more, generation_request("what is the mean?")).await
    }

    pub(super) async fn answer(
        &self,
        more: &Value,
        request: GenerationRequest,
    ) -> (Result<GeneratedCode, PluginError>, Vec<String>) {
        let host = QuietHostFake::default();
        let generator = create(&self.config(more)).unwrap();
        let answer = generator.invoke(GENERATE, &request, host.host_box()).await;
        (crate::taken(answer), host.progress())
    }

    /// The processes that have this site's key in their environment: an agent of it.
    pub(super) fn agents(&self) -> Vec<u32> {
        let pids = fs::read_dir("/proc").unwrap().flatten();
        let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let key = self.key.as_bytes();
        let holds = |pid: &u32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.windows(key.len()).any(|part| part == key)
        };
        pids.filter(holds).collect()
    }
}

pub(super) fn create(config: &Value) -> Result<Instance, PluginError> {
    crate::create("claude_code", config)
}

/// Polls until it is so.
#[track_caller]
pub(super) fn until(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !so() {
        assert!(Instant::now() < deadline, "not within two minutes: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
