//! The same house for somebody who is not root: nothing needs a privilege.

use crate::house::{Said, faulty, pyexec, said};
use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

/// No account of its own on a bare Debian.
const USER: u32 = 54_321;

/// Runs the program as that user, from a copy that they can read, on Debian's own Python.
fn run(home: &Path, arguments: &[&str]) -> Said {
    let mut command = Command::new(home.join("bin/pyexec"));
    command.args(arguments).current_dir(home).env_clear().stdin(Stdio::null());
    command.env("HOME", home).env("PATH", "/usr/bin:/bin").env("PYEXEC__PYTHON__INTERPRETER", "/usr/bin/python3");
    command.uid(USER).gid(USER);
    said(&command.output().unwrap())
}

#[test]
fn an_ordinary_user_runs_asks_and_approves() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    fs::create_dir(home.join("bin")).unwrap();
    for name in ["generation", "analysis", "approval", "execution"] {
        let library = format!("libpyexec_plugin_{name}.so");
        fs::copy(faulty().with_file_name(&library), home.join("bin").join(library)).unwrap();
    }
    let sandbox = "libpyexec_sandbox.so";
    fs::copy(faulty().with_file_name(sandbox), home.join("bin").join(sandbox)).unwrap();
    fs::copy(pyexec(), home.join("bin/pyexec")).unwrap();
    let out = home.join("out");
    fs::create_dir(&out).unwrap();
    let read = "results = {'sum': sum(range(5))}\n";
    let write = format!("open({:?}, 'w').write('x')\nresults = {{}}\n", out.join("x"));
    fs::write(home.join("read.py"), read).unwrap();
    fs::write(home.join("write.py"), write).unwrap();
    for path in [home.to_path_buf(), out.clone(), home.join("read.py"), home.join("write.py")] {
        chown(path, Some(USER), Some(USER)).unwrap();
    }
    let done = run(home, &["run", "--code", "read.py", "--json"]).expect(0, &[]).json();
    assert_eq!(done["results"]["sum"], 10);
    let asked = run(home, &["run", "--code", "write.py", "--json"]).expect(5, &[]).json();
    let ticket = asked["ticket_id"].as_str().unwrap();
    let done = run(home, &["approvals", "approve", ticket, "--json"]).expect(0, &[]).json();
    assert_eq!(done["isolation"], "full");
    assert_eq!(fs::read_to_string(out.join("x")).unwrap(), "x");
    let requester = done["requester"].as_str().unwrap();
    assert_eq!(requester, format!("uid:{USER}"));
}
