//! The escape suite: every file of `tests/escapes` is an attack. Plain Python carries it out (the control), the sandbox
//! refuses it, and not just somehow: with the error that its first lines name.
//!
//! ```text
//! # refused: EPERM          an errno, an exception's name, or `signal N`; several with `|`
//! # grants: process, net    if it starts with more
//! # limits: memory_mb=256   if it needs others
//! ```

use crate::{
    decoys::{Decoys, SECRET},
    place::{Way, ordinary_way, public_folder, root_way},
    pool::Pool,
    session::{Order, Ran, wait},
};
use serde_json::Value;
use std::{
    fmt::Write as _,
    fs,
    io::Read,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

struct Attack {
    name: String,
    code: String,
    refused: Vec<String>,
    grants: String,
    limits: Vec<(String, u64)>,
}

fn attacks() -> Vec<Attack> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/escapes");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    paths.iter().map(|path| attack(path)).collect()
}

fn attack(path: &Path) -> Attack {
    let code = fs::read_to_string(path).unwrap();
    let field = |name: &str| {
        let prefix = format!("# {name}: ");
        code.lines().find_map(|line| line.strip_prefix(prefix.as_str())).unwrap_or_default().to_owned()
    };
    let refused: Vec<String> = field("refused").split('|').map(|way| way.trim().to_owned()).collect();
    assert!(refused.iter().all(|way| !way.is_empty()), "{} does not say how it is refused", path.display());
    let limit = |text: &str| text.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.parse().unwrap()));
    Attack {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        refused,
        grants: field("grants"),
        limits: field("limits").split(',').filter_map(limit).collect(),
        code,
    }
}

#[test]
fn there_are_enough_attacks() {
    assert!(attacks().len() >= 30);
}

#[test]
fn every_control_succeeds() {
    let decoys = Decoys::new();
    let mut failures = String::new();
    for attack in attacks() {
        if let Err(why) = control(&attack, &decoys, &root_way().interpreter) {
            writeln!(failures, "{}: {why}", attack.name).unwrap();
        }
    }
    assert!(failures.is_empty(), "attacks that fail without a sandbox prove nothing:\n{failures}");
}

#[test]
fn every_attack_is_refused_as_root() {
    refused(&root_way());
}

#[test]
fn every_attack_is_refused_as_an_ordinary_user() {
    refused(&ordinary_way());
}

/// The same code in plain Python, with the descriptors that a runner has.
fn control(attack: &Attack, decoys: &Decoys, interpreter: &Path) -> Result<(), String> {
    use command_fds::{CommandFdExt, FdMapping};
    let folder = public_folder();
    let script = folder.path().join("attack.py");
    fs::write(&script, &attack.code).unwrap();
    let mut command = Command::new(interpreter);
    command.arg("-I").arg(script).current_dir(folder.path()).envs(decoys.environment());
    let (mut errors, stderr) = std::io::pipe().unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    let (_heard, pipe) = std::io::pipe().unwrap();
    let mappings = [5, 9].map(|child_fd| FdMapping { parent_fd: OwnedFd::from(pipe.try_clone().unwrap()), child_fd });
    command.fd_mappings(mappings.into()).unwrap();
    let mut child = command.spawn().unwrap();
    drop(command);
    let status = wait(&mut child);
    let mut text = String::new();
    errors.read_to_string(&mut text).unwrap();
    if status.success() { Ok(()) } else { Err(format!("{status}: {}", text.lines().last().unwrap_or_default())) }
}

/// A zygote's child gets neither the network nor processes: attacks that need them have no way into one.
#[test]
fn every_attack_is_refused_in_a_zygotes_child() {
    for way in [root_way(), ordinary_way()] {
        let mut pool = Pool::new(&way);
        let fits = |attack: &Attack| !["net", "process"].iter().any(|grant| attack.grants.contains(grant));
        refused_in(&way, attacks().into_iter().filter(fits), |order, code| pool.run(order, code));
    }
}

fn refused(way: &Way) {
    refused_in(way, attacks(), Order::run);
}

fn refused_in(way: &Way, attacks: impl IntoIterator<Item = Attack>, mut run: impl FnMut(&Order, &str) -> Ran) {
    let decoys = Decoys::new();
    let mut failures = String::new();
    for attack in attacks {
        let ran = run(&order(&attack, way, &decoys), &attack.code);
        let how = how(&ran);
        let brought_home = ran.stdout.contains(SECRET) || ran.frames.iter().any(|frame| is_in(&frame.body, SECRET));
        if brought_home || !attack.refused.contains(&how) {
            writeln!(failures, "{}: expected {:?}, got {how}: {}", attack.name, attack.refused, ran.stderr).unwrap();
        }
        let left: Vec<_> = fs::read_dir(decoys.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 4, "{} changed the decoys: {left:?}", attack.name);
    }
    assert!(failures.is_empty(), "{}:\n{failures}", way.name);
}

fn order(attack: &Attack, way: &Way, decoys: &Decoys) -> Order {
    let input = decoys.input().display().to_string();
    let mut order = Order::new(way).mount(&input, &input, false);
    for (name, value) in &attack.limits {
        order = order.limit(name, *value);
    }
    order.net = attack.grants.contains("net");
    order.process = attack.grants.contains("process");
    // The word itself would make every attack on the environment succeed.
    let known = decoys.environment().into_iter().filter(|(name, _)| *name != "DECOY");
    order.environment = known.map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    order
}

fn is_in(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// How the code was refused: an errno's name, the exception's, or the signal that killed it.
fn how(ran: &Ran) -> String {
    if ran.status["ended"] == "signalled" {
        return format!("signal {}", ran.status["signal"]);
    }
    let Some(error) = ran.frame("error") else { return "not at all".into() };
    let message = error["message"].as_str().unwrap();
    let errno = message.strip_prefix("[Errno ").and_then(|rest| rest.split_once(']')?.0.parse::<i32>().ok());
    match errno {
        Some(libc::EPERM) => "EPERM".into(),
        Some(libc::ENOENT) => "ENOENT".into(),
        Some(libc::ESRCH) => "ESRCH".into(),
        Some(libc::EBADF) => "EBADF".into(),
        Some(libc::EACCES) => "EACCES".into(),
        Some(libc::EXDEV) => "EXDEV".into(),
        Some(libc::EROFS) => "EROFS".into(),
        Some(libc::ENOSPC) => "ENOSPC".into(),
        Some(libc::ENOSYS) => "ENOSYS".into(),
        Some(libc::EAGAIN) => "EAGAIN".into(),
        Some(libc::EBUSY) => "EBUSY".into(),
        Some(other) => format!("errno {other}"),
        None => error["type_name"].as_str().unwrap_or_default().into(),
    }
}
