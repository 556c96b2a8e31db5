//! Appending: one event, its run's list row and the tip of its chain in one transaction, or nothing.
//!
//! `BEGIN IMMEDIATE` takes the database's only write lock before the last event is read, so of two writers with one
//! `expected_seq`, in this process or another, exactly one wins; the loser is told what is there now.

use super::{
    DiskError, Durability, NewEvent, RunHead, Store, StoreError, StoredEvent, approved,
    chain::{GENESIS, Tip},
    head::{self, WRITE_HEAD},
    number,
    transaction::Statements,
};
use pyexec_core::{Digest, ErrorKind, RunError, RunId, TicketId};
use sqlx::{Row as _, sqlite::SqliteRow};

/// An event was not appended. Nothing of it was kept, unless the disk failed in the middle of committing it: read on before
/// trying again, as after a [`AppendError::Conflict`].
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else was first: read on from where you were, and decide again.
    #[error("the log moved on: its last event is {found}, not {expected}")]
    Conflict {
        /// The last event, as the writer thought.
        expected: u64,
        /// The last event, as it is; 0 for none.
        found: u64,
    },
    /// This principal used this idempotency key already.
    #[error("this idempotency key was already used, by run {run}")]
    KeyTaken {
        /// The run that it made.
        run: RunId,
    },
    /// A ticket belongs to one run for ever.
    #[error("ticket {ticket} belongs to another run")]
    TicketTaken {
        /// The ticket.
        ticket: TicketId,
    },
    /// The list row is of another run or event: a mistake of the caller.
    #[error("event {seq} of run {run} came with the list row of another")]
    Misfit {
        /// The event's run.
        run: RunId,
        /// The event's place.
        seq: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AppendError {
    /// The way out, where there is one.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Store(store) => Some(store.help()),
            Self::KeyTaken { run } => {
                Some(format!("`pyexec runs show {run}` shows it; another request needs another key"))
            }
            Self::Conflict { .. } | Self::TicketTaken { .. } | Self::Misfit { .. } => None,
        }
    }
}

impl From<DiskError> for AppendError {
    fn from(error: DiskError) -> Self {
        Self::Store(error.into())
    }
}

impl From<&AppendError> for RunError {
    fn from(error: &AppendError) -> Self {
        let ours = Self::new(ErrorKind::Store, error.to_string());
        match error.help() {
            Some(help) => ours.with_help(help),
            None => ours,
        }
    }
}

/// What goes into a run's log in one transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// The event.
    pub(crate) event: NewEvent<'a>,
    /// The one that follows it, if it is never to be there alone.
    pub(crate) then: Option<NewEvent<'a>>,
    /// The run's list row as they leave it.
    pub(crate) head: &'a RunHead,
    /// The task for which code is approved with it, if it is.
    pub(crate) approves: Option<&'a Digest>,
}

impl Store {
    /// Appends one event to a run, if its last event is `expected_seq` (0 for none), and rewrites its list row.
    ///
    /// Dropping the future leaves either all of it or nothing.
    pub async fn append(
        &self,
        run: &RunId,
        expected_seq: u64,
        event: NewEvent<'_>,
        head: &RunHead,
        durable: Durability,
    ) -> Result<StoredEvent, AppendError> {
        if head.run_id != *run {
            return Err(AppendError::Misfit { run: run.clone(), seq: expected_seq + 1 });
        }
        self.append_entry(expected_seq, Entry { event, then: None, head, approves: None }, durable).await
    }

    /// As [`Store::append`], with all that belongs to the event. Returns the last.
    pub(crate) async fn append_entry(
        &self,
        expected_seq: u64,
        Entry { event, then, head, approves }: Entry<'_>,
        durable: Durability,
    ) -> Result<StoredEvent, AppendError> {
        let (run, seq) = (&head.run_id, expected_seq + 1 + u64::from(then.is_some()));
        if head.seq != seq {
            return Err(AppendError::Misfit { run: run.clone(), seq });
        }
        let (transaction, rows) = self.begin_write(durable, SITUATION, |question| head.ask(question)).await?;
        let first = match Situation::read(&rows, run).and_then(|found| found.admits(expected_seq, head)) {
            Ok(prev) => StoredEvent::link(run, expected_seq + 1, event, prev),
            Err(error) => {
                transaction.roll_back().await?;
                return Err(error);
            }
        };
        let then = then.map(|event| StoredEvent::link(run, seq, event, first.hash));
        let last = then.as_ref().unwrap_or(&first);
        let text = [
            WRITE_HEAD,
            head.ticket.as_ref().map_or("", |_| CLAIM_TICKET),
            approves.map_or("", |_| approved::WRITE),
            INSERT,
            then.as_ref().map_or("", |_| INSERT),
        ];
        let bind = |statements| {
            let mut statements = head.bind(statements, &last.hash);
            if let Some(ticket) = &head.ticket {
                statements = statements.bind(ticket.as_str()).bind(run.as_str());
            }
            if let Some(task) = approves {
                statements = approved::bind(statements, head, task);
            }
            [&first].into_iter().chain(&then).fold(statements, bind)
        };
        transaction.commit_with(&text.concat(), bind).await?;
        Ok(then.unwrap_or(first))
    }
}

/// What is there before an event is appended; `tip` is in each row what that kind of row is about.
const SITUATION: &str = "
    SELECT 'tip' AS what, seq, tip FROM heads WHERE run_id = ?1
    UNION ALL
    SELECT 'last', seq, hash FROM (SELECT seq, hash FROM events WHERE run = ?1 ORDER BY seq DESC LIMIT 1)
    UNION ALL
    SELECT 'key', seq, run_id FROM heads WHERE requester = ?2 AND idempotency_key = ?3 AND run_id <> ?1
    UNION ALL
    SELECT 'ticket', 0, run FROM tickets WHERE ticket = ?4 AND run <> ?1";

/// The ticket is this run's, or nobody's: that was asked.
const CLAIM_TICKET: &str = "INSERT INTO tickets (ticket, run) VALUES (?, ?) ON CONFLICT (ticket) DO NOTHING; ";

const INSERT: &str =
    "INSERT INTO events (run, seq, version, kind, at, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?); ";

/// What an event meets.
struct Situation {
    /// Where the run's chain ends, as its row says.
    tip: Option<Tip>,
    /// Whether the last event that is there is the tip: one that was cut off must not be written again as something else.
    whole: bool,
    /// Another run that has the head's idempotency key.
    key: Option<RunId>,
    /// Whether another run has the head's ticket.
    ticket_taken: bool,
}

impl Situation {
    fn read(rows: &[SqliteRow], run: &RunId) -> Result<Self, AppendError> {
        let (mut tip, mut last, mut key, mut ticket_taken) = (None, None, None, false);
        for row in rows {
            match row.try_get("what").unwrap_or_default() {
                "tip" => tip = Some(end(row, run)?),
                // One that is not readable fits no tip.
                "last" => last = Some(end(row, run).unwrap_or(Tip { seq: 0, hash: GENESIS })),
                "key" => key = Some(head::parsed(row, run.as_str(), "tip")?),
                _ => ticket_taken = true,
            }
        }
        Ok(Self { tip, whole: tip == last, key, ticket_taken })
    }

    /// Whether an event may follow event `expected` there; the hash that it follows, if so.
    fn admits(self, expected: u64, head: &RunHead) -> Result<Digest, AppendError> {
        let found = self.tip.map_or(0, |tip| tip.seq);
        if found != expected {
            return Err(AppendError::Conflict { expected, found });
        }
        if !self.whole {
            return Err(StoreError::Altered { run: head.run_id.clone(), seq: found + 1 }.into());
        }
        if let Some(run) = self.key {
            return Err(AppendError::KeyTaken { run });
        }
        match &head.ticket {
            Some(ticket) if self.ticket_taken => Err(AppendError::TicketTaken { ticket: ticket.clone() }),
            _ => Ok(self.tip.map_or(GENESIS, |tip| tip.hash)),
        }
    }
}

fn end(row: &SqliteRow, run: &RunId) -> Result<Tip, StoreError> {
    Ok(Tip { seq: head::unsigned(row, run.as_str(), "seq")?, hash: head::parsed(row, run.as_str(), "tip")? })
}

/// What [`INSERT`] binds.
fn bind<'q>(statements: Statements<'q>, event: &'q StoredEvent) -> Statements<'q> {
    statements
        .bind(event.run.as_str())
        .bind(number(event.seq))
        .bind(i64::from(event.version))
        .bind(&event.kind)
        .bind(&event.at)
        .bind(&event.body)
        .bind(event.prev.to_string())
        .bind(event.hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::Principal;

    const AT: &str = "2025-10-14T09:00:00.000Z";

    #[tokio::test]
    async fn of_two_events_at_once_both_are_there_or_none() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).await.unwrap();
        let run: RunId = crate::new_id();
        let ticket = Some(crate::new_id());
        let event = |body| NewEvent { version: 1, kind: "Noted", at: AT, body };
        let both = |expected: u64, seq: u64| {
            let head = RunHead::new(run.clone(), "queued", Principal("os:ada".into()), "mean of the series", AT);
            let head = RunHead { seq, ticket: ticket.clone(), ..head };
            let (store, task) = (store.clone(), Digest::of(b"task"));
            async move {
                let (event, then) = (event("1"), Some(event("2")));
                let entry = Entry { event, then, head: &head, approves: Some(&task) };
                store.append_entry(expected, entry, Durability::Durable).await
            }
        };
        assert!(matches!(both(0, 1).await, Err(AppendError::Misfit { seq: 2, .. })));
        let last = both(0, 2).await.unwrap();
        let events = store.events(&run, 0, 10).await.unwrap();
        assert_eq!(events.iter().map(|event| event.body.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((events[1].clone(), events[1].prev), (last, events[0].hash));
        assert!(matches!(both(1, 3).await, Err(AppendError::Conflict { expected: 1, found: 2 })));
        assert_eq!(store.events(&run, 0, 10).await.unwrap(), events);
        assert_eq!(store.find_by_ticket(ticket.as_ref().unwrap()).await.unwrap(), Some(run.clone()));
        let approved = store.approved_last(&Principal("os:ada".into()), &Digest::of(b"task")).await.unwrap();
        assert_eq!(approved, Some(run));
    }
}
