//! Children that wait: as they were parked, or closed already for the plan that runs usually have. Closing takes as long as
//! everything else that a run waits for, and most runs bring nothing of their own but code.

use super::zygote::Parked;
use crate::{
    local::{
        handshake::{Started, Waiting},
        plan::Plan,
    },
    session::Hold as _,
};
use std::collections::VecDeque;

/// Those of one zygote.
#[derive(Default)]
pub(super) struct Shelf {
    open: VecDeque<Parked>,
    closed: VecDeque<Closed>,
    /// Of the last run that brought nothing of its own.
    usual: Option<Plan>,
    /// Whether the last run of all was such a one.
    last_was_usual: bool,
}

/// A child that took its plan before its run came, and waits for code.
pub(super) struct Closed {
    plan: Plan,
    waiting: Waiting,
}

/// A child for one run.
pub(in crate::local) enum Child {
    /// It takes any plan.
    Open(Started),
    /// It has the run's plan, and no context.
    Closed(Waiting),
}

/// A child that joins the others.
pub(super) enum Waits {
    Open(Parked),
    Closed(Plan, Waiting),
}

/// What is to be done next so that enough of both kinds wait.
pub(super) enum Next {
    /// Have one more forked.
    Park {
        /// Others wait: it has time to prepare itself.
        rehearse: bool,
    },
    /// Close this one.
    Close(Box<Parked>, Plan),
}

/// What was begun and is not on the shelf yet.
#[derive(Default)]
pub(super) struct Begun {
    parking: usize,
    closing: usize,
}

impl Shelf {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.closed.is_empty()
    }

    /// What fits a run with this plan; `bare` if it brings nothing else but code.
    pub(super) fn take(&mut self, plan: &Plan, bare: bool) -> Option<Child> {
        self.last_was_usual = bare;
        if bare && self.usual.as_ref() != Some(plan) {
            self.usual = Some(plan.clone());
        }
        while let Some(closed) = if bare { self.closed.pop_front() } else { None } {
            if closed.plan == *plan && closed.waiting.tree.is_alive() {
                return Some(Child::Closed(closed.waiting));
            }
        }
        while let Some(Parked(started)) = self.open.pop_front() {
            if started.tree.is_alive() {
                return Some(Child::Open(started));
            }
        }
        None
    }

    /// The next step towards `most` children beside what was `begun`, if there is one; it is begun now. About half of them are closed;
    /// where there is one, it is of the kind that was asked for last.
    pub(super) fn next(&mut self, most: usize, begun: &mut Begun) -> Option<Next> {
        let wanted = if self.last_was_usual { most.div_ceil(2) } else { most / 2 };
        self.closed.retain(|closed| self.usual.as_ref() == Some(&closed.plan));
        self.closed.truncate(wanted);
        let closed = self.closed.len() + begun.closing;
        if let Some(plan) = self.usual.as_ref().filter(|_| closed < wanted)
            && let Some(parked) = self.open.pop_front()
        {
            begun.closing += 1;
            return Some(Next::Close(Box::new(parked), plan.clone()));
        }
        let parks = self.open.len() + begun.parking + closed < most;
        parks.then(|| {
            begun.parking += 1;
            Next::Park { rehearse: !self.is_empty() }
        })
    }

    pub(super) fn put(&mut self, child: Waits) {
        match child {
            Waits::Open(parked) => self.open.push_back(parked),
            Waits::Closed(plan, waiting) => self.closed.push_back(Closed { plan, waiting }),
        }
    }

    /// Takes all of them away, and with them their processes; what is usual stays known.
    pub(super) fn clear(&mut self) -> impl Send + use<> {
        (std::mem::take(&mut self.open), std::mem::take(&mut self.closed))
    }
}
