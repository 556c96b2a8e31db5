//! A recipe: a plain Python script that says at its top what it does and what it needs.
//!
//! ```python
//! # /// pyexec-recipe
//! # title = "…"
//! # ///
//!
//! INPUT = "data.csv"
//!
//! import pandas as pd
//! ```
//!
//! The block is that of PEP 723 (inline script metadata) with a type of its own; its content is TOML. Directly below stand
//! the parameters, one line each and nothing between them, so that binding replaces whole lines whose place is known and
//! never searches a script for text.

use super::{
    literal,
    parameter::{Kind, Parameter, Value},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A recipe that was read and checked.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    /// The file's name without `.py`.
    pub(super) name: String,
    /// A few words for a list.
    pub(super) title: String,
    /// One sentence.
    pub(super) description: String,
    /// What people say when they want it.
    pub(super) phrases: Vec<String>,
    /// In the order of the script.
    pub(super) parameters: Vec<Parameter>,
    /// The script below the block, in lines.
    body: Vec<String>,
}

/// Why a recipe cannot be used; `line` counts from 1.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub(super) struct RecipeError {
    /// Where.
    pub(super) line: usize,
    /// What, as a clause.
    pub(super) problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    title: String,
    description: String,
    phrases: Vec<String>,
    #[serde(default)]
    parameters: BTreeMap<String, toml::Spanned<Kind>>,
}

const OPENING: &str = "# /// pyexec-recipe";
const CLOSING: &str = "# ///";

/// Reads a recipe.
pub(super) fn parse(name: &str, source: &str) -> Result<Recipe, RecipeError> {
    let lines: Vec<&str> = source.trim_start_matches('\u{feff}').lines().collect();
    let Some(opening) = lines.iter().position(|line| line.trim_end() == OPENING) else {
        return Err(error(0, format!("there is no block that opens with `{OPENING}`")));
    };
    if let Some(early) = lines[..opening].iter().position(|line| !line.is_empty() && !line.starts_with('#')) {
        return Err(error(early, "the recipe's block must come before any code"));
    }
    let length = lines[opening + 1..].iter().position(|line| line.trim_end() == CLOSING);
    let Some(closing) = length.map(|length| opening + 1 + length) else {
        return Err(error(opening, format!("the block is not closed by `{CLOSING}`")));
    };
    let block = read_block(&lines[opening + 1..closing], opening + 1)?;
    let body: Vec<String> = lines[closing + 1..].iter().map(|line| (*line).to_owned()).collect();
    let parameters = read_parameters(block.parameters, &body, closing + 1, |offset| {
        opening + 1 + lines_before(&lines[opening + 1..closing], offset)
    })?;
    Ok(Recipe {
        name: name.into(),
        title: block.title,
        description: block.description,
        phrases: block.phrases,
        parameters,
        body,
    })
}

/// The TOML of the block, line by line as long as the block, so that places in one are places in the other.
fn toml_text(lines: &[&str]) -> Result<String, usize> {
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        // PEP 723: a `#` alone, or followed by a space
        text.push_str(if *line == "#" { "" } else { line.strip_prefix("# ").ok_or(at)? });
        text.push('\n');
    }
    Ok(text)
}

fn lines_before(lines: &[&str], offset: usize) -> usize {
    let text = toml_text(lines).unwrap_or_default();
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}

fn read_block(lines: &[&str], first: usize) -> Result<Block, RecipeError> {
    let text = toml_text(lines).map_err(|at| error(first + at, "a line of the block does not start with `# `"))?;
    let block: Block = toml::from_str(&text).map_err(|problem| {
        let offset = problem.span().map_or(0, |span| span.start);
        error(first + lines_before(lines, offset), problem.message())
    })?;
    for (what, text) in [("title", &block.title), ("description", &block.description)] {
        if text.trim().is_empty() || text.contains(char::is_control) {
            return Err(error(first, format!("`{what}` must be one line of text")));
        }
    }
    if block.phrases.is_empty() {
        return Err(error(first, "`phrases` is empty: without them nobody finds the recipe"));
    }
    Ok(block)
}

fn read_parameters(
    mut declared: BTreeMap<String, toml::Spanned<Kind>>,
    body: &[String],
    first: usize,
    line_of: impl Fn(usize) -> usize,
) -> Result<Vec<Parameter>, RecipeError> {
    let places: BTreeMap<String, usize> =
        declared.iter().map(|(name, kind)| (name.clone(), line_of(kind.span().start))).collect();
    let mut parameters: Vec<Parameter> = Vec::new();
    for (line, text) in body.iter().enumerate() {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let Some((name, right)) = assignment(text) else { break };
        let Some(kind) = declared.remove(name) else {
            if places.contains_key(name) {
                return Err(error(first + line, format!("the parameter `{name}` is assigned twice")));
            }
            break;
        };
        let kind = kind.into_inner();
        let default = literal::read(right).ok_or_else(|| {
            error(
                first + line,
                format!("the default of `{name}` must be one line: a number, a \"text\", None or a list"),
            )
        })?;
        if let Err(wanted) = kind.accepts(&default) {
            return Err(error(first + line, format!("the default of `{name}` must be {wanted}")));
        }
        parameters.push(Parameter { name: name.into(), kind, line, default });
    }
    if let Some(missing) = declared.keys().next() {
        let problem = format!("the parameter `{missing}` is not assigned in the lines directly below the block");
        return Err(error(places[missing], problem));
    }
    check_references(&parameters, &places)?;
    Ok(parameters)
}

/// `NAME = literal`, at the start of a line.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, right) = line.split_once(" = ")?;
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    (name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(upper)).then_some((name, right.trim()))
}

fn check_references(parameters: &[Parameter], places: &BTreeMap<String, usize>) -> Result<(), RecipeError> {
    let inputs = parameters.iter().filter(|parameter| matches!(parameter.kind, Kind::Input)).count();
    if inputs > 1 {
        let second = parameters.iter().filter(|parameter| matches!(parameter.kind, Kind::Input)).nth(1);
        return Err(error(second.map_or(0, |p| places[&p.name]), "a recipe has one parameter of kind `input`"));
    }
    for (at, parameter) in parameters.iter().enumerate() {
        let here = places[&parameter.name];
        let of_a_table = matches!(
            parameter.kind,
            Kind::Separator | Kind::Decimal | Kind::Column(_) | Kind::TimeFormat { .. } | Kind::Span { .. }
        );
        if of_a_table && inputs == 0 {
            return Err(error(here, format!("`{}` needs a parameter of kind `input`", parameter.name)));
        }
        if let Kind::Choice { options, several: Some(several), .. } = &parameter.kind
            && !options.contains_key(several)
        {
            let problem = format!("`{}`: `several` must name one of its options", parameter.name);
            return Err(error(here, problem));
        }
        if let Some(of) = parameter.kind.refers_to() {
            let column = |p: &Parameter| p.name == of && matches!(&p.kind, Kind::Column(spec) if !spec.plural);
            if !parameters[..at].iter().any(column) {
                let problem = format!("`{}`: `of` must name a single column that stands above it", parameter.name);
                return Err(error(here, problem));
            }
        }
    }
    Ok(())
}

fn error(line: usize, problem: impl Into<String>) -> RecipeError {
    RecipeError { line: line + 1, problem: problem.into() }
}

impl Recipe {
    /// The script with these values in place of its defaults. A parameter without a value keeps its line.
    pub(super) fn bound(&self, values: &BTreeMap<String, Value>) -> String {
        let mut body = self.body.clone();
        for parameter in &self.parameters {
            if let Some(value) = values.get(&parameter.name) {
                body[parameter.line] = format!("{} = {}", parameter.name, literal::write(value));
            }
        }
        let first = body.iter().position(|line| !line.trim().is_empty()).unwrap_or(0);
        format!("# {} (recipe `{}`)\n# {}\n\n{}\n", self.title, self.name, self.description, body[first..].join("\n"))
    }

    /// What it is called by: its title and phrases, a line each.
    pub(super) fn calls(&self) -> String {
        format!("{}\n{}", self.title, self.phrases.join("\n"))
    }

    /// What it does, with the words that its parameters listen to.
    pub(super) fn described(&self) -> String {
        let words = self.parameters.iter().flat_map(|parameter| parameter.kind.words());
        words.fold(self.description.clone(), |text, word| text + "\n" + word)
    }
}

#[cfg(test)]
#[path = "recipe_tests.rs"]
mod tests;
