//! What the store says of itself.

use super::{run_of, tamper};
use pyexec_service::store::Store;

#[tokio::test]
async fn a_whole_store_says_so_and_counts() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    assert!(store.count_by_state().await.unwrap().is_empty());
    for _ in 0..3 {
        run_of(&store, 2).await;
    }
    assert_eq!(store.count_by_state().await.unwrap(), [("queued".to_owned(), 3)].into());
    assert!(store.quick_check().await.unwrap().is_empty());
    assert_eq!(store.file(), store.data_dir().join("store.sqlite"));
}

#[tokio::test]
async fn a_row_that_breaks_the_rules_is_found() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 1).await;
    tamper(data.path(), "PRAGMA ignore_check_constraints = ON; UPDATE heads SET refused = 7;").await;
    let faults = store.quick_check().await.unwrap();
    assert!(faults.iter().any(|fault| fault.contains("CHECK constraint failed in heads")), "{faults:?} {run}");
}
