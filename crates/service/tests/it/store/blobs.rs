//! Bytes by digest: whole or absent, private, and never handed out when altered.

use pyexec_core::{Digest, ErrorKind, RunError};
use pyexec_service::store::{BLOB_MAX_BYTES, BlobError, Store};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::SystemTime};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn bytes_come_back_and_are_kept_once() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    for bytes in [&b""[..], b"results = {}\n", &[0xff, 0, 0xfe]] {
        let digest = store.put_blob(bytes).unwrap();
        assert_eq!(digest, Digest::of(bytes));
        let before = fs::metadata(store.blob_path(&digest)).unwrap().modified().unwrap();
        assert_eq!(store.put_blob(bytes).unwrap(), digest);
        assert_eq!(fs::metadata(store.blob_path(&digest)).unwrap().modified().unwrap(), before);
        assert_eq!(store.get_blob(&digest).unwrap(), bytes);
    }
    assert_eq!(fs::read_dir(data.path().join("blobs/incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn nobody_else_can_read_them() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let path = store.blob_path(&store.put_blob(b"secret").unwrap());
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&data.path().join("blobs")), 0o700);
}

#[tokio::test]
async fn one_changed_byte_is_refused_and_stays_as_evidence() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let digest = store.put_blob(b"results = {'a': 1}\n").unwrap();
    fs::write(store.blob_path(&digest), b"results = {'a': 2}\n").unwrap();
    for error in [store.get_blob(&digest).unwrap_err(), store.put_blob(b"results = {'a': 1}\n").unwrap_err()] {
        assert!(matches!(&error, BlobError::Altered { digest: d, .. } if *d == digest), "{error}");
        assert!(error.to_string().contains(&digest.to_string()));
        assert_eq!(RunError::from(&error).kind, ErrorKind::CodeAltered);
    }
    assert_eq!(fs::read(store.blob_path(&digest)).unwrap(), b"results = {'a': 2}\n");
}

#[tokio::test]
async fn a_removed_blob_and_something_else_in_its_place() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let digest = store.put_blob(b"x = 1").unwrap();
    let path = store.blob_path(&digest);
    fs::rename(&path, data.path().join("elsewhere")).unwrap();
    assert!(matches!(store.get_blob(&digest).unwrap_err(), BlobError::Missing { .. }));
    std::os::unix::fs::symlink(data.path().join("elsewhere"), &path).unwrap();
    let error = store.get_blob(&digest).unwrap_err().to_string();
    assert!(error.ends_with("it is not a regular file"), "{error}");
}

#[tokio::test]
async fn too_many_bytes() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let bytes = vec![0; usize::try_from(BLOB_MAX_BYTES).unwrap() + 1];
    assert!(matches!(store.put_blob(&bytes).unwrap_err(), BlobError::TooLarge { bytes: 67_108_865 }));
}

#[tokio::test]
async fn many_put_the_same_bytes_at_once() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for n in 0..10_u8 {
                    let digest = store.put_blob(&[n; 1000]).unwrap();
                    assert_eq!(store.get_blob(&digest).unwrap(), [n; 1000]);
                }
            });
        }
    });
}

#[tokio::test]
async fn what_a_killed_writer_left_is_cleared_a_day_later() {
    let data = tempfile::tempdir().unwrap();
    drop(Store::open(data.path()).await.unwrap());
    let (old, new) = (data.path().join("blobs/incoming/old"), data.path().join("blobs/incoming/new"));
    for path in [&old, &new] {
        fs::write(path, "half").unwrap();
    }
    fs::File::options().write(true).open(&old).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    drop(Store::open(data.path()).await.unwrap());
    assert!(!old.exists());
    assert!(new.exists(), "its writer may live");
}
