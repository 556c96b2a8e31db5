//! The generator `cookbook`: finds the recipe that a request means and binds its parameters. Offline and deterministic.
//!
//! Recipes are plain Python scripts (`recipes/*.py` of this crate, and folders of the user's). [`ranking`] says which one is
//! meant, [`bind`] fills its parameters from the words of the request and from the head of the input, and the script goes
//! out with those lines replaced. Where it is not clear which recipe is meant, or with which values, it gives no code: a
//! wrong answer that looks right is worse than none. It knows neither policy nor execution.

mod amounts;
mod bind;
mod columns;
mod content;
mod gist;
mod literal;
mod mention;
mod parameter;
mod question;
mod ranking;
mod recipe;
mod refusal;
mod shelf;
mod table;
mod words;

use gist::Gist;
use parameter::Value;
use pyexec_core::{
    Code, CodeGenerator, ErrorKind, PluginError, Result,
    generator::{GeneratedCode, GenerationRequest, SavedPrompt},
    host::HostContext,
    request::PlanningMode,
};
use question::Question;
use ranking::{Choice, Ranked, Ranking};
use serde::Deserialize;
use serde_json::{Map, json};
use shelf::Shelf;
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};
use table::Table;

pyexec_sdk::register_generator!("cookbook", Cookbook);

/// How near a recipe must be unless configuration says otherwise.
const LEAST_SCORE: f64 = 0.45;
/// How many recipes a refusal lists.
const LISTED: usize = 5;

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

    async fn generate(&self, request: GenerationRequest, _host: &HostContext) -> Result<GeneratedCode> {
        let asked = asked(&request)?;
        let question = Question::new(asked);
        let (chosen, ranked) = self.choose(&question, &request)?;
        let Some((recipe, file)) = self.shelf.get(&chosen.name) else { return Err(self.poor(&ranked)) };
        let is_own = |stem: &str| self.ranking.recipe_knows(&chosen.name, stem);
        let values = bind::bind(recipe, &question, &request.inputs, is_own)?;
        let code = Code::new(recipe.bound(&values));
        refuse_to_repeat(&request, &code, &recipe.name)?;

        let mut parameters: BTreeMap<&str, &Value> =
            recipe.parameters.iter().map(|parameter| (parameter.name.as_str(), &parameter.default)).collect();
        parameters.extend(values.iter().map(|(name, value)| (name.as_str(), value)));
        let metadata: [(&str, Value); 7] = [
            ("generator", json!("cookbook")),
            ("recipe", json!(recipe.name)),
            ("title", json!(recipe.title)),
            ("file", json!(file.as_ref().map(|file| file.display().to_string()))),
            ("score", json!(rounded(chosen.score))),
            ("parameters", json!(parameters)),
            ("not_understood", json!(self.not_understood(&question, &chosen.name))),
        ];
        let metadata: Map<String, Value> = metadata.into_iter().map(|(key, value)| (key.into(), value)).collect();
        let prompts = vec![SavedPrompt { name: "ranking".into(), text: self.table(asked, &ranked) }];
        Ok(GeneratedCode { code, metadata, prompts })
    }
}

/// What is asked; the objective where there is no question.
fn asked(request: &GenerationRequest) -> Result<&str> {
    let bad = |message: &str, help: &str| PluginError::new(ErrorKind::BadRequest.name(), message).with_help(help);
    if request.request.planning_mode == PlanningMode::CapabilityDriven {
        let help = "use a generator with a model for `capability_driven`, or ask one question";
        return Err(bad("the cookbook follows no plan: it answers a question with one recipe", help));
    }
    let asked = [&request.request.user_query, &request.request.task_objective];
    let asked = asked.into_iter().flatten().map(|text| text.trim()).find(|text| !text.is_empty());
    asked.ok_or_else(|| bad("there is no question", "say in a few words what you want to know"))
}

/// The same code would fail in the same way.
fn refuse_to_repeat(request: &GenerationRequest, code: &Code, recipe: &str) -> Result<()> {
    let Some(failure) = request.failures.iter().rev().find(|failure| failure.code.as_ref() == Some(code)) else {
        return Ok(());
    };
    let message = format!("the recipe `{recipe}` does not work on this input: {}", failure.error.message);
    Err(PluginError::new(ErrorKind::AttemptsExhausted.name(), message)
        .with_help("correct the input, ask another question, or use a generator with a model"))
}

/// For people: a recipe cannot fit better than wholly.
fn rounded(score: f64) -> f64 {
    (score.min(1.0) * 1000.0).round() / 1000.0
}

impl Cookbook {
    /// The recipe that is meant, and the whole ranking.
    fn choose(&self, question: &Question, request: &GenerationRequest) -> Result<(Ranked, Vec<Ranked>)> {
        let tables: Vec<Table> =
            request.inputs.iter().filter_map(|input| table::read(input.path.as_ref()).ok()).collect();
        let files: Vec<&str> = request.inputs.iter().map(|input| input.name.as_str()).collect();
        let gist = Gist::of(question, &tables, &files, &self.ranking);
        let ranked = self.ranking.rank(&gist.as_words);
        let Some(as_names) = gist.as_names else {
            let chosen = self.settle(self.ranking.choose(&gist.as_words, &ranked, self.least), &ranked)?;
            return Ok((chosen, ranked));
        };
        let ranked_names = self.ranking.rank(&as_names);
        let by_names = self.ranking.choose(&as_names, &ranked_names, self.least);
        let by_words = self.ranking.choose(&gist.as_words, &ranked, self.least);
        match (by_words, by_names) {
            (Choice::One(words), Choice::One(names)) if words.name != names.name => {
                Err(self.tie(&[words, names]).with_help("put the names of columns in backticks"))
            }
            (Choice::One(chosen), _) => Ok((chosen, ranked)),
            (_, Choice::One(chosen)) => Ok((chosen, ranked_names)),
            (neither, _) => Ok((self.settle(neither, &ranked)?, ranked)),
        }
    }

    fn settle(&self, choice: Choice, ranked: &[Ranked]) -> Result<Ranked> {
        match choice {
            Choice::One(chosen) => Ok(chosen),
            Choice::Poor => Err(self.poor(ranked)),
            Choice::Tie(near) => Err(self.tie(&near)),
            Choice::Several(asked) => Err(self.several(&asked)),
        }
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

    fn titles<'a>(&'a self, ranked: &'a [Ranked]) -> impl Iterator<Item = String> + 'a {
        ranked.iter().filter_map(|one| self.shelf.get(&one.name)).map(|(r, _)| format!("`{}` ({})", r.name, r.title))
    }

    fn poor(&self, ranked: &[Ranked]) -> PluginError {
        let help = if ranked.is_empty() {
            let names: Vec<&str> = self.shelf.keys().map(String::as_str).collect();
            format!("it has {}; or use a generator with a model", names.join(", "))
        } else {
            let nearest: Vec<String> = self.titles(ranked).take(LISTED).collect();
            format!("the nearest are {}: say it in their words, or use a generator with a model", nearest.join(", "))
        };
        PluginError::new(ErrorKind::GenerationEmpty.name(), "no recipe of the cookbook fits the request")
            .with_help(help)
    }

    fn tie(&self, near: &[Ranked]) -> PluginError {
        let names: Vec<String> = self.titles(near).collect();
        let message = format!("the request could mean {}", names.join(" or "));
        PluginError::new(ErrorKind::GenerationEmpty.name(), message)
            .with_help("say which one, in the words of its title")
    }

    fn several(&self, asked: &[Ranked]) -> PluginError {
        let names: Vec<String> = self.titles(asked).take(LISTED).collect();
        let message = format!("the request asks for several things, which no one recipe does: {}", names.join(", "));
        PluginError::new(ErrorKind::GenerationEmpty.name(), message).with_help("ask for one of them at a time")
    }

    fn table(&self, asked: &str, ranked: &[Ranked]) -> String {
        let mut text = format!("request: {asked}\nleast score: {}\n", self.least);
        for one in ranked {
            let title = self.shelf.get(&one.name).map_or("", |(recipe, _)| recipe.title.as_str());
            // writing to a String cannot fail
            let _ = writeln!(text, "{:.3}  {}  {title}", rounded(one.score), one.name);
        }
        text
    }
}
