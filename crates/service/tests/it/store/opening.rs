//! Opening a store, and everything that can be in the way.

use super::{child, run_of, tamper};
use pyexec_core::{ErrorKind, RunError};
use pyexec_service::store::{OpenStoreError, Store, StoreError};
use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The sentence and the way out.
async fn refused(data: &Path) -> (String, String) {
    let error = Store::open(data).await.expect_err("it opened");
    (error.to_string(), error.help())
}

#[tokio::test]
async fn a_new_store_is_private() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path().join("a/b");
    let store = Store::open(&data).await.unwrap();
    run_of(&store, 1).await;
    assert_eq!(mode(&data), 0o700);
    for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "store.lock"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
}

#[tokio::test]
async fn what_was_written_is_there_when_it_is_opened_again() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 3).await;
    store.close().await;
    let store = Store::open(data.path()).await.unwrap();
    assert_eq!(store.events(&run, 0, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_file_that_others_could_read_is_closed_to_them() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path()).await.unwrap().close().await;
    let file = data.path().join("store.sqlite");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    Store::open(data.path()).await.unwrap();
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn eight_processes_open_a_new_store_at_once() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path().join("data");
    let processes = [(); 8].map(|()| child::start("open", &data, None, None));
    for process in processes {
        assert_eq!(process.finish(), ["open"]);
    }
}

#[tokio::test]
async fn a_newer_schema() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path()).await.unwrap().close().await;
    tamper(
        data.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (7, 'later', TRUE, x'00', 0)",
    )
    .await;
    let file = data.path().join("store.sqlite");
    let (sentence, help) = refused(data.path()).await;
    assert_eq!(sentence, format!("{} was written by a newer pyexec (schema 7; this one knows 3)", file.display()));
    assert_eq!(help, "use that pyexec, or set `data_dir` to another folder");
}

#[tokio::test]
async fn a_file_that_is_no_database() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("store.sqlite");
    fs::write(&file, "dear diary, ".repeat(1000)).unwrap();
    let (sentence, help) = refused(data.path()).await;
    let name = file.display();
    assert_eq!(sentence, format!("cannot open the store: {name} is damaged or not a database: file is not a database"));
    assert!(help.starts_with("restore it from a backup"), "{help}");
    assert_eq!(fs::read_to_string(&file).unwrap().len(), 12_000, "it was not touched");
}

#[tokio::test]
async fn a_damaged_database() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 50).await;
    store.close().await;
    let file = data.path().join("store.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    bytes[4096..].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    match Store::open(data.path()).await {
        Err(error) => assert!(error.to_string().contains("is damaged or not a database"), "{error}"),
        Ok(store) => {
            let error = store.events(&run, 0, 100).await.unwrap_err();
            assert!(matches!(error, StoreError::Disk(_)), "{error}");
        }
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_not_touched() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("store.sqlite"), "").unwrap();
    tamper(data.path(), "CREATE TABLE bookmarks (url TEXT)").await;
    let before = fs::read(data.path().join("store.sqlite")).unwrap();
    let (sentence, _) = refused(data.path()).await;
    assert!(sentence.ends_with("store.sqlite is a database of another program"), "{sentence}");
    assert_eq!(fs::read(data.path().join("store.sqlite")).unwrap(), before);
}

#[tokio::test]
async fn a_store_whose_making_was_killed() {
    // After the file, and after the table that sqlx makes for itself (its statement, as of sqlx 0.9).
    let table = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL,
         execution_time BIGINT NOT NULL)";
    for sql in ["SELECT 1", table] {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("store.sqlite"), "").unwrap();
        tamper(data.path(), sql).await;
        let store = Store::open(data.path()).await.unwrap();
        run_of(&store, 1).await;
    }
}

#[tokio::test]
async fn a_database_without_its_file() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("store.sqlite-wal"), "runs").unwrap();
    let (sentence, help) = refused(data.path()).await;
    assert!(sentence.contains("store.sqlite is missing, but its journal"), "{sentence}");
    assert!(help.contains("restore both from one backup"), "{help}");
    assert_eq!(fs::read(data.path().join("store.sqlite-wal")).unwrap(), b"runs");
}

#[tokio::test]
async fn something_else_where_the_folder_or_the_file_should_be() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = Store::open(&path).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{} is not a folder", path.display()));
        assert_eq!(RunError::from(&error).kind, ErrorKind::BadFile);
    }
    symlink(&file, data.path().join("store.sqlite")).unwrap();
    let (sentence, _) = refused(data.path()).await;
    assert!(sentence.ends_with("store.sqlite is not a regular file"), "{sentence}");
}

#[tokio::test]
async fn a_folder_that_others_can_write() {
    let data = tempfile::tempdir().unwrap();
    fs::set_permissions(data.path(), Permissions::from_mode(0o770)).unwrap();
    let (sentence, help) = refused(data.path()).await;
    assert!(sentence.ends_with("can be written by other users (mode 0770)"), "{sentence}");
    assert!(help.starts_with("`chmod go-w "), "{help}");
}

#[tokio::test]
async fn a_folder_of_another_user() {
    let data = tempfile::tempdir().unwrap();
    let theirs = if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(data.path(), Some(12_345), None).unwrap();
        data.path()
    } else {
        Path::new("/usr")
    };
    let error = Store::open(theirs).await.unwrap_err();
    assert!(matches!(error, OpenStoreError::NotOurs { .. }), "{error}");
}

/// Two stores in one process on one file: the locks of one must survive the opening and closing of the other.
#[tokio::test]
async fn a_second_store_in_one_process() {
    let data = tempfile::tempdir().unwrap();
    let first = Store::open(data.path()).await.unwrap();
    let run = run_of(&first, 1).await;
    Store::open(data.path()).await.unwrap().close().await;
    assert_eq!(child::start("open", data.path(), None, None).finish(), ["open"]);
    super::append(&first, &run, 1, "2").await.unwrap();
    assert_eq!(first.events(&run, 0, 10).await.unwrap().len(), 2);
}
