//! The keeper: pid 1 of the jail that a zygote lives in. It has loaded nothing, and so its forks are cheap: they become pid 1
//! of each cell, which the zygote's own would make a third of a run's cost (a copy of all page tables, and their end).
//!
//! The zygote asks over a socket, with another one for the answer, and before it needs the cell. The new pid 1 answers itself, once its
//! cell stands: with the namespaces, for the code's process to join, and with a socket over which it waits for a run's status
//! descriptor and then for the listener.

use crate::{
    cell::NAMESPACES,
    confine,
    error::{SandboxError, Step, UNEXPECTED},
    ids, image,
    init::{self, STATUS},
    jail::Jail,
    networks::Networks,
    outer, post, supervise,
};
use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::{Mode, OFlags},
    io::{Errno, fcntl_dupfd_cloexec},
    process::{Pid, PidfdFlags, WaitOptions, getpid, pidfd_open, wait},
    thread::{ThreadNameSpaceType, UnshareFlags, move_into_thread_name_spaces},
};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

/// Makes cells until the zygote is gone, and reaps until nobody is left. Returns the status to exit with.
///
/// What runs in a cell outlives a zygote that crashed, and the keeper outlives both. Its capabilities, worth nothing outside of the
/// jail's user namespace, stay: cells are made with them. Pid 1 of a cell drops its own (`init::reap`).
pub(crate) fn keep(jail: &mut Jail) -> i32 {
    let Some(hears) = jail.takes.take() else { return 1 };
    // Dearer forks are no reason to have none; the zygote, whose are the dear ones, says why it cannot be.
    drop(image::lay_out());
    jail.gives = None;
    // It executes nothing; and its forks, which give up all of them, have less to give up.
    if outer::close_all_but(&[hears.as_raw_fd()]).is_err() || confine::bound_capabilities().is_err() {
        return 1;
    }
    let (Ok(own), Ok(signals)) = (pidfd_open(getpid(), PidfdFlags::empty()), supervise::signals()) else { return 1 };
    let (mut hears, mut networks) = (Some(hears), Networks::default());
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((reaped, _))) => {
                networks.take_back(reaped);
                continue;
            }
            Err(Errno::INTR) => continue,
            Ok(None) => {}
            Err(Errno::CHILD) => return 0,
            Err(_) => return 1,
        }
        let mut watched = vec![PollFd::new(&signals, PollFlags::IN)];
        watched.extend(hears.as_ref().map(|hears| PollFd::new(hears, PollFlags::IN)));
        match poll(&mut watched, None) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return 1,
        }
        let asked = watched.get(1).is_some_and(|watched| !watched.revents().is_empty());
        // Only to have them read: what they are about is found above.
        if supervise::told_to_stop(&signals).is_err() {
            return 1;
        }
        if asked {
            let request = hears.as_ref().map(|hears| post::receive(hears, &mut [0]));
            match request {
                Some(Ok((1, descriptors))) => serve(jail, &mut networks, &own, descriptors),
                // The zygote is gone, or gave up.
                _ => hears = None,
            }
        }
    }
}

/// Makes a cell. What is wrong is told to who asked; that nothing is told, by the end of the socket.
fn serve(jail: &mut Jail, networks: &mut Networks, own: &OwnedFd, descriptors: Vec<OwnedFd>) {
    let Ok([answer]) = <[OwnedFd; 1]>::try_from(descriptors) else { return };
    if let Err(error) = fork(jail, networks, own, &answer) {
        let _ = post::send(&answer, error.to_string().as_bytes(), &[]); // who asked may be gone
    }
}

fn fork(jail: &mut Jail, networks: &mut Networks, own: &OwnedFd, answer: &OwnedFd) -> Result<(), SandboxError> {
    // A namespace whose pid 1 is gone takes no more processes: back to the own one before a new one can be made.
    move_into_thread_name_spaces(own.as_fd(), ThreadNameSpaceType::PROCESS_ID)
        .step(format_args!("return to its pid namespace"), UNEXPECTED)?;
    ids::unshare(UnshareFlags::NEWPID).step(format_args!("create a pid namespace"), ids::NO_NAMESPACES)?;
    let network = networks.enter()?;
    #[expect(unsafe_code, reason = "a process is needed, and std only makes those that execute a program")]
    // SAFETY: the process has one thread, and was forked by one that had one: all that the child uses is whole.
    let forked = unsafe { libc::fork() };
    match forked {
        -1 => Err(std::io::Error::last_os_error()).step(format_args!("fork"), UNEXPECTED),
        0 => {
            let ended = live(jail, answer);
            #[expect(unsafe_code, reason = "the child of a fork must not run the parent's exit handlers")]
            // SAFETY: `_exit` only ends the process.
            unsafe {
                libc::_exit(ended)
            }
        }
        init => {
            if let Some(init) = Pid::from_raw(init) {
                networks.lend(network, init);
            }
            Ok(())
        }
    }
}

/// In pid 1 of a cell.
fn live(jail: &mut Jail, answer: &OwnedFd) -> i32 {
    match settle(jail, answer) {
        Ok(Some(takes)) => init::reap(None, takes, true),
        // The zygote ended, and never needed it.
        Ok(None) => 0,
        Err(error) => {
            let _ = post::send(answer, error.to_string().as_bytes(), &[]); // who asked may be gone
            1
        }
    }
}

/// Makes the cell, hands it over, and waits until it has a run to report of. What comes back is where the listener will come from.
fn settle(jail: &mut Jail, answer: &OwnedFd) -> Result<Option<OwnedFd>, SandboxError> {
    let step = format_args!("hand over a cell");
    let (takes, gives) = jail.enter_cell()?;
    // Beyond the place that the status is to have.
    let takes = fcntl_dupfd_cloexec(takes, STATUS + 1).step(step, UNEXPECTED)?;
    let init = pidfd_open(getpid(), PidfdFlags::empty()).step(step, UNEXPECTED)?;
    let open =
        |name: &str| rustix::fs::open(format!("/proc/self/ns/{name}"), OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
    let names = ["pid"].into_iter().chain(NAMESPACES.map(|(name, _)| name));
    let namespaces = names.map(open).collect::<Result<Vec<_>, _>>().step(step, UNEXPECTED)?;
    let mut all = vec![init.as_fd(), gives.as_fd()];
    all.extend(namespaces.iter().map(AsFd::as_fd));
    post::send(answer, b".", &all).step(step, UNEXPECTED)?;
    // What else has them open would hide that the zygote is gone.
    drop((gives, namespaces));
    outer::close_all_but(&[takes.as_raw_fd()]).step(step, UNEXPECTED)?;
    std::mem::forget(init);
    let status = post::receive(&takes, &mut [0]).step(step, UNEXPECTED)?.1.pop();
    let Some(status) = status else { return Ok(None) };
    outer::place(&status, STATUS).step(step, UNEXPECTED)?;
    Ok(Some(takes))
}
