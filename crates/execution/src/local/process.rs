//! The process tree: started with exactly the descriptors of `PROTOCOL.md`, watched by pidfd, killed as a whole. Whatever
//! happens to the one who holds it, dropping it kills the tree and reaps the outer process.

use crate::session::Hold;
use command_fds::{CommandFdExt, FdMapping};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::OwnedFd,
    process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, pidfd_send_signal},
};
use std::{
    io::{self, Write},
    os::{fd::AsFd, unix::net::UnixStream as StdUnixStream, unix::process::CommandExt},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{Interest, unix::AsyncFd},
    net::{UnixStream, unix::pipe::Receiver},
    sync::watch,
};

/// A started runner and the host's ends of its descriptors.
pub(super) struct Spawned {
    pub(super) tree: Tree,
    pub(super) channel: UnixStream,
    pub(super) stdout: Receiver,
    pub(super) stderr: Receiver,
    pub(super) status: Receiver,
}

/// The tree. It hangs on a process of its own, or on pid 1 of a cell that a zygote made.
pub(super) struct Tree {
    outer: Mutex<Outer>,
    /// The zygote of a cell, which takes everything along that it made: it must not go first.
    zygote: Option<Arc<dyn Send + Sync>>,
    pidfd: AsyncFd<OwnedFd>,
    killed: watch::Sender<bool>,
}

struct Outer {
    /// Until it is reaped: so long its id is its own.
    child: Option<Child>,
    ended: Option<ExitStatus>,
    lifeline: Option<io::PipeWriter>,
}

/// Starts `runner` with `interpreter`.
pub(super) fn spawn(interpreter: &Path, runner: &Path) -> io::Result<Spawned> {
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let (stdout, stdout_end) = io::pipe()?;
    let (stderr, stderr_end) = io::pipe()?;
    let (status, status_end) = io::pipe()?;
    let (lifeline_end, lifeline) = io::pipe()?;
    let mut command = Command::new(interpreter);
    command.args(["-I", "-S", "-B"]).arg(runner).current_dir("/");
    command.env_clear().env("LANG", "C.UTF-8").env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::null()).stdout(stdout_end).stderr(stderr_end).process_group(0);
    let mappings = [(theirs.into(), 3), (lifeline_end.into(), 4), (status_end.into(), 5)]
        .map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd });
    command.fd_mappings(mappings.into()).map_err(io::Error::other)?;
    let child = command.spawn()?;
    drop(command); // with it our copies of the child's ends
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidData)?;
    let mut outer = Outer { child: Some(child), ended: None, lifeline: Some(lifeline) };
    let watched = pidfd_open(pid, PidfdFlags::NONBLOCK).map_err(io::Error::from).and_then(watch_pidfd);
    let pidfd = match watched {
        Ok(pidfd) => pidfd,
        Err(error) => {
            outer.end();
            return Err(error);
        }
    };
    let tree = Tree { outer: Mutex::new(outer), zygote: None, pidfd, killed: watch::Sender::new(false) };
    Ok(Spawned {
        tree,
        channel: UnixStream::from_std(ours)?,
        stdout: Receiver::from_owned_fd(stdout.into())?,
        stderr: Receiver::from_owned_fd(stderr.into())?,
        status: Receiver::from_owned_fd(status.into())?,
    })
}

/// Readable once the process has ended (`pidfd_open(2)`).
#[expect(unsafe_code, reason = "tokio leaves the promise that a descriptor stays the same to its caller")]
fn watch_pidfd(pidfd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` refers to one open file, the same one until it is dropped.
    let watched = unsafe { AsyncFd::register_with_interest(pidfd, Interest::READABLE) };
    watched.map_err(io::Error::from)
}

impl Hold for Tree {
    fn stop(&self) {
        if self.is_cell() {
            let _ = pidfd_send_signal(self.pidfd.as_fd(), Signal::TERM); // gone already is as good
        } else if let Some(lifeline) = &mut self.lock().lifeline {
            let _ = lifeline.write_all(b"."); // a pipe without a reader is of a tree that is gone
        }
        self.killed.send_replace(true);
    }

    /// The sandbox ties the inner processes to the outer one; its group is for the moments in which it has not done so yet.
    fn kill(&self) {
        self.lock().signal();
        let _ = pidfd_send_signal(self.pidfd.as_fd(), Signal::KILL); // gone already is as good
        self.killed.send_replace(true);
    }

    async fn killed(&self) {
        drop(self.killed.subscribe().wait_for(|killed| *killed).await);
    }

    async fn exited(&self) -> io::Result<()> {
        self.exit_status().await.map(drop)
    }

    fn is_alive(&self) -> bool {
        if self.is_cell() { !self.has_ended() } else { matches!(self.lock().poll(), Ok(None)) }
    }

    fn is_listening(&self) -> bool {
        !*self.killed.borrow() && self.is_alive()
    }
}

impl Tree {
    /// A cell by its pid 1, with which everything in it ends.
    pub(super) fn of_cell(init: OwnedFd, zygote: Arc<dyn Send + Sync>) -> io::Result<Self> {
        let outer = Mutex::new(Outer { child: None, ended: None, lifeline: None });
        Ok(Self { outer, zygote: Some(zygote), pidfd: watch_pidfd(init)?, killed: watch::Sender::new(false) })
    }

    /// The outer process, until it is reaped.
    pub(super) fn id(&self) -> Option<u32> {
        self.lock().child.as_ref().map(Child::id)
    }

    /// Waits for the end of the outer process, which ends last.
    async fn exit_status(&self) -> io::Result<ExitStatus> {
        loop {
            let mut ready = self.pidfd.readable().await?;
            if self.is_cell() && self.has_ended() {
                return Ok(ExitStatus::default()); // how is the zygote's to know; the status line says more
            }
            if let Some(status) = self.lock().poll()? {
                return Ok(status);
            }
            ready.clear_ready();
        }
    }

    /// Whether it hangs on pid 1 of a cell.
    pub(super) fn is_cell(&self) -> bool {
        self.zygote.is_some()
    }

    fn has_ended(&self) -> bool {
        let mut ended = [PollFd::new(self.pidfd.get_ref(), PollFlags::IN)];
        // what cannot be asked has ended
        poll(&mut ended, Some(&Timespec::default())) != Ok(0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Outer> {
        self.outer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        if self.is_cell() {
            let _ = pidfd_send_signal(self.pidfd.as_fd(), Signal::KILL); // gone already is as good
        }
        self.lock().end();
    }
}

impl Outer {
    /// Reaps it if it has ended.
    fn poll(&mut self) -> io::Result<Option<ExitStatus>> {
        if let Some(child) = &mut self.child
            && let Some(status) = child.try_wait()?
        {
            (self.child, self.ended) = (None, Some(status));
        }
        Ok(self.ended)
    }

    fn signal(&mut self) {
        self.lifeline = None;
        let group = self.child.as_ref().and_then(|child| Pid::from_raw(i32::try_from(child.id()).ok()?));
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL); // an empty group has nothing to be told
        }
    }

    /// Kills and reaps. A thread of its own waits, because a drop must not; SIGKILL makes it short.
    fn end(&mut self) {
        self.signal();
        if let Some(mut child) = self.child.take() {
            let reap = std::thread::Builder::new().name("pyexec-reap".into());
            let _ = reap.spawn(move || child.wait()); // without a thread a zombie stays until the host ends
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    fn script(text: &str) -> tempfile::NamedTempFile {
        use std::io::Write;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[tokio::test]
    async fn the_child_has_exactly_the_descriptors_of_the_protocol() {
        // one more may come from whoever runs the tests: the sandbox closes what is not in the protocol
        let runner = script("import os\nprint([os.fstat(fd).st_mode >> 12 for fd in range(6)], os.environ)");
        let mut spawned = spawn(Path::new("python3"), runner.path()).unwrap();
        let mut text = String::new();
        spawned.stdout.read_to_string(&mut text).await.unwrap();
        assert!(text.starts_with("[2, 1, 1, 12, 1, 1]"), "a device, two pipes, a socket, two pipes: {text}");
        assert!(!text.contains("HOME"), "{text}");
        assert!(spawned.tree.exit_status().await.unwrap().success());
        assert!(!spawned.tree.is_alive());
    }

    #[tokio::test]
    async fn a_kill_ends_the_group_and_a_drop_kills() {
        let runner = script("import os, time\nos.fork()\nprint('up', flush=True)\ntime.sleep(1000)");
        for by_drop in [false, true] {
            let mut spawned = spawn(Path::new("python3"), runner.path()).unwrap();
            let mut up = [0; 6];
            spawned.stdout.read_exact(&mut up).await.unwrap();
            if by_drop {
                drop(spawned.tree);
            } else {
                spawned.tree.kill();
                assert_eq!(spawned.tree.exit_status().await.unwrap().code(), None);
            }
            let mut rest = Vec::new();
            spawned.stdout.read_to_end(&mut rest).await.unwrap(); // ends when both are gone
        }
    }
}
