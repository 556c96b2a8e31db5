//! How pid 1 learns what was refused: the filter asks it (`seccomp_unotify(2)`) instead of answering itself. The kernel
//! stops the caller until the answer, EPERM, is there; nothing that the code has in its hands is on the way, and only
//! numbers are looked at. Calls that are allowed never come here. When nobody listens any more the kernel answers ENOSYS by
//! itself: refused all the same.
//!
//! The descriptor is powerful (it could answer "go on"), so the code's process gives it away and closes it before any code
//! is there.

#![expect(unsafe_code, reason = "no crate of ours wraps seccomp's listeners")]

use crate::refused::Tally;
use rustix::{
    io::retry_on_intr,
    net::{
        AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
        SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
    },
};
use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd},
};

/// Between pid 1 and the code's process, for the one descriptor.
#[derive(Debug)]
pub(crate) struct Handover {
    /// Pid 1's end.
    pub(crate) takes: OwnedFd,
    /// The code's.
    pub(crate) gives: OwnedFd,
}

impl Handover {
    pub(crate) fn new() -> io::Result<Self> {
        let (takes, gives) = socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        Ok(Self { takes, gives })
    }
}

/// In the code's process: hands it over and closes both.
#[expect(clippy::needless_pass_by_value, reason = "both are closed here, and that matters")]
pub(crate) fn give(gives: OwnedFd, listener: OwnedFd) -> io::Result<()> {
    let descriptors = [listener.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&descriptors));
    retry_on_intr(|| sendmsg(&gives, &[IoSlice::new(b".")], &mut control, SendFlags::NOSIGNAL))?;
    Ok(())
}

/// In pid 1, when there is something to take: the listener; none when the other side ended without giving one.
pub(crate) fn take(takes: &OwnedFd) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(takes, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    Ok(control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    }))
}

/// Installs a filter; where it says so the kernel asks whoever has the descriptor that comes back.
pub(crate) fn install(program: &seccompiler::BpfProgram) -> io::Result<OwnedFd> {
    let length = program.len().try_into().map_err(io::Error::other)?;
    let program = libc::sock_fprog { len: length, filter: program.as_ptr().cast_mut().cast() };
    // Once it was asked only a fatal signal ends the wait: others would make it ask again.
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    // SAFETY: the pointer is to a `sock_fprog` whose filter is as long as it says; `seccompiler::sock_filter` has the layout
    // of the kernel's (`repr(C)`). The kernel copies both and gives a descriptor that nobody else owns.
    unsafe {
        let descriptor = libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program);
        let descriptor = i32::try_from(descriptor).ok().filter(|descriptor| *descriptor >= 0);
        descriptor.map(|descriptor| OwnedFd::from_raw_fd(descriptor)).ok_or_else(io::Error::last_os_error)
    }
}

/// Answers one question with EPERM and counts it; whether that was the last that counts. Called when there is one.
pub(crate) fn answer(listener: &OwnedFd, tally: &mut Tally) -> io::Result<bool> {
    let mut asked = MaybeUninit::<libc::seccomp_notif>::zeroed();
    // SAFETY: the kernel wants zeroes and writes as much as the request's number says, which is the size of the struct; all
    // zeroes are a value of it as well.
    let asked = unsafe {
        if libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, asked.as_mut_ptr()) != 0 {
            return gone(io::Error::last_os_error());
        }
        asked.assume_init()
    };
    let last = tally.count(asked.data.nr.into(), &asked.data.args);
    let mut answer = libc::seccomp_notif_resp { id: asked.id, val: 0, error: -libc::EPERM, flags: 0 };
    // SAFETY: the pointer is to a whole answer.
    let sent = unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut answer) };
    if sent == 0 { Ok(last) } else { gone(io::Error::last_os_error()).map(|_| last) }
}

/// Who asked was killed meanwhile.
fn gone(error: io::Error) -> io::Result<bool> {
    match error.raw_os_error() {
        Some(libc::ENOENT | libc::EINTR) => Ok(false),
        _ => Err(error),
    }
}
