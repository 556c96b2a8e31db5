//! The limits database in use: what a channel may be set to at all, whoever approved it.

mod entry;
mod parse;

pub use parse::{EntryProblem, LimitsError};

use crate::{
    channel_name::ChannelName,
    nearest::nearest,
    value::{numbers, shown, within},
    verification::Verification,
};
use pyexec_core::{ErrorKind, RunError};
use serde_json::Value;
use std::collections::BTreeMap;

/// Limits by channel. [`Limits::parse`] makes it, and only of a database without a single fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    channels: BTreeMap<ChannelName, ChannelLimits>,
    defaults: ChannelLimits,
    allow_unlisted: bool,
}

/// What one channel may be set to, with the database's defaults applied. Values are in the channel's own units.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelLimits {
    /// Whether it may be written at all.
    pub writable: bool,
    /// Least value; of a list, of every element.
    pub min_value: Option<f64>,
    /// Greatest value; of a list, of every element.
    pub max_value: Option<f64>,
    /// The largest change of one request. By itself it does not stop a run from walking to a bound, a step a request:
    /// `max_rate` and the approved envelope (`min`, `max`, `max_writes`) do.
    pub max_step: Option<f64>,
    /// The largest change per second, over all runs of this host process.
    pub max_rate: Option<f64>,
    /// How its writes are verified; `None` leaves it to the configuration.
    pub verification: Option<Verification>,
}

impl Limits {
    /// Parses the database's text.
    pub fn parse(text: &str) -> Result<Self, LimitsError> {
        parse::database(text)
    }

    /// The limits of an installation without a database: no channel is listed, so none may be written unless
    /// [`Limits::allow_unlisted`] says so, and then without bounds.
    pub fn none() -> Self {
        let defaults = ChannelLimits {
            writable: true,
            min_value: None,
            max_value: None,
            max_step: None,
            max_rate: None,
            verification: None,
        };
        Self { channels: BTreeMap::new(), defaults, allow_unlisted: false }
    }

    /// Whether channels that the database does not list may be written, within its `defaults`. Off unless said; a field of
    /// a listed record (`A.DRVH`) stays refused.
    #[must_use]
    pub fn allow_unlisted(self, allow: bool) -> Self {
        Self { allow_unlisted: allow, ..self }
    }

    /// How many channels are listed.
    pub fn listed(&self) -> usize {
        self.channels.len()
    }

    /// What applies to `name`, or why it must not be written.
    pub(crate) fn of(&self, name: &ChannelName) -> Result<&ChannelLimits, RunError> {
        if let Some(limits) = self.channels.get(name) {
            return Ok(limits);
        }
        let listed = |record: &&str| self.channels.keys().any(|channel| channel.as_str() == *record);
        if let Some(record) = name.records().find(listed) {
            let message = format!("`{name}` is a field of `{record}`, and the limits database lists only the record");
            return Err(
                violation(message).with_help(format!("list `{name}` in the limits database if it may be written"))
            );
        }
        if self.allow_unlisted {
            return Ok(&self.defaults);
        }
        let error = violation(format!("the channel `{name}` is not in the limits database"));
        let near = nearest(name.as_str(), self.channels.keys().map(ChannelName::as_str));
        Err(error.with_help(near.map_or_else(
            || "list it there if it may be written".into(),
            |near| format!("the nearest listed channel is `{near}`; list `{name}` if it may be written"),
        )))
    }
}

impl ChannelLimits {
    /// Whether `value` is in bounds, as far as that can be said without looking at the channel.
    pub(crate) fn check(&self, name: &ChannelName, value: &Value) -> Result<(), RunError> {
        if !self.writable {
            return Err(violation(format!("the limits database says that `{name}` is not writable")));
        }
        if self.min_value.is_none() && self.max_value.is_none() {
            return Ok(());
        }
        let Some(numbers) = numbers(value) else {
            let message = format!("`{name}` has numeric limits and {} is not a number", shown(value));
            return Err(violation(message));
        };
        match numbers.iter().find(|n| !within(**n, self.min_value, self.max_value)) {
            None => Ok(()),
            Some(n) => {
                Err(violation(format!("`{name}` may be set {} and not to {n}", range(self.min_value, self.max_value))))
            }
        }
    }
}

/// A range in words.
pub(crate) fn range(min: Option<f64>, max: Option<f64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("from {min} to {max}"),
        (Some(min), None) => format!("from {min} up"),
        (None, Some(max)) => format!("up to {max}"),
        (None, None) => "to any value".into(),
    }
}

/// A write that the limits forbid.
pub(crate) fn violation(message: impl Into<String>) -> RunError {
    RunError::new(ErrorKind::LimitsViolation, message)
}
