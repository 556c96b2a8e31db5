//! The event store, on real files, from several processes.
#![expect(clippy::unwrap_used, reason = "what tests share may panic as they do")]

mod altered;
mod append;
mod blobs;
mod checkup;
mod child;
mod disk;
mod lists;
mod opening;
mod outputs;
mod owners;

use pyexec_core::{Principal, RunId};
use pyexec_service::{
    new_id,
    store::{AppendError, Durability, NewEvent, RunHead, Store, StoredEvent},
};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;

const AT: &str = "2025-10-14T09:00:00.000Z";

fn head(run: &RunId, seq: u64) -> RunHead {
    RunHead { seq, ..RunHead::new(run.clone(), "queued", Principal("os:ada".into()), "mean of the series", AT) }
}

fn event(body: &str) -> NewEvent<'_> {
    NewEvent { version: 1, kind: "Noted", at: AT, body }
}

async fn append(store: &Store, run: &RunId, expected_seq: u64, body: &str) -> Result<StoredEvent, AppendError> {
    store.append(run, expected_seq, event(body), &head(run, expected_seq + 1), Durability::Relaxed).await
}

/// A run with this many events; the body of each is its number.
async fn run_of(store: &Store, events: u64) -> RunId {
    let run = new_id();
    for seq in 1..=events {
        append(store, &run, seq - 1, &seq.to_string()).await.unwrap();
    }
    run
}

fn bodies(events: &[StoredEvent]) -> Vec<&str> {
    events.iter().map(|event| event.body.as_str()).collect()
}

/// What a person with `sqlite3` could do.
async fn tamper(data_dir: &Path, sql: &'static str) {
    let file = SqliteConnectOptions::new().filename(data_dir.join("store.sqlite")).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&file).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
