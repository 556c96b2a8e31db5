//! From a waiting process to what became of it: the code goes in, everything else comes out, and then it is dead.

use super::{
    channel::Channel,
    error::{ChannelError, ExecuteError},
    handshake::Waiting,
    process::{GRACE, REPORTING, Tree},
    pump::pump,
};
use crate::{
    ending::{Heard, Status, Stopped},
    protocol::message::{MAX_FIGURES, Message},
};
use pyexec_core::{
    CodeHash,
    executor::{ExecutionHost, Stream},
    order::Limits,
};
use rustix::fd::OwnedFd;
use serde_json::json;
use std::{
    pin::{Pin, pin},
    time::{Duration, Instant},
};
use tokio::{io::AsyncReadExt, net::unix::pipe::Receiver};

/// More than the status line ever has.
const LONGEST_STATUS: u64 = 4 << 10;

/// Everything that the host saw and heard.
pub(super) struct Seen {
    pub(super) stopped: Option<Stopped>,
    pub(super) status: Option<Status>,
    pub(super) heard: Heard,
    /// Bytes of output left out, and of which stream.
    pub(super) dropped: [(Stream, u64); 2],
    pub(super) wall: Duration,
    pub(super) scratch: OwnedFd,
}

/// Hands over `code` and sees it through. Dropping the future kills the tree.
pub(super) async fn run(
    waiting: Waiting,
    code: &[u8],
    hash: CodeHash,
    limits: &Limits,
    host: &ExecutionHost,
) -> Result<Seen, ExecuteError> {
    let Waiting { tree, channel, stdout, stderr, status, scratch, .. } = waiting;
    let started = Instant::now();
    let keep = usize::try_from(limits.output_kb.saturating_mul(1024)).unwrap_or(usize::MAX);
    let mut work = pin!(async {
        tokio::try_join!(
            Talk::default().go(channel, code, hash, &tree, host),
            pump(Stream::Stdout, stdout, keep, &tree, host),
            pump(Stream::Stderr, stderr, keep, &tree, host),
            told(status, &tree),
        )
    });
    // Unconstrained: code that talks without end would else use up the budget of every poll before the clock is looked at.
    let deadline = tokio::task::unconstrained(tokio::time::sleep(Duration::from_secs(limits.timeout_seconds)));
    let (done, late) = tokio::select! {
        biased;
        done = &mut work => (done?, false),
        () = deadline => (ended(work.as_mut(), &tree).await?, true),
    };
    let (Talk { heard, violation }, out, err, status) = done;
    let protocol = violation.map(Stopped::Protocol);
    Ok(Seen {
        stopped: if late { Some(Stopped::Deadline) } else { protocol },
        status,
        heard,
        dropped: [(Stream::Stdout, out), (Stream::Stderr, err)],
        wall: started.elapsed(),
        scratch,
    })
}

/// Ends what runs: so that it is reported what was used if that is quick, and in any case.
async fn ended<T>(
    mut work: Pin<&mut impl Future<Output = Result<T, ExecuteError>>>,
    tree: &Tree,
) -> Result<T, ExecuteError> {
    tree.stop();
    if let Ok(done) = tokio::time::timeout(REPORTING, work.as_mut()).await {
        return done;
    }
    tree.kill();
    let last = tokio::time::timeout(GRACE * 2, work).await;
    last.map_err(|_| ExecuteError::Sandbox("its processes could not be killed".into()))?
}

/// What is said over the channel.
#[derive(Default)]
struct Talk {
    heard: Heard,
    violation: Option<String>,
}

impl Talk {
    /// Until the channel ends. What is not the protocol ends the run; only the host's own failures are errors.
    async fn go(
        mut self,
        mut channel: Channel,
        code: &[u8],
        hash: CodeHash,
        tree: &Tree,
        host: &ExecutionHost,
    ) -> Result<Self, ExecuteError> {
        // a process that is gone cannot take its code; how it went is seen elsewhere
        let _ = channel.send(&json!({"type": "release", "sha256": hash}), code).await;
        loop {
            let received = tokio::select! {
                biased;
                received = channel.receive() => received,
                () = tree.settled() => Ok(None),
            };
            match received {
                Ok(Some(message)) => self.hear(message, &mut channel, tree, host).await?,
                // A killed process leaves half a frame behind, and is gone some time before the one that tells how it
                // ended: the status says more. What came before counts as far as it got.
                Ok(None) | Err(ChannelError::Cut) => return Ok(self),
                Err(ChannelError::Io(_)) if !tree.is_alive() => return Ok(self),
                Err(error) => self.violation = Some(error.to_string()),
            }
            if self.violation.is_some() {
                tree.kill();
                return Ok(self);
            }
        }
    }

    async fn hear(
        &mut self,
        message: Message,
        channel: &mut Channel,
        tree: &Tree,
        host: &ExecutionHost,
    ) -> Result<(), ExecuteError> {
        match message {
            Message::Channel { id, request } => {
                // Asked in time, and not read before the asker's end: nobody wants to know, and a machine must not be moved
                // for the sake of a run that was stopped.
                if !tree.is_listening() {
                    return Ok(());
                }
                // a put under way is seen to its end even when the code is killed meanwhile
                let Some(reply) = tree.outlive(host.channel(&request)).await else { return Ok(()) };
                let reply = reply.map_err(ExecuteError::Host)?;
                let answer = json!({"type": "channel_reply", "id": id, "reply": reply});
                tokio::select! {
                    biased;
                    _ = channel.send(&answer, &[]) => {} // whether it is heard is the code's business
                    () = tree.settled() => {}
                }
            }
            Message::Figure { path } if self.heard.figures.len() < MAX_FIGURES => self.heard.figures.push(path),
            Message::Figure { .. } => {}
            Message::Result { results, warnings } => {
                self.heard.results.get_or_insert((results, warnings));
            }
            Message::Error(error) => {
                self.heard.error.get_or_insert(error);
            }
            Message::Noticed(noticed) => {
                self.heard.noticed.get_or_insert(noticed);
            }
            Message::End => self.heard.ended = true,
            Message::Ready { .. } => self.violation = Some("it said `ready` twice".into()),
        }
        Ok(())
    }
}

/// How the code ended, at the end of the tree: in a cell with the word of its pid 1, with whom nobody is by then.
async fn told(status: Receiver, tree: &Tree) -> Result<Option<Status>, ExecuteError> {
    let status = read_status(status).await?;
    if status.is_none() || !tree.is_cell() {
        tree.exited().await.map_err(|e| ExecuteError::Sandbox(format!("watching it: {e}")))?;
    }
    Ok(status)
}

async fn read_status(status: Receiver) -> Result<Option<Status>, ExecuteError> {
    let mut line = Vec::new();
    let read = status.take(LONGEST_STATUS).read_to_end(&mut line).await;
    read.map_err(|e| ExecuteError::Sandbox(format!("reading its status: {e}")))?;
    Ok(Status::parse(&line))
}
