//! What an attempt leaves for its readers: metadata, and one line for people.

use crate::{
    provider::{Asked, Price, Stop},
    secret::Secrets,
};
use pyexec_core::{
    Model,
    generator::{COST_USD, NO_CODE, NO_RETRY, SUMMARY},
};
use serde_json::{Map, Value, json};

/// Of an attempt that got no answer: what it cost nobody knows.
pub(super) fn unanswered(model: &Model, examples: &[String]) -> Map<String, Value> {
    let entries = [
        ("generator", json!("basic")),
        ("provider", json!(model.provider)),
        ("model", json!(model.model)),
        (COST_USD, Value::Null),
        ("examples", json!(examples)),
    ];
    entries.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

/// What is known of one answer.
pub(super) struct Record<'a> {
    pub(super) model: &'a Model,
    pub(super) asked: &'a Asked,
    pub(super) price: Option<Price>,
    /// Of earlier attempts, US dollars.
    pub(super) spent_usd: Option<f64>,
    /// Names of recipes.
    pub(super) examples: Vec<String>,
}

impl Record<'_> {
    /// Known only if the price is, the tokens are, and nothing was broken off that was charged too.
    fn cost(&self) -> Option<f64> {
        let usage = self.asked.reply.usage.filter(|_| self.asked.uncounted == 0)?;
        Some(self.price?.cost(usage))
    }

    /// For people.
    pub(super) fn summary(&self) -> String {
        let usage = self.asked.reply.usage;
        let tokens = usage.map_or_else(
            || "tokens not known".into(),
            |usage| format!("{} tokens in, {} out", usage.input_tokens, usage.output_tokens),
        );
        let cost = self.cost().map_or_else(|| "cost not known".into(), |cost| format!("{cost:.4} USD"));
        let tries = if self.asked.tries > 1 { format!(", asked {} times", self.asked.tries) } else { String::new() };
        format!("{} ({}): {tokens}, {cost}{tries}", self.model.model, self.model.provider)
    }

    /// For the record.
    pub(super) fn metadata(&self, no_code: Option<&str>, secrets: &Secrets) -> Map<String, Value> {
        let reply = &self.asked.reply;
        let cost = self.cost();
        let stop = match &reply.stop {
            Stop::End => "end",
            Stop::Length => "max_tokens",
            Stop::Refusal => "refusal",
            Stop::Other(other) => other,
        };
        let usage =
            reply.usage.map(|usage| json!({"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}));
        let mut metadata = Map::from_iter(
            [
                ("generator", json!("basic")),
                (SUMMARY, json!(self.summary())),
                ("provider", json!(self.model.provider)),
                ("model", json!(self.model.model)),
                ("answered_by", json!(reply.model.as_deref().map(|model| secrets.strike(model)))),
                ("usage", json!(usage)),
                (COST_USD, json!(cost)),
                ("run_cost_usd", json!(cost.and_then(|cost| Some(cost + self.spent_usd?)))),
                ("tries", json!(self.asked.tries)),
                ("model_ms", json!(u64::try_from(self.asked.took.as_millis()).unwrap_or(u64::MAX))),
                ("stop", json!(secrets.strike(stop))),
                ("examples", json!(self.examples)),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        );
        if let Some(why) = no_code {
            metadata.insert(NO_CODE.into(), json!(why));
        }
        if reply.stop == Stop::Refusal {
            metadata.insert(NO_RETRY.into(), json!(true));
        }
        metadata
    }
}
