//! The state between the steps: it is inherited by both forks and belongs to one process at a time.

use crate::{
    cell::Cell,
    confine,
    error::{SandboxError, Step, UNEXPECTED},
    ids::{self, IdMaps},
    init,
    limits::OUTER_AND_INIT,
    listener, outer,
    plan::Plan,
    root,
    seccomp::Strict,
    sources::Sources,
};
use rustix::{
    process::{Pid, PidfdFlags, geteuid, getpid, pidfd_open},
    thread::UnshareFlags,
};
use std::{fs, os::fd::OwnedFd};

/// A sandbox on its way.
pub(crate) struct Jail {
    pub(crate) plan: Plan,
    /// Until they are mounted.
    sources: Option<Sources>,
    /// The outer process, to be seen dying.
    outer: Option<OwnedFd>,
    /// From `enter` on, in pid 1: where the listener will come from; in a keeper, where its zygote asks for cells.
    pub(crate) takes: Option<OwnedFd>,
    /// In the code's process, the other end; in a zygote, that of its keeper.
    pub(crate) gives: Option<OwnedFd>,
    /// In a zygote: where the answer comes about a cell that was asked for beforehand.
    pub(crate) spare: Option<OwnedFd>,
    /// In the code's process of a pool, until it has moved in.
    pub(crate) cell: Option<Cell>,
    /// In a zygote and its children: the filter of the latter.
    pub(crate) strict: Option<Strict>,
    /// Processes of ours in the user namespace of the code.
    pub(crate) beside: u64,
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
        separate(&plan, UnshareFlags::empty())?;
        let sources = match sources {
            Some(sources) => sources,
            // Only in a mount namespace of its own may an ordinary user clone mounts.
            None => Sources::open(&plan, None)?,
        };
        let outer = pidfd_open(getpid(), PidfdFlags::empty()).step(format_args!("watch its parent"), UNEXPECTED)?;
        Ok(Self {
            plan,
            sources: Some(sources),
            outer: Some(outer),
            takes: None,
            gives: None,
            spare: None,
            cell: None,
            strict: None,
            beside: OUTER_AND_INIT,
        })
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
        root::enter(&self.plan, sources)?;
        let (takes, gives) = listener::handover().step(format_args!("make a pair of sockets"), UNEXPECTED)?;
        (self.takes, self.gives) = (Some(takes), Some(gives));
        Ok(())
    }

    /// In pid 1, after its fork: reaps until `code` has ended, and reports how. Returns the exit status.
    pub(crate) fn reap(&mut self, code: Pid) -> i32 {
        self.gives = None;
        self.takes.take().map_or(1, |takes| init::reap(Some(code), takes, !self.plan.process))
    }

    /// In the code's process: gives up everything but what the plan opens. `keep` is the one descriptor above 3 that stays.
    pub(crate) fn confine(&mut self, keep: i32) -> Result<(), SandboxError> {
        self.takes = None;
        let gives = self.gives.take();
        let gives = gives.ok_or_else(|| SandboxError::Plan("this sandbox was not entered".into()))?;
        confine::confine(&self.plan, keep, gives, self.beside, self.strict.as_ref())
    }
}

/// Leaves the namespaces that it is in, but for those that were left `already`. One call each, so that an error names the one
/// that is missing.
pub(crate) fn separate(plan: &Plan, already: UnshareFlags) -> Result<(), SandboxError> {
    let namespaces = [
        ("mount", UnshareFlags::NEWNS),
        ("pid", UnshareFlags::NEWPID),
        ("network", UnshareFlags::NEWNET),
        ("ipc", UnshareFlags::NEWIPC),
        ("uts", UnshareFlags::NEWUTS),
        ("cgroup", UnshareFlags::NEWCGROUP),
    ];
    for (name, flag) in namespaces {
        if already.contains(flag) || flag == UnshareFlags::NEWNET && plan.net {
            continue;
        }
        ids::unshare(flag).step(format_args!("create a {name} namespace"), ids::NO_NAMESPACES)?;
    }
    Ok(())
}
