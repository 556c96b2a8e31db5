//! The generator `basic`: one call of a model for each attempt.
//!
//! [`crate::prompt`] makes the question, [`crate::provider`] gets it answered, [`crate::answer`] finds the Python in the
//! answer; this module holds them together, with the budget and the record. An answer without Python is an attempt that
//! failed and not an error of the machinery, so that what it cost and what was said is kept.

mod config;
mod record;

pub use config::BasicConfig;

use crate::{
    answer,
    cookbook::{Cookbook, CookbookConfig},
    prompt::{Example, Facts, Templates},
    provider::{Client, Price, Stop},
};
use pyexec_core::{
    Code, CodeGenerator, ErrorKind, PluginError, Result,
    executor::ExecutorDescription,
    generator::{self, GeneratedCode, GenerationRequest, SavedPrompt},
    host::HostContext,
    request::PlanningMode,
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
    templates: Templates,
    cookbook: Option<Cookbook>,
    examples: usize,
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
        let cookbook = config::cookbook_wanted(examples_from.as_deref(), &example_folders)?;
        let cookbook = cookbook
            .then(|| Cookbook::create(CookbookConfig { folders: example_folders, ..CookbookConfig::default() }))
            .transpose()?;
        let templates = Templates::load(templates.as_deref()).map_err(config::bad_template)?;
        let client = Client::new(model)?;
        let parts = Parts { client, templates, cookbook, examples, price, budget: max_budget_usd };
        Ok(Self(Arc::new(parts)))
    }

    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        let parts = &self.0;
        check_request(&request)?;
        config::check_spent(parts.budget, request.spent_usd)?;
        // A host that cannot say is no reason not to write: what follows will fail by itself if it must.
        let world = generator::environment(host).await.inspect_err(|error| {
            tracing::warn!("which packages are installed is not known: {error}");
        });
        let deadline =
            request.time_limit_ms.map(|ms| Instant::now() + Duration::from_millis(ms).saturating_sub(MARGIN));
        let secrets = parts.client.secrets()?;
        let spent_usd = request.spent_usd;
        let (mut question, examples) = tokio::task::spawn_blocking({
            let parts = parts.clone();
            move || parts.question(&request, world.ok().as_ref())
        })
        .await
        .map_err(|error| PluginError::new("plugin", format!("the prompt was not made: {error}")))??;
        question.system = secrets.strike(&question.system);
        question.user = secrets.strike(&question.user);
        let again = |error: &crate::provider::AskError, pause: Duration| {
            host.progress(&format!(
                "{}; asking again in {:.1} s",
                secrets.strike(&error.to_string()),
                pause.as_secs_f64()
            ));
        };
        let mut asked = parts.client.ask(&question, &secrets, deadline, again).await?;
        asked.reply.text = secrets.strike(&asked.reply.text);
        let python = answer::python(&asked.reply.text);
        let no_code = no_code(&asked.reply.stop, &asked.reply.text, python.is_some(), parts.client.model().max_tokens);
        let record = Record { model: parts.client.model(), asked: &asked, price: parts.price, spent_usd, examples };
        host.progress(&record.summary());
        let metadata = record.metadata(no_code.as_deref(), &secrets);
        let code = python.filter(|_| no_code.is_none()).unwrap_or_default();
        let prompts = [("system", question.system), ("request", question.user), ("answer", asked.reply.text)];
        let prompts = prompts.map(|(name, text)| SavedPrompt { name: name.into(), text }).into();
        Ok(GeneratedCode { code: Code::from(code.as_str()), metadata, prompts })
    }
}

impl Parts {
    /// The question, and the names of the examples in it. Reads the heads of the inputs.
    fn question(
        &self,
        request: &GenerationRequest,
        world: Option<&ExecutorDescription>,
    ) -> Result<(crate::provider::Question, Vec<String>)> {
        let recipes = self.cookbook.as_ref().map(|cookbook| cookbook.examples(request, self.examples));
        let examples = recipes.into_iter().flatten();
        let examples: Vec<Example> =
            examples.map(|one| Example { name: one.name, title: one.title, code: one.code }).collect();
        let names = examples.iter().map(|example| example.name.clone()).collect();
        let question = self.templates.render(&Facts::of(request, world, examples)).map_err(config::bad_template)?;
        Ok((question, names))
    }
}

/// A model would answer nothing just as well, and as expensively.
fn check_request(request: &GenerationRequest) -> Result<()> {
    let asked = &request.request;
    let bad = |message: &str, help: &str| PluginError::new(ErrorKind::BadRequest.name(), message).with_help(help);
    let planned = asked.planning_mode == PlanningMode::CapabilityDriven;
    if planned && asked.structured_plan.as_ref().is_none_or(|plan| plan.phases.is_empty()) {
        return Err(bad(
            "`capability_driven` needs a `structured_plan` with at least one phase, and there is none",
            "add the plan's phases, or leave `planning_mode` out",
        ));
    }
    let texts = [&asked.user_query, &asked.task_objective];
    if !planned && texts.into_iter().flatten().all(|text| text.trim().is_empty()) {
        return Err(bad("there is no question", "say in a few words what you want to know"));
    }
    Ok(())
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
