//! Scripts that fight their host: every file of `tests/hostile` forges, floods, hangs or breaks what it can reach. Plain
//! Python lets it (the control); here each ends as its first lines say, and leaves nothing but bounded files in its folder.
//!
//! ```text
//! # plain: exited 0         how plain Python ends with it, or `hangs`: then it prints `here` first
//! # ends: killed            as the host saw it: `exited N`, `signalled N`, `deadline`, `killed`
//! # error: runtime: twice   kind and part of the message; none if left out
//! # warns: left out         part of a warning
//! ```

use crate::bench::{Bench, local_with};
use command_fds::{CommandFdExt, FdMapping};
use pyexec_core::{
    Outcome,
    connector::{ChannelReply, ChannelRequest, ChannelValue},
    outcome::Ended,
};
use serde_json::json;
use std::{
    env,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Says to this program that it is the host of an ordinary user.
const ROLE: &str = "PYEXEC_TEST_HOSTILE";
/// No account on a bare Debian.
const USER: u32 = 54_321;
const PATIENCE: Duration = Duration::from_mins(1);
/// What a run may leave, each: the bounds of `collect`, with room for folders.
const MOST_ENTRIES: usize = 10_000;
const OUTPUT_KB: u64 = 64;

struct Script {
    name: String,
    code: String,
}

impl Script {
    fn field(&self, name: &str) -> Option<&str> {
        self.code.lines().find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn scripts() -> Vec<Script> {
    let folder =
        env::var_os(ROLE).map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile"), PathBuf::from);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let script = |path: &PathBuf| Script {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        code: fs::read_to_string(path).unwrap(),
    };
    paths.iter().filter(|path| path.extension().is_some_and(|e| e == "py")).map(script).collect()
}

#[tokio::test]
async fn every_script_ends_as_it_should() {
    let failures = fight("managed").await;
    assert!(failures.is_empty(), "{failures}");
}

/// The body of the host that the test below starts.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "it speaks to the test that started it")]
async fn host() {
    if env::var_os(ROLE).is_none() {
        return; // by itself there is nothing to be a host of
    }
    assert!(!rustix::process::geteuid().is_root());
    println!("\n> {:?}", fight("/usr/bin/python3").await); // the harness has begun a line
}

/// Needs root, to become another; an ordinary user shows it by the test above.
#[test]
fn every_script_ends_as_it_should_for_an_ordinary_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(at("scripts")).unwrap();
    for Script { name, code } in scripts() {
        fs::write(at("scripts").join(format!("{name}.py")), code).unwrap();
    }
    let program = env::current_exe().unwrap();
    // By another process: while this one has the copy open to write, so have the children that other tests start just then, and what is
    // open to write cannot be executed.
    assert!(Command::new("cp").args([&program, &at("program")]).status().unwrap().success());
    let library = "libpyexec_sandbox.so";
    let built = program.ancestors().skip(1).take(2).map(|folder| folder.join(library)).find(|path| path.is_file());
    fs::copy(built.expect("the sandbox library is beside the test program"), at(library)).unwrap();
    fs::create_dir(at("data")).unwrap();
    chown(at("data"), Some(USER), Some(USER)).unwrap();
    let mut command = Command::new(at("program"));
    command.args(["--exact", "hostile::host", "--nocapture", "--test-threads=1"]).env_clear();
    command.env(ROLE, at("scripts")).env("PYEXEC_TEST_DATA", at("data")).env("TMPDIR", at("data"));
    let output = command.current_dir(at("data")).uid(USER).gid(USER).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let said = text.lines().find_map(|line| line.strip_prefix("> "));
    assert_eq!(said, Some("\"\""), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

/// All of them, one after the other; what was not as it should be.
async fn fight(interpreter: &str) -> String {
    let mut failures = String::new();
    for script in scripts() {
        let mut bench = Bench::new(script.code.as_str()).with(|order| {
            let limits = &mut order.limits;
            limits.timeout_seconds = if script.field("ends") == Some("deadline") { 4 } else { 60 };
            (limits.scratch_mb, limits.output_kb) = (64, OUTPUT_KB);
            limits.memory_mb = 1024;
        });
        let channel = ChannelRequest::Read { name: "A".into(), timeout: None };
        bench.host = bench.host.answering(channel, ChannelReply::Value(ChannelValue::default()));
        bench.local = local_with(|table| table["interpreter"] = json!(interpreter)).unwrap();
        let outcome = bench.try_run().await.unwrap_or_else(|e| panic!("{}: {e} {}", script.name, e.help));
        if let Err(why) = as_said(&script, &outcome).and_then(|()| harmless(&bench, &outcome)) {
            writeln!(failures, "{}: {why}; {:.900}", script.name, format!("{outcome:?}")).unwrap();
        }
    }
    failures
}

fn as_said(script: &Script, outcome: &Outcome) -> Result<(), String> {
    let ended = match &outcome.ended {
        Ended::Exited { code } => format!("exited {code}"),
        Ended::Signalled { signal } => format!("signalled {signal}"),
        Ended::Deadline => "deadline".into(),
        Ended::Killed => "killed".into(),
        Ended::Limit { limit } => format!("limit {limit}"),
    };
    if script.field("ends") != Some(ended.as_str()) {
        return Err(format!("it ended: {ended}"));
    }
    let wanted = script.field("error").and_then(|error| error.split_once(": "));
    let is = outcome.error.as_ref().map(|error| (error.kind.name(), error.message.as_str()));
    let fits = match (wanted, is) {
        (None, None) => true,
        (Some((kind, part)), Some((is, message))) => kind == is && message.contains(part),
        _ => false,
    };
    if !fits {
        return Err(format!("the error is {is:?}"));
    }
    match script.field("warns") {
        Some(part) if !outcome.warnings.iter().any(|warning| warning.contains(part)) => Err("no such warning".into()),
        _ => Ok(()),
    }
}

/// What holds whatever the code does.
fn harmless(bench: &Bench, outcome: &Outcome) -> Result<(), String> {
    let kept = usize::try_from(OUTPUT_KB).unwrap() * 1024 + 200;
    if bench.host.stdout().len() > kept || bench.host.stderr().len() > kept {
        return Err("more output was kept than is allowed".into());
    }
    let texts = outcome.warnings.iter().chain(outcome.error.iter().map(|error| &error.message));
    for text in texts.chain(outcome.artifacts.iter().map(|artifact| &artifact.path)) {
        if text.len() > 8 << 10 || text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(format!("a text that is fit for no terminal: {text:.100?}"));
        }
    }
    let (mut entries, mut bytes, mut left) = (0, 0, vec![bench.folder.path().to_path_buf()]);
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| e.to_string())? {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            entries += 1;
            let below = path.strip_prefix(bench.folder.path()).unwrap();
            if !(below.starts_with("artifacts") || below.starts_with("figures")) {
                return Err(format!("it left {}", below.display()));
            }
            if metadata.is_dir() {
                left.push(path);
            } else if metadata.is_file() {
                bytes += metadata.len();
            } else {
                return Err(format!("{} is no file", below.display()));
            }
        }
    }
    if entries > MOST_ENTRIES || bytes > 64 << 20 { Err(format!("{entries} files, {bytes} bytes")) } else { Ok(()) }
}

#[test]
fn plain_python_lets_them() {
    let mut failures = String::new();
    for script in scripts() {
        let wanted = script.field("plain").unwrap_or("it does not say how");
        let ended = control(&script);
        if ended != wanted {
            writeln!(failures, "{}: {ended}, not {wanted}", script.name).unwrap();
        }
    }
    assert!(failures.is_empty(), "scripts that do nothing without a sandbox prove nothing:\n{failures}");
}

/// The same code in plain Python, with somebody who reads the descriptors that a runner has.
fn control(script: &Script) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.py");
    fs::write(&path, &script.code).unwrap();
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-I", "-B"]).arg(&path).current_dir(folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let (mut channel, theirs) = std::io::pipe().unwrap();
    let mappings = [3, 5].map(|child_fd| FdMapping { parent_fd: theirs.try_clone().unwrap().into(), child_fd });
    command.fd_mappings(mappings.into()).unwrap();
    let mut child = command.spawn().unwrap();
    drop((command, theirs));
    let listener = thread::spawn(move || std::io::copy(&mut channel, &mut std::io::sink()));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ended = if script.field("plain") == Some("hangs") {
        match lines.next() {
            Some(Ok(line)) if line == "here" && child.try_wait().unwrap().is_none() => "hangs".into(),
            other => format!("it said {other:?}"),
        }
    } else {
        wait(&mut child).map_or("it does not end".into(), told)
    };
    let _ended_already = child.kill();
    child.wait().unwrap();
    drop(lines);
    listener.join().unwrap().unwrap();
    ended
}

fn told(status: ExitStatus) -> String {
    status.code().map_or_else(|| format!("{status}"), |code| format!("exited {code}"))
}

fn wait(child: &mut Child) -> Option<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}
