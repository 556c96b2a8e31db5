//! The C interface of a pool, beside that of a single run (`ffi.rs`); `cell.rs` shows the order of use.

#![expect(unsafe_code, reason = "a C interface: exported names, and pointers from the caller")]

use crate::{
    ffi::{ErrorText, guarded, no_jail, no_sandbox},
    fork::Hooks,
    image,
    jail::Jail,
    keeper, leave,
    opener::Opener,
};
use std::{
    os::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
};

/// In the keeper, after its fork: makes cells and reaps until nobody is left. Returns the status to exit with.
///
/// # Safety
///
/// `jail` comes from `pyexec_sandbox_open`, was entered and is used by nobody else now.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_keep(jail: *mut Jail) -> i32 {
    // SAFETY: promised by the caller.
    let jail = unsafe { jail.as_mut() };
    jail.and_then(|jail| catch_unwind(AssertUnwindSafe(|| keeper::keep(jail))).ok()).unwrap_or(1)
}

/// In the zygote, once everything is loaded: lays out its memory for cheap forks. 0, or -1 and a text in `error`.
///
/// # Safety
///
/// `error` points to `error_size` writable bytes. The process has one thread.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_lay_out(error: *mut u8, error_size: usize) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    guarded(&error, image::lay_out).map_or(-1, |()| 0)
}

/// In the zygote: forks the code's process into a new cell, whose pid 1 reports on `status`. 0 in the zygote, 1 in the code's process,
/// or -1 and a text in `error`; in the latter nothing was forked.
///
/// # Safety
///
/// As [`pyexec_sandbox_keep`]; `status` is open; `hooks` are the functions that the interpreter wants to have called before a fork and,
/// in both processes, after it; `error` points to `error_size` writable bytes. The process has one thread.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_branch(
    jail: *mut Jail,
    status: i32,
    hooks: *const Hooks,
    error: *mut u8,
    error_size: usize,
) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let (jail, status, hooks) = unsafe { (jail.as_mut(), BorrowedFd::borrow_raw(status), hooks.as_ref()) };
    let forked = guarded(&error, || match (jail, hooks) {
        (Some(jail), Some(hooks)) => jail.branch(status, hooks),
        _ => Err(no_sandbox()),
    });
    forked.map_or(-1, i32::from)
}

/// In the code's process, after that fork: moves into its cell, keeps `channel`, `stdout` and `stderr` as descriptors 3, 1 and 2 and
/// closes everything else. A descriptor of pid 1 that is the caller's, or -1 and a text in `error`.
///
/// # Safety
///
/// As [`pyexec_sandbox_branch`]; the descriptors are open, and nothing uses another one afterwards.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_move_in(
    jail: *mut Jail,
    channel: i32,
    stdout: i32,
    stderr: i32,
    error: *mut u8,
    error_size: usize,
) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let (jail, kept) =
        unsafe { (jail.as_mut(), [channel, stdout, stderr].map(|descriptor| BorrowedFd::borrow_raw(descriptor))) };
    guarded(&error, || jail.map_or_else(|| Err(no_sandbox()), |jail| jail.move_in(kept))).unwrap_or(-1)
}

/// In the code's process of a cell, at its very end, in place of `_exit` with this status: closes all descriptors, and returns only
/// where nobody holds it. Then the caller goes on to `_exit`.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn pyexec_sandbox_leave(code: i32) {
    leave::leave(code);
}

/// In the code's process of a cell, before `pyexec_sandbox_confine`: takes the plan of one run and, in the order of its
/// mounts, their descriptors, which are closed here. 0, or -1 and a text in `error`.
///
/// # Safety
///
/// As [`pyexec_sandbox_branch`]; `plan` points to `plan_size` readable bytes, `trees` to `tree_count` open descriptors that
/// nobody else owns.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_furnish(
    jail: *mut Jail,
    plan: *const u8,
    plan_size: usize,
    trees: *const i32,
    tree_count: usize,
    error: *mut u8,
    error_size: usize,
) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let (jail, plan, trees) =
        unsafe { (jail.as_mut(), slice::from_raw_parts(plan, plan_size), slice::from_raw_parts(trees, tree_count)) };
    // SAFETY: promised by the caller.
    let trees = trees.iter().map(|tree| unsafe { OwnedFd::from_raw_fd(*tree) }).collect();
    guarded(&error, || jail.map_or_else(no_jail, |jail| jail.furnish(plan, trees))).map_or(-1, |()| 0)
}

/// Begins an opener; null, and a text in `error`, if that is not possible. `uid` and `gid` are those of the code when the host
/// is root, else -1.
///
/// # Safety
///
/// `error` points to `error_size` writable bytes. The process has one thread.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_opener(
    uid: i64,
    gid: i64,
    error: *mut u8,
    error_size: usize,
) -> *mut Opener {
    let error = ErrorText { buffer: error, size: error_size };
    let ids = u32::try_from(uid).ok().zip(u32::try_from(gid).ok());
    guarded(&error, || Opener::begin(ids)).map_or(ptr::null_mut(), |opener| Box::into_raw(Box::new(opener)))
}

/// Clones a mount, which is JSON as in a plan. A descriptor that is the caller's, or -1 and a text in `error`.
///
/// # Safety
///
/// `opener` comes from [`pyexec_sandbox_opener`] and is used by nobody else now; `mount` points to `mount_size` readable
/// bytes, `error` to `error_size` writable ones.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_open_mount(
    opener: *mut Opener,
    mount: *const u8,
    mount_size: usize,
    error: *mut u8,
    error_size: usize,
) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let (opener, mount) = unsafe { (opener.as_mut(), slice::from_raw_parts(mount, mount_size)) };
    let tree = guarded(&error, || match opener {
        Some(opener) => opener.open(mount),
        None => Err(crate::SandboxError::Plan("no opener was begun".into())),
    });
    tree.map_or(-1, IntoRawFd::into_raw_fd)
}
