//! The host's side against scripted runners: what a real one never says, and what a dead one cannot.
//!
//! `tests/fake_runner.py` speaks the protocol without any jail and then does what the test's script says.

use super::{
    handshake::{self, Launch, Waiting},
    plan::{self, KernelLimits, Plan},
    read_status,
};
use crate::{
    ending::{Stopped, judge},
    error::{ExecuteError, PrepareError},
    protocol::message::RunnerErrorKind,
    session::{self, Ends, Hold as _, Seen},
};
use pyexec_core::{
    Code, ErrorKind, Isolation,
    connector::{ChannelReply, ChannelRequest, ChannelValue},
    order::Limits,
    outcome::{Ended, Results},
};
use pyexec_testkit::ExecutionHostFake;
use std::{collections::BTreeMap, fs, path::Path};

const FAKE: &str = include_str!("../../tests/fake_runner.py");

async fn waiting(before: &str, after: &str) -> Result<Waiting, PrepareError> {
    let runtime = tempfile::tempdir().unwrap();
    fs::create_dir(runtime.path().join("pyexec")).unwrap();
    let script = FAKE.replace("# BEFORE", before).replace("# AFTER", after);
    fs::write(runtime.path().join("pyexec/_runner.py"), script).unwrap();
    let plan = Plan {
        library: "/none.so".into(),
        uid: None,
        gid: None,
        mounts: Vec::new(),
        limits: KernelLimits::from(&Limits::default()),
        net: false,
        process: false,
        environment: plan::environment(&BTreeMap::new(), None),
    };
    handshake::launch(&Launch {
        group: None,
        interpreter: Path::new("python3"),
        runtime: runtime.path(),
        plan: &plan,
        site: &[],
        context: b"{}",
        results_max_bytes: 1 << 20,
    })
    .await
}

async fn run_with(after: &str, limits: &Limits, host: &ExecutionHostFake) -> Result<Seen, ExecuteError> {
    see_through(waiting("ready()", after).await.unwrap(), limits, host).await
}

async fn see_through(waiting: Waiting, limits: &Limits, host: &ExecutionHostFake) -> Result<Seen, ExecuteError> {
    let Waiting { tree, channel, stdout, stderr, status, .. } = waiting;
    let code = Code::from("the code");
    let ends = Ends { channel, stdout, stderr, status: read_status(status) };
    session::run(&tree, ends, (code.as_bytes(), code.hash()), limits, &host.host()).await
}

async fn run(after: &str) -> Seen {
    run_with(after, &Limits::default(), &ExecutionHostFake::releasing("")).await.unwrap()
}

fn kind(seen: &Seen, limits: &Limits) -> (Ended, Option<ErrorKind>) {
    let (ended, error) = judge(seen.stopped.as_ref(), seen.status.as_ref(), &seen.heard, limits).unwrap();
    (ended, error.map(|error| error.kind))
}

#[tokio::test]
async fn a_plain_run() {
    let host = ExecutionHostFake::releasing("");
    let script = r#"
assert release == ({"type": "release", "sha256": sha256(b"the code")}, b"the code"), release
print("out"); print("err", file=sys.stderr)
send({"type": "figure", "path": "figures/figure_1.png"})
send({"type": "result", "state": "dict", "warnings": ["odd"]}, b'{"x": 1}')
send({"type": "result", "state": "dict"}, b'{"x": 2}')
send({"type": "end"})
status({"ended": "exited", "code": 0, "cpu_ms": 12, "peak_rss_bytes": 34})
"#;
    let seen = run_with(script, &Limits::default(), &host).await.unwrap();
    assert_eq!(kind(&seen, &Limits::default()), (Ended::Exited { code: 0 }, None));
    let (Results::Dict { value }, warnings) = seen.heard.results.unwrap() else { panic!() };
    assert_eq!((value["x"].as_i64(), warnings), (Some(1), vec!["odd".to_owned()]), "the first one wins");
    assert_eq!(seen.heard.figures, ["figures/figure_1.png"]);
    assert_eq!(seen.status.unwrap().cpu_ms, 12);
    assert_eq!((host.stdout(), host.stderr()), (b"out\n".to_vec(), b"err\n".to_vec()));
}

#[tokio::test]
async fn what_is_not_the_protocol_ends_the_run() {
    for (script, says) in [
        ("channel.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')", "longer than"),
        ("channel.sendall(b'\\0' * 8)", "no header"),
        ("send({'type': 'result', 'state': 'dict'}, b'[1]')", "results"),
        ("send({'type': 'what'})", "not a message"),
        (
            "send({'type': 'result', 'state': 'dict'}, b'{\"x\":[' + b'{\"\":0},' * 2_000_000 + b'0]}')",
            "so many values",
        ),
        ("ready()", "twice"),
        ("send({'type': 'result', 'state': 'dict'}, b'x' * (17 << 20))", "body"),
    ] {
        let seen = run(&format!("{script}\ntime.sleep(1000)")).await;
        let Some(Stopped::Protocol(what)) = &seen.stopped else { panic!("{script}: {:?}", seen.stopped) };
        assert!(what.contains(says), "{script}: {what}");
        assert_eq!(kind(&seen, &Limits::default()), (Ended::Killed, Some(ErrorKind::Runtime)));
    }
}

#[tokio::test]
async fn deep_json_is_an_error_and_not_a_stack_overflow() {
    let seen = run("send({'type': 'result', 'state': 'dict'}, b'{\"x\":' + b'[' * 4_000_000)\ntime.sleep(1000)").await;
    assert!(matches!(seen.stopped, Some(Stopped::Protocol(_))));
}

#[tokio::test]
async fn descriptors_sent_after_ready_are_not_taken() {
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    let script = "for _ in range(200): socket.send_fds(channel, [frame({'type': 'end'})], [0, 1, 2])\nstatus({'ended': 'exited', 'code': 0})";
    run(script).await;
    assert!(open() < before + 150, "200 times 3 descriptors were sent");
}

/// Unread, they keep the pipes and the channel from ending, although everybody is dead: the host must not wait for that.
#[tokio::test]
async fn ends_that_were_sent_along_are_not_waited_for() {
    for script in [
        r#"
channel.setblocking(False)
request = frame({"type": "channel", "id": 1, "request": {"op": "read", "name": "A"}})
try:
    while True: socket.send_fds(channel, [request], [1, 2, 3])
except BlockingIOError: pass
"#,
        r#"
left, right = socket.socketpair()
for end in left, right: socket.send_fds(end, [b"x"], [1, 2, 3, left.fileno(), right.fileno()])
"#,
    ] {
        let script = format!("{script}\nstatus({{'ended': 'signalled', 'signal': 9}})\nos.kill(os.getpid(), 9)");
        let read = ChannelRequest::Read { name: "A".into(), timeout: None };
        let host = ExecutionHostFake::releasing("").answering(read, ChannelReply::Value(ChannelValue::default()));
        let seen = run_with(&script, &Limits::default(), &host).await.unwrap();
        assert_eq!(kind(&seen, &Limits::default()).0, Ended::Signalled { signal: 9 }, "{script}");
    }
}

#[tokio::test]
async fn requests_of_the_dead_are_not_carried_out() {
    let host = ExecutionHostFake::releasing("");
    let before = r#"
ready()
write = {"op": "write", "writes": [{"name": "A", "value": 1}], "timeout": None}
for id in range(3): send({"type": "channel", "id": id, "request": write})
os._exit(0)
"#;
    let waiting = waiting(before, "").await.unwrap();
    waiting.tree.exited().await.unwrap();
    see_through(waiting, &Limits::default(), &host).await.unwrap();
    assert_eq!(host.channel_requests(), []);
}

#[tokio::test]
async fn nobody_saw_how_it_ended() {
    for script in ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.write(5, b'{\"ended\": \"well\"}')"] {
        let seen = run(script).await;
        assert_eq!(
            judge(seen.stopped.as_ref(), seen.status.as_ref(), &seen.heard, &Limits::default()),
            None,
            "{script}"
        );
    }
}

#[tokio::test]
async fn the_deadline_kills_what_ignores_it() {
    let limits = Limits { timeout_seconds: 1, ..Limits::default() };
    let script = "for n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nos.fork()\nwhile True: time.sleep(1)";
    let seen = run_with(script, &limits, &ExecutionHostFake::releasing("")).await.unwrap();
    assert_eq!(kind(&seen, &limits), (Ended::Deadline, Some(ErrorKind::Timeout)));
}

#[tokio::test]
async fn the_deadline_comes_also_to_code_that_never_stops_talking() {
    let limits = Limits { timeout_seconds: 1, ..Limits::default() };
    for script in [
        "f = frame({'type': 'end'}) * 3000\nwhile True: channel.sendall(f)",
        "f = frame({'type': 'figure', 'path': 'x' * 60_000}) * 10\nwhile True: channel.sendall(f)",
        "os.fork()\nwhile True: os.write(1, b'x' * 1_000_000)",
    ] {
        let seen = run_with(script, &limits, &ExecutionHostFake::releasing("")).await.unwrap();
        assert_eq!(kind(&seen, &limits), (Ended::Deadline, Some(ErrorKind::Timeout)), "{script}");
    }
}

/// It was killed in the middle of a word: by what is told, not that nobody understood the word.
#[tokio::test]
async fn half_a_frame_hides_no_signal() {
    let script =
        "channel.sendall(frame({'type': 'end'})[:-3])\nchannel.close()\nstatus({'ended': 'signalled', 'signal': 11})";
    assert_eq!(
        kind(&run(script).await, &Limits::default()),
        (Ended::Signalled { signal: 11 }, Some(ErrorKind::Runtime))
    );
    let script =
        "channel.sendall(frame({'type': 'end'})[:-3])\nchannel.close()\nstatus({'ended': 'exited', 'code': 0})";
    assert_eq!(kind(&run(script).await, &Limits::default()), (Ended::Exited { code: 0 }, Some(ErrorKind::Runtime)));
}

#[tokio::test]
async fn channel_calls_are_answered_in_order() {
    let read = |name: &str| ChannelRequest::Read { name: name.into(), timeout: None };
    let value = |n: i64| ChannelReply::Value(ChannelValue { value: n.into(), ..ChannelValue::default() });
    let host = ExecutionHostFake::releasing("").answering(read("A"), value(1)).answering(read("B"), value(2));
    let script = r#"
for id, name in ((5, "A"), (6, "B")):
    send({"type": "channel", "id": id, "request": {"op": "read", "name": name}})
got = [receive()[0] for _ in range(2)]
assert [(g["id"], g["reply"]["reply"], g["reply"]["value"]) for g in got] == [(5, "value", 1), (6, "value", 2)], got
status({"ended": "exited", "code": 0})
"#;
    let seen = run_with(script, &Limits::default(), &host).await.unwrap();
    assert!(seen.status.is_some(), "{}", String::from_utf8_lossy(&host.stderr()));
    assert_eq!(host.channel_requests(), [read("A"), read("B")]);
}

#[tokio::test]
async fn a_revoked_host_ends_the_run() {
    let host = ExecutionHostFake::releasing("");
    host.revoke();
    let Err(error) = run_with("print('x', flush=True)\ntime.sleep(1000)", &Limits::default(), &host).await else {
        panic!("output went to a host that is gone")
    };
    assert!(matches!(&error, ExecuteError::Host(e) if e.kind.as_str() == "revoked"), "{error}");
}

#[tokio::test]
async fn output_floods_are_cut_in_the_middle() {
    let limits = Limits { output_kb: 4, ..Limits::default() };
    let host = ExecutionHostFake::releasing("");
    let script = "sys.stdout.write('first\\n' + 'x' * 30_000_000 + '\\nlast')\nsys.stdout.flush()\nstatus({'ended': 'exited', 'code': 0})";
    let seen = run_with(script, &limits, &host).await.unwrap();
    let stdout = String::from_utf8(host.stdout()).unwrap();
    assert!(
        stdout.starts_with("first\n") && stdout.ends_with("\nlast") && stdout.len() < 4096 + 100,
        "{}",
        stdout.len()
    );
    assert_eq!(seen.dropped[0].1, 30_000_011 - 4096);
}

#[tokio::test]
async fn errors_before_ready_are_the_sandboxes() {
    for (before, says) in [
        ("send({'type': 'error', 'kind': 'sandbox', 'message': 'no user namespaces; do this'})", "no user namespaces"),
        ("sys.exit('ModuleNotFoundError: encodings')", "ModuleNotFoundError"),
        ("send({'type': 'end'})", "first word"),
        ("send({'type': 'ready', 'protocol': 1, 'python': '3', 'isolation': 'full'})", "working folder"),
        ("send({'type': 'ready', 'protocol': 9, 'python': '3', 'isolation': 'full'})", "protocol 9"),
        ("os.kill(os.getpid(), 11)", "without a word"),
    ] {
        let Err(error) = waiting(before, "").await else { panic!("{before}") };
        assert!(
            matches!(&error, PrepareError::Sandbox(what) | PrepareError::NotReady(what) if what.contains(says)),
            "{before}: {error}"
        );
    }
}

#[tokio::test]
async fn errors_are_heard_once() {
    let script = r"
send({'type': 'error', 'kind': 'runtime', 'type_name': 'ValueError', 'message': 'first', 'line': 3})
send({'type': 'error', 'kind': 'sandbox', 'message': 'second'})
send({'type': 'result', 'state': 'missing'}); send({'type': 'end'})
status({'ended': 'exited', 'code': 1})
";
    let seen = run(script).await;
    assert_eq!(kind(&seen, &Limits::default()), (Ended::Exited { code: 1 }, Some(ErrorKind::Runtime)));
    let error = seen.heard.error.unwrap();
    assert_eq!((error.kind, error.message.as_str()), (RunnerErrorKind::Runtime, "first"));
}

#[tokio::test]
async fn what_waits_says_what_it_is() {
    let waiting = waiting("ready()", "").await.unwrap();
    assert_eq!((waiting.python.as_str(), waiting.isolation), ("3.0.0", Isolation::Full));
    assert!(waiting.tree.is_alive());
}
