//! Sandboxes made ready while a person reads, so that an approval starts the code and nothing else.
//!
//! Each is for exactly what its ticket covers, and is only ever taken for the very order that it was prepared for. It opens
//! nothing: code comes by the desk, under a permit, and everything is checked there as if the sandbox were cold. One that
//! died, was given up or never got ready costs its run a cold start. Their number is bounded, they go with their ticket, and
//! what the executor holds for them dies with this process.

use super::prepared::{Prepared, prepare_order};
use crate::{
    clock,
    log::RunLog,
    progress::{Observer, Unobserved},
    run::Run,
    service::{Service, ServiceError},
};
use pyexec_core::{RunId, TicketId, order::PrepareOrder};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, time::sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::Instrument;

/// How often it is looked whether another process answered the ticket.
const LOOK: Duration = Duration::from_secs(1);

/// What stands ready in this process.
pub(crate) struct Standbys {
    most: usize,
    /// The oldest first.
    kept: Arc<Mutex<Vec<Standby>>>,
}

/// Dropped, it is given up, whether or not it is ready yet.
struct Standby {
    ticket: TicketId,
    order: PrepareOrder,
    ready: oneshot::Receiver<Prepared>,
    /// Open, so that whoever decides and drives need not read it again.
    _log: Arc<RunLog>,
    /// Ends the watch over its ticket.
    _watch: DropGuard,
}

impl Standbys {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, kept: Arc::default() }
    }

    /// Begins to make the sandbox of a waiting run ready. Does nothing where the run does not wait, or waits for another
    /// program's executor.
    pub(crate) async fn make_ready(&self, service: &Service, log: Arc<RunLog>) -> Result<(), ServiceError> {
        let run = log.refresh().await?;
        let Some(ticket) = standing(&run) else { return Ok(()) };
        let executor = service.stages().executor.clone();
        if self.most == 0 || ticket.covers.backend != executor.name() {
            return Ok(());
        }
        let order = prepare_order(service, &run, &ticket.covers);
        let (ticket, limit) = (ticket.ticket_id.clone(), service.settings().timeouts.executor);
        let (sender, ready) = oneshot::channel();
        let given_up = CancellationToken::new();
        let standby = Standby {
            ticket: ticket.clone(),
            order: order.clone(),
            ready,
            _log: log.clone(),
            _watch: given_up.clone().drop_guard(),
        };
        if !self.keep(standby) {
            return Ok(());
        }
        let (kept, observer) = (Arc::downgrade(&self.kept), Arc::new(Unobserved) as Arc<dyn Observer>);
        let span = tracing::error_span!("standby", run = %run.id);
        let task = async move {
            // To its end, also where it was given up meanwhile: what was begun at an executor is known only then.
            match Prepared::new(&executor, &order, limit, &observer).await {
                Ok(prepared) => drop(sender.send(prepared)), // nobody wants it any more: the drop discards it
                Err(error) => tracing::debug!("nothing stands ready, so the run will start cold: {error}"),
            }
            tokio::select! {
                () = given_up.cancelled() => return,
                () = answered_elsewhere(&log, &ticket) => {}
            }
            if let Some(kept) = kept.upgrade() {
                lock(&kept).retain(|standby| standby.ticket != ticket);
            }
        };
        tokio::spawn(task.instrument(span));
        Ok(())
    }

    /// What stands ready for exactly this order; waits for it where it is being made ready. Anything else that was kept for
    /// the run is given up.
    pub(super) async fn take(&self, order: &PrepareOrder) -> Option<Prepared> {
        let mine = |standby: &Standby| standby.order.run_id == order.run_id;
        let taken: Vec<_> = lock(&self.kept).extract_if(.., |standby| mine(standby)).collect();
        let same = taken.into_iter().find(|standby| standby.order == *order)?;
        same.ready.await.ok()
    }

    /// Whether what was begun for a run is ready.
    pub(crate) fn is_ready(&self, run: &RunId) -> bool {
        lock(&self.kept).iter().any(|standby| standby.order.run_id == *run && !standby.ready.is_empty())
    }

    /// Gives up what was made ready for a run.
    pub(crate) fn give_up(&self, run: &RunId) {
        lock(&self.kept).retain(|standby| standby.order.run_id != *run);
    }

    /// Whether there was none for this ticket yet. The oldest makes room.
    fn keep(&self, standby: Standby) -> bool {
        let mut kept = lock(&self.kept);
        if kept.iter().any(|other| other.ticket == standby.ticket) {
            return false;
        }
        let over = (kept.len() + 1).saturating_sub(self.most);
        kept.drain(..over);
        kept.push(standby);
        true
    }
}

fn lock(kept: &Mutex<Vec<Standby>>) -> MutexGuard<'_, Vec<Standby>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The ticket that can still be answered.
fn standing(run: &Run) -> Option<&crate::event::Ticket> {
    run.open_ticket().filter(|ticket| run.cancel.is_none() && !ticket.lapsed(clock::now()))
}

/// Returns once the ticket can be answered no more, and whoever approved it in this process had the time to take what stands
/// ready for it.
async fn answered_elsewhere(log: &RunLog, ticket: &TicketId) {
    let mut gone = 0;
    while gone < 2 {
        sleep(LOOK).await;
        match log.refresh().await {
            Ok(run) if standing(&run).is_some_and(|open| open.ticket_id == *ticket) => gone = 0,
            Ok(run) if run.ended.is_some() => return,
            Ok(_) => gone += 1,
            Err(error) => tracing::debug!("whether the ticket still waits cannot be seen: {error}"),
        }
    }
}
