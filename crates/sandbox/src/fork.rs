//! A fork whose parent is pid 1 of another pid namespace.
//!
//! The code's process is a copy of a zygote, and pid 1 of its cell is not: so the one who must reap it cannot be the one who
//! forks it. A process whose parent ends becomes a child of the pid 1 of the namespace in which that *parent* was
//! (`find_new_reaper` in the kernel's kernel/exit.c). So one in between is made in the cell, which forks and ends. It borrows
//! the zygote's memory, as with vfork(2), and costs nothing: there is one copy in all.

#![expect(unsafe_code, reason = "no library forks like that")]

use libc::c_long;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    process::{PidfdFlags, getppid, pidfd_open},
};
use std::{
    arch::asm,
    io,
    sync::atomic::{AtomicI32, Ordering},
};

/// What an interpreter is to be told of a fork: `PyOS_BeforeFork` and its kin.
#[repr(C)]
pub(crate) struct Hooks {
    before: extern "C" fn(),
    in_parent: extern "C" fn(),
    in_child: extern "C" fn(),
}

/// Set by the one in between, in memory that it shares: why it could not fork.
static FAILED: AtomicI32 = AtomicI32::new(0);

/// Forks into the namespace that was set for this process's children; true in the new process. The process has one thread.
pub(crate) fn orphan(hooks: &Hooks) -> io::Result<bool> {
    FAILED.store(0, Ordering::Relaxed);
    (hooks.before)();
    let between = in_between();
    if between == 0 {
        outlive_parent();
        announce_rseq();
        (hooks.in_child)();
        return Ok(true);
    }
    (hooks.in_parent)();
    match (between, FAILED.load(Ordering::Relaxed)) {
        (1.., 0) => Ok(false),
        (1.., error) => Err(io::Error::from_raw_os_error(error)),
        (error, _) => Err(io::Error::from_raw_os_error(i32::try_from(-error).unwrap_or(libc::EINVAL))),
    }
}

/// In the one in between: forks and ends. Returns in the new process only.
extern "C" fn fork_and_end() {
    // SAFETY: the process that lends its memory waits in the kernel, so this is a fork of its only thread, with the C library's own
    // handlers. What the new process returns into is its own copy of the stack.
    unsafe {
        let forked = libc::fork();
        if forked == 0 {
            return;
        }
        if forked < 0 {
            FAILED.store(*libc::__errno_location(), Ordering::Relaxed);
        }
        libc::_exit(0);
    }
}

/// In the new process: waits until the one in between has ended. It is in the cell, whose end would be its own; and while it has not
/// let go of the allocator's locks, which it took for its fork, its end would leave them to the zygote for ever.
fn outlive_parent() {
    // Pid 1, or whoever is outside: the parent that was is gone.
    let Some(parent) = getppid().filter(|parent| !parent.is_init()) else { return };
    let Ok(parent) = pidfd_open(parent, PidfdFlags::empty()) else { return };
    // Readable after the children were given away (`exit_notify`).
    while poll(&mut [PollFd::new(&parent, PollFlags::IN)], None) == Err(Errno::INTR) {}
}

/// 0 in the new process; in the old one the number of the one in between, or a negative error.
fn in_between() -> c_long {
    let flags = c_long::from(libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD);
    let result: c_long;
    // SAFETY: the block returns once in each process, like `fork`. The one in between uses the stack below this frame, which
    // nobody else touches: the kernel lets this process go on when it has ended, and with the registers of before.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "call {fork_and_end}",
            "xor eax, eax",
            "2:",
            fork_and_end = sym fork_and_end,
            inlateout("rax") libc::SYS_clone => result,
            in("rdi") flags,
            in("rsi") 0,
            in("rdx") 0,
            in("r10") 0,
            in("r8") 0,
            clobber_abi("C"),
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!(
            "svc 0",
            "cbnz x0, 2f",
            "bl {fork_and_end}",
            "mov x0, xzr",
            "2:",
            fork_and_end = sym fork_and_end,
            inlateout("x0") flags => result,
            in("x1") 0,
            in("x2") 0,
            in("x3") 0,
            in("x4") 0,
            in("x8") libc::SYS_clone,
            clobber_abi("C"),
        );
    }
    result
}

/// The kernel forgets a thread's restartable sequences where memory is shared (`rseq_fork`), and so does not know of them in the new
/// process. The C library still believes in them: it would say for ever that this is the processor of the fork.
fn announce_rseq() {
    /// `RSEQ_SIG` of the C library.
    #[cfg(target_arch = "x86_64")]
    const SIGNATURE: u32 = 0x5305_3053;
    #[cfg(target_arch = "aarch64")]
    const SIGNATURE: u32 = 0xd428_bc00;
    // The size that it had when it came; larger ones are padded up to this.
    const SIZE: u32 = 32;
    // SAFETY: glibc's `__rseq_offset` (since 2.35; else there is nothing to do) says where in the thread's own block the area is,
    // which lives as long as the thread and is as large and as aligned as the kernel wants it.
    unsafe {
        let offset = libc::dlsym(libc::RTLD_DEFAULT, c"__rseq_offset".as_ptr()).cast::<isize>();
        let size = libc::dlsym(libc::RTLD_DEFAULT, c"__rseq_size".as_ptr()).cast::<u32>();
        if let (Some(offset), Some(1..)) = (offset.as_ref(), size.as_ref()) {
            let area = thread_pointer().wrapping_add_signed(*offset);
            libc::syscall(libc::SYS_rseq, area, SIZE, 0, SIGNATURE);
        }
    }
}

fn thread_pointer() -> usize {
    let pointer: usize;
    // SAFETY: reads a register, or the word that the ABI keeps its value in.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        asm!("mov {}, fs:0", out(reg) pointer, options(nostack, preserves_flags, readonly));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!("mrs {}, tpidr_el0", out(reg) pointer, options(nostack, preserves_flags, nomem));
    }
    pointer
}
