//! `[models.NAME]`: which models there are, and which generator uses which. The key of a model is named here and never read.
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the lifetime of `Item` belongs to its impl, so `Item::path` is not a function for every lifetime"
)]

use super::{
    error::{Diagnostic, Problem},
    item::{Item, Parsed},
    read::whole_u32,
    source::Place,
    table::Table,
};
use crate::names::nearest;
use pyexec_core::{Model, Provider};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A generator's key that names one of them.
pub(super) const MODEL_NAME: &str = "model_config_name";
/// The key under which a generator then gets it.
pub(super) const MODEL: &str = "model";
/// The one that the generator `basic` uses where it names none.
pub(super) const USUAL: &str = "python_code_generator";
/// Keys of the house's own generators that are paths.
const PATHS: [&str; 3] = ["templates", "claude_config_path", "cli_path"];
const OWN: [&str; 2] = ["basic", "claude_code"];
const DAY: f64 = 86_400.0;

/// Reads all of them.
pub(super) fn models(mut table: Table<'_>) -> BTreeMap<String, Model> {
    let tables = table.rest().into_iter();
    tables.filter_map(|(name, place, table)| Some((name, model(table, &place)?))).collect()
}

fn model(mut table: Table<'_>, place: &Place) -> Option<Model> {
    let missing = ["provider", "model"].map(|key| (!table.has(key), key));
    let provider = table.optional("provider", |item| item.one_of(Provider::ALL, Provider::name));
    let name = table.optional("model", |item| item.label());
    for (missing, key) in missing {
        if missing {
            let problem = Problem::MissingKey { key: table.key(key), name: key };
            table.complain(Diagnostic::new(problem, Some(place.clone())));
        }
    }
    // What is wrong with the rest is told at once, whatever the first two are.
    let stand_in = Model::new(provider.unwrap_or(Provider::Openai), name.clone().unwrap_or_default());
    let model = Model {
        base_url: table.optional("base_url", |item| item.address()),
        api_key_env: table.optional("api_key_env", variable),
        api_key_file: table.optional("api_key_file", |item| item.path()),
        allow_plain_http: table.value("allow_plain_http", stand_in.allow_plain_http, |item| item.flag()),
        temperature: table.optional("temperature", |item| item.amount(2.0)),
        max_tokens: table.value("max_tokens", stand_in.max_tokens, |item| whole_u32(item, 1, 1_000_000)),
        timeout_seconds: table.value("timeout_seconds", stand_in.timeout_seconds, |item| item.positive(DAY)),
        max_tries: table.value("max_tries", stand_in.max_tries, |item| whole_u32(item, 1, 20)),
        retry_wait_seconds: table.value("retry_wait_seconds", stand_in.retry_wait_seconds, |item| item.positive(60.0)),
        stream: table.value("stream", stand_in.stream, |item| item.flag()),
        input_usd_per_million: table.optional("input_usd_per_million", |item| item.amount(1e6)),
        output_usd_per_million: table.optional("output_usd_per_million", |item| item.amount(1e6)),
        ..stand_in
    };
    if provider == Some(Provider::OpenaiCompatible) && model.base_url.is_none() {
        let problem = Problem::MissingKey { key: table.key("base_url"), name: "base_url" };
        table.complain(Diagnostic::new(problem, Some(place.clone())));
    }
    if model.api_key_env.is_some() && model.api_key_file.is_some() {
        let problem = Problem::SetTwice { key: table.key("api_key_file"), by: table.key("api_key_env") };
        table.complain(Diagnostic::new(problem, Some(place.clone())));
    }
    table.finish();
    (provider.is_some() && name.is_some()).then_some(model)
}

/// The name of an environment variable; a key that was put here by mistake is none. Never quoted.
fn variable(item: Item<'_>) -> Parsed<String> {
    let name = item.text()?;
    if is_variable(&name) {
        return Ok(name);
    }
    let help =
        "name the environment variable that holds the key, such as `ANTHROPIC_API_KEY`; never write the key itself";
    Err(item.unusable("is not the name of an environment variable (A-Z, 0-9 and `_`)", help))
}

pub(super) fn is_variable(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') && name.len() <= 64 && name.chars().all(fits)
}

/// The tables of generators, each passed on as it is, and with the model that it names.
pub(super) fn generators(mut table: Table<'_>, models: &BTreeMap<String, Model>) -> BTreeMap<String, Json> {
    let mut generators = BTreeMap::new();
    for (name, _, mut table) in table.rest() {
        for path in PATHS.into_iter().filter(|_| OWN.contains(&name.as_str())) {
            table.resolve(path);
        }
        let named = table.peek(MODEL_NAME);
        if let Some((wanted, place)) = &named
            && !models.contains_key(wanted)
        {
            let nearest = nearest(wanted, models.keys().map(String::as_str)).first().map(|near| (*near).to_owned());
            let problem = Problem::NoSuchModel { key: table.key(MODEL_NAME), name: wanted.clone(), nearest };
            table.complain(Diagnostic::new(problem, Some(place.clone())));
        }
        generators.insert(name, table.pass_through());
    }
    generators
}
