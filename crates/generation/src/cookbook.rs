//! The generator `cookbook`: finds the recipe that a request means and binds its parameters. Offline and deterministic.
//!
//! Recipes are plain Python scripts (`recipes/*.py` of this crate, and folders of the user's). [`ranking`] says which one is
//! meant, [`bind`] fills its parameters from the words of the request and from the head of the input, and the script goes
//! out with those lines replaced. Where it is not clear which recipe is meant, or with which values, it gives no code: a
//! wrong answer that looks right is worse than none. The same request gives the same code, so nothing is gained by asking
//! again, and what it gives says so. It knows neither policy nor execution.

mod amounts;
mod asides;
mod bind;
mod choice;
mod columns;
pub(crate) mod content;
mod examples;
mod gist;
mod literal;
mod mention;
mod named_values;
mod parameter;
mod question;
mod ranking;
mod recipe;
mod record;
mod refusal;
mod sayings;
mod script;
mod shelf;
mod spelling;
pub(crate) mod table;
mod wish;
mod words;

use choice::Reached;
use named_values::NamedValues;
use parameter::Value;
use pyexec_core::{
    Code, CodeGenerator, ErrorKind, PluginError, Result,
    finding::InputInfo,
    generator::{GeneratedCode, GenerationRequest},
    host::HostContext,
};
use question::Question;
use ranking::{Ranked, Ranking};
use recipe::Recipe;
use script::Part;
use serde::Deserialize;
use shelf::Shelf;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use wish::Wish;

pyexec_sdk::register_generator!("cookbook", Cookbook);

/// How near a recipe must be unless configuration says otherwise.
const LEAST_SCORE: f64 = 0.45;

/// `[execution.generators.cookbook]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CookbookConfig {
    /// Folders with more recipes (`NAME.py`), as absolute paths. One of them stands before a shipped recipe of the same
    /// name, and a later folder before an earlier one. They are read when the generator is created.
    pub folders: Vec<PathBuf>,
    /// How well a recipe must fit, from 0 to 1; 0.45 if absent. 1 is a recipe that knows every word of the request.
    pub min_score: Option<f64>,
}

/// Answers with a recipe.
pub struct Cookbook {
    shelf: Shelf,
    ranking: Ranking,
    least: f64,
}

/// What one wish reached.
struct Answer<'a> {
    wish: Wish,
    recipe: &'a Recipe,
    /// Where the recipe came from; none for a shipped one.
    file: Option<&'a Path>,
    score: f64,
    ranked: Vec<Ranked>,
    values: BTreeMap<String, Value>,
    /// Words that nothing used.
    not_understood: Vec<String>,
    /// Words that were taken for slips, with what they were read as.
    read_as: BTreeMap<String, String>,
}

impl CodeGenerator for Cookbook {
    type Config = CookbookConfig;

    fn create(config: CookbookConfig) -> Result<Self> {
        let least = config.min_score.unwrap_or(LEAST_SCORE);
        if !(0.0..=1.0).contains(&least) {
            return Err(PluginError::new("config", format!("`min_score` is {least} and must be from 0 to 1"))
                .with_help("correct [execution.generators.cookbook]"));
        }
        let shelf = shelf::gather(&config.folders).map_err(|error| {
            PluginError::new(ErrorKind::BadFile.name(), error.to_string())
                .with_help("correct it, or the `folders` of [execution.generators.cookbook]")
        })?;
        let ranking = Ranking::new(&shelf.values().map(|(recipe, _)| recipe).collect::<Vec<_>>());
        Ok(Self { shelf, ranking, least })
    }

    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        let named = NamedValues::of(&request.request.context);
        let (answers, without_recipe) = self.answers(&request, &named)?;
        let parts: Vec<Part> = answers
            .iter()
            .map(|answer| Part { recipe: answer.recipe, values: &answer.values, phase: answer.wish.phase.as_deref() })
            .collect();
        let code = Code::new(script::of(&parts, &wish::expected_results(&request.request))?);
        refuse_to_repeat(&request, &code, &answers)?;
        let summary = record::summary(&answers);
        host.progress(&summary);
        let prompts = vec![record::rankings(&answers, self.least)];
        let metadata = record::metadata(&answers, &summary, &without_recipe, &named, &request.request);
        Ok(GeneratedCode { code, metadata, prompts })
    }
}

impl Cookbook {
    /// Everything that is asked for with the recipe that answers it, and the steps of a plan that need none.
    fn answers(&self, request: &GenerationRequest, named: &NamedValues) -> Result<(Vec<Answer<'_>>, Vec<String>)> {
        let (mut answers, mut without_recipe): (Vec<Answer>, Vec<String>) = (Vec::new(), Vec::new());
        let wishes = wish::of(&request.request)?;
        for wish in wishes {
            let text = wish.text.clone();
            let beside = wish.phase.as_ref().and_then(|_| wish::question(&request.request));
            match self.answer(wish, beside, &request.inputs, named).map_err(|error| of_step(error, beside, &text))? {
                Some(answer) => {
                    let same =
                        |other: &Answer| other.recipe.name == answer.recipe.name && other.values == answer.values;
                    if !answers.iter().any(same) {
                        answers.push(answer);
                    }
                }
                None => without_recipe.push(text),
            }
        }
        if answers.is_empty() {
            // a plan that only says how: what is asked for is the question beside it
            let text = wish::question(&request.request).unwrap_or_default().to_owned();
            let only = self.answer(Wish { phase: None, text }, None, &request.inputs, named)?;
            answers.push(only.ok_or_else(|| self.nothing_asked())?);
        }
        Ok((answers, without_recipe))
    }

    /// The answer to one wish, with `beside` for columns and numbers that the wish itself does not name. None if it
    /// asks for nothing that needs a recipe.
    fn answer(
        &self,
        wish: Wish,
        beside: Option<&str>,
        inputs: &[InputInfo],
        named: &NamedValues,
    ) -> Result<Option<Answer<'_>>> {
        let mut question = self.read(&wish.text, inputs, named);
        let bind = |recipe: &Recipe, question: &Question| {
            bind::bind(recipe, question, inputs, named, |stem| self.ranking.recipe_knows(&recipe.name, stem))
        };
        // a question of its own: what a recipe that is only tried uses is not used
        let binds = |recipe: &Recipe| bind(recipe, &self.read(&wish.text, inputs, named)).map(drop);
        let Reached::Recipe(chosen, ranked) = self.reach(&question, inputs, binds)? else { return Ok(None) };
        let Some((recipe, file)) = self.shelf.get(&chosen.name) else { return Err(self.nothing_asked()) };
        // a step names what it does, and the question beside it often on what
        let wider = beside.map(|beside| self.read(&format!("{}. {beside}", wish.text), inputs, named));
        let values = match wider.map(|wider| (bind(recipe, &wider), wider)) {
            Some((Ok(values), wider)) => {
                question = wider;
                values
            }
            _ => bind(recipe, &question)?,
        };
        Ok(Some(Answer {
            not_understood: self.not_understood(&question, &chosen.name),
            read_as: question.read_as,
            file: file.as_deref(),
            score: chosen.score,
            wish,
            recipe,
            ranked,
            values,
        }))
    }

    /// A question with the values of named data in it, and slips of the pen mended.
    fn read(&self, text: &str, inputs: &[InputInfo], named: &NamedValues) -> Question {
        let mut question = Question::new(&named.written_out(text));
        let tables = inputs.iter().filter_map(|input| table::read(input.path.as_ref()).ok());
        let columns: Vec<String> = tables.flat_map(|table| table.columns).map(|column| column.name).collect();
        let files = inputs.iter().map(|input| input.name.as_str());
        self.ranking.mend(&mut question, columns.iter().map(String::as_str).chain(files));
        question
    }

    /// Words that neither the recipe nor its binding had a use for.
    fn not_understood(&self, question: &Question, recipe: &str) -> Vec<String> {
        let tokens = question.tokens.iter().enumerate();
        tokens
            .filter(|(at, token)| ranking::counts(token) && !question.is_used(*at))
            .filter(|(_, token)| !self.ranking.recipe_knows(recipe, &token.stem))
            .map(|(_, token)| token.word.clone())
            .collect()
    }
}

/// An error of a plan's step says of which.
fn of_step(error: PluginError, beside: Option<&str>, step: &str) -> PluginError {
    match beside {
        None => error,
        Some(_) => PluginError {
            message: format!("step `{}` of the plan: {}", step.escape_debug(), error.message).into(),
            ..error
        },
    }
}

/// The same code would fail in the same way, and another recipe would answer another question.
fn refuse_to_repeat(request: &GenerationRequest, code: &Code, answers: &[Answer]) -> Result<()> {
    let Some(failure) = request.failures.iter().rev().find(|failure| failure.code.as_ref() == Some(code)) else {
        return Ok(());
    };
    let names: Vec<String> = answers.iter().map(|answer| format!("`{}`", answer.recipe.name)).collect();
    let message = format!(
        "the cookbook has no other code for this request, and that of {} failed: {}",
        names.join(", "),
        failure.error.message
    );
    Err(PluginError::new(ErrorKind::AttemptsExhausted.name(), message)
        .with_help("correct the input, ask another question, or use a generator with a model"))
}
