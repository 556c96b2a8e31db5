//! What is closed, and what a grant opens.

use crate::conformance::{
    behaviour::{Behaviour, Given, script},
    expect::Expect::{Holds, Results},
};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    script(
        "writing_is_closed",
        "without a grant nothing of the host can be written",
        "def attempt(path):\n    try:\n        with open(path, 'w') as file: file.write('written')\n        return 'written'\n    except OSError: return 'refused'\n\
         results = {'granted': attempt('@GRANTED@/there.txt'), 'system': attempt('/usr/pyexec-was-here')}",
        &[Given::Confined],
        &[Results(r#"{"granted":"refused","system":"refused"}"#), Holds("granted/there.txt", Some("a secret"))],
    ),
    script(
        "writing_is_granted",
        "a granted folder can be written, and no other",
        "def attempt(path):\n    try:\n        with open(path, 'w') as file: file.write('written')\n        return 'written'\n    except OSError: return 'refused'\n\
         results = {'granted': attempt('@GRANTED@/new.txt'), 'outside': attempt('@OUTSIDE@/new.txt')}",
        &[Given::Confined, Given::Output],
        &[
            Results(r#"{"granted":"written","outside":"refused"}"#),
            Holds("granted/new.txt", Some("written")),
            Holds("outside/new.txt", None),
        ],
    ),
    script(
        "reading_is_closed",
        "without a grant nothing of the host's own files can be read",
        "def attempt(path):\n    try: return open(path).read()\n    except OSError: return 'refused'\n\
         results = {'x': attempt('@GRANTED@/there.txt')}",
        &[Given::Confined],
        &[Results(r#"{"x":"refused"}"#)],
    ),
    script(
        "reading_is_granted",
        "a granted folder can be read, not written, and no other",
        "def attempt(path, mode='r'):\n    try:\n        with open(path, mode) as file: return file.read() if mode == 'r' else 'written'\n    except OSError: return 'refused'\n\
         results = {'granted': attempt('@GRANTED@/there.txt'), 'written': attempt('@GRANTED@/there.txt', 'a'),\n\
         'outside': attempt('@OUTSIDE@/there.txt')}",
        &[Given::Confined, Given::Read],
        &[Results(r#"{"granted":"a secret","written":"refused","outside":"refused"}"#)],
    ),
    script(
        "network_is_closed",
        "without a grant nobody can be reached",
        "import socket\ntry:\n    with socket.create_connection(('127.0.0.1', @PORT@), 5) as s: results = {'x': s.recv(5).decode()}\n\
         except OSError: results = {'x': 'refused'}",
        &[Given::Confined],
        &[Results(r#"{"x":"refused"}"#)],
    ),
    script(
        "network_is_granted",
        "with the grant the host's network is there",
        "import socket\nwith socket.create_connection(('127.0.0.1', @PORT@), 30) as s: results = {'x': s.recv(5).decode()}",
        &[Given::Net],
        &[Results(r#"{"x":"hello"}"#)],
    ),
    script(
        "processes_are_closed",
        "without a grant no program can be started",
        "import subprocess\ntry: results = {'x': subprocess.run(['/bin/echo', 'hi'], capture_output=True, text=True).stdout}\n\
         except OSError: results = {'x': 'refused'}",
        &[Given::Confined],
        &[Results(r#"{"x":"refused"}"#)],
    ),
    script(
        "processes_are_granted",
        "with the grant programs can be started, and pools of processes work",
        "import multiprocessing, subprocess\ndef square(x): return x * x\nif __name__ == '__main__':\n\
         \x20   with multiprocessing.get_context('fork').Pool(2) as pool: squares = pool.map(square, [1, 2, 3])\n\
         \x20   said = subprocess.run(['/bin/echo', 'hi'], capture_output=True, text=True).stdout\n\
         \x20   results = {'squares': squares, 'said': said}",
        &[Given::Process],
        &[Results(r#"{"squares":[1,4,9],"said":"hi\n"}"#)],
    ),
    script(
        "not_root",
        "the code is not root and holds no capability",
        "import os\nstatus = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)\n\
         results = {'root': os.geteuid() == 0, 'capabilities': int(status['CapEff'], 16), 'privileges': status['NoNewPrivs']}",
        &[Given::Confined],
        &[Results(r#"{"root":false,"capabilities":0,"privileges":"1"}"#)],
    ),
];
