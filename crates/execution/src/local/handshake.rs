//! From an order to a process that is jailed and waits for code.

use super::{
    group::Group,
    plan::Plan,
    process::{self, Spawned, Tree},
};
use crate::{
    error::PrepareError,
    protocol::{
        VERSION,
        message::{Message, RunnerError},
    },
    session::{Channel, GRACE, Hold as _},
};
use pyexec_core::Isolation;
use rustix::fd::{BorrowedFd, OwnedFd};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{io::AsyncReadExt, net::unix::pipe::Receiver};

/// A cold interpreter on a busy machine takes seconds; more is a fault.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// What of the child's own complaint is told.
const COMPLAINT: u64 = 16 << 10;

/// What is launched.
pub(super) struct Launch<'a> {
    /// Takes everything that starts, if there is one.
    pub(super) group: Option<&'a Group>,
    pub(super) interpreter: &'a Path,
    /// The folder with `pyexec/` in it.
    pub(super) runtime: &'a Path,
    pub(super) plan: &'a Plan,
    pub(super) site: &'a [PathBuf],
    pub(super) context: &'a [u8],
    pub(super) results_max_bytes: u64,
}

/// It waits.
pub(super) struct Waiting {
    pub(super) tree: Tree,
    pub(super) channel: Channel,
    pub(super) stdout: Receiver,
    pub(super) stderr: Receiver,
    pub(super) status: Receiver,
    /// The working folder inside, as a descriptor.
    pub(super) scratch: OwnedFd,
    pub(super) python: String,
    pub(super) isolation: Isolation,
}

/// What was started and does not wait yet.
pub(super) struct Started {
    pub(super) tree: Tree,
    pub(super) channel: Channel,
    pub(super) stdout: Receiver,
    pub(super) stderr: Receiver,
    pub(super) status: Receiver,
}

/// Starts it and waits until it waits. Dropping the future kills it.
pub(super) async fn launch(launch: &Launch<'_>) -> Result<Waiting, PrepareError> {
    let runner = launch.runtime.join("pyexec/_runner.py");
    let spawned = process::spawn(launch.interpreter, &runner);
    let Spawned { tree, channel, stdout, stderr, status } =
        spawned.map_err(|e| PrepareError::NotReady(format!("{} does not start: {e}", launch.interpreter.display())))?;
    if let (Some(group), Some(pid)) = (launch.group, tree.id()) {
        // It has not forked yet: it waits for its plan.
        group.add(pid).map_err(|e| PrepareError::NotReady(format!("its control group does not take it: {e}")))?;
    }
    let started = Started { tree, channel: Channel::new(channel), stdout, stderr, status };
    prepare(started, launch, &[]).await
}

/// Has what was started get ready, with `mounts` beside those that it knows. Dropping the future kills it.
pub(super) async fn prepare(
    started: Started,
    launch: &Launch<'_>,
    mounts: &[BorrowedFd<'_>],
) -> Result<Waiting, PrepareError> {
    let Started { tree, mut channel, stdout, mut stderr, status } = started;
    let shake = async {
        let header = json!({
            "type": "prepare",
            "protocol": VERSION,
            "plan": launch.plan,
            "site": launch.site,
            "filename": "code.py",
            "results_max_bytes": launch.results_max_bytes,
        });
        // a runner that died on its way tells why elsewhere; a broken pipe tells nothing
        let _ = channel.send_with(&header, launch.context, mounts).await;
        channel.receive_first().await
    };
    let answer = tokio::time::timeout(PATIENCE, shake).await;
    let seconds = PATIENCE.as_secs();
    let (message, scratch) = answer
        .map_err(|_| PrepareError::NotReady(format!("it was not ready within {seconds} s")))?
        .map_err(|e| PrepareError::NotReady(e.to_string()))?;
    match (message, scratch) {
        (Some(Message::Ready { python, isolation }), Some(scratch)) => {
            Ok(Waiting { tree, channel, stdout, stderr, status, scratch, python, isolation })
        }
        (Some(Message::Ready { .. }), None) => {
            Err(PrepareError::NotReady("it did not hand over its working folder".into()))
        }
        (Some(Message::Error(error)), _) => Err(PrepareError::Sandbox(told(&error))),
        (Some(_), _) => Err(PrepareError::NotReady("its first word was not `ready`".into())),
        (None, _) => {
            tree.kill();
            Err(PrepareError::NotReady(format!("it ended before it was ready: {}", complaint(&mut stderr).await)))
        }
    }
}

pub(crate) fn told(error: &RunnerError) -> String {
    if error.message.is_empty() { error.type_name.clone() } else { error.message.clone() }
}

/// The last line that it wrote.
pub(super) async fn complaint(stderr: &mut Receiver) -> String {
    let mut text = Vec::new();
    let mut bounded = stderr.take(COMPLAINT);
    let _ = tokio::time::timeout(GRACE, bounded.read_to_end(&mut text)).await; // what came counts
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("without a word");
    line.chars().filter(|c| !c.is_control()).take(400).collect()
}
