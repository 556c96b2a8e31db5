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
platform.processor(), platform.platform(), pwd.getpwall(), os.cpu_count(), os.sched_getaffinity(0), locale.setlocale(locale.LC_ALL, ''), shutil.disk_usage('.')
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

/// Where a library asks a program about the machine, it is told that there is none; code that asks for the same by itself is
/// refused, and told of.
#[tokio::test]
async fn only_what_a_library_asks_for_goes_unasked() {
    let library = "import ctypes.util\nresults = {'found': ctypes.util.find_library('m')}";
    let outcome = run(library).await;
    assert_eq!((results(&outcome), told(&outcome)), (serde_json::json!({"found": null}), vec![]));
    let own = "import subprocess\ntry: subprocess.run(['/sbin/ldconfig', '-p'])\nexcept OSError as error: results = {'errno': error.errno}";
    let outcome = run(own).await;
    assert_eq!(results(&outcome)["errno"], libc::EPERM);
    assert!(outcome.refused.iter().any(|r| r.area == RefusedArea::Process && r.line == Some(2)), "{outcome:?}");
}

/// What no grant opens, and what a finding of a write stands for all the same.
#[tokio::test]
async fn owners_and_attributes_are_refused_as_changes_of_files() {
    let code = "
import os
open('file', 'w').close()
os.chmod('file', 0o640), os.utime('file', (1, 1))
for attempt in (
    lambda: os.chown('file', 1, 1),
    lambda: os.setxattr('file', 'user.x', b'1'),
    lambda: os.chmod('file', 0o4755),
):
    try: attempt()
    except PermissionError: pass
results = {'mode': os.stat('file').st_mode & 0o7777}
";
    let outcome = run(code).await;
    assert_eq!(results(&outcome)["mode"], 0o640);
    assert_eq!(outcome.refused.len(), 3, "{outcome:?}");
    for (told, call) in outcome.refused.iter().zip(["chown", "setxattr", "chmod"]) {
        // The C library of another machine calls `fchownat` and `fchmodat`.
        let is_it = told.what.starts_with(call) || told.what == format!("f{call}at");
        assert!(is_it && (told.area, told.witness) == (RefusedArea::FsWrite, Witness::Kernel), "{told:?}");
    }
}

#[tokio::test]
async fn a_hidden_file_that_ends_the_run_is_named_as_a_claim() {
    let outcome = run("\nopen('/home/someone/data.csv')").await;
    assert_eq!(told(&outcome), [(RefusedArea::FsRead, "/home/someone/data.csv", Witness::Claim, Some(2))]);
    let outcome = run("open('not-there.csv')").await;
    assert_eq!(told(&outcome), [], "its own folder is no secret");
}
