//! Transactions that leave no broken connection behind.
//!
//! `SQLite` rolls back by itself when the disk is full or fails (<https://www.sqlite.org/lang_transaction.html>, 3). sqlx's
//! own transaction does not notice: its `ROLLBACK` fails, its count of open transactions stays, and every later `BEGIN` on
//! that connection is refused until the program ends. So here a connection goes back to its pool only after a `COMMIT` or
//! `ROLLBACK` that worked; any other, also of a dropped future, is closed, and the pool opens a new one.

use super::{DiskError, Durability, Store};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};
use std::ops::{Deref, DerefMut};

/// A transaction; dropped without [`Transaction::commit`] it never happened.
pub(super) struct Transaction<'a> {
    store: &'a Store,
    connection: PoolConnection<Sqlite>,
    ended: bool,
}

impl Store {
    /// One that writes, when it is this caller's turn: it holds the database's only write lock from its beginning.
    pub(super) async fn begin_write(&self, durability: Durability) -> Result<Transaction<'_>, DiskError> {
        // Per connection, and only outside of a transaction: https://www.sqlite.org/pragma.html#pragma_synchronous
        let level = match durability {
            Durability::Durable => "PRAGMA synchronous = FULL",
            Durability::Relaxed => "PRAGMA synchronous = NORMAL",
        };
        self.begin(&self.inner.writer, &[level, "BEGIN IMMEDIATE"]).await
    }

    /// One that reads: all its statements see one moment.
    pub(super) async fn begin_read(&self) -> Result<Transaction<'_>, DiskError> {
        self.begin(&self.inner.readers, &["BEGIN"]).await
    }

    async fn begin(&self, pool: &SqlitePool, statements: &[&'static str]) -> Result<Transaction<'_>, DiskError> {
        let connection = pool.acquire().await.map_err(|e| self.disk(e))?;
        let mut begun = Transaction { store: self, connection, ended: false };
        for statement in statements {
            begun.execute(statement).await?;
        }
        Ok(begun)
    }
}

impl Transaction<'_> {
    /// Makes it happen.
    pub(super) async fn commit(self) -> Result<(), DiskError> {
        self.end("COMMIT").await
    }

    /// Makes it not happen, and keeps the connection: for ends that are no fault of the database.
    pub(super) async fn roll_back(self) -> Result<(), DiskError> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, statement: &'static str) -> Result<(), DiskError> {
        self.execute(statement).await?;
        self.ended = true;
        Ok(())
    }

    async fn execute(&mut self, statement: &'static str) -> Result<(), DiskError> {
        let store = self.store;
        sqlx::query(statement).execute(&mut *self.connection).await.map(drop).map_err(|e| store.disk(e))
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop(); // which rolls back
        }
    }
}

impl Deref for Transaction<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
