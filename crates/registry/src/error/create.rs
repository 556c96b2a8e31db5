//! Why a component was not created.

use super::brief;
use pyexec_core::{ErrorKind, PluginError, Role, RunError};
use std::time::Duration;

/// A component that was not created. The host goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// No library lists it.
    #[error("there is no {role} `{name}`{}", nearest_first(nearest))]
    Unknown {
        /// The role.
        role: Role,
        /// The name that was asked for.
        name: String,
        /// Known names that look like it, the nearest first.
        nearest: Vec<String>,
        /// Every name of that role, sorted.
        known: Vec<String>,
    },
    /// Two libraries list it; which one is meant is not for us to guess.
    #[error("the {role} `{name}` is offered twice, by {first} and by {second}")]
    Duplicate {
        /// The role.
        role: Role,
        /// The name.
        name: String,
        /// The one, with its file.
        first: String,
        /// The other, with its file.
        second: String,
    },
    /// It said no, or panicked.
    #[error("the {role} `{name}` of {library} could not be created: {}", brief(&error.message))]
    Failed {
        /// The role.
        role: Role,
        /// The name.
        name: String,
        /// Its library, with its file.
        library: String,
        /// What it said.
        error: Box<PluginError>,
    },
    /// It did not come back. Its thread is left behind.
    #[error("the {role} `{name}` of {library} was not created within {} s", limit.as_secs_f64())]
    Hung {
        /// The role.
        role: Role,
        /// The name.
        name: String,
        /// Its library, with its file.
        library: String,
        /// How long it had.
        limit: Duration,
    },
}

impl CreateError {
    /// What to do about it; `None` when nobody said.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Unknown { role, known, .. } if known.is_empty() => {
                Some(format!("no loaded plugin offers any {role}; `pyexec plugins list` shows what is loaded"))
            }
            Self::Unknown { role, known, .. } => {
                Some(format!("the known names of the role {role} are {}", quoted(known)))
            }
            Self::Duplicate { .. } => Some("remove one of the two from [[plugins.load]]".into()),
            Self::Failed { error, .. } => Some(brief(&error.help)).filter(|help| !help.is_empty()),
            Self::Hung { .. } => Some("ask its author; creating a component should only read its configuration".into()),
        }
    }

    /// What kind of error it is to a run.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unknown { .. } => ErrorKind::UnknownName,
            Self::Duplicate { .. } => ErrorKind::BadRequest,
            Self::Failed { error, .. } => RunError::from(&**error).kind,
            Self::Hung { .. } => ErrorKind::Plugin,
        }
    }
}

impl From<&CreateError> for RunError {
    fn from(error: &CreateError) -> Self {
        let ours = Self::new(error.kind(), error.to_string());
        match error.help() {
            Some(help) => ours.with_help(help),
            None => ours,
        }
    }
}

fn nearest_first(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        _ => format!(
            "; did you mean {}?",
            nearest.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
        ),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
