//! What is configured: the generator's own table in `pyexec.toml`, and beside it a file that says what is asked.

use super::{endpoint::ApiConfig, guidance::Guidance};
use crate::agent_cli::program::Tool;
use pyexec_core::{ErrorKind, PluginError, Result};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

/// The file that is laid under everybody's.
const SHIPPED: &str = include_str!("../../claude_code/claude_generator_config.toml");

/// The most that a file of one's own may have, in bytes.
const MOST: u64 = 1 << 20;

/// `[execution.generators.claude_code]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClaudeCodeConfig {
    /// A profile of the file, `fast` if absent: which phases, with which model.
    pub profile: Option<String>,
    /// US dollars for all attempts of a run together; the profile's if absent.
    pub max_budget_usd: Option<f64>,
    /// Wall time of one attempt; the profile's if absent. The host's own limit for generators ends it, too.
    pub timeout_seconds: Option<u64>,
    /// The profile's if absent.
    pub model: Option<String>,
    /// A file with phases, profiles, guidance and `api_config`, laid over the shipped one.
    pub claude_config_path: Option<PathBuf>,
    /// The agent program, as an absolute path to its native binary; `claude` on `PATH` if absent.
    pub cli_path: Option<PathBuf>,
    /// Who keeps the program to its folder.
    pub confinement: Confinement,
    /// A folder with templates that stand before the shipped ones of the same name, as for `basic`. Absolute.
    pub templates: Option<PathBuf>,
    /// `cookbook`: the recipes that fit best are shown to the agent.
    pub examples_from: Option<String>,
    /// How many at the most; 2 if absent.
    pub examples: Option<usize>,
    /// Folders with more recipes for that. Absolute.
    pub example_folders: Vec<PathBuf>,
}

/// Who keeps the program to its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confinement {
    /// The kernel, beside the program's own permission system. An error where it cannot.
    #[default]
    Kernel,
    /// The program's own permission system alone.
    Cli,
}

impl fmt::Display for Confinement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kernel => "kernel",
            Self::Cli => "cli",
        })
    }
}

/// The file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Orders {
    pub(super) api_config: ApiConfig,
    pub(super) profiles: BTreeMap<String, Profile>,
    pub(super) phases: BTreeMap<String, Phase>,
    pub(super) codebase_guidance: BTreeMap<String, Guidance>,
}

/// Which phases, with which model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    /// In order, in one conversation; the last one's answer is the code.
    pub(super) phases: Vec<String>,
    /// As the program takes it: an alias (`sonnet`) or a full name.
    pub(super) model: String,
    pub(super) max_budget_usd: f64,
    pub(super) timeout_seconds: u64,
}

/// One prompt of a conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phase {
    /// Who the agent is in it, for people.
    pub(super) agent: String,
    pub(super) prompt: String,
    /// None at all if absent.
    #[serde(default)]
    pub(super) tools: Vec<Tool>,
    /// How often the model may answer, tool uses included.
    pub(super) turns: u32,
}

/// The shipped file with one's own laid over it.
pub(super) fn orders(own: Option<&Path>) -> Result<Orders> {
    let mut orders = parse(SHIPPED).map_err(|why| bad_file(Path::new("the shipped configuration"), &why))?;
    if let Some(path) = own {
        let Orders { api_config, profiles, phases, codebase_guidance } = read(path)?;
        orders.api_config = api_config;
        orders.profiles.extend(profiles);
        orders.phases.extend(phases);
        orders.codebase_guidance = codebase_guidance;
    }
    check(&orders).map_err(|why| bad_file(own.unwrap_or(Path::new("the shipped configuration")), &why))?;
    Ok(orders)
}

fn read(path: &Path) -> Result<Orders> {
    if !path.is_absolute() {
        return Err(bad_file(path, "is not an absolute path"));
    }
    let meta = fs::metadata(path).map_err(|error| bad_file(path, &format!("cannot be read: {error}")))?;
    if !meta.is_file() || meta.len() > MOST {
        return Err(bad_file(path, &format!("is no file of at most {} MiB", MOST >> 20)));
    }
    let text = fs::read_to_string(path).map_err(|error| bad_file(path, &format!("cannot be read: {error}")))?;
    let mut orders = parse(&text).map_err(|why| bad_file(path, &why))?;
    let folder = path.parent().unwrap_or(path);
    if let Some(file) = &mut orders.api_config.api_key_file {
        *file = folder.join(&*file);
    }
    for guidance in orders.codebase_guidance.values_mut().flat_map(|guidance| &mut guidance.folders) {
        *guidance = folder.join(&*guidance);
    }
    Ok(orders)
}

/// The reason never quotes the file: it may hold what it should not.
fn parse(text: &str) -> std::result::Result<Orders, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
        let line = line.map_or_else(String::new, |line| format!("in line {line}: "));
        format!("{line}{}", error.message())
    })
}

fn check(orders: &Orders) -> std::result::Result<(), String> {
    let name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    let names = orders.profiles.keys().chain(orders.phases.keys()).chain(orders.codebase_guidance.keys());
    if let Some(bad) = names.into_iter().find(|text| !name(text)) {
        return Err(format!("the name `{}` is not made of letters, digits, `_` and `-`", bad.escape_debug()));
    }
    for name in orders.profiles.keys() {
        let profile = || format!("profile `{name}`");
        let Profile { phases, model, max_budget_usd, timeout_seconds } = &orders.profiles[name];
        if phases.is_empty() {
            return Err(format!("{} has no phases", profile()));
        }
        if let Some(unknown) = phases.iter().find(|phase| !orders.phases.contains_key(*phase)) {
            let known: Vec<&str> = orders.phases.keys().map(String::as_str).collect();
            let unknown = unknown.escape_debug();
            return Err(format!("{} names the phase `{unknown}`; there are {}", profile(), known.join(", ")));
        }
        check_model(model).map_err(|why| format!("{}: {why}", profile()))?;
        check_budget(*max_budget_usd).map_err(|why| format!("{}: {why}", profile()))?;
        check_timeout(*timeout_seconds).map_err(|why| format!("{}: {why}", profile()))?;
    }
    for (name, phase) in &orders.phases {
        if phase.prompt.trim().is_empty() {
            return Err(format!("phase `{name}` has an empty `prompt`"));
        }
        if !(1..=100).contains(&phase.turns) {
            return Err(format!("phase `{name}` has {} `turns`, and 1 to 100 are possible", phase.turns));
        }
    }
    Ok(())
}

/// It becomes an argument of a program.
pub(super) fn check_model(model: &str) -> std::result::Result<(), String> {
    let fits = model.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/@[]-".contains(&b));
    if model.is_empty() || model.starts_with('-') || !fits {
        return Err(format!("`model` is `{}`, which is no model's name", model.escape_debug()));
    }
    Ok(())
}

pub(super) fn check_budget(usd: f64) -> std::result::Result<(), String> {
    if usd.is_finite() && (0.01..=1000.0).contains(&usd) {
        Ok(())
    } else {
        Err(format!("`max_budget_usd` is {usd} and must be from 0.01 to 1000"))
    }
}

pub(super) fn check_timeout(seconds: u64) -> std::result::Result<(), String> {
    if (1..=86_400).contains(&seconds) {
        Ok(())
    } else {
        Err(format!("`timeout_seconds` is {seconds} and must be from 1 to 86400"))
    }
}

/// Of the generator's own table.
pub(super) fn unusable(message: impl Into<String>) -> PluginError {
    PluginError::new("config", message.into()).with_help("correct [execution.generators.claude_code]")
}

fn bad_file(path: &Path, why: &str) -> PluginError {
    PluginError::new(ErrorKind::BadFile.name(), format!("{}: {why}", path.display()))
        .with_help("correct it, or `claude_config_path` in [execution.generators.claude_code]")
}

#[cfg(test)]
mod tests;
