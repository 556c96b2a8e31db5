//! Role `connector`: channels of a control system. Ops: `read`, `write`. Host ops: none. Only the broker of `control`
//! calls a connector, in the host process; code reaches it by [`ChannelRequest`], which the broker checks first.

use crate::{Result, RunError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::future::Future;

/// The ABI's op names.
pub const READ: &str = "read";
/// See [`Connector::write`].
pub const WRITE: &str = "write";

/// What code asks of the broker. Hostile input: names and values are checked before anything is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChannelRequest {
    /// Read one channel.
    Read {
        /// Its name.
        name: String,
        /// Seconds; the configured default if absent.
        #[serde(default)]
        timeout: Option<f64>,
    },
    /// Write channels, in order; all are checked before the first is written.
    Write {
        /// Name and value.
        writes: Vec<ChannelWrite>,
        /// Seconds for each.
        #[serde(default)]
        timeout: Option<f64>,
    },
}

/// One write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelWrite {
    /// The channel.
    pub name: String,
    /// A number, boolean, string, or list of numbers. NaN and infinities do not survive JSON and are refused as null.
    pub value: Value,
}

/// What code gets back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum ChannelReply {
    /// Of a read.
    Value(ChannelValue),
    /// Of writes, one each.
    Written {
        /// In order.
        writes: Vec<WriteReport>,
    },
    /// The broker said no, or the connector failed before anything was written. A refusal of a write is latched by the
    /// host: later writes of this run are refused too, and the run ends `refused`.
    Error {
        /// Why.
        error: RunError,
    },
}

/// A value with what the control system says about it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ChannelValue {
    /// The value.
    pub value: Value,
    /// Seconds since 1970, by the control system's clock.
    #[serde(default)]
    pub timestamp: Option<f64>,
    /// Engineering units.
    #[serde(default)]
    pub units: Option<String>,
    /// Digits after the point.
    #[serde(default)]
    pub precision: Option<i32>,
    /// Alarm state, if any.
    #[serde(default)]
    pub alarm: Option<String>,
    /// Lower display or drive limit.
    #[serde(default)]
    pub lower_limit: Option<f64>,
    /// Upper display or drive limit.
    #[serde(default)]
    pub upper_limit: Option<f64>,
}

/// What is known after a write. A put that timed out is `unknown`, never failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WriteReport {
    /// The channel.
    pub name: String,
    /// What is known.
    pub result: WriteResult,
    /// The value read afterwards, if it was.
    #[serde(default)]
    pub readback: Option<Value>,
    /// Anything else.
    #[serde(default)]
    pub notes: Option<String>,
}

/// What is known after a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteResult {
    /// The control system said so.
    Ok,
    /// It was not written.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// The payload of `read`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectorRead {
    /// The channel.
    pub name: String,
    /// Seconds.
    pub timeout: f64,
}

/// The payload of `write`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectorWrite {
    /// The channel.
    pub name: String,
    /// The checked value.
    pub value: Value,
    /// Seconds.
    pub timeout: f64,
}

/// Speaks a control system's protocol. Trusts its caller: limits and grants were checked.
pub trait Connector: Send + Sync + Sized + 'static {
    /// Its table `[control_system.connector.NAME]`.
    type Config: DeserializeOwned;

    /// Reads its configuration; called once.
    fn create(config: Self::Config) -> Result<Self>;

    /// Reads a channel.
    fn read(&self, request: ConnectorRead) -> impl Future<Output = Result<ChannelValue>> + Send;

    /// Writes a channel. An `Err` means that certainly nothing was written; in doubt, report [`WriteResult::Unknown`].
    fn write(&self, request: ConnectorWrite) -> impl Future<Output = Result<WriteReport>> + Send;
}
