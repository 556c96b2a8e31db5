//! From a waiting process to what became of it: the code goes in, everything else comes out, and then it is dead. Knows
//! neither how it was started nor what holds it.

mod channel;
mod hold;
mod pump;

pub(crate) use channel::Channel;
pub(crate) use hold::{GRACE, Hold};

use crate::{
    collect::Collected,
    ending::{Heard, Status, Stopped},
    error::{ChannelError, ExecuteError},
    protocol::message::{MAX_FIGURES, Message},
    refused,
};
use hold::REPORTING;
use pump::pump;
use pyexec_core::{
    CodeHash, Isolation, Outcome, RunError,
    executor::{ExecutionHost, Stream},
    order::Limits,
    outcome::{Ended, PythonEnvironment, Results, Usage},
};
use serde_json::json;
use std::{
    future::Future,
    pin::{Pin, pin},
    time::{Duration, Instant},
};
use tokio::io::{AsyncRead, AsyncWrite};

/// The host's ends of what a waiting process has.
pub(crate) struct Ends<C, O, S> {
    pub(crate) channel: Channel<C>,
    pub(crate) stdout: O,
    pub(crate) stderr: O,
    /// How the code ended, by somebody whom the code cannot reach, once nothing of it lives; nothing, if nobody could tell.
    pub(crate) status: S,
}

/// Everything that the host saw and heard.
pub(crate) struct Seen {
    pub(crate) stopped: Option<Stopped>,
    pub(crate) status: Option<Status>,
    pub(crate) heard: Heard,
    /// Bytes of output left out, and of which stream.
    pub(crate) dropped: [(Stream, u64); 2],
    pub(crate) wall: Duration,
}

/// Hands over `code` and sees it through. Who drops the future drops `tree` as well, and so kills it.
pub(crate) async fn run<C, O, S>(
    tree: &impl Hold,
    ends: Ends<C, O, S>,
    (code, hash): (&[u8], CodeHash),
    limits: &Limits,
    host: &ExecutionHost,
) -> Result<Seen, ExecuteError>
where
    C: AsyncRead + AsyncWrite + Unpin,
    O: AsyncRead + Unpin,
    S: Future<Output = Result<Option<Status>, ExecuteError>>,
{
    let Ends { channel, stdout, stderr, status } = ends;
    let started = Instant::now();
    let keep = usize::try_from(limits.output_kb.saturating_mul(1024)).unwrap_or(usize::MAX);
    let mut work = pin!(async {
        tokio::try_join!(
            Talk::default().go(channel, code, hash, tree, host),
            pump(Stream::Stdout, stdout, keep, tree, host),
            pump(Stream::Stderr, stderr, keep, tree, host),
            status,
        )
    });
    // Unconstrained: code that talks without end would else use up the budget of every poll before the clock is looked at.
    let deadline = tokio::task::unconstrained(tokio::time::sleep(Duration::from_secs(limits.timeout_seconds)));
    let (done, late) = tokio::select! {
        biased;
        done = &mut work => (done?, false),
        () = deadline => (ended(work.as_mut(), tree).await?, true),
    };
    let (Talk { heard, violation }, out, err, status) = done;
    let protocol = violation.map(Stopped::Protocol);
    Ok(Seen {
        stopped: if late { Some(Stopped::Deadline) } else { protocol },
        status,
        heard,
        dropped: [(Stream::Stdout, out), (Stream::Stderr, err)],
        wall: started.elapsed(),
    })
}

/// Ends what runs: so that it is reported what was used if that is quick, and in any case.
async fn ended<T>(
    mut work: Pin<&mut impl Future<Output = Result<T, ExecuteError>>>,
    tree: &impl Hold,
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
    async fn go<C: AsyncRead + AsyncWrite + Unpin>(
        mut self,
        mut channel: Channel<C>,
        code: &[u8],
        hash: CodeHash,
        tree: &impl Hold,
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

    async fn hear<C: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        message: Message,
        channel: &mut Channel<C>,
        tree: &impl Hold,
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

impl Seen {
    /// What became of the code, once judged.
    pub(crate) fn into_outcome(
        self,
        (ended, error): (Ended, Option<RunError>),
        limits: &Limits,
        collected: Collected,
        isolation: Isolation,
        python: String,
        environment: Option<PythonEnvironment>,
    ) -> Outcome {
        let (results, mut warnings) = self.heard.results.unwrap_or((Results::Missing, Vec::new()));
        for (stream, bytes) in self.dropped.into_iter().filter(|(_, bytes)| *bytes > 0) {
            let name = if stream == Stream::Stdout { "stdout" } else { "stderr" };
            let keep = limits.output_kb;
            warnings
                .push(format!("{bytes} bytes in the middle of {name} were left out: more than `output_kb` = {keep}"));
        }
        warnings.extend(collected.warnings);
        let status = self.status.as_ref();
        let (cpu_ms, peak_rss_bytes) = status.map_or((0, 0), |status| (status.cpu_ms, status.peak_rss_bytes));
        let counted = self.status.map(|status| status.refused).unwrap_or_default();
        let wall_ms = u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX);
        Outcome {
            ended,
            results,
            error,
            warnings,
            figures: collected.figures,
            artifacts: collected.artifacts,
            usage: Usage { wall_ms, cpu_ms, peak_rss_bytes },
            isolation,
            python: Some(python),
            environment,
            refused: refused::told(counted, &self.heard.noticed.unwrap_or_default()),
        }
    }
}
