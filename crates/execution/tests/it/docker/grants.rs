//! What a grant opens in a container, and what it cannot.

use super::bench::Bench;
use crate::bench::{kind, results};
use pyexec_core::{ExecutionMode, Grant};
use serde_json::json;
use std::{fs, os::unix::fs::MetadataExt, path::Path};

fn output(path: &Path) -> Grant {
    let found = fs::metadata(path).unwrap();
    Grant::Output { path: path.into(), dev: found.dev(), inode: found.ino() }
}

/// A folder that does not belong to root, also where the tests run as root.
fn folder() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    if fs::metadata(&path).unwrap().uid() == 0 {
        std::os::unix::fs::chown(&path, Some(65_000), Some(65_000)).unwrap();
    }
    (folder, path)
}

#[tokio::test]
async fn an_output_folder_is_the_hosts_own() {
    let (_kept, path) = folder();
    let code = format!("open('{0}/report.txt', 'w').write('x')\nresults = {{}}", path.display());
    let bench = Bench::new(&code).with(|order| {
        (order.mode, order.grants) = (ExecutionMode::WriteEnabled, vec![output(&path)]);
    });
    let outcome = bench.run().await;
    results(&outcome);
    let written = fs::metadata(path.join("report.txt")).unwrap();
    assert_eq!(written.uid(), fs::metadata(&path).unwrap().uid(), "and belongs to the folder's owner");
    assert_eq!(outcome.artifacts, []);
    // without the grant there is no such folder
    let outcome = Bench::new(&code).run().await;
    assert!(outcome.error.is_some_and(|error| error.message.contains("FileNotFoundError")));
}

#[tokio::test]
async fn a_file_that_may_be_read_cannot_be_written() {
    let (_kept, path) = folder();
    let file = path.join("secret.txt");
    fs::write(&file, "42").unwrap();
    std::os::unix::fs::chown(&file, Some(fs::metadata(&path).unwrap().uid()), None).unwrap();
    let code = format!(
        "
results = {{'read': open('{0}').read()}}
try: open('{0}', 'w')
except OSError as error: results['write'] = type(error).__name__
",
        file.display()
    );
    let bench = Bench::new(&code).with(|order| order.grants = vec![Grant::Read { path: file.clone() }]);
    let outcome = bench.run().await;
    let got = results(&outcome);
    assert_eq!(got["read"], "42");
    assert!(got["write"] == "OSError" || got["write"] == "PermissionError", "{got}");
}

#[tokio::test]
async fn processes_only_where_they_were_granted() {
    let code =
        "import subprocess\nresults = {'said': subprocess.run(['echo', 'hi'], capture_output=True, text=True).stdout}";
    let bench = Bench::new(code).with(|order| {
        (order.mode, order.grants) = (ExecutionMode::WriteEnabled, vec![Grant::Process]);
    });
    assert_eq!(results(&bench.run().await), json!({"said": "hi\n"}));
    let outcome = Bench::new(code).run().await;
    assert!(outcome.error.is_some_and(|error| error.message.contains("PermissionError")));
}

#[tokio::test]
async fn the_network_only_where_it_was_granted() {
    let code = "import os, socket\nsocket.socket()\nresults = {'interfaces': len(os.listdir('/sys/class/net'))}";
    // the engine of the tests has no bridge
    let bench = Bench::configured(code, |table| table["network"] = json!("host")).with(|order| {
        (order.mode, order.grants) = (ExecutionMode::WriteEnabled, vec![Grant::Net]);
    });
    results(&bench.run().await);
    let outcome = Bench::configured(code, |table| table["network"] = json!("host")).run().await;
    assert!(outcome.error.is_some_and(|error| error.message.contains("PermissionError")));
}

#[tokio::test]
async fn what_a_container_cannot_give_is_refused_before_there_is_one() {
    // root's own folder, where the tests run as root; else one that is no longer what was approved
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let grant = if fs::metadata(&path).unwrap().uid() == 0 {
        output(&path)
    } else {
        Grant::Output { path: path.clone(), dev: 1, inode: 1 }
    };
    let bench = Bench::new("").with(|order| (order.mode, order.grants) = (ExecutionMode::WriteEnabled, vec![grant]));
    let error = bench.prepare().await.unwrap_err();
    assert_eq!(kind(&error), "bad_file");
    assert!(error.message.contains("root") || error.message.contains("another folder"), "{error}");
    let bench = Bench::new("").input("/usr/share/x.csv", b"1");
    assert!(bench.prepare().await.unwrap_err().message.contains("original path"));
    bench.none_is_left().await;
}
