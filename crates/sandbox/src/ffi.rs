//! The C interface, in the order of use:
//!
//! ```text
//! outer process    open ──── fork ──── watch, exit
//! pid 1                       └─ enter ──── fork ──── reap, exit
//! the code                                   └─ confine, run
//! ```
//!
//! The caller forks, is the only thread, and hands the pointer that `open` returned to every later call.

#![expect(unsafe_code, reason = "a C interface: exported names, and pointers from the caller")]

use crate::{SandboxError, jail::Jail};
use rustix::process::Pid;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
};

/// Raised when a signature below changes.
const INTERFACE: i32 = 4;

/// Where an error goes: a buffer of the caller's, always left with a terminating zero.
pub(crate) struct ErrorText {
    pub(crate) buffer: *mut u8,
    pub(crate) size: usize,
}

impl ErrorText {
    fn write(&self, text: &str) {
        let Some(room) = self.size.checked_sub(1) else { return };
        let bytes = text.as_bytes().get(..room).unwrap_or(text.as_bytes());
        // SAFETY: the caller of every function below promises `size` writable bytes at `buffer`; at most that many are written.
        unsafe {
            ptr::copy_nonoverlapping(bytes.as_ptr(), self.buffer, bytes.len());
            *self.buffer.add(bytes.len()) = 0;
        }
    }
}

/// A panic must not cross into C; it becomes an error like any other.
pub(crate) fn guarded<T>(error: &ErrorText, run: impl FnOnce() -> Result<T, SandboxError>) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Some(value),
        Ok(Err(reason)) => {
            error.write(&reason.to_string());
            None
        }
        Err(panic) => {
            error.write(&format!("the sandbox library failed: {}", panic_text(panic.as_ref())));
            None
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    panic.downcast_ref::<&str>().copied().or_else(owned).unwrap_or("panic")
}

/// The version of this interface.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn pyexec_sandbox_interface() -> i32 {
    INTERFACE
}

/// Begins a sandbox from a plan in JSON; null, and a text in `error`, if that is not possible. The pointer lives as long as
/// the process and its forks.
///
/// # Safety
///
/// `plan` points to `plan_size` readable bytes, `error` to `error_size` writable ones. The process has one thread.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_open(
    plan: *const u8,
    plan_size: usize,
    error: *mut u8,
    error_size: usize,
) -> *mut Jail {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let plan = unsafe { slice::from_raw_parts(plan, plan_size) };
    guarded(&error, || Jail::open(plan)).map_or(ptr::null_mut(), |jail| Box::into_raw(Box::new(jail)))
}

/// In the outer process: waits for the end of `init` or of the host. Returns the status to exit with.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn pyexec_sandbox_watch(init: i32) -> i32 {
    status(init, Jail::watch)
}

/// In pid 1: builds the new root and moves in. 0, or -1 and a text in `error`.
///
/// # Safety
///
/// `jail` comes from `pyexec_sandbox_open` and is used by nobody else now; `error` points to `error_size` writable bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_enter(jail: *mut Jail, error: *mut u8, error_size: usize) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let jail = unsafe { jail.as_mut() };
    guarded(&error, || jail.map_or_else(no_jail, Jail::enter)).map_or(-1, |()| 0)
}

/// In pid 1, after its fork: reaps until `code` has ended and reports. Returns the status to exit with.
///
/// # Safety
///
/// As [`pyexec_sandbox_enter`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_reap(jail: *mut Jail, code: i32) -> i32 {
    // SAFETY: promised by the caller.
    let jail = unsafe { jail.as_mut() };
    jail.map_or(1, |jail| status(code, |code| jail.reap(code)))
}

/// In the code's process: gives up everything but what the plan opens, closes all descriptors above 3 but `keep`.
/// 0, or -1 and a text in `error`.
///
/// # Safety
///
/// As [`pyexec_sandbox_enter`]; and nothing uses a descriptor above 3 other than `keep` afterwards.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_confine(
    jail: *mut Jail,
    keep: i32,
    error: *mut u8,
    error_size: usize,
) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let jail = unsafe { jail.as_mut() };
    guarded(&error, || jail.map_or_else(no_jail, |jail| jail.confine(keep))).map_or(-1, |()| 0)
}

pub(crate) fn no_jail() -> Result<(), SandboxError> {
    Err(no_sandbox())
}

pub(crate) fn no_sandbox() -> SandboxError {
    SandboxError::Plan("no sandbox was opened".into())
}

fn status(pid: i32, wait: impl FnOnce(Pid) -> i32) -> i32 {
    Pid::from_raw(pid).and_then(|pid| catch_unwind(AssertUnwindSafe(|| wait(pid))).ok()).unwrap_or(1)
}
