//! Network namespaces, lent to one cell after the other. To make one and to take it down is a sixteenth of what a short run costs.
//!
//! Nothing of a run stays in one: it has no interface but a loopback that is down, the code owns no right over it, and its filter
//! allows no socket but a pair without a name. It is lent again when pid 1 of its cell was reaped, and with that nobody of the cell
//! is left (`pid_namespaces(7)`).

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
    ids,
};
use rustix::{
    fs::{Mode, OFlags},
    process::Pid,
    thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space},
};
use std::{
    collections::HashMap,
    os::fd::{AsFd, OwnedFd},
};

/// So many wait at the most. A rush may need more, which go with it.
const SPARE: usize = 8;

/// The networks that a keeper has.
#[derive(Default)]
pub(crate) struct Networks {
    free: Vec<OwnedFd>,
    /// By the pid 1 that they are lent to.
    lent: HashMap<Pid, OwnedFd>,
}

impl Networks {
    /// Moves this process, and with it its next child, into one that nobody has.
    pub(crate) fn enter(&mut self) -> Result<OwnedFd, SandboxError> {
        let step = format_args!("enter a network namespace");
        if let Some(network) = self.free.pop() {
            move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).step(step, UNEXPECTED)?;
            return Ok(network);
        }
        ids::unshare(UnshareFlags::NEWNET).step(format_args!("create a network namespace"), ids::NO_NAMESPACES)?;
        rustix::fs::open("/proc/self/ns/net", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).step(step, UNEXPECTED)
    }

    /// From now on `init` has it.
    pub(crate) fn lend(&mut self, network: OwnedFd, init: Pid) {
        self.lent.insert(init, network);
    }

    /// Takes back what this process had, which was reaped.
    pub(crate) fn take_back(&mut self, reaped: Pid) {
        let network = self.lent.remove(&reaped);
        self.free.extend(network.filter(|_| self.free.len() < SPARE));
    }
}
