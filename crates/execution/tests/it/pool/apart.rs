//! No run sees another, or what another left. Each way is first shown to work within one run.

use super::{run_warm, warm, warm_with};
use crate::bench::{Bench, results};
use pyexec_core::{CodeExecutor, outcome::Ended};
use serde_json::{Value, json};

/// Leaves as much as it can, in every place that comes to mind, and sees it itself.
const LEAVE: &str = "
import builtins, ctypes, gc, os, random, sys, tempfile, threading, numpy, pandas, matplotlib
import matplotlib.pyplot as plt
SECRET = 'left-' + 'behind'
for folder in ('/work', '/tmp', '/dev/shm', '/tmp/matplotlib', '/var/tmp', '/script', '/run'):
    try: open(f'{folder}/{SECRET}', 'w').write(SECRET)
    except OSError: pass
os.environ[SECRET] = SECRET
builtins.left = sys.left = numpy.left = pandas.left = os.left = SECRET
numpy.set_printoptions(precision=1)
pandas.options.display.max_rows = 3
matplotlib.rcParams['lines.linewidth'] = 9
plt.figure()
sys.path.append('/' + SECRET)
sys.setrecursionlimit(5000)
os.umask(0o77)
threading.excepthook = None
random.seed(1); numpy.random.seed(1)
sys.stdout.write('x' * 10)
";

/// Looks for it.
const LOOK: &str = "
import builtins, os, sys, numpy, pandas, matplotlib, threading
import matplotlib.pyplot as plt
SECRET = 'left-' + 'behind'
results = {
    'files': [f'{folder}/{name}' for folder in ('/work', '/tmp', '/dev/shm', '/tmp/matplotlib', '/script')
              if os.path.isdir(folder) for name in os.listdir(folder) if SECRET in name],
    'environment': [name for name in os.environ if SECRET in name],
    'modules': [m.__name__ for m in (builtins, sys, numpy, pandas, os) if hasattr(m, 'left')],
    'settings': [numpy.get_printoptions()['precision'], pandas.options.display.max_rows, matplotlib.rcParams['lines.linewidth'],
                 plt.get_fignums(), '/' + SECRET in sys.path, sys.getrecursionlimit(), threading.excepthook is None],
    'umask': os.umask(0),
    'processes': sorted(int(name) for name in os.listdir('/proc') if name.isdigit()),
    'sockets': len(open('/proc/net/unix').readlines()) if os.path.exists('/proc/net/unix') else 0,
    'pid': os.getpid(),
}
";

#[tokio::test]
async fn nothing_is_left_for_the_next_run() {
    let local = warm().await;
    let fresh = results(&run_warm(&local, &Bench::new(LOOK)).await);
    let itself = results(&run_warm(&local, &Bench::new(format!("{LEAVE}\n{LOOK}"))).await);
    // The control: whoever leaves it finds it.
    assert_eq!(itself["files"].as_array().map(Vec::len), Some(4), "{itself}");
    assert_eq!(itself["modules"].as_array().map(Vec::len), Some(5), "{itself}");
    assert_ne!(itself["environment"], json!([]));
    assert_ne!(itself["settings"], fresh["settings"]);
    assert_ne!(itself["umask"], fresh["umask"]);
    for _ in 0..4 {
        assert_eq!(results(&run_warm(&local, &Bench::new(LOOK)).await), fresh);
    }
    assert_eq!((&fresh["files"], &fresh["environment"], &fresh["modules"]), (&json!([]), &json!([]), &json!([])));
    assert_eq!(fresh["processes"], json!([3]), "nobody but itself: {fresh}");
}

/// What runs at the same time is not seen either: two children of one zygote, each with a file, a socket, a thread and a word
/// in its memory.
#[tokio::test]
async fn runs_at_the_same_time_do_not_see_each_other() {
    const CODE: &str = "
import ctypes, gc, os, socket, sys, time
own = NAME * 3
for folder in ('/work', '/tmp', '/dev/shm'): open(f'{folder}/{own}', 'w').write(own)
os.environ[own] = own
pair = socket.socketpair()
pair[0].send(own.encode())
def attempt(step):
    try: return step()
    except OSError as error: return error.strerror
def names():
    found = set()
    for folder in ('/work', '/tmp', '/dev/shm'): found.update(name for name in os.listdir(folder) if 'word' in name)
    found.update(name for name in os.environ if 'word' in name)
    return sorted(found)
print('up', flush=True)
deadline = time.monotonic() + 1
seen, others = set(), set()
while time.monotonic() < deadline:
    seen.update(names())
    others.update(int(name) for name in os.listdir('/proc') if name.isdigit())
    time.sleep(0.02)
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return 'done'
results = {
    'seen': sorted(seen), 'processes': sorted(others),
    'signal': [attempt(lambda: os.kill(pid, 0)) for pid in (2, 4, 10, 100)],
    'memory': attempt(lambda: open(f'/proc/{os.getppid()}/mem', 'rb').read(1)),
    'parent': attempt(lambda: os.listdir(f'/proc/{os.getppid()}/fd')),
    'shm': attempt(lambda: call(29, 5, 4096, 0o1600)), 'semaphores': attempt(lambda: call(64, 5, 1, 0o1600)),
    'messages': attempt(lambda: call(68, 5, 0o1600)), 'abstract': attempt(lambda: socket.socket(socket.AF_UNIX)),
    'namespaces': {name: os.readlink(f'/proc/self/ns/{name}') for name in ('pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup')},
}
";
    let local = warm_with(&json!({"size": 3})).await;
    let benches =
        ["word-a ", "word-b ", "word-c "].map(|name| Bench::new(format!("NAME = {:?}\n{CODE}", name.trim_end())));
    let [first, second, third] = &benches;
    let (first, second, third) =
        tokio::join!(super::run_on(&local, first), super::run_on(&local, second), super::run_on(&local, third));
    let all = [first, second, third].map(|outcome| results(&outcome));
    for (got, word) in all.iter().zip(["word-a", "word-b", "word-c"]) {
        assert_eq!(got["seen"], json!([word.repeat(3)]), "its own, and nobody else's");
        assert_eq!(got["processes"], json!([3]));
        for what in ["shm", "semaphores", "messages", "abstract"] {
            assert_eq!(got[what], json!("Operation not permitted"), "{what}");
        }
        assert_eq!(got["signal"], json!(["No such process", "No such process", "No such process", "No such process"]));
        assert!(got["memory"] != json!("") && got["parent"] == json!("No such file or directory"), "{got}");
    }
    for name in ["pid", "mnt", "net", "ipc", "uts", "user", "cgroup"] {
        let links: std::collections::BTreeSet<_> = all.iter().map(|got| got["namespaces"][name].as_str()).collect();
        assert_eq!(links.len(), 3, "each has a {name} namespace of its own: {links:?}");
    }
}

#[tokio::test]
async fn random_numbers_differ() {
    const CODE: &str = "
import os, random, secrets, tempfile, uuid
import numpy as np
results = {'n': [random.random(), float(np.random.rand()), float(np.random.randn()), float(np.random.default_rng().random()),
                 secrets.token_hex(8), os.urandom(8).hex(), tempfile.mktemp(), str(uuid.uuid4())],
           'mean': float(np.random.rand(5000).mean()), 'used': int(np.random.get_state()[2])}
";
    let local = warm().await;
    let mut seen: Vec<Vec<Value>> = Vec::new();
    for _ in 0..3 {
        let got = results(&run_warm(&local, &Bench::new(CODE)).await);
        seen.push(got["n"].as_array().unwrap().clone());
        // Numbers as from a seed, and not from whatever lay there: their mean deviates by 0.004, and each takes two words of 624.
        assert!((got["mean"].as_f64().unwrap() - 0.5).abs() < 0.03, "{got}");
        assert!((1..=624).contains(&got["used"].as_u64().unwrap()), "{got}");
    }
    for other in &seen[1..] {
        assert!(seen[0].iter().zip(other).all(|(one, other)| one != other), "{seen:?}");
    }
}

/// What all children of a zygote have in common is a file in memory (`crates/sandbox/src/image.rs`): each has it as its own copy, what
/// one writes no other reads, and nobody can get at the file.
#[tokio::test]
async fn the_image_of_the_zygote_is_nobodys_to_change() {
    const CODE: &str = "
import ctypes, os
areas = [line.split() for line in open('/proc/self/maps') if 'memfd:zygote' in line]
place = int(areas[0][0].split('-')[0], 16)
before = ctypes.string_at(place, 8).hex()
ctypes.memmove(place, b'left-behind'[:8], 8)
def attempt(step):
    try: return step()
    except OSError as error: return error.strerror
links = [f'/proc/self/map_files/{area[0]}' for area in areas[:1]]
results = {'rights': sorted({area[1] for area in areas}), 'before': before, 'after': ctypes.string_at(place, 8).decode(),
           'open': [attempt(lambda: os.open(link, os.O_RDWR)) for link in links],
           'descriptors': [link for link in map(os.readlink, (f'/proc/self/fd/{n}' for n in (0, 1, 2, 3))) if 'memfd' in link]}
";
    let local = warm().await;
    let mut before = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let got = results(&run_warm(&local, &Bench::new(CODE)).await);
        assert_eq!((&got["after"], &got["descriptors"]), (&json!("left-beh"), &json!([])), "{got}");
        assert!(
            !got["rights"].as_array().unwrap().iter().any(|rights| rights.as_str().unwrap().ends_with('s')),
            "{got}"
        );
        assert_eq!(got["open"], json!(["Operation not permitted"]), "{got}");
        before.insert(got["before"].as_str().unwrap().to_owned());
    }
    assert_eq!(before.len(), 1, "{before:?}");
}

/// The last word of a killed child, and its death, are its own.
#[tokio::test]
async fn what_one_run_does_to_itself_is_nobody_elses() {
    let local = warm().await;
    for code in ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "import ctypes\nctypes.string_at(0)"] {
        let ended = run_warm(&local, &Bench::new(code)).await.ended;
        assert!(matches!(ended, Ended::Signalled { .. }), "{ended:?}");
        assert_eq!(results(&run_warm(&local, &Bench::new("results = {'x': 1}")).await), json!({"x": 1}));
    }
    // Its pid 1, its zygote and what is above are out of reach.
    let reach = "
import os, signal
tried = {}
for pid in (1, 2, -1):
    for number in (signal.SIGTERM, signal.SIGSTOP):
        try: os.kill(pid, number); tried[f'{pid} {number}'] = 'sent'
        except OSError as error: tried[f'{pid} {number}'] = error.strerror
results = {'parent': os.getppid(), 'tried': tried}
";
    let got = results(&run_warm(&local, &Bench::new(reach)).await);
    assert_eq!(got["parent"], json!(1), "{got}");
    assert_eq!(results(&run_warm(&local, &Bench::new("results = {'x': 1}")).await), json!({"x": 1}));
}

/// The last call of a run tells pid 1 how it ended (`crates/sandbox/src/leave.rs`). Code that makes it ends as with `_exit`, if it is
/// the only thread; else it goes on.
#[tokio::test]
async fn who_takes_the_leave_himself_has_only_exited() {
    let local = warm().await;
    let took = run_warm(&local, &Bench::new("results = {}\nimport ctypes\nctypes.CDLL(None).syscall(4095, 259)")).await;
    assert_eq!(took.ended, Ended::Exited { code: 3 }, "{took:?}");
    assert!(took.error.is_some() && took.refused.is_empty(), "{took:?}");
    let usual = run_warm(&local, &Bench::new("x = sum(range(10**6))\nresults = {'x': 1}")).await;
    assert_eq!(usual.ended, Ended::Exited { code: 0 });
    for used in [&took, &usual] {
        // What it touched of all that is preloaded; some 20 MiB.
        assert!(used.usage.peak_rss_bytes > 8 << 20, "{:?}", used.usage);
    }
    assert!(usual.usage.cpu_ms > 0, "{:?}", usual.usage);
    let with_a_thread = "
import ctypes, threading
libc = ctypes.CDLL(None, use_errno=True)
threading.Thread(target=threading.Event().wait, daemon=True).start()
results = {'answer': libc.syscall(4095, 0), 'error': ctypes.get_errno()}
";
    let stayed = run_warm(&local, &Bench::new(with_a_thread)).await;
    assert!(stayed.refused.is_empty(), "{stayed:?}");
    assert_eq!(results(&stayed), json!({"answer": -1, "error": 38}), "no such call");
}

/// A child that was prepared for one run and given up is not used for another.
#[tokio::test]
async fn a_child_is_used_once() {
    let local = warm().await;
    let bench = Bench::new("results = {'x': 1}");
    let host = bench.host.host();
    let prepared = local.prepare(bench.order.clone(), &host).await.unwrap();
    local.discard(prepared.clone()).await.unwrap();
    assert!(local.execute(prepared, bench.execute_order(), &host).await.is_err());
    assert_eq!(results(&run_warm(&local, &Bench::new("results = {'x': 2}")).await), json!({"x": 2}));
}
