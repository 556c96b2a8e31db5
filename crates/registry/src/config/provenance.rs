//! Every value with where it came from: what `pyexec config show` prints.

use super::{
    error::escaped,
    secret,
    source::{Place, SourceName},
};
use serde::Serialize;
use serde_json::Value as Json;
use std::{
    fmt::{self, Write as _},
    path::PathBuf,
};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A file.
    File {
        /// Absolute.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// The environment.
    Env {
        /// The variable's name.
        variable: String,
    },
}

impl From<&Place> for Origin {
    fn from(place: &Place) -> Self {
        match &place.source.name {
            SourceName::File(path) => Self::File { path: path.clone(), line: place.line() },
            SourceName::Variable(name) => Self::Env { variable: name.clone() },
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "file {}:{line}", escaped(&path.to_string_lossy())),
            Self::Env { variable } => write!(f, "env {}", escaped(variable)),
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// With dots (`execution.limits.memory_mb`).
    pub key: String,
    /// As it is used: paths absolute, names canonical. Secrets are `***`; null is "not set".
    pub value: Json,
    /// Where it came from.
    pub origin: Origin,
}

/// All values, in the order of the documentation. Serialises as a list.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Provenance {
    lines: Vec<Line>,
}

impl Provenance {
    pub(super) fn add(&mut self, key: String, value: Json, place: Option<&Place>) {
        let value = secret::redacted(key.rsplit('.').next().unwrap_or_default(), value);
        self.lines.push(Line { key, value, origin: place.map_or(Origin::Default, Origin::from) });
    }

    /// Every value.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// One value.
    pub fn get(&self, key: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.key == key)
    }

    /// For people: `key = value  # origin`, a line each.
    pub fn to_text(&self) -> String {
        const MOST: usize = 56;
        let values: Vec<_> = self.lines.iter().map(|line| escaped(&format!("{} = {}", line.key, line.value))).collect();
        let width = values.iter().map(|value| value.chars().count()).filter(|width| *width <= MOST).max().unwrap_or(0);
        let mut text = String::new();
        for (value, line) in values.iter().zip(&self.lines) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{value:width$}  # {}", line.origin);
        }
        text
    }
}
