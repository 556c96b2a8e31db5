//! What the permit does not open is refused, and the run says so: by the kernel's word where there is one.

use crate::bench::{Bench, results, run};
use pyexec_core::{
    ExecutionMode, Grant, Outcome,
    outcome::{RefusedArea, Witness},
};

/// Area, name, whose word, line.
fn told(outcome: &Outcome) -> Vec<(RefusedArea, &str, Witness, Option<u32>)> {
    outcome.refused.iter().map(|r| (r.area, r.what.as_str(), r.witness, r.line)).collect()
}

#[tokio::test]
async fn what_the_code_hides_the_kernel_tells() {
    // every failure is swallowed: neither output nor results say anything
    let code = "
import os, socket, subprocess
for attempt in (
    lambda: socket.create_connection(('127.0.0.1', 9)),
    lambda: subprocess.run(['true']),
    lambda: os.memfd_create('x'),
    lambda: open('/etc/motd', 'w'),
):
    try:
        attempt()
    except OSError:
        pass
results = {}
";
    let outcome = run(code).await;
    results(&outcome);
    let told = told(&outcome);
    for wanted in [
        (RefusedArea::Net, "socket", Witness::Kernel, Some(4)),
        (RefusedArea::System, "memfd_create", Witness::Kernel, None),
        (RefusedArea::FsWrite, "/etc/motd", Witness::Claim, Some(7)),
    ] {
        assert!(told.contains(&wanted), "{wanted:?} is not in {told:?}");
    }
    assert!(
        told.iter().any(|(area, _, by, line)| (*area, *by, *line) == (RefusedArea::Process, Witness::Kernel, Some(5)))
    );
}

#[tokio::test]
async fn it_cannot_be_kept_from_telling() {
    // not by ending before the runner speaks, not by breaking Python, not by dying
    for (code, area) in [
        ("import os, socket\ntry: socket.socket()\nexcept OSError: os._exit(0)", RefusedArea::Net),
        ("import ctypes\nctypes.CDLL(None).fork()\nctypes.string_at(0)", RefusedArea::Process),
        ("import os\ntry: os.memfd_create('x')\nexcept OSError: os.kill(os.getpid(), 9)", RefusedArea::System),
    ] {
        let outcome = run(code).await;
        assert!(outcome.refused.iter().any(|r| r.area == area && r.witness == Witness::Kernel), "{code}: {outcome:?}");
    }
    let code = "import os, time\ntry: os.memfd_create('x')\nexcept OSError: time.sleep(1000)";
    let outcome = Bench::new(code).with(|order| order.limits.timeout_seconds = 2).run().await;
    assert!(outcome.refused.iter().any(|r| r.what == "memfd_create"), "also at the deadline: {outcome:?}");
}

#[tokio::test]
async fn a_flood_is_counted_and_harmless() {
    let code = "
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for _ in range(30_000): libc.memfd_create(b'x', 0)
import os
try: os.memfd_create('x')
except OSError as error: results = {'still refused': error.errno}
";
    let outcome = run(code).await;
    assert_eq!(
        results(&outcome)["still refused"],
        libc::ENOSYS,
        "beyond the last that counts the kernel answers by itself"
    );
    let counted = outcome.refused.iter().find(|r| r.what == "memfd_create").unwrap().count;
    assert_eq!(counted, 10_000);
    let many = "
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for number in range(600, 5000): libc.syscall(number)
results = {}
";
    let outcome = run(many).await;
    assert!(outcome.refused.len() <= 17, "{:?}", outcome.refused.len());
}

#[tokio::test]
async fn what_a_permit_opens_is_no_news() {
    let code = "import subprocess\nresults = {'said': subprocess.check_output(['echo', 'hello'], text=True)}";
    let bench = Bench::new(code).with(|order| {
        order.mode = ExecutionMode::WriteEnabled;
        order.grants = vec![Grant::Process];
    });
    let outcome = bench.run().await;
    assert_eq!(results(&outcome)["said"], "hello\n");
    assert_eq!(told(&outcome), []);
}

#[tokio::test]
async fn what_libraries_do_by_themselves_is_no_news() {
    let code = "
import asyncio, concurrent.futures, getpass, locale, logging, multiprocessing, os, pathlib, platform, pwd, shutil, socket
import sqlite3, ssl, tempfile, threading, urllib.request, uuid, zoneinfo
import numpy as np, pandas as pd, scipy.linalg, scipy.optimize, matplotlib.pyplot as plt

pwd.getpwuid(os.getuid()), pathlib.Path('~').expanduser(), getpass.getuser(), platform.node(), socket.gethostname()
pwd.getpwall(), os.cpu_count(), os.sched_getaffinity(0), locale.setlocale(locale.LC_ALL, ''), shutil.disk_usage('.')
np.linalg.svd(np.random.default_rng(1).normal(size=(300, 300))), scipy.linalg.eigh(np.eye(50))
pd.DataFrame({'a': [1]}).to_csv('a.csv'), pd.read_csv('a.csv'), shutil.copy2('a.csv', 'b.csv')
os.mkdir('all'), shutil.move('b.csv', 'all'), shutil.copytree('all', '/tmp/all')
sqlite3.connect('x.db').execute('create table t (x)'), tempfile.NamedTemporaryFile().write(b'x'), uuid.uuid4()
asyncio.run(asyncio.sleep(0)), zoneinfo.ZoneInfo('UTC'), ssl.create_default_context
with concurrent.futures.ThreadPoolExecutor(4) as pool: list(pool.map(abs, range(9)))
threading.Timer(0, print).start()
plt.plot([1]), plt.savefig('x.png'), plt.savefig('x.pdf'), plt.savefig('x.svg')
print(pathlib.Path('/nowhere').exists(), os.path.exists('/root/x'), shutil.which('latex'))
results = {}
";
    let outcome = run(code).await;
    results(&outcome);
    assert_eq!(told(&outcome), []);
}

#[tokio::test]
async fn a_hidden_file_that_ends_the_run_is_named_as_a_claim() {
    let outcome = run("\nopen('/home/someone/data.csv')").await;
    assert_eq!(told(&outcome), [(RefusedArea::FsRead, "/home/someone/data.csv", Witness::Claim, Some(2))]);
    let outcome = run("open('not-there.csv')").await;
    assert_eq!(told(&outcome), [], "its own folder is no secret");
}
