//! Messages between processes of ours: a few bytes, and descriptors that ride along (`SCM_RIGHTS`, unix(7)).

use rustix::{
    io::retry_on_intr,
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
        recvmsg, sendmsg,
    },
};
use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{BorrowedFd, OwnedFd},
};

/// With one message.
pub(crate) const MOST: usize = 8;

/// Sends both. At least one byte: an empty message looks like the end.
pub(crate) fn send(socket: &OwnedFd, text: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(descriptors));
    retry_on_intr(|| sendmsg(socket, &[IoSlice::new(text)], &mut control, SendFlags::NOSIGNAL))?;
    Ok(())
}

/// The next message: how many bytes of it are in `text`, none at the end, and its descriptors.
pub(crate) fn receive(socket: &OwnedFd, text: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut text = [IoSliceMut::new(text)];
    let received = retry_on_intr(|| recvmsg(socket, &mut text, &mut control, RecvFlags::CMSG_CLOEXEC))?;
    let descriptors = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let descriptors = descriptors.flatten().collect();
    Ok((received.bytes, descriptors))
}
