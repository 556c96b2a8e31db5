//! What a template may say, as plain values under the names of `docs/generators.md`.

use super::{
    failures::{self, Failure},
    inputs::{self, Input},
};
use pyexec_core::{
    executor::ExecutorDescription,
    generator::GenerationRequest,
    request::{PlanningMode, StructuredPlan},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// How many entries of `context` and `session_context` are shown, each.
const MOST_ENTRIES: usize = 80;
/// How much of one value, in characters.
const MOST_OF_VALUE: usize = 240;
/// How many items of a list.
const MOST_ITEMS: usize = 3;

/// Everything that is known about one attempt.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Facts {
    attempt: u32,
    attempts: u32,
    task: Option<String>,
    objective: Option<String>,
    expected_results: Vec<ExpectedResult>,
    plan: Option<StructuredPlan>,
    instructions: Vec<String>,
    context: Vec<Entry>,
    session: Vec<Entry>,
    inputs: Vec<Input>,
    outputs: Vec<String>,
    environment: Environment,
    /// The most that the run may do; empty: whatever a person approves.
    mode: String,
    failures: Vec<Failure>,
    examples: Vec<Example>,
}

/// A name that `results` must have.
#[derive(Debug, Clone, Serialize)]
struct ExpectedResult {
    name: String,
    meaning: String,
}

/// A named value.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Entry {
    name: String,
    value: String,
}

/// Where the script will run.
#[derive(Debug, Clone, Default, Serialize)]
struct Environment {
    python: String,
    packages: Vec<String>,
}

/// A script that answered a similar question.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Example {
    /// The recipe's name.
    pub(crate) name: String,
    /// What it does.
    pub(crate) title: String,
    /// The script.
    pub(crate) code: String,
}

impl Facts {
    /// Of a request. Reads the heads of its inputs, so it blocks.
    pub(crate) fn of(request: &GenerationRequest, world: Option<&ExecutorDescription>, examples: Vec<Example>) -> Self {
        let asked = &request.request;
        let plan = asked.structured_plan.clone();
        let packages = world.into_iter().flat_map(|world| &world.packages);
        let packages = packages.map(|(name, version)| format!("{name} {version}")).collect();
        let python = world.map_or_else(|| "3".to_owned(), |world| world.python.clone());
        let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Self {
            attempt: request.attempt,
            attempts: request.attempts,
            task: text(&asked.user_query),
            objective: text(&asked.task_objective),
            expected_results: expected(&asked.expected_results),
            plan: plan.filter(|_| asked.planning_mode == PlanningMode::CapabilityDriven),
            instructions: asked.capability_prompts.clone(),
            context: context(&asked.context),
            session: entries(&asked.session_context, ""),
            inputs: inputs::of(&request.inputs),
            outputs: asked.outputs.iter().map(|path| path.to_string_lossy().into_owned()).collect(),
            environment: Environment { python, packages },
            mode: request.mode_ceiling.map(|mode| mode.name().to_owned()).unwrap_or_default(),
            failures: failures::of(&request.failures),
            examples,
        }
    }
}

fn expected(results: &Map<String, Value>) -> Vec<ExpectedResult> {
    let one = |(name, meaning): (&String, &Value)| ExpectedResult {
        name: name.clone(),
        meaning: meaning.as_str().map_or_else(|| meaning.to_string(), str::to_owned),
    };
    results.iter().map(one).collect()
}

/// `TYPE.key` of each entry; a type that is no table of entries is one itself.
fn context(types: &Map<String, Value>) -> Vec<Entry> {
    let of_type = |(name, value): (&String, &Value)| match value {
        Value::Object(keys) => entries(keys, &format!("{name}.")),
        other => vec![Entry { name: name.clone(), value: outline(other) }],
    };
    types.iter().flat_map(of_type).take(MOST_ENTRIES).collect()
}

fn entries(map: &Map<String, Value>, before: &str) -> Vec<Entry> {
    let one = |(key, value): (&String, &Value)| Entry { name: format!("{before}{key}"), value: outline(value) };
    map.iter().take(MOST_ENTRIES).map(one).collect()
}

/// What a value is like: small ones as they are, of lists the length and the first items, of tables the names.
fn outline(value: &Value) -> String {
    let text = match value {
        Value::Array(items) if items.len() > MOST_ITEMS => {
            let first: Vec<String> = items.iter().take(MOST_ITEMS).map(outline).collect();
            format!("list of {}: {}, …", items.len(), first.join(", "))
        }
        Value::Object(map) if value.to_string().chars().count() > MOST_OF_VALUE => {
            let names: Vec<&str> = map.keys().map(String::as_str).collect();
            format!("dict of {}: {}", map.len(), names.join(", "))
        }
        small => small.to_string(),
    };
    bounded(&text, MOST_OF_VALUE)
}

/// The first characters of a text, with a sign where it was cut.
pub(super) fn bounded(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_outlined() {
        assert_eq!(outline(&json!([1, 2, 3, 4])), "list of 4: 1, 2, 3, …");
        assert_eq!(outline(&json!({"a": 1})), "{\"a\":1}");
        let long = json!({"a": "x".repeat(300), "b": 1});
        assert_eq!(outline(&long), "dict of 2: a, b");
        assert_eq!(outline(&json!("y".repeat(300))).chars().count(), MOST_OF_VALUE + 1);
    }

    #[test]
    fn context_is_named_as_code_sees_it() {
        let types = json!({"limits": {"low": 1, "high": 2.5}, "plain": 7});
        let names: Vec<String> = context(types.as_object().unwrap()).into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["limits.high", "limits.low", "plain"].map(String::from));
    }
}
