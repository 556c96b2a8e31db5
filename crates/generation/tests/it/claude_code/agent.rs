//! What the tests share: the CLI that `cargo xtask setup` installs, a site with a key and a configuration file, a
//! provider that plays answers.

use crate::standin::{Answer, StandIn};
use pyexec_core::{
    Instance, PluginError, Role,
    generator::{GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_generation as _;
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// An answer with code.
pub(super) const CODE: &str = "Here it is.\n```python\nresults = {\"mean\": 2.0}\n```\n";
pub(super) const SCRIPT: &str = "results = {\"mean\": 2.0}\n";

/// The real CLI.
pub(super) fn cli() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-agent");
    let folder = std::env::var_os("PYEXEC_TEST_AGENT").map_or(target, PathBuf::from);
    let packages = folder.join("node_modules/@anthropic-ai");
    let found = fs::read_dir(&packages).into_iter().flatten().flatten().map(|entry| entry.path().join("claude"));
    found.into_iter().find(|file| file.is_file()).unwrap_or_else(|| {
        panic!("no agent CLI in {}: `cargo xtask setup` installs it (PYEXEC_TEST_AGENT)", folder.display())
    })
}

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
        (answer, host.progress())
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
    let found = pyexec_sdk::registrations().find(|r| r.role == Role::Generator && r.name == "claude_code");
    let component = found.expect("the generator registers itself").create(&config.to_string())?;
    Ok(Instance::new(Role::Generator, "claude_code", component))
}

/// An answer of a provider, and the ids in it: each reply and each use of a tool has one of its own.
#[derive(Clone)]
pub(super) struct Reply(Answer, &'static [&'static str]);

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self(answer, &[])
    }
}

/// A provider that plays these answers to questions, the last one for ever. The CLI also asks whether anybody is there.
pub(super) fn provider<R: Into<Reply>>(answers: impl IntoIterator<Item = R>) -> StandIn {
    let answers: Vec<Reply> = answers.into_iter().map(Into::into).collect();
    let asked = AtomicUsize::new(0);
    StandIn::deciding(move |seen, _| {
        if seen.method == "HEAD" {
            return Answer::shape("agent/up");
        }
        assert_eq!(seen.path.split('?').next(), Some("/v1/messages"), "{seen:?}");
        let at = asked.fetch_add(1, Ordering::Relaxed);
        let Reply(answer, ids) = answers[at.min(answers.len() - 1)].clone();
        ids.iter().fold(answer, |answer, id| answer.with(id, &format!("{id}{at:04}")))
    })
}

/// The questions that a provider got, as JSON.
pub(super) fn questions(provider: &StandIn) -> Vec<Value> {
    provider.seen().iter().filter(|seen| seen.method == "POST").map(crate::standin::Seen::json).collect()
}

/// The model says this.
pub(super) fn says(text: &str) -> Reply {
    Reply(Answer::shape("anthropic/stream").saying(text), &["msg_01XFDUDYJgAACzvnptvVoYEL"])
}

/// The model thinks this and uses a tool.
pub(super) fn uses(thought: &str, tool: &str, input: &Value) -> Reply {
    let input = Value::from(input.to_string()).to_string();
    let input = &input[1..input.len() - 1];
    let answer = Answer::shape("agent/tool_use").saying(thought).with("@TOOL@", tool).with("@INPUT@", input);
    Reply(answer, &["msg_01ToolUse", "toolu_01A09q90qw90lq917835lq9"])
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
