//! What grants open, each beside what stays closed.

use crate::bench::{Bench, kind, results};
use pyexec_core::{ExecutionMode, Grant};
use serde_json::json;
use std::{fs, os::unix::fs::MetadataExt, path::Path};

fn output(path: &Path) -> Grant {
    let metadata = fs::metadata(path).unwrap();
    Grant::Output { path: path.into(), dev: metadata.dev(), inode: metadata.ino() }
}

const WRITE: &str = "
def attempt(path):
    try:
        with open(path, 'w') as file:
            file.write('written')
        return 'written'
    except OSError as error:
        return error.strerror
";

#[tokio::test]
async fn only_the_granted_folder_is_writable() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    let (granted, other) = (root.join("granted"), root.join("other"));
    fs::create_dir(&granted).unwrap();
    fs::create_dir(&other).unwrap();
    let code = format!(
        "{WRITE}\nresults = {{'granted': attempt({:?}), 'other': attempt({:?}), 'usr': attempt('/usr/x')}}",
        granted.join("x").display(),
        other.join("x").display()
    );
    let bench = Bench::new(code).with(|order| {
        order.mode = ExecutionMode::WriteEnabled;
        order.grants = vec![output(&granted)];
    });
    let got = results(&bench.run().await);
    assert_eq!(got["granted"], json!("written"));
    assert_eq!(got["usr"], json!("Read-only file system"));
    assert_ne!(got["other"], json!("written"));
    let written = fs::metadata(granted.join("x")).unwrap();
    assert_eq!(
        (written.uid(), written.gid()),
        (fs::metadata(&granted).unwrap().uid(), fs::metadata(&granted).unwrap().gid())
    );
    assert_eq!(fs::read(granted.join("x")).unwrap(), b"written");
    assert!(!other.join("x").exists());
}

/// What analysis says of them (`fs.write`) is what the folder's grant opens; the owner is nobody's to change.
#[tokio::test]
async fn a_granted_folder_opens_modes_and_times_and_no_owners() {
    let granted = tempfile::tempdir().unwrap();
    let folder = granted.path().canonicalize().unwrap();
    let file = folder.join("kept");
    fs::write(&file, "x").unwrap();
    let path = file.to_str().unwrap();
    let code = format!(
        "import os\nos.chmod({path:?}, 0o600)\nos.utime({path:?}, (5, 5))\n\
         try: os.chown({path:?}, 1, 1)\nexcept PermissionError: results = {{}}"
    );
    let bench = Bench::new(code).with(|order| {
        order.mode = ExecutionMode::WriteEnabled;
        order.grants = vec![output(&folder)];
    });
    results(&bench.run().await);
    let after = fs::metadata(&file).unwrap();
    assert_eq!((after.mode() & 0o7777, after.mtime(), after.uid()), (0o600, 5, fs::metadata(&folder).unwrap().uid()));
}

#[tokio::test]
async fn a_folder_that_was_exchanged_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    let granted = root.join("granted");
    fs::create_dir(&granted).unwrap();
    let grant = output(&granted);
    fs::rename(&granted, root.join("moved")).unwrap();
    fs::create_dir(&granted).unwrap();
    let bench = Bench::new("").with(|order| {
        order.mode = ExecutionMode::WriteEnabled;
        order.grants = vec![grant];
    });
    let error = bench.try_run().await.unwrap_err();
    assert_eq!(kind(&error), "bad_file");
    assert!(error.message.contains("another folder"), "{error}");
}

#[tokio::test]
async fn a_read_grant_opens_one_file() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    let (granted, other) = (root.join("granted.txt"), root.join("other.txt"));
    fs::write(&granted, "secret 1").unwrap();
    fs::write(&other, "secret 2").unwrap();
    let code = format!(
        "
{WRITE}
import os
def see(path):
    try: return open(path).read()
    except OSError as error: return error.strerror
results = {{'granted': see({:?}), 'other': see({:?}), 'write': attempt({:?})}}",
        granted.display(),
        other.display(),
        granted.display()
    );
    let bench = Bench::new(code).with(|order| order.grants = vec![Grant::Read { path: granted }]);
    let got = results(&bench.run().await);
    assert_eq!(got["granted"], json!("secret 1"));
    assert_eq!(got["other"], json!("No such file or directory"));
    assert_ne!(got["write"], json!("written"));
}

/// One that was put there after the approval: what it leads to was never asked about.
#[tokio::test]
async fn a_read_grant_is_no_symbolic_link() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    fs::create_dir(root.join("other")).unwrap();
    fs::write(root.join("other/secret"), "secret 2").unwrap();
    std::os::unix::fs::symlink(root.join("other"), root.join("granted")).unwrap();
    for path in [root.join("granted"), root.join("granted/secret")] {
        let bench = Bench::new("").with(|order| order.grants = vec![Grant::Read { path }]);
        let error = bench.try_run().await.unwrap_err();
        assert_eq!(kind(&error), "bad_file");
        assert!(error.message.contains("symbolic link"), "{error}");
    }
}

/// Whoever follows one later does so with the host's eyes. Wherever the folder is: scratch, where links may be made, is around
/// those below `/tmp`.
#[tokio::test]
async fn no_links_in_an_output_folder() {
    for folder in ["/tmp", "/var/tmp"] {
        let granted = tempfile::tempdir_in(folder).unwrap();
        let granted = granted.path().canonicalize().unwrap();
        let code = format!(
            "
import os
def attempt(path):
    try: os.symlink('/etc/passwd', path)
    except OSError as error: return error.strerror
    return 'made'
results = {{'out': attempt({:?}), 'work': attempt('/work/link')}}",
            granted.join("link")
        );
        let bench = Bench::new(code).with(|order| {
            order.mode = ExecutionMode::WriteEnabled;
            order.grants = vec![output(&granted)];
        });
        let got = results(&bench.run().await);
        assert_eq!(got, json!({"out": "Permission denied", "work": "made"}), "{folder}");
        assert_eq!(fs::read_dir(&granted).unwrap().count(), 0);
    }
}

const REACH: &str = "
import socket, subprocess
def start():
    try: return subprocess.run(['/bin/echo', 'hi'], capture_output=True, text=True).stdout
    except OSError as error: return error.strerror
def connect():
    try:
        with socket.socket() as s:
            s.connect(('127.0.0.1', PORT))
            return s.recv(5).decode()
    except OSError as error: return error.strerror
results = {'start': start(), 'connect': connect()}
";

#[tokio::test]
async fn processes_and_the_network_are_closed_until_granted() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.writable().await.unwrap();
            stream.try_write(b"hello").unwrap();
        }
    });
    let code = format!("PORT = {port}\n{REACH}");
    let closed = results(&Bench::new(code.as_str()).run().await);
    assert_ne!(closed["start"], json!("hi\n"));
    assert_ne!(closed["connect"], json!("hello"));
    let open = Bench::new(code.as_str()).with(|order| {
        order.mode = ExecutionMode::WriteEnabled;
        order.grants = vec![Grant::Net, Grant::Process];
    });
    assert_eq!(results(&open.run().await), json!({"start": "hi\n", "connect": "hello"}), "{}", open.stderr());
}

#[tokio::test]
async fn a_grant_beyond_its_mode_is_refused() {
    let bench = Bench::new("").with(|order| order.grants = vec![Grant::Net]);
    let error = bench.try_run().await.unwrap_err();
    assert!(error.message.contains("READ_ONLY"), "{error}");
    assert!(bench.host.release_requests().is_empty());
}
