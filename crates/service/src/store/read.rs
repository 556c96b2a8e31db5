//! Reading a run's events, with the chain checked on the way: an event that was altered is never handed out.

use super::{
    Store, StoreError, StoredEvent,
    chain::{self, Tip},
    head::{self, is_null},
    number,
};
use pyexec_core::RunId;
use sqlx::{Row as _, sqlite::SqliteRow};

impl Store {
    /// Events of a run after `after_seq` (0: from the first), at most `limit`, in order; none for a run that does not exist.
    ///
    /// Each page is checked against the event before it and, at the end of the log, against the tip that the run's row
    /// keeps: [`StoreError::Altered`] names the first event that does not fit.
    pub async fn events(&self, run: &RunId, after_seq: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let first = after_seq.max(1); // the event before the page is its anchor
        let last = after_seq.saturating_add(limit as u64);
        // One statement, and so one moment: a writer may append between two.
        let statement = sqlx::query(
            "SELECT h.seq AS tip_seq, h.tip, e.seq, e.version, e.kind, e.at, e.body, e.prev, e.hash
             FROM heads h LEFT JOIN events e ON e.run = h.run_id AND e.seq BETWEEN ?2 AND ?3 AND e.seq <= h.seq
             WHERE h.run_id = ?1 ORDER BY e.seq",
        );
        let rows = self.read(statement.bind(run.as_str()).bind(number(first)).bind(number(last))).await?;
        let Some(row) = rows.first() else { return Ok(vec![]) };
        let tip =
            Tip { seq: head::unsigned(row, run.as_str(), "tip_seq")?, hash: head::parsed(row, run.as_str(), "tip")? };
        if after_seq > tip.seq || limit == 0 {
            return Ok(vec![]);
        }
        // Where there is no event, the run's row is there without one.
        let events = rows.iter().filter(|row| !is_null(row, "seq")).map(|row| read(run, row)).collect();
        let last = last.min(tip.seq);
        let mut events = chain::check(run, first, last, tip, events)?;
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
