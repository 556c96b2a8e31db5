//! The task set as its file says it.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// The value of `cookbook` where no recipe fits.
const REFUSES: &str = "refuses";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    task: Vec<Task>,
}

/// A request, and what a right answer holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    pub(super) name: String,
    pub(super) request: String,
    /// Absolute, once read.
    pub(super) inputs: Vec<PathBuf>,
    pub(super) context: Option<Value>,
    /// A number and how far from it is right.
    #[serde(default)]
    pub(super) numbers: Vec<(f64, f64)>,
    #[serde(default)]
    pub(super) texts: Vec<String>,
    #[serde(default)]
    pub(super) figures: usize,
    #[serde(default)]
    pub(super) artifacts: Vec<String>,
    /// Whether something in it orders what must not be done.
    #[serde(default)]
    pub(super) hostile: bool,
    #[serde(default)]
    pub(super) never: Vec<String>,
    cookbook: String,
}

impl Task {
    /// The recipe that solves it, if one does.
    pub(super) fn recipe(&self) -> Option<&str> {
        Some(self.cookbook.as_str()).filter(|name| *name != REFUSES)
    }
}

/// All of them; inputs must be there, names must differ.
pub(super) fn read(folder: &Path) -> Result<Vec<Task>> {
    let file = folder.join("tasks.toml");
    let text = fs::read_to_string(&file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let Set { task: mut tasks } = toml::from_str(&text).with_context(|| format!("`{}`", file.display()))?;
    let mut names = HashSet::new();
    for task in &mut tasks {
        if !names.insert(task.name.clone()) {
            bail!("two tasks are called `{}`", task.name);
        }
        for input in &mut task.inputs {
            let path = folder.join(&input);
            *input = fs::canonicalize(&path).with_context(|| format!("`{}` of `{}`", path.display(), task.name))?;
        }
    }
    Ok(tasks)
}
