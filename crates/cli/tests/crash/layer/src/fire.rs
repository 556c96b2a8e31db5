//! Before and after each operation: count it, look whether a rule is about it, do what that rule says.

#![expect(unsafe_code, reason = "system calls without libc's wrappers, which this layer itself replaces")]

use crate::{
    Op,
    plan::{Action, Plan, Rule, plan},
    row,
};
use std::sync::{
    Once,
    atomic::{AtomicBool, Ordering},
};

/// What becomes of an operation.
pub(crate) enum Verdict {
    /// It is done, and that is that.
    Pass,
    /// It is done, and then the process dies.
    ThenKill,
    /// It is not done; this is its error.
    Fail(i32),
    /// Half of it is done.
    Half,
}

/// An event whose commit is awaited was written.
static ROW_WRITTEN: AtomicBool = AtomicBool::new(false);
/// And its commit too, as far as the journal goes.
static ROW_COMMITTED: AtomicBool = AtomicBool::new(false);
/// The next page of the journal commits.
static COMMIT_FOLLOWS: AtomicBool = AtomicBool::new(false);

/// What becomes of `op` on `path`; a write brings its bytes. The caller says what it did with [`done`].
pub(crate) fn judge(op: Op, path: &[u8], bytes: &[u8]) -> Verdict {
    let Some(plan) = plan() else { return Verdict::Pass };
    let below = path.strip_prefix(plan.below.as_slice()).is_some_and(|rest| rest.is_empty() || rest[0] == b'/');
    if !below {
        return Verdict::Pass;
    }
    count(plan);
    if row::heads_commit(path, bytes) {
        COMMIT_FOLLOWS.store(true, Ordering::Relaxed);
    }
    let mut verdict = Verdict::Pass;
    // Every rule sees every operation, since rules count.
    for rule in &plan.rules {
        if !rule.fires(op, path, bytes) {
            continue;
        }
        report(plan, rule, op, path);
        verdict = match rule.action {
            Action::KillBefore => die(),
            Action::KillAfter if rule.is_of_row() => {
                ROW_WRITTEN.store(true, Ordering::Relaxed);
                Verdict::Pass
            }
            Action::KillAfter => Verdict::ThenKill,
            Action::Fail(error) => Verdict::Fail(error),
            Action::Full => Verdict::Fail(libc::ENOSPC),
            Action::Short => Verdict::Half,
        };
    }
    verdict
}

/// After a write that was done: whether it was the page that commits an awaited event.
pub(crate) fn done(path: &[u8], bytes: &[u8]) {
    if row::is_journal(path)
        && !row::heads_commit(path, bytes)
        && COMMIT_FOLLOWS.swap(false, Ordering::Relaxed)
        && ROW_WRITTEN.load(Ordering::Relaxed)
    {
        ROW_COMMITTED.store(true, Ordering::Relaxed);
    }
}

/// Before a lock on the journal's index is let go. By then the index in shared memory shows an awaited event to every other
/// process, which the journal alone does not while somebody else lives: so this is the first moment after it.
pub(crate) fn unlock(path: &[u8]) {
    if ROW_COMMITTED.load(Ordering::Relaxed) && row::is_index(path) {
        die();
    }
}

/// As `kill -9` does: nothing is flushed, nothing is dropped.
pub(crate) fn die() -> ! {
    loop {
        // SAFETY: both calls take numbers only. The signal may arrive a moment after the call returned.
        unsafe { libc::syscall(libc::SYS_kill, libc::syscall(libc::SYS_getpid), libc::SIGKILL) };
    }
}

fn count(plan: &Plan) {
    static AT_EXIT: Once = Once::new();
    plan.count.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the function given is one for the whole life of the process: nobody unloads a preloaded library.
    AT_EXIT.call_once(|| unsafe {
        libc::atexit(tell_count);
    });
}

extern "C" fn tell_count() {
    if let Some(plan) = plan() {
        append(plan, &format!("counted {}\n", plan.count.load(Ordering::Relaxed)));
    }
}

fn report(plan: &Plan, rule: &Rule, op: Op, path: &[u8]) {
    let (at, path) = (plan.count.load(Ordering::Relaxed), String::from_utf8_lossy(path));
    append(plan, &format!("fired {} at {at}: {} {path}\n", rule.text, op.name()));
}

/// Without the wrappers that this layer replaces. A report that cannot be written is a fault that did not fire.
fn append(plan: &Plan, line: &str) {
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_APPEND | libc::O_CLOEXEC;
    // SAFETY: the path ends with a zero, the pointer and length are of one string, and the descriptor is this function's.
    unsafe {
        let file = libc::syscall(libc::SYS_openat, libc::AT_FDCWD, plan.report.as_ptr(), flags, 0o600);
        if file < 0 {
            die();
        }
        libc::syscall(libc::SYS_write, file, line.as_ptr(), line.len());
        libc::syscall(libc::SYS_close, file);
    }
}
