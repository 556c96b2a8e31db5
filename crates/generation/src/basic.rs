//! The generator `basic`: one call of a model for each attempt.
//!
//! [`crate::prompt`] makes the question, [`crate::provider`] gets it answered, [`crate::answer`] finds the Python in the
//! answer; this module holds them together, with the budget and the record. An answer without Python is an attempt that
//! failed and not an error of the machinery. However an attempt ends that asked, what was said is kept.

mod config;
mod record;

pub use config::BasicConfig;

use crate::{
    answer,
    prompt::{self, Prompt, PromptKeys, Prompter},
    provider::{AskError, Client, Price, Stop},
};
use pyexec_core::{
    Code, CodeGenerator, PluginError, Result,
    generator::{self, GeneratedCode, GenerationRequest, SavedPrompt},
    host::HostContext,
};
use record::Record;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

pyexec_sdk::register_generator!("basic", Basic);

/// What is left of a call's time for everything but the model.
const MARGIN: Duration = Duration::from_millis(500);

/// Asks a model.
pub struct Basic(Arc<Parts>);

struct Parts {
    client: Client,
    prompter: Prompter,
    price: Option<Price>,
    /// US dollars of one run.
    budget: Option<f64>,
}

impl CodeGenerator for Basic {
    type Config = BasicConfig;

    fn create(config: BasicConfig) -> Result<Self> {
        let BasicConfig {
            model_config_name: _,
            model,
            templates,
            examples_from,
            examples,
            example_folders,
            max_budget_usd,
        } = config;
        let model = model.ok_or_else(config::no_model)?;
        let price = Price::of(&model);
        config::check_budget(max_budget_usd, price, &model)?;
        let prompter = Prompter::new(&PromptKeys {
            generator: "basic",
            templates: templates.as_deref(),
            examples_from: examples_from.as_deref(),
            examples,
            example_folders: &example_folders,
        })?;
        let parts = Parts { client: Client::new(model)?, prompter, price, budget: max_budget_usd };
        Ok(Self(Arc::new(parts)))
    }

    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        let parts = &self.0;
        prompt::check(&request)?;
        config::check_spent(parts.budget, request.spent_usd)?;
        // A host that cannot say is no reason not to write: what follows will fail by itself if it must.
        let world = generator::environment(host).await.inspect_err(|error| {
            tracing::warn!("which packages are installed is not known: {error}");
        });
        let deadline =
            request.time_limit_ms.map(|ms| Instant::now() + Duration::from_millis(ms).saturating_sub(MARGIN));
        let secrets = parts.client.secrets()?;
        let spent_usd = request.spent_usd;
        let prompted = tokio::task::spawn_blocking({
            let parts = parts.clone();
            move || parts.prompter.prompt(&request, world.ok().as_ref())
        });
        let Prompt { mut question, examples } = prompted
            .await
            .map_err(|error| PluginError::new("plugin", format!("the prompt was not made: {error}")))??;
        question.system = secrets.strike(&question.system);
        question.user = secrets.strike(&question.user);
        let mut prompts = vec![saved("system", &question.system), saved("request", &question.user)];
        let again = |error: &AskError, pause: Duration| {
            host.progress(&format!(
                "{}; asking again in {:.1} s",
                secrets.strike(&error.to_string()),
                pause.as_secs_f64()
            ));
        };
        let mut asked = match parts.client.ask(&question, &secrets, deadline, again).await {
            Ok(asked) => asked,
            Err(error) => {
                let metadata = record::unanswered(parts.client.model(), &examples);
                return Ok(GeneratedCode::failed(&error.into(), metadata, prompts));
            }
        };
        asked.reply.text = secrets.strike(&asked.reply.text);
        let python = answer::python(&asked.reply.text);
        let no_code = no_code(&asked.reply.stop, &asked.reply.text, python.is_some(), parts.client.model().max_tokens);
        let record = Record { model: parts.client.model(), asked: &asked, price: parts.price, spent_usd, examples };
        host.progress(&record.summary());
        let metadata = record.metadata(no_code.as_deref(), &secrets);
        let code = python.filter(|_| no_code.is_none()).unwrap_or_default();
        prompts.push(saved("answer", &asked.reply.text));
        Ok(GeneratedCode { code: Code::from(code.as_str()), metadata, prompts })
    }
}

fn saved(name: &str, text: &str) -> SavedPrompt {
    SavedPrompt { name: name.into(), text: text.into() }
}

/// Why an answer gives no code.
fn no_code(stop: &Stop, text: &str, has_python: bool, max_tokens: u32) -> Option<String> {
    match stop {
        Stop::Refusal => {
            let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let said: String = said.chars().take(300).collect();
            Some(if said.is_empty() {
                "the model declined to write this code".into()
            } else {
                format!("the model declined to write this code: {said}")
            })
        }
        Stop::Length => Some(format!("the answer was cut off at `max_tokens` = {max_tokens}: write a shorter script")),
        Stop::End | Stop::Other(_) if has_python => None,
        Stop::End | Stop::Other(_) => {
            Some("there is no Python in the model's answer: the script belongs in one ```python block".into())
        }
    }
}
