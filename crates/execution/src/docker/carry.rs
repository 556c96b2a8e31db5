//! The two tasks between a container and the rest of the crate: one writes what is told to it, one takes apart what it says.

use super::{container::Output, error::EngineError};
use crate::{
    ending::Status,
    protocol::{
        carrier::{self, Carried, Piece},
        frame::{self, FrameReader},
    },
};
use bollard::container::LogOutput;
use futures_util::StreamExt;
use pyexec_core::executor::Stream;
use serde_json::{Value, json};
use std::{fmt::Write as _, pin::Pin};
use tokio::{
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream},
    sync::{mpsc, oneshot, watch},
};

/// What of a container's own complaint is told.
const COMPLAINT: usize = 8 << 10;

/// Its standard input.
pub(super) type Input = Pin<Box<dyn AsyncWrite + Send>>;
/// Devices and inodes of its mounts, or its complaint.
pub(super) type Up = Result<Vec<(u64, u64)>, String>;

/// A frame for pid 1.
pub(super) fn framed(header: &Value, body: &[u8]) -> Result<Vec<u8>, EngineError> {
    frame::encode(header, body).map_err(|_| too_long())
}

pub(super) fn too_long() -> EngineError {
    EngineError::Ended { before: "it was told", why: "what it is to be told is longer than a frame".into() }
}

/// Tells it.
pub(super) struct Writer {
    pub(super) input: Input,
    pub(super) told: mpsc::Receiver<Vec<u8>>,
    pub(super) channel: DuplexStream,
    pub(super) killed: watch::Receiver<bool>,
    pub(super) ended: watch::Receiver<bool>,
}

impl Writer {
    /// Until nobody holds it any more, or it has ended. Closing the input is what ends it.
    pub(super) async fn go(mut self) {
        self.pass_on().await;
        let _ = self.input.shutdown().await; // gone already is as good
    }

    async fn pass_on(&mut self) {
        let mut buffer = vec![0; 64 << 10];
        let (mut channel_open, mut stopped) = (true, false);
        loop {
            let bytes = tokio::select! {
                biased;
                Ok(_) = self.killed.wait_for(|killed| *killed), if !stopped => {
                    stopped = true;
                    framed(&json!({"type": "stop"}), &[])
                }
                told = self.told.recv() => match told {
                    Some(bytes) => Ok(bytes),
                    None => return,
                },
                read = self.channel.read(&mut buffer), if channel_open => match read {
                    Ok(0) | Err(_) => {
                        channel_open = false;
                        continue;
                    }
                    Ok(read) => framed(&json!({"type": "channel"}), &buffer[..read]),
                },
            };
            let Ok(bytes) = bytes else { return };
            let written = async {
                self.input.write_all(&bytes).await?;
                self.input.flush().await
            };
            tokio::select! {
                done = written => if done.is_err() { return },
                _ = self.ended.wait_for(|ended| *ended) => return,
            }
        }
    }
}

/// The session's lanes: dropped, they end.
pub(super) struct Lanes {
    pub(super) stdout: DuplexStream,
    pub(super) stderr: DuplexStream,
    pub(super) channel: DuplexStream,
}

/// Takes apart what it says.
pub(super) struct Reader {
    pub(super) frames: FrameReader,
    pub(super) up: Option<oneshot::Sender<Up>>,
    pub(super) lanes: Option<Lanes>,
    pub(super) status: Option<oneshot::Sender<Status>>,
    /// The last one is none: then nothing was lost.
    pub(super) pieces: mpsc::Sender<Option<Piece>>,
    pub(super) ended: watch::Sender<bool>,
    /// On its own standard error.
    pub(super) said: String,
}

impl Reader {
    pub(super) async fn go(mut self, mut output: Output) {
        while let Some(said) = output.next().await {
            match said {
                Ok(LogOutput::StdOut { message }) => {
                    self.frames.push(&message);
                    match self.take().await {
                        Ok(true) => {}
                        Ok(false) => break,
                        Err(why) => {
                            tracing::warn!("a container said what none of ours says: {why}");
                            add(&mut self.said, why.as_bytes());
                            break;
                        }
                    }
                }
                Ok(LogOutput::StdErr { message }) => add(&mut self.said, &message),
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!("the stream of a container broke: {error}");
                    break;
                }
            }
        }
        if let Some(up) = self.up.take().filter(|_| !self.said.is_empty()) {
            let _ = up.send(Err(last_line(&self.said))); // nobody may wait for it
        }
        self.lanes = None;
        self.ended.send_replace(true);
    }

    /// Every whole frame; whether it goes on.
    async fn take(&mut self) -> Result<bool, String> {
        while let Some(frame) = self.frames.take().map_err(|e| e.to_string())? {
            // who stopped listening on a lane has ended, or is about to
            match carrier::parse(frame).map_err(|e| e.to_string())? {
                Carried::Up { mounts } => match self.up.take() {
                    Some(up) => drop(up.send(Ok(mounts))),
                    None => return Err("it stood up twice".into()),
                },
                Carried::Output(stream, bytes) => {
                    let Some(lanes) = &mut self.lanes else { return Err("it printed after its end".into()) };
                    let lane = if stream == Stream::Stdout { &mut lanes.stdout } else { &mut lanes.stderr };
                    let _ = lane.write_all(&bytes).await;
                }
                Carried::Channel(bytes) => {
                    let Some(lanes) = &mut self.lanes else { return Err("it spoke after its end".into()) };
                    let _ = lanes.channel.write_all(&bytes).await;
                }
                Carried::Status(status) => {
                    let Some(tell) = self.status.take() else { return Err("it ended twice".into()) };
                    let _ = tell.send(status);
                    self.lanes = None;
                    self.ended.send_replace(true);
                }
                Carried::Left(piece) => {
                    if self.pieces.send(Some(piece)).await.is_err() {
                        return Ok(false);
                    }
                }
                Carried::Done => {
                    let _ = self.pieces.send(None).await;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

pub(super) fn add(said: &mut String, message: &[u8]) {
    let text = String::from_utf8_lossy(message);
    let room = COMPLAINT.saturating_sub(said.len());
    let _ = write!(said, "{}", &text[..text.floor_char_boundary(room)]);
}

pub(super) fn last_line(said: &str) -> String {
    let line = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("without a word");
    line.chars().filter(|c| !c.is_control()).take(400).collect()
}
