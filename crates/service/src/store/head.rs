//! One row a run for lists and look-ups. A projection of its events, written with each of them; the log is what counts.

use super::{Owner, OwnerError, Store, StoreError, number, transaction::Statements};
use pyexec_core::{Digest, Principal, RunId, TicketId, id::OwnerId};
use serde::Serialize;
use sqlx::{QueryBuilder, Row as _, Sqlite, ValueRef as _, sqlite::SqliteRow};
use std::{path::Path, str::FromStr};

/// What lists show of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunHead {
    /// The run.
    pub run_id: RunId,
    /// Its last event.
    pub seq: u64,
    /// Its state, in the caller's words.
    pub state: String,
    /// RFC 3339, UTC, milliseconds.
    pub created_at: String,
    /// Of its last event.
    pub updated_at: String,
    /// Who asked.
    pub requester: Principal,
    /// What for, for people.
    pub task: String,
    /// The execution mode, once decided.
    pub mode: Option<String>,
    /// Its last ticket. Earlier ones are still found by [`Store::find_by_ticket`].
    pub ticket: Option<TicketId>,
    /// When that ticket expires.
    pub ticket_expires_at: Option<String>,
    /// The run folder.
    pub folder: Option<String>,
    /// Once it ended.
    pub exit_code: Option<u8>,
    /// Whether it was refused: operators look for these.
    pub refused: bool,
    /// Unique per requester.
    pub idempotency_key: Option<String>,
    /// Of its last code.
    pub code_sha256: Option<Digest>,
    /// Which generator made the code.
    pub generator: Option<String>,
    /// The process that is at work on it, or was when it died; absent while the run rests.
    pub owner: Option<OwnerId>,
}

/// Which runs to list; all that is set must hold.
#[derive(Debug, Clone, Default)]
pub struct HeadFilter {
    /// In this state.
    pub state: Option<String>,
    /// Only refused ones.
    pub refused: bool,
    /// Of this principal.
    pub requester: Option<Principal>,
}

const COLUMNS: &str = "run_id, seq, state, created_at, updated_at, requester, task, mode, ticket, ticket_expires_at, \
                       folder, exit_code, refused, idempotency_key, code_sha256, generator, owner";

/// Writes or rewrites a row. When a run was made never changes.
pub(super) const WRITE_HEAD: &str =
    "INSERT INTO heads (run_id, seq, tip, state, created_at, updated_at, requester, task, mode, ticket,
                        ticket_expires_at, folder, exit_code, refused, idempotency_key, code_sha256, generator, owner)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id) DO UPDATE SET
         seq = excluded.seq, tip = excluded.tip, state = excluded.state, updated_at = excluded.updated_at,
         requester = excluded.requester, task = excluded.task, mode = excluded.mode, ticket = excluded.ticket,
         ticket_expires_at = excluded.ticket_expires_at, folder = excluded.folder,
         exit_code = excluded.exit_code, refused = excluded.refused,
         idempotency_key = excluded.idempotency_key, code_sha256 = excluded.code_sha256,
         generator = excluded.generator, owner = excluded.owner; ";

impl Store {
    /// Runs, newest first, at most `limit`; the next page begins `before` the last run of this one.
    pub async fn heads(
        &self,
        filter: &HeadFilter,
        limit: usize,
        before: Option<RunId>,
    ) -> Result<Vec<RunHead>, StoreError> {
        let mut query = list_query(filter, limit, before.as_ref());
        let rows = self.read(query.build()).await?;
        rows.iter().map(read).collect()
    }

    /// One run's row.
    pub async fn head(&self, run: &RunId) -> Result<Option<RunHead>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM heads WHERE run_id = ").push_bind(run.as_str());
        let row = self.read_one(query.build()).await?;
        row.as_ref().map(read).transpose()
    }

    /// The run that this principal made with this key.
    pub async fn find_by_idempotency_key(&self, principal: &Principal, key: &str) -> Result<Option<RunId>, StoreError> {
        let statement = sqlx::query("SELECT run_id FROM heads WHERE requester = ?1 AND idempotency_key = ?2");
        let row = self.read_one(statement.bind(&principal.0).bind(key)).await?;
        row.map(|row| parsed(&row, key, "run_id")).transpose()
    }

    /// The run that has or had this ticket.
    pub async fn find_by_ticket(&self, ticket: &TicketId) -> Result<Option<RunId>, StoreError> {
        let statement = sqlx::query("SELECT run FROM tickets WHERE ticket = ?1");
        let row = self.read_one(statement.bind(ticket.as_str())).await?;
        row.map(|row| parsed(&row, ticket.as_str(), "run")).transpose()
    }
}

/// Built for its filter, so that each list pages along an index; `?1 IS NULL OR …` would scan.
fn list_query(filter: &HeadFilter, limit: usize, before: Option<&RunId>) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT ");
    query.push(COLUMNS).push(" FROM heads WHERE run_id < ");
    query.push_bind(before.map_or("g", RunId::as_str).to_owned()); // `g` sorts after every id
    if let Some(state) = &filter.state {
        query.push(" AND state = ").push_bind(state.clone());
    }
    if let Some(requester) = &filter.requester {
        query.push(" AND requester = ").push_bind(requester.0.clone());
    }
    if filter.refused {
        query.push(" AND refused = 1");
    }
    query.push(" ORDER BY run_id DESC LIMIT ").push_bind(number(limit as u64));
    query
}

impl RunHead {
    /// Of a run of which no more is known than who asked for what and `at` what time, at its first event.
    pub fn new(run_id: RunId, state: &str, requester: Principal, task: &str, at: &str) -> Self {
        Self {
            run_id,
            seq: 1,
            state: state.into(),
            created_at: at.into(),
            updated_at: at.into(),
            requester,
            task: task.into(),
            mode: None,
            ticket: None,
            ticket_expires_at: None,
            folder: None,
            exit_code: None,
            refused: false,
            idempotency_key: None,
            code_sha256: None,
            generator: None,
            owner: None,
        }
    }

    /// Whether somebody was at work on it and lives no longer: the row says `running` until somebody drives it on.
    pub fn is_stopped(&self, data_dir: &Path) -> Result<bool, OwnerError> {
        self.owner.as_ref().map_or(Ok(false), |owner| Ok(!Owner::is_alive(data_dir, owner)?))
    }

    /// What an append asks about it: its run, key and ticket.
    pub(super) fn ask<'q>(&'q self, question: Statements<'q>) -> Statements<'q> {
        let ticket = self.ticket.as_ref().map(TicketId::as_str);
        question.bind(self.run_id.as_str()).bind(&self.requester.0).bind(&self.idempotency_key).bind(ticket)
    }

    /// What [`WRITE_HEAD`] binds; `tip` is the hash of the last event.
    pub(super) fn bind<'q>(&'q self, statements: Statements<'q>, tip: &Digest) -> Statements<'q> {
        statements
            .bind(self.run_id.as_str())
            .bind(number(self.seq))
            .bind(tip.to_string())
            .bind(&self.state)
            .bind(&self.created_at)
            .bind(&self.updated_at)
            .bind(&self.requester.0)
            .bind(&self.task)
            .bind(&self.mode)
            .bind(self.ticket.as_ref().map(TicketId::as_str))
            .bind(&self.ticket_expires_at)
            .bind(&self.folder)
            .bind(self.exit_code.map(i64::from))
            .bind(i64::from(self.refused))
            .bind(&self.idempotency_key)
            .bind(self.code_sha256.map(|digest| digest.to_string()))
            .bind(&self.generator)
            .bind(self.owner.as_ref().map(OwnerId::as_str))
    }
}

fn read(row: &SqliteRow) -> Result<RunHead, StoreError> {
    let id: String = row.try_get("run_id").unwrap_or_default();
    let id = id.as_str();
    let bad = |what| StoreError::HeadAltered { row: id.into(), what };
    Ok(RunHead {
        run_id: parsed(row, id, "run_id")?,
        seq: unsigned(row, id, "seq")?,
        state: column(row, id, "state")?,
        created_at: column(row, id, "created_at")?,
        updated_at: column(row, id, "updated_at")?,
        requester: Principal(column(row, id, "requester")?),
        task: column(row, id, "task")?,
        mode: column(row, id, "mode")?,
        ticket: optional(row, id, "ticket")?,
        ticket_expires_at: column(row, id, "ticket_expires_at")?,
        folder: column(row, id, "folder")?,
        exit_code: column::<Option<i64>>(row, id, "exit_code")?
            .map(u8::try_from)
            .transpose()
            .map_err(|_| bad("exit_code"))?,
        refused: column::<i64>(row, id, "refused")? == 1,
        idempotency_key: column(row, id, "idempotency_key")?,
        code_sha256: optional(row, id, "code_sha256")?,
        generator: column(row, id, "generator")?,
        owner: optional(row, id, "owner")?,
    })
}

fn column<'r, T>(row: &'r SqliteRow, id: &str, what: &'static str) -> Result<T, StoreError>
where
    T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
{
    row.try_get(what).map_err(|_| StoreError::HeadAltered { row: id.into(), what })
}

pub(super) fn parsed<T: FromStr>(row: &SqliteRow, id: &str, what: &'static str) -> Result<T, StoreError> {
    column::<&str>(row, id, what)?.parse().map_err(|_| StoreError::HeadAltered { row: id.into(), what })
}

fn optional<T: FromStr>(row: &SqliteRow, id: &str, what: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = column(row, id, what)?;
    text.map(|text| text.parse().map_err(|_| StoreError::HeadAltered { row: id.into(), what })).transpose()
}

pub(super) fn unsigned(row: &SqliteRow, id: &str, what: &'static str) -> Result<u64, StoreError> {
    u64::try_from(column::<i64>(row, id, what)?).map_err(|_| StoreError::HeadAltered { row: id.into(), what })
}

pub(super) fn is_null(row: &SqliteRow, column: &str) -> bool {
    row.try_get_raw(column).is_ok_and(|value| value.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::AssertSqlSafe;

    /// At a hundred thousand runs a page must cost what it costs at a hundred: an index, and no sorting.
    #[tokio::test]
    async fn every_list_pages_along_an_index() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).await.unwrap();
        let (state, requester) = (Some("waiting".to_owned()), Some(Principal("os:ada".into())));
        for filter in [
            HeadFilter::default(),
            HeadFilter { state: state.clone(), ..HeadFilter::default() },
            HeadFilter { requester: requester.clone(), ..HeadFilter::default() },
            HeadFilter { refused: true, ..HeadFilter::default() },
            HeadFilter { state, requester, refused: true },
        ] {
            let sql = format!("EXPLAIN QUERY PLAN {}", list_query(&filter, 50, None).sql().as_str());
            let plan = store.read(sqlx::query(AssertSqlSafe(sql))).await.unwrap();
            assert!(!plan.is_empty());
            for step in plan {
                let step: String = step.get("detail");
                assert!(step.starts_with("SEARCH heads USING INDEX"), "{filter:?}: {step}");
            }
        }
    }
}
