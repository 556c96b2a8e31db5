//! How pid 1 learns what was refused: the filter asks it (`seccomp_unotify(2)`) instead of answering itself. The kernel
//! stops the caller until the answer, EPERM, is there; nothing that the code has in its hands is on the way, and only
//! numbers are looked at. One call is a last one and gets no answer (`leave.rs`). Calls that are allowed never come here. When nobody listens any more the kernel answers ENOSYS by
//! itself: refused all the same.
//!
//! The descriptor is powerful (it could answer "go on"), so the code's process gives it away and closes it before any code
//! is there.

#![expect(unsafe_code, reason = "no crate of ours wraps seccomp's listeners")]

use crate::{filter::Instruction, post};
use rustix::{
    net::{AddressFamily, SocketFlags, SocketType, socketpair},
    process::Pid,
};
use std::{
    io,
    mem::MaybeUninit,
    os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd},
};

/// A pair of sockets: what pid 1 takes from, and what the code's process gives to.
pub(crate) fn handover() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?)
}

/// In the code's process: hands the listener over and closes both.
#[expect(clippy::needless_pass_by_value, reason = "both are closed here, and that matters")]
pub(crate) fn give(gives: OwnedFd, listener: OwnedFd) -> io::Result<()> {
    post::send(&gives, b".", &[listener.as_fd()])
}

/// In pid 1, when there is something to take: the listener; none when the other side ended without giving one.
pub(crate) fn take(takes: &OwnedFd) -> io::Result<Option<OwnedFd>> {
    Ok(post::receive(takes, &mut [0])?.1.pop())
}

/// Installs a filter that asks nobody.
pub(crate) fn install_deaf(program: &[Instruction]) -> io::Result<()> {
    set_filter(program, 0).map(drop)
}

/// Installs a filter; where it says so the kernel asks whoever has the descriptor that comes back.
pub(crate) fn install(program: &[Instruction]) -> io::Result<OwnedFd> {
    // Once it was asked only a fatal signal ends the wait: others would make it ask again.
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | libc::SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    let descriptor = set_filter(program, flags)?.try_into().map_err(io::Error::other)?;
    // SAFETY: with this flag the kernel gives a new descriptor, which nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

fn set_filter(program: &[Instruction], flags: libc::c_ulong) -> io::Result<libc::c_long> {
    let length = program.len().try_into().map_err(io::Error::other)?;
    let program = libc::sock_fprog { len: length, filter: program.as_ptr().cast_mut() };
    // SAFETY: the pointer is to a `sock_fprog` whose filter is as long as it says. The kernel copies both and changes neither.
    match unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) } {
        result @ 0.. => Ok(result),
        _ => Err(io::Error::last_os_error()),
    }
}

/// A question: one call that the filter does not allow, of a thread that waits for the answer.
pub(crate) struct Question(libc::seccomp_notif);

impl Question {
    /// The next one; none if who asked was killed meanwhile. Called when there is one.
    pub(crate) fn hear(listener: &OwnedFd) -> io::Result<Option<Self>> {
        let mut asked = MaybeUninit::<libc::seccomp_notif>::zeroed();
        // SAFETY: the kernel wants zeroes and writes as much as the request's number says, which is the size of the struct; all
        // zeroes are a value of it as well.
        unsafe {
            if libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, asked.as_mut_ptr()) != 0 {
                return gone(io::Error::last_os_error()).map(|()| None);
            }
            Ok(Some(Self(asked.assume_init())))
        }
    }

    pub(crate) fn call(&self) -> libc::c_long {
        self.0.data.nr.into()
    }

    pub(crate) const fn arguments(&self) -> &[u64; 6] {
        &self.0.data.args
    }

    /// The thread that asks, by its number here; of a process with one thread that is the process's.
    pub(crate) fn asker(&self) -> Option<Pid> {
        i32::try_from(self.0.pid).ok().and_then(Pid::from_raw)
    }

    /// Answers with an error.
    pub(crate) fn refuse(self, listener: &OwnedFd, error: i32) -> io::Result<()> {
        let mut answer = libc::seccomp_notif_resp { id: self.0.id, val: 0, error: -error, flags: 0 };
        // SAFETY: the pointer is to a whole answer.
        let sent = unsafe { libc::ioctl(listener.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, &raw mut answer) };
        if sent == 0 { Ok(()) } else { gone(io::Error::last_os_error()) }
    }
}

/// Who asked was killed meanwhile.
fn gone(error: io::Error) -> io::Result<()> {
    match error.raw_os_error() {
        Some(libc::ENOENT | libc::EINTR) => Ok(()),
        _ => Err(error),
    }
}
