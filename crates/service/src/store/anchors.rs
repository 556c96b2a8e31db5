//! The list of anchors: written like events, in one transaction under the database's only write lock, so of two processes
//! that anchor at once one does it and the other finds nothing left to do.

use super::{
    Durability, Store, StoreError,
    anchor::{Anchor, AnchoredHead, Seal},
    number,
};
use pyexec_core::{Digest, RunId};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// The most heads of one anchor; more wait for the next one.
const HEADS_MAX: i64 = 1000;

impl Store {
    /// Anchors the runs that rest and changed since they were anchored last; none if there is no such run.
    ///
    /// Not synced by itself: a power cut may lose it, and then the next one is over the same heads.
    pub async fn write_anchor(
        &self,
        at: &str,
        seal: impl FnOnce(&Digest) -> Seal + Send,
    ) -> Result<Option<Anchor>, StoreError> {
        let mut transaction = self.begin_write(Durability::Relaxed).await?;
        let heads = self.unanchored(&mut transaction).await?;
        if heads.is_empty() {
            transaction.roll_back().await?;
            return Ok(None);
        }
        let (last, hash) = self.last_anchor(&mut transaction).await?;
        // A number that a run's row names is never used again: if the end of the list was removed, the gap stays.
        let used = self.anchors_named(&mut transaction).await?;
        let anchor = Anchor::link(hash, last.max(used) + 1, at, heads, seal);
        insert(&mut transaction, &anchor).await.map_err(|e| self.disk(e))?;
        transaction.commit().await?;
        Ok(Some(anchor))
    }

    /// Anchors after number `after` (0: from the first), at most `limit`, in order, as they stand: nothing is checked but
    /// that they can be read.
    pub async fn anchors(&self, after: u64, limit: usize) -> Result<Vec<Anchor>, StoreError> {
        let disk = |e| StoreError::from(self.disk(e));
        let mut snapshot = self.begin_read().await?;
        let rows =
            sqlx::query("SELECT n, at, prev, hash, key, signature FROM anchors WHERE n > ?1 ORDER BY n LIMIT ?2")
                .bind(number(after))
                .bind(number(limit as u64))
                .fetch_all(&mut *snapshot)
                .await
                .map_err(disk)?;
        let mut anchors: Vec<Anchor> = Vec::with_capacity(rows.len());
        for row in &rows {
            let n = anchors.last().map_or(after, |anchor| anchor.n) + 1;
            anchors.push(read(row).ok_or(StoreError::AnchorAltered { n })?);
        }
        let Some(last) = anchors.last().map(|anchor| anchor.n) else {
            snapshot.commit().await?;
            return Ok(anchors);
        };
        let heads = sqlx::query(
            "SELECT anchor, run, seq, hash FROM anchored WHERE anchor > ?1 AND anchor <= ?2 ORDER BY anchor, run",
        )
        .bind(number(after))
        .bind(number(last))
        .fetch_all(&mut *snapshot)
        .await
        .map_err(disk)?;
        snapshot.commit().await?;

        let mut heads = heads.iter().map(named).peekable();
        for anchor in &mut anchors {
            // Heads of a number that is not there are passed over: the gap itself is what a reader finds.
            while heads.next_if(|head| matches!(head, Some((n, _)) if *n < anchor.n)).is_some() {}
            while let Some(head) = heads.next_if(|head| head.as_ref().is_none_or(|(n, _)| *n == anchor.n)) {
                let (_, head) = head.ok_or(StoreError::AnchorAltered { n: anchor.n })?;
                anchor.heads.push(head);
            }
        }
        Ok(anchors)
    }

    /// The last anchor, without its heads being checked.
    pub async fn latest_anchor(&self) -> Result<Option<Anchor>, StoreError> {
        let mut reader = self.inner.readers.acquire().await.map_err(|e| self.disk(e))?;
        let (last, _) = self.last_anchor(&mut reader).await?;
        drop(reader);
        Ok(if last == 0 { None } else { self.anchors(last - 1, 1).await?.pop() })
    }

    /// The anchors that name a run, by number, each with the end of the run that it names.
    pub async fn anchors_of(&self, run: &RunId) -> Result<Vec<(u64, AnchoredHead)>, StoreError> {
        let rows = sqlx::query("SELECT anchor, run, seq, hash FROM anchored WHERE run = ?1 ORDER BY anchor")
            .bind(run.as_str())
            .fetch_all(&self.inner.readers)
            .await
            .map_err(|e| self.disk(e))?;
        rows.iter().map(|row| named(row).ok_or(StoreError::AnchorAltered { n: place(row).unwrap_or(0) })).collect()
    }

    /// The highest number of an anchor that any run's row names; 0 for none.
    pub async fn highest_anchor_named(&self) -> Result<u64, StoreError> {
        let mut reader = self.inner.readers.acquire().await.map_err(|e| self.disk(e))?;
        self.anchors_named(&mut reader).await
    }

    /// The number of the last anchor that a run's own row names; 0 for none.
    pub async fn anchor_named_by(&self, run: &RunId) -> Result<u64, StoreError> {
        let n: Option<i64> = sqlx::query_scalar("SELECT anchor FROM heads WHERE run_id = ?1")
            .bind(run.as_str())
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(|e| self.disk(e))?;
        Ok(n.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    /// Runs of which anchors or events are there and no row: removed from the lists. As text, for they may be no ids.
    pub async fn runs_without_row(&self) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar(
            "SELECT run FROM anchored WHERE NOT EXISTS (SELECT 1 FROM heads WHERE run_id = run)
             UNION
             SELECT run FROM events WHERE NOT EXISTS (SELECT 1 FROM heads WHERE run_id = run)
             ORDER BY 1",
        )
        .fetch_all(&self.inner.readers)
        .await
        .map_err(|e| self.disk(e).into())
    }

    /// The ids of runs as their rows have them, newest first, at most `limit`, before one of them.
    pub async fn run_ids(&self, before: Option<&String>, limit: usize) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar("SELECT run_id FROM heads WHERE run_id < ?1 ORDER BY run_id DESC LIMIT ?2")
            .bind(before.map_or("\u{10ffff}", String::as_str))
            .bind(number(limit as u64))
            .fetch_all(&self.inner.readers)
            .await
            .map_err(|e| self.disk(e).into())
    }

    async fn unanchored(&self, connection: &mut SqliteConnection) -> Result<Vec<AnchoredHead>, StoreError> {
        let rows = sqlx::query(
            "SELECT run_id AS run, seq, tip AS hash FROM heads INDEXED BY heads_unanchored
             WHERE anchored < seq AND owner IS NULL ORDER BY run_id LIMIT ?1",
        )
        .bind(HEADS_MAX)
        .fetch_all(connection)
        .await
        .map_err(|e| self.disk(e))?;
        let altered = |row: &SqliteRow| StoreError::HeadAltered {
            row: row.try_get("run").unwrap_or_default(),
            what: "run_id, seq or tip",
        };
        rows.iter().map(|row| head(row).ok_or_else(|| altered(row))).collect()
    }

    /// Number and hash of the last anchor; 0 and nothing without one.
    async fn last_anchor(&self, connection: &mut SqliteConnection) -> Result<(u64, Option<Digest>), StoreError> {
        let row = sqlx::query("SELECT n AS anchor, hash FROM anchors ORDER BY n DESC LIMIT 1")
            .fetch_optional(connection)
            .await
            .map_err(|e| self.disk(e))?;
        let Some(row) = row else { return Ok((0, None)) };
        let n = place(&row).unwrap_or(0);
        let hash = row.try_get::<&str, _>("hash").ok().and_then(|hash| hash.parse().ok());
        Ok((n, Some(hash.ok_or(StoreError::AnchorAltered { n })?)))
    }

    async fn anchors_named(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let n: Option<i64> = sqlx::query_scalar("SELECT MAX(anchor) FROM heads")
            .fetch_one(connection)
            .await
            .map_err(|e| self.disk(e))?;
        Ok(n.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }
}

async fn insert(connection: &mut SqliteConnection, anchor: &Anchor) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO anchors (n, at, prev, hash, key, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(number(anchor.n))
        .bind(&anchor.at)
        .bind(anchor.prev.to_string())
        .bind(anchor.hash.to_string())
        .bind(&anchor.seal.key)
        .bind(&anchor.seal.signature)
        .execute(&mut *connection)
        .await?;
    for head in &anchor.heads {
        sqlx::query("INSERT INTO anchored (anchor, run, seq, hash) VALUES (?1, ?2, ?3, ?4)")
            .bind(number(anchor.n))
            .bind(head.run.as_str())
            .bind(number(head.seq))
            .bind(head.hash.to_string())
            .execute(&mut *connection)
            .await?;
        sqlx::query("UPDATE heads SET anchored = seq, anchor = ?1 WHERE run_id = ?2")
            .bind(number(anchor.n))
            .bind(head.run.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

fn read(row: &SqliteRow) -> Option<Anchor> {
    Some(Anchor {
        n: row.try_get::<i64, _>("n").ok()?.try_into().ok()?,
        at: row.try_get("at").ok()?,
        heads: vec![],
        prev: row.try_get::<&str, _>("prev").ok()?.parse().ok()?,
        hash: row.try_get::<&str, _>("hash").ok()?.parse().ok()?,
        seal: Seal { key: row.try_get("key").ok()?, signature: row.try_get("signature").ok()? },
    })
}

fn named(row: &SqliteRow) -> Option<(u64, AnchoredHead)> {
    Some((place(row)?, head(row)?))
}

fn place(row: &SqliteRow) -> Option<u64> {
    row.try_get::<i64, _>("anchor").ok()?.try_into().ok()
}

fn head(row: &SqliteRow) -> Option<AnchoredHead> {
    Some(AnchoredHead {
        run: row.try_get::<&str, _>("run").ok()?.parse().ok()?,
        seq: row.try_get::<i64, _>("seq").ok()?.try_into().ok()?,
        hash: row.try_get::<&str, _>("hash").ok()?.parse().ok()?,
    })
}
