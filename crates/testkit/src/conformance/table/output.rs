//! stdin, stdout and stderr.

use crate::conformance::{
    behaviour::{Behaviour, Given, script},
    expect::{
        Expect::{Exited, Fails, Results, Stderr, Stdout, That, Warns},
        ensure,
    },
};
use pyexec_core::ErrorKind;

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    script(
        "streams_are_separate",
        "stdout and stderr come as they are, each by itself",
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nresults = {}\nprint('last', end='')",
        &[],
        &[Stdout("out\nlast"), Stderr("err\n")],
    ),
    script(
        "output_in_order",
        "what is written comes in the order in which it was written",
        "import os, sys\nfor n in range(2000): print(n)\nsys.stdout.flush()\nos.write(1, b'raw\\n')\nprint('end')\nresults = {}",
        &[],
        &[That(|seen| {
            let numbers: Vec<_> = (0..2000).map(|n| n.to_string()).collect();
            let (found, wanted) = (seen.stdout(), numbers.join("\n") + "\nraw\nend\n");
            ensure(found == wanted, || format!("it is {} bytes, wanted {}", found.len(), wanted.len()))
        })],
    ),
    script(
        "raw_bytes",
        "bytes on stdout are not touched",
        "import sys\nsys.stdout.buffer.write(b'\\xff\\x00raw')\nresults = {}",
        &[],
        &[That(|seen| {
            let found = seen.stage.host.stdout();
            ensure(found == b"\xff\x00raw", || format!("they are {found:?}"))
        })],
    ),
    script(
        "output_of_a_failed_run",
        "what was printed before an exception comes, and the traceback after it",
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nraise ValueError('x')",
        &[],
        &[
            Fails(ErrorKind::Runtime, "ValueError"),
            Stdout("out\n"),
            That(|seen| {
                let stderr = seen.stderr();
                let whole = stderr.starts_with("err\nTraceback") && stderr.ends_with("ValueError: x\n");
                ensure(whole, || format!("stderr is {stderr:?}"))
            }),
        ],
    ),
    script(
        "no_terminal",
        "stdin is empty and stdout no terminal",
        "import sys\nresults = {'stdin': sys.stdin.read(), 'tty': sys.stdout.isatty()}",
        &[],
        &[Exited(0), Results(r#"{"stdin":"","tty":false}"#)],
    ),
    script(
        "output_limit",
        "of a flood the beginning and the end are kept, and what is left out is told",
        "print('first')\nfor n in range(100_000): print('x' * 50)\nprint('last')\nresults = {}",
        &[Given::Limits(|limits| limits.output_kb = 16)],
        &[
            Results("{}"),
            Warns("output_kb"),
            That(|seen| {
                let stdout = seen.stdout();
                let cut = stdout.starts_with("first\n") && stdout.ends_with("last\n") && stdout.len() < 17 << 10;
                ensure(cut, || format!("of {} bytes the ends are lost", stdout.len()))
            }),
        ],
    ),
];
