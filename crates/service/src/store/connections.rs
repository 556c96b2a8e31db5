//! The connections to the database: a few of one kind, each lent to one caller at a time.
//!
//! In place of sqlx's pool, which asks each connection that comes back whether it lives. Every question to a connection is a
//! trip to its thread and back, as long as a short statement takes; and until the answer nobody else has the one that writes.
//! A local file does not go away, so here a connection is asked nothing: whoever had it gives it back when all went well,
//! and one that is not given back is closed.

use super::BUSY;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

#[derive(Debug)]
pub(super) struct Connections {
    options: SqliteConnectOptions,
    most: u32,
    /// One for each that may be lent; who waits gets one in turn.
    turns: Semaphore,
    idle: Mutex<Vec<SqliteConnection>>,
}

/// A connection, lent. Dropped, it is closed, and a transaction that is open on it rolled back.
#[derive(Debug)]
pub(super) struct Lent<'a> {
    home: &'a Connections,
    connection: SqliteConnection,
    _turn: SemaphorePermit<'a>,
}

impl Connections {
    /// At most `most`, opened when they are needed; `idle` are there already.
    pub(super) fn new(options: SqliteConnectOptions, most: u32, idle: Vec<SqliteConnection>) -> Self {
        Self { options, most, turns: Semaphore::new(most as usize), idle: Mutex::new(idle) }
    }

    /// One of them, when it is this caller's turn; `PoolTimedOut` when that takes too long.
    pub(super) async fn lend(&self) -> sqlx::Result<Lent<'_>> {
        let turn = timeout(BUSY * 3, self.turns.acquire()).await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let turn = turn.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Lent { home: self, connection, _turn: turn })
    }

    /// Closes all, once they are back; from then on none is lent.
    pub(super) async fn close(&self) {
        let all = self.turns.acquire_many(self.most).await;
        self.turns.close();
        drop(all);
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            let _ = connection.close().await; // it is gone either way
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// For the next caller. Nothing may be under way on it.
    pub(super) fn give_back(self) {
        self.home.idle().push(self.connection);
    }
}

impl Deref for Lent<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn one(file: &std::path::Path) -> Connections {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).busy_timeout(BUSY);
        let connections = Connections::new(options, 1, vec![]);
        let mut lent = connections.lend().await.unwrap();
        sqlx::query("CREATE TABLE t (x INTEGER)").execute(&mut *lent).await.unwrap();
        lent.give_back();
        connections
    }

    #[tokio::test]
    async fn what_was_begun_on_a_connection_that_is_not_given_back_never_happened() {
        let data = tempfile::tempdir().unwrap();
        let connections = one(&data.path().join("db")).await;
        let mut lent = connections.lend().await.unwrap();
        sqlx::query("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").execute(&mut *lent).await.unwrap();
        drop(lent);
        let mut lent = connections.lend().await.unwrap();
        let rows = sqlx::query("BEGIN IMMEDIATE; SELECT x FROM t; COMMIT").fetch_all(&mut *lent).await.unwrap();
        assert!(rows.is_empty());
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_lent_and_then_none_is() {
        let data = tempfile::tempdir().unwrap();
        let connections = one(&data.path().join("db")).await;
        let lent = connections.lend().await.unwrap();
        let mut closing = std::pin::pin!(connections.close());
        tokio::select! {
            biased;
            () = &mut closing => panic!("one is lent"),
            () = std::future::ready(()) => {}
        }
        lent.give_back();
        closing.await;
        assert!(connections.idle().is_empty());
        assert!(matches!(connections.lend().await, Err(sqlx::Error::PoolClosed)));
    }
}
