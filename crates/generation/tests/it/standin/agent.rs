//! The agent CLI that `cargo xtask setup` installs, and a provider that plays answers to it.

use super::{Answer, Seen, StandIn};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

/// The real CLI.
pub fn cli() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-agent");
    let folder = std::env::var_os("PYEXEC_TEST_AGENT").map_or(target, PathBuf::from);
    let packages = folder.join("node_modules/@anthropic-ai");
    let found = fs::read_dir(&packages).into_iter().flatten().flatten().map(|entry| entry.path().join("claude"));
    found.into_iter().find(|file| file.is_file()).unwrap_or_else(|| {
        panic!("no agent CLI in {}: `cargo xtask setup` installs it (PYEXEC_TEST_AGENT)", folder.display())
    })
}

/// An answer of a provider, and the ids in it: each reply and each use of a tool has one of its own.
#[derive(Clone)]
pub struct Reply(Answer, &'static [&'static str]);

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self(answer, &[])
    }
}

/// A provider that plays these answers to questions, the last one for ever. The CLI also asks whether anybody is there.
pub fn provider<R: Into<Reply>>(answers: impl IntoIterator<Item = R>) -> StandIn {
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
pub fn questions(provider: &StandIn) -> Vec<Value> {
    provider.seen().iter().filter(|seen| seen.method == "POST").map(Seen::json).collect()
}

/// The model says this.
pub fn says(text: &str) -> Reply {
    Reply(Answer::shape("anthropic/stream").saying(text), &["msg_01XFDUDYJgAACzvnptvVoYEL"])
}

/// The model thinks this and uses a tool.
pub fn uses(thought: &str, tool: &str, input: &Value) -> Reply {
    let input = Value::from(input.to_string()).to_string();
    let input = &input[1..input.len() - 1];
    let answer = Answer::shape("agent/tool_use").saying(thought).with("@TOOL@", tool).with("@INPUT@", input);
    Reply(answer, &["msg_01ToolUse", "toolu_01A09q90qw90lq917835lq9"])
}
