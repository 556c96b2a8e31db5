//! The state between the steps: it is inherited by both forks and belongs to one process at a time.

use crate::{
    confine,
    error::{SandboxError, Step, UNEXPECTED},
    ids::{self, IdMaps},
    init, outer,
    plan::Plan,
    root,
    sources::Sources,
};
use rustix::{
    process::{Pid, PidfdFlags, geteuid, getpid, pidfd_open},
    thread::UnshareFlags,
};
use std::{fs, os::fd::OwnedFd};

/// A sandbox on its way.
pub(crate) struct Jail {
    plan: Plan,
    /// Until they are mounted.
    sources: Option<Sources>,
    /// The outer process, to be seen dying.
    outer: Option<OwnedFd>,
}

impl Jail {
    /// First, in the outer process: becomes the plan's user and leaves the host's namespaces. The next fork makes pid 1.
    pub(crate) fn open(plan: &[u8]) -> Result<Self, SandboxError> {
        let plan = Plan::parse(plan)?;
        let threads = fs::read_dir("/proc/self/task").step(format_args!("count its threads"), UNEXPECTED)?.count();
        if threads != 1 {
            return Err(SandboxError::Plan(format!("the process has {threads} threads; isolation begins with one")));
        }
        let sources = match (plan.uid, plan.gid) {
            (Some(uid), Some(gid)) if geteuid().is_root() => {
                let sources = Sources::open(&plan, Some(IdMaps::new(uid, gid)))?;
                outer::give_output_to(uid, gid).step(format_args!("hand over its output pipes"), UNEXPECTED)?;
                ids::become_user(uid, gid)?;
                Some(sources)
            }
            (None, None) if geteuid().is_root() => {
                return Err(SandboxError::Plan("a root host must name a uid and gid to become".into()));
            }
            (Some(_), _) => return Err(SandboxError::Plan("only a root host can become another user".into())),
            _ => None,
        };
        ids::enter_user_namespace()?;
        separate(&plan)?;
        let sources = match sources {
            Some(sources) => sources,
            // Only in a mount namespace of its own may an ordinary user clone mounts.
            None => Sources::open(&plan, None)?,
        };
        let outer = pidfd_open(getpid(), PidfdFlags::empty()).step(format_args!("watch its parent"), UNEXPECTED)?;
        Ok(Self { plan, sources: Some(sources), outer: Some(outer) })
    }

    /// In the outer process, after the fork: waits for the end of `init` or of the host. Returns the exit status.
    pub(crate) fn watch(init: Pid) -> i32 {
        outer::watch(init)
    }

    /// In the new pid 1: builds the root and moves in.
    pub(crate) fn enter(&mut self) -> Result<(), SandboxError> {
        init::follow(self.outer.take().as_ref())?;
        let Some(sources) = self.sources.take() else {
            return Err(SandboxError::Plan("this sandbox was entered before".into()));
        };
        root::enter(&self.plan, sources)
    }

    /// In pid 1, after its fork: reaps until `code` has ended, and reports how. Returns the exit status.
    pub(crate) fn reap(code: Pid) -> i32 {
        init::reap(code)
    }

    /// In the code's process: gives up everything but what the plan opens. `keep` is the one descriptor above 3 that stays.
    pub(crate) fn confine(&self, keep: i32) -> Result<(), SandboxError> {
        confine::confine(&self.plan, keep)
    }
}

/// Leaves the host's namespaces. One call each, so that an error names the one that is missing.
fn separate(plan: &Plan) -> Result<(), SandboxError> {
    let namespaces = [
        ("mount", UnshareFlags::NEWNS),
        ("pid", UnshareFlags::NEWPID),
        ("network", UnshareFlags::NEWNET),
        ("ipc", UnshareFlags::NEWIPC),
        ("uts", UnshareFlags::NEWUTS),
        ("cgroup", UnshareFlags::NEWCGROUP),
    ];
    for (name, flag) in namespaces {
        if flag == UnshareFlags::NEWNET && plan.net {
            continue;
        }
        ids::unshare(flag).step(format_args!("create a {name} namespace"), ids::NO_NAMESPACES)?;
    }
    Ok(())
}
