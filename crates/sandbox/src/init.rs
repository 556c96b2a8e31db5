//! Pid 1 of the sandbox: reaps, and is the only one to say how the code ended. The code cannot look into it: it is not
//! dumpable, hidden from `/proc`, and the status descriptor is closed in the code's process.

use crate::{
    confine::drop_capabilities,
    error::{SandboxError, Step, UNEXPECTED},
    leave, outer,
    refused::Tally,
    supervise::{self, End},
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
    process::{Pid, Signal, WaitOptions, getpid, set_parent_process_death_signal, setsid, wait},
};
use std::{
    io,
    mem::MaybeUninit,
    os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd},
};

/// Write end of the pipe that takes the one line.
pub(crate) const STATUS: RawFd = 5;

/// Dies with the outer process, and leaves its terminal.
pub(crate) fn follow(outer: Option<&OwnedFd>) -> Result<(), SandboxError> {
    // Never set in the outer process: it would fire when the host's *thread* that started it ends.
    set_parent_process_death_signal(Some(Signal::KILL)).step(format_args!("follow its parent"), UNEXPECTED)?;
    // The parent may have died before that call, and getppid() is 0 for a parent in another namespace.
    let gone = match outer {
        Some(outer) => poll(&mut [PollFd::new(outer, PollFlags::IN)], Some(&Timespec::default())),
        None => Err(Errno::BADF),
    };
    if gone != Ok(0) {
        return Err(SandboxError::Step {
            step: "follow its parent".into(),
            cause: "the parent is gone".into(),
            help: "the host ended this run",
        });
    }
    // So that Ctrl-C on the host's terminal is the host's business.
    setsid().map(drop).step(format_args!("start a session"), UNEXPECTED)
}

/// Reaps until `code` has ended, kills what it left behind, and reports. Without a number it is the only one that ever comes.
/// `alone` is whether it can have no processes of its own.
pub(crate) fn reap(code: Option<Pid>, takes: OwnedFd, alone: bool) -> i32 {
    if outer::close_all_but(&[STATUS, takes.as_raw_fd()]).is_err() || drop_capabilities().is_err() {
        return 1;
    }
    rehearse();
    let Ok((end, refused)) = supervise::until_the_end_of(code, takes, alone) else { return 1 };
    let reported = match end {
        End::Reaped(status) => {
            kill_all();
            reap_all();
            // What is reaped counts as used.
            used().and_then(|used| {
                report(&line(status.exit_status().ok_or(status.terminating_signal()), &used, &refused))
            })
        }
        End::Held { status, used, listener } => {
            let reported = report(&line(Ok(status), &used, &refused));
            // First the host goes on, and then the memory is taken down. Not with a lower priority: it holds locks of the libraries
            // that every fork of the zygote waits for.
            let closed = outer::close_all_but(&[listener.as_raw_fd()]);
            // While it is held, and not later: whom nobody answers any more goes on.
            kill_all();
            drop(listener);
            reported.and(closed)
        }
    };
    // Now and not with the end of this process, which takes its time where a zygote's memory is to be let go.
    let closed = outer::close_all_but(&[]);
    reap_all();
    i32::from(reported.and(closed).is_err())
}

/// Goes once the way of the end: this process is a copy of another, and the pages on that way are copied before anybody waits.
fn rehearse() {
    let used = leave::of_only_thread(getpid()).unwrap_or_default();
    drop(line(Ok(0), &used, &Tally::default()));
}

/// Until nobody is left.
fn reap_all() {
    while !matches!(wait(WaitOptions::empty()), Err(error) if error != Errno::INTR) {}
}

/// Everything in this namespace but pid 1.
pub(crate) fn kill_all() {
    #[expect(unsafe_code, reason = "rustix's kill takes no -1")]
    // SAFETY: `kill` has no memory effects; this process is pid 1 of a namespace of its own.
    unsafe {
        libc::kill(-1, libc::SIGKILL);
    }
}

/// What everything that ran has used.
#[derive(Default)]
pub(crate) struct Used {
    /// CPU time.
    pub(crate) cpu_ms: u64,
    /// The largest resident set.
    pub(crate) peak_rss_bytes: u64,
}

/// What the host is told. `ended`: an exit status, or a signal if there is one.
fn line(ended: Result<i32, Option<i32>>, used: &Used, refused: &Tally) -> String {
    let how = match ended {
        Ok(code) => format!(r#""ended": "exited", "code": {code}"#),
        Err(signal) => format!(r#""ended": "signalled", "signal": {}"#, signal.unwrap_or_default()),
    };
    let Used { cpu_ms, peak_rss_bytes } = used;
    let refused = refused.json();
    format!("{{{how}, \"cpu_ms\": {cpu_ms}, \"peak_rss_bytes\": {peak_rss_bytes}, \"refused\": {refused}}}\n")
}

fn report(line: &str) -> io::Result<()> {
    #[expect(unsafe_code, reason = "the status descriptor is known by its number only")]
    // SAFETY: descriptor 5 is the status by protocol and was kept open; nothing closes it before the process ends.
    let pipe = unsafe { BorrowedFd::borrow_raw(STATUS) };
    let mut rest = line.as_bytes();
    while !rest.is_empty() {
        match rustix::io::write(pipe, rest) {
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What everything that was reaped has used.
fn used() -> io::Result<Used> {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    #[expect(unsafe_code, reason = "no crate of ours wraps getrusage")]
    // SAFETY: the pointer is to a whole `rusage`, for which all zeroes is a value as well.
    let usage = unsafe {
        if libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) != 0 {
            return Err(io::Error::last_os_error());
        }
        usage.assume_init()
    };
    let number = |n: i64| u64::try_from(n).unwrap_or_default();
    let ms = |t: libc::timeval| number(t.tv_sec) * 1000 + number(t.tv_usec) / 1000;
    // The kernel counts in KiB.
    Ok(Used { cpu_ms: ms(usage.ru_utime) + ms(usage.ru_stime), peak_rss_bytes: number(usage.ru_maxrss) * 1024 })
}
