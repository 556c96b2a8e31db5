//! What zygotes and openers say. No code of a run is near them or was in the process that says it; their frames are parsed as
//! strictly as any.

use crate::{error::ChannelError, local::handshake::PATIENCE, session::Channel};
use rustix::fd::{BorrowedFd, OwnedFd};
use serde::Deserialize;
use serde_json::Value;

/// One frame.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Said {
    /// A zygote has loaded everything.
    Warm { protocol: u32, python: String, memory_kb: u64, space_kb: u64 },
    /// A child waits for a run.
    Parked { private_kb: u64 },
    /// An opener has opened something.
    Opened {},
    /// None of these.
    Error { message: String },
}

/// Why nothing was heard.
#[derive(Debug)]
pub(super) enum Unheard {
    /// It said why.
    Told(String),
    /// It ended without a word.
    Silent,
}

impl Unheard {
    /// Its own words, or else these.
    pub(super) fn or(self, else_said: String) -> String {
        match self {
            Self::Told(why) => why,
            Self::Silent => else_said,
        }
    }
}

impl From<ChannelError> for Unheard {
    fn from(error: ChannelError) -> Self {
        Self::Told(error.to_string())
    }
}

/// The next frame, and the descriptor that comes with it.
pub(super) async fn hear(channel: &mut Channel) -> Result<(Said, Option<OwnedFd>), Unheard> {
    let (frame, descriptor) = channel.receive_frame().await?;
    let frame = frame.ok_or(Unheard::Silent)?;
    match serde_json::from_slice(&frame.header) {
        Ok(Said::Error { message }) => Err(Unheard::Told(message)),
        Ok(said) => Ok((said, descriptor)),
        Err(error) => Err(Unheard::Told(format!("it said what is no message: {error}"))),
    }
}

/// A word and its answer.
pub(super) async fn ask(
    channel: &mut Channel,
    header: &Value,
    descriptors: &[BorrowedFd<'_>],
) -> Result<(Said, Option<OwnedFd>), Unheard> {
    // one that died on its way tells why elsewhere; a broken pipe tells nothing
    let _ = channel.send_with(header, &[], descriptors).await;
    let heard = tokio::time::timeout(PATIENCE, hear(channel)).await;
    heard.unwrap_or_else(|_| Err(Unheard::Told(format!("it did not answer within {} s", PATIENCE.as_secs()))))
}
