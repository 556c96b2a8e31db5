//! Which recipe a question means, or why none can be said to be meant.
//!
//! That is an error of kind `bad_request`: the request is not one that this generator can use, and the same words would
//! reach no more the next time, so nothing is tried again.

use super::{
    Cookbook,
    gist::Gist,
    question::Question,
    ranking::{Choice, Ranked, counts},
    recipe::Recipe,
    refusal::{Refusal, list},
    table::{self, Table},
    words::{Saying, WORDS},
};
use pyexec_core::{ErrorKind, PluginError, Result, finding::InputInfo};
use std::collections::BTreeSet;

/// How many recipes a refusal lists.
const LISTED: usize = 5;
const OTHERWISE: &str =
    "or have a model write the code: another generator, by `--generator` or `execution.code_generator`";

/// What a question reaches.
pub(super) enum Reached {
    /// This recipe; with the whole ranking.
    Recipe(Ranked, Vec<Ranked>),
    /// Nothing is asked for that needs one (`load the file`).
    Nothing,
}

impl Cookbook {
    /// What this question about these inputs reaches.
    pub(super) fn reach(
        &self,
        question: &Question,
        inputs: &[InputInfo],
        binds: impl Fn(&Recipe) -> std::result::Result<(), Refusal>,
    ) -> Result<Reached> {
        let tables: Vec<Table> = inputs.iter().filter_map(|input| table::read(input.path.as_ref()).ok()).collect();
        let files: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        let gist = Gist::of(question, &tables, &files, &self.ranking);
        let ranked = self.ranking.rank(&gist.as_words);
        if !gist.as_words.iter().any(counts) {
            return Ok(Reached::Nothing);
        }
        if let Some(token) = gist.as_words.iter().find(|token| self.is_beyond(token)) {
            return Err(self.beyond(&token.word, &ranked));
        }
        let unknown: BTreeSet<&str> = (gist.as_words.iter())
            .filter(|token| counts(token) && !self.ranking.knows(&token.stem))
            .map(|token| token.word.as_str())
            .collect();
        let Some(as_names) = gist.as_names else {
            let chosen =
                self.settle(self.ranking.choose(&gist.as_words, &ranked, self.least), &ranked, &unknown, &binds)?;
            return Ok(Reached::Recipe(chosen, ranked));
        };
        let ranked_names = self.ranking.rank(&as_names);
        let by_names = self.ranking.choose(&as_names, &ranked_names, self.least);
        let by_words = self.ranking.choose(&gist.as_words, &ranked, self.least);
        match (by_words, by_names) {
            (Choice::One(words), Choice::One(names)) if words.name != names.name => {
                Err(self.tie(&[words, names]).with_help("put the names of columns in backticks"))
            }
            (Choice::One(chosen), _) => Ok(Reached::Recipe(chosen, ranked)),
            (_, Choice::One(chosen)) => Ok(Reached::Recipe(chosen, ranked_names)),
            (neither, _) => Ok(Reached::Recipe(self.settle(neither, &ranked, &unknown, &binds)?, ranked)),
        }
    }

    fn is_beyond(&self, token: &super::words::Token) -> bool {
        let said = match token.saying {
            Saying::Not => &token.word,
            Saying::First => &token.stem,
            Saying::Rest => return false,
        };
        WORDS.is_beyond(said) && !self.ranking.knows(&token.stem)
    }

    fn settle(
        &self,
        choice: Choice,
        ranked: &[Ranked],
        unknown: &BTreeSet<&str>,
        binds: &impl Fn(&Recipe) -> std::result::Result<(), Refusal>,
    ) -> Result<Ranked> {
        match choice {
            Choice::One(chosen) => Ok(chosen),
            Choice::Poor => Err(self.poor(ranked, unknown)),
            Choice::Tie(near) => self.untie(&near, binds),
            Choice::Several(asked) => Err(several(&asked)),
        }
    }

    /// Of equally near recipes the one is meant that the table has the columns for, if it is the only one.
    fn untie(&self, near: &[Ranked], binds: &impl Fn(&Recipe) -> std::result::Result<(), Refusal>) -> Result<Ranked> {
        let mut possible = Vec::new();
        for one in near {
            let Some((recipe, _)) = self.shelf.get(&one.name) else { continue };
            match binds(recipe) {
                Err(Refusal::NoColumn { .. } | Refusal::UnusedColumn { .. }) => {}
                Err(unusable @ Refusal::UnusableInput { .. }) => return Err(unusable.into()),
                _ => possible.push(one),
            }
        }
        match possible.as_slice() {
            [only] => Ok((*only).clone()),
            _ => Err(self.tie(near)),
        }
    }

    /// Nothing in the words says what is wanted.
    pub(super) fn nothing_asked(&self) -> PluginError {
        self.poor(&[], &BTreeSet::new())
    }

    fn poor(&self, ranked: &[Ranked], unknown: &BTreeSet<&str>) -> PluginError {
        let unknown = match unknown.len() {
            0 => String::new(),
            _ => format!(", and none knows {}", list(unknown.iter().copied())),
        };
        refusal(format!("no recipe of the cookbook fits the request{unknown}")).with_help(self.nearest(ranked))
    }

    fn beyond(&self, word: &str, ranked: &[Ranked]) -> PluginError {
        refusal(format!("no recipe of the cookbook does what `{}` asks for", word.escape_debug()))
            .with_help(self.nearest(ranked))
    }

    fn tie(&self, near: &[Ranked]) -> PluginError {
        let names: Vec<String> = near.iter().map(|one| format!("`{}`", one.name)).collect();
        refusal(format!("the request could mean {}", names.join(" or "))).with_help(self.nearest(near))
    }

    /// Recipes with what they do and a way to ask for them, a line each.
    fn nearest(&self, ranked: &[Ranked]) -> String {
        let recipes = ranked.iter().take(LISTED).filter_map(|one| Some(&self.shelf.get(&one.name)?.0));
        let lines: Vec<String> = recipes
            .map(|r| {
                format!("  {}: {} Ask: \"{}\"", r.name, r.description, r.phrases.first().map_or("", String::as_str))
            })
            .collect();
        if lines.is_empty() {
            let names: Vec<&str> = self.shelf.keys().map(String::as_str).collect();
            return format!("it has the recipes {}; ask for one of these, {OTHERWISE}", names.join(", "));
        }
        format!("the nearest recipes are\n{}\nask in such words, {OTHERWISE}", lines.join("\n"))
    }
}

fn several(asked: &[Ranked]) -> PluginError {
    let names: Vec<String> = asked.iter().take(LISTED).map(|one| format!("`{}`", one.name)).collect();
    let message = format!("the request asks for several things, which no one recipe does: {}", names.join(", "));
    refusal(message).with_help("ask for one of them at a time, or give a `structured_plan` with a step for each")
}

fn refusal(message: String) -> PluginError {
    PluginError::new(ErrorKind::BadRequest.name(), message)
}
