//! The adapter for the Claude Code CLI (npm `@anthropic-ai/claude-code`), as its version 2.1.197 behaves.
//!
//! Its flags switch off everything but reading: `--tools` is the barrier, `dontAsk` without any rule keeps reads in the
//! working folder, empty setting sources run nobody's hooks. Its protocol is one JSON object a line, each way. Three things
//! are not what they seem: `subtype` is `success` in most failures, an answer that was cut off ends with exit code 0 and
//! without a stop reason, and SIGINT ends it with 0. So only a `result` without error, with a text and with the stop reason
//! `end_turn` counts as an answer.

mod message;

use super::{
    event::AgentEvent,
    folder::WorkFolder,
    program::{AgentProgram, Auth, Invocation, Job, Malformed},
};
use serde_json::json;
use std::ffi::OsString;

/// The adapter.
pub(crate) struct Claude;

/// Calls nobody but its endpoint, keeps nothing, reads nobody's instructions.
const QUIET: [(&str, &str); 7] = [
    ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
    ("DISABLE_TELEMETRY", "1"),
    ("DISABLE_ERROR_REPORTING", "1"),
    ("DISABLE_AUTOUPDATER", "1"),
    ("CLAUDE_CODE_DISABLE_AUTO_MEMORY", "1"),
    ("CLAUDE_CODE_DISABLE_CLAUDE_MDS", "1"),
    // its own default is ten, over many minutes; the service tries again itself
    ("CLAUDE_CODE_MAX_RETRIES", "2"),
];

/// Flags that never differ.
const FLAGS: [&str; 13] = [
    "-p",
    "--output-format",
    "stream-json",
    "--input-format",
    "stream-json",
    "--verbose",
    "--permission-mode",
    message::PERMISSION_MODE,
    "--setting-sources=",
    "--strict-mcp-config",
    "--disable-slash-commands",
    "--no-session-persistence",
    "--system-prompt-file",
];

impl AgentProgram for Claude {
    fn name(&self) -> &'static str {
        "Claude Code CLI"
    }

    fn file_name(&self) -> &'static str {
        "claude"
    }

    fn installation(&self) -> &'static str {
        "install it (`npm install @anthropic-ai/claude-code-linux-x64`, or -arm64) and name the file `claude` in that \
         package as `cli_path` in [execution.generators.claude_code]"
    }

    fn invocation(&self, job: &Job<'_>, folder: &WorkFolder) -> Invocation {
        let tools: Vec<&str> = job.tools.iter().map(|tool| tool.name()).collect();
        // For each prompt anew. The phases' own limits are counted by whoever listens.
        let turns = job.phases.iter().map(|phase| phase.turns).max().unwrap_or(1);
        let mut arguments: Vec<OsString> = FLAGS.iter().map(OsString::from).collect();
        arguments.push(folder.system_prompt().into());
        for (flag, value) in [
            ("--model", job.model.to_owned()),
            ("--tools", tools.join(",")),
            ("--max-turns", turns.to_string()),
            ("--max-budget-usd", format!("{:.4}", job.budget_usd)),
        ] {
            arguments.extend([flag.into(), value.into()]);
        }
        let mut environment: Vec<(&str, OsString)> = vec![
            ("PATH", "/usr/bin:/bin".into()),
            ("LANG", "C.UTF-8".into()),
            ("HOME", folder.home().into()),
            ("CLAUDE_CONFIG_DIR", folder.config().into()),
            ("TMPDIR", folder.temporary().into()),
        ];
        environment.extend(QUIET.map(|(name, value)| (name, value.into())));
        environment.extend(job.endpoint.base_url.as_ref().map(|url| ("ANTHROPIC_BASE_URL", url.into())));
        let key = match job.endpoint.auth {
            Auth::ApiKey => "ANTHROPIC_API_KEY",
            Auth::Bearer => "ANTHROPIC_AUTH_TOKEN",
        };
        environment.push((key, job.endpoint.key.expose().into()));
        Invocation { arguments, environment }
    }

    fn message(&self, text: &str) -> String {
        json!({"type": "user", "message": {"role": "user", "content": text}}).to_string()
    }

    fn read(&self, line: &str) -> Result<Vec<AgentEvent>, Malformed> {
        message::read(line)
    }
}
