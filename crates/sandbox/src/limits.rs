//! Limits that hold without cgroups, which may be absent or not delegated. Each is set soft and hard, so that code cannot
//! raise it again.

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
    plan::Limits,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Of a sandbox in one user namespace the outer process and pid 1 count as well.
pub(crate) const OUTER_AND_INIT: u64 = 2;
/// Descriptors; enough for memory-mapped data in many files.
const FILES: u64 = 1024;

/// Sets all limits on this process, which shares its user namespace with `beside` processes of ours.
pub(crate) fn apply(limits: &Limits, beside: u64) -> Result<(), SandboxError> {
    let mib = |n: u64| n << 20;
    let all = [
        // Address space: what was reserved and not only what is resident, but the one bound that needs no cgroup.
        (Resource::As, "memory_mb", mib(limits.memory_mb)),
        (Resource::Nproc, "processes", limits.processes.saturating_add(beside)),
        // In an output folder on disk nothing else bounds a file. A little more than scratch holds, which fills up first.
        (Resource::Fsize, "scratch_mb", mib(limits.scratch_mb + 1)),
        (Resource::Nofile, "open files", FILES),
        (Resource::Core, "core dumps", 0),
        (Resource::Memlock, "locked memory", 1 << 20),
        (Resource::Msgqueue, "message queues", 0),
        (Resource::Nice, "priority", 0),
        (Resource::Rtprio, "real-time priority", 0),
    ];
    for (resource, name, value) in all {
        set(resource, name, value, value)?;
    }
    // SIGXCPU first, which says what it is; a second later SIGKILL, which cannot be caught.
    set(Resource::Cpu, "cpu_seconds", limits.cpu_seconds, limits.cpu_seconds.saturating_add(1))
}

fn set(resource: Resource, name: &str, soft: u64, hard: u64) -> Result<(), SandboxError> {
    // The service's own hard limit may be lower; it cannot be raised and need not be.
    let ceiling = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let limit = Rlimit { current: Some(soft.min(ceiling)), maximum: Some(hard.min(ceiling)) };
    setrlimit(resource, limit).step(format_args!("set the limit of {name}"), UNEXPECTED)
}
