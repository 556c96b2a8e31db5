//! Which refused calls are worth telling, under which name, and how many there were: bounded, whatever the code does. Pure.

use libc::c_long;
use std::fmt::Write as _;

/// What of the world a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Net,
    Process,
    /// Owners, attributes and special modes of files, which a grant to write does not open.
    Files,
    System,
}

impl Area {
    const fn name(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Process => "process",
            Self::Files => "fs.write",
            Self::System => "system",
        }
    }
}

macro_rules! names {
    ($($area:ident: $($call:ident = $name:literal),+;)+) => {
        &[$($((libc::$call, $name, Area::$area)),+),+]
    };
}

/// The calls that attacks and honest code are refused most; others go by their number.
const NAMES: &[(c_long, &str, Area)] = names! {
    Net: SYS_socket = "socket", SYS_socketpair = "socketpair", SYS_connect = "connect", SYS_bind = "bind",
        SYS_listen = "listen", SYS_accept = "accept", SYS_accept4 = "accept4", SYS_sendto = "sendto",
        SYS_sendmmsg = "sendmmsg", SYS_recvmmsg = "recvmmsg", SYS_setsockopt = "setsockopt";
    Process: SYS_clone = "clone", SYS_execve = "execve", SYS_execveat = "execveat", SYS_ptrace = "ptrace",
        SYS_process_vm_readv = "process_vm_readv", SYS_process_vm_writev = "process_vm_writev", SYS_kcmp = "kcmp",
        SYS_pidfd_open = "pidfd_open", SYS_pidfd_getfd = "pidfd_getfd", SYS_pidfd_send_signal = "pidfd_send_signal",
        SYS_rt_sigqueueinfo = "rt_sigqueueinfo", SYS_prlimit64 = "prlimit64", SYS_setpriority = "setpriority",
        SYS_setsid = "setsid", SYS_setpgid = "setpgid", SYS_sched_setscheduler = "sched_setscheduler";
    Files: SYS_fchmod = "fchmod", SYS_fchmodat = "fchmodat", SYS_fchown = "fchown", SYS_fchownat = "fchownat",
        SYS_mknodat = "mknodat", SYS_setxattr = "setxattr", SYS_lsetxattr = "lsetxattr", SYS_fsetxattr = "fsetxattr",
        SYS_removexattr = "removexattr", SYS_lremovexattr = "lremovexattr", SYS_fremovexattr = "fremovexattr";
    System: SYS_add_key = "add_key", SYS_bpf = "bpf", SYS_chroot = "chroot", SYS_fanotify_init = "fanotify_init", SYS_fcntl = "fcntl", SYS_finit_module = "finit_module",
        SYS_fsopen = "fsopen", SYS_init_module = "init_module", SYS_inotify_init1 = "inotify_init1", SYS_ioctl = "ioctl",
        SYS_io_setup = "io_setup", SYS_io_uring_setup = "io_uring_setup", SYS_keyctl = "keyctl",
        SYS_memfd_create = "memfd_create", SYS_mount = "mount", SYS_move_mount = "move_mount",
        SYS_openat = "openat", SYS_open_by_handle_at = "open_by_handle_at", SYS_open_tree = "open_tree",
        SYS_perf_event_open = "perf_event_open", SYS_personality = "personality", SYS_pivot_root = "pivot_root",
        SYS_prctl = "prctl", SYS_quotactl = "quotactl", SYS_reboot = "reboot", SYS_request_key = "request_key",
        SYS_seccomp = "seccomp", SYS_setgid = "setgid", SYS_sethostname = "sethostname", SYS_setns = "setns",
        SYS_setuid = "setuid", SYS_shmget = "shmget", SYS_swapon = "swapon",
        SYS_syslog = "syslog", SYS_umount2 = "umount2", SYS_unshare = "unshare", SYS_userfaultfd = "userfaultfd";
};
#[cfg(target_arch = "x86_64")]
const OLDER: &[(c_long, &str, Area)] = names! {
    Process: SYS_fork = "fork", SYS_vfork = "vfork";
    Files: SYS_chmod = "chmod", SYS_chown = "chown", SYS_lchown = "lchown", SYS_mknod = "mknod";
    System: SYS_arch_prctl = "arch_prctl", SYS_inotify_init = "inotify_init", SYS_ioperm = "ioperm", SYS_iopl = "iopl",
        SYS_open = "open";
};
#[cfg(not(target_arch = "x86_64"))]
const OLDER: &[(c_long, &str, Area)] = &[];

/// A library's own question, which no code meant to ask and which fails without harm. Hiding behind it brings nobody
/// anything: it is refused all the same.
pub(crate) fn is_routine(call: c_long, arguments: &[u64; 6]) -> bool {
    /// `pwd` asks a cache daemon before it reads the file, over a Unix socket of this kind.
    const OF_PWD: u64 = (libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK).unsigned_abs() as u64;
    let [domain, kind, ..] = *arguments;
    match call {
        libc::SYS_socket => domain == u64::from(libc::AF_UNIX.unsigned_abs()) && kind == OF_PWD,
        // OpenBLAS says near which processor its buffers should lie.
        libc::SYS_mbind | libc::SYS_get_mempolicy | libc::SYS_set_mempolicy => true,
        _ => false,
    }
}

/// Different calls that are kept; what is beyond is counted.
const MOST_CALLS: usize = 16;
/// Refusals after which nobody counts any more: a flood must not keep pid 1 busy at nobody's expense.
const FLOOD: u64 = 10_000;

/// What was refused so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    calls: Vec<(c_long, u64)>,
    more: u64,
    total: u64,
}

impl Tally {
    /// Counts one; whether that was the last that counts.
    pub(crate) fn count(&mut self, call: c_long, arguments: &[u64; 6]) -> bool {
        self.total += 1;
        if !is_routine(call, arguments) {
            let known = self.calls.len();
            match self.calls.iter_mut().find(|(known, _)| *known == call) {
                Some((_, count)) => *count += 1,
                None if known < MOST_CALLS => self.calls.push((call, 1)),
                None => self.more += 1,
            }
        }
        self.total >= FLOOD
    }

    /// As the status line has it: a list of calls, and what did not fit into it as one more.
    pub(crate) fn json(&self) -> String {
        let mut text = String::from("[");
        for (call, count) in &self.calls {
            let known = NAMES.iter().chain(OLDER).find(|(number, ..)| number == call);
            let (name, area) = known.map_or_else(
                || (format!("system call {call}"), Area::System),
                |(_, name, area)| ((*name).into(), *area),
            );
            push(&mut text, &name, area, *count);
        }
        if self.more > 0 {
            push(&mut text, "others", Area::System, self.more);
        }
        text.push(']');
        text
    }
}

fn push(text: &mut String, name: &str, area: Area, count: u64) {
    let comma = if text.ends_with('[') { "" } else { ", " };
    let _ = write!(text, r#"{comma}{{"call": "{name}", "area": "{}", "count": {count}}}"#, area.name()); // to a String: cannot fail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_named_and_counted() {
        let mut tally = Tally::default();
        assert_eq!(tally.json(), "[]");
        for call in [libc::SYS_socket, libc::SYS_socket, libc::SYS_execve, 9999] {
            assert!(!tally.count(call, &[0; 6]));
        }
        assert_eq!(
            tally.json(),
            r#"[{"call": "socket", "area": "net", "count": 2}, {"call": "execve", "area": "process", "count": 1}, {"call": "system call 9999", "area": "system", "count": 1}]"#
        );
    }

    #[test]
    fn a_flood_has_an_end_and_a_short_account() {
        let mut tally = Tally::default();
        let mut calls = 0;
        while !tally.count(calls % 400, &[0; 6]) {
            calls += 1;
        }
        assert_eq!(u64::try_from(calls).unwrap() + 1, FLOOD);
        // The longest names and counts still fit into the line that a host reads.
        assert!(tally.json().len() < 2048, "{}", tally.json());
        assert!(tally.json().contains(r#""call": "others""#));
    }

    #[test]
    fn the_question_of_pwd_is_routine_and_a_socket_is_not() {
        let kind = |flags: i32| u64::from((libc::SOCK_STREAM | flags).unsigned_abs());
        assert!(is_routine(libc::SYS_socket, &[1, kind(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK), 0, 0, 0, 0]));
        assert!(!is_routine(libc::SYS_socket, &[1, kind(libc::SOCK_CLOEXEC), 0, 0, 0, 0]));
        assert!(!is_routine(libc::SYS_socket, &[2, kind(libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK), 0, 0, 0, 0]));
    }

    #[test]
    fn every_name_is_of_one_call() {
        let mut numbers: Vec<_> = NAMES.iter().chain(OLDER).map(|(number, ..)| number).collect();
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
