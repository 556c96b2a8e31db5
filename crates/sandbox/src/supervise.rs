//! What pid 1 does while the code runs: reaps, answers what the filter refuses, and ends everything when the outer process
//! says so, which leaves it the time to report. In one thread, so that nothing is counted twice or after the report.

use crate::{
    init::{self, Used},
    leave::{self, LEAVE},
    listener::{self, Question},
    refused::Tally,
};
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

/// How the code ended.
pub(crate) enum End {
    /// It was reaped.
    Reaped(WaitStatus),
    /// It took its leave with this exit status, and is held in that call as long as the listener is open (`leave.rs`).
    Held { status: i32, used: Used, listener: OwnedFd },
}

/// How `code` ended, and what was refused meanwhile. Without a number it is whoever comes. `takes` is where the listener will come
/// from; `alone` is whether the code can have no processes of its own.
pub(crate) fn until_the_end_of(code: Option<Pid>, takes: OwnedFd, alone: bool) -> io::Result<(End, Tally)> {
    let signals = signals()?;
    let mut tally = Tally::default();
    let mut source = Source::Expected(takes);
    loop {
        // First, and whatever woke us: a child may have ended before its signal was waited for.
        if let Some(status) = reaped(code, !matches!(source, Source::Nobody))? {
            return Ok((End::Reaped(status), tally));
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
            source = match source {
                Source::Expected(takes) => listener::take(&takes)?.map_or(Source::Nobody, Source::Listener),
                Source::Listener(listener) if flags.contains(PollFlags::IN) => {
                    match answer(&listener, code, alone, &mut tally)? {
                        Answered::More => Source::Listener(listener),
                        Answered::Last => Source::None,
                        Answered::Held(status, used) => return Ok((End::Held { status, used, listener }, tally)),
                    }
                }
                // Nobody is left who could ask.
                Source::Listener(_) | Source::None => Source::None,
                Source::Nobody => Source::Nobody,
            };
        }
    }
}

/// What came of a question.
enum Answered {
    /// Nothing but an answer.
    More,
    /// The same, and no other question will be answered.
    Last,
    /// It was the code's leave, with this exit status, and is not answered.
    Held(i32, Used),
}

/// Hears one question. Everything is refused; what it was about is counted.
fn answer(listener: &OwnedFd, code: Option<Pid>, alone: bool, tally: &mut Tally) -> io::Result<Answered> {
    let Some(question) = Question::hear(listener)? else { return Ok(Answered::More) };
    let (call, arguments) = (question.call(), question.arguments());
    if call == LEAVE {
        // As the kernel does with `exit_group`'s.
        let status =
            arguments.first().map_or(0, |status| i32::from(status.to_ne_bytes().first().copied().unwrap_or(0)));
        if alone
            && let Some(asker) = question.asker().filter(|asker| code.is_none_or(|code| code == *asker))
            && let Some(used) = leave::of_only_thread(asker)
        {
            return Ok(Answered::Held(status, used));
        }
        question.refuse(listener, libc::ENOSYS)?;
        return Ok(Answered::More);
    }
    let last = tally.count(call, arguments);
    question.refuse(listener, libc::EPERM)?;
    Ok(if last { Answered::Last } else { Answered::More })
}

/// Where questions come from.
enum Source {
    /// The listener itself is still to come.
    Expected(OwnedFd),
    Listener(OwnedFd),
    /// From nowhere any more: the kernel refuses by itself.
    None,
    /// From nowhere ever: whoever was to be the code ended before it was closed.
    Nobody,
}

impl Source {
    const fn descriptor(&self) -> Option<&OwnedFd> {
        match self {
            Self::Expected(descriptor) | Self::Listener(descriptor) => Some(descriptor),
            Self::None | Self::Nobody => None,
        }
    }
}

/// Reaps what has ended; how the code did if it was among that. `may_come`: it need not be there yet.
fn reaped(code: Option<Pid>, may_come: bool) -> io::Result<Option<WaitStatus>> {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status)))
                if code.is_none_or(|code| code == pid) && (status.exited() || status.signaled()) =>
            {
                return Ok(Some(status));
            }
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return Ok(None),
            // A cell stands before its code comes.
            Err(Errno::CHILD) if may_come => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

/// SIGCHLD and SIGTERM as a descriptor.
pub(crate) fn signals() -> io::Result<OwnedFd> {
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
pub(crate) fn told_to_stop(signals: &OwnedFd) -> io::Result<bool> {
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
