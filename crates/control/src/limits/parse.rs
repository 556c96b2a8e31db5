//! The limits database's JSON, read strictly: one fault anywhere and there is no database.
//!
//! A file that is read leniently protects nothing: a misspelt `max_valu` is a channel without a bound, and whoever wrote it
//! believes otherwise.

use super::{
    ChannelLimits, Limits,
    entry::{self, Entry},
};
use crate::{
    channel_name::{BadChannelName, ChannelName},
    nearest::hint,
    strict_json::{Node, repeated},
};
use pyexec_core::{ErrorKind, RunError};
use std::collections::{BTreeMap, btree_map};

const DEFAULTS: &str = "defaults";
const VERSION: &str = "_version";
const COMMENT: &str = "_comment";

/// Why a limits database cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LimitsError {
    /// No text.
    #[error("the limits database is empty")]
    Empty,
    /// Not JSON. NaN and Infinity are not.
    #[error("the limits database is not JSON: {message}; the line reads `{line}`")]
    Syntax {
        /// What the parser says, with line and column.
        message: String,
        /// The offending line.
        line: String,
    },
    /// JSON of another shape.
    #[error("the limits database is {found}; an object with one member a channel is wanted")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// Written for another reader.
    #[error("the limits database is of version {found}; version 1.0 is understood")]
    Version {
        /// As it stands there.
        found: String,
    },
    /// Nothing but defaults.
    #[error("the limits database lists no channel")]
    NoChannels,
    /// The same channel twice; `A` and `A.VAL` are the same.
    #[error("the limits database lists `{channel}` twice")]
    ListedTwice {
        /// Which.
        channel: String,
    },
    /// A key that names no channel.
    #[error("the limits database lists what cannot be a channel: {0}")]
    Name(#[from] BadChannelName),
    /// `_something`.
    #[error("the limits database has an unknown key `{key}`{}", hint(nearest.as_deref()))]
    UnknownKey {
        /// Which.
        key: String,
        /// The known one that is meant, perhaps.
        nearest: Option<String>,
    },
    /// A channel's entry, or `defaults`.
    #[error("the limits of `{channel}` cannot be used: {problem}")]
    Entry {
        /// Whose.
        channel: String,
        /// Why.
        problem: EntryProblem,
    },
}

/// What is wrong with one entry.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EntryProblem {
    /// Not an object.
    #[error("the entry is {0}, not an object")]
    NotAnObject(&'static str),
    /// `{}`.
    #[error("the entry is empty; say `\"writable\": true` if every value is good")]
    Empty,
    /// No such key.
    #[error("`{key}` is unknown{}", hint(nearest.as_deref()))]
    UnknownKey {
        /// Which.
        key: String,
        /// The known one that is meant, perhaps.
        nearest: Option<String>,
    },
    /// A key twice.
    #[error("`{0}` stands there twice")]
    Repeated(String),
    /// A value of another type.
    #[error("`{key}` is {found}, not {wanted}")]
    Type {
        /// Of which key.
        key: String,
        /// What is wanted.
        wanted: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A number that is not finite.
    #[error("`{0}` is not a finite number")]
    NotFinite(String),
    /// A step, rate or tolerance below or at zero.
    #[error("`{key}` must be greater than 0 and is {value}")]
    NotPositive {
        /// Which.
        key: String,
        /// As it stands there.
        value: f64,
    },
    /// `min_value` above `max_value`, defaults applied.
    #[error("`min_value` {min} is above `max_value` {max}")]
    Swapped {
        /// As it applies.
        min: f64,
        /// As it applies.
        max: f64,
    },
    /// No such verification level.
    #[error("`verification.level` is `{found}`; none, callback and readback are known")]
    Level {
        /// As it stands there.
        found: String,
    },
    /// A tolerance that nobody would read.
    #[error("{0}")]
    Tolerance(&'static str),
}

impl From<LimitsError> for RunError {
    fn from(error: LimitsError) -> Self {
        Self::new(ErrorKind::BadFile, error.to_string()).with_help(
            "correct the limits database, or say `enabled = false` in [control_system.limits_checking] to work without one",
        )
    }
}

pub(super) fn database(text: &str) -> Result<Limits, LimitsError> {
    if text.trim().is_empty() {
        return Err(LimitsError::Empty);
    }
    let root: Node = serde_json::from_str(text).map_err(|e| syntax(text, &e))?;
    let Node::Object(members) = root else {
        return Err(LimitsError::NotAnObject { found: root.kind() });
    };
    if let Some(channel) = repeated(&members) {
        return Err(LimitsError::ListedTwice { channel: channel.into() });
    }

    let of = |channel: &str, problem| LimitsError::Entry { channel: channel.into(), problem };
    let mut defaults = Entry::default();
    let mut entries = BTreeMap::new();
    for (key, node) in members {
        match key.as_str() {
            VERSION => version(&node)?,
            COMMENT => {}
            DEFAULTS => defaults = entry::read(node).map_err(|problem| of(DEFAULTS, problem))?,
            other if other.starts_with('_') => {
                let nearest = crate::nearest::nearest(other, [VERSION, COMMENT]).map(Into::into);
                return Err(LimitsError::UnknownKey { key, nearest });
            }
            other => {
                let name: ChannelName = other.parse()?;
                let entry = entry::read(node).map_err(|problem| of(other, problem))?;
                match entries.entry(name) {
                    btree_map::Entry::Vacant(free) => free.insert(entry),
                    btree_map::Entry::Occupied(_) => return Err(LimitsError::ListedTwice { channel: key }),
                };
            }
        }
    }
    if entries.is_empty() {
        return Err(LimitsError::NoChannels);
    }

    let with_defaults = |(name, entry): (ChannelName, Entry)| {
        let limits = entry.over(&defaults).map_err(|problem| of(name.as_str(), problem))?;
        Ok::<(ChannelName, ChannelLimits), LimitsError>((name, limits))
    };
    let channels = entries.into_iter().map(with_defaults).collect::<Result<_, _>>()?;
    let defaults = Entry::default().over(&defaults).map_err(|problem| of(DEFAULTS, problem))?;
    Ok(Limits { channels, defaults, allow_unlisted: false })
}

fn syntax(text: &str, error: &serde_json::Error) -> LimitsError {
    let line = error.line().checked_sub(1).and_then(|at| text.lines().nth(at)).unwrap_or_default();
    LimitsError::Syntax { message: error.to_string(), line: line.trim().chars().take(120).collect() }
}

fn version(node: &Node) -> Result<(), LimitsError> {
    match node {
        Node::Text(text) if text == "1.0" => Ok(()),
        Node::Text(text) => Err(LimitsError::Version { found: format!("`{text}`") }),
        other => Err(LimitsError::Version { found: other.kind().into() }),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
