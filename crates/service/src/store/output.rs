//! What running code prints, as it prints it: a bounded stream beside the log, for followers and for the record.
//!
//! Rows of one execution (token) are chained, so that the digest of all that is kept is at hand after every row and after
//! every restart, and `ExecutionFinished` can name it:
//!
//! ```text
//! digest(0) = 32 zero bytes
//! digest(n) = SHA-256( digest(n-1) ‖ 1 for stdout, 2 for stderr ‖ u64(length), big-endian ‖ bytes )
//! ```

use super::{Durability, Store, StoreError, head::is_null, number, transaction::Statements};
use pyexec_core::{Digest, RunId, executor::Stream, id::Token};
use sqlx::{Row as _, sqlite::SqliteRow};

/// The most that is kept of one run's output, over all its executions, in bytes; what is beyond is counted and dropped.
pub const OUTPUT_MAX_BYTES: u64 = 8 << 20;
/// The most rows of one execution: a writer that does not batch must not fill the disk with row headers.
pub const OUTPUT_MAX_ROWS: u64 = 100_000;

/// One piece of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputRow {
    /// Its place within its execution, from 1.
    pub seq: u64,
    /// Which stream.
    pub stream: Stream,
    /// Raw: a character may be split over two rows.
    pub bytes: Vec<u8>,
    /// Of this row and all before it.
    pub digest: Digest,
}

/// How much of an execution's output is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputTally {
    /// The last row; 0 for none.
    pub seq: u64,
    /// Bytes kept.
    pub kept: u64,
    /// Bytes beyond the bound.
    pub dropped: u64,
    /// Of all rows.
    pub digest: Digest,
}

impl OutputTally {
    const NONE: Self = Self { seq: 0, kept: 0, dropped: 0, digest: Digest::from_bytes([0; 32]) };
}

impl Store {
    /// Appends output of an execution, as far as the run's bound allows; in the order of the calls. It is on disk with the
    /// next durable event.
    pub async fn append_output(
        &self,
        run: &RunId,
        token: &Token,
        stream: Stream,
        bytes: &[u8],
    ) -> Result<OutputTally, StoreError> {
        let asked = |question: Statements<'static>| question.bind(run.to_string()).bind(token.to_string());
        let (transaction, rows) = self.begin_write(Durability::Relaxed, ROOM, asked).await?;
        let Some(row) = rows.first() else {
            transaction.roll_back().await?;
            return Err(StoreError::UnknownRun { run: run.clone() });
        };
        let mut tally = OutputTally::read(row, run, token)?;
        let kept_of_run = row.try_get::<i64, _>("kept_of_run").ok().and_then(|kept| u64::try_from(kept).ok());
        let room = OUTPUT_MAX_BYTES.saturating_sub(kept_of_run.unwrap_or(u64::MAX));
        let room = if tally.seq < OUTPUT_MAX_ROWS { usize::try_from(room).unwrap_or(usize::MAX) } else { 0 };
        let (kept, dropped) = bytes.split_at(bytes.len().min(room));

        tally.dropped += dropped.len() as u64;
        if kept.is_empty() {
            transaction.commit_with(WRITE_TALLY, |statements| tally.bind(statements, run, token)).await?;
        } else {
            tally.seq += 1;
            tally.kept += kept.len() as u64;
            tally.digest = chained(&tally.digest, stream, kept);
            let bind = |statements| {
                let statements = tally.bind(statements, run, token).bind(run.as_str()).bind(token.as_str());
                statements.bind(number(tally.seq)).bind(name(stream)).bind(kept).bind(tally.digest.to_string())
            };
            transaction.commit_with(&[WRITE_TALLY, INSERT].concat(), bind).await?;
        }
        Ok(tally)
    }

    /// The output of an execution after row `after` (0: from the first): at most [`OUTPUT_MAX_BYTES`] in all.
    ///
    /// Checked as events are: [`StoreError::OutputAltered`] names the first row that does not fit.
    pub async fn output(&self, run: &RunId, token: &Token, after: u64) -> Result<Vec<OutputRow>, StoreError> {
        // One statement, and so one moment; one row at the least, also where there is neither tally nor output.
        let statement = sqlx::query(
            "SELECT t.seq AS last, t.kept, t.dropped, t.digest AS of_all, o.seq, o.stream, o.bytes, o.digest
             FROM (SELECT 1) LEFT JOIN tallies t ON t.run = ?1 AND t.token = ?2
                             LEFT JOIN outputs o ON o.run = ?1 AND o.token = ?2 AND o.seq >= ?3
             ORDER BY o.seq",
        );
        let mut rows = self.read(statement.bind(run.as_str()).bind(token.as_str()).bind(number(after))).await?;
        let tally = rows.first().map_or(Ok(OutputTally::NONE), |row| OutputTally::read(row, run, token))?;
        rows.retain(|row| !is_null(row, "seq"));
        check(after, &tally, &rows).map_err(|seq| StoreError::OutputAltered {
            run: run.clone(),
            token: token.clone(),
            seq,
        })
    }

    /// How much of an execution's output is kept, and its digest.
    pub async fn output_tally(&self, run: &RunId, token: &Token) -> Result<OutputTally, StoreError> {
        let statement = sqlx::query(
            "SELECT seq AS last, kept, dropped, digest AS of_all FROM tallies WHERE run = ?1 AND token = ?2",
        );
        let row = self.read_one(statement.bind(run.as_str()).bind(token.as_str())).await?;
        row.map_or(Ok(OutputTally::NONE), |row| OutputTally::read(&row, run, token))
    }
}

/// Whether there is such a run, what is kept of this execution's output, and of all its executions.
const ROOM: &str = "
    SELECT t.seq AS last, t.kept, t.dropped, t.digest AS of_all,
           (SELECT COALESCE(SUM(kept), 0) FROM tallies WHERE run = ?1) AS kept_of_run
    FROM heads h LEFT JOIN tallies t ON t.run = h.run_id AND t.token = ?2 WHERE h.run_id = ?1";

const WRITE_TALLY: &str = "INSERT INTO tallies (run, token, seq, kept, dropped, digest) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (run, token) DO UPDATE SET
        seq = excluded.seq, kept = excluded.kept, dropped = excluded.dropped, digest = excluded.digest; ";

const INSERT: &str = "INSERT INTO outputs (run, token, seq, stream, bytes, digest) VALUES (?, ?, ?, ?, ?, ?); ";

impl OutputTally {
    fn read(row: &SqliteRow, run: &RunId, token: &Token) -> Result<Self, StoreError> {
        if is_null(row, "last") {
            return Ok(Self::NONE);
        }
        let count = |name: &str| u64::try_from(row.try_get::<i64, _>(name).ok()?).ok();
        let read = || {
            Some(Self {
                seq: count("last")?,
                kept: count("kept")?,
                dropped: count("dropped")?,
                digest: row.try_get::<&str, _>("of_all").ok()?.parse().ok()?,
            })
        };
        read().ok_or_else(|| StoreError::OutputAltered { run: run.clone(), token: token.clone(), seq: 0 })
    }

    /// What [`WRITE_TALLY`] binds.
    fn bind<'q>(&self, statements: Statements<'q>, run: &'q RunId, token: &'q Token) -> Statements<'q> {
        let statements = statements.bind(run.as_str()).bind(token.as_str()).bind(number(self.seq));
        statements.bind(number(self.kept)).bind(number(self.dropped)).bind(self.digest.to_string())
    }
}

/// The rows after `after`, or the number of the first that does not fit.
fn check(after: u64, tally: &OutputTally, rows: &[SqliteRow]) -> Result<Vec<OutputRow>, u64> {
    if after > tally.seq {
        return Ok(vec![]);
    }
    let mut rows = rows.iter();
    let mut digest = OutputTally::NONE.digest;
    if after > 0 {
        let anchor = rows.next().and_then(read).filter(|row| row.seq == after).ok_or(after)?;
        digest = anchor.digest;
    }
    let mut seq = after;
    let mut good = Vec::with_capacity(rows.len());
    for row in rows {
        seq += 1;
        let row = read(row).ok_or(seq)?;
        digest = chained(&digest, row.stream, &row.bytes);
        if row.seq != seq || row.digest != digest {
            return Err(seq);
        }
        good.push(row);
    }
    if seq == tally.seq && digest == tally.digest { Ok(good) } else { Err(seq.min(tally.seq) + 1) }
}

fn read(row: &SqliteRow) -> Option<OutputRow> {
    Some(OutputRow {
        seq: row.try_get::<i64, _>("seq").ok()?.try_into().ok()?,
        stream: match row.try_get("stream").ok()? {
            "stdout" => Stream::Stdout,
            "stderr" => Stream::Stderr,
            _ => return None,
        },
        bytes: row.try_get("bytes").ok()?,
        digest: row.try_get::<&str, _>("digest").ok()?.parse().ok()?,
    })
}

fn chained(before: &Digest, stream: Stream, bytes: &[u8]) -> Digest {
    let mut covered = Vec::with_capacity(41 + bytes.len());
    covered.extend(before.as_bytes());
    covered.push(match stream {
        Stream::Stdout => 1,
        Stream::Stderr => 2,
    });
    covered.extend((bytes.len() as u64).to_be_bytes());
    covered.extend(bytes);
    Digest::of(&covered)
}

const fn name(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    }
}
