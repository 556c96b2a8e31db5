//! Performs the steps that [`crate::pipeline::next`] asks for and appends what happened.
//!
//! Several processes may drive: each appends only what still follows, and looks again when it does not. One drives at a
//! time: the process whose claim the log holds, and in it the task that has the run's turn. This file is the loop; what a
//! step does is in `driver/generate.rs`, `driver/judge.rs` and `driver/execute.rs`, who lets go and how in `driver/turn.rs`;
//! `driver/standby.rs` keeps what is made ready while a person reads.

mod execute;
mod generate;
mod judge;
mod prepared;
mod standby;
mod turn;

pub(crate) use judge::analysis_request;
pub(crate) use standby::Standbys;

use crate::{
    clock,
    desk::Desk,
    event::Event,
    log::RunLog,
    notebook,
    pipeline::{self, Illegal, Step},
    progress::{Observer, Progress, Stage},
    run::{End, Run},
    service::{Service, ServiceError},
    store::Owner,
    view::RunView,
};
use pyexec_core::{
    ErrorKind, Principal, RunError,
    id::{OwnerId, Token},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use turn::Turn;

/// How often a driver looks whether others appended something (a cancellation, an end).
const LOOK: Duration = Duration::from_millis(200);
/// How often machinery is tried before release.
const MACHINERY_TRIES: u32 = 3;
/// How many lost races in a row are believed: more than that, and it is no race.
const MOST_LOST: u32 = 10;

pub(crate) struct Driver<'a> {
    pub(crate) service: &'a Service,
    pub(crate) log: Arc<RunLog>,
    pub(crate) by: Principal,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) cancel: CancellationToken,
    /// Of the execution under way.
    pub(crate) desk: OpenDesk,
}

/// Where the desk of the execution under way is found by whoever has to end it.
pub(crate) type OpenDesk = Arc<Mutex<Option<Arc<Desk>>>>;

impl Driver<'_> {
    /// Drives until the run is over or waits for a person.
    pub(crate) async fn drive(self) -> Result<RunView, ServiceError> {
        // Of the highest level, so that no filter takes the run's id off a line that it lets through.
        let span = tracing::error_span!("run", id = %self.log.id());
        async {
            let turn = self.turn().await?;
            match Box::pin(self.steps()).await {
                Ok(run) => {
                    let left = self.service.journal().leave(&run).await;
                    turn.end();
                    match left {
                        Some(view) => Ok(view),
                        None => RunView::of(&run, self.service.journal()).await,
                    }
                }
                Err(error) => {
                    turn.let_go(error.to_run_error()).await;
                    Err(error)
                }
            }
        }
        .instrument(span)
        .await
    }

    /// Waits until no other task of this process drives the run. Whoever wants it stopped need not wait to say so.
    async fn turn(&self) -> Result<Turn, ServiceError> {
        let mut mine = std::pin::pin!(self.log.turn());
        let held = tokio::select! {
            biased;
            held = &mut mine => held,
            () = self.cancel.cancelled() => {
                self.pass_on().await?;
                mine.await
            }
        };
        Ok(Turn::new(held, self.log.clone(), self.owner().clone(), self.desk.clone()))
    }

    async fn steps(&self) -> Result<Run, ServiceError> {
        let (mut lost, mut told, mut seen) = (0, false, u64::MAX);
        loop {
            self.pass_on().await?;
            // After an event of our own nothing is read: it was appended because nobody else had appended anything, and so
            // will the next one be.
            let run = self.log.beyond(seen).await?;
            seen = run.seq;
            let step = pipeline::next(&run);
            tracing::debug!(seq = run.seq, step = step.name(), "next");
            let standing = run.open_ticket().is_some_and(|ticket| !ticket.lapsed(clock::now()));
            let done = match step {
                Step::Over | Step::AwaitPerson => return Ok(run),
                Step::AwaitApproval if standing => return Ok(run),
                // What follows from the log alone needs nobody's claim.
                Step::Finish(End { state, error }) => self.log.append(Event::Ended { state, error }).await,
                _ if self.another_drives(&run)? => {
                    self.wait_for(&run, &mut told).await;
                    continue;
                }
                _ if run.claimed.as_ref() != Some(self.owner()) => {
                    self.log.claim(&run, self.owner()).await?;
                    continue;
                }
                // Boxed: a step's future holds an execution and is large.
                step => Box::pin(self.perform(&run, step)).await,
            };
            match done {
                Ok(()) => lost = 0,
                // Somebody else was first, or stopped the run: look again.
                Err(ServiceError::Illegal(Illegal(why))) if lost < MOST_LOST => {
                    tracing::debug!("another process was first: {why}");
                    lost += 1;
                }
                Err(ServiceError::Illegal(Illegal(why))) => return Err(ServiceError::unreadable(&run.id, &why)),
                Err(error) => return Err(error),
            }
        }
    }

    fn owner(&self) -> &OwnerId {
        self.service.owner().id()
    }

    /// Whether a living process other than this one drives the run.
    fn another_drives(&self, run: &Run) -> Result<bool, ServiceError> {
        match &run.claimed {
            Some(owner) if owner != self.owner() => self.alive(owner),
            _ => Ok(false),
        }
    }

    fn alive(&self, owner: &OwnerId) -> Result<bool, ServiceError> {
        Ok(Owner::is_alive(self.service.store().data_dir(), owner)?)
    }

    async fn wait_for(&self, run: &Run, told: &mut bool) {
        if !std::mem::replace(told, true)
            && let Some(pid) = run.claimed.as_ref().and_then(|o| Owner::pid(self.service.store().data_dir(), o))
        {
            self.observer.on(Progress::Message(format!("process {pid} drives this run; waiting for it")));
        }
        self.pause().await;
    }

    /// Until the next look, or until somebody wants the run stopped, if that is news.
    async fn pause(&self) {
        let stopped = self.cancel.is_cancelled();
        tokio::select! {
            () = sleep(LOOK) => {}
            () = self.cancel.cancelled(), if !stopped => {}
        }
    }

    /// Keeps an attempt's notebook in the run folder. The log is the record, so a failure is a warning.
    async fn keep_notebook(&self, run: &Run, stage: notebook::Stage) {
        if let Err(error) = notebook::save(run, self.service.store(), Some(stage), clock::now()).await {
            tracing::warn!("{error}");
        }
    }

    async fn perform(&self, run: &Run, step: Step) -> Result<(), ServiceError> {
        match step {
            Step::Generate(attempt) => self.staged(Stage::Generation, self.generate(run, attempt)).await,
            Step::Analyze => self.staged(Stage::Analysis, self.analyze(run)).await,
            Step::AwaitApproval => self.ask(run).await,
            Step::Execute(permit) => Box::pin(self.staged(Stage::Execution, self.execute(run, *permit))).await,
            Step::Attend(token) => self.attend(run, token).await,
            Step::Rehearse | Step::AwaitPerson | Step::Finish(_) | Step::Over => Ok(()),
        }
    }

    async fn staged(
        &self,
        stage: Stage,
        work: impl Future<Output = Result<(), ServiceError>>,
    ) -> Result<(), ServiceError> {
        self.observer.on(Progress::Started(stage));
        let done = tokio::select! {
            done = work => done,
            // By then the work is dropped, and with it the component's future and whatever runs.
            stopped = self.stopped() => match stopped {
                Ok(()) => self.stop_execution().await,
                Err(error) => Err(error),
            },
        };
        self.observer.on(Progress::Ended(stage));
        done
    }

    /// Returns once somebody wants the run stopped; by then the log says so.
    async fn stopped(&self) -> Result<(), ServiceError> {
        let mut look = interval_at(Instant::now() + LOOK, LOOK); // the step begins with what was just read
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => return self.pass_on().await,
                _ = look.tick() => match self.log.refresh().await {
                    Ok(run) if run.cancel.is_some() || run.ended.is_some() => return Ok(()),
                    Ok(_) => {}
                    // No reason to kill what runs: its end will be told whether the store is there again.
                    Err(error) => tracing::warn!("whether the run was cancelled cannot be seen: {error}"),
                },
            }
        }
    }

    /// Puts the caller's wish to stop in the log, if there is one and the run goes on.
    async fn pass_on(&self) -> Result<(), ServiceError> {
        if !self.cancel.is_cancelled() {
            return Ok(());
        }
        let run = self.log.refresh().await?;
        if run.cancel.is_some() || run.ended.is_some() {
            return Ok(());
        }
        match self.log.append(Event::CancelRequested { by: self.by.clone() }).await {
            Err(ServiceError::Illegal(_)) | Ok(()) => Ok(()), // illegal: it ended meanwhile
            Err(other) => Err(other),
        }
    }

    /// An execution that was stopped is over as far as the log goes: its tree dies with its future.
    async fn stop_execution(&self) -> Result<(), ServiceError> {
        close(&self.desk).await?;
        if let Step::Attend(token) = pipeline::next(&self.log.refresh().await?) {
            let error = RunError::new(ErrorKind::Cancelled, "stopped while it ran");
            self.log.append(Event::ExecutionFailed { token: Some(token), error }).await?;
        }
        Ok(())
    }

    async fn attend(&self, run: &Run, token: Token) -> Result<(), ServiceError> {
        let Some(execution) = run.execution() else { return Ok(()) };
        // This task drives one step at a time and has the turn, so an execution of its own that runs now was left behind.
        let left = execution.owner == *self.owner();
        if left || !self.alive(&execution.owner)? {
            return self.log.append(Event::Interrupted { token, cause: None }).await;
        }
        self.pause().await;
        Ok(())
    }
}

/// Closes the desk of the execution under way, if there is one.
async fn close(desk: &OpenDesk) -> Result<(), ServiceError> {
    let open = desk.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(desk) = open {
        desk.close().await?;
    }
    Ok(())
}

/// Waits a little longer each time.
async fn back_off(tries: u32) {
    sleep(Duration::from_millis(100 << tries)).await;
}

fn elapsed(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
