//! Whether the database is whole and what is in it: for people who ask, never on the way of a run.

use super::{Store, StoreError};
use sqlx::Row as _;
use std::{collections::BTreeMap, path::Path};

/// More faults than this tell nothing new.
const MOST_FAULTS: usize = 5;

impl Store {
    /// The database's file.
    pub fn file(&self) -> &Path {
        &self.inner.file
    }

    /// What `SQLite` finds wrong with the file, at most a handful of sentences; empty when it is whole. Reads all of it:
    /// seconds for gigabytes. A file beyond reading is an error.
    pub async fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        let statement = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA quick_check({MOST_FAULTS})")));
        let rows = self.read(statement).await?;
        let said = rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>();
        let mut said = said.map_err(|e| self.disk(e))?;
        said.retain(|line| line != "ok");
        Ok(said)
    }

    /// How many runs are in each state, by its name.
    pub async fn count_by_state(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let rows = self.read(sqlx::query("SELECT state, COUNT(*) FROM heads GROUP BY state")).await?;
        let read = |row| {
            let (state, count): (String, i64) = (sqlx::Row::try_get(row, 0)?, sqlx::Row::try_get(row, 1)?);
            Ok((state, u64::try_from(count).unwrap_or(0)))
        };
        rows.iter().map(read).collect::<sqlx::Result<_>>().map_err(|e| self.disk(e).into())
    }
}
