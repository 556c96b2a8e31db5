//! The script that goes out: a recipe with its values, or the recipes of a plan's steps one after the other.

use super::{literal, parameter::Value, recipe::Recipe};
use pyexec_core::{ErrorKind, PluginError, Result};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// A recipe, the values of its parameters, and the plan's phase that it is for.
pub(super) struct Part<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) values: &'a BTreeMap<String, Value>,
    pub(super) phase: Option<&'a str>,
}

/// The script; `expected` are names that the request wants to find in `results`.
pub(super) fn of(parts: &[Part], expected: &[String]) -> Result<String> {
    let mut script = match parts {
        [only] => only.recipe.bound(only.values),
        parts => in_turn(parts)?,
    };
    if !expected.is_empty() {
        script.push_str(&tail(expected));
    }
    Ok(script)
}

/// Each recipe leaves its own `results`; they end up under their phase's name, and under the recipe's too where a phase has
/// several.
fn in_turn(parts: &[Part]) -> Result<String> {
    let mut script = String::new();
    let mut taken = BTreeSet::new();
    for (n, part) in parts.iter().enumerate() {
        let bound = part.recipe.bound(part.values);
        if bound.lines().any(|line| line.starts_with("from __future__")) {
            let message =
                format!("the recipe `{}` cannot be one of several: it imports from `__future__`", part.recipe.name);
            return Err(PluginError::new(ErrorKind::BadRequest.name(), message).with_help("ask for it by itself"));
        }
        let phase = part.phase.unwrap_or(&part.recipe.title);
        let alone = parts.iter().filter(|other| other.phase == part.phase).count() == 1;
        let mut name = part.recipe.name.clone();
        while !taken.insert((phase, name.clone())) {
            name.push_str("_again");
        }
        let key = |text: &str| literal::write(&json!(text));
        let place = if alone {
            format!("plan_results[{}]", key(phase))
        } else {
            format!("plan_results.setdefault({}, {{}})[{}]", key(phase), key(&name))
        };
        let first = if n == 0 { "plan_results = {}\n" } else { "" };
        // writing to a String cannot fail
        let _ = write!(script, "# step {} of {}\n{bound}\n{first}{place} = results\n\n", n + 1, parts.len());
    }
    script.push_str("results = plan_results\n");
    Ok(script)
}

/// What was expected and is not there is said, in the results too: a program may read nothing else.
fn tail(expected: &[String]) -> String {
    format!(
        "\nnot_given = [name for name in {} if name not in results]\nif not_given:\n    results[\"not_given\"] = not_given\n    print(\"Expected and not given by this recipe: \" + \", \".join(not_given))\n",
        literal::write(&json!(expected))
    )
}
