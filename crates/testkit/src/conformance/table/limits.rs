//! Limits.

use crate::conformance::{
    behaviour::{Behaviour, Given, script},
    expect::{
        Expect::{Artifacts, Deadline, Fails, Stdout, That},
        ensure,
    },
};
use pyexec_core::{ErrorKind, outcome::Ended};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    script(
        "timeout",
        "code past its time is stopped, as an error of kind `timeout`; what it printed and left is kept",
        "import time\nopen('left.txt', 'w').write('x')\nprint('before', flush=True)\ntime.sleep(1000)",
        &[Given::Limits(|limits| limits.timeout_seconds = 4)],
        &[Deadline, Fails(ErrorKind::Timeout, "4 s"), Stdout("before\n"), Artifacts(&[("artifacts/left.txt", "x")])],
    ),
    script(
        "timeout_cannot_be_caught",
        "code that catches everything is stopped as well",
        "import signal, time\nfor number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)\n\
         while True:\n    try: time.sleep(1000)\n    except BaseException: pass",
        &[Given::Limits(|limits| limits.timeout_seconds = 3)],
        &[Deadline, Fails(ErrorKind::Timeout, "3 s")],
    ),
    script(
        "timeout_of_a_loop",
        "code that only computes is stopped as well",
        "while True: pass",
        &[Given::Limits(|limits| limits.timeout_seconds = 3)],
        &[Deadline, Fails(ErrorKind::Timeout, "3 s")],
    ),
    script(
        "memory_limit",
        "more memory than the limit is an error of kind `resource_limit`, and a little less is there",
        "fits = bytearray(100 << 20)\nprint(len(fits) >> 20, flush=True)\nrest = [bytearray(64 << 20) for n in range(64)]",
        &[Given::Limits(|limits| limits.memory_mb = 1024)],
        &[Stdout("100\n"), Fails(ErrorKind::ResourceLimit, "memory")],
    ),
    script(
        "cpu_limit",
        "more CPU time than the limit is an error of kind `resource_limit`",
        "while True: pass",
        &[Given::Limits(|limits| limits.cpu_seconds = 1)],
        &[
            Fails(ErrorKind::ResourceLimit, "CPU"),
            That(|seen| {
                let wanted = Ended::Limit { limit: "cpu_seconds".into() };
                ensure(seen.outcome.ended == wanted, || format!("it ended as {:?}", seen.outcome.ended))
            }),
        ],
    ),
    script(
        "scratch_limit",
        "more scratch space than the limit is an error of kind `resource_limit`",
        "with open('big', 'wb') as file:\n    for n in range(256): file.write(b'x' * (1 << 20))",
        &[Given::Limits(|limits| limits.scratch_mb = 16)],
        &[Fails(ErrorKind::ResourceLimit, "scratch")],
    ),
    script(
        "process_limit",
        "more processes than the limit cannot be started",
        "import os, time\nstarted = 0\ntry:\n    for n in range(64):\n        if os.fork() == 0:\n            time.sleep(1000)\n            os._exit(0)\n\
         \x20       started += 1\nexcept OSError: pass\nresults = {'started': started}",
        &[Given::Process, Given::Limits(|limits| limits.processes = 16)],
        &[That(|seen| {
            let started = seen.results()?["started"].as_u64().unwrap_or_default();
            ensure((1..=16).contains(&started), || format!("{started} were started"))
        })],
    ),
];
