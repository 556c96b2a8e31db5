//! The record that others can check: altered for real, on the files, and found.
#![expect(clippy::unwrap_used, reason = "what tests share may panic as they do")]

mod anchors;
mod keys;
mod receipts;
mod refusals;
mod replays;
mod tampering;

use crate::bench::Bench;
use pyexec_core::RunId;
use pyexec_service::{
    record::{AnchorsReport, RunReport, check_anchors, public_keys, verify_run},
    store::Store,
};
use sqlx::{AssertSqlSafe, Connection as _, SqlSafeStr as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;

/// What a person with the data folder and no key could do.
async fn tamper(data_dir: &Path, sql: &str) {
    let file = SqliteConnectOptions::new().filename(data_dir.join("store.sqlite")).foreign_keys(false);
    let mut connection = SqliteConnection::connect_with(&file).await.unwrap();
    let triggers = "DROP TRIGGER IF EXISTS events_are_not_changed; DROP TRIGGER IF EXISTS events_are_not_removed;
        DROP TRIGGER IF EXISTS anchors_are_not_changed; DROP TRIGGER IF EXISTS anchors_are_not_removed;
        DROP TRIGGER IF EXISTS anchored_is_not_changed; DROP TRIGGER IF EXISTS anchored_is_not_removed;";
    sqlx::raw_sql(triggers).execute(&mut connection).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()).into_sql_str()).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// What verification says of a run and of the anchors, read anew.
async fn verified(bench: &Bench, run: &RunId) -> (RunReport, AnchorsReport) {
    let store = Store::open(bench.data.path()).await.unwrap();
    let keys = public_keys(bench.data.path()).unwrap();
    let report = verify_run(&store, run, &keys).await.unwrap().unwrap();
    (report, check_anchors(&store, &keys, None).await.unwrap())
}

/// Each alteration as `event N: what`, `run: what` or `anchor N: what`, of both.
fn told((run, anchors): &(RunReport, AnchorsReport)) -> Vec<String> {
    assert_eq!(run.ok, run.altered.is_empty());
    let one = |found: &pyexec_service::record::Alteration| match (found.seq, found.anchor) {
        (Some(seq), _) => format!("event {seq}: {}", found.what),
        (_, Some(n)) => format!("anchor {n}: {}", found.what),
        _ => format!("run: {}", found.what),
    };
    run.altered.iter().chain(&anchors.altered).map(one).collect()
}
