//! Anthropic's Messages API (version 2023-06-01).

use super::{Broken, Heard, Question, Reply, Stop, Usage};
use pyexec_core::Model;
use serde_json::{Value, json};

pub(super) const PATH: &str = "/v1/messages";
pub(super) const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");
pub(super) const KEY_HEADER: &str = "x-api-key";
pub(super) const BASE_URL: &str = "https://api.anthropic.com";

/// What is sent.
pub(super) fn body(model: &Model, question: &Question) -> Value {
    let mut body = json!({
        "model": model.model,
        "max_tokens": model.max_tokens,
        "system": question.system,
        "messages": [{"role": "user", "content": question.user}],
        "stream": model.stream,
    });
    if let Some(temperature) = model.temperature {
        body["temperature"] = json!(temperature);
    }
    body
}

/// An answer, as it comes.
#[derive(Debug, Default)]
pub(super) struct Message {
    reply: Reply,
    /// Whether it was said why the answer ended.
    stopped: bool,
}

impl Message {
    fn usage(&mut self, usage: &Value) {
        let count = |name: &str| usage[name].as_u64();
        let caches = ["cache_creation_input_tokens", "cache_read_input_tokens"];
        let input = count("input_tokens").map(|n| n + caches.iter().filter_map(|name| count(name)).sum::<u64>());
        let before = self.reply.usage;
        let input = input.or(before.map(|usage| usage.input_tokens));
        let output = count("output_tokens").or(before.map(|usage| usage.output_tokens));
        if let (Some(input_tokens), Some(output_tokens)) = (input, output) {
            self.reply.usage = Some(Usage { input_tokens, output_tokens });
        }
    }

    fn head(&mut self, message: &Value) {
        self.reply.model = message["model"].as_str().map(str::to_owned);
        self.usage(&message["usage"]);
    }

    fn stop(&mut self, reason: &Value) {
        let Some(reason) = reason.as_str() else { return };
        self.stopped = true;
        self.reply.stop = match reason {
            "end_turn" | "stop_sequence" => Stop::End,
            "max_tokens" | "model_context_window_exceeded" => Stop::Length,
            "refusal" => Stop::Refusal,
            other => Stop::Other(other.into()),
        };
    }
}

impl Heard for Message {
    fn event(&mut self, data: &[u8]) -> Result<bool, Broken> {
        let event: Value = serde_json::from_slice(data).map_err(|_| Broken::Unreadable)?;
        match event["type"].as_str() {
            Some("message_start") => self.head(&event["message"]),
            Some("content_block_delta") => {
                self.reply.text.push_str(event["delta"]["text"].as_str().unwrap_or_default());
            }
            Some("message_delta") => {
                self.usage(&event["usage"]);
                self.stop(&event["delta"]["stop_reason"]);
            }
            Some("message_stop") => return Ok(true),
            Some("error") => return Err(Broken::Failed(event["error"]["message"].as_str().unwrap_or_default().into())),
            Some(_) => {} // new kinds of events may come at any time
            None => return Err(Broken::Unreadable),
        }
        Ok(false)
    }

    fn whole(&mut self, body: &Value) -> Result<(), Broken> {
        let blocks = body["content"].as_array().ok_or(Broken::Unreadable)?;
        self.reply.text = blocks.iter().filter_map(|block| block["text"].as_str()).collect();
        self.head(body);
        self.stop(&body["stop_reason"]);
        if self.stopped { Ok(()) } else { Err(Broken::Unreadable) }
    }

    fn is_whole(&self) -> bool {
        false // the API always ends its streams
    }

    fn size(&self) -> usize {
        self.reply.text.len()
    }

    fn reply(self) -> Reply {
        self.reply
    }
}
