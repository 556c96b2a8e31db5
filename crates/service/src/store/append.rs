//! Appending: one event, its run's list row and the tip of its chain in one transaction, or nothing.
//!
//! `BEGIN IMMEDIATE` takes the database's only write lock before the last event is read, so of two writers with one
//! `expected_seq`, in this process or another, exactly one wins; the loser is told what is there now.

use super::{
    DiskError, Durability, NewEvent, RunHead, Store, StoreError, StoredEvent, approved,
    chain::{GENESIS, Tip},
};
use pyexec_core::{Digest, ErrorKind, RunError, RunId, TicketId};
use sqlx::{Row as _, SqliteConnection};

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
        self.append_with(run, expected_seq, event, head, durable, None).await
    }

    /// As [`Store::append`]; `approves` names the task for which the event approves code, if it does.
    pub(super) async fn append_with(
        &self,
        run: &RunId,
        expected_seq: u64,
        event: NewEvent<'_>,
        head: &RunHead,
        durable: Durability,
        approves: Option<&Digest>,
    ) -> Result<StoredEvent, AppendError> {
        let seq = expected_seq + 1;
        if head.run_id != *run || head.seq != seq {
            return Err(AppendError::Misfit { run: run.clone(), seq });
        }
        let mut transaction = self.begin_write(durable).await?;
        match self.append_in(&mut transaction, expected_seq, event, head, approves).await {
            Ok(stored) => {
                transaction.commit().await?;
                Ok(stored)
            }
            Err(error) => {
                if !matches!(error, AppendError::Store(StoreError::Disk(_))) {
                    transaction.roll_back().await?; // else the connection is not to be trusted, and goes
                }
                Err(error)
            }
        }
    }

    async fn append_in(
        &self,
        connection: &mut SqliteConnection,
        expected_seq: u64,
        event: NewEvent<'_>,
        head: &RunHead,
        approves: Option<&Digest>,
    ) -> Result<StoredEvent, AppendError> {
        let disk = |e| self.disk(e);
        let run = &head.run_id;
        let tip = self.tip(connection, run).await?;
        let found = tip.map_or(0, |tip| tip.seq);
        if found != expected_seq {
            return Err(AppendError::Conflict { expected: expected_seq, found });
        }
        if !self.ends_at(connection, run, tip).await? {
            return Err(StoreError::Altered { run: run.clone(), seq: found + 1 }.into());
        }
        if let Some(holder) = self.key_holder(connection, head).await? {
            return Err(AppendError::KeyTaken { run: holder });
        }

        let stored = StoredEvent::link(run, head.seq, event, tip.map_or(GENESIS, |tip| tip.hash));
        head.write(connection, &stored.hash).await.map_err(disk)?;
        if let Some(ticket) = &head.ticket
            && !claim_ticket(connection, ticket, run).await.map_err(disk)?
        {
            return Err(AppendError::TicketTaken { ticket: ticket.clone() });
        }
        if let Some(task) = approves {
            approved::write(connection, head, task).await.map_err(disk)?;
        }
        insert(connection, &stored).await.map_err(disk)?;
        Ok(stored)
    }

    /// Whether the last event that is there is the tip: one that was cut off must not be written again as something else.
    async fn ends_at(
        &self,
        connection: &mut SqliteConnection,
        run: &RunId,
        tip: Option<Tip>,
    ) -> Result<bool, AppendError> {
        let last = sqlx::query("SELECT seq, hash FROM events WHERE run = ?1 ORDER BY seq DESC LIMIT 1")
            .bind(run.as_str())
            .fetch_optional(connection)
            .await
            .map_err(|e| self.disk(e))?;
        Ok(match (last, tip) {
            (None, None) => true,
            (Some(last), Some(tip)) => {
                last.try_get("seq").ok().and_then(|seq: i64| u64::try_from(seq).ok()) == Some(tip.seq)
                    && last.try_get("hash").ok().and_then(|hash: String| hash.parse().ok()) == Some(tip.hash)
            }
            _ => false,
        })
    }

    /// Another run that has this head's idempotency key.
    async fn key_holder(
        &self,
        connection: &mut SqliteConnection,
        head: &RunHead,
    ) -> Result<Option<RunId>, AppendError> {
        let Some(key) = &head.idempotency_key else { return Ok(None) };
        let holder = self.run_with_key(connection, &head.requester, key).await?;
        Ok(holder.filter(|holder| *holder != head.run_id))
    }
}

async fn claim_ticket(connection: &mut SqliteConnection, ticket: &TicketId, run: &RunId) -> sqlx::Result<bool> {
    let claimed = sqlx::query(
        "INSERT INTO tickets (ticket, run) VALUES (?1, ?2)
         ON CONFLICT (ticket) DO UPDATE SET run = excluded.run WHERE tickets.run = excluded.run",
    )
    .bind(ticket.as_str())
    .bind(run.as_str())
    .execute(connection)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

async fn insert(connection: &mut SqliteConnection, event: &StoredEvent) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO events (run, seq, version, kind, at, body, prev, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(event.run.as_str())
    .bind(super::number(event.seq))
    .bind(i64::from(event.version))
    .bind(&event.kind)
    .bind(&event.at)
    .bind(&event.body)
    .bind(event.prev.to_string())
    .bind(event.hash.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
