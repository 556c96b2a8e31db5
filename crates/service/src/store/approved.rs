//! Which run holds the approval that a person gave last for a task: one row a task, so that a look-up costs the same
//! however many runs there are. Written with the decision, in one transaction; what a task is, the caller says.

use super::{RunHead, Store, StoreError, transaction::Statements};
use pyexec_core::{Digest, Principal, RunId};
use sqlx::Row as _;

const LAST: &str = "SELECT run FROM approved WHERE requester = ?1 AND task = ?2";

impl Store {
    /// The run in which a person approved code last for what this principal asked.
    pub async fn approved_last(&self, requester: &Principal, task: &Digest) -> Result<Option<RunId>, StoreError> {
        let row = self.read_one(sqlx::query(LAST).bind(&requester.0).bind(task.to_string())).await?;
        let altered = || StoreError::HeadAltered { row: requester.0.clone(), what: "run" };
        row.map(|row| row.try_get::<&str, _>("run").ok().and_then(|run| run.parse().ok()).ok_or_else(altered))
            .transpose()
    }
}

/// Two runs of one task may be decided at once: the later decision stays.
pub(super) const WRITE: &str = "INSERT INTO approved (requester, task, run, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (requester, task) DO UPDATE SET run = excluded.run, at = excluded.at
    WHERE excluded.at >= approved.at; ";

/// What [`WRITE`] binds.
pub(super) fn bind<'q>(statements: Statements<'q>, head: &'q RunHead, task: &Digest) -> Statements<'q> {
    statements.bind(&head.requester.0).bind(task.to_string()).bind(head.run_id.as_str()).bind(&head.updated_at)
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
        let plan = store.read(sqlx::query(sql)).await.unwrap();
        let steps: Vec<&str> = plan.iter().map(|step| step.get("detail")).collect();
        assert_eq!(steps, ["SEARCH approved USING PRIMARY KEY (requester=? AND task=?)"]);
    }
}
