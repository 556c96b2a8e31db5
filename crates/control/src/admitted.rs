//! A write that was checked, and what a run has written so far.

use crate::{channel_name::ChannelName, limits::ChannelLimits, verification::Verification};
use serde_json::Value;
use std::{collections::HashMap, time::Duration};

/// A write that passed every check. Only [`Broker::admit`](crate::Broker::admit) makes one, and
/// [`Broker::put`](crate::Broker::put) uses it up: it cannot be put twice.
#[derive(Debug)]
pub struct AdmittedWrite {
    pub(crate) name: ChannelName,
    pub(crate) value: Value,
    pub(crate) timeout: Duration,
    pub(crate) verification: Verification,
    /// For the checks that are repeated at the last moment; `None` without a limits database.
    pub(crate) limits: Option<ChannelLimits>,
}

impl AdmittedWrite {
    /// The channel, in its one spelling.
    pub fn name(&self) -> &ChannelName {
        &self.name
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// How it will be verified.
    pub fn verification(&self) -> Verification {
        self.verification
    }
}

/// What one run has put so far: grants count against it and steps are measured from it. The service keeps one a run;
/// [`Broker::put`](crate::Broker::put) borrows it mutably, so a run's writes go one after the other.
#[derive(Debug, Default)]
pub struct WrittenSoFar(HashMap<ChannelName, Written>);

#[derive(Debug, Default)]
struct Written {
    count: u32,
    last: Option<Value>,
}

impl WrittenSoFar {
    /// How often a channel was put in this run, refused and unknown ones included.
    pub fn count(&self, name: &ChannelName) -> u32 {
        self.0.get(name).map_or(0, |written| written.count)
    }

    /// The value last put, unless it certainly never arrived.
    pub(crate) fn last(&self, name: &ChannelName) -> Option<&Value> {
        self.0.get(name)?.last.as_ref()
    }

    /// Counts a put that is about to happen; the value before it comes back. Counted first: a put whose future is dropped
    /// half-way may have reached the channel.
    pub(crate) fn begin(&mut self, name: &ChannelName, value: &Value) -> Option<Value> {
        let written = self.0.entry(name.clone()).or_default();
        written.count = written.count.saturating_add(1);
        written.last.replace(value.clone())
    }

    /// Takes a value back that certainly never arrived. The count stays.
    pub(crate) fn undo(&mut self, name: &ChannelName, before: Option<Value>) {
        if let Some(written) = self.0.get_mut(name) {
            written.last = before;
        }
    }
}
