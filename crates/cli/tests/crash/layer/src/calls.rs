//! The symbols of libc that are replaced, each by the system call that it stands for.
//!
//! `open` and its kin are variadic in C. The third argument of a variadic call lies where that of an ordinary one does in
//! the ABIs of Linux on x86-64 and arm64, so it is declared as one; whoever does not give it does not need it.

#![expect(unsafe_code, reason = "C symbols, called with C's pointers")]

use crate::{
    Op,
    fire::{Verdict, die, done, judge, unlock},
    plan::plan,
};
use libc::{c_char, c_int, c_long, c_uint, c_void, flock, iovec, mode_t, off_t, size_t, ssize_t};
use std::{ffi::CStr, slice};

/// The longest path that Linux takes.
const LONGEST: usize = libc::PATH_MAX as usize;

/// Judges an operation without bytes, and does it or not.
fn at(op: Op, path: &[u8], call: impl FnOnce() -> c_long) -> c_int {
    let result = match judge(op, path, &[]) {
        Verdict::Pass | Verdict::Half => call(),
        Verdict::ThenKill => {
            call();
            die()
        }
        Verdict::Fail(error) => fail(error),
    };
    c_int::try_from(result).unwrap_or(-1)
}

/// Judges a write, and does as much of it as it may.
fn put(file: c_int, bytes: &[u8], call: impl FnOnce(usize) -> c_long) -> ssize_t {
    let mut buffer = [0; LONGEST];
    let path = path_of(file, &mut buffer);
    let result = match judge(Op::Write, path, bytes) {
        Verdict::Pass => {
            let result = call(bytes.len());
            done(path, bytes);
            result
        }
        Verdict::ThenKill => {
            call(bytes.len());
            die()
        }
        Verdict::Half => call(bytes.len() / 2),
        Verdict::Fail(error) => fail(error),
    };
    ssize_t::try_from(result).unwrap_or(-1)
}

fn fail(error: c_int) -> c_long {
    // SAFETY: the location is this thread's own.
    unsafe { *libc::__errno_location() = error };
    -1
}

/// What a descriptor leads to; nothing for what has no path.
fn path_of(file: c_int, buffer: &mut [u8; LONGEST]) -> &[u8] {
    if plan().is_none() {
        return &[];
    }
    let link = format!("/proc/self/fd/{file}\0");
    // SAFETY: the link ends with a zero, and the buffer takes as many bytes as is said.
    let read = unsafe {
        libc::syscall(libc::SYS_readlinkat, libc::AT_FDCWD, link.as_ptr(), buffer.as_mut_ptr(), buffer.len())
    };
    usize::try_from(read).ok().and_then(|read| buffer.get(..read)).unwrap_or_default()
}

/// The path that a caller names, or the folder that it starts from.
///
/// # Safety
///
/// `path` points to a string that ends with a zero and outlives the result.
unsafe fn path_at(folder: c_int, path: *const c_char, buffer: &mut [u8; LONGEST]) -> &[u8] {
    // SAFETY: promised by the caller.
    let named = unsafe { CStr::from_ptr(path) }.to_bytes();
    if !named.starts_with(b"/") && folder != libc::AT_FDCWD {
        return path_of(folder, buffer);
    }
    let size = named.len().min(buffer.len());
    buffer[..size].copy_from_slice(&named[..size]);
    &buffer[..size]
}

/// # Safety
///
/// As `openat(2)`.
unsafe fn open_at(folder: c_int, path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: the caller's own promise.
    let call = || unsafe { libc::syscall(libc::SYS_openat, folder, path, flags, mode) };
    if flags & libc::O_CREAT == 0 {
        return c_int::try_from(call()).unwrap_or(-1);
    }
    let mut buffer = [0; LONGEST];
    // SAFETY: the caller's own promise.
    at(Op::Create, unsafe { path_at(folder, path, &mut buffer) }, call)
}

/// # Safety
///
/// As `open(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: the caller's own promise.
    unsafe { open_at(libc::AT_FDCWD, path, flags, mode) }
}

/// # Safety
///
/// As `open(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: the caller's own promise.
    unsafe { open_at(libc::AT_FDCWD, path, flags, mode) }
}

/// # Safety
///
/// As `openat(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn openat64(folder: c_int, path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: the caller's own promise.
    unsafe { open_at(folder, path, flags, mode) }
}

/// # Safety
///
/// As `write(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn write(file: c_int, bytes: *const c_void, size: size_t) -> ssize_t {
    // SAFETY: the caller promises that many readable bytes.
    unsafe { put(file, seen(bytes, size), |size| libc::syscall(libc::SYS_write, file, bytes, size)) }
}

/// # Safety
///
/// As `pwrite(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pwrite64(file: c_int, bytes: *const c_void, size: size_t, offset: off_t) -> ssize_t {
    // SAFETY: the caller promises that many readable bytes.
    unsafe { put(file, seen(bytes, size), |size| libc::syscall(libc::SYS_pwrite64, file, bytes, size, offset)) }
}

/// # Safety
///
/// As `writev(2)`. Nobody writes a store with it, so its bytes are not looked at and it is done whole or not at all.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn writev(file: c_int, parts: *const iovec, count: c_int) -> ssize_t {
    // SAFETY: the caller's own promise.
    put(file, &[], |_| unsafe { libc::syscall(libc::SYS_writev, file, parts, count) })
}

/// # Safety
///
/// `size` bytes at `bytes` are readable as long as the result is used.
unsafe fn seen<'a>(bytes: *const c_void, size: size_t) -> &'a [u8] {
    if bytes.is_null() || size == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { slice::from_raw_parts(bytes.cast(), size) }
}

/// Judges what is done to an open file.
fn to_file(op: Op, file: c_int, call: impl FnOnce() -> c_long) -> c_int {
    let mut buffer = [0; LONGEST];
    at(op, path_of(file, &mut buffer), call)
}

/// As `fsync(2)`.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn fsync(file: c_int) -> c_int {
    // SAFETY: a number.
    to_file(Op::Sync, file, || unsafe { libc::syscall(libc::SYS_fsync, file) })
}

/// As `fdatasync(2)`.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn fdatasync(file: c_int) -> c_int {
    // SAFETY: a number.
    to_file(Op::Sync, file, || unsafe { libc::syscall(libc::SYS_fdatasync, file) })
}

/// As `ftruncate(2)`.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn ftruncate64(file: c_int, size: off_t) -> c_int {
    // SAFETY: numbers.
    to_file(Op::Resize, file, || unsafe { libc::syscall(libc::SYS_ftruncate, file, size) })
}

/// # Safety
///
/// As `rename(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    let mut buffer = [0; LONGEST];
    let (here, none) = (libc::AT_FDCWD, 0);
    // SAFETY: the caller's own promise.
    unsafe {
        let path = path_at(here, to, &mut buffer);
        at(Op::Create, path, || libc::syscall(libc::SYS_renameat2, here, from, here, to, none))
    }
}

/// # Safety
///
/// As `linkat(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn linkat(
    from_folder: c_int,
    from: *const c_char,
    folder: c_int,
    to: *const c_char,
    flags: c_int,
) -> c_int {
    let mut buffer = [0; LONGEST];
    // SAFETY: the caller's own promise.
    unsafe {
        let path = path_at(folder, to, &mut buffer);
        at(Op::Create, path, || libc::syscall(libc::SYS_linkat, from_folder, from, folder, to, flags))
    }
}

/// # Safety
///
/// As `mkdir(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    let mut buffer = [0; LONGEST];
    // SAFETY: the caller's own promise.
    unsafe {
        let at_path = path_at(libc::AT_FDCWD, path, &mut buffer);
        at(Op::Create, at_path, || libc::syscall(libc::SYS_mkdirat, libc::AT_FDCWD, path, mode))
    }
}

/// # Safety
///
/// As `unlink(2)`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    let mut buffer = [0; LONGEST];
    // SAFETY: the caller's own promise.
    unsafe {
        let at_path = path_at(libc::AT_FDCWD, path, &mut buffer);
        at(Op::Remove, at_path, || libc::syscall(libc::SYS_unlinkat, libc::AT_FDCWD, path, 0))
    }
}

/// # Safety
///
/// As `fcntl(2)`. Not an operation that counts: it only shows when `SQLite` lets go of a lock.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn fcntl64(file: c_int, command: c_int, argument: c_long) -> c_int {
    if command == libc::F_SETLK {
        // SAFETY: with this command the argument points to a lock, by the caller's own promise.
        let lock = unsafe { &*(argument as *const flock) };
        if c_int::from(lock.l_type) == libc::F_UNLCK {
            let mut buffer = [0; LONGEST];
            unlock(path_of(file, &mut buffer));
        }
    }
    // SAFETY: the caller's own promise.
    let result = unsafe { libc::syscall(libc::SYS_fcntl, file, command, argument) };
    c_int::try_from(result).unwrap_or(-1)
}
