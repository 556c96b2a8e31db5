//! Kernels that are lost: by their code, by other people, with the connection, with us.

use super::{
    bench::{Bench, endpoint, executor, until},
    server::{PATIENCE, shared},
};
use pyexec_core::{CodeExecutor, PluginError};
use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};

fn kind(error: &PluginError) -> &str {
    error.kind.as_str()
}

/// Runs `code` until it says `up`, does something, and gives the error in which it ends.
async fn ends_with(bench: &Bench, then: impl FnOnce(&str, &str)) -> PluginError {
    let host = bench.host.host();
    let prepared = bench.jupyter.prepare(bench.order.clone(), &host).await.unwrap();
    let run = bench.jupyter.execute(prepared, bench.execute_order(), &host);
    let meanwhile = async {
        until("its first word", || bench.stdout() == "up\n").await;
        let [session, kernel] = bench.sessions().remove(0);
        then(&session, &kernel);
    };
    let (ended, ()) = tokio::time::timeout(PATIENCE, futures_util::future::join(run, meanwhile)).await.unwrap();
    ended.unwrap_err()
}

const UP: &str = "import os, time\nprint('up', flush=True)\n";

#[tokio::test]
async fn code_that_kills_its_kernel() {
    let bench = Bench::new(format!("{UP}os.kill(os.getppid(), 9)\ntime.sleep(1000)"));
    let error = bench.try_run().await.unwrap_err();
    assert_eq!((kind(&error), error.message.as_str()), ("daemon", "the kernel died while the code ran"));
    bench.no_session_is_left().await;
}

#[tokio::test]
async fn a_kernel_that_somebody_restarts_or_deletes() {
    let bench = Bench::new(format!("{UP}time.sleep(1000)"));
    let restarted = ends_with(&bench, |_, kernel| drop(bench.server.ask("POST", &format!("kernels/{kernel}/restart"))));
    let error = restarted.await;
    assert_eq!(kind(&error), "daemon");
    assert!(error.message.contains("by somebody else"), "{error}"); // a server interrupts before it restarts
    bench.no_session_is_left().await;
    let bench = Bench::new(format!("{UP}time.sleep(1000)"));
    let deleted = ends_with(&bench, |session, _| drop(bench.server.ask("DELETE", &format!("sessions/{session}"))));
    assert_eq!(kind(&deleted.await), "daemon");
}

#[tokio::test]
async fn a_kernel_that_is_gone_before_its_code_is_released() {
    let bench = Bench::new("");
    let host = bench.host.host();
    let prepared = bench.jupyter.prepare(bench.order.clone(), &host).await.unwrap();
    let [session, _] = bench.sessions().remove(0);
    bench.server.ask("DELETE", &format!("sessions/{session}"));
    let error = bench.jupyter.execute(prepared, bench.execute_order(), &host).await.unwrap_err();
    assert_eq!(kind(&error), "daemon");
    assert!(error.message.contains("prepared kernel is gone"), "{error}");
    assert!(bench.host.release_requests().is_empty(), "nothing was released");
}

/// Passes on what comes, until it is dropped with all that it passes.
async fn proxy() -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let passing = tokio::spawn(async move {
        let mut all = tokio::task::JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = TcpStream::connect(("127.0.0.1", shared().port)).await.unwrap();
            all.spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
        }
    });
    (port, passing)
}

#[tokio::test]
async fn a_connection_that_breaks() {
    shared();
    let (port, passing) = proxy().await;
    let bench = Bench::at(format!("{UP}time.sleep(1000)"), |endpoint| endpoint["port"] = port.into());
    let error = ends_with(&bench, |_, _| passing.abort()).await;
    assert_eq!(kind(&error), "daemon");
    assert!(error.message.contains("connection to the kernel was lost"), "{error}");
    let Bench { jupyter, server, order, data, .. } = bench;
    drop(jupyter); // it cannot delete the kernel
    let left = || server.sessions().into_iter().filter(|[path, ..]| path.contains(&order.run_id.to_string())).count();
    assert_eq!(left(), 1);
    let (port, _passing) = proxy_at(port).await;
    let mut endpoint = endpoint(server);
    endpoint["port"] = port.into();
    let next = executor(data.path(), &endpoint).unwrap();
    let host = pyexec_testkit::ExecutionHostFake::releasing("").host();
    next.describe(&host).await.unwrap();
    assert_eq!(left(), 0, "the next start does");
}

/// The same again, at the port where it was.
async fn proxy_at(port: u16) -> (u16, tokio::task::JoinHandle<()>) {
    let start = std::time::Instant::now();
    let listener = loop {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => break listener,
            Err(error) => assert!(start.elapsed() < PATIENCE, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let passing = tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = TcpStream::connect(("127.0.0.1", shared().port)).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
        }
    });
    (port, passing)
}

const ROLE: &str = "PYEXEC_TEST_JUPYTER_HOST";

/// The body of the host that the next test starts and kills.
#[test]
#[expect(clippy::print_stdout, reason = "it speaks to the test that started it")]
fn host() {
    let Some(told) = env::var_os(ROLE) else { return }; // by itself there is nothing to be a host of
    let (data, endpoint): (std::path::PathBuf, serde_json::Value) =
        serde_json::from_str(told.to_str().unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let mut order = pyexec_testkit::prepare_order(folder.path());
        order.accept_isolation = vec![pyexec_core::Isolation::Endpoint];
        let jupyter = executor(&data, &endpoint).unwrap();
        let fake =
            pyexec_testkit::ExecutionHostFake::releasing("import time\nprint('up', flush=True)\ntime.sleep(1000)");
        let waiting = jupyter.prepare(order.clone(), &fake.host()).await.unwrap();
        let prepared = jupyter.prepare(order.clone(), &fake.host()).await.unwrap();
        let order = pyexec_testkit::execute_order(order, fake.code_hash());
        let host = fake.host();
        let run = jupyter.execute(prepared, order, &host);
        let up = async {
            until("its first word", || fake.stdout() == b"up\n").await;
            println!("\n> {}", waiting.0); // the harness has begun a line
        };
        let _ = futures_util::future::join(run, up).await;
    });
}

#[tokio::test]
async fn what_a_killed_host_has_left_is_deleted_by_the_next() {
    let bench = Bench::new("");
    // a server of this test's own: others run here as well
    let server = Box::leak(Box::new(super::server::Server::start(&[])));
    let endpoint = endpoint(server);
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "jupyter::lost::host", "--nocapture", "--test-threads=1"]);
    command.env(ROLE, serde_json::json!([bench.data.path(), endpoint]).to_string());
    let mut host = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(host.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("> ")));
    let left = server.sessions();
    assert_eq!(left.len(), 2, "one waits, one runs");
    let living = executor(bench.data.path(), &endpoint).unwrap();
    living.describe(&bench.host.host()).await.unwrap();
    until("the end of its own", || server.sessions().len() == 2).await; // those of a living one are let alone
    host.kill().unwrap();
    host.wait().unwrap();
    let next = executor(bench.data.path(), &endpoint).unwrap();
    next.describe(&bench.host.host()).await.unwrap();
    until("the end of all", || server.sessions().is_empty()).await;
}
