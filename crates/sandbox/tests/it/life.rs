//! How a sandbox ends: by itself, by its host, by a limit; and that nothing of it lives on.

use crate::{
    place::{Way, root_way, ways},
    session::{Order, Session, eventually},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};

/// Daemonises as thoroughly as Unix allows, then waits for good. The code goes on when the daemon has spoken: else it could
/// end, and the daemon with it, before that.
const DAEMON: &str = "
import os, signal
spoken, speak = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        os.write(1, b'daemon\\n')
        os.write(speak, b'.')
        while True:
            signal.pause()
    os._exit(0)
os.read(spoken, 1)
";

/// Processes that descend from `outer`, across namespaces.
fn descendants(outer: u32) -> BTreeSet<u32> {
    let mut family = BTreeSet::from([outer]);
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let (_, rest) = stat.rsplit_once(") ")?;
            Some((pid, rest.split(' ').nth(1)?.parse().ok()?))
        })
        .collect();
    loop {
        let more: Vec<u32> = parents
            .iter()
            .filter(|(pid, parent)| family.contains(parent) && !family.contains(pid))
            .map(|p| p.0)
            .collect();
        if more.is_empty() {
            family.remove(&outer);
            return family;
        }
        family.extend(more);
    }
}

fn all_gone(family: &BTreeSet<u32>) -> bool {
    // A zombie has ended; who inherits it reaps it when it likes.
    let lives = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z') && !rest.starts_with('X'))
    };
    !family.iter().any(lives)
}

/// A session whose code has started three processes that never end; they are the second value.
fn with_daemon(way: &Way, code: &str) -> (Session, BTreeSet<u32>) {
    let mut session = Session::start(&Order::new(way).with_process());
    let order = Order::new(way).with_process();
    assert_eq!(session.prepare(&order.plan())["type"], "ready");
    session.release(format!("{DAEMON}\n{code}").as_bytes());
    let mut family = BTreeSet::new();
    eventually("the daemon starts", || {
        family = descendants(session.outer());
        family.len() >= 3
    });
    (session, family)
}

#[test]
fn a_daemon_dies_with_the_code() {
    for way in ways() {
        let ran = Order::new(&way).with_process().run(&format!("{DAEMON}\nresults = {{'x': 1}}"));
        assert_eq!(ran.status["code"], 0, "{}: {ran:#?}", way.name);
        assert!(ran.exit.success());
        // Both pipes have ended, so nobody is left to hold them.
        assert_eq!(ran.stdout, "daemon\n");
    }
}

#[test]
fn when_the_host_lets_go_everything_dies() {
    for way in ways() {
        let (mut session, family) = with_daemon(&way, "signal.pause()");
        session.let_go();
        eventually("the sandbox dies with its host", || all_gone(&family));
        let ran = session.finish();
        assert_eq!(ran.status, Value::Null, "{}: a killed run reports nothing", way.name);
        assert!(!ran.exit.success());
    }
}

#[test]
fn when_the_outer_process_is_killed_everything_dies() {
    for way in ways() {
        let (session, family) = with_daemon(&way, "signal.pause()");
        let outer = rustix::process::Pid::from_raw(session.outer().cast_signed()).unwrap();
        rustix::process::kill_process(outer, rustix::process::Signal::KILL).unwrap();
        eventually("the sandbox dies with the outer process", || all_gone(&family));
        assert_eq!(session.finish().status, Value::Null);
    }
}

#[test]
fn a_host_that_leaves_before_the_code_leaves_nothing() {
    for way in ways() {
        let order = Order::new(&way);
        let mut session = Session::start(&order);
        session.prepare(&order.plan());
        let family = descendants(session.outer());
        assert!(family.len() >= 2, "pid 1 and the code's process: {family:?}");
        session.let_go();
        eventually("a waiting sandbox dies", || all_gone(&family));
        assert_eq!(session.finish().status, Value::Null);
    }
}

#[test]
fn signals_reach_the_code_as_in_plain_python() {
    let order = Order::new(&root_way());
    for (name, signal) in [("SIGKILL", 9), ("SIGSEGV", 11), ("SIGTERM", 15)] {
        let ran = order.run(&format!("import os, signal; os.kill(os.getpid(), signal.{name})"));
        assert_eq!((&ran.status["ended"], &ran.status["signal"]), (&json!("signalled"), &json!(signal)));
        assert_eq!(ran.story(), Vec::<&str>::new());
    }
}

#[test]
fn pid_1_cannot_be_killed_from_inside() {
    let code = "import os, signal
results = {}
for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
    try:
        os.kill(1, number)
    except PermissionError:
        pass
results['alive'] = os.getppid() == 1";
    for way in ways() {
        assert_eq!(Order::new(&way).with_process().run(code).results(), json!({"alive": true}));
    }
}

#[test]
fn cpu_time_is_limited() {
    let ran = Order::new(&root_way()).limit("cpu_seconds", 1).run("while True: pass");
    assert_eq!(ran.status["signal"], libc::SIGXCPU, "{ran:#?}");
    let stubborn = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass";
    let ran = Order::new(&root_way()).limit("cpu_seconds", 1).run(stubborn);
    assert_eq!(ran.status["signal"], libc::SIGKILL, "{ran:#?}");
    assert!(ran.status["cpu_ms"].as_u64().unwrap() >= 1000);
}

#[test]
fn use_is_reported() {
    let ran = Order::new(&root_way()).run("x = bytes(b'x' * (64 << 20))");
    assert!(ran.status["peak_rss_bytes"].as_u64().unwrap() > 64 << 20, "{}", ran.status);
}

#[test]
fn what_stands_in_the_working_folder_is_the_collectors_concern() {
    // Links may be made, and lead nowhere inside; the collector must not follow them outside.
    let ran =
        Order::new(&root_way()).run("import os; os.symlink('/etc/shadow', 'link'); open('out.txt', 'w').write('x')");
    assert_eq!(ran.status["code"], 0);
    assert_eq!(ran.read("out.txt").unwrap(), b"x", "the folder outlives the code");
}
