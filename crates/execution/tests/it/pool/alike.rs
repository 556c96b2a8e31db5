//! A warm run gives what a cold one gives.

use super::{cold, pooled, run_warm, try_on, until_warm, warm};
use crate::bench::{Bench, results};
use pyexec_core::{ExecutionMode, Grant, Outcome, outcome::Usage};
use serde_json::json;
use std::{fs, os::unix::fs::MetadataExt};

#[tokio::test]
async fn it_is_warm_and_said_when_it_is_not() {
    let code = "import sys\nresults = {'loaded': 'numpy' in sys.modules}";
    let local = pooled(&json!({}));
    let first = Bench::new(code);
    let outcome = try_on(&local, &first).await.unwrap();
    assert_eq!(results(&outcome), json!({"loaded": false}));
    assert_eq!(cold(&first).as_deref(), Some("its pool is being set up"));
    until_warm(&local).await;
    assert_eq!(results(&run_warm(&local, &Bench::new(code)).await), json!({"loaded": true}));
}

/// What may differ between two runs of the same: how long they took, and the machine's account.
fn comparable(outcome: Outcome) -> Outcome {
    Outcome { usage: Usage::default(), ..outcome }
}

const SCRIPTS: &[&str] = &[
    "results = {'x': 1}",
    "x = 1",
    "results = [1]",
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\nresults = {}\nprint('last', end='')",
    "import numpy as np, pandas as pd\nresults = {'a': np.arange(3), 'f': pd.DataFrame({'c': [1, 2]}), 'nan': float('nan')}",
    "import matplotlib.pyplot as plt\nfor n in range(3):\n    plt.figure(); plt.plot(range(n + 2))\nplt.show()\nresults = {}",
    "import matplotlib.pyplot as plt\nf, a = plt.subplots()\na.plot([1, 2])\nf.savefig('mine.png')\nplt.figure()\nresults = {'f': f}",
    "import os\nos.makedirs('t/deep')\nopen('t/deep/x.csv', 'w').write('1')\nos.symlink('/etc/passwd', 'l')\nresults = {}",
    "from pyexec import save_artifact\nsave_artifact({'a': 1}, 'a.json')\nresults = {}",
    "import sys; sys.exit(3)",
    "import sys; sys.exit('bye')",
    "import sys\nresults = {'x': 1}\nsys.exit()",
    "import os; os._exit(7)",
    "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "import os; os.abort()",
    "import ctypes; ctypes.string_at(0)",
    "raise KeyboardInterrupt",
    "def f(x):\n    return 1 / x\nf(0)",
    "x = (1\ny = 2",
    "def f(): f()\nf()",
    "x = bytearray(8 << 30)",
    "open('/etc/passwd', 'w')",
    "import socket; socket.socket()",
    "import subprocess; subprocess.run(['/bin/true'])",
    "class T: pass\nimport pickle\nresults = {'same': type(pickle.loads(pickle.dumps(T()))) is T, 'n': __name__, 'f': __file__}",
    "import os, sys\nresults = {'cwd': os.getcwd(), 'argv': sys.argv, 'path': sys.path[0], 'parent': os.getppid(), 'uid': os.getuid(), 'home': os.path.expanduser('~')}",
    "import os\nresults = {'environment': dict(os.environ), 'proc': open('/proc/self/environ').read()}",
    "import os\nresults = {'fds': sorted(os.listdir('/proc/self/fd'))[:4], 'mounts': sorted(os.listdir('/')), 'status': [l for l in open('/proc/self/status') if l.startswith(('Cap', 'NoNew', 'Uid', 'Groups', 'Umask', 'SigIgn', 'SigBlk', 'Threads'))]}",
    "import resource\nresults = {n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n.startswith('RLIMIT') and n != 'RLIMIT_NPROC'}",
    "import threading\nstop, started = threading.Event(), 0\ntry:\n    while started < 500: threading.Thread(target=stop.wait).start(); started += 1\nexcept RuntimeError: pass\nstop.set()\nresults = {'threads': started}",
    "import sys\nresults = {'stdin': sys.stdin.read(), 'tty': sys.stdout.isatty(), 'encoding': sys.stdout.encoding}\nsys.stdout.buffer.write(b'\\xff\\x00')",
    "import atexit, threading\natexit.register(lambda: print('handler'))\ne = threading.Event()\nthreading.Thread(target=lambda: (e.wait(), print('thread'))).start()\nthreading.Timer(0.05, e.set).start()\nresults = {'x': 1}\nf = open('unflushed.txt', 'w'); f.write('kept')\nprint('main')",
    "class Last:\n    def __del__(self): print('finalized')\nlast = Last()\nresults = {}",
    "class Last:\n    def __del__(self): print('collected')\nlast = Last(); last.itself = last; del last\nresults = {}",
    "import gc\nclass Old:\n    def __del__(self): print('collected')\nold = Old(); old.itself = old; gc.collect(); del old\nresults = {}",
    "import ctypes, os\nlibc = ctypes.CDLL(None)\ndef at(cpu):\n    os.sched_setaffinity(0, {cpu})\n    return libc.sched_getcpu() == cpu\nresults = {'known': all([at(cpu) for cpu in sorted(os.sched_getaffinity(0))])}",
    "import sys\nsys.stdout = None\nresults = {'x': 1}",
    "import json, os, sys, time, atexit, gc\nfor m in (json, os, sys, time, atexit, gc):\n    for n in list(vars(m)):\n        if n.startswith('_') or n in ('exit', 'collect', 'flush'):\n            try: delattr(m, n)\n            except Exception: pass\n",
    "import tempfile, os\nwith tempfile.NamedTemporaryFile() as f: f.write(b'x')\nresults = {'in': os.path.dirname(f.name)}",
    "import numpy as np\nresults = {'dot': float((np.ones((300, 300)) @ np.ones((300, 300)))[0, 0]), 'fit': np.round(np.linalg.lstsq(np.array([[1., 1], [1, 2], [1, 3]]), np.array([1., 2, 3]), rcond=None)[0], 6)}",
    "import multiprocessing.dummy as d\nresults = {'x': d.Pool(3).map(str, range(5))}",
    "import random, numpy as np\nrandom.seed(5); np.random.seed(5)\nresults = {'a': random.random(), 'b': float(np.random.rand())}",
];

#[tokio::test]
async fn the_same_comes_out() {
    let local = warm().await;
    for script in SCRIPTS {
        let (warm, cold) = (Bench::new(*script), Bench::new(*script));
        let (ours, plain) = (run_warm(&local, &warm).await, cold.run().await);
        assert_eq!((warm.stdout(), warm.stderr()), (cold.stdout(), cold.stderr()), "{script}");
        assert_eq!(comparable(ours), comparable(plain), "{script}\n{}", warm.stderr());
    }
}

#[tokio::test]
async fn the_same_goes_in() {
    let local = warm().await;
    let outside = tempfile::tempdir().unwrap();
    let outside = outside.path().canonicalize().unwrap();
    let (granted, read, other) = (outside.join("granted"), outside.join("read.txt"), outside.join("other"));
    for folder in [&granted, &other] {
        fs::create_dir(folder).unwrap();
    }
    fs::write(&read, "to be read").unwrap();
    let metadata = fs::metadata(&granted).unwrap();
    let code = format!(
        "
import json, os
from pyexec import context
tries = {{}}
def attempt(name, step):
    try: tries[name] = step()
    except OSError as error: tries[name] = error.strerror
here, there, granted, read, other = 'series.csv', '/data/of/the/caller/series.csv', {granted:?}, {read:?}, {other:?}
for path in here, there, read:
    attempt(path, lambda: open(path).read())
    attempt('write ' + path, lambda: open(path, 'a'))
    attempt('remove ' + path, lambda: os.remove(path))
attempt('granted', lambda: open(granted + '/new', 'w').write('x'))
attempt('link', lambda: os.symlink('/etc/passwd', granted + '/link'))
attempt('other', lambda: os.listdir(other))
attempt('etc', lambda: open('/etc/shadow').read())
results = {{'tries': tries, 'context': context.A.b, 'scratch': os.statvfs('/work').f_blocks, 'inodes': os.statvfs('/tmp').f_files,
           'mounts': sorted(line.split()[1] + ' ' + line.split()[3] for line in open('/proc/self/mounts'))}}
"
    );
    let context = outside.join("context.json");
    fs::write(&context, r#"{"A": {"b": 5}}"#).unwrap();
    let bench = || {
        Bench::new(code.as_str()).input("series.csv", b"1,2\n").with(|order| {
            order.mode = ExecutionMode::WriteEnabled;
            order.limits.scratch_mb = 17;
            order.limits.processes = 7;
            let sha256 = pyexec_core::Digest::of(br#"{"A": {"b": 5}}"#);
            order.context = Some(pyexec_core::order::FileRef { path: context.clone(), sha256 });
            order.grants = vec![
                Grant::Read { path: read.clone() },
                Grant::Output { path: granted.clone(), dev: metadata.dev(), inode: metadata.ino() },
            ];
        })
    };
    let (warm, cold) = (bench(), bench());
    let ours = run_warm(&local, &warm).await;
    let written = fs::metadata(granted.join("new")).unwrap();
    assert_eq!((written.uid(), written.gid()), (metadata.uid(), metadata.gid()));
    fs::remove_file(granted.join("new")).unwrap();
    let plain = cold.run().await;
    assert_eq!(results(&ours)["tries"]["granted"], json!(1), "{ours:#?}");
    let mounts = |outcome: &Outcome| results(outcome)["mounts"].as_array().unwrap().clone();
    assert_eq!(mounts(&ours), mounts(&plain));
    assert_eq!(comparable(ours), comparable(plain));
}

#[tokio::test]
async fn a_run_that_does_not_fit_starts_cold_and_says_so() {
    let local = warm().await;
    let bench = |change: fn(&mut pyexec_core::order::PrepareOrder)| Bench::new("results = {'x': 1}").with(change);
    for (bench, says) in [
        (
            bench(|order| {
                order.mode = ExecutionMode::WriteEnabled;
                order.grants = vec![Grant::Net];
            }),
            "network",
        ),
        (
            bench(|order| {
                order.mode = ExecutionMode::WriteEnabled;
                order.grants = vec![Grant::Process];
            }),
            "processes",
        ),
        (bench(|order| drop(order.environment.insert("A".into(), "b".into()))), "environment"),
        (bench(|order| order.limits.memory_mb = 256), "memory_mb = 256"),
    ] {
        let outcome = try_on(&local, &bench).await.unwrap();
        assert_eq!(results(&outcome), json!({"x": 1}));
        assert!(cold(&bench).is_some_and(|why| why.contains(says)), "{says}: {:?}", bench.host.progress());
    }
}

#[tokio::test]
async fn limits_are_kept() {
    use pyexec_core::outcome::Ended;
    let local = warm().await;
    let ended = |code: &'static str, change: fn(&mut pyexec_core::order::Limits)| {
        let bench = Bench::new(code).with(|order| change(&mut order.limits));
        let local = &local;
        async move { run_warm(local, &bench).await.ended }
    };
    let late = ended("while True: pass", |limits| limits.timeout_seconds = 1).await;
    assert_eq!(late, Ended::Deadline);
    let cpu = ended("while True: pass", |limits| limits.cpu_seconds = 1).await;
    assert_eq!(cpu, Ended::Limit { limit: "cpu_seconds".into() });
}
