//! Which run holds the approval that a person gave last for a task: one row a task, so that a look-up costs the same
//! however many runs there are. Written with the decision, in one transaction; what a task is, the caller says.

use super::{AppendError, Durability, NewEvent, RunHead, Store, StoreError, StoredEvent};
use pyexec_core::{Digest, Principal, RunId};
use sqlx::{Row as _, SqliteConnection};

const LAST: &str = "SELECT run FROM approved WHERE requester = ?1 AND task = ?2";

impl Store {
    /// As [`Store::append`], of a person's approval of code for `task`.
    pub async fn append_approval(
        &self,
        run: &RunId,
        expected_seq: u64,
        event: NewEvent<'_>,
        head: &RunHead,
        durable: Durability,
        task: &Digest,
    ) -> Result<StoredEvent, AppendError> {
        self.append_with(run, expected_seq, event, head, durable, Some(task)).await
    }

    /// The run in which a person approved code last for what this principal asked.
    pub async fn approved_last(&self, requester: &Principal, task: &Digest) -> Result<Option<RunId>, StoreError> {
        let row = sqlx::query(LAST)
            .bind(&requester.0)
            .bind(task.to_string())
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(|e| self.disk(e))?;
        let altered = || StoreError::HeadAltered { row: requester.0.clone(), what: "run" };
        row.map(|row| row.try_get::<&str, _>("run").ok().and_then(|run| run.parse().ok()).ok_or_else(altered))
            .transpose()
    }
}

/// Two runs of one task may be decided at once: the later decision stays.
pub(super) async fn write(connection: &mut SqliteConnection, head: &RunHead, task: &Digest) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO approved (requester, task, run, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (requester, task) DO UPDATE SET run = excluded.run, at = excluded.at
         WHERE excluded.at >= approved.at",
    )
    .bind(&head.requester.0)
    .bind(task.to_string())
    .bind(head.run_id.as_str())
    .bind(&head.updated_at)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AssertSqlSafe, SqlSafeStr as _};

    /// However many runs there are.
    #[tokio::test]
    async fn the_look_up_goes_by_its_key() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).await.unwrap();
        let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {LAST}")).into_sql_str();
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(&store.inner.readers).await.unwrap();
        let steps: Vec<_> = plan.iter().map(|(.., step)| step.as_str()).collect();
        assert_eq!(steps, ["SEARCH approved USING PRIMARY KEY (requester=? AND task=?)"]);
    }
}
