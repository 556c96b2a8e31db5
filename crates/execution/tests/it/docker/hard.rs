//! What a container is to the engine, and to the code in it.

use super::bench::Bench;
use crate::bench::{failure, results};
use pyexec_core::{ErrorKind, outcome::Ended};
use serde_json::json;

#[tokio::test]
async fn the_engine_sees_a_hardened_container() {
    let bench = Bench::new("results = {}");
    let prepared = bench.prepare().await.unwrap();
    let found = bench.containers().await;
    let [container] = found.as_slice() else { panic!("one run is one container: {found:#?}") };
    let host = container.host_config.as_ref().unwrap();
    assert_eq!((host.network_mode.as_deref(), host.readonly_rootfs), (Some("none"), Some(true)));
    assert_eq!((host.cap_drop.clone(), host.cap_add.clone().unwrap_or_default()), (Some(vec!["ALL".into()]), vec![]));
    assert_eq!((host.privileged, host.memory == host.memory_swap, host.pids_limit), (Some(false), true, Some(65)));
    assert!(host.binds.clone().unwrap_or_default().is_empty() && host.mounts.clone().unwrap_or_default().is_empty());
    let labels = container.config.as_ref().unwrap().labels.clone().unwrap();
    assert_eq!(labels["io.pyexec.run"], bench.order.run_id.to_string());
    assert_eq!(bench.execute(prepared).await.unwrap().error, None);
    bench.none_is_left().await;
}

#[tokio::test]
async fn the_kernel_holds_the_code() {
    let code = "
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def errno(number, *arguments):
    ctypes.set_errno(0)
    return ctypes.get_errno() if libc.syscall(number, *arguments) == -1 else 0
def refused(attempt):
    try:
        attempt()
    except OSError as error:
        return error.errno
    return 0
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
results = {
    'uid': os.getuid() == 0,
    'capabilities': [int(status[name], 16) for name in ('CapEff', 'CapPrm', 'CapBnd', 'CapInh', 'CapAmb')],
    'new_privileges': status['NoNewPrivs'].strip(),
    'io_uring': errno(425, 1, 0), 'memfd': errno(319, b'x', 0), 'userfaultfd': errno(323, 0), 'unshare': errno(272, 0x10000000),
    'fork': refused(os.fork), 'exec': refused(lambda: os.execv('/bin/true', ['true'])),
    'tcp': refused(lambda: socket.socket()), 'unix': refused(lambda: socket.socket(socket.AF_UNIX)),
    'root': refused(lambda: open('/etc/x', 'w')), 'image': refused(lambda: open('/usr/x', 'w')),
    'input': refused(lambda: open('in.csv', 'w')), 'original': refused(lambda: open('/home/ann/in.csv', 'w')),
    'pid 1': [refused(lambda: os.listdir('/proc/1/fd')), refused(lambda: open('/proc/1/mem', 'rb')), refused(lambda: open('/proc/1/environ'))],
    'interfaces': os.listdir('/sys/class/net'),
    'environment': sorted(name for name in os.environ if 'DOCKER' in name or 'PYEXEC' in name),
}
";
    let outcome = Bench::new(code).input("/home/ann/in.csv", b"1").run().await;
    let wanted = json!({
        "uid": false, "capabilities": [0, 0, 0, 0, 0], "new_privileges": "1",
        "io_uring": 1, "memfd": 1, "userfaultfd": 1, "unshare": 1,
        "fork": 1, "exec": 1, "tcp": 1, "unix": 1,
        "root": 30, "image": 30, "input": 13, "original": 13,
        "pid 1": [13, 13, 13], "interfaces": ["lo"], "environment": [],
    });
    assert_eq!(results(&outcome), wanted);
}

#[tokio::test]
async fn pid_1_cannot_be_reached() {
    let code = "
import os, signal
for number in range(1, 65):
    try: os.kill(1, number); os.kill(-1, number)
    except OSError: pass
for path in ('/proc/1/fd/1', '/proc/1/fd/0', '/dev/stdout'):
    try: open(path, 'wb', 0).write(b'\\0\\0\\0\\x0f\\0\\0\\0\\0{\"type\":\"done\"}')
    except OSError: pass
results = {'still': 'here'}
os.kill(os.getpid(), 15)
";
    let outcome = Bench::new(code).run().await;
    assert_eq!(outcome.ended, Ended::Signalled { signal: 15 }, "{outcome:#?}");
    let outcome = Bench::new(&code.replace("os.kill(os.getpid(), 15)", "")).run().await;
    assert_eq!(results(&outcome), json!({"still": "here"}), "what it printed is output, and no frame");
}

#[tokio::test]
async fn disk_and_memory_are_bounded() {
    let bench = Bench::new("open('big', 'wb').write(bytes(17 << 20))").with(|order| order.limits.scratch_mb = 16);
    let outcome = bench.run().await;
    assert_eq!(failure(&outcome).0, ErrorKind::ResourceLimit, "{outcome:#?}");
    let bench = Bench::new("x = bytearray(400 << 20)").with(|order| order.limits.memory_mb = 256);
    let outcome = bench.run().await;
    assert_eq!(failure(&outcome).0, ErrorKind::ResourceLimit, "{outcome:#?}");
}
