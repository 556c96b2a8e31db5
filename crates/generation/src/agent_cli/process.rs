//! A started agent: its three pipes and its life. Dropping it ends everything of it.

use super::{folder::WorkFolder, keeper};
use rustix::fd::OwnedFd;
use std::{
    io::{self, PipeWriter},
    process::{Child, Command, ExitStatus, Stdio},
};
use tokio::{
    net::unix::pipe::{Receiver, Sender},
    sync::oneshot,
};

/// What was started.
pub(super) struct Started {
    /// Until the conversation is over.
    pub(super) input: Option<Sender>,
    pub(super) output: Receiver,
    pub(super) errors: Receiver,
    pub(super) life: Life,
}

/// As long as this lives, and the host does, the agent may.
pub(super) struct Life {
    lifeline: Option<PipeWriter>,
    /// Until it was told.
    ended: Option<oneshot::Receiver<io::Result<ExitStatus>>>,
}

/// Starts `command` below a keeper. `folder` is removed once nothing of the agent is left.
pub(super) fn start(mut command: Command, rules: Option<OwnedFd>, folder: WorkFolder) -> io::Result<Started> {
    let (lifeline_end, lifeline) = io::pipe()?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    keeper::keep(&mut command, lifeline_end.into(), rules);
    let mut child = command.spawn()?;
    drop(command); // with it our copies of the keeper's descriptors
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let ended = watch(child, folder)?;
    let (Some(input), Some(output), Some(errors)) = pipes else { return Err(io::ErrorKind::BrokenPipe.into()) };
    Ok(Started {
        input: Some(Sender::from_owned_fd(input.into())?),
        output: Receiver::from_owned_fd(output.into())?,
        errors: Receiver::from_owned_fd(errors.into())?,
        life: Life { lifeline: Some(lifeline), ended: Some(ended) },
    })
}

/// A thread of its own waits for the keeper, because a drop must not. An error here drops the lifeline with the caller.
fn watch(mut child: Child, folder: WorkFolder) -> io::Result<oneshot::Receiver<io::Result<ExitStatus>>> {
    let (sender, ended) = oneshot::channel();
    let wait = move || {
        let status = child.wait();
        drop(folder);
        drop(sender.send(status)); // nobody need be interested
    };
    std::thread::Builder::new().name("pyexec-agent".into()).spawn(wait)?;
    Ok(ended)
}

impl Life {
    /// Waits until nothing of the agent is left, and its folder is gone.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        let Some(ended) = &mut self.ended else { return Err(io::ErrorKind::NotFound.into()) };
        let status = ended.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
        self.ended = None;
        status
    }

    /// Ends it now, and waits for that: a host that ends next could not clear up.
    pub(super) async fn end(&mut self) {
        self.lifeline = None;
        let _ = self.ended().await; // how it ended does not matter any more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::PathBuf};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// `sh` and below it a process that has left group and session and would sleep for long.
    fn tree() -> (Started, PathBuf) {
        let folder = WorkFolder::create().unwrap();
        let root = folder.work();
        let mut command = Command::new("sh");
        // the inner shell says its number; the outer one goes on after it has become nobody's child
        command.args(["-c", "setsid sh -c 'echo $$; exec sleep 10000' & exec sleep 10000"]);
        (start(command, None, folder).unwrap(), root)
    }

    async fn number(started: &mut Started) -> u32 {
        let mut text = String::new();
        while !text.ends_with('\n') {
            text.push(char::from(started.output.read_u8().await.unwrap()));
        }
        text.trim().parse().unwrap()
    }

    fn runs(pid: u32) -> bool {
        fs::metadata(format!("/proc/{pid}")).is_ok()
    }

    #[tokio::test]
    async fn a_drop_ends_the_whole_tree_and_its_folder() {
        let (mut started, folder) = tree();
        let inner = number(&mut started).await;
        assert!(runs(inner) && folder.exists());
        let ended = started.life.ended.take().unwrap();
        drop(started);
        ended.await.unwrap().unwrap();
        assert!(!runs(inner), "the inner process is left");
        assert!(!folder.exists());
    }

    #[tokio::test]
    async fn the_agents_end_is_its_code_and_takes_the_rest_along() {
        let folder = WorkFolder::create().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "setsid sh -c 'echo $$; exec sleep 10000' & read go; exit 7"]);
        let mut started = start(command, None, folder).unwrap();
        let inner = number(&mut started).await;
        started.input.as_mut().unwrap().write_all(b"go\n").await.unwrap();
        assert_eq!(started.life.ended().await.unwrap().code(), Some(7));
        assert!(!runs(inner));
        let mut command = Command::new("sh");
        command.args(["-c", "kill -TERM $$"]);
        let mut killed = start(command, None, WorkFolder::create().unwrap()).unwrap();
        assert_eq!(killed.life.ended().await.unwrap().code(), Some(128 + 15));
    }

    #[tokio::test]
    async fn a_program_that_does_not_start_says_why() {
        let command = Command::new("/nowhere/agent");
        let error = start(command, None, WorkFolder::create().unwrap()).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
