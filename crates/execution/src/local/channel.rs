//! The host's end of the channel: frames over a Unix stream socket, and the one descriptor that rides along.

use super::error::ChannelError;
use crate::protocol::{
    frame::{self, FrameReader},
    message::{self, Message},
};
use rustix::{
    fd::OwnedFd,
    net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg},
};
use serde_json::Value;
use std::{
    io::{self, IoSliceMut},
    mem::MaybeUninit,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, Interest},
    net::UnixStream,
};

const READ: usize = 64 << 10;

/// The channel.
pub(super) struct Channel {
    stream: UnixStream,
    reader: FrameReader,
    buffer: Vec<u8>,
}

impl Channel {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream, reader: FrameReader::default(), buffer: vec![0; READ] }
    }

    pub(super) async fn send(&mut self, header: &Value, body: &[u8]) -> Result<(), ChannelError> {
        let bytes = frame::encode(header, body)?;
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// The next message; `None` at the end. Descriptors sent along are closed by the kernel: a plain read takes none.
    pub(super) async fn receive(&mut self) -> Result<Option<Message>, ChannelError> {
        loop {
            if let Some(frame) = self.reader.take()? {
                return Ok(Some(message::parse(&frame)?));
            }
            match self.stream.read(&mut self.buffer).await {
                Ok(0) => return self.at_end(),
                Ok(read) => self.reader.push(&self.buffer[..read]),
                // what was sent and not read by the other side before it died
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return self.at_end(),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The first message and the descriptor that comes with it. Only the runner's own code can have sent it: the user's is
    /// not there yet.
    pub(super) async fn receive_first(&mut self) -> Result<(Option<Message>, Option<OwnedFd>), ChannelError> {
        let mut descriptor = None;
        loop {
            if let Some(frame) = self.reader.take()? {
                return Ok((Some(message::parse(&frame)?), descriptor));
            }
            let buffer = &mut self.buffer;
            let received = self.stream.async_io(Interest::READABLE, || receive(&self.stream, buffer)).await;
            match received {
                Ok((0, _)) => return Ok((self.at_end()?, descriptor)),
                Ok((read, sent)) => {
                    descriptor = descriptor.or(sent);
                    self.reader.push(&self.buffer[..read]);
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Ok((self.at_end()?, descriptor));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn at_end(&self) -> Result<Option<Message>, ChannelError> {
        if self.reader.is_mid_frame() { Err(ChannelError::Cut) } else { Ok(None) }
    }
}

/// One `recvmsg`, with the first descriptor of it.
fn receive(stream: &UnixStream, buffer: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let received = recvmsg(stream, &mut [IoSliceMut::new(buffer)], &mut control, flags)?;
    let descriptor = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    Ok((received.bytes, descriptor))
}
