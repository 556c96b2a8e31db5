//! The outer process: in the host's pid namespace, it ties the sandbox's life to the host's. No user code ever runs in it.

use crate::confine::drop_capabilities;
use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::fchown,
    io::Errno,
    process::{Gid, Pid, PidfdFlags, Signal, Uid, WaitOptions, pidfd_open, pidfd_send_signal, waitpid},
    stdio::{stderr, stdout},
};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

/// Read end of a pipe of the host's: a byte means that the run is to end and be reported, its end that the host is gone.
pub(crate) const LIFELINE: RawFd = 4;

/// Gives the pipes of output to the code's user: else `/dev/stdout` could not be opened inside.
pub(crate) fn give_output_to(uid: u32, gid: u32) -> rustix::io::Result<()> {
    for pipe in [stdout(), stderr()] {
        let is_pipe = rustix::fs::FileType::from_raw_mode(rustix::fs::fstat(pipe)?.st_mode).is_fifo();
        if is_pipe {
            fchown(pipe, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))?;
        }
    }
    Ok(())
}

/// Waits until `init` has ended, or kills it when the host is gone: with pid 1 the kernel kills all of its namespace.
pub(crate) fn watch(init: Pid) -> i32 {
    let Ok(process) = pidfd_open(init, PidfdFlags::empty()) else { return give_up(init) };
    // Everything else is the sandbox's: a copy of the status or of an output pipe here would hide their end.
    if close_all_but(&[LIFELINE, process.as_raw_fd()]).is_err() || drop_capabilities().is_err() {
        return give_up(init);
    }
    #[expect(unsafe_code, reason = "the lifeline is known by its number only")]
    // SAFETY: descriptor 4 is the lifeline by protocol and was just kept open; nothing closes it before the process ends.
    let lifeline = unsafe { BorrowedFd::borrow_raw(LIFELINE) };
    loop {
        let mut both = [PollFd::from_borrowed_fd(lifeline, PollFlags::IN), PollFd::new(&process, PollFlags::IN)];
        match poll(&mut both, None) {
            Err(Errno::INTR) => continue,
            Ok(_) if both[0].revents().is_empty() => {}
            Ok(_) => match rustix::io::read(lifeline, &mut [0_u8; 1]) {
                Ok(1) => {
                    let _gone = pidfd_send_signal(process.as_fd(), Signal::TERM);
                    continue;
                }
                // Not knowing counts as its end.
                _ => kill(&process),
            },
            Err(_) => kill(&process),
        }
        if let Some(status) = ended(init) {
            return status;
        }
    }
}

fn kill(process: &OwnedFd) {
    let _gone = pidfd_send_signal(process.as_fd(), Signal::KILL);
}

fn give_up(init: Pid) -> i32 {
    let _gone = rustix::process::kill_process(init, Signal::KILL);
    ended(init).unwrap_or(1)
}

/// Waits for `init`: 0 when it has reported.
fn ended(init: Pid) -> Option<i32> {
    loop {
        match waitpid(Some(init), WaitOptions::empty()) {
            Err(Errno::INTR) => {}
            Ok(Some((_, status))) => return Some(i32::from(status.exit_status() != Some(0))),
            Ok(None) => return None,
            Err(_) => return Some(1),
        }
    }
}

/// Has `number` be this file as well, whatever it was before.
pub(crate) fn place(descriptor: &OwnedFd, number: RawFd) -> std::io::Result<()> {
    #[expect(unsafe_code, reason = "a descriptor is wanted under a number that the protocol fixes")]
    // SAFETY: callers own nothing under that number.
    let placed = unsafe { libc::dup2(descriptor.as_raw_fd(), number) };
    if placed == number { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// Closes every descriptor but these.
pub(crate) fn close_all_but(kept: &[RawFd]) -> std::io::Result<()> {
    let mut kept: Vec<u32> = kept.iter().filter_map(|fd| u32::try_from(*fd).ok()).collect();
    kept.sort_unstable();
    let mut from = 0_u32;
    for fd in kept {
        if fd > from {
            close_range(from, fd - 1)?;
        }
        from = from.max(fd + 1);
    }
    close_range(from, u32::MAX)
}

fn close_range(from: u32, to: u32) -> std::io::Result<()> {
    #[expect(unsafe_code, reason = "descriptors that nothing of ours owns can only be closed by number")]
    // SAFETY: callers own no descriptor in this range that they use afterwards; the runner opens none either.
    let result = unsafe { libc::syscall(libc::SYS_close_range, from, to, 0) };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
