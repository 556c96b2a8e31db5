//! Recipes as examples for somebody else who writes code: those that fit a question best, whether or not they answer it.

use super::{Cookbook, named_values::NamedValues, wish};
use pyexec_core::generator::GenerationRequest;
use std::collections::BTreeMap;

/// A recipe below this score has little to do with the question.
const LEAST: f64 = 0.25;

/// A recipe's script with its defaults.
pub(crate) struct RecipeScript {
    /// The recipe's name.
    pub(crate) name: String,
    /// What it does, in a few words.
    pub(crate) title: String,
    /// The script.
    pub(crate) code: String,
}

impl Cookbook {
    /// The recipes that fit the question best, at most `most`.
    pub(crate) fn examples(&self, request: &GenerationRequest, most: usize) -> Vec<RecipeScript> {
        let Some(question) = wish::question(&request.request) else { return Vec::new() };
        let question = self.read(question, &request.inputs, &NamedValues::of(&request.request.context));
        let ranked = self.ranking.rank(&question.tokens).into_iter();
        let found = ranked.take_while(|one| one.score >= LEAST).take(most);
        let script = |name: &str| {
            let (recipe, _) = self.shelf.get(name)?;
            let code = recipe.bound(&BTreeMap::new());
            Some(RecipeScript { name: recipe.name.clone(), title: recipe.title.clone(), code })
        };
        found.filter_map(|one| script(&one.name)).collect()
    }
}
