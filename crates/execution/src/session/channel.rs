//! The host's end of the channel: frames over a stream of bytes, and locally the one descriptor that rides along.

use crate::{
    error::ChannelError,
    protocol::{
        frame::{self, Frame, FrameReader},
        message::{self, Message},
    },
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::{BorrowedFd, OwnedFd},
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
        recvmsg, sendmsg,
    },
};
use serde_json::Value;
use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest},
    net::UnixStream,
};

const READ: usize = 64 << 10;

/// The channel; locally of a socket.
pub(crate) struct Channel<S = UnixStream> {
    stream: S,
    reader: FrameReader,
    buffer: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Channel<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, reader: FrameReader::default(), buffer: vec![0; READ] }
    }

    pub(crate) async fn send(&mut self, header: &Value, body: &[u8]) -> Result<(), ChannelError> {
        let bytes = frame::encode(header, body)?;
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// The next message; `None` at the end. Descriptors sent along are closed by the kernel: a plain read takes none.
    pub(crate) async fn receive(&mut self) -> Result<Option<Message>, ChannelError> {
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

    fn at_end(&self) -> Result<Option<Message>, ChannelError> {
        if self.reader.is_mid_frame() { Err(ChannelError::Cut) } else { Ok(None) }
    }
}

impl Channel<UnixStream> {
    /// Sends, with descriptors that ride along.
    pub(crate) async fn send_with(
        &mut self,
        header: &Value,
        body: &[u8],
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), ChannelError> {
        let bytes = frame::encode(header, body)?;
        let sent = if descriptors.is_empty() {
            0
        } else {
            self.stream.async_io(Interest::WRITABLE, || send(&self.stream, &bytes, descriptors)).await?
        };
        Ok(self.stream.write_all(bytes.get(sent..).unwrap_or_default()).await?)
    }

    /// The first message and the descriptor that comes with it. Only the runner's own code can have sent it: the user's is
    /// not there yet.
    pub(crate) async fn receive_first(&mut self) -> Result<(Option<Message>, Option<OwnedFd>), ChannelError> {
        let (frame, descriptor) = self.receive_frame().await?;
        Ok((frame.map(|frame| message::parse(&frame)).transpose()?, descriptor))
    }

    /// The next frame and the descriptor that comes with it; none at the end. Only for those with whom no user's code is.
    pub(crate) async fn receive_frame(&mut self) -> Result<(Option<Frame>, Option<OwnedFd>), ChannelError> {
        let mut descriptor = None;
        loop {
            if let Some(frame) = self.reader.take()? {
                return Ok((Some(frame), descriptor));
            }
            let buffer = &mut self.buffer;
            let received = self.stream.async_io(Interest::READABLE, || receive(&self.stream, buffer)).await;
            match received {
                Ok((0, _)) => return self.at_end().map(|_| (None, descriptor)),
                Ok((read, sent)) => {
                    descriptor = descriptor.or(sent);
                    self.reader.push(&self.buffer[..read]);
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return self.at_end().map(|_| (None, descriptor));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether the other side is still there.
    pub(crate) fn is_open(&self) -> bool {
        let mut stream = [PollFd::new(&self.stream, PollFlags::RDHUP)];
        // what cannot be asked is gone
        poll(&mut stream, Some(&Timespec::default())) == Ok(0)
    }
}

/// One `sendmsg`: how many bytes went, and with them all descriptors.
fn send(stream: &UnixStream, bytes: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<usize> {
    let mut space = vec![MaybeUninit::uninit(); SendAncillaryMessage::ScmRights(descriptors).size()];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(descriptors));
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    Ok(sendmsg(stream, &[IoSlice::new(bytes)], &mut control, flags)?)
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
