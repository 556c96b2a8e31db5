//! Its messages. What is unknown is left alone: new kinds come with every version. What is known must have its shape.

use crate::agent_cli::{
    event::{AgentEvent, End, How, Part, Started, ToolUse, Trouble, Usage},
    program::Malformed,
};
use serde::Deserialize;
use serde_json::Value;

/// The mode in which whatever no rule allows is refused without a question.
pub(super) const PERMISSION_MODE: &str = "dontAsk";

/// The model's name in a reply that no model gave.
const SYNTHETIC: &str = "<synthetic>";

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Message {
    System(System),
    Assistant(Assistant),
    User(User),
    Result(ResultMessage),
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(tag = "subtype", rename_all = "snake_case")]
enum System {
    Init(Init),
    ApiRetry {
        retry_delay_ms: Option<f64>,
        error_status: Option<u16>,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct Init {
    tools: Vec<String>,
    #[serde(default)]
    mcp_servers: Vec<Value>,
    model: Option<String>,
    #[serde(rename = "permissionMode")]
    permission_mode: String,
    claude_code_version: Option<String>,
}

#[derive(Deserialize)]
struct Assistant {
    message: Reply,
    /// Its word for what went wrong, on a synthetic reply.
    error: Option<String>,
}

#[derive(Deserialize)]
struct Reply {
    id: String,
    model: Option<String>,
    #[serde(default)]
    content: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    Thinking {
        thinking: String,
    },
    ToolUse {
        name: String,
        input: Value,
    },
    ToolResult {
        #[serde(default)]
        is_error: bool,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct User {
    message: UserContent,
}

#[derive(Deserialize)]
struct UserContent {
    content: Content,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Blocks(Vec<Block>),
    Text(#[expect(dead_code, reason = "what was asked, said again")] String),
}

#[derive(Deserialize)]
struct ResultMessage {
    subtype: String,
    is_error: bool,
    api_error_status: Option<u16>,
    result: Option<String>,
    stop_reason: Option<String>,
    #[serde(default)]
    duration_ms: f64,
    total_cost_usd: Option<f64>,
    #[serde(default)]
    usage: TokenUsage,
    #[serde(default)]
    permission_denials: Vec<Denial>,
    #[serde(default)]
    errors: Vec<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "its names")]
struct TokenUsage {
    input_tokens: u64,
    output_tokens: u64,
    cache_read_input_tokens: u64,
    cache_creation_input_tokens: u64,
}

#[derive(Deserialize)]
struct Denial {
    tool_name: String,
    #[serde(default)]
    tool_input: Value,
}

pub(super) fn read(line: &str) -> Result<Vec<AgentEvent>, Malformed> {
    let message = serde_json::from_str(line).map_err(|error| Malformed(format!("{error}, in `{line}`")))?;
    Ok(match message {
        Message::System(System::Init(init)) => vec![AgentEvent::Started(started(init))],
        Message::System(System::ApiRetry { retry_delay_ms, error_status }) => {
            vec![AgentEvent::Retrying { status: error_status, delay_ms: milliseconds(retry_delay_ms.unwrap_or(0.0)) }]
        }
        Message::Assistant(assistant) => reply(assistant),
        Message::User(User { message: UserContent { content: Content::Blocks(blocks) } }) => {
            let ended = |block| match block {
                Block::ToolResult { is_error } => Some(AgentEvent::ToolEnded { failed: is_error }),
                _ => None,
            };
            blocks.into_iter().filter_map(ended).collect()
        }
        Message::Result(result) => vec![AgentEvent::Ended(end(result))],
        Message::User(_) | Message::System(System::Unknown) | Message::Unknown => Vec::new(),
    })
}

fn started(init: Init) -> Started {
    let Init { tools, mcp_servers, model, permission_mode, claude_code_version: version } = init;
    let unwanted = if permission_mode != PERMISSION_MODE {
        Some(format!("its permission mode is `{}`", permission_mode.escape_debug()))
    } else if !mcp_servers.is_empty() {
        Some("it has MCP servers".into())
    } else {
        None
    };
    Started { version, model, tools, unwanted }
}

fn reply(Assistant { message: Reply { id, model, content }, error }: Assistant) -> Vec<AgentEvent> {
    if model.as_deref() == Some(SYNTHETIC) {
        return error.as_deref().and_then(trouble).map(AgentEvent::Trouble).into_iter().collect();
    }
    let part = |block| match block {
        Block::Text { text } => Some(Part::Said(text)),
        Block::Thinking { thinking } => Some(Part::Thought(thinking)),
        Block::ToolUse { name, input } => Some(Part::Used(ToolUse { target: target(&input), tool: name })),
        Block::ToolResult { .. } | Block::Unknown => None,
    };
    content.into_iter().filter_map(part).map(|part| AgentEvent::Reply { id: id.clone(), part }).collect()
}

/// What a tool is used on.
fn target(input: &Value) -> String {
    let of = |name: &str| input[name].as_str();
    of("file_path").or_else(|| of("pattern")).or_else(|| of("path")).unwrap_or_default().to_owned()
}

/// Its words; some that it has are told apart better by the status, or say nothing.
fn trouble(word: &str) -> Option<Trouble> {
    Some(match word {
        "authentication_failed" | "oauth_org_not_allowed" => Trouble::Key,
        "billing_error" => Trouble::Credit,
        "model_not_found" => Trouble::Model,
        "invalid_request" => Trouble::Request,
        "max_output_tokens" => Trouble::OutputLimit,
        "rate_limit" | "server_error" | "overloaded" => Trouble::Provider,
        _ => return None,
    })
}

fn end(message: ResultMessage) -> End {
    let TokenUsage { input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens } =
        message.usage;
    let denied = message.permission_denials.iter();
    End {
        cost_usd: message.total_cost_usd,
        duration_ms: milliseconds(message.duration_ms),
        usage: Usage {
            input_tokens,
            output_tokens,
            cache_read_tokens: cache_read_input_tokens,
            cache_write_tokens: cache_creation_input_tokens,
        },
        denied: denied
            .map(|denial| ToolUse { tool: denial.tool_name.clone(), target: target(&denial.tool_input) })
            .collect(),
        how: how(message),
    }
}

fn how(message: ResultMessage) -> How {
    let ResultMessage { subtype, is_error, api_error_status: status, result, stop_reason, errors, .. } = message;
    let failed = |trouble, message: String| How::Failed { trouble, status, message };
    match (subtype.as_str(), stop_reason.as_deref(), result) {
        ("error_max_budget_usd", _, _) => How::OutOfBudget,
        ("error_max_turns", _, _) => How::OutOfTurns,
        ("success", Some("end_turn"), Some(text)) if !is_error && !text.trim().is_empty() => How::Answered(text),
        ("success", Some("end_turn"), _) if !is_error => {
            failed(Some(Trouble::Silent), "the model had nothing to say".into())
        }
        (_, Some("refusal"), text) => {
            failed(Some(Trouble::Declined), text.unwrap_or_else(|| "the model declined to answer".into()))
        }
        (_, Some("max_tokens"), text) => {
            failed(Some(Trouble::OutputLimit), text.unwrap_or_else(|| "the answer grew too long".into()))
        }
        (_, reason, Some(_)) if !is_error => {
            let how = reason.map_or_else(String::new, |reason| format!(" (`{}`)", reason.escape_debug()));
            failed(Some(Trouble::Provider), format!("the answer was cut off{how}"))
        }
        (_, _, Some(text)) if !text.trim().is_empty() => failed(None, text),
        (subtype, _, _) => {
            let errors: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
            let said = if errors.is_empty() { subtype.to_owned() } else { errors.join("; ") };
            failed(None, said)
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "such a cast saturates, as it should")]
fn milliseconds(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests;
