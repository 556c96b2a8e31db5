//! A zygote and its children: one jail, entered once by a process that then loads what code usually needs, and in it a
//! *cell* for each run: a child with namespaces, a root, scratch and a `/proc` of its own, made before anyone asks for it.
//!
//! ```text
//! outer             open ── fork ── watch, exit
//! keeper (pid 1)     └─ enter ── fork ── keep ──┐
//! zygote                          └─ (loads) ── lay_out ── branch ── …
//! pid 1 of a cell                 a fork of the keeper's, enter_cell ── reap, exit
//! the code                                                  └─ move_in ── (waits) ── furnish ── confine, run
//! ```
//!
//! Up to `furnish` a cell has nothing of any run. What only one run sees comes as detached mounts (`opener.rs`), because
//! nothing of the host's is in sight here any more. The cell's own user namespace comes last: a namespace above it owns all
//! the others, so that the code has no rights over them even in theory.

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
    fork::{self, Hooks},
    ids,
    jail::{Jail, separate},
    listener, outer,
    plan::{Mount, Plan},
    post, root, seccomp,
    sources::{Source, Sources},
};
use rustix::{
    io::fcntl_dupfd_cloexec,
    net::{AddressFamily, SocketFlags, SocketType, socketpair},
    process::{PidfdFlags, getpid, pidfd_open, setsid},
    thread::{
        LinkNameSpaceType, ThreadNameSpaceType, UnshareFlags, move_into_link_name_space, move_into_thread_name_spaces,
    },
};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

/// The code's way to its host: a descriptor of the runner protocol.
const CHANNEL: RawFd = 3;

/// Of a cell, in the order in which its pid 1 hands them over after that of processes.
pub(crate) const NAMESPACES: [(&str, LinkNameSpaceType); 5] = [
    ("mnt", LinkNameSpaceType::Mount),
    ("net", LinkNameSpaceType::Network),
    ("ipc", LinkNameSpaceType::InterProcessCommunication),
    ("uts", LinkNameSpaceType::HostNameAndNISDomainName),
    ("cgroup", LinkNameSpaceType::ControlGroup),
];

/// A cell that stands, as the zygote has it in its hand and the code's process inherits it.
pub(crate) struct Cell {
    /// Its pid 1.
    init: OwnedFd,
    /// Where pid 1 waits for the listener.
    gives: OwnedFd,
    /// Its namespace of processes.
    pid: OwnedFd,
    others: Vec<(LinkNameSpaceType, OwnedFd)>,
}

impl Cell {
    fn of(descriptors: Vec<OwnedFd>) -> Option<Self> {
        let mut descriptors = descriptors.into_iter();
        let (init, gives, pid) = (descriptors.next()?, descriptors.next()?, descriptors.next()?);
        let others: Vec<_> = NAMESPACES.into_iter().map(|(_, kind)| kind).zip(descriptors).collect();
        (others.len() == NAMESPACES.len()).then_some(Self { init, gives, pid, others })
    }
}

/// Waits for the answer to a zygote's question.
fn hear(answer: &OwnedFd) -> Result<Cell, SandboxError> {
    let mut text = [0; 4096];
    let (length, descriptors) = post::receive(answer, &mut text).step(format_args!("have a cell made"), UNEXPECTED)?;
    if let Some(cell) = Cell::of(descriptors) {
        return Ok(cell);
    }
    let text = String::from_utf8_lossy(text.get(..length).unwrap_or_default());
    Err(SandboxError::Told(if text.is_empty() { "pid 1 of a cell ended before it stood".into() } else { text.into() }))
}

impl Jail {
    /// In pid 1 of a cell, which has processes and network to itself: the other namespaces and a root of its own, not yet closed. What
    /// comes back is the pair of sockets between it and the code: where pid 1 takes the listener from, and where the code gives it.
    pub(crate) fn enter_cell(&mut self) -> Result<(OwnedFd, OwnedFd), SandboxError> {
        setsid().map(drop).step(format_args!("start a session"), UNEXPECTED)?;
        separate(&self.plan, UnshareFlags::NEWPID | UnshareFlags::NEWNET)?;
        // What the zygote sees, as it sees it.
        let within = |mount: &Mount| Mount { source: mount.target.clone(), dev: None, inode: None, ..mount.clone() };
        let seen = Plan { mounts: self.plan.mounts.iter().map(within).collect(), ..self.plan.clone() };
        root::enter_unfurnished(&self.plan, Sources::open(&seen, None)?)?;
        listener::handover().step(format_args!("make a pair of sockets"), UNEXPECTED)
    }

    /// In the zygote: has a cell made, whose pid 1 will report on `status`, and forks the code's process into it, where it
    /// returns true.
    pub(crate) fn branch(&mut self, status: BorrowedFd<'_>, hooks: &Hooks) -> Result<bool, SandboxError> {
        if self.strict.is_none() {
            self.strict = Some(seccomp::begin(&self.plan)?);
        }
        let cell = self.spare.take().map_or_else(|| self.ask(), Ok).and_then(|answer| hear(&answer))?;
        // The first thing that its pid 1 waits for.
        post::send(&cell.gives, b".", &[status]).step(format_args!("use a cell"), UNEXPECTED)?;
        let own = pidfd_open(getpid(), PidfdFlags::empty()).step(format_args!("open itself"), UNEXPECTED)?;
        move_into_link_name_space(cell.pid.as_fd(), Some(LinkNameSpaceType::ProcessID))
            .step(format_args!("have its next child in a cell"), UNEXPECTED)?;
        let forked = fork::orphan(hooks);
        if matches!(forked, Ok(true)) {
            self.cell = Some(cell);
            return Ok(true);
        }
        // With no namespace of children that has lost its pid 1 nothing could be forked any more.
        move_into_thread_name_spaces(own.as_fd(), ThreadNameSpaceType::PROCESS_ID)
            .step(format_args!("return to its pid namespace"), UNEXPECTED)?;
        // The next one is made while this one is parked. If that cannot be asked for now, it is asked for, and told, the next time.
        self.spare = self.ask().ok();
        forked.step(format_args!("fork"), "the machine has no room for another process")
    }

    /// Asks for a cell; the answer comes over what comes back.
    fn ask(&mut self) -> Result<OwnedFd, SandboxError> {
        let step = format_args!("have a cell made");
        self.takes = None;
        let keeper = self.gives.as_ref().ok_or_else(|| SandboxError::Plan("this jail was not entered".into()))?;
        let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .step(step, UNEXPECTED)?;
        post::send(keeper, b".", &[theirs.as_fd()]).step(step, UNEXPECTED)?;
        Ok(ours)
    }

    /// In the code's process: moves into the cell that it was forked for, and keeps nothing of what was open but the channel and the
    /// output, in their places. A descriptor of pid 1 comes back.
    pub(crate) fn move_in(&mut self, [channel, stdout, stderr]: [BorrowedFd<'_>; 3]) -> Result<RawFd, SandboxError> {
        let cell = self.cell.take().ok_or_else(|| SandboxError::Plan("it was not forked into a cell".into()))?;
        for (kind, namespace) in &cell.others {
            move_into_link_name_space(namespace.as_fd(), Some(*kind))
                .step(format_args!("enter the namespaces of its cell"), UNEXPECTED)?;
        }
        // Else signals to its group would be signals to the zygote's.
        setsid().map(drop).step(format_args!("start a session"), UNEXPECTED)?;
        let step = format_args!("keep what its run needs");
        let beyond = |descriptor: BorrowedFd<'_>| fcntl_dupfd_cloexec(descriptor, CHANNEL + 1).step(step, UNEXPECTED);
        let (init, gives) = (beyond(cell.init.as_fd())?, beyond(cell.gives.as_fd())?);
        for (descriptor, number) in [(beyond(channel)?, CHANNEL), (beyond(stdout)?, 1), (beyond(stderr)?, 2)] {
            outer::place(&descriptor, number).step(step, UNEXPECTED)?;
        }
        drop(cell);
        self.gives = None;
        outer::close_all_but(&[0, 1, 2, CHANNEL, init.as_raw_fd(), gives.as_raw_fd()]).step(step, UNEXPECTED)?;
        self.gives = Some(gives);
        Ok(init.into_raw_fd())
    }

    /// In the code's process of a cell: takes the plan of one run, whose mounts are beside the zygote's own and come as
    /// `trees`, in their order. Its last step gives up every right over the cell.
    pub(crate) fn furnish(&mut self, plan: &[u8], trees: Vec<OwnedFd>) -> Result<(), SandboxError> {
        let plan = Plan::parse(plan)?;
        if plan.net || plan.process || plan.uid.is_some() {
            let can_have = "a zygote's child can have neither the network, nor processes, nor another user";
            return Err(SandboxError::Plan(can_have.into()));
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
