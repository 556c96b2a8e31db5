//! A zygote and its children: one jail, entered once by a process that then loads what code usually needs, and in it a
//! *cell* for each run: a child with namespaces, a root, scratch and a `/proc` of its own, made before anyone asks for it.
//!
//! ```text
//! outer            open ── fork ── watch, exit
//! keeper (pid 1)    └─ enter ── fork ── keep, exit
//! zygote                         └─ (loads) ── branch ── fork ── …
//! pid 1 of a cell                                └─ enter_cell ── fork ── reap, exit
//! the code                                                          └─ (waits) ── furnish ── confine, run
//! ```
//!
//! Up to `furnish` a cell has nothing of any run. What only one run sees comes as detached mounts (`opener.rs`), because
//! nothing of the host's is in sight here any more. The cell's own user namespace comes last: a namespace above it owns all
//! the others, so that the code has no rights over them even in theory.

use crate::{
    confine::drop_capabilities,
    error::{SandboxError, Step, UNEXPECTED},
    ids,
    jail::{Jail, separate},
    listener::Handover,
    outer,
    plan::{Mount, Plan},
    root,
    sources::{Source, Sources},
};
use rustix::{
    io::Errno,
    process::{PidfdFlags, WaitOptions, getpid, pidfd_open, setsid, wait},
    thread::{ThreadNameSpaceType, UnshareFlags, move_into_thread_name_spaces},
};
use std::os::fd::{AsFd, OwnedFd};

/// In the keeper, after its fork: reaps until nobody is left. Returns the status to exit with.
///
/// What runs in a cell outlives a zygote that crashed, and the keeper outlives both.
pub(crate) fn keep() -> i32 {
    if outer::close_all_but(&[]).is_err() || drop_capabilities().is_err() {
        return 1;
    }
    loop {
        match wait(WaitOptions::empty()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::CHILD) => return 0,
            Err(_) => return 1,
        }
    }
}

impl Jail {
    /// In the zygote: the next fork makes pid 1 of a cell.
    pub(crate) fn branch(&mut self) -> Result<(), SandboxError> {
        // Of the jail's own entering; a cell makes its own.
        self.handover = None;
        // A namespace whose pid 1 is gone takes no more processes: back to the own one before a new one can be made.
        let own = pidfd_open(getpid(), PidfdFlags::empty()).step(format_args!("open itself"), UNEXPECTED)?;
        move_into_thread_name_spaces(own.as_fd(), ThreadNameSpaceType::PROCESS_ID)
            .step(format_args!("return to its pid namespace"), UNEXPECTED)?;
        ids::unshare(UnshareFlags::NEWPID).step(format_args!("create a pid namespace"), ids::NO_NAMESPACES)
    }

    /// In pid 1 of a cell: namespaces and a root of its own, not yet closed.
    pub(crate) fn enter_cell(&mut self) -> Result<(), SandboxError> {
        setsid().map(drop).step(format_args!("start a session"), UNEXPECTED)?;
        separate(&self.plan, UnshareFlags::NEWPID)?;
        // What the zygote sees, as it sees it.
        let within = |mount: &Mount| Mount { source: mount.target.clone(), dev: None, inode: None, ..mount.clone() };
        let seen = Plan { mounts: self.plan.mounts.iter().map(within).collect(), ..self.plan.clone() };
        root::enter_unfurnished(&self.plan, Sources::open(&seen, None)?)?;
        self.handover = Some(Handover::new().step(format_args!("make a pair of sockets"), UNEXPECTED)?);
        Ok(())
    }

    /// In the code's process of a cell: takes the plan of one run, whose mounts are beside the zygote's own and come as
    /// `trees`, in their order. Its last step gives up every right over the cell.
    pub(crate) fn furnish(&mut self, plan: &[u8], trees: Vec<OwnedFd>) -> Result<(), SandboxError> {
        let plan = Plan::parse(plan)?;
        if plan.net || plan.uid.is_some() {
            return Err(SandboxError::Plan("a zygote's child can have neither the network nor another user".into()));
        }
        if plan.mounts.len() != trees.len() {
            let (said, came) = (plan.mounts.len(), trees.len());
            return Err(SandboxError::Plan(format!("{said} mounts were announced and {came} came")));
        }
        let targets = plan.mounts.iter().map(|mount| mount.target.clone());
        let trees = targets.zip(trees).map(|(target, tree)| Source { tree, target }).collect();
        let mounts = self.plan.mounts.iter().chain(&plan.mounts).cloned().collect();
        self.plan = Plan { mounts, ..plan };
        root::furnish(&self.plan, trees)?;
        ids::enter_user_namespace()?;
        self.beside = 0;
        Ok(())
    }
}
