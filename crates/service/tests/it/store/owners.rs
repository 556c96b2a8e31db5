//! Who is alive, told of real processes.

use super::child;
use pyexec_core::id::OwnerId;
use pyexec_service::store::Owner;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// A program that the test's child started and that nobody else waits for.
struct Orphan(Pid);

impl Drop for Orphan {
    fn drop(&mut self) {
        let _ = kill_process(self.0, Signal::KILL);
    }
}

#[test]
fn a_killed_process_is_dead_although_a_program_that_it_started_lives() {
    let data = tempfile::tempdir().unwrap();
    let mut process = child::start("own", data.path(), None, None);
    let id: OwnerId = process.line().unwrap().parse().unwrap();
    let orphan = Orphan(Pid::from_raw(process.line().unwrap().parse().unwrap()).unwrap());
    assert!(Owner::is_alive(data.path(), &id).unwrap());
    assert!(Owner::pid(data.path(), &id).is_some());

    process.kill();
    assert!(!Owner::is_alive(data.path(), &id).unwrap());
    test_kill_process(orphan.0).expect("the program that it started lives");

    let file = data.path().join(format!("owners/{id}.lock"));
    assert!(file.exists(), "nobody has cleared it away yet");
    let ours = Owner::claim(data.path()).unwrap();
    assert!(!file.exists());
    assert!(!Owner::is_alive(data.path(), &id).unwrap());
    assert!(Owner::is_alive(data.path(), ours.id()).unwrap());
}
