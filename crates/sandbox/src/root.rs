//! The new root: a small tmpfs with the sources attached, private scratch, a `/proc` of its own, fresh `/etc` files. Nothing
//! of the host's tree remains behind it.

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
    ids::INSIDE,
    plan::Plan,
    sources::{Source, Sources},
    tree::{self, READ_ONLY},
};
use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, symlinkat, unlinkat},
    mount::{
        MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount, mount_change,
        mount_remount, move_mount, open_tree, unmount,
    },
    process::{fchdir, pivot_root},
};
use std::{
    ffi::CString,
    io::Write,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
};

/// Where the new root is built: any folder that every system has. It is covered in our mount namespace only.
const BUILD_AT: &str = "/usr";
/// Writable folders and their modes. They share one tmpfs, and so one limit.
const SCRATCH: [(&str, &str, u32); 3] = [("work", "work", 0o700), ("tmp", "tmp", 0o1777), ("shm", "dev/shm", 0o1777)];
/// For the code itself, at most 32 MiB of it; read-only for the code (see `landlock_rules`).
const SCRIPT: &str = "size=33m,nr_inodes=8,mode=0700";
const OPEN_FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const LINKS: [(&str, &str); 4] = [
    ("/proc/self/fd", "dev/fd"),
    ("/proc/self/fd/0", "dev/stdin"),
    ("/proc/self/fd/1", "dev/stdout"),
    ("/proc/self/fd/2", "dev/stderr"),
];

const NO_PROC: &str = "a service inside a container needs an uncovered /proc (Docker: --security-opt \
    systempaths=unconfined), or use execution_method = \"container\" on the host";

/// Builds the root, moves into it and lets go of the host's. The process is pid 1 of its namespace and the only thread.
pub(crate) fn enter(plan: &Plan, sources: Sources) -> Result<(), SandboxError> {
    let root = begin(plan)?;
    scratch(root.as_fd(), plan)?;
    attach(root.as_fd(), sources)?;
    let root = move_in()?;
    close(root.as_fd())
}

/// The same but for what only one run sees: [`furnish`] adds it and closes the root.
pub(crate) fn enter_unfurnished(plan: &Plan, sources: Sources) -> Result<(), SandboxError> {
    let root = begin(plan)?;
    scratch(root.as_fd(), plan)?;
    attach(root.as_fd(), sources)?;
    move_in().map(drop)
}

/// Adds `trees` to a root that was entered without, gives its scratch the size of `plan`, and closes it.
pub(crate) fn furnish(plan: &Plan, trees: Vec<Source>) -> Result<(), SandboxError> {
    let root = open_root()?;
    fchdir(&root).step(format_args!("go to its root"), UNEXPECTED)?;
    let options = CString::new(size_of_scratch(plan)).step(format_args!("size its scratch space"), UNEXPECTED)?;
    mount_remount("work", MountFlags::NOSUID | MountFlags::NODEV, options.as_c_str())
        .step(format_args!("size its scratch space"), UNEXPECTED)?;
    attach(root.as_fd(), Sources { trees, links: Vec::new() })?;
    close(root.as_fd())
}

/// An empty root, which is the working folder afterwards.
fn begin(plan: &Plan) -> Result<OwnedFd, SandboxError> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .step(format_args!("make its mounts private"), UNEXPECTED)?;
    tmpfs(BUILD_AT, "size=1m,nr_inodes=4096,mode=0755")?;
    let root = openat(CWD, BUILD_AT, OPEN_FOLDER, Mode::empty()).step(format_args!("open its root"), UNEXPECTED)?;
    fchdir(&root).step(format_args!("go to its root"), UNEXPECTED)?;
    fill(root.as_fd(), plan).step(format_args!("fill its root"), UNEXPECTED)?;
    Ok(root)
}

fn attach(root: BorrowedFd<'_>, sources: Sources) -> Result<(), SandboxError> {
    for (path, to) in &sources.links {
        symlinkat(to, root, path.trim_start_matches('/')).step(format_args!("make {path}"), UNEXPECTED)?;
    }
    for source in sources.trees {
        tree::attach(source.tree.as_fd(), root, &source.target).step(
            format_args!("mount {}", source.target.display()),
            "its parent must be a folder inside that is not a link; where a read-only mount covers it, it must exist there",
        )?;
    }
    Ok(())
}

/// Makes the working folder the root and opens it.
fn move_in() -> Result<OwnedFd, SandboxError> {
    // While the host's /proc is still in sight: without one a user namespace may not mount its own.
    let hide = CString::from(c"subset=pid,hidepid=2");
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount("proc", "proc", "proc", flags, hide.as_c_str()).step(format_args!("mount /proc"), NO_PROC)?;

    pivot_root(".", ".").step(format_args!("change its root"), UNEXPECTED)?;
    unmount(".", UnmountFlags::DETACH).step(format_args!("let go of the host's root"), UNEXPECTED)?;
    rustix::process::chdir("/").step(format_args!("go to its root"), UNEXPECTED)?;
    rustix::system::sethostname(b"pyexec").step(format_args!("name itself"), UNEXPECTED)?;
    open_root()
}

fn open_root() -> Result<OwnedFd, SandboxError> {
    openat(CWD, "/", OPEN_FOLDER, Mode::empty()).step(format_args!("open its root"), UNEXPECTED)
}

fn close(root: BorrowedFd<'_>) -> Result<(), SandboxError> {
    tree::add_attributes(root, READ_ONLY).step(format_args!("make its root read-only"), UNEXPECTED)
}

fn tmpfs(target: &str, options: &str) -> Result<(), SandboxError> {
    let help = "the kernel must let user namespaces mount tmpfs";
    let options = CString::new(options).step(format_args!("mount a tmpfs"), UNEXPECTED)?;
    mount("tmpfs", target, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, options.as_c_str())
        .step(format_args!("mount a tmpfs at {target}"), help)
}

/// Folders, links and the files of `/etc` that say who we are.
fn fill(root: BorrowedFd<'_>, plan: &Plan) -> std::io::Result<()> {
    for folder in ["dev", "dev/shm", "etc", "proc", "script", "scratch", "tmp", "work"] {
        mkdirat(root, folder, Mode::from_raw_mode(0o755))?;
    }
    for (to, path) in LINKS {
        symlinkat(to, root, path)?;
    }
    let passwd = format!("pyexec:x:{INSIDE}:{INSIDE}::/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n");
    let group = format!("pyexec:x:{INSIDE}:\nnogroup:x:65534:\n");
    let mut files = vec![
        ("etc/passwd", passwd.as_str()),
        ("etc/group", group.as_str()),
        ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"),
        ("etc/hostname", "pyexec\n"),
    ];
    if !plan.net {
        files.push(("etc/hosts", "127.0.0.1 localhost pyexec\n::1 localhost\n"));
    }
    for (path, content) in files {
        write(root, path, content)?;
    }
    Ok(())
}

fn write(root: BorrowedFd<'_>, path: &str, content: &str) -> std::io::Result<()> {
    let create = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file: OwnedFd = openat(root, path, create, Mode::from_raw_mode(0o444))?;
    std::fs::File::from(file).write_all(content.as_bytes())
}

/// One tmpfs, of which each writable place shows a folder; the tmpfs itself is nowhere to be seen.
fn scratch(root: BorrowedFd<'_>, plan: &Plan) -> Result<(), SandboxError> {
    tmpfs("script", SCRIPT)?;
    tmpfs("scratch", &format!("{},mode=0700", size_of_scratch(plan)))?;
    show(root).step(format_args!("divide its scratch space"), UNEXPECTED)
}

fn size_of_scratch(plan: &Plan) -> String {
    // The folders themselves and the placeholders of inputs should not count.
    let inodes = plan.limits.scratch_inodes + 64 + plan.mounts.len() as u64;
    format!("size={}m,nr_inodes={inodes}", plan.limits.scratch_mb)
}

fn show(root: BorrowedFd<'_>) -> rustix::io::Result<()> {
    for (folder, target, mode) in SCRATCH {
        let path = Path::new("scratch").join(folder);
        mkdirat(root, &path, Mode::empty())?;
        rustix::fs::chmodat(root, &path, Mode::from_raw_mode(mode), AtFlags::empty())?;
        let part = open_tree(root, &path, OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC)?;
        move_mount(&part, "", root, target, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?;
    }
    unmount("scratch", UnmountFlags::DETACH)?;
    unlinkat(root, "scratch", AtFlags::REMOVEDIR)
}
