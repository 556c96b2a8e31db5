//! One file a command.

pub(crate) mod analyze;
pub(crate) mod approvals;
mod attended;
pub(crate) mod config;
mod edit;
pub(crate) mod plugins;
pub(crate) mod run;
pub(crate) mod runs;

use crate::{
    exit::Failure,
    principal,
    render::{self, progress::Lines},
};
use pyexec_core::RunId;
use pyexec_service::{Service, view::RunView};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What the program exits with after Ctrl-C, whatever became of the run.
const INTERRUPTED_BY_USER: u8 = 130;

/// Drives a run; Ctrl-C and a polite kill cancel it. The second value says whether that happened.
async fn drive(service: &Service, run: &RunId) -> Result<(RunView, bool), Failure> {
    let cancel = CancellationToken::new();
    let observer = Arc::new(Lines::new(render::watched()));
    let by = principal::current();
    let mut driven = std::pin::pin!(service.drive(run, &by, observer, cancel.clone()));
    let mut stopped = false;
    let signals = signals()?;
    let mut signals = std::pin::pin!(signals);
    loop {
        tokio::select! {
            view = &mut driven => return Ok((view?, stopped)),
            () = &mut signals, if !stopped => {
                stopped = true;
                eprintln!("stopping run {run}");
                cancel.cancel();
            }
        }
    }
}

/// Returns at Ctrl-C, SIGTERM or a hang-up.
fn signals() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|e| Failure::machinery(format!("signals cannot be watched: {e}")));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let mut hangup = listen(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

/// Drives a run to where it stops and shows it.
async fn drive_and_show(service: &Service, run: &RunId, json: bool) -> Result<u8, Failure> {
    let (view, stopped) = drive(service, run).await?;
    let code = render::result::run(&view, json);
    Ok(if stopped { INTERRUPTED_BY_USER } else { code })
}
