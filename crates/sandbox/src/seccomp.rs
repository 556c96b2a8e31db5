//! The filter, built from the table in `syscalls.rs`: what is not there is refused with EPERM, as a kernel without the right
//! would, by pid 1, which counts it (`listener.rs`). Another machine's calls (32-bit) kill; the x32 numbers are in no table.

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
    filter::{self, Answer, Instruction},
    listener,
    plan::Plan,
    syscalls::{ABSENT, Allowed, Test, When, allowed},
};
use libc::{SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SECCOMP_RET_USER_NOTIF, c_long};
use rustix::thread::set_no_new_privs;
use std::{collections::BTreeMap, num::TryFromIntError, os::fd::OwnedFd};

const HELP: &str = "seccomp filters are needed (CONFIG_SECCOMP_FILTER, x86_64 or aarch64)";
const EPERM: u32 = SECCOMP_RET_ERRNO | libc::EPERM.unsigned_abs();
const ENOSYS: u32 = SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs();

/// Calls, each with the alternatives that allow it; none means always.
type Rules = BTreeMap<c_long, Vec<&'static [Test]>>;

/// The younger of the two, ready to be installed.
pub(crate) struct Strict(Vec<Instruction>);

/// Installs the older one for good, here and in all forks, and makes the younger one for the plan's grants. A zygote does so once
/// for all of its children: it makes none of these calls.
pub(crate) fn begin(plan: &Plan) -> Result<Strict, SandboxError> {
    let step = format_args!("filter its system calls");
    let [absent, listed] = filters(plan.net, plan.process, SECCOMP_RET_USER_NOTIF).step(step, HELP)?;
    set_no_new_privs(true).step(format_args!("renounce new privileges"), UNEXPECTED)?;
    listener::install_deaf(&absent).step(step, HELP)?;
    Ok(Strict(listed))
}

impl Strict {
    /// Restricts this process for good. Who has the descriptor that comes back answers what is refused.
    pub(crate) fn apply(&self) -> Result<OwnedFd, SandboxError> {
        listener::install(&self.0).step(format_args!("filter its system calls"), HELP)
    }
}

/// The same filters for a process that installs them itself, in this order, and to whom the kernel says EPERM without asking: whole
/// `struct sock_filter`s of this machine's architecture. `None` if there can be none.
pub fn programs(net: bool, process: bool) -> Option<[Vec<u8>; 2]> {
    let bytes = |program: Vec<Instruction>| {
        let instruction = |i: &Instruction| {
            let mut bytes = [0, 0, i.jt, i.jf, 0, 0, 0, 0];
            bytes[..2].copy_from_slice(&i.code.to_ne_bytes());
            bytes[4..].copy_from_slice(&i.k.to_ne_bytes());
            bytes
        };
        program.iter().flat_map(instruction).collect()
    };
    filters(net, process, EPERM).ok().map(|programs| programs.map(bytes))
}

/// Two, because of two refusals the kernel takes the younger filter's, and the younger one must be the strict one, or it would
/// have to allow its own installation. So the table allows the absent calls, and the older filter says that they do not exist.
fn filters(net: bool, process: bool, refusal: u32) -> Result<[Vec<Instruction>; 2], TryFromIntError> {
    let absent: Rules = ABSENT.iter().map(|call| (*call, Vec::new())).collect();
    let mut listed = rules(net, process);
    listed.extend(absent.clone());
    Ok([program(absent, ENOSYS, SECCOMP_RET_ALLOW)?, program(listed, SECCOMP_RET_ALLOW, refusal)?])
}

fn program(rules: Rules, matched: u32, otherwise: u32) -> Result<Vec<Instruction>, TryFromIntError> {
    let answer = |(call, alternatives): (c_long, Vec<_>)| {
        let always = alternatives.is_empty();
        let answer = if always { Answer::Always(matched) } else { Answer::Where { alternatives, matched, otherwise } };
        Ok((call.try_into()?, answer))
    };
    filter::compile(&rules.into_iter().map(answer).collect::<Result<_, TryFromIntError>>()?, otherwise)
}

fn rules(net: bool, process: bool) -> Rules {
    let holds = |when: When| match when {
        When::Always => true,
        When::Process => process,
        When::Net => net,
    };
    let mut rules = Rules::new();
    let opened = allowed().filter(|a| holds(a.when));
    for (call, Allowed { alternatives, .. }) in opened.flat_map(|a| a.calls.iter().map(move |call| (call, a))) {
        match rules.get_mut(call) {
            // A grant adds alternatives, and an unconditional one swallows the rest.
            Some(known) if known.is_empty() || alternatives.is_empty() => known.clear(),
            Some(known) => known.extend(*alternatives),
            None => drop(rules.insert(*call, alternatives.to_vec())),
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{MACHINE, interpreter::run};
    use std::collections::BTreeSet;

    /// `SECCOMP_RET_*` that the table itself asks for, entry by entry.
    fn by_the_table(net: bool, process: bool, call: c_long, arguments: [u64; 6]) -> u32 {
        let lower = |argument: u8| u32::try_from(arguments[usize::from(argument)] & u64::from(u32::MAX)).unwrap();
        let passes = |test: &Test| match *test {
            Test::Is(argument, value) => lower(argument) == value,
            Test::Bits { argument, of, are } => lower(argument) & of == are,
            Test::Null(argument) => arguments[usize::from(argument)] == 0,
        };
        let holds = |entry: &&Allowed| match entry.when {
            When::Always => true,
            When::Process => process,
            When::Net => net,
        };
        let mut entries = allowed().filter(holds).filter(|entry| entry.calls.contains(&call));
        let opens = entries.any(|e| e.alternatives.is_empty() || e.alternatives.iter().any(|a| a.iter().all(passes)));
        if opens || ABSENT.contains(&call) { SECCOMP_RET_ALLOW } else { EPERM }
    }

    /// Arguments that any of these tests looks for, with their neighbours, each with each.
    fn tries(alternatives: &[&[Test]]) -> Vec<[u64; 6]> {
        let looks_for = |at: u8, test: &Test| match *test {
            Test::Is(argument, value) if argument == at => vec![value],
            Test::Bits { argument, of, are } if argument == at => vec![of, are, of | are, !of, !of | are],
            Test::Null(argument) if argument == at => vec![0],
            _ => vec![],
        };
        let near = |value: u32| [value, value.wrapping_add(1), value.wrapping_sub(1), value ^ 0x8000_0000];
        let high = |value: u32| [u64::from(value), u64::from(value) | 1 << 32];
        (0..6).fold(vec![[u64::MAX; 6]], |tries, at| {
            let tests = alternatives.iter().copied().flatten();
            let values: BTreeSet<u64> = tests.flat_map(|t| looks_for(at, t)).flat_map(near).flat_map(high).collect();
            if values.is_empty() {
                return tries;
            }
            let with = |mut arguments: [u64; 6], value| {
                arguments[usize::from(at)] = value;
                arguments
            };
            tries.iter().flat_map(|arguments| values.iter().map(move |value| with(*arguments, *value))).collect()
        })
    }

    #[test]
    fn filters_say_what_the_table_says() {
        for (net, process) in [(false, false), (true, false), (false, true), (true, true)] {
            let [absent, listed] = filters(net, process, EPERM).unwrap();
            let rules = rules(net, process);
            for call in (0..600).chain([4095, 0x4000_0000, 0x4000_0001, u32::MAX]) {
                let number = c_long::from(call);
                for arguments in tries(rules.get(&number).map_or(&[], Vec::as_slice)) {
                    let gone = if ABSENT.contains(&number) { ENOSYS } else { SECCOMP_RET_ALLOW };
                    assert_eq!(run(&absent, MACHINE, call, arguments), gone, "{call}");
                    let expected = by_the_table(net, process, number, arguments);
                    assert_eq!(run(&listed, MACHINE, call, arguments), expected, "{call} {arguments:?}");
                }
                assert_eq!(run(&listed, MACHINE ^ 0x8000_0000, call, [0; 6]), libc::SECCOMP_RET_KILL_PROCESS);
            }
        }
    }

    #[test]
    fn filters_are_short_and_ask_where_they_refuse() {
        for (net, process) in [(false, false), (true, false), (false, true), (true, true)] {
            let [absent, listed] = filters(net, process, SECCOMP_RET_USER_NOTIF).unwrap();
            assert!(absent.len() < 32 && listed.len() < 512, "{} and {} instructions", absent.len(), listed.len());
            let bytes = programs(net, process).unwrap();
            assert_eq!(bytes.map(|b| b.len()), [absent.len() * 8, listed.len() * 8]);
            let ends = |k: u32| listed.iter().filter(|i| i.code == 0x06 && i.k == k).count();
            assert!(ends(SECCOMP_RET_USER_NOTIF) > 0 && ends(EPERM) == 0);
        }
    }

    #[test]
    fn grants_only_add() {
        let calls = |net, process| rules(net, process).into_keys().collect::<BTreeSet<_>>();
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
        let all = rules(true, true);
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
