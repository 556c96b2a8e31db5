//! Disks that refuse. Real ones: small or read-only file systems in a mount namespace of the child, which also bind root.

use super::{child, run_of};
use pyexec_service::store::Store;
use std::path::Path;

fn run(role: &str, mount_point: &Path, data: &Path, mount: &str) -> Vec<String> {
    let script = mount.replace("DISK", &format!("'{}'", mount_point.display()));
    child::start(role, data, None, Some(&script)).finish()
}

#[test]
fn a_new_store_on_a_read_only_disk() {
    let disk = tempfile::tempdir().unwrap();
    let data = disk.path().join("data");
    let said = run("open", disk.path(), &data, "mount -t tmpfs -o ro tmpfs DISK");
    assert_eq!(said[0], format!("cannot open the store: {} is on a read-only file system", data.display()));
    assert_eq!(said[1], "mount it writable, or set `data_dir` to a folder that is");
    // The positive control: the same, writable.
    assert_eq!(run("open", disk.path(), &data, "mount -t tmpfs tmpfs DISK"), ["open"]);
}

#[tokio::test]
async fn a_store_that_became_read_only() {
    let disk = tempfile::tempdir().unwrap();
    let data = disk.path().join("data");
    let store = Store::open(&data).await.unwrap();
    run_of(&store, 1).await;
    store.close().await;
    let said = run("open", disk.path(), &data, "mount --bind DISK DISK; mount -o remount,bind,ro DISK");
    assert_eq!(
        said[0],
        format!("cannot open the store: {} is on a read-only file system", data.join("store.lock").display())
    );
    assert_eq!(run("open", disk.path(), &data, "mount --bind DISK DISK"), ["open"]);
}

#[test]
fn a_new_store_on_a_full_disk() {
    let disk = tempfile::tempdir().unwrap();
    let data = disk.path().join("data");
    // At every point of the opening: with no block left, with a few, with some more.
    for blocks in [0, 1, 2, 4, 8, 16] {
        let said = run(
            "open",
            disk.path(),
            &data,
            &format!(
                "mount -t tmpfs -o size=256k,mode=755 tmpfs DISK
                 head -c $(((64 - {blocks}) * 4096)) /dev/zero > DISK/ballast"
            ),
        );
        assert!(said[0].starts_with("cannot open the store: the disk is full: "), "{blocks} blocks left: {said:?}");
        assert_eq!(said[1], "free some space and try again: what was acknowledged before is kept");
    }
}

#[test]
fn a_disk_that_fills_loses_nothing_and_goes_on() {
    let disk = tempfile::tempdir().unwrap();
    let data = disk.path().join("data");
    let said = run("fill", disk.path(), &data, "mount -t tmpfs -o size=8m,mode=755 tmpfs DISK; mkdir -m 700 DISK/data");
    let file = data.join("store.sqlite");
    assert_eq!(said[0], format!("the disk is full: {} cannot be written", file.display()));
    assert_eq!(said[1..], ["free some space and try again: what was acknowledged before is kept", "whole"]);
}

#[test]
fn a_blob_that_does_not_fit_leaves_nothing() {
    let disk = tempfile::tempdir().unwrap();
    let data = disk.path().join("data");
    let said = run("fill blobs", disk.path(), &data, "mount -t tmpfs -o size=4m,mode=755 tmpfs DISK");
    assert!(said[0].starts_with("the disk is full: "), "{said:?}");
    assert_eq!(said[2], "whole");
}
