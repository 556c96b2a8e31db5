//! The list of anchors: written like events, in one transaction under the database's only write lock, so of two processes
//! that anchor at once one does it and the other finds nothing left to do.

use super::{
    Durability, Store, StoreError,
    anchor::{Anchor, AnchoredHead, Seal},
    number,
    transaction::Statements,
};
use pyexec_core::{Digest, RunId};
use sqlx::{Row as _, sqlite::SqliteRow};

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
        let asked = |question: Statements<'static>| question.bind(HEADS_MAX);
        let (transaction, rows) = self.begin_write(Durability::Relaxed, UNANCHORED, asked).await?;
        let (mut heads, mut prev, mut used) = (vec![], None, 0);
        for row in &rows {
            let n = place(row).unwrap_or(0);
            match row.try_get("what").unwrap_or_default() {
                "head" => heads.push(head(row).ok_or_else(|| head_altered(row))?),
                // A number that a run's row names is never used again: if the end of the list was removed, the gap stays.
                "named" => used = used.max(n),
                _ => {
                    prev = Some(digest(row).ok_or(StoreError::AnchorAltered { n })?);
                    used = used.max(n);
                }
            }
        }
        if heads.is_empty() {
            transaction.roll_back().await?;
            return Ok(None);
        }
        let anchor = Anchor::link(prev, used + 1, at, heads, seal);
        transaction.commit_with(WRITE, |statements| bind(statements, &anchor)).await?;
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
        let row = self.read_one(sqlx::query("SELECT MAX(n) AS anchor FROM anchors")).await?;
        let last = row.as_ref().and_then(place).unwrap_or(0);
        Ok(if last == 0 { None } else { self.anchors(last - 1, 1).await?.pop() })
    }

    /// The anchors that name a run, by number, each with the end of the run that it names.
    pub async fn anchors_of(&self, run: &RunId) -> Result<Vec<(u64, AnchoredHead)>, StoreError> {
        let statement = sqlx::query("SELECT anchor, run, seq, hash FROM anchored WHERE run = ?1 ORDER BY anchor");
        let rows = self.read(statement.bind(run.as_str())).await?;
        rows.iter().map(|row| named(row).ok_or(StoreError::AnchorAltered { n: place(row).unwrap_or(0) })).collect()
    }

    /// The highest number of an anchor that any run's row names; 0 for none.
    pub async fn highest_anchor_named(&self) -> Result<u64, StoreError> {
        let row = self.read_one(sqlx::query("SELECT MAX(anchor) AS anchor FROM heads")).await?;
        Ok(row.as_ref().and_then(place).unwrap_or(0))
    }

    /// The number of the last anchor that a run's own row names; 0 for none.
    pub async fn anchor_named_by(&self, run: &RunId) -> Result<u64, StoreError> {
        let row = self.read_one(sqlx::query("SELECT anchor FROM heads WHERE run_id = ?1").bind(run.as_str())).await?;
        Ok(row.as_ref().and_then(place).unwrap_or(0))
    }

    /// Runs of which anchors or events are there and no row: removed from the lists. As text, for they may be no ids.
    pub async fn runs_without_row(&self) -> Result<Vec<String>, StoreError> {
        let statement = sqlx::query(
            "SELECT run FROM anchored WHERE NOT EXISTS (SELECT 1 FROM heads WHERE run_id = run)
             UNION
             SELECT run FROM events WHERE NOT EXISTS (SELECT 1 FROM heads WHERE run_id = run)
             ORDER BY 1",
        );
        self.texts(statement).await
    }

    /// The ids of runs as their rows have them, newest first, at most `limit`, before one of them.
    pub async fn run_ids(&self, before: Option<&String>, limit: usize) -> Result<Vec<String>, StoreError> {
        let statement = sqlx::query("SELECT run_id FROM heads WHERE run_id < ?1 ORDER BY run_id DESC LIMIT ?2");
        self.texts(statement.bind(before.map_or("\u{10ffff}", String::as_str)).bind(number(limit as u64))).await
    }

    async fn texts(&self, statement: Statements<'_>) -> Result<Vec<String>, StoreError> {
        let rows = self.read(statement).await?;
        rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>().map_err(|e| self.disk(e).into())
    }
}

/// The ends that no anchor names yet, the last anchor, and the highest number of one that a run's row names.
const UNANCHORED: &str = "
    SELECT * FROM (SELECT 'head' AS what, 0 AS anchor, run_id AS run, seq, tip AS hash
                   FROM heads INDEXED BY heads_unanchored
                   WHERE anchored < seq AND owner IS NULL ORDER BY run_id LIMIT ?1)
    UNION ALL
    SELECT * FROM (SELECT 'last', n, NULL, NULL, hash FROM anchors ORDER BY n DESC LIMIT 1)
    UNION ALL
    SELECT 'named', MAX(anchor), NULL, NULL, NULL FROM heads";

/// In the transaction in which they were found, the ends are still those.
const WRITE: &str = "
    INSERT INTO anchors (n, at, prev, hash, key, signature) VALUES (?, ?, ?, ?, ?, ?);
    INSERT INTO anchored (anchor, run, seq, hash)
        SELECT ?, run_id, seq, tip FROM heads INDEXED BY heads_unanchored
        WHERE anchored < seq AND owner IS NULL ORDER BY run_id LIMIT ?;
    UPDATE heads SET anchored = seq, anchor = ? WHERE run_id IN (SELECT run FROM anchored WHERE anchor = ?);";

fn bind<'q>(statements: Statements<'q>, anchor: &'q Anchor) -> Statements<'q> {
    let n = number(anchor.n);
    let statements = statements.bind(n).bind(&anchor.at).bind(anchor.prev.to_string()).bind(anchor.hash.to_string());
    statements.bind(&anchor.seal.key).bind(&anchor.seal.signature).bind(n).bind(HEADS_MAX).bind(n).bind(n)
}

fn head_altered(row: &SqliteRow) -> StoreError {
    StoreError::HeadAltered { row: row.try_get("run").unwrap_or_default(), what: "run_id, seq or tip" }
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
        hash: digest(row)?,
    })
}

fn digest(row: &SqliteRow) -> Option<Digest> {
    row.try_get::<&str, _>("hash").ok()?.parse().ok()
}
