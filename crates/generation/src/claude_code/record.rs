//! What an attempt leaves for readers: metadata, and what was said.

use crate::agent_cli::{
    conversation::{Conversation, PhaseRecord},
    error::AgentError,
    program::Job,
};
use pyexec_core::{
    Code,
    generator::{COST_USD, GeneratedCode, NO_CODE, NO_RETRY, SUMMARY, SavedPrompt},
};
use serde_json::{Map, Value, json};

/// The most of a phase's thoughts that stands in the metadata, in characters; all that was kept is with the prompts.
const MOST_THOUGHTS: usize = 600;

/// A finished conversation.
pub(super) struct Record<'a> {
    pub(super) profile: &'a str,
    pub(super) job: &'a Job<'a>,
    pub(super) heard: &'a Conversation,
    /// By earlier attempts, US dollars.
    pub(super) spent_usd: Option<f64>,
    /// The recipes that were shown.
    pub(super) examples: &'a [String],
}

impl Record<'_> {
    pub(super) fn with_code(&self, code: Code) -> GeneratedCode {
        GeneratedCode { code, metadata: self.metadata(), prompts: self.prompts() }
    }

    /// An attempt that gave none; after a `refusal` there is no other.
    pub(super) fn without_code(&self, why: &str, refusal: bool) -> GeneratedCode {
        let mut metadata = self.metadata();
        if refusal {
            metadata.insert(NO_RETRY.into(), true.into());
        }
        metadata.insert(NO_CODE.into(), why.into());
        GeneratedCode { code: Code::default(), metadata, prompts: self.prompts() }
    }

    /// An attempt that the machinery or a limit ended.
    pub(super) fn failed(&self, error: AgentError) -> GeneratedCode {
        GeneratedCode::failed(&error.into(), self.metadata(), self.prompts())
    }

    /// Of all phases; none where one does not say.
    fn cost(&self) -> Option<f64> {
        self.heard.phases.iter().map(|phase| phase.cost_usd).sum::<Option<f64>>().map(|usd| (usd * 1e6).round() / 1e6)
    }

    /// In one line, for people.
    pub(super) fn summary(&self) -> String {
        let price = self.cost().map_or_else(String::new, |usd| format!(", ${usd:.4}"));
        let (model, turns, uses) = (self.model(), self.turns(), self.uses());
        let s = |count: usize| if count == 1 { "" } else { "s" };
        let turns_s = s(turns as usize);
        format!("{model}, profile {}, {turns} turn{turns_s}, {uses} tool use{}{price}", self.profile, s(uses))
    }

    fn model(&self) -> &str {
        self.heard.program.model.as_deref().unwrap_or(self.job.model)
    }

    fn turns(&self) -> u32 {
        self.heard.phases.iter().map(|phase| phase.turns).sum()
    }

    fn uses(&self) -> usize {
        self.heard.phases.iter().map(|phase| phase.tool_uses.len()).sum()
    }

    fn metadata(&self) -> Map<String, Value> {
        let entries = [
            ("generator", json!("claude_code")),
            (SUMMARY, json!(self.summary())),
            (COST_USD, json!(self.cost())),
            ("run_cost_usd", json!(self.cost().and_then(|usd| Some(usd + self.spent_usd?)))),
            ("profile", json!(self.profile)),
            ("model", json!(self.model())),
            ("cli_version", json!(self.heard.program.version)),
            ("confinement", json!(if self.job.confined { "kernel" } else { "cli" })),
            ("max_budget_usd", json!(self.job.budget_usd)),
            ("turns", json!(self.turns())),
            ("tool_uses", json!(self.uses())),
            ("examples", json!(self.examples)),
            ("phases", self.heard.phases.iter().map(phase).collect()),
        ];
        entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn prompts(&self) -> Vec<SavedPrompt> {
        let strike = |text: &str| self.job.secrets.strike(text);
        let system = SavedPrompt { name: "system".into(), text: strike(&self.job.system_prompt) };
        let phases = self.job.phases.iter().zip(&self.heard.phases).flat_map(|(asked, heard)| {
            let named = |what: &str, text: String| SavedPrompt { name: format!("{}_{what}", asked.phase), text };
            let said = [("thinking", &heard.thoughts), ("answer", &heard.answer)].into_iter();
            let said = said.filter(|(_, text)| !text.is_empty()).map(|(what, text)| named(what, text.clone()));
            [named("prompt", strike(&asked.text))].into_iter().chain(said.collect::<Vec<_>>())
        });
        [system].into_iter().chain(phases).collect()
    }
}

fn phase(record: &PhaseRecord) -> Value {
    let mut value = json!(record);
    value["thinking"] = record.thoughts.chars().take(MOST_THOUGHTS).collect::<String>().into();
    value
}
