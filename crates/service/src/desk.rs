//! Where an executor comes with what it may ask: the code, once; room for output; channels.
//!
//! This is the one place where code leaves the store to run. `release` answers only for a permit, once, after
//! `ExecutionStarted` is durable. What was begun here is finished whether or not the executor still waits for the answer, so
//! that the log knows of everything that was let out; only what waits for a control system is cut off when the desk closes,
//! and then recorded as unknown. Open `desk/release.rs` for the one answer that matters, `desk/channels.rs` for writes.

mod channels;
mod release;

pub(crate) use release::{stored_bytes, stored_code, unchanged};

use crate::{
    log::RunLog,
    permit::Permit,
    progress::{Observer, Progress},
    service::ServiceError,
    store::Store,
};
use channels::Writes;
use pyexec_control::Broker;
use pyexec_core::{
    Isolation, PluginError,
    abi::HostBox,
    code::Digest,
    connector::ChannelRequest,
    executor::{CHANNEL, OUTPUT, OutputChunk, RELEASE},
    id::OwnerId,
    order::ExecuteOrder,
    payload,
};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The longest chunk of output in one call, in bytes (`ExecutionHost::output` says 64 KiB).
const MOST_OUTPUT: usize = 64 * 1024;

pub(crate) struct Desk {
    pub(crate) log: Arc<RunLog>,
    pub(crate) store: Store,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) broker: Arc<Broker>,
    pub(crate) owner: OwnerId,
    pub(crate) order: ExecuteOrder,
    pub(crate) accept: Vec<Isolation>,
    pub(crate) protected: Arc<[PathBuf]>,
    /// Lent to the connector, which may ask for nothing.
    pub(crate) connector_host: HostBox,
    /// Cancelled when nothing more is answered.
    pub(crate) closing: CancellationToken,
    pub(crate) entry: Mutex<Entry>,
    pub(crate) output: Mutex<Option<Digest>>,
    pub(crate) writes: Mutex<Writes>,
}

/// What became of the right to the code.
pub(crate) struct Entry {
    permit: Option<Permit>,
    released: Option<Released>,
    refused: Option<ServiceError>,
}

/// How the code was let out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Released {
    /// Whether it may change something outside its folder.
    pub(crate) effects: bool,
}

/// What there is to know once nothing more is answered.
pub(crate) struct Closed {
    /// Whether the code was let out.
    pub(crate) released: Option<Released>,
    /// Why it was not, if it was asked for.
    pub(crate) refused: Option<ServiceError>,
    /// The chained digest of all kept output (`store::output` says how), zero if there was none.
    pub(crate) output: Digest,
}

impl Entry {
    pub(crate) fn with(permit: Permit) -> Self {
        Self { permit: Some(permit), released: None, refused: None }
    }
}

impl Desk {
    pub(crate) async fn serve(self: Arc<Self>, op: &str, json: &str) -> Result<String, PluginError> {
        match op {
            RELEASE => payload::seal(&self.release(payload::open(json)?).await?),
            OUTPUT => payload::seal(&self.output(payload::open(json)?).await?),
            CHANNEL => payload::seal(&self.channel(payload::open(json)?).await?),
            _ => Err(PluginError::new("unknown", format!("an executor may not ask its host for `{op}`"))),
        }
    }

    /// Answers nothing more, waits for what is being answered, and says what was let out.
    pub(crate) async fn close(&self) -> Result<Closed, ServiceError> {
        self.closing.cancel();
        let mut entry = self.entry.lock().await;
        entry.permit = None;
        let (released, refused) = (entry.released, entry.refused.take());
        let output = self.output.lock().await.unwrap_or(Digest::from_bytes([0; 32]));
        self.writes.lock().await.settle(&self.log).await?;
        Ok(Closed { released, refused, output })
    }

    async fn output(&self, chunk: OutputChunk) -> Result<(), PluginError> {
        if chunk.bytes.len() > MOST_OUTPUT {
            return Err(PluginError::new("payload", format!("more than {MOST_OUTPUT} bytes of output in one call")));
        }
        self.must_be_released().await?;
        let mut output = self.output.lock().await; // held across the append: output stays in order
        self.must_be_open()?;
        let run = &self.order.prepare.run_id;
        let stored = self.store.append_output(run, &self.order.token, chunk.stream, &chunk.bytes).await;
        let tally = stored.map_err(|e| PluginError::from(ServiceError::from(e).to_run_error()))?;
        *output = Some(tally.digest);
        self.observer.on(Progress::Output(chunk.stream, chunk.bytes));
        Ok(())
    }

    async fn channel(&self, request: ChannelRequest) -> Result<pyexec_core::connector::ChannelReply, PluginError> {
        self.must_be_released().await?;
        match request {
            ChannelRequest::Read { name, timeout } => self.read(&name, timeout).await,
            ChannelRequest::Write { writes, timeout } => self.write(&writes, timeout).await,
        }
    }

    async fn must_be_released(&self) -> Result<(), PluginError> {
        match self.entry.lock().await.released {
            Some(_) => Ok(()),
            None => Err(pyexec_core::executor::refused("no code has been released yet")),
        }
    }

    fn must_be_open(&self) -> Result<(), PluginError> {
        if self.closing.is_cancelled() { Err(revoked()) } else { Ok(()) }
    }
}

/// The answer to whoever comes after the end.
pub(crate) fn revoked() -> PluginError {
    PluginError::new("revoked", "the call is over; its host answers no more")
}
