//! One file a command.

pub(crate) mod analyze;
pub(crate) mod approvals;
mod attended;
pub(crate) mod config;
pub(crate) mod doctor;
mod edit;
pub(crate) mod plugins;
pub(crate) mod run;
pub(crate) mod runs;
mod stop;

use crate::{
    exit::Failure,
    principal,
    render::{self, progress::Lines},
};
use pyexec_core::RunId;
use pyexec_service::{Service, view::RunView};
use std::sync::Arc;
use stop::Stop;

/// What the program exits with after Ctrl-C, whatever became of the run.
const INTERRUPTED_BY_USER: u8 = 130;

/// Drives a run; Ctrl-C and a polite kill cancel it. The second value says whether that happened.
async fn drive(service: &Service, run: &RunId) -> Result<(RunView, bool), Failure> {
    let stop = Stop::watch(run)?;
    let observer = Arc::new(Lines::new(render::watched()));
    let driven = service.drive(run, &principal::current(), observer, stop.token()).await;
    render::live::clear();
    if driven.is_err() {
        eprintln!("run {run} is kept, as far as it came: `pyexec runs show {run}`, then `resume` or `cancel` it");
    }
    Ok((driven?, stop.token().is_cancelled()))
}

/// Drives a run to where it stops and shows it.
async fn drive_and_show(service: &Service, run: &RunId, json: bool) -> Result<u8, Failure> {
    let (view, stopped) = drive(service, run).await?;
    let code = render::result::run(&view, json);
    Ok(if stopped { INTERRUPTED_BY_USER } else { code })
}
