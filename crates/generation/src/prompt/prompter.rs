//! Makes the question of an attempt for whichever generator asks a model: what is worth asking, templates, recipes as
//! examples. How it is configured is the same for all of them.

use super::{Example, Facts, Templates};
use crate::{
    cookbook::{Cookbook, CookbookConfig},
    provider::Question,
};
use pyexec_core::{
    CodeGenerator, ErrorKind, PluginError, Result, executor::ExecutorDescription, generator::GenerationRequest,
    request::PlanningMode,
};
use std::path::{Path, PathBuf};

/// Where examples come from: there is nothing else.
const COOKBOOK: &str = "cookbook";
/// The recipes that are shown if nobody says how many.
const EXAMPLES: usize = 2;

/// The keys of a generator's table that are about its prompts.
pub(crate) struct PromptKeys<'a> {
    /// `basic`, for `[execution.generators.basic]`.
    pub(crate) generator: &'static str,
    pub(crate) templates: Option<&'a Path>,
    pub(crate) examples_from: Option<&'a str>,
    pub(crate) examples: Option<usize>,
    pub(crate) example_folders: &'a [PathBuf],
}

/// Makes questions.
pub(crate) struct Prompter {
    generator: &'static str,
    templates: Templates,
    /// Where recipes are wanted, and how many at the most.
    cookbook: Option<(Cookbook, usize)>,
}

/// A question.
pub(crate) struct Prompt {
    pub(crate) question: Question,
    /// The recipes in it.
    pub(crate) examples: Vec<String>,
}

impl Prompter {
    /// Reads templates and recipes.
    pub(crate) fn new(keys: &PromptKeys<'_>) -> Result<Self> {
        let PromptKeys { generator, templates, examples_from, examples, example_folders } = *keys;
        let templates = Templates::load(templates).map_err(|error| bad_template(generator, &error))?;
        let unusable = |message: String| {
            PluginError::new("config", message).with_help(format!("correct [execution.generators.{generator}]"))
        };
        let cookbook = match examples_from {
            Some(COOKBOOK) => {
                let config = CookbookConfig { folders: example_folders.to_vec(), ..CookbookConfig::default() };
                Some((Cookbook::create(config)?, examples.unwrap_or(EXAMPLES)))
            }
            Some(other) => {
                let other = other.escape_debug();
                return Err(unusable(format!("`examples_from` is `{other}`, and `{COOKBOOK}` is all there is")));
            }
            None if example_folders.is_empty() && examples.is_none() => None,
            None => {
                let read = format!("are read with `examples_from = \"{COOKBOOK}\"` only");
                return Err(unusable(format!("`examples` and `example_folders` {read}")));
            }
        };
        Ok(Self { generator, templates, cookbook })
    }

    /// What a model is asked in this attempt. Reads the heads of the inputs, so it blocks.
    pub(crate) fn prompt(&self, request: &GenerationRequest, world: Option<&ExecutorDescription>) -> Result<Prompt> {
        let recipes = self.cookbook.as_ref().map(|(cookbook, most)| cookbook.examples(request, *most));
        let recipes = recipes.into_iter().flatten();
        let shown: Vec<Example> =
            recipes.map(|recipe| Example { name: recipe.name, title: recipe.title, code: recipe.code }).collect();
        let examples = shown.iter().map(|example| example.name.clone()).collect();
        let question = self.templates.render(&Facts::of(request, world, shown));
        let question = question.map_err(|error| bad_template(self.generator, &error))?;
        Ok(Prompt { question, examples })
    }
}

/// A model would answer nothing just as well, and as expensively.
pub(crate) fn check(request: &GenerationRequest) -> Result<()> {
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

fn bad_template(generator: &str, error: &super::TemplateError) -> PluginError {
    PluginError::new(ErrorKind::BadFile.name(), error.to_string())
        .with_help(format!("correct it, or `templates` in [execution.generators.{generator}]"))
}
