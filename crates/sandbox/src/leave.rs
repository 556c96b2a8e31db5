//! How code that came to its end takes its leave, and why nobody has to wait for its memory to be taken down.
//!
//! Letting go of what a zygote has loaded takes the kernel some 2 ms (270 areas of 120 libraries), as much as everything else
//! of a short run, and `wait` tells nothing before that. So the code's process makes one last call, of a number that no kernel
//! has. The filter holds it there and asks pid 1 (`listener.rs`), which looks, while the process is whole, whether it is the
//! only thread, and at what it used; then it reports, and kills it. From its call on no instruction of the code can be carried
//! out: the only thread waits in the kernel, and only a fatal signal ends that wait (`SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV`).
//!
//! Who makes the call by himself has called `_exit` by another name. Where nobody answers it does not exist, and the caller goes
//! on to `_exit`.

use crate::init::Used;
use rustix::{
    fs::{Mode, OFlags},
    process::Pid,
};
use std::{ffi::CStr, io::Write, mem::MaybeUninit};

/// Its number: beyond all that exist, on every machine.
pub(crate) const LEAVE: libc::c_long = 4095;

/// More than the file ever has: some 1.4 KiB, and a page is read at once.
const STATUS: usize = 4096;

/// In the code's process, at its very end: closes everything, so that the host sees the end of its streams, and waits for the
/// end. Returns where nobody holds it.
pub(crate) fn leave(code: i32) {
    #[expect(unsafe_code, reason = "a call that no library knows, and one that closes what others own")]
    // SAFETY: neither touches memory. Nothing in this process uses a descriptor any more: the caller goes on to `_exit` at most.
    unsafe {
        libc::syscall(libc::SYS_close_range, 0, libc::c_uint::MAX, 0);
        libc::syscall(LEAVE, code);
    }
}

/// In pid 1, about a process that waits for an answer to its leave: what it used. None if it has other threads, which go on, or
/// if it cannot be looked at.
///
/// Nothing is allocated: pid 1 is a copy of a zygote, and each page that it touches for the first time costs a fault.
pub(crate) fn of_only_thread(code: Pid) -> Option<Used> {
    let mut path = [0; 32];
    write!(path.as_mut_slice(), "/proc/{}/status\0", code.as_raw_nonzero()).ok()?;
    let path = CStr::from_bytes_until_nul(&path).ok()?;
    let file = rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let mut text = [0; STATUS];
    let length = rustix::io::read(&file, &mut text).ok()?;
    let text = str::from_utf8(text.get(..length)?).ok()?;
    let number = |name: &str| -> Option<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    // "Peak resident set size" in KiB, and "Number of threads in process": proc_pid_status(5).
    let peak = number("VmHWM:")?;
    (number("Threads:")? == 1).then_some(Used { cpu_ms: cpu_ms(code)?, peak_rss_bytes: peak * 1024 })
}

/// CPU time of the whole process.
fn cpu_ms(code: Pid) -> Option<u64> {
    let (mut clock, mut time) = (MaybeUninit::uninit(), MaybeUninit::<libc::timespec>::uninit());
    #[expect(unsafe_code, reason = "no crate of ours wraps the clocks of other processes")]
    // SAFETY: each call writes its value or fails, and what failed is not read.
    let time = unsafe {
        if libc::clock_getcpuclockid(code.as_raw_nonzero().get(), clock.as_mut_ptr()) != 0
            || libc::clock_gettime(clock.assume_init(), time.as_mut_ptr()) != 0
        {
            return None;
        }
        time.assume_init()
    };
    let number = |n: i64| u64::try_from(n).unwrap_or_default();
    Some(number(time.tv_sec) * 1000 + number(time.tv_nsec) / 1_000_000)
}
