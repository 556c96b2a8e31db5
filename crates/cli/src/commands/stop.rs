//! Signals while a run goes: the first one stops it in order, the second one leaves at once.

use super::INTERRUPTED_BY_USER;
use crate::{exit::Failure, render::live};
use pyexec_core::RunId;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// Watches for signals until it is dropped.
pub(super) struct Stop {
    stop: CancellationToken,
    watching: JoinHandle<()>,
}

impl Stop {
    pub(super) fn watch(run: &RunId) -> Result<Self, Failure> {
        let (stop, mut signals) = (CancellationToken::new(), Signals::listen()?);
        let (token, run) = (stop.clone(), run.clone());
        // A task of its own: it must get its turn also when whatever drives the run does not let go.
        let watching = tokio::spawn(async move {
            signals.next().await;
            live::say(&format!("stopping run {run}; once more (Ctrl-C) leaves at once"));
            token.cancel();
            signals.next().await;
            live::clear();
            eprintln!(
                "left while run {run} was being stopped: whoever looks after it next finishes that\n\
                 help: `pyexec runs cancel {run}` does, and says how it ended"
            );
            std::process::exit(INTERRUPTED_BY_USER.into());
        });
        Ok(Self { stop, watching })
    }

    /// Cancelled by the first signal.
    pub(super) fn token(&self) -> CancellationToken {
        self.stop.clone()
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

/// Ctrl-C, a polite kill, a hang-up.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

/// Which one came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// Ctrl-C.
    Interrupt,
    /// The session ends, whatever the person at the terminal thinks of the run.
    End,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|e| Failure::machinery(format!("signals cannot be watched: {e}")));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    pub(super) async fn next(&mut self) -> Came {
        tokio::select! {
            _ = self.interrupt.recv() => Came::Interrupt,
            _ = self.terminate.recv() => Came::End,
            _ = self.hangup.recv() => Came::End,
        }
    }
}
