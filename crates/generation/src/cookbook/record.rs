//! What is said and kept of an answer: the progress line, the metadata and the ranking.

use super::{
    Answer,
    named_values::NamedValues,
    parameter::{Kind, Value},
    wish,
};
use pyexec_core::{
    Request,
    generator::{NO_RETRY, SUMMARY, SavedPrompt},
};
use serde_json::{Map, json};
use std::{collections::BTreeMap, fmt::Write};

/// Which recipes, with which bindings, and what was not heeded; one line.
pub(super) fn summary(answers: &[Answer]) -> String {
    answers.iter().map(one_summary).collect::<Vec<_>>().join("; then ")
}

fn one_summary(answer: &Answer) -> String {
    let shown = answer.recipe.parameters.iter().filter(|parameter| {
        !matches!(parameter.kind, Kind::Input | Kind::Separator | Kind::Decimal | Kind::TimeFormat { .. })
    });
    let bound = shown.filter_map(|parameter| Some((parameter, answer.values.get(&parameter.name)?)));
    let bound: Vec<String> = bound
        .filter(|(_, value)| !value.is_null())
        .map(|(parameter, value)| format!("{}={}", parameter.name.to_lowercase(), plain(value)))
        .collect();
    let mut text = format!("recipe {}", answer.recipe.name);
    let bound = if bound.is_empty() { String::new() } else { format!(": {}", bound.join(", ")) };
    text.push_str(&bound);
    for (written, read) in &answer.read_as {
        let _ = write!(text, "; `{written}` is read as `{read}`"); // to a String: cannot fail
    }
    if !answer.not_understood.is_empty() {
        let _ = write!(text, "; not used: {}", answer.not_understood.join(", ")); // to a String: cannot fail
    }
    text
}

/// For people, on one line.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.escape_debug().to_string(),
        Value::Array(items) => {
            items.iter().map(plain).collect::<Vec<_>>().join(if is_span(items) { " " } else { " + " })
        }
        other => other.to_string(),
    }
}

fn is_span(items: &[Value]) -> bool {
    matches!(items, [Value::Number(_), Value::String(_)])
}

/// For people: a recipe cannot fit better than wholly.
fn rounded(score: f64) -> f64 {
    (score.min(1.0) * 1000.0).round() / 1000.0
}

/// What is recorded beside the code. One recipe's facts stand at the top, those of several in the list `recipes`.
pub(super) fn metadata(
    answers: &[Answer],
    summary: &str,
    without_recipe: &[String],
    named: &NamedValues,
    request: &Request,
) -> Map<String, Value> {
    let mut metadata = match answers {
        [only] => of_one(only),
        several => {
            let recipes = several.iter().map(of_one).collect::<Vec<_>>();
            Map::from_iter([("recipes".to_owned(), json!(recipes))])
        }
    };
    let mut note = |key: &str, value: Value| metadata.insert(key.into(), value);
    note("generator", json!("cookbook"));
    note(SUMMARY, json!(summary));
    note(NO_RETRY, json!(true));
    if !without_recipe.is_empty() {
        note("steps_without_recipe", json!(without_recipe));
    }
    let (used, not_used) = named.report();
    if !used.is_empty() || !not_used.is_empty() {
        note("context", json!({ "used": used, "not_used": not_used }));
    }
    let ignored = wish::ignored(request);
    if !ignored.is_empty() {
        note("ignored", json!(ignored));
    }
    let expected = wish::expected_results(request);
    if !expected.is_empty() {
        let checked = "names only; `results.not_given` lists those that the script did not give";
        note("expected_results", json!({ "names": expected, "checked": checked }));
    }
    metadata
}

fn of_one(answer: &Answer) -> Map<String, Value> {
    let recipe = answer.recipe;
    let mut parameters: BTreeMap<&str, &Value> =
        recipe.parameters.iter().map(|parameter| (parameter.name.as_str(), &parameter.default)).collect();
    parameters.extend(answer.values.iter().map(|(name, value)| (name.as_str(), value)));
    let mut facts = Map::from_iter([
        ("recipe".to_owned(), json!(recipe.name)),
        ("title".to_owned(), json!(recipe.title)),
        ("file".to_owned(), json!(answer.file.map(|file| file.display().to_string()))),
        ("score".to_owned(), json!(rounded(answer.score))),
        ("parameters".to_owned(), json!(parameters)),
        ("not_understood".to_owned(), json!(answer.not_understood)),
        ("read_as".to_owned(), json!(answer.read_as)),
    ]);
    if let Some(phase) = &answer.wish.phase {
        facts.insert("phase".into(), json!(phase));
        facts.insert("step".into(), json!(answer.wish.text));
    }
    facts
}

/// How near every recipe was.
pub(super) fn rankings(answers: &[Answer], least: f64) -> SavedPrompt {
    let mut text = String::new();
    for answer in answers {
        // writing to a String cannot fail
        let _ = writeln!(text, "request: {}\nleast score: {least}", answer.wish.text);
        for one in &answer.ranked {
            let _ = writeln!(text, "{:.3}  {}", rounded(one.score), one.name);
        }
    }
    SavedPrompt { name: "ranking".into(), text }
}
