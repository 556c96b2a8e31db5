//! Statements on their way to the database, in as few trips as can be, and transactions that leave no broken connection behind.
//!
//! A connection has a thread of its own, and a statement travels there and back; so does a text of several statements, at
//! the price of one. A transaction therefore begins with what it asks first, and ends with what it writes last. Where several
//! statements of a text bind, they say `?` without a number: sqlx counts on from one statement to the next.
//!
//! `SQLite` rolls back by itself when the disk is full or fails (<https://www.sqlite.org/lang_transaction.html>, 3). sqlx's
//! own transaction does not notice: its `ROLLBACK` fails, its count of open transactions stays, and every later `BEGIN` on
//! that connection is refused until the program ends. So here a connection is given back only after a `COMMIT` or
//! `ROLLBACK` that worked; any other, also of a dropped future, is closed, and a new one opened when it is needed.

use super::{
    DiskError, Durability, Store,
    connections::{Connections, Lent},
};
use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use std::ops::{Deref, DerefMut};

/// A text of statements with what it binds.
pub(super) type Statements<'q> = Query<'q, Sqlite, SqliteArguments>;

/// A transaction; dropped without [`Transaction::commit`] it never happened.
pub(super) struct Transaction<'a> {
    store: &'a Store,
    connection: Lent<'a>,
}

impl Store {
    /// The rows of one statement that reads. It sees one moment.
    pub(super) async fn read(&self, statement: Statements<'_>) -> Result<Vec<SqliteRow>, DiskError> {
        let disk = |e| self.disk(e);
        let mut reader = self.inner.readers.lend().await.map_err(disk)?;
        let rows = statement.fetch_all(&mut *reader).await.map_err(disk)?;
        reader.give_back();
        Ok(rows)
    }

    /// As [`Store::read`], of a statement with one row at the most.
    pub(super) async fn read_one(&self, statement: Statements<'_>) -> Result<Option<SqliteRow>, DiskError> {
        Ok(self.read(statement).await?.pop())
    }

    /// A transaction that writes, when it is this caller's turn: it holds the database's only write lock from its beginning.
    /// With it the rows of `question`, which sees the state that the transaction writes to.
    pub(super) async fn begin_write<'q>(
        &self,
        durability: Durability,
        question: &str,
        bind: impl FnOnce(Statements<'q>) -> Statements<'q>,
    ) -> Result<(Transaction<'_>, Vec<SqliteRow>), DiskError> {
        // Per connection, and only outside of a transaction: https://www.sqlite.org/pragma.html#pragma_synchronous
        let level = match durability {
            Durability::Durable => "FULL",
            Durability::Relaxed => "NORMAL",
        };
        let text = format!("PRAGMA synchronous = {level}; BEGIN IMMEDIATE; {question}");
        self.begin(&self.inner.writer, bind(sqlx::query(AssertSqlSafe(text)))).await
    }

    /// One that reads: all its statements see one moment.
    pub(super) async fn begin_read(&self) -> Result<Transaction<'_>, DiskError> {
        Ok(self.begin(&self.inner.readers, sqlx::query("BEGIN")).await?.0)
    }

    async fn begin<'a>(
        &'a self,
        connections: &'a Connections,
        statements: Statements<'_>,
    ) -> Result<(Transaction<'a>, Vec<SqliteRow>), DiskError> {
        let connection = connections.lend().await.map_err(|e| self.disk(e))?;
        let mut begun = Transaction { store: self, connection };
        let rows = statements.fetch_all(&mut *begun.connection).await.map_err(|e| self.disk(e))?;
        Ok((begun, rows))
    }
}

impl Transaction<'_> {
    /// Makes it happen, with `last` as the last that it writes: statements, each with its semicolon.
    pub(super) async fn commit_with<'q>(
        self,
        last: &str,
        bind: impl FnOnce(Statements<'q>) -> Statements<'q>,
    ) -> Result<(), DiskError> {
        self.end(bind(sqlx::query(AssertSqlSafe(format!("{last} COMMIT"))))).await
    }

    /// Makes it happen.
    pub(super) async fn commit(self) -> Result<(), DiskError> {
        self.end(sqlx::query("COMMIT")).await
    }

    /// Makes it not happen, and keeps the connection: for ends that are no fault of the database.
    pub(super) async fn roll_back(self) -> Result<(), DiskError> {
        self.end(sqlx::query("ROLLBACK")).await
    }

    async fn end(mut self, statements: Statements<'_>) -> Result<(), DiskError> {
        let store = self.store;
        statements.execute(&mut *self.connection).await.map_err(|e| store.disk(e))?;
        self.connection.give_back();
        Ok(())
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
