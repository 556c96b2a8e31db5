//! The chat completions of `OpenAI`, and everybody who speaks them too.

use super::{Broken, Heard, Question, Reply, Stop, Usage};
use pyexec_core::{Model, Provider};
use serde_json::{Value, json};

pub(super) const PATH: &str = "/chat/completions";
/// What ends a stream.
const DONE: &[u8] = b"[DONE]";

/// Where this provider's API starts unless configuration says otherwise.
pub(super) const fn base_url(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Openai => Some("https://api.openai.com/v1"),
        Provider::Gemini => Some("https://generativelanguage.googleapis.com/v1beta/openai"),
        Provider::Ollama => Some("http://localhost:11434/v1"),
        Provider::OpenaiCompatible | Provider::Anthropic => None,
    }
}

/// What is sent.
pub(super) fn body(model: &Model, question: &Question) -> Value {
    // OpenAI's models that think refuse the old name, and many servers know no other.
    let limit = if model.provider == Provider::Openai { "max_completion_tokens" } else { "max_tokens" };
    let mut body = json!({
        "model": model.model,
        limit: model.max_tokens,
        "messages": [
            {"role": "system", "content": question.system},
            {"role": "user", "content": question.user},
        ],
        "stream": model.stream,
    });
    if model.stream {
        body["stream_options"] = json!({"include_usage": true});
    }
    if let Some(temperature) = model.temperature {
        body["temperature"] = json!(temperature);
    }
    body
}

/// An answer, as it comes.
#[derive(Debug, Default)]
pub(super) struct Completion {
    reply: Reply,
    /// Whether it was said why the answer ended.
    stopped: bool,
    /// What the model says instead of an answer.
    refusal: String,
}

impl Completion {
    fn take(&mut self, body: &Value, part: &str) -> Result<(), Broken> {
        if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
            let said = error["message"].as_str().or(error.as_str());
            return Err(Broken::Failed(said.unwrap_or_default().into()));
        }
        let choices = body["choices"].as_array().ok_or(Broken::Unreadable)?;
        if let Some(model) = body["model"].as_str().filter(|model| !model.is_empty()) {
            self.reply.model = Some(model.into());
        }
        let usage = &body["usage"];
        if let (Some(input_tokens), Some(output_tokens)) =
            (usage["prompt_tokens"].as_u64(), usage["completion_tokens"].as_u64())
        {
            self.reply.usage = Some(Usage { input_tokens, output_tokens });
        }
        if let Some(choice) = choices.first() {
            self.reply.text.push_str(choice[part]["content"].as_str().unwrap_or_default());
            self.refusal.push_str(choice[part]["refusal"].as_str().unwrap_or_default());
            self.stop(choice["finish_reason"].as_str());
        }
        Ok(())
    }

    fn stop(&mut self, reason: Option<&str>) {
        let Some(reason) = reason.filter(|reason| !reason.is_empty()) else { return };
        self.stopped = true;
        self.reply.stop = match reason {
            "stop" => Stop::End,
            "length" => Stop::Length,
            "content_filter" => Stop::Refusal,
            other => Stop::Other(other.into()),
        };
    }
}

impl Heard for Completion {
    fn event(&mut self, data: &[u8]) -> Result<bool, Broken> {
        if data.trim_ascii() == DONE {
            return Ok(true);
        }
        let event: Value = serde_json::from_slice(data).map_err(|_| Broken::Unreadable)?;
        self.take(&event, "delta").map(|()| false)
    }

    fn whole(&mut self, body: &Value) -> Result<(), Broken> {
        self.take(body, "message")?;
        if self.stopped { Ok(()) } else { Err(Broken::Unreadable) }
    }

    fn is_whole(&self) -> bool {
        self.stopped // some servers leave the last line out
    }

    fn size(&self) -> usize {
        self.reply.text.len() + self.refusal.len()
    }

    fn reply(mut self) -> Reply {
        if !self.refusal.is_empty() && self.reply.text.trim().is_empty() {
            self.reply.text = self.refusal;
            self.reply.stop = Stop::Refusal;
        }
        self.reply
    }
}
