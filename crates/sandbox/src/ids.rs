//! Whose process this is: becoming an ordinary user, the user namespace, and maps that give mounted files to that user.

use crate::error::{SandboxError, Step, UNEXPECTED};
use rustix::{
    process::{DumpableBehavior, Gid, Uid, getegid, geteuid, set_dumpable_behavior},
    thread::{UnshareFlags, set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read, Write},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

/// The user and group that code sees itself as.
pub(crate) const INSIDE: u32 = 1000;

/// The way out where namespaces are refused.
pub(crate) const NO_NAMESPACES: &str = "namespaces are off or refused here: set sysctl user.max_user_namespaces and its kin above 0 (and, \
    where they exist, kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0 or an AppArmor \
    profile that allows userns for this interpreter), allow them in the service's unit or container profile, or use \
    execution_method = \"container\"";

/// Becomes `uid` and `gid`, for good, without supplementary groups.
pub(crate) fn become_user(uid: u32, gid: u32) -> Result<(), SandboxError> {
    let help = "a service that runs as root must be allowed to change its user (CAP_SETUID, CAP_SETGID)";
    let (user, group) = (Uid::from_raw(uid), Gid::from_raw(gid));
    set_thread_groups(&[]).step(format_args!("drop root's groups"), help)?;
    set_thread_res_gid(group, group, group).step(format_args!("become group {gid}"), help)?;
    set_thread_res_uid(user, user, user).step(format_args!("become user {uid}"), help)
}

/// Moves into a user namespace of its own, as [`INSIDE`].
pub(crate) fn enter_user_namespace() -> Result<(), SandboxError> {
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    unshare(UnshareFlags::NEWUSER).step(format_args!("create a user namespace"), NO_NAMESPACES)?;
    // A change of user made this process undumpable, and with that root the owner of the files below.
    set_dumpable_behavior(DumpableBehavior::Dumpable).step(format_args!("own its /proc files"), UNEXPECTED)?;
    for (file, content) in [
        ("setgroups", "deny".to_owned()),
        ("uid_map", format!("{INSIDE} {uid} 1")),
        ("gid_map", format!("{INSIDE} {gid} 1")),
    ] {
        fs::write(format!("/proc/self/{file}"), content)
            .step(format_args!("write /proc/self/{file}"), NO_NAMESPACES)?;
    }
    // From here on nothing of the same user may look into this process; the code's own is opened again later.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).step(format_args!("become undumpable"), UNEXPECTED)
}

/// `unshare(2)` of this thread, which is the only one.
pub(crate) fn unshare(flags: UnshareFlags) -> rustix::io::Result<()> {
    #[expect(unsafe_code, reason = "rustix marks unshare unsafe for the sake of CLONE_FILES")]
    // SAFETY: the descriptor table is never unshared: no caller passes `UnshareFlags::FILES`.
    unsafe {
        rustix::thread::unshare_unsafe(flags)
    }
}

/// User namespaces that map a source's owner to the user that we become, one per owner: without them files of a folder with
/// mode 0700 could not be read, and what is written would belong to a user that nobody knows.
pub(crate) struct IdMaps {
    uid: u32,
    gid: u32,
    made: BTreeMap<(u32, u32), OwnedFd>,
}

impl IdMaps {
    pub(crate) fn new(uid: u32, gid: u32) -> Self {
        Self { uid, gid, made: BTreeMap::new() }
    }

    /// The map for files of `owner` (user, group).
    pub(crate) fn of(&mut self, owner: (u32, u32)) -> io::Result<BorrowedFd<'_>> {
        if !self.made.contains_key(&owner) {
            let namespace = mapped_namespace([(owner.0, self.uid), (owner.1, self.gid)])?;
            self.made.insert(owner, namespace);
        }
        self.made.get(&owner).map(AsFd::as_fd).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A user namespace with one user and one group, each `(on disk, seen as)`. A namespace exists while a process is in it, so a
/// child lends itself until the namespace is open.
fn mapped_namespace(maps: [(u32, u32); 2]) -> io::Result<OwnedFd> {
    let (mut entered, report) = io::pipe()?;
    let (hold, release) = io::pipe()?;
    #[expect(unsafe_code, reason = "a process is needed, and std only makes those that execute a program")]
    // SAFETY: the process is single-threaded; the child makes system calls and ends with `_exit`, without touching anything
    // of the interpreter's.
    let child = unsafe { libc::fork() };
    match child {
        -1 => return Err(io::Error::last_os_error()),
        0 => {
            drop(release);
            if unshare(UnshareFlags::NEWUSER).is_ok() && (&report).write_all(b"y").is_ok() {
                drop(report);
                let _ended = (&hold).read(&mut [0]);
            }
            #[expect(unsafe_code, reason = "the child of a fork must not run the parent's exit handlers")]
            // SAFETY: `_exit` only ends the process.
            unsafe {
                libc::_exit(0)
            }
        }
        _ => {}
    }
    drop(report);
    let opened = open_namespace(&mut entered, child, maps);
    drop(release);
    #[expect(unsafe_code, reason = "the child is known by the number that fork returned")]
    // SAFETY: `child` is our own child and not yet waited for; a null status is allowed.
    unsafe {
        libc::waitpid(child, std::ptr::null_mut(), 0);
    }
    opened
}

fn open_namespace(entered: &mut io::PipeReader, child: i32, maps: [(u32, u32); 2]) -> io::Result<OwnedFd> {
    entered.read_exact(&mut [0])?;
    for ((on_disk, seen_as), file) in maps.into_iter().zip(["uid_map", "gid_map"]) {
        fs::write(format!("/proc/{child}/{file}"), format!("{on_disk} {seen_as} 1"))?;
    }
    Ok(fs::File::open(format!("/proc/{child}/ns/user"))?.into())
}
