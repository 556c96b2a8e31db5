//! The keeper: a small process between host and agent, so that no end of either leaves anything of the agent behind.
//!
//! It is the fork that `Command` makes, which forks once more: the inner process becomes the agent, the keeper stays as its
//! parent and as the one to whom its orphans come (`PR_SET_CHILD_SUBREAPER`). It waits for the agent's end, or for the
//! lifeline's: a pipe whose other end only the host has, so that it also ends when the host is killed. Then it kills
//! whatever is left of the tree, reaps it and is gone, with the agent's exit code. An own pid namespace would be simpler,
//! but needs a right that many machines give to nobody.
//!
//! The host has many threads, so between fork and exec only what is async-signal-safe may happen: system calls, no memory
//! from the heap, no lock.

use rustix::{
    event::{PollFd, PollFlags, poll},
    fd::{AsRawFd, BorrowedFd, OwnedFd},
    fs::{Mode, OFlags},
    io::Errno,
    process::{
        Pid, PidfdFlags, Signal, WaitOptions, getpid, getppid, kill_process, kill_process_group, pidfd_open,
        set_child_subreaper, set_parent_process_death_signal, setpgid, setsid, wait,
    },
    thread::{CapabilitySet, CapabilitySets, set_capabilities},
};
use std::{io, os::unix::process::CommandExt, process::Command};

/// The exit code of a keeper that never saw an agent end.
const NO_STATUS: i32 = 125;

/// Has `command` started below a keeper that ends with `lifeline`, and held to `rules` (a Landlock rule set) where there
/// are any.
#[expect(unsafe_code, reason = "what a child does before exec")]
pub(super) fn keep(command: &mut Command, lifeline: OwnedFd, rules: Option<OwnedFd>) {
    use rustix::fd::AsFd;
    let divide = move || divide(lifeline.as_fd(), rules.as_ref().map(AsFd::as_fd));
    // SAFETY: `divide` only makes system calls, on values that it was given; see the head of this file.
    unsafe { command.pre_exec(divide) };
}

/// Returns in the process that becomes the agent; the keeper never comes back.
fn divide(lifeline: BorrowedFd<'_>, rules: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let keeper = getpid();
    set_child_subreaper(Some(keeper))?;
    setsid()?;
    if let Some(agent) = fork()? {
        wait_and_end(agent, lifeline);
    }
    set_parent_process_death_signal(Some(Signal::KILL))?;
    if getppid() != Some(keeper) {
        return Err(io::ErrorKind::Interrupted.into()); // it died in between, and so the signal never comes
    }
    setpgid(None, None)?;
    give_up_rights()?;
    rules.map_or(Ok(()), restrict)
}

/// Without the handlers that libc's own `fork` would run.
#[expect(unsafe_code, reason = "no safe wrapper can promise what the child does")]
fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: a plain fork, in which every argument is zero: the child has its own memory and goes on here. Neither process
    // touches anything but system calls.
    let pid = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) };
    match i32::try_from(pid) {
        Ok(0) => Ok(None),
        Ok(pid) if pid > 0 => Ok(Pid::from_raw(pid)),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whoever it runs as: also a root that is confined reads the memory of others by its capabilities. Without new privileges
/// the exec does not give them back (`capabilities(7)`).
fn give_up_rights() -> io::Result<()> {
    rustix::thread::set_no_new_privs(true)?;
    let (effective, permitted, inheritable) = (CapabilitySet::empty(), CapabilitySet::empty(), CapabilitySet::empty());
    set_capabilities(None, CapabilitySets { effective, permitted, inheritable })?;
    Ok(())
}

#[expect(unsafe_code, reason = "no wrapper has this call without memory from the heap")]
fn restrict(rules: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: takes a descriptor and flags, of which there are none; touches no memory.
    match unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules.as_raw_fd(), 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn wait_and_end(agent: Pid, lifeline: BorrowedFd<'_>) -> ! {
    ignore_signals();
    close_all_but(lifeline);
    if let Ok(ended) = pidfd_open(agent, PidfdFlags::empty()) {
        let mut both = [PollFd::new(&lifeline, PollFlags::IN), PollFd::new(&ended, PollFlags::IN)];
        while poll(&mut both, None) == Err(Errno::INTR) {}
    }
    let code = end(agent);
    exit(code)
}

/// Kills and reaps until nobody is left; the agent's exit code, or 128 and its signal.
fn end(agent: Pid) -> i32 {
    let (mut code, mut reaped) = (NO_STATUS, false);
    loop {
        if !reaped {
            let _ = kill_process(agent, Signal::KILL); // one that has ended keeps its number until it is reaped
            let _ = kill_process_group(agent, Signal::KILL);
        }
        let listed = kill_children();
        // Without a list nothing more can be killed, and waiting for what was not might take for ever.
        let options = if reaped && !listed { WaitOptions::NOHANG } else { WaitOptions::empty() };
        match wait(options) {
            Ok(Some((pid, status))) if pid == agent => {
                reaped = true;
                let signal = status.terminating_signal().map(|signal| 128 + signal);
                code = status.exit_status().or(signal).unwrap_or(NO_STATUS);
            }
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) | Err(_) => return code,
        }
    }
}

/// Whoever is a child now: of the agent's descendants, those whose parents have ended. False if `/proc` does not say.
fn kill_children() -> bool {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let Ok(list) = rustix::fs::open(c"/proc/thread-self/children", flags, Mode::empty()) else { return false };
    let mut text = [0; 4096];
    // A longer list is read on once its head is reaped.
    let Ok(length) = rustix::io::read(&list, &mut text) else { return false };
    let mut number = 0_i32;
    for byte in text.iter().take(length) {
        if byte.is_ascii_digit() {
            number = number.wrapping_mul(10).wrapping_add(i32::from(byte - b'0'));
        } else if let Some(pid) = Pid::from_raw(std::mem::take(&mut number)) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
    true
}

/// The host's handlers came along with the fork; here they would run on what is no longer there.
#[expect(unsafe_code, reason = "signal masks have no safe wrapper here")]
fn ignore_signals() {
    // SAFETY: a mask is plain data, for which zeros are a value; both calls write to it or read it alone.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut());
    }
}

/// Everything of the host came along, too: its sockets and locks, and the agent's own pipes.
#[expect(unsafe_code, reason = "closing what others may hold has no safe wrapper")]
fn close_all_but(kept: BorrowedFd<'_>) {
    let kept = kept.as_raw_fd();
    // SAFETY: in this process nobody uses a descriptor any more but `kept` and what is opened from here on.
    unsafe {
        if kept > 0 {
            libc::syscall(libc::SYS_close_range, 0, kept - 1, 0);
        }
        libc::syscall(libc::SYS_close_range, kept + 1, libc::c_uint::MAX, 0);
    }
}

#[expect(unsafe_code, reason = "`std::process::exit` would run the host's own exit handlers")]
fn exit(code: i32) -> ! {
    // SAFETY: ends this process, and nothing of Rust's is left in it that would mind.
    unsafe { libc::_exit(code) }
}
