//! The C interface of a pool, beside that of a single run (`ffi.rs`); `cell.rs` shows the order of use.

#![expect(unsafe_code, reason = "a C interface: exported names, and pointers from the caller")]

use crate::{
    cell,
    ffi::{ErrorText, guarded, no_jail},
    jail::Jail,
    opener::Opener,
};
use std::{
    os::fd::{FromRawFd, IntoRawFd, OwnedFd},
    panic::catch_unwind,
    ptr, slice,
};

/// In the keeper, after its fork: reaps until nobody is left. Returns the status to exit with.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn pyexec_sandbox_keep() -> i32 {
    catch_unwind(cell::keep).unwrap_or(1)
}

/// In the zygote, before each fork. 0, or -1 and a text in `error`.
///
/// # Safety
///
/// `jail` comes from `pyexec_sandbox_open`, was entered and is used by nobody else now; `error` points to `error_size`
/// writable bytes.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_branch(jail: *mut Jail, error: *mut u8, error_size: usize) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let jail = unsafe { jail.as_mut() };
    guarded(&error, || jail.map_or_else(no_jail, Jail::branch)).map_or(-1, |()| 0)
}

/// In pid 1 of a cell, after that fork. 0, or -1 and a text in `error`.
///
/// # Safety
///
/// As [`pyexec_sandbox_branch`].
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pyexec_sandbox_enter_cell(jail: *mut Jail, error: *mut u8, error_size: usize) -> i32 {
    let error = ErrorText { buffer: error, size: error_size };
    // SAFETY: promised by the caller.
    let jail = unsafe { jail.as_mut() };
    guarded(&error, || jail.map_or_else(no_jail, Jail::enter_cell)).map_or(-1, |()| 0)
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
