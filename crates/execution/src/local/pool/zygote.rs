//! A zygote as the host sees it: started, told to fork, given up. What its children become is said by themselves, each over a
//! channel of its own.

use crate::{
    local::{
        handshake::{PATIENCE, Started, complaint},
        pool::{
            Base,
            said::{Said, ask, hear},
        },
        process::{self, Spawned, Tree},
    },
    protocol::VERSION,
    session::{Channel, Hold as _},
};
use rustix::{
    fd::{AsFd, OwnedFd},
    fs::{Gid, Uid, fchown},
};
use serde_json::json;
use std::{
    io,
    os::unix::net::UnixStream as StdUnixStream,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    net::{UnixStream, unix::pipe::Receiver},
    sync::Mutex,
};

/// What pid 1 of a child takes for itself: some 200, measured.
const PID_1_KB: u64 = 256;

/// A jailed Python with everything loaded. Dropping it kills it, its children, and what runs in them.
pub(super) struct Zygote {
    tree: Tree,
    /// None once it was given up, or a word to it was cut off: then it ends, but not its children.
    channel: Mutex<Option<Channel>>,
    base: Base,
    python: String,
    memory_kb: u64,
    space_kb: u64,
    forks: AtomicU64,
    /// What a child takes for itself; 0 until one was asked.
    child_kb: AtomicU64,
}

/// A child that waits for a run.
pub(super) struct Parked(pub(super) Started);

impl Zygote {
    /// Starts one and waits until everything is loaded. The error is a sentence.
    pub(super) async fn boot(base: &Base, runtime: &Path, preload: &[String]) -> Result<Self, String> {
        let spawned = process::spawn(&base.interpreter, &runtime.join("pyexec/_zygote.py"));
        let Spawned { tree, channel, mut stderr, .. } =
            spawned.map_err(|e| format!("{} does not start: {e}", base.interpreter.display()))?;
        let mut channel = Channel::new(channel);
        let header = json!({
            "type": "zygote", "protocol": VERSION, "plan": base.plan, "site": base.site, "preload": preload,
        });
        match ask(&mut channel, &header, &[]).await {
            Ok((Said::Warm { protocol: VERSION, python, memory_kb, space_kb }, _)) => Ok(Self {
                tree,
                channel: Mutex::new(Some(channel)),
                base: base.clone(),
                python,
                memory_kb,
                space_kb,
                forks: AtomicU64::new(0),
                child_kb: AtomicU64::new(0),
            }),
            Ok(_) => Err("it answered something else than that it is warm".into()),
            Err(why) => {
                tree.kill();
                Err(why.or(complaint(&mut stderr).await))
            }
        }
    }

    /// Forks a child and waits until it waits. To `rehearse`, it goes the way of a run once before that: its own is quicker then, and
    /// who waits for the child waits longer. Not to be cut off while the zygote is told, or it is lost.
    pub(super) async fn park(self: Arc<Self>, rehearse: bool) -> Result<Parked, String> {
        let failed = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
        let (ends, started) = ends().map_err(|e| failed("making its descriptors", &e))?;
        let Ends { mut channel, stdout, stderr, status } = started;
        self.own(&ends).map_err(|e| failed("handing over its output pipes", &e))?;
        let measure = self.child_kb.load(Ordering::Relaxed) == 0;
        {
            let mut slot = self.channel.lock().await;
            let mut control = slot.take().ok_or("the zygote was given up")?;
            let request = json!({"type": "child", "measure": measure, "rehearse": rehearse});
            let descriptors = ends.each_ref().map(AsFd::as_fd);
            control.send_with(&request, &[], &descriptors).await.map_err(|e| failed("the zygote is gone", &e))?;
            *slot = Some(control);
        }
        drop(ends);
        self.forks.fetch_add(1, Ordering::Relaxed);
        let said = tokio::time::timeout(PATIENCE, hear(&mut channel)).await;
        match said.map_err(|_| "the child did not get ready in time".to_owned())? {
            Ok((Said::Parked { private_kb }, Some(init))) => {
                if private_kb > 0 {
                    self.child_kb.store(private_kb, Ordering::Relaxed);
                }
                let tree = Tree::of_cell(init, self).map_err(|e| failed("watching the child", &e))?;
                Ok(Parked(Started { tree, channel, stdout, stderr, status }))
            }
            Ok(_) => Err("the child said something else than that it is parked".into()),
            Err(why) => Err(why.or("it ended before it was parked".into())),
        }
    }

    /// Output pipes belong to whom the code runs as: else `/dev/stdout` could not be opened inside.
    fn own(&self, [_, stdout, stderr, _]: &[OwnedFd; 4]) -> io::Result<()> {
        if let (Some(uid), Some(gid)) = (self.base.plan.uid, self.base.plan.gid) {
            for pipe in [stdout, stderr] {
                fchown(pipe, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))?;
            }
        }
        Ok(())
    }

    /// Lets it end, but not what runs in its children.
    pub(super) async fn give_up(&self) {
        *self.channel.lock().await = None;
    }

    pub(super) fn is_alive(&self) -> bool {
        self.tree.is_alive() && self.channel.try_lock().map_or(true, |slot| slot.as_ref().is_some_and(Channel::is_open))
    }

    /// Whether it can serve a run that is made from this.
    pub(super) fn is_of(&self, base: &Base) -> bool {
        self.base == *base
    }

    pub(super) fn forks(&self) -> u64 {
        self.forks.load(Ordering::Relaxed)
    }

    pub(super) const fn space_kb(&self) -> u64 {
        self.space_kb
    }

    pub(super) fn python(&self) -> &str {
        &self.python
    }

    /// How many children may wait beside it.
    pub(super) fn room(&self, memory_mb: u64) -> u64 {
        let child = self.child_kb.load(Ordering::Relaxed) + PID_1_KB;
        (memory_mb << 10).saturating_sub(self.memory_kb) / child
    }

    pub(super) const fn memory_mb(&self) -> u64 {
        self.memory_kb.div_ceil(1024)
    }
}

/// The host's ends of a child's descriptors.
struct Ends {
    channel: Channel,
    stdout: Receiver,
    stderr: Receiver,
    status: Receiver,
}

/// Channel, stdout, stderr, status: the child's ends, and ours.
fn ends() -> io::Result<([OwnedFd; 4], Ends)> {
    let (ours, theirs) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let (stdout, stdout_end) = io::pipe()?;
    let (stderr, stderr_end) = io::pipe()?;
    let (status, status_end) = io::pipe()?;
    let ends = Ends {
        channel: Channel::new(UnixStream::from_std(ours)?),
        stdout: Receiver::from_owned_fd(stdout.into())?,
        stderr: Receiver::from_owned_fd(stderr.into())?,
        status: Receiver::from_owned_fd(status.into())?,
    };
    Ok(([theirs.into(), stdout_end.into(), stderr_end.into(), status_end.into()], ends))
}
