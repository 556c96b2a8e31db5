//! What was altered outside of pyexec is found, and never handed out or built upon.

use super::{append, run_of, tamper};
use pyexec_core::RunId;
use pyexec_service::store::{AppendError, Store, StoreError};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// Three events, then `sql` as anyone with the file could run it.
async fn tampered(sql: &'static str) -> (TempDir, Store, RunId) {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 3).await;
    tamper(data.path(), "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_removed").await;
    tamper(data.path(), sql).await;
    (data, store, run)
}

async fn check(sql: &'static str, broken: u64) {
    let (_data, store, run) = tampered(sql).await;
    match store.events(&run, 0, 10).await {
        Err(StoreError::Altered { run: found, seq }) => assert_eq!((found, seq), (run.clone(), broken), "{sql}"),
        other => panic!("{sql}: {other:?}"),
    }
}

#[tokio::test]
async fn an_edited_event() {
    check("UPDATE events SET body = '9' WHERE seq = 2", 2).await;
    check("UPDATE events SET kind = 'Approved' WHERE seq = 1", 1).await;
    check("UPDATE events SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 3", 3).await;
    check("UPDATE events SET hash = 'no digest' WHERE seq = 2", 2).await;
    check("UPDATE events SET version = -1 WHERE seq = 2", 2).await;
}

#[tokio::test]
async fn two_swapped_events() {
    check(
        "UPDATE events SET seq = 9 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 9",
        2,
    )
    .await;
}

#[tokio::test]
async fn a_removed_event() {
    check("DELETE FROM events WHERE seq = 1", 1).await;
    check("DELETE FROM events WHERE seq = 2", 2).await;
    check("DELETE FROM events WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 3", 2).await;
}

#[tokio::test]
async fn a_cut_end() {
    check("DELETE FROM events WHERE seq = 3", 3).await;
    check("DELETE FROM events", 1).await;
}

#[tokio::test]
async fn an_event_of_another_run() {
    let (data, store, run) = tampered("SELECT 1").await;
    run_of(&store, 3).await;
    tamper(
        data.path(),
        "UPDATE events SET run = 'x' WHERE seq = 2 AND run = (SELECT MIN(run) FROM events);
         UPDATE events SET run = (SELECT MIN(run) FROM events) WHERE seq = 2 AND run <> 'x'",
    )
    .await;
    let error = store.events(&run, 0, 10).await.unwrap_err();
    assert!(matches!(error, StoreError::Altered { seq: 2, .. }), "{error}");
}

#[tokio::test]
async fn a_page_far_from_the_break_is_still_good_and_one_beside_it_is_not() {
    let (_data, store, run) = tampered("UPDATE events SET body = '9' WHERE seq = 1").await;
    assert!(store.events(&run, 0, 1).await.is_err());
    assert!(store.events(&run, 1, 1).await.is_err(), "its anchor is the altered event");
    assert_eq!(store.events(&run, 2, 1).await.unwrap().len(), 1);
}

/// Else a cut log would take the run back to before its execution began.
#[tokio::test]
async fn nothing_is_appended_to_a_log_that_was_cut() {
    for (sql, expected) in [
        ("DELETE FROM events WHERE seq = 3", 3),
        ("DELETE FROM events WHERE seq = 3; UPDATE heads SET seq = 2", 2),
        ("UPDATE events SET hash = prev WHERE seq = 3", 3),
    ] {
        let (_data, store, run) = tampered(sql).await;
        let error = append(&store, &run, expected, "4").await.unwrap_err();
        assert!(matches!(error, AppendError::Store(StoreError::Altered { .. })), "{sql}: {error}");
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_log() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    run_of(&store, 1).await;
    let file = SqliteConnectOptions::new().filename(data.path().join("store.sqlite"));
    let mut connection = SqliteConnection::connect_with(&file).await.unwrap();
    for sql in ["UPDATE events SET body = '9'", "DELETE FROM events"] {
        let error = sqlx::query(sql).execute(&mut connection).await.map(drop).unwrap_err();
        assert!(error.to_string().contains("the log is append-only"), "{error}");
    }
}

#[tokio::test]
async fn a_list_row_that_cannot_be_read() {
    let (_data, store, run) = tampered("UPDATE heads SET code_sha256 = 'x'").await;
    let error = store.head(&run).await.unwrap_err();
    assert!(matches!(error, StoreError::HeadAltered { what: "code_sha256", .. }), "{error}");
}
