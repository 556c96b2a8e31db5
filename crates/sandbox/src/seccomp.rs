//! The filter, built from the table in `syscalls.rs`: what is not there is refused with EPERM, as a kernel without the right
//! would, by pid 1, which counts it (`listener.rs`). Another machine's calls (32-bit) kill; the x32 numbers are in no table.

use crate::{
    error::{SandboxError, Step},
    listener,
    plan::Plan,
    syscalls::{ABSENT, Allowed, Test, When, allowed},
};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter, sock_filter,
};
use std::{collections::BTreeMap, os::fd::OwnedFd};

const HELP: &str = "seccomp filters are needed (CONFIG_SECCOMP_FILTER, x86_64 or aarch64)";
const EPERM: u32 = libc::EPERM.unsigned_abs();
const ENOSYS: u32 = libc::ENOSYS.unsigned_abs();

/// Calls, each with the alternatives that allow it; none means always.
type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// The younger of the two, ready to be installed.
pub(crate) struct Strict(BpfProgram);

/// Installs the older one for good, here and in all forks, and makes the younger one for the plan's grants. A zygote does so once
/// for all of its children: it makes none of these calls.
pub(crate) fn begin(plan: &Plan) -> Result<Strict, SandboxError> {
    let step = format_args!("filter its system calls");
    let [absent, listed] = filters(plan.net, plan.process).step(step, HELP)?;
    apply_filter(&absent).step(step, HELP)?;
    Ok(Strict(asking(listed)))
}

impl Strict {
    /// Restricts this process for good. Who has the descriptor that comes back answers what is refused.
    pub(crate) fn apply(&self) -> Result<OwnedFd, SandboxError> {
        listener::install(&self.0).step(format_args!("filter its system calls"), HELP)
    }
}

/// The same filters for a process that installs them itself, in this order: whole `struct sock_filter`s of this machine's
/// architecture. `None` where there are none for it.
pub fn programs(net: bool, process: bool) -> Option<[Vec<u8>; 2]> {
    let bytes = |program: BpfProgram| {
        let instruction = |i: &sock_filter| {
            let mut bytes = [0, 0, i.jt, i.jf, 0, 0, 0, 0];
            bytes[..2].copy_from_slice(&i.code.to_ne_bytes());
            bytes[4..].copy_from_slice(&i.k.to_ne_bytes());
            bytes
        };
        program.iter().flat_map(instruction).collect()
    };
    filters(net, process).ok().map(|programs| programs.map(bytes))
}

/// Two, because of two refusals the kernel takes the younger filter's, and the younger one must be the strict one, or it would
/// have to allow its own installation. So the table allows the absent calls, and the older filter says that they do not exist.
fn filters(net: bool, process: bool) -> Result<[BpfProgram; 2], BackendError> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let absent: Rules = ABSENT.iter().map(|call| (*call, Vec::new())).collect();
    let mut listed = rules(net, process)?;
    listed.extend(absent.clone());
    let absent = SeccompFilter::new(absent, SeccompAction::Allow, SeccompAction::Errno(ENOSYS), arch)?;
    let listed = SeccompFilter::new(listed, SeccompAction::Errno(EPERM), SeccompAction::Allow, arch)?;
    Ok([absent.try_into()?, listed.try_into()?])
}

/// Has the kernel ask where the filter would say EPERM: an action that the builder does not know.
fn asking(mut program: BpfProgram) -> BpfProgram {
    let refuses = libc::SECCOMP_RET_ERRNO | EPERM;
    for instruction in &mut program {
        if u32::from(instruction.code) == libc::BPF_RET | libc::BPF_K && instruction.k == refuses {
            instruction.k = libc::SECCOMP_RET_USER_NOTIF;
        }
    }
    program
}

fn rules(net: bool, process: bool) -> Result<Rules, BackendError> {
    let holds = |when: When| match when {
        When::Always => true,
        When::Process => process,
        When::Net => net,
    };
    let mut rules = Rules::new();
    let opened = allowed().filter(|a| holds(a.when));
    for (call, Allowed { alternatives, .. }) in opened.flat_map(|a| a.calls.iter().map(move |call| (call, a))) {
        let more = alternatives.iter().map(|tests| rule(tests)).collect::<Result<Vec<_>, _>>()?;
        match rules.get_mut(call) {
            // A grant adds alternatives, and an unconditional one swallows the rest.
            Some(known) if known.is_empty() || more.is_empty() => known.clear(),
            Some(known) => known.extend(more),
            None => drop(rules.insert(*call, more)),
        }
    }
    Ok(rules)
}

fn rule(tests: &[Test]) -> Result<SeccompRule, BackendError> {
    let conditions = tests.iter().map(|test| match *test {
        // The kernel itself looks at 32 bits of these.
        Test::Is(argument, value) => {
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, u64::from(value))
        }
        Test::Bits { argument, of, are } => {
            let masked = SeccompCmpOp::MaskedEq(u64::from(of));
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, masked, u64::from(are))
        }
        Test::Null(argument) => SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0),
    });
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn filters_compile_for_every_grant_and_fit_the_kernels_limit() {
        for (net, process) in [(false, false), (true, false), (false, true), (true, true)] {
            let [absent, listed] = filters(net, process).unwrap();
            assert!(!absent.is_empty() && listed.len() < 4096, "{} instructions", listed.len());
            let bytes = programs(net, process).unwrap();
            assert_eq!(bytes.map(|b| b.len()), [absent.len() * 8, listed.len() * 8]);
            let asking = asking(listed);
            let ends = |k: u32| asking.iter().filter(|i| i.code == 0x06 && i.k == k).count();
            assert!(ends(libc::SECCOMP_RET_USER_NOTIF) > 0 && ends(libc::SECCOMP_RET_ERRNO | EPERM) == 0);
        }
    }

    #[test]
    fn grants_only_add() {
        let calls = |net, process| rules(net, process).unwrap().into_keys().collect::<BTreeSet<_>>();
        let (least, net, process) = (calls(false, false), calls(true, false), calls(false, true));
        assert!(net.is_superset(&least) && process.is_superset(&least));
        for call in [libc::SYS_execve, libc::SYS_execveat] {
            assert!(!least.contains(&call) && !net.contains(&call) && process.contains(&call));
        }
        for call in [libc::SYS_socket, libc::SYS_connect, libc::SYS_bind] {
            assert!(!least.contains(&call) && net.contains(&call) && !process.contains(&call));
        }
    }

    #[test]
    fn what_no_grant_opens() {
        let all = rules(true, true).unwrap();
        for call in [
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_mount,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_bpf,
            libc::SYS_io_uring_setup,
            libc::SYS_keyctl,
            libc::SYS_userfaultfd,
            libc::SYS_memfd_create,
            libc::SYS_perf_event_open,
            libc::SYS_open_by_handle_at,
            libc::SYS_pidfd_getfd,
            libc::SYS_setxattr,
            libc::SYS_mknodat,
        ] {
            assert!(!all.contains_key(&call), "{call}");
        }
        assert!(!all[&libc::SYS_clone].is_empty() && !all[&libc::SYS_ioctl].is_empty());
    }
}
