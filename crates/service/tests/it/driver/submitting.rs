//! What is wrong with a request is said before there is a run.

use crate::bench::{Bench, Setup, alice, code, question, run};
use pyexec_core::{Code, Request, RunError};
use pyexec_service::{Service, run::State, store::HeadFilter, submit::Submission};
use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _, path::PathBuf};

async fn wrong(service: &Service, request: Request) -> RunError {
    service.submit(request, alice(), Submission::default()).await.unwrap_err().to_run_error()
}

fn with_input(path: impl Into<PathBuf>) -> Request {
    Request { inputs: vec![path.into()], ..code("results") }
}

#[tokio::test]
async fn bad_requests_are_named_and_leave_nothing_behind() {
    let bench = Bench::new();
    let service = bench.service().await;
    let folder = bench.note_path("folder");
    fs::create_dir(&folder).unwrap();
    let fifo = bench.note_path("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    let strange = bench.notes.path().join(OsStr::from_bytes(b"da\xffta"));
    fs::write(&strange, "1").unwrap();
    let strange_folder = bench.notes.path().join(OsStr::from_bytes(b"o\xff"));
    fs::create_dir(&strange_folder).unwrap();
    let twin = folder.join("fifo.csv");
    fs::write(&twin, "1").unwrap();
    fs::write(bench.note_path("fifo.csv"), "2").unwrap();
    let twins = Request { inputs: vec![twin, bench.note_path("fifo.csv")], ..code("results") };
    for (request, kind, part) in [
        (Request::default(), "bad_request", "neither a question nor code"),
        (question(), "bad_request", "no generator"),
        (code(" \n"), "bad_request", "the code is empty"),
        (code(&"#".repeat(Code::MAX_BYTES + 1)), "bad_request", "1048576 are the most"),
        (Request { retries: Some(0), ..code("results") }, "bad_request", "`retries` is 0"),
        (with_input(bench.note_path("nothing")), "bad_file", "cannot be read"),
        (with_input(&folder), "bad_file", "is a folder"),
        (with_input(&fifo), "bad_file", "not a regular file"),
        (with_input("/proc/self/environ"), "bad_request", "belongs to `/proc`"),
        (with_input(&strange), "bad_request", "UTF-8"),
        (twins, "bad_request", "two inputs are called `fifo.csv`"),
        (Request { outputs: vec![strange_folder], ..code("results") }, "bad_request", "UTF-8"),
        (Request { outputs: vec![bench.note_path("fifo.csv")], ..code("results") }, "bad_request", "not a folder"),
    ] {
        let error = wrong(&service, request).await;
        assert_eq!(error.kind.name(), kind, "{}", error.message);
        assert!(error.message.contains(part), "{} lacks {part}", error.message);
    }
    assert_eq!(service.journal().list(&HeadFilter::default(), 10).await.unwrap(), []);
    let scripts = bench.data.path().join("executed_scripts");
    let left = fs::read_dir(scripts).unwrap().flat_map(|month| fs::read_dir(month.unwrap().path()).unwrap());
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn an_input_that_is_a_link_is_copied_under_its_own_name() {
    let bench = Bench::new();
    let service = bench.service().await;
    let (real, link) = (bench.note_path("real.csv"), bench.note_path("link.csv"));
    fs::write(&real, "1,2").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let view = run(&service, with_input(&link)).await;
    assert_eq!(view.state, State::Done, "{:?}", view.error);
    let copy = view.folder.join("inputs/link.csv");
    assert!(fs::symlink_metadata(&copy).unwrap().is_file());
    assert_eq!(fs::read(copy).unwrap(), b"1,2");
    let staged = &service.run(&view.run_id).await.unwrap().created.inputs[0];
    assert_eq!(staged.original, link, "where the caller said that it is");
}

#[tokio::test]
async fn a_timeout_is_below_the_configured_one() {
    let bench = Bench::with(Setup { timeout_seconds: 10, ..Setup::default() });
    let service = bench.service().await;
    for (seconds, good) in [(0, false), (10, true), (11, false)] {
        let submission = Submission { timeout_seconds: Some(seconds), ..Submission::default() };
        assert_eq!(service.submit(code("results"), alice(), submission).await.is_ok(), good, "{seconds}");
    }
}
