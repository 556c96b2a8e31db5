//! The generator.

use pyexec_core::{
    Code, CodeGenerator, ErrorKind, PluginError, Result,
    generator::{GeneratedCode, GenerationRequest},
    host::HostContext,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Stands for `custom_param` in a phrase's code.
const PLACEHOLDER: &str = "{custom_param}";

/// Its table `[execution.generators.phrasebook]`. Unknown keys are errors, so that no typing mistake goes unnoticed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// A text for the code, where it says `{custom_param}`.
    custom_param: String,
    /// Python by phrase. A question is answered by the longest phrase that occurs in it, in any case of letters.
    phrases: BTreeMap<String, String>,
}

/// Answers phrases.
#[derive(Debug)]
pub struct Phrasebook(Config);

impl CodeGenerator for Phrasebook {
    type Config = Config;

    /// Called once, when the configuration is read. Only look at the configuration here: what is wrong with it is said before
    /// anything runs, and nobody waits longer than ten seconds.
    fn create(config: Config) -> Result<Self> {
        if config.phrases.keys().any(|phrase| phrase.trim().is_empty()) {
            return Err(PluginError::new("config", "a phrase is empty, and so would answer every question")
                .with_help("name it in [execution.generators.phrasebook.phrases]"));
        }
        tracing::debug!(phrases = config.phrases.len(), "created");
        Ok(Self(config))
    }

    /// Called for each attempt. The kind of an error decides what happens next; `docs/plugin-authors.md` has the table.
    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        if let Some(failed) = request.failures.last() {
            // There is no second answer in the book, and asking again would fail in the same way.
            return Err(bad_request(format!("the code of the phrase does not work: {}", failed.error))
                .with_help("mend it in [execution.generators.phrasebook.phrases]"));
        }
        let question = request.request.user_query.unwrap_or_default();
        let (phrase, code) = self.find(&question)?;
        host.progress(&format!("the book has `{phrase}`"));
        tracing::info!(phrase, "answering");
        // A JSON string is a Python string: quoted so, no text can become code.
        let code = code.replace(PLACEHOLDER, &Value::from(self.0.custom_param.as_str()).to_string());
        let metadata = Map::from_iter([("phrase".to_owned(), Value::from(phrase))]);
        Ok(GeneratedCode { code: Code::new(code), metadata, prompts: Vec::new() })
    }
}

impl Phrasebook {
    fn find(&self, question: &str) -> Result<(&str, &str)> {
        let (asked, book) = (question.to_lowercase(), &self.0.phrases);
        let known = book.iter().filter(|(phrase, _)| asked.contains(&phrase.to_lowercase()));
        let longest = known.max_by_key(|(phrase, _)| phrase.len());
        longest.map(|(phrase, code)| (phrase.as_str(), code.as_str())).ok_or_else(|| {
            let phrases: Vec<_> = book.keys().map(|phrase| format!("`{phrase}`")).collect();
            bad_request(format!("no phrase of the book occurs in `{question}`"))
                .with_help(format!("the book has {}", phrases.join(", ")))
        })
    }
}

/// The request cannot be answered: the run ends, and is not tried again.
fn bad_request(message: String) -> PluginError {
    PluginError::new(ErrorKind::BadRequest.name(), message)
}
