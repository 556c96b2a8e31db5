//! What the runner does with code: as plain Python would, and as the protocol says.

use crate::{
    place::{ordinary_way, root_way, ways},
    session::{Order, Session},
};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::MetadataExt};

#[test]
fn results_arrive_in_order_and_full_isolation_is_said() {
    for way in ways() {
        let ran = Order::new(&way).run("print('hello')\nresults = {'x': 1, 'nan': float('nan')}");
        assert_eq!(ran.frame("ready").unwrap()["isolation"], "full");
        assert_eq!((ran.story(), ran.stdout.as_str()), (vec!["result", "end"], "hello\n"));
        assert_eq!(ran.results(), json!({"x": 1, "nan": null}));
        assert!(ran.frame("result").unwrap()["warnings"][0].as_str().unwrap().contains("nan"));
        assert_eq!(ran.status["code"], 0);
    }
}

#[test]
fn code_is_main_in_a_world_like_plain_pythons() {
    let code = "from __future__ import annotations
import __main__, inspect, os, pickle, sys, linecache, json as Path
class Thing: pass
def function(): return 1
thing = pickle.loads(pickle.dumps(Thing()))
results = {
    'name': __name__, 'file': __file__, 'argv': sys.argv, 'path': sys.path[0], 'cwd': os.getcwd(), 'stdin': sys.stdin.read(),
    'main': __main__.thing is thing, 'source': inspect.getsource(function), 'runner': 'run' in globals(), 'doc': __doc__,
    'exit': callable(exit), 'home': os.path.expanduser('~'), 'uid': os.getuid(), 'host': os.uname().nodename,
    'environment': sorted(os.environ), 'line': linecache.getline(__file__, 1),
}
sys.stdout.buffer.write(b'\\x89PNG')";
    for way in ways() {
        let mut order = Order::new(&way);
        order.environment = json!({"MODE": "x"});
        let ran = order.run(code);
        assert_eq!(
            ran.results(),
            json!({
                "name": "__main__", "file": "/script/code.py", "argv": ["/script/code.py"], "path": "/work", "cwd": "/work",
                "stdin": "", "main": true, "source": "def function(): return 1\n", "runner": false, "doc": null, "exit": true,
                "home": "/tmp", "uid": 1000, "host": "pyexec",
                "environment": ["HOME", "LANG", "MODE", "MPLBACKEND", "MPLCONFIGDIR", "PATH", "TMPDIR"],
                "line": "from __future__ import annotations\n",
            })
        );
    }
}

#[test]
fn multi_line_strings_and_encodings_are_run_as_they_are() {
    let ran = Order::new(&root_way())
        .run_bytes(b"# coding: latin-1\ntext = '''a\n  b\n\tc'''\nresults = {'text': text, 'umlaut': '\xe4'}");
    assert_eq!(ran.results(), json!({"text": "a\n  b\n\tc", "umlaut": "ä"}));
}

#[test]
fn how_code_ends_is_how_python_ends() {
    let order = Order::new(&root_way());
    for (code, status, story) in [
        ("results = {}", 0, vec!["result", "end"]),
        ("import sys; sys.exit()", 0, vec!["result", "end"]),
        ("import sys; sys.exit(0)", 0, vec!["result", "end"]),
        ("import sys; sys.exit(256)", 0, vec!["result", "end"]),
        ("import sys; sys.exit(3)", 3, vec!["error", "result", "end"]),
        ("import sys; sys.exit(10**30)", 255, vec!["error", "result", "end"]),
        ("exit('bye')", 1, vec!["error", "result", "end"]),
        ("1/0", 1, vec!["error", "result", "end"]),
        ("import os; os._exit(0)", 0, vec![]),
        ("import os; os._exit(7)", 7, vec![]),
        ("import os\nif os.getpid(): os._exit(0)\nresults = {}", 0, vec![]),
    ] {
        let ran = order.run(code);
        assert_eq!((&ran.status["code"], ran.story()), (&json!(status), story), "{code}: {ran:#?}");
    }
    let interrupted = order.run("raise KeyboardInterrupt");
    assert_eq!((interrupted.status["signal"].as_i64(), interrupted.story().len()), (Some(2), 3), "{interrupted:#?}");
}

#[test]
fn results_then_threads_then_exit_handlers_then_the_end() {
    let code = "import atexit, threading, time
atexit.register(lambda: print('handler'))
event = threading.Event()
threading.Thread(target=lambda: (event.wait(), print('thread'))).start()
class Waiter(dict): pass
results = {'x': 1}
threading.Timer(0.05, event.set).start()
file = open('unflushed.txt', 'w'); file.write('kept')
print('main')";
    let ran = Order::new(&root_way()).run(code);
    assert_eq!((ran.stdout.as_str(), ran.story()), ("main\nthread\nhandler\n", vec!["result", "end"]));
    assert_eq!(ran.read("unflushed.txt").unwrap(), b"kept");
}

#[test]
fn a_fork_that_runs_to_the_end_says_nothing() {
    let code = "import os\nresults = {'parent': os.fork() != 0}\nif results['parent']: os.wait()";
    let ran = Order::new(&root_way()).with_process().run(code);
    assert_eq!((ran.results(), ran.story()), (json!({"parent": true}), vec!["noticed", "result", "end"]));
}

#[test]
fn errors_show_the_users_lines() {
    let code = "import json
def inner():
    json.loads('{')
try:
    inner()
except ValueError as error:
    raise RuntimeError('outer') from error";
    let ran = Order::new(&root_way()).run(code);
    let error = ran.frame("error").unwrap();
    assert_eq!(
        (&error["kind"], &error["type_name"], &error["line"]),
        (&json!("runtime"), &json!("RuntimeError"), &json!(7))
    );
    let traceback = error["traceback"].as_str().unwrap();
    for part in ["line 3, in inner", "json.loads('{')", "direct cause", "RuntimeError: outer"] {
        assert!(traceback.contains(part), "{traceback}");
    }
    assert!(!traceback.contains("decoder.py") && !traceback.contains("_script.py"), "{traceback}");
    assert!(ran.stderr.contains("decoder.py") && !ran.stderr.contains("_script.py"), "{}", ran.stderr);
}

#[test]
fn errors_have_names() {
    let order = Order::new(&root_way()).limit("memory_mb", 256);
    for (code, kind, type_name) in [
        ("x = (\n", "syntax", "SyntaxError"),
        ("\0", "syntax", "SyntaxError"),
        ("  x = 1", "syntax", "IndentationError"),
        ("eval('(')", "runtime", "SyntaxError"),
        ("def f(): f()\nf()", "runtime", "RecursionError"),
        ("x = [bytearray(1 << 20) for _ in range(1000)]", "runtime", "MemoryError"),
        ("class E(Exception):\n  def __str__(self): raise self\nraise E", "runtime", "E"),
        ("import sys\nsys.excepthook = 1\nraise ValueError", "runtime", "ValueError"),
        ("import sys\nsys.stderr = None\nraise ValueError", "runtime", "ValueError"),
    ] {
        let ran = order.run(code);
        let error = ran.frame("error").unwrap_or_else(|| panic!("{code}: {ran:#?}"));
        let named = error["type_name"].as_str().unwrap();
        // Until 3.11.3 a null byte is a ValueError.
        let is_null = code == "\0" && named == "ValueError";
        assert!(error["kind"] == kind && (named == type_name || is_null), "{code}: {error}");
        assert_eq!(ran.status["code"], 1, "{code}");
    }
}

#[test]
fn inputs_outputs_and_whose_they_are() {
    for way in ways() {
        let folder = crate::place::public_folder();
        let (input, output) = (folder.path().join("data.csv"), folder.path().join("out"));
        fs::write(&input, "1,2").unwrap();
        fs::create_dir(&output).unwrap();
        let owner = if way.ordinary { crate::place::ORDINARY } else { 0 };
        for path in [&input, &output] {
            std::os::unix::fs::chown(path, Some(owner), Some(owner)).unwrap();
            let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(path, private).unwrap();
        }
        let [input, output] = [input, output].map(|path| path.display().to_string());
        let code = format!(
            "results = {{'same': open('data.csv').read() == open({input:?}).read() == '1,2'}}\n\
             open({output:?} + '/new.txt', 'w').write('x')"
        );
        let order = Order::new(&way).mount(&input, "/work/data.csv", false).mount(&input, &input, false);
        let ran = order.mount(&output, &output, true).run(&code);
        assert_eq!(ran.results(), json!({"same": true}), "{}: {ran:#?}", way.name);
        let written = fs::metadata(format!("{output}/new.txt")).unwrap();
        assert_eq!((written.uid(), written.gid()), (owner, owner), "{}", way.name);
    }
}

#[test]
fn what_cannot_be_prepared_is_said() {
    let way = root_way();
    let order = Order::new(&way);
    let cases: [(&str, Value, &str); 7] = [
        ("/limits/memory_mb", json!(0), "limits.memory_mb"),
        ("/uid", json!(0), "root"),
        ("/uid", Value::Null, "together"),
        ("/library", json!("/nowhere.so"), "/nowhere.so"),
        ("/mounts/0/source", json!("/nowhere"), "open /nowhere"),
        ("/mounts/0/target", json!("/proc/x"), "/proc/x"),
        ("/net", json!("yes"), "boolean"),
    ];
    for (place, value, text) in cases {
        let mut plan = order.plan();
        *plan.pointer_mut(place).unwrap() = value;
        let mut session = Session::start(&order);
        let answer = session.prepare(&plan);
        assert_eq!((&answer["type"], &answer["kind"]), (&json!("error"), &json!("sandbox")), "{answer}");
        assert!(answer["message"].as_str().unwrap().contains(text), "{text}: {answer}");
        assert!(!session.finish().exit.success());
    }
}

#[test]
fn where_namespaces_are_refused_nothing_runs_and_the_way_out_is_said() {
    // The kernel makes no user namespace for a process whose root is not its mount namespace's.
    let user = crate::place::ORDINARY;
    let script =
        format!("mount --rbind / /mnt && exec /usr/sbin/chroot --userspec={user}:{user} --groups= /mnt \"$@\"");
    let mut way = ordinary_way();
    way.launcher = ["unshare", "--mount", "/bin/sh", "-c", &script, "sh"].map(str::to_owned).into();
    let order = Order::new(&way);
    let mut session = Session::start(&order);
    let answer = session.prepare(&order.plan());
    let message = answer["message"].as_str().unwrap_or_default();
    assert!(message.contains("cannot create a user namespace: Operation not permitted"), "{answer}");
    assert!(message.contains("sysctl") && message.contains("container"), "{answer}");
    assert_eq!(session.finish().story(), ["error"]);
}

#[test]
fn output_folders_take_data_and_no_links() {
    let folder = crate::place::public_folder();
    let target = folder.path().display().to_string();
    let code = "import os; os.chdir('/out'); open('data', 'w').close(); os.symlink('/etc/passwd', 'link')";
    let ran = Order::new(&root_way()).mount(&target, "/out", true).run(code);
    assert!(ran.frame("error").unwrap()["message"].as_str().unwrap().contains("Errno 13"), "{ran:#?}");
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["data"]);
}

#[test]
fn a_source_that_was_exchanged_is_refused() {
    let order = Order::new(&root_way());
    let mut plan = order.plan();
    let other = json!({"source": "/etc/hostname", "target": "/data", "writable": false, "dev": 1, "inode": 1});
    plan["mounts"].as_array_mut().unwrap().push(other);
    let mut session = Session::start(&order);
    assert!(session.prepare(&plan)["message"].as_str().unwrap().contains("no longer what was approved"));
    session.finish();
}

#[test]
fn code_with_another_digest_is_not_run() {
    let order = Order::new(&root_way());
    let mut session = Session::start(&order);
    session.prepare(&order.plan());
    session.send(&json!({"type": "release", "sha256": "00"}), b"print('ran')");
    let ran = session.finish();
    assert_eq!((ran.stdout.as_str(), &ran.frame("error").unwrap()["kind"]), ("", &json!("sandbox")), "{ran:#?}");
}

#[test]
fn there_is_no_run_without_a_plan() {
    let order = Order::new(&root_way());
    let mut session = Session::start(&order);
    assert_eq!(session.prepare(&Value::Null)["kind"], "sandbox");
    session.finish();
}

#[test]
fn context_and_channels() {
    let mut order = Order::new(&root_way());
    order.context = json!({"ORBIT": {"now": {"values": [1, 2]}}});
    let mut session = Session::start(&order);
    session.prepare(&order.plan());
    session.release(
        b"from pyexec import context
from pyexec.runtime import ChannelRefused, read_channel, write_channel
results = {'context': context.ORBIT.now.values, 'read': read_channel('A:B')}
try:
    write_channel('A:B', 5)
except ChannelRefused as error:
    results['refused'] = str(error)
try:
    write_channel('A:B', float('nan'))
except ChannelRefused as error:
    results['nan'] = str(error)",
    );
    let asked = session.receive().unwrap().header;
    assert_eq!(asked["request"], json!({"op": "read", "name": "A:B", "timeout": null}));
    let value = json!({"reply": "value", "value": 1.5, "units": "mm"});
    session.send(&json!({"type": "channel_reply", "id": asked["id"], "reply": value}), b"");
    let asked = session.receive().unwrap().header;
    assert_eq!(asked["request"]["writes"], json!([{"name": "A:B", "value": 5}]));
    let error =
        json!({"reply": "error", "error": {"kind": "outside_envelope", "class": "refusal", "message": "too high"}});
    session.send(&json!({"type": "channel_reply", "id": asked["id"], "reply": error}), b"");
    let results = session.finish().results();
    assert_eq!(
        (&results["context"], &results["read"], &results["refused"]),
        (&json!([1, 2]), &json!(1.5), &json!("too high"))
    );
    assert!(results["nan"].as_str().unwrap().contains("nan"));
}
