//! Detached mounts: opened where the source is reachable, carried across a change of user, attached later. Knows the mount
//! calls and nothing of what is mounted.

use rustix::{
    fs::{AtFlags, CWD, FileType, Mode, OFlags, mkdirat, openat},
    io::Errno,
    mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree},
};
use std::{
    ffi::OsStr,
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    path::{Component, Path},
};

/// `mount_setattr(2)`: not writable.
pub(crate) const READ_ONLY: u64 = 0x1;
/// `mount_setattr(2)`: set-user-id bits are void.
pub(crate) const NO_SUID: u64 = 0x2;
/// `mount_setattr(2)`: device nodes are void.
pub(crate) const NO_DEV: u64 = 0x4;
/// `mount_setattr(2)`: nothing can be executed.
pub(crate) const NO_EXEC: u64 = 0x8;
const ID_MAP: u64 = 0x0010_0000;

/// Clones the mounts at and below `source`, which may be a file. Symbolic links are followed.
pub(crate) fn open(source: &Path) -> Result<OwnedFd, Errno> {
    // Recursive, because a part of a tree whose mounts belong to another user namespace cannot be cloned without them.
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    open_tree(CWD, source, flags)
}

/// Adds attributes to all mounts of a tree, cuts it from the host's later mounts, and, with a user namespace, maps its ids.
pub(crate) fn set_attributes(tree: BorrowedFd<'_>, set: u64, id_map: Option<BorrowedFd<'_>>) -> io::Result<()> {
    let map = id_map.map_or(0, |_| ID_MAP);
    set_raw(tree, libc::AT_EMPTY_PATH | libc::AT_RECURSIVE, set | map, libc::MS_PRIVATE, id_map)
}

/// Adds attributes to the one mount at `mount`.
pub(crate) fn add_attributes(mount: BorrowedFd<'_>, set: u64) -> io::Result<()> {
    set_raw(mount, libc::AT_EMPTY_PATH, set, 0, None)
}

/// `struct mount_attr` of `mount_setattr(2)`; neither libc nor rustix has it.
#[repr(C)]
struct MountAttr {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

fn set_raw(
    mount: BorrowedFd<'_>,
    flags: i32,
    set: u64,
    propagation: libc::c_ulong,
    user_namespace: Option<BorrowedFd<'_>>,
) -> io::Result<()> {
    let user_namespace = user_namespace.map_or(0, |fd| u64::try_from(fd.as_raw_fd()).unwrap_or_default());
    let attr = MountAttr { set, clear: 0, propagation, user_namespace };
    #[expect(unsafe_code, reason = "no crate wraps mount_setattr")]
    // SAFETY: the path is a C string, the attributes are a whole `mount_attr` of the size given, and both outlive the call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const attr,
            size_of::<MountAttr>(),
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Attaches a tree at `target`, a path below `root` that is made if it is not there.
pub(crate) fn attach(tree: BorrowedFd<'_>, root: BorrowedFd<'_>, target: &Path) -> Result<(), Errno> {
    let is_folder = FileType::from_raw_mode(rustix::fs::fstat(tree)?.st_mode) == FileType::Directory;
    let place = place(root, target, is_folder)?;
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    move_mount(tree, "", place, "", flags)
}

/// Opens a path below `root` without following symbolic links, which mounted folders are full of, and makes what is missing.
pub(crate) fn place(root: BorrowedFd<'_>, target: &Path, is_folder: bool) -> Result<OwnedFd, Errno> {
    let names: Vec<&OsStr> = target
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        })
        .collect();
    let mut here = openat(root, ".", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let Some((last, parents)) = names.split_last() else { return Ok(here) };
    for name in parents {
        here = folder(here.as_fd(), name)?;
    }
    if is_folder { folder(here.as_fd(), last) } else { file(here.as_fd(), last) }
}

fn folder(parent: BorrowedFd<'_>, name: &OsStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    // Made before it is looked for: most are missing. What is there stays, also where nothing could be made.
    match mkdirat(parent, name, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => openat(parent, name, flags, Mode::empty()),
        Err(error) => Err(error),
    }
}

fn file(parent: BorrowedFd<'_>, name: &OsStr) -> Result<OwnedFd, Errno> {
    if matches!(rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW), Err(Errno::NOENT)) {
        let create = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(parent, name, create, Mode::from_raw_mode(0o444))?;
    }
    let found = openat(parent, name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    // With O_PATH a symbolic link opens as itself; to mount on it would be to mount on what is not the path.
    match FileType::from_raw_mode(rustix::fs::fstat(&found)?.st_mode) {
        FileType::Symlink => Err(Errno::LOOP),
        _ => Ok(found),
    }
}
