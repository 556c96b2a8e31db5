//! How a run ends, and what is an error of which kind.

use crate::conformance::{
    behaviour::{Behaviour, script},
    expect::{
        Expect::{Exited, Fails, Figures, Results, Signalled, Stderr, Stdout, That, Traceback},
        ensure,
    },
};
use pyexec_core::{ErrorKind, outcome};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    script(
        "syntax_error",
        "code that does not compile is an error of kind `syntax` that names the line",
        "x = 1\ny = (2\nz = 3",
        &[],
        &[Exited(1), Fails(ErrorKind::Syntax, "line 2")],
    ),
    script(
        "exception",
        "an exception is an error of kind `runtime` that names the type, the message and the line",
        "x = 1\ndef divide():\n    return x / 0\ndivide()",
        &[],
        &[Exited(1), Fails(ErrorKind::Runtime, "ZeroDivisionError: division by zero (line 3)")],
    ),
    script(
        "traceback_is_the_users",
        "a traceback shows the code's own lines and nothing of the machinery",
        "import json\ndef outer():\n    inner()\ndef inner():\n    json.loads('{')\nouter()",
        &[],
        &[
            Traceback("line 5, in inner"),
            Traceback("outer()"),
            That(|seen| {
                let traceback = seen.traceback();
                let mut places = traceback.lines().filter(|line| line.trim_start().starts_with("File "));
                ensure(places.all(|line| line.contains("code.py")), || format!("it shows other files: {traceback}"))
            }),
        ],
    ),
    script(
        "exception_without_words",
        "an exception that cannot be shown is still an error of kind `runtime`",
        "class Mute(Exception):\n    def __str__(self): raise ValueError('no')\nraise Mute",
        &[],
        &[Exited(1), Fails(ErrorKind::Runtime, "Mute")],
    ),
    script(
        "exception_with_too_many_words",
        "an exception's message is cut to a bound",
        "raise ValueError('x' * 5_000_000)",
        &[],
        &[Exited(1), Fails(ErrorKind::Runtime, "ValueError: xxx")],
    ),
    script(
        "recursion",
        "endless recursion is an exception like any other",
        "def f(): return f()\nf()",
        &[],
        &[Exited(1), Fails(ErrorKind::Runtime, "RecursionError")],
    ),
    script(
        "no_plain_exception",
        "an exception that is no `Exception` ends a run in the same way",
        "class Stop(BaseException): pass\nraise Stop('mine')",
        &[],
        &[Exited(1), Fails(ErrorKind::Runtime, "Stop: mine")],
    ),
    script(
        "failed_run_has_no_results",
        "what was in `results` before an exception does not count as success",
        "results = {'x': 1}\nraise ValueError('late')",
        &[],
        &[Exited(1), Fails(ErrorKind::Runtime, "ValueError: late")],
    ),
    script(
        "figures_of_a_failed_run",
        "figures that were open at an exception are kept",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nraise ValueError('late')",
        &[],
        &[Fails(ErrorKind::Runtime, "ValueError"), Figures(&["figures/figure_01.png"])],
    ),
    script(
        "sys_exit_zero",
        "`sys.exit(0)` is success, with the results so far",
        "import sys\nresults = {'x': 1}\nsys.exit(0)\nresults = {'x': 2}",
        &[],
        &[Exited(0), Results(r#"{"x":1}"#)],
    ),
    script(
        "sys_exit_code",
        "`sys.exit(3)` is an error of kind `runtime`, and the exit status is 3",
        "import sys\nresults = {'x': 1}\nsys.exit(3)",
        &[],
        &[Exited(3), Fails(ErrorKind::Runtime, "sys.exit(3)")],
    ),
    script(
        "sys_exit_text",
        "`sys.exit` with a text is an error, with that text on stderr and the exit status 1",
        "import sys\nsys.exit('no beam')",
        &[],
        &[Exited(1), Fails(ErrorKind::Runtime, "sys.exit"), Stderr("no beam\n")],
    ),
    script(
        "os_exit_is_no_success",
        "a process that ends without its results being taken failed, whatever its exit status",
        "import os\nresults = {'x': 1}\nos._exit(0)",
        &[],
        &[Fails(ErrorKind::Runtime, "before its results were taken")],
    ),
    script(
        "os_exit_code",
        "the exit status is the process's own",
        "import os\nprint('before', flush=True)\nos._exit(7)",
        &[],
        &[Exited(7), Fails(ErrorKind::Runtime, "7"), Stdout("before\n")],
    ),
    script(
        "segmentation_fault",
        "a crash is told by its signal",
        "import ctypes\nctypes.string_at(0)",
        &[],
        &[Signalled(11), Fails(ErrorKind::Runtime, "segmentation fault")],
    ),
    script(
        "killed_by_itself",
        "a process that kills itself is told by its signal",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        &[],
        &[Signalled(9), Fails(ErrorKind::Runtime, "SIGKILL")],
    ),
    script(
        "threads_do_not_hold_a_run",
        "a daemon thread does not keep a run from its end",
        "import threading, time\nthreading.Thread(target=lambda: time.sleep(1000), daemon=True).start()\nresults = {'x': 1}",
        &[],
        &[Exited(0), Results(r#"{"x":1}"#)],
    ),
    script(
        "usage_is_told",
        "a run's time and memory are told",
        "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\nresults = {}",
        &[],
        &[That(|seen| {
            let outcome::Usage { wall_ms, cpu_ms, peak_rss_bytes } = seen.outcome.usage;
            let said = wall_ms >= 250 && cpu_ms >= 250 && peak_rss_bytes > 4 << 20;
            ensure(said, || format!("it used {:?}", seen.outcome.usage))
        })],
    ),
];
