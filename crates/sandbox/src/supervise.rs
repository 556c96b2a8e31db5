//! What pid 1 does while the code runs: reaps, answers what the filter refuses, and ends everything when the outer process
//! says so, which leaves it the time to report. In one thread, so that nothing is counted twice or after the report.

use crate::{init, listener, refused::Tally};
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    process::{Pid, WaitOptions, WaitStatus, wait},
};
use std::{
    io,
    mem::MaybeUninit,
    os::fd::{FromRawFd, OwnedFd},
};

/// How `code` ended, and what was refused meanwhile. `takes` is where the listener will come from.
pub(crate) fn until_the_end_of(code: Pid, takes: OwnedFd) -> io::Result<(WaitStatus, Tally)> {
    let signals = signals()?;
    let mut tally = Tally::default();
    let mut source = Source::Expected(takes);
    loop {
        // First, and whatever woke us: a child may have ended before its signal was waited for.
        if let Some(status) = reaped(code)? {
            return Ok((status, tally));
        }
        let mut watched = vec![PollFd::new(&signals, PollFlags::IN)];
        watched.extend(source.descriptor().map(|descriptor| PollFd::new(descriptor, PollFlags::IN)));
        match poll(&mut watched, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let ready: Vec<PollFlags> = watched.iter().map(PollFd::revents).collect();
        if ready.first().is_some_and(|flags| !flags.is_empty()) && told_to_stop(&signals)? {
            init::kill_all();
        }
        if let Some(flags) = ready.get(1).filter(|flags| !flags.is_empty()) {
            source = source.next(*flags, &mut tally)?;
        }
    }
}

/// Where questions come from.
enum Source {
    /// The listener itself is still to come.
    Expected(OwnedFd),
    Listener(OwnedFd),
    /// From nowhere any more: the kernel refuses by itself.
    None,
}

impl Source {
    const fn descriptor(&self) -> Option<&OwnedFd> {
        match self {
            Self::Expected(descriptor) | Self::Listener(descriptor) => Some(descriptor),
            Self::None => None,
        }
    }

    /// After it became ready in these ways.
    fn next(self, ready: PollFlags, tally: &mut Tally) -> io::Result<Self> {
        Ok(match self {
            Self::Expected(takes) => listener::take(&takes)?.map_or(Self::None, Self::Listener),
            Self::Listener(listener) if ready.contains(PollFlags::IN) => {
                if listener::answer(&listener, tally)? {
                    Self::None
                } else {
                    Self::Listener(listener)
                }
            }
            // Nobody is left who could ask.
            Self::Listener(_) | Self::None => Self::None,
        })
    }
}

/// Reaps what has ended; how the code did if it was among that.
fn reaped(code: Pid) -> io::Result<Option<WaitStatus>> {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) if pid == code && (status.exited() || status.signaled()) => {
                return Ok(Some(status));
            }
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

/// SIGCHLD and SIGTERM as a descriptor.
fn signals() -> io::Result<OwnedFd> {
    let mut set = MaybeUninit::<libc::sigset_t>::uninit();
    #[expect(unsafe_code, reason = "no crate of ours wraps signalfd")]
    // SAFETY: `sigemptyset` makes it a value before it is used; the descriptor is nobody else's.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD);
        libc::sigaddset(set.as_mut_ptr(), libc::SIGTERM);
        if libc::sigprocmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
        match libc::signalfd(-1, set.as_ptr(), libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) {
            -1 => Err(io::Error::last_os_error()),
            descriptor => Ok(OwnedFd::from_raw_fd(descriptor)),
        }
    }
}

/// Reads the signals that came. The code has the same user and may send us any, but inside of the namespace a sender has a
/// number: only who is outside is 0.
fn told_to_stop(signals: &OwnedFd) -> io::Result<bool> {
    const SIZE: usize = size_of::<libc::signalfd_siginfo>();
    const NUMBER: usize = std::mem::offset_of!(libc::signalfd_siginfo, ssi_signo);
    const SENDER: usize = std::mem::offset_of!(libc::signalfd_siginfo, ssi_pid);
    let mut told = false;
    loop {
        let mut bytes = [0; SIZE];
        match rustix::io::read(signals, &mut bytes) {
            Ok(SIZE) => {}
            Ok(_) | Err(Errno::AGAIN) => return Ok(told),
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let field =
            |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_ne_bytes);
        told |= field(NUMBER) == libc::SIGTERM.unsigned_abs() && field(SENDER) == 0;
    }
}
