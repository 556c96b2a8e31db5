//! The plan: what happens where.
//!
//! ```text
//! PYEXEC_FAULT_BELOW=/absolute/folder        only operations below it count
//! PYEXEC_FAULT_REPORT=/absolute/file         a line for every fault that fired; at a normal exit, `counted N`
//! PYEXEC_FAULT_PLAN=RULE[;RULE…]             may be empty: then operations are only counted
//!
//! RULE    = ACTION@CONDITION[,CONDITION…]
//! ACTION  = kill-before | kill-after | eio | enospc (from then on, whatever takes space) | short (half of one write)
//! CONDITION = sync | write | in=TEXT (occurs in the path) | past=KIND (an event of this kind was written before)
//!           | row=KIND (the operation writes an event of this kind to the journal) | nth=N (the Nth that fulfils the rest)
//! ```
//!
//! A plan that cannot be read ends the process at once: a proof must not run without its faults.

use crate::{Op, row};
use std::{
    env,
    ffi::{CString, OsStr},
    os::unix::ffi::{OsStrExt, OsStringExt},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    KillBefore,
    KillAfter,
    Fail(i32),
    Full,
    Short,
}

#[derive(Debug)]
pub(crate) struct Rule {
    /// As written in the plan, for the report.
    pub(crate) text: String,
    pub(crate) action: Action,
    op: Option<Op>,
    within: Option<Vec<u8>>,
    past: Option<row::Pattern>,
    row: Option<row::Pattern>,
    nth: u64,
    was_past: AtomicBool,
    met: AtomicU64,
}

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) below: Vec<u8>,
    pub(crate) report: CString,
    pub(crate) rules: Vec<Rule>,
    pub(crate) count: AtomicU64,
}

/// The plan of this process, if it has one.
pub(crate) fn plan() -> Option<&'static Plan> {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    PLAN.get_or_init(|| {
        let below = env::var_os("PYEXEC_FAULT_BELOW")?;
        Some(read(below.into_vec()).unwrap_or_else(|| std::process::abort()))
    })
    .as_ref()
}

fn read(below: Vec<u8>) -> Option<Plan> {
    let report = CString::new(env::var_os("PYEXEC_FAULT_REPORT")?.into_vec()).ok()?;
    let text = env::var("PYEXEC_FAULT_PLAN").ok()?;
    let rules = text.split(';').filter(|rule| !rule.is_empty()).map(rule).collect::<Option<Vec<_>>>()?;
    Some(Plan { below, report, rules, count: AtomicU64::new(0) })
}

fn rule(text: &str) -> Option<Rule> {
    let (action, conditions) = text.split_once('@')?;
    let action = match action {
        "kill-before" => Action::KillBefore,
        "kill-after" => Action::KillAfter,
        "eio" => Action::Fail(libc::EIO),
        "enospc" => Action::Full,
        "short" => Action::Short,
        _ => return None,
    };
    let mut rule = Rule {
        text: text.into(),
        action,
        op: (action == Action::Short).then_some(Op::Write),
        within: None,
        past: None,
        row: None,
        nth: 1,
        was_past: AtomicBool::new(true),
        met: AtomicU64::new(0),
    };
    for condition in conditions.split(',') {
        match condition.split_once('=').unwrap_or((condition, "")) {
            ("sync", "") => rule.op = Some(Op::Sync),
            ("write", "") => rule.op = Some(Op::Write),
            ("in", text) => rule.within = Some(OsStr::new(text).as_bytes().to_vec()),
            ("past", kind) => {
                rule.past = Some(row::Pattern::of(kind));
                rule.was_past = AtomicBool::new(false);
            }
            ("row", kind) => rule.row = Some(row::Pattern::of(kind)),
            ("nth", n) => rule.nth = n.parse().ok().filter(|n| *n > 0)?,
            _ => return None,
        }
    }
    Some(rule)
}

impl Rule {
    /// Whether this operation is the one, or with a full disk, one of those.
    pub(crate) fn fires(&self, op: Op, path: &[u8], bytes: &[u8]) -> bool {
        if self.action == Action::Full && self.met.load(Ordering::Relaxed) >= self.nth {
            return op.takes_space();
        }
        let was_past = self.was_past.load(Ordering::Relaxed);
        if let Some(past) = &self.past
            && !was_past
            && past.is_in(path, bytes)
        {
            self.was_past.store(true, Ordering::Relaxed);
        }
        let meets = was_past
            && self.op.is_none_or(|wanted| wanted == op)
            && (self.action != Action::Full || op.takes_space())
            && (self.action != Action::Short || bytes.len() > 1)
            && self.within.as_ref().is_none_or(|text| row::contains(path, text))
            && self.row.as_ref().is_none_or(|row| row.is_in(path, bytes));
        meets && self.met.fetch_add(1, Ordering::Relaxed) + 1 == self.nth
    }

    /// Whether it speaks of a row, whose write is one of several that make the event happen.
    pub(crate) const fn is_of_row(&self) -> bool {
        self.row.is_some()
    }
}
