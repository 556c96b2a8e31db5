//! Which generator writes code, and why that one: by flag, by configuration, or by what is there.
//!
//! Where none is named, a model writes if its key is there (`basic`), else recipes do (`cookbook`). Which variables count is
//! [`Provider::ALL`]'s to say. One that was asked for and cannot start is an error, and only `fallback_generator` takes its
//! place: nothing falls back silently.

use super::{Choices, cannot_create};
use crate::{exit::Failure, render::plain};
use pyexec_core::{Instance, Model, Provider, Role};
use pyexec_registry::{CreateError, Registry, config::Config};
use serde_json::{Value, json};
use std::env;

/// Works offline and without a key.
const OFFLINE: &str = "cookbook";
/// Asks a model; and what it was called once.
const BASIC: [&str; 2] = ["basic", "legacy"];

/// A generator and the reason for it.
#[derive(Debug, PartialEq)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) why: String,
}

/// The generator of this command.
pub(crate) fn chosen(config: &Config, choices: &Choices<'_>) -> Chosen {
    choose(config, choices.generator, &is_set)
}

fn choose(config: &Config, flag: Option<&str>, is_set: &dyn Fn(&str) -> bool) -> Chosen {
    let named = |name: &str, why: &str| Chosen { name: name.into(), why: why.into() };
    match (flag, &config.execution.code_generator) {
        (Some(name), _) => named(name, "`--generator`"),
        (None, Some(name)) => named(name, "configured"),
        (None, None) => match ready_model(config, is_set) {
            Ok((model, because)) => {
                let why = format!("none is configured; {because}: {}, {}", model.provider, model.model);
                Chosen { name: BASIC[0].into(), why }
            }
            Err(because) => {
                let why = format!("none is configured; {because}: offline, from recipes");
                Chosen { name: OFFLINE.into(), why }
            }
        },
    }
}

/// The model that `basic` would ask, and what speaks for it; or what is missing.
fn ready_model(config: &Config, is_set: &dyn Fn(&str) -> bool) -> Result<(Model, String), String> {
    let Some(model) = config.generator_model(BASIC[0]) else {
        return model_by_key(is_set).ok_or_else(|| "no model's key is set".into());
    };
    let because = match (model.key_variable(), &model.api_key_file) {
        (Some(variable), _) if is_set(variable) => format!("{variable} is set"),
        (Some(variable), _) => return Err(format!("{variable} is not set")),
        (None, Some(file)) if file.is_file() => format!("`{}` is there", file.display()),
        (None, Some(file)) => return Err(format!("`{}` is not there", file.display())),
        (None, None) => "its model needs no key".into(),
    };
    Ok((model.clone(), because))
}

/// The default model of the first provider whose key is in the environment.
fn model_by_key(is_set: &dyn Fn(&str) -> bool) -> Option<(Model, String)> {
    Provider::ALL.iter().find_map(|provider| {
        let (variable, model) = (provider.key_variable()?, provider.default_model()?);
        is_set(variable).then(|| (Model::new(*provider, model), format!("{variable} is set")))
    })
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// What a generator gets: its table, and for `basic`, where no model is configured, the one whose key is there.
fn table(config: &Config, name: &str) -> Value {
    let mut table = config.component_table(Role::Generator, name);
    if BASIC.contains(&name)
        && table.get("model").is_none()
        && let Some((model, _)) = model_by_key(&is_set)
    {
        table["model"] = json!(model);
    }
    table
}

/// Creates the generator of this command, or the one that configuration names in its place.
pub(crate) fn create(registry: &Registry, config: &Config, choices: &Choices<'_>) -> Result<Instance, Failure> {
    let Chosen { name, .. } = chosen(config, choices);
    let error = match create_one(registry, config, &name) {
        Ok(generator) => return Ok(generator),
        Err(error) => error,
    };
    // Who names one by a flag wants that one.
    let fallback = config.execution.fallback_generator.as_ref();
    let Some(fallback) = fallback.filter(|fallback| choices.generator.is_none() && **fallback != name) else {
        return Err(cannot_create(&error));
    };
    eprintln!("warning: {}; `{}` takes its place (`fallback_generator`)", plain(&error.to_string()), plain(fallback));
    create_one(registry, config, fallback).map_err(|error| cannot_create(&error))
}

/// Creates the generator of this name.
pub(crate) fn create_one(registry: &Registry, config: &Config, name: &str) -> Result<Instance, CreateError> {
    registry.create(Role::Generator, name, &table(config, name))
}

/// The first thing that a person is told who asks a question: which generator writes, and why that one.
pub(crate) fn and_why(config: &Config, choices: &Choices<'_>, actual: &str) -> String {
    let Chosen { name, why } = chosen(config, choices);
    if name == actual || BASIC.contains(&name.as_str()) && BASIC.contains(&actual) {
        format!("{actual} ({why})")
    } else {
        format!("{actual} (instead of `{name}`, which cannot start)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn configured(edit: impl FnOnce(&mut Config)) -> Config {
        let mut config = Config::with_data_dir("/data".into());
        edit(&mut config);
        config
    }

    #[track_caller]
    fn check(config: &Config, flag: Option<&str>, set: &[&str], name: &str, why: &str) {
        let chosen = choose(config, flag, &|variable| set.contains(&variable));
        assert_eq!((chosen.name.as_str(), chosen.why.as_str()), (name, why));
    }

    #[test]
    fn flag_before_configuration_before_what_is_there() {
        let none = configured(|_| ());
        let mock = configured(|config| config.execution.code_generator = Some("mock".into()));
        check(&mock, Some("basic"), &[], "basic", "`--generator`");
        check(&mock, None, &["ANTHROPIC_API_KEY"], "mock", "configured");
        let offline = "none is configured; no model's key is set: offline, from recipes";
        check(&none, None, &["HOME"], "cookbook", offline);
        let by_key = "none is configured; OPENAI_API_KEY is set: openai, gpt-5-mini";
        check(&none, None, &["GEMINI_API_KEY", "OPENAI_API_KEY"], "basic", by_key);
        let first = "none is configured; ANTHROPIC_API_KEY is set: anthropic, claude-sonnet-4-5";
        check(&none, None, &["OPENAI_API_KEY", "ANTHROPIC_API_KEY"], "basic", first);
        let gemini = "none is configured; GEMINI_API_KEY is set: gemini, gemini-2.5-flash";
        check(&none, None, &["GEMINI_API_KEY"], "basic", gemini);
    }

    #[test]
    fn a_configured_model_counts_if_its_own_key_is_there() {
        let with = |model: Model| {
            configured(|config| config.models = BTreeMap::from([("python_code_generator".into(), model)]))
        };
        let mut site = Model::new(Provider::Openai, "gpt-9");
        site.api_key_env = Some("SITE_KEY".into());
        check(&with(site.clone()), None, &["SITE_KEY"], "basic", "none is configured; SITE_KEY is set: openai, gpt-9");
        let missing = "none is configured; SITE_KEY is not set: offline, from recipes";
        check(&with(site), None, &["OPENAI_API_KEY"], "cookbook", missing);
        let local = "none is configured; its model needs no key: ollama, qwen";
        check(&with(Model::new(Provider::Ollama, "qwen")), None, &[], "basic", local);
    }
}
