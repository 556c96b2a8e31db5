//! The bodies of the processes that other tests start: this same binary, told what to do by its environment.

use super::{AT, append, event, head, run_of};
use pyexec_core::RunId;
use pyexec_service::store::{AppendError, Durability, Owner, Store};
use std::{
    env,
    fmt::Display,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

const ROLE: &str = "PYEXEC_TEST_STORE_ROLE";
const DATA: &str = "PYEXEC_TEST_STORE_DATA";
const RUN: &str = "PYEXEC_TEST_STORE_RUN";

/// A line that starts with this is meant for the parent; the rest is the test harness's.
const MARK: &str = "> ";

/// Starts a child; `mount` is a shell command that it runs first, in a mount namespace of its own.
pub(super) fn start(role: &str, data: &Path, run: Option<&RunId>, mount: Option<&str>) -> Process {
    let exe = env::current_exe().unwrap();
    let mut command = match mount {
        None => Command::new(exe),
        Some(script) => {
            let mut command = Command::new("unshare");
            command.args(["--mount", "--propagation", "private"]);
            if !rustix::process::geteuid().is_root() {
                command.arg("--map-root-user");
            }
            command.args(["sh", "-ec", &format!("{script}\nexec \"$0\" \"$@\"")]).arg(exe);
            command
        }
    };
    command.args(["--exact", "store::child::entry", "--nocapture", "--test-threads=1"]);
    command.env(ROLE, role).env(DATA, data).stdin(Stdio::piped()).stdout(Stdio::piped());
    if let Some(run) = run {
        command.env(RUN, run.as_str());
    }
    let mut child = command.spawn().expect("`unshare` is in Debian's util-linux");
    let lines = BufReader::new(child.stdout.take().unwrap());
    Process { child, lines }
}

pub(super) struct Process {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Process {
    /// The next line for the parent; `None` when the child has ended.
    pub(super) fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(text) = line.strip_prefix(MARK) {
                return Some(text.trim_end().to_owned());
            }
        }
    }

    /// Lets it begin.
    pub(super) fn go(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"!").unwrap();
    }

    /// All that it still says; it must end well.
    pub(super) fn finish(mut self) -> Vec<String> {
        drop(self.child.stdin.take());
        let lines: Vec<_> = std::iter::from_fn(|| self.line()).collect();
        assert!(self.child.wait().unwrap().success(), "the child failed; its last lines: {lines:?}");
        lines
    }

    /// SIGKILL, and what it had said until then.
    pub(super) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.line()).collect()
    }
}

fn say(what: impl Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{what}").unwrap();
    out.flush().unwrap();
}

/// Without a role this is an empty test: the harness runs it too.
#[tokio::test(flavor = "multi_thread")]
async fn entry() {
    let Ok(role) = env::var(ROLE) else { return };
    let data = PathBuf::from(env::var_os(DATA).unwrap());
    let run = || env::var(RUN).unwrap().parse::<RunId>().unwrap();
    writeln!(std::io::stdout()).unwrap(); // the harness has begun a line
    match role.as_str() {
        "open" => open(&data).await,
        "race" => race(&data, &run()).await,
        "append" => append_for_ever(&data, &run()).await,
        "own" => own(&data),
        "fill" => fill(&data).await,
        "fill blobs" => fill_blobs(&data).await,
        other => panic!("no role {other}"),
    }
}

/// Opens the store and says how that went.
async fn open(data: &Path) {
    match Store::open(data).await {
        Ok(store) => {
            say("open");
            store.close().await;
        }
        Err(error) => {
            say(&error);
            say(error.help());
        }
    }
}

/// Appends 40 events against all others, and says how many times it was first and how many times it was late.
async fn race(data: &Path, run: &RunId) {
    let store = Store::open(data).await.unwrap();
    say("ready");
    std::io::stdin().read_exact(&mut [0]).unwrap();
    let (mut expected, mut won, mut late) = (0, 0, 0);
    while won < 40 {
        match append(&store, run, expected, &std::process::id().to_string()).await {
            Ok(event) => (expected, won) = (event.seq, won + 1),
            Err(AppendError::Conflict { found, .. }) => (expected, late) = (found, late + 1),
            Err(other) => panic!("{other}"),
        }
    }
    say(won);
    say(late);
}

/// Appends until it is killed, and says each number when it is acknowledged.
async fn append_for_ever(data: &Path, run: &RunId) {
    let store = Store::open(data).await.unwrap();
    let mut seq = store.head(run).await.unwrap().map_or(0, |head| head.seq);
    loop {
        let body = format!("{{\"n\":{},\"pad\":\"{}\"}}", seq + 1, "x".repeat(5000));
        seq = store.append(run, seq, event(&body), &head(run, seq + 1), Durability::Durable).await.unwrap().seq;
        say(seq);
    }
}

/// Claims an owner, starts a program that outlives it, and says both ids.
#[expect(clippy::zombie_processes, reason = "it must outlive this process; the parent ends it")]
fn own(data: &Path) {
    let owner = Owner::claim(data).unwrap();
    let program = Command::new("sleep").arg("600").stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    say(owner.id());
    say(program.id());
    let _ = std::io::stdin().read(&mut [0]); // until it is killed, or its parent is gone
}

/// On a small disk: appends until it is full, makes room, goes on, reads everything back.
async fn fill(data: &Path) {
    std::fs::write(data.join("../ballast"), vec![0; 1 << 20]).unwrap();
    let store = Store::open(data).await.unwrap();
    let run = run_of(&store, 1).await;
    let body = format!("\"{}\"", "x".repeat(40_000));
    let mut seq = 1;
    let error = loop {
        match append(&store, &run, seq, &body).await {
            Ok(event) => seq = event.seq,
            Err(error) => break error,
        }
    };
    say(&error);
    say(error.help().unwrap());
    assert_eq!(store.events(&run, 0, 10_000).await.unwrap().len() as u64, seq, "what was acknowledged is there");
    std::fs::remove_file(data.join("../ballast")).unwrap();
    assert_eq!(append(&store, &run, seq, &body).await.unwrap().seq, seq + 1, "it goes on where it was");
    store.close().await;
    let store = Store::open(data).await.unwrap();
    assert_eq!(store.events(&run, 0, 10_000).await.unwrap().len() as u64, seq + 1);
    assert_eq!(store.events(&run, 0, 1).await.unwrap()[0].at, AT);
    say("whole");
}

/// On a small disk: a blob that does not fit leaves nothing, and fits when there is room.
async fn fill_blobs(data: &Path) {
    let store = Store::open(data).await.unwrap();
    std::fs::write(data.join("../ballast"), vec![0; 1 << 20]).unwrap();
    let bytes = vec![7; 3 << 20];
    let error = store.put_blob(&bytes).unwrap_err();
    say(&error);
    say(error.help());
    assert_eq!(std::fs::read_dir(data.join("blobs/incoming")).unwrap().count(), 0);
    std::fs::remove_file(data.join("../ballast")).unwrap();
    let digest = store.put_blob(&bytes).unwrap();
    assert_eq!(store.get_blob(&digest).unwrap(), bytes);
    say("whole");
}
