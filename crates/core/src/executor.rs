//! Role `executor`: an order becomes an outcome. Ops: `describe`, `prepare`, `execute`, `discard`. Host ops: `release` (once, by
//! `execute` alone), `output`, `channel`.

use crate::{
    Outcome, PluginError, Result,
    code::{CodeHash, base64_bytes},
    connector::{ChannelReply, ChannelRequest},
    host::HostContext,
    id::Token,
    order::{ExecuteOrder, FileRef, PrepareOrder},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, future::Future};

/// The ABI's op names.
pub const DESCRIBE: &str = "describe";
/// See [`CodeExecutor::prepare`].
pub const PREPARE: &str = "prepare";
/// See [`CodeExecutor::execute`].
pub const EXECUTE: &str = "execute";
/// See [`CodeExecutor::discard`].
pub const DISCARD: &str = "discard";
/// Host op: hands out the code, once.
pub const RELEASE: &str = "release";
/// Host op: takes output.
pub const OUTPUT: &str = "output";
/// Host op: performs a channel operation.
pub const CHANNEL: &str = "channel";

/// What code will find when it runs here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutorDescription {
    /// The interpreter's version (`3.11.7`).
    pub python: String,
    /// Where it is and why that one, for people.
    pub interpreter: String,
    /// The level that it will give.
    pub isolation: crate::Isolation,
    /// Installed packages, name to version; empty: not known.
    #[serde(default)]
    pub packages: BTreeMap<String, String>,
    /// Top-level modules that can be imported, the standard library's included; empty: not known.
    #[serde(default)]
    pub modules: Vec<String>,
}

/// What `prepare` gives back. Opaque to the host; ends with `execute` or `discard`, and with the host.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PreparedId(pub String);

/// The payload of `execute`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExecuteRequest {
    /// What was prepared.
    pub prepared: PreparedId,
    /// The order.
    pub order: ExecuteOrder,
}

/// The payload of host op `release`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReleaseRequest {
    /// The order's.
    pub token: Token,
    /// The order's.
    pub code_sha256: CodeHash,
    /// How strongly the waiting process is held; the host refuses what is not acceptable.
    pub isolation: crate::Isolation,
}

/// Which stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// The payload of host op `output`: bytes in order, at most 64 KiB a call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutputChunk {
    /// Which stream.
    pub stream: Stream,
    /// The bytes.
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
}

/// The host as an executor sees it.
#[derive(Clone)]
pub struct ExecutionHost(HostContext);

impl ExecutionHost {
    /// For the SDK.
    #[doc(hidden)]
    pub fn new(host: HostContext) -> Self {
        Self(host)
    }

    /// Asks for the code: where it is and what it must hash to. Refused (kind `refused`) when the permit does not cover
    /// this order or was used before: then the waiting process must be killed.
    pub async fn release(&self, request: &ReleaseRequest) -> Result<FileRef> {
        self.0.call(RELEASE, request).await
    }

    /// Hands over output. Waits when the host is busy; nothing is lost.
    pub async fn output(&self, stream: Stream, bytes: &[u8]) -> Result<()> {
        self.0.call(OUTPUT, &OutputChunk { stream, bytes: bytes.into() }).await
    }

    /// Performs a channel operation for the code. A refusal is a reply, not an error.
    pub async fn channel(&self, request: &ChannelRequest) -> Result<ChannelReply> {
        self.0.call(CHANNEL, request).await
    }

    /// For progress lines.
    pub fn progress(&self, message: &str) {
        self.0.progress(message);
    }
}

/// Runs code, isolated.
pub trait CodeExecutor: Send + Sync + Sized + 'static {
    /// Its table in the configuration.
    type Config: DeserializeOwned;

    /// Reads its configuration; called once.
    fn create(config: Self::Config) -> Result<Self>;

    /// Finds (the first time: sets up, with progress) the interpreter. Errors are of kind `bad_file`, `bad_request`,
    /// `sandbox`.
    fn describe(&self, host: &ExecutionHost) -> impl Future<Output = Result<ExecutorDescription>> + Send;

    /// Gets everything ready but the code. Errors are of kind `sandbox`, `daemon`, `isolation_not_acceptable`, `bad_file`.
    fn prepare(&self, order: PrepareOrder, host: &ExecutionHost) -> impl Future<Output = Result<PreparedId>> + Send;

    /// Releases the code into what was prepared and sees it through. What the code does wrong is an [`Outcome`] with an
    /// error; an `Err` means that the machinery failed. Dropping the future kills the whole process tree.
    fn execute(
        &self,
        prepared: PreparedId,
        order: ExecuteOrder,
        host: &ExecutionHost,
    ) -> impl Future<Output = Result<Outcome>> + Send;

    /// Gives up what was prepared.
    fn discard(&self, prepared: PreparedId) -> impl Future<Output = Result<()>> + Send;
}

/// The error of a refused release.
pub fn refused(why: impl Into<String>) -> PluginError {
    PluginError::new("refused", why.into())
}
