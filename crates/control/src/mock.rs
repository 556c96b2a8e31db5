//! The connector `mock`: channels without a control system, for tests and demonstrations.
//!
//! It behaves like a simple IOC where that matters to its caller: a value beyond `min` or `max` is clamped and the write
//! confirmed, so only a readback notices. It checks no limits and no grants: that is the broker's work.

mod state;

use crate::{channel_name::ChannelName, nearest::nearest, value::Kind};
use pyexec_core::{
    Connector, Digest, ErrorKind, PluginError, Result,
    connector::{ChannelValue, ConnectorRead, ConnectorWrite, WriteReport},
};
use serde::Deserialize;
use serde_json::{Value, json};
use state::{Held, State};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

pyexec_sdk::register_connector!("mock", Mock);

/// `[control_system.connector.mock]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MockConfig {
    /// Channels by name.
    pub channels: BTreeMap<String, MockChannel>,
    /// Whether a name that is not configured is a channel too, with a number made from its name: always the same one.
    /// On unless said, so that any script can be tried; tests of misspelt names switch it off.
    pub synthesize: bool,
    /// Where written values are kept, absolute; without it they end with the process. Each write is also appended to the
    /// file of the same name with `.writes.jsonl` at its end, one JSON object a line (`at`, `name`, `value`, `pid`).
    pub state_file: Option<PathBuf>,
}

impl Default for MockConfig {
    fn default() -> Self {
        Self { channels: BTreeMap::new(), synthesize: true, state_file: None }
    }
}

/// One configured channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MockChannel {
    /// Its value until it is written.
    pub value: Value,
    /// Engineering units.
    #[serde(default)]
    pub units: Option<String>,
    /// Digits after the point.
    #[serde(default)]
    pub precision: Option<i32>,
    /// Alarm state.
    #[serde(default)]
    pub alarm: Option<String>,
    /// Lower drive limit: what is written below becomes this.
    #[serde(default)]
    pub min: Option<f64>,
    /// Upper drive limit: what is written above becomes this.
    #[serde(default)]
    pub max: Option<f64>,
    /// Whether writes are refused.
    #[serde(default)]
    pub read_only: bool,
}

/// Channels in memory, or in a file that processes share.
#[derive(Debug)]
pub struct Mock {
    channels: BTreeMap<ChannelName, MockChannel>,
    synthesize: bool,
    state: State,
    created: f64,
}

impl Connector for Mock {
    type Config = MockConfig;

    fn create(config: MockConfig) -> Result<Self> {
        let mut channels = BTreeMap::new();
        for (text, channel) in config.channels {
            let name: ChannelName = text.parse().map_err(|e| unusable(format!("{e}")))?;
            if Kind::of(&channel.value).is_none() {
                return Err(unusable(format!("the value of the channel `{name}` is none that a channel can hold")));
            }
            if let (Some(min), Some(max)) = (channel.min, channel.max)
                && min > max
            {
                return Err(unusable(format!("`min` {min} of the channel `{name}` is above its `max` {max}")));
            }
            if channels.insert(name, channel).is_some() {
                return Err(unusable(format!("the channel `{text}` is configured twice")));
            }
        }
        let state = State::new(config.state_file)?;
        Ok(Self { channels, synthesize: config.synthesize, state, created: now() })
    }

    // The state file is small, local and locked for microseconds: no thread of its own is worth it.
    async fn read(&self, request: ConnectorRead) -> Result<ChannelValue> {
        let name = self.known(&request.name)?;
        let held =
            self.state.read(&name)?.unwrap_or_else(|| Held { value: self.initial(&name), timestamp: self.created });
        let channel = self.channels.get(&name);
        Ok(ChannelValue {
            value: held.value,
            timestamp: Some(held.timestamp),
            units: channel.and_then(|c| c.units.clone()),
            precision: channel.and_then(|c| c.precision),
            alarm: channel.and_then(|c| c.alarm.clone()),
            lower_limit: channel.and_then(|c| c.min),
            upper_limit: channel.and_then(|c| c.max),
        })
    }

    async fn write(&self, request: ConnectorWrite) -> Result<WriteReport> {
        let name = self.known(&request.name)?;
        let channel = self.channels.get(&name);
        if channel.is_some_and(|channel| channel.read_only) {
            let message = format!("the mock channel `{name}` is read-only");
            return Err(PluginError::new(ErrorKind::BadRequest.name(), message));
        }
        let value = channel.map_or_else(|| request.value.clone(), |channel| clamped(channel, &request.value));
        let result = self.state.write(&name, Held { value, timestamp: now() })?;
        Ok(WriteReport { name: request.name, result, readback: None, notes: None })
    }
}

impl Mock {
    fn known(&self, text: &str) -> Result<ChannelName> {
        let unknown = |message: String| PluginError::new(ErrorKind::UnknownName.name(), message);
        let name: ChannelName = text.parse().map_err(|e: crate::BadChannelName| unknown(e.to_string()))?;
        if self.synthesize || self.channels.contains_key(&name) {
            return Ok(name);
        }
        let error = unknown(format!("there is no channel `{name}`"));
        let near = nearest(name.as_str(), self.channels.keys().map(ChannelName::as_str));
        Err(error.with_help(near.map_or_else(
            || "the mock connector has the configured channels only, because `synthesize` is off".into(),
            |near| format!("the nearest is `{near}`"),
        )))
    }

    fn initial(&self, name: &ChannelName) -> Value {
        self.channels.get(name).map_or_else(|| synthetic(name), |channel| channel.value.clone())
    }
}

/// From 0.0 to 99.9, by the name alone.
fn synthetic(name: &ChannelName) -> Value {
    let digest = Digest::of(name.as_str().as_bytes());
    let [high, low, ..] = *digest.as_bytes();
    json!(f64::from(u16::from_be_bytes([high, low]) % 1000) / 10.0)
}

fn clamped(channel: &MockChannel, value: &Value) -> Value {
    let Some(number) = value.as_f64() else {
        return value.clone();
    };
    let held = number.max(channel.min.unwrap_or(f64::NEG_INFINITY)).min(channel.max.unwrap_or(f64::INFINITY));
    // An integer that needs no clamping stays one.
    if held.to_bits() == number.to_bits() { value.clone() } else { json!(held) }
}

/// Seconds since 1970; 0 on a clock before that.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |elapsed| elapsed.as_secs_f64())
}

fn unusable(message: String) -> PluginError {
    PluginError::new("config", message).with_help("correct [control_system.connector.mock]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(config: Value) -> Result<Mock> {
        Mock::create(serde_json::from_value(config).unwrap())
    }

    #[test]
    fn synthetic_values_are_always_the_same() {
        let name = |text: &str| text.parse().unwrap();
        assert_eq!(synthetic(&name("MOCK:BEAM:CURRENT")), synthetic(&name("MOCK:BEAM:CURRENT")));
        assert_ne!(synthetic(&name("A")), synthetic(&name("B")));
    }

    #[test]
    fn clamps_like_drive_limits() {
        let channel: MockChannel = serde_json::from_value(json!({"value": 0, "min": -1, "max": 10})).unwrap();
        assert_eq!(clamped(&channel, &json!(99)), json!(10.0));
        assert_eq!(clamped(&channel, &json!(5)), json!(5));
        assert_eq!(clamped(&channel, &json!("x")), json!("x"));
    }

    #[test]
    fn bad_configurations() {
        for (config, part) in [
            (json!({"channels": {"A ": {"value": 1}}}), "white space"),
            (json!({"channels": {"A": {"value": null}}}), "none that a channel can hold"),
            (json!({"channels": {"A": {"value": 1, "min": 2, "max": 1}}}), "above its `max`"),
            (json!({"channels": {"A": {"value": 1}, "A.VAL": {"value": 1}}}), "configured twice"),
            (json!({"state_file": "relative.json"}), "absolute"),
        ] {
            assert!(create(config.clone()).unwrap_err().message.contains(part), "{config}");
        }
        assert!(serde_json::from_value::<MockConfig>(json!({"synthesise": true})).is_err());
    }
}
