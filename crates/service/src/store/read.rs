//! Reading a run's events, with the chain checked on the way: an event that was altered is never handed out.

use super::{Store, StoreError, StoredEvent, chain, number};
use pyexec_core::RunId;
use sqlx::{Row as _, sqlite::SqliteRow};

impl Store {
    /// Events of a run after `after_seq` (0: from the first), at most `limit`, in order; none for a run that does not exist.
    ///
    /// Each page is checked against the event before it and, at the end of the log, against the tip that the run's row
    /// keeps: [`StoreError::Altered`] names the first event that does not fit.
    pub async fn events(&self, run: &RunId, after_seq: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        // One snapshot for the tip and the events: a writer may append between two statements.
        let mut snapshot = self.begin_read().await?;
        let tip = self.tip(&mut snapshot, run).await?;
        let Some(tip) = tip.filter(|tip| after_seq <= tip.seq && limit > 0) else {
            snapshot.commit().await?;
            return Ok(vec![]);
        };

        let first = after_seq.max(1); // the event before the page is its anchor
        let last = tip.seq.min(after_seq.saturating_add(limit as u64));
        let rows = sqlx::query(
            "SELECT seq, version, kind, at, body, prev, hash FROM events
             WHERE run = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq",
        )
        .bind(run.as_str())
        .bind(number(first))
        .bind(number(last))
        .fetch_all(&mut *snapshot)
        .await
        .map_err(|e| self.disk(e))?;
        snapshot.commit().await?;

        let mut events = chain::check(run, first, last, tip, rows.iter().map(|row| read(run, row)).collect())?;
        if after_seq > 0 {
            events.remove(0);
        }
        Ok(events)
    }
}

fn read(run: &RunId, row: &SqliteRow) -> Option<StoredEvent> {
    Some(StoredEvent {
        run: run.clone(),
        seq: row.try_get::<i64, _>("seq").ok()?.try_into().ok()?,
        version: row.try_get::<i64, _>("version").ok()?.try_into().ok()?,
        kind: row.try_get("kind").ok()?,
        at: row.try_get("at").ok()?,
        body: row.try_get("body").ok()?,
        prev: row.try_get::<&str, _>("prev").ok()?.parse().ok()?,
        hash: row.try_get::<&str, _>("hash").ok()?.parse().ok()?,
    })
}
