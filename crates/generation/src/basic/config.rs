//! `[execution.generators.basic]`, and what is wrong with it.

use crate::provider::Price;
use pyexec_core::{ErrorKind, Model, PluginError, Provider, Result};
use serde::Deserialize;
use std::path::PathBuf;

/// `[execution.generators.basic]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BasicConfig {
    /// Which `[models.NAME]`. The host reads this and gives the model; it is here because it is a key of the table.
    pub model_config_name: Option<String>,
    /// The model. Required; the host puts it here.
    pub model: Option<Model>,
    /// A folder with templates that stand before the shipped ones of the same name. Absolute.
    pub templates: Option<PathBuf>,
    /// `cookbook`: the recipes that fit best are shown to the model.
    pub examples_from: Option<String>,
    /// How many at the most; 2 if absent.
    pub examples: Option<usize>,
    /// Folders with more recipes for that. Absolute.
    pub example_folders: Vec<PathBuf>,
    /// What the attempts of one run may cost together, in US dollars. Looked at before each attempt, so that the last one may
    /// go beyond it.
    pub max_budget_usd: Option<f64>,
}

fn unusable(message: impl Into<String>) -> PluginError {
    PluginError::new("config", message.into()).with_help("correct [execution.generators.basic]")
}

pub(super) fn no_model() -> PluginError {
    let variables: Vec<&str> = Provider::ALL.iter().filter_map(|provider| provider.key_variable()).collect();
    let help = format!("set {}, or configure a model in `[models.python_code_generator]`", variables.join(" or "));
    PluginError::new(ErrorKind::MissingCredential.name(), "there is no model for the generator `basic`").with_help(help)
}

pub(super) fn check_budget(budget: Option<f64>, price: Option<Price>, model: &Model) -> Result<()> {
    let Some(budget) = budget else { return Ok(()) };
    if !(budget.is_finite() && budget > 0.0) {
        return Err(unusable(format!("`max_budget_usd` is {budget} and must be above 0")));
    }
    if price.is_none() {
        let message = format!("`max_budget_usd` cannot be held: nobody knows the price of `{}`", model.model);
        let help =
            "set `input_usd_per_million` and `output_usd_per_million` in `[models.NAME]`, or take the budget out";
        return Err(PluginError::new("config", message).with_help(help));
    }
    Ok(())
}

/// Whether there is money for another attempt.
pub(super) fn check_spent(budget: Option<f64>, spent: Option<f64>) -> Result<()> {
    let Some(budget) = budget else { return Ok(()) };
    let message = match spent {
        Some(spent) if spent < budget => return Ok(()),
        Some(spent) => format!("the attempts of this run have cost {spent:.4} USD, and `max_budget_usd` is {budget}"),
        None => format!("what the attempts of this run have cost is not known, and `max_budget_usd` is {budget}"),
    };
    let help = "raise `max_budget_usd` in [execution.generators.basic], or ask for less at once";
    Err(PluginError::new(ErrorKind::Budget.name(), message).with_help(help))
}
