//! What an agent says, whatever its program.

use serde::Serialize;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AgentEvent {
    /// The program is up. It may say so again for each phase.
    Started(Started),
    /// A part of the model's reply `id`; a reply has one part or several.
    Reply { id: String, part: Part },
    /// A tool has answered.
    ToolEnded { failed: bool },
    /// The program asks its provider again.
    Retrying { status: Option<u16>, delay_ms: u64 },
    /// The program's word for what went wrong, ahead of the end that it explains.
    Trouble(Trouble),
    /// The phase is over.
    Ended(End),
}

/// What a program says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Started {
    pub(crate) version: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) tools: Vec<String>,
    /// What it has switched on that was to be off, in words.
    pub(crate) unwanted: Option<String>,
}

/// A part of a reply.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    Thought(String),
    Said(String),
    Used(ToolUse),
}

/// A use of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ToolUse {
    pub(crate) tool: String,
    /// The file, pattern or text that it was used on.
    pub(crate) target: String,
}

/// What goes wrong between a program and its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The key is not accepted.
    Key,
    /// The account has no money.
    Credit,
    /// There is no such model, or not for this key.
    Model,
    /// The request is not accepted.
    Request,
    /// The answer grew too long.
    OutputLimit,
    /// The model declined.
    Declined,
    /// The model said nothing.
    Silent,
    /// The provider, or the way to it.
    Provider,
}

impl Trouble {
    /// What a provider's HTTP status means, where nobody has a better word.
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Key,
            402 => Self::Credit,
            404 => Self::Model,
            400 | 413 | 422 => Self::Request,
            _ => Self::Provider,
        }
    }
}

/// How a phase ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct End {
    pub(crate) how: How,
    /// Of the conversation so far, in US dollars.
    pub(crate) cost_usd: Option<f64>,
    pub(crate) duration_ms: u64,
    pub(crate) usage: Usage,
    /// Tools that the program refused to the model.
    pub(crate) denied: Vec<ToolUse>,
}

/// In which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum How {
    /// With a whole answer.
    Answered(String),
    /// The money is spent.
    OutOfBudget,
    /// The turns are used up.
    OutOfTurns,
    /// Otherwise, in the program's words.
    Failed { trouble: Option<Trouble>, status: Option<u16>, message: String },
}

/// Tokens of one phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "as everybody calls them")]
pub(crate) struct Usage {
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    pub(crate) cache_read_tokens: u64,
    pub(crate) cache_write_tokens: u64,
}
