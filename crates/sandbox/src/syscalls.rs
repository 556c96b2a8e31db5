//! Every system call that code may make, each with its reason. Read it as a list of promises: what is not here cannot be
//! called. Tests look at numbers only, never at what a pointer points to, which a second thread could change.

use libc::c_long;

/// Calls that are allowed.
pub(crate) struct Allowed {
    pub(crate) calls: &'static [c_long],
    /// What the calls are named (`SYS_read`), in the same order.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for the profile of containers, which a test holds to the table")
    )]
    pub(crate) names: &'static [&'static str],
    pub(crate) when: When,
    /// Each a set of tests that must all hold; none means always.
    pub(crate) alternatives: &'static [&'static [Test]],
    /// For the reader.
    #[cfg_attr(not(test), expect(dead_code, reason = "the reason is for people; a test sees that there is one"))]
    pub(crate) reason: &'static str,
}

/// With which grant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    Process,
    Net,
}

/// A test of one argument, counted from 0.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Test {
    /// Its lower 32 bits.
    Is(u8, u32),
    /// Some of its lower 32 bits.
    Bits { argument: u8, of: u32, are: u32 },
    /// A null pointer.
    Null(u8),
}

use Test::{Bits, Is, Null};

macro_rules! table {
    ($when:ident: $($($call:ident),+ $(where $($tests:expr),+)? => $reason:literal;)+) => {
        &[$(Allowed {
            calls: &[$(libc::$call),+],
            names: &[$(stringify!($call)),+],
            when: When::$when,
            alternatives: &[$($(&$tests),+)?],
            reason: $reason,
        }),+]
    };
}

/// Calls that "do not exist" (ENOSYS), because the C library then takes an older one whose arguments can be seen.
pub(crate) const ABSENT: [c_long; 3] = [libc::SYS_clone3, libc::SYS_openat2, SYS_FCHMODAT2];
/// The same by name.
#[cfg(test)]
pub(crate) const ABSENT_NAMES: [&str; 3] = ["clone3", "openat2", "fchmodat2"];
/// Too young for the libc crate on some targets; the number is the same on all.
const SYS_FCHMODAT2: c_long = 452;

/// Neither set-user-id nor set-group-id: a file in an output folder may belong to root.
const fn plain_mode(argument: u8) -> Test {
    Bits { argument, of: 0o6000, are: 0 }
}

/// `CLONE_NEW*` of clone(2).
const NAMESPACES: u32 = 0x7e02_0000;
/// `CLONE_VM | CLONE_SIGHAND | CLONE_THREAD`.
const THREAD: u32 = 0x0001_0900;
/// The lower bits of a socket's type; the rest are flags.
const TYPE: u32 = 0xf;
const STREAM: u32 = 1;
const DATAGRAM: u32 = 2;
const SEQUENCED: u32 = 5;
const UNIX: u32 = 1;
const INET: u32 = 2;
const INET6: u32 = 10;

const fn kind(kind: u32) -> Test {
    Bits { argument: 1, of: TYPE, are: kind }
}

const ALWAYS: &[Allowed] = table! { Always:
    SYS_read, SYS_readv, SYS_pread64, SYS_preadv, SYS_preadv2 => "reads what is open";
    SYS_write, SYS_writev, SYS_pwrite64, SYS_pwritev, SYS_pwritev2 => "writes what is open";
    SYS_openat where [plain_mode(3)] => "opens files; mounts and Landlock say which";
    SYS_close, SYS_close_range => "closes";
    SYS_dup, SYS_dup3 => "duplicates descriptors";
    SYS_lseek => "seeks";
    // Not leases, which keep the host from opening its own files, nor notices of what others do in a folder.
    SYS_fcntl where
        [Is(1, 0)], [Is(1, 1030)], [Is(1, 1)], [Is(1, 2)], [Is(1, 3)], [Is(1, 4)] => "duplicates, close-on-exec, flags";
    SYS_fcntl where [Is(1, 5)], [Is(1, 6)], [Is(1, 7)], [Is(1, 36)], [Is(1, 37)], [Is(1, 38)] => "locks, also by open file";
    SYS_fcntl where [Is(1, 1031)], [Is(1, 1032)], [Is(1, 1034)] => "the size of a pipe; what a file is sealed against";
    SYS_flock => "file locks of databases and caches";
    SYS_fstat, SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2 => "looks at files";
    SYS_statfs, SYS_fstatfs => "free space (shutil.disk_usage)";
    SYS_getdents64 => "lists folders";
    SYS_readlinkat => "reads links (realpath)";
    SYS_getxattr, SYS_lgetxattr, SYS_fgetxattr, SYS_listxattr, SYS_llistxattr, SYS_flistxattr => "shutil.copy2 looks for them";
    SYS_getcwd, SYS_chdir, SYS_fchdir => "the working folder";
    SYS_mkdirat where [plain_mode(2)] => "makes folders in scratch and outputs";
    SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat => "arranges scratch and outputs";
    SYS_fchmod where [plain_mode(1)] => "modes, but no set-user-id";
    SYS_fchmodat where [plain_mode(2)] => "modes, but no set-user-id";
    SYS_umask => "modes of new files";
    SYS_utimensat => "file times (copystat)";
    SYS_truncate, SYS_ftruncate, SYS_fallocate => "sizes of files";
    SYS_fsync, SYS_fdatasync => "databases flush";
    SYS_fadvise64 => "hints";
    SYS_sendfile, SYS_copy_file_range => "shutil copies with them";

    SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_msync, SYS_brk => "memory, compiled kernels";
    SYS_futex, SYS_set_robust_list, SYS_get_robust_list, SYS_rseq, SYS_membarrier => "locks between threads";
    SYS_clone where [Bits { argument: 0, of: NAMESPACES | THREAD, are: THREAD }] => "threads, no processes";
    SYS_exit, SYS_exit_group, SYS_restart_syscall => "ends, resumes";
    SYS_prctl where [Is(0, 15)], [Is(0, 16)], [Is(0, 0x5356_4d41)] => "names threads and memory, nothing else";

    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigpending, SYS_rt_sigsuspend, SYS_rt_sigtimedwait,
        SYS_sigaltstack => "signal handlers";
    SYS_kill, SYS_tgkill => "signals to itself; there is nobody else in its pid namespace but pid 1, which ignores them";
    SYS_setitimer, SYS_getitimer => "signal.alarm and its kin";
    SYS_wait4, SYS_waitid => "says that there are no children";

    SYS_pipe2, SYS_eventfd2, SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait, SYS_epoll_pwait2, SYS_ppoll, SYS_pselect6
        => "event loops";
    SYS_timerfd_create, SYS_timerfd_settime, SYS_timerfd_gettime => "event loops";
    // Not datagrams: sendmsg could name the socket of a daemon as receiver, in memory that no filter sees.
    SYS_socketpair where [Is(0, UNIX), kind(STREAM)], [Is(0, UNIX), kind(SEQUENCED)] => "asyncio wakes itself with a pair";
    SYS_sendto where [Null(4)] => "send() on a pair, without an address";
    SYS_recvfrom, SYS_recvmsg, SYS_sendmsg, SYS_shutdown => "the channel and pairs, which are connected";
    SYS_getsockopt, SYS_getsockname, SYS_getpeername => "what kind of socket this is";
    SYS_ioctl where
        [Is(0x1, 0x5401)], [Is(0x1, 0x802c_542a)], [Is(0x1, 0x5413)], [Is(0x1, 0x541b)], [Is(0x1, 0x5421)],
        [Is(0x1, 0x5450)], [Is(0x1, 0x5451)], [Is(0x1, 0x4004_9409)]
        => "isatty (two ways), window size, bytes waiting, non-blocking, (no) close-on-exec, clone a file; no terminal input";

    SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday => "time";
    SYS_times, SYS_getrusage, SYS_sysinfo, SYS_uname, SYS_getcpu => "how much, on what";
    SYS_getrandom => "random numbers";
    SYS_getpid, SYS_getppid, SYS_gettid, SYS_getpgid, SYS_getsid => "who it is";
    SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getresuid, SYS_getresgid, SYS_getgroups => "who it is";
    SYS_getpriority, SYS_sched_getparam, SYS_sched_getscheduler, SYS_sched_get_priority_max, SYS_sched_get_priority_min
        => "thread attributes";
    SYS_sched_getaffinity, SYS_sched_setaffinity => "how many CPUs; OpenMP binds its threads";
    SYS_sched_yield => "spinning threads give way";
    SYS_prlimit64 where [Is(0, 0)] => "reads and lowers its own limits";
};

const PROCESS: &[Allowed] = table! { Process:
    SYS_clone where [Bits { argument: 0, of: NAMESPACES, are: 0 }] => "processes, without new namespaces";
    SYS_execve, SYS_execveat => "programs; what they may do is what this table says";
    SYS_set_tid_address => "a program's C library starts";
    SYS_setpgid, SYS_setsid => "shells, subprocess's start_new_session";
};

const NET: &[Allowed] = table! { Net:
    SYS_socket where
        [Is(0, INET), kind(STREAM), Is(2, 0)], [Is(0, INET), kind(STREAM), Is(2, 6)],
        [Is(0, INET), kind(DATAGRAM), Is(2, 0)], [Is(0, INET), kind(DATAGRAM), Is(2, 17)],
        [Is(0, INET6), kind(STREAM), Is(2, 0)], [Is(0, INET6), kind(STREAM), Is(2, 6)],
        [Is(0, INET6), kind(DATAGRAM), Is(2, 0)], [Is(0, INET6), kind(DATAGRAM), Is(2, 17)]
        => "TCP and UDP; no Unix sockets, which lead to the host's daemons";
    SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4 => "TCP and UDP";
    SYS_sendto, SYS_sendmmsg, SYS_recvmmsg => "UDP; resolvers send both questions at once";
    SYS_setsockopt where [Is(1, 0)], [Is(1, 1)], [Is(1, 6)], [Is(1, 17)], [Is(1, 41)] => "options of IP, TCP, UDP, sockets";
};

/// Older forms of the above, which libc has for x86-64 alone.
#[cfg(target_arch = "x86_64")]
const OLDER: &[Allowed] = table! { Always:
    SYS_open where [plain_mode(2)] => "openat";
    SYS_creat where [plain_mode(1)] => "openat";
    SYS_stat, SYS_lstat, SYS_access => "newfstatat, faccessat";
    SYS_readlink, SYS_unlink, SYS_rmdir, SYS_rename, SYS_link, SYS_symlink => "their *at forms";
    SYS_mkdir where [plain_mode(1)] => "mkdirat";
    SYS_chmod where [plain_mode(1)] => "fchmodat";
    SYS_utime, SYS_utimes, SYS_futimesat => "utimensat";
    SYS_dup2, SYS_pipe, SYS_eventfd => "dup3, pipe2, eventfd2";
    SYS_poll, SYS_select, SYS_epoll_create, SYS_epoll_wait => "ppoll and its kin";
    SYS_time, SYS_alarm, SYS_pause, SYS_getpgrp, SYS_renameat, SYS_getrlimit, SYS_setrlimit => "their younger forms";
    SYS_sync_file_range => "databases flush";
};
#[cfg(target_arch = "x86_64")]
const OLDER_PROCESS: &[Allowed] = table! { Process:
    SYS_fork, SYS_vfork => "clone";
    SYS_arch_prctl => "a program's C library sets up its thread pointer";
};
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[Allowed] = &[];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_PROCESS: &[Allowed] = &[];

/// The whole table.
pub(crate) fn allowed() -> impl Iterator<Item = &'static Allowed> {
    [ALWAYS, PROCESS, NET, OLDER, OLDER_PROCESS].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_a_reason() {
        assert!(allowed().all(|a| a.reason.len() > 3));
    }
}
