//! What goes wrong in a conversation with an agent: to whose account, and what to do.

use super::{confine::ConfineError, event::Trouble, program::Malformed};
use pyexec_core::{ErrorKind, PluginError};
use std::{io, time::Duration};

/// The most of a program's own words in a message, in characters.
const MOST_WORDS: usize = 500;

/// Why a conversation gave no answer. `program` is its name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AgentError {
    /// Its folder could not be made.
    #[error("the {program} has no folder to work in: {cause}")]
    Folder { program: &'static str, cause: io::Error },
    /// The kernel cannot keep files from it.
    #[error("the {program} cannot be confined: {cause}")]
    Confine { program: &'static str, cause: ConfineError },
    /// The system does not start it.
    #[error("the {program} does not start: {cause}")]
    Start { program: &'static str, cause: io::Error },
    /// Its pipes failed, or carried too much.
    #[error("the conversation with the {program} broke off: {cause}")]
    Pipe { program: &'static str, cause: io::Error },
    /// It ended before its answer.
    #[error("the {program} ended without an answer ({how}){errors}")]
    Ended { program: &'static str, how: String, errors: String },
    /// It wrote something else than its protocol.
    #[error("the {program} wrote what is not its protocol: {cause}")]
    Malformed { program: &'static str, cause: Malformed },
    /// It has switched on what was to be off.
    #[error("the {program} does not keep to its orders: {what}")]
    Disobeyed { program: &'static str, what: String },
    /// The wall time is used up.
    #[error("the {program} had no answer after {} s, in phase `{phase}`", .after.as_secs())]
    OutOfTime { program: &'static str, phase: String, after: Duration },
    /// The budget is used up.
    #[error("the {program} has used up its budget of ${budget:.2} in phase `{phase}`")]
    OutOfBudget { program: &'static str, phase: String, budget: f64 },
    /// The turns are used up.
    #[error("phase `{phase}` of the {program} has used up its {turns} turns")]
    OutOfTurns { program: &'static str, phase: String, turns: u32 },
    /// A tool was used that the phase does not list.
    #[error("phase `{phase}` of the {program} used the tool `{tool}`, which it may not use")]
    Tool { program: &'static str, phase: String, tool: String },
    /// The provider, the key or the model is at fault.
    #[error("the {program} got no answer{}: {message}", status.map_or_else(String::new, |s| format!(" (HTTP {s})")))]
    Answer { program: &'static str, trouble: Trouble, status: Option<u16>, message: String },
}

impl AgentError {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Folder { .. }
            | Self::Start { .. }
            | Self::Pipe { .. }
            | Self::Ended { .. }
            | Self::Malformed { .. } => ErrorKind::Provider,
            Self::Confine { .. } | Self::Disobeyed { .. } => ErrorKind::BadRequest,
            Self::OutOfTime { .. } | Self::OutOfBudget { .. } | Self::OutOfTurns { .. } => ErrorKind::Budget,
            Self::Tool { .. } => ErrorKind::GenerationEmpty,
            Self::Answer { trouble, .. } => match trouble {
                Trouble::Key => ErrorKind::MissingCredential,
                Trouble::Credit | Trouble::Model | Trouble::Request => ErrorKind::BadRequest,
                Trouble::OutputLimit | Trouble::Declined | Trouble::Silent => ErrorKind::GenerationEmpty,
                Trouble::Provider => ErrorKind::Provider,
            },
        }
    }

    /// Whether the model itself refused: nobody looks for another way to the same end.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Answer { trouble: Trouble::Declined, .. })
    }

    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "make TMPDIR name a folder that this user may write, with room",
            Self::Confine { .. } => {
                "use a kernel with Landlock (Linux 5.19 or later), or say `confinement = \"cli\"` in \
                 [execution.generators.claude_code] to rely on the program's own permissions alone"
            }
            Self::Start { .. } => "check that `cli_path` names the program for this machine",
            Self::Pipe { .. } | Self::Ended { .. } => {
                "try again; if it stays so, run the program by hand, and see whether the machine has memory for it"
            }
            Self::Malformed { .. } => "use the version that the documentation names, as `cli_path`",
            Self::Disobeyed { .. } => "use the version that the documentation names, without managed settings",
            Self::OutOfTime { .. } => {
                "raise `timeout_seconds` in [execution.generators.claude_code] (and `plugins.timeouts.generator`, if that \
                 is shorter), or ask for less"
            }
            Self::OutOfBudget { .. } => {
                "raise `max_budget_usd` in [execution.generators.claude_code], or use the profile `fast`"
            }
            Self::OutOfTurns { .. } => "raise the phase's `turns`, or give it a smaller `codebase_guidance`",
            Self::Tool { .. } => "add the tool to the phase's `tools`, or say in its prompt to do without",
            Self::Answer { trouble, .. } => match trouble {
                Trouble::Key => "check the key that `api_config` names, and that it is the one for its `base_url`",
                Trouble::Credit => "add credit to the provider's account",
                Trouble::Model => "set `model` in the profile to one that the key may use",
                Trouble::Request => "check `api_config` and the profile against what the provider accepts",
                Trouble::OutputLimit => "ask for a shorter script",
                Trouble::Declined | Trouble::Silent => "word the request differently",
                Trouble::Provider => "try again later, and check `base_url` and the network",
            },
        }
    }
}

impl From<AgentError> for PluginError {
    fn from(error: AgentError) -> Self {
        Self::new(error.kind().name(), error.to_string()).with_help(error.help())
    }
}

/// A program's words, fit for one line of a message.
pub(super) fn in_short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().filter(|c| !c.is_control()).take(MOST_WORDS).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}
