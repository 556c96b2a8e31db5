//! No input ends the process, hangs it, or gets an error instead of a report.

use crate::{analyze, request, series};
use std::fmt::Write;

/// Analyses; whatever comes is a report.
fn survives(code: &str) -> pyexec_core::domain_analyzer::AnalysisReport {
    let report = analyze(code.as_bytes());
    assert_eq!(report.syntax_ok, report.findings.iter().all(|f| f.capability.is_some()));
    report
}

#[test]
fn deep_nesting_is_refused_before_it_is_parsed() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("x[", "]"), ("(]", ""), ("f'{", "}'")] {
        for times in [250, 5_000, 100_000] {
            let report = survives(&format!("x = {}1{}", open.repeat(times), close.repeat(times)));
            assert!(!report.syntax_ok, "{open} {times}");
        }
    }
}

#[test]
fn long_chains_are_refused_or_followed() {
    for unit in ["-", "not ", "lambda: ", "~", "1 if x else ", "await ", "x := ", "*", "yield ", "x and not "] {
        for times in [100, 2_900, 100_000] {
            survives(&format!("x = {}1", unit.repeat(times)));
        }
    }
    for unit in [".a", "()", "[0]", " + 1", " ** 2", " and 1", " < 1", " or x", "(1).b", " if x else 1", " @ x"] {
        for times in [100, 2_900, 100_000] {
            survives(&format!("x = y{}", unit.repeat(times)));
        }
    }
}

#[test]
fn deep_blocks_are_refused() {
    for head in ["if x:", "while x:", "def f():", "class A:", "try:", "with x:", "for i in x:", "match x:"] {
        let mut code = String::new();
        for level in 0..150 {
            let _ = writeln!(code, "{}{head}", " ".repeat(level));
        }
        let _ = writeln!(code, "{}pass", " ".repeat(150));
        assert!(!survives(&code).syntax_ok, "{head}");
    }
    let elifs = format!("if x:\n pass\n{}", "elif x:\n pass\n".repeat(20_000));
    assert!(survives(&elifs).syntax_ok);
}

#[test]
fn large_inputs() {
    let report = survives(&"x = 1\n".repeat(10 << 20 >> 2));
    assert!(report.findings[0].message.contains("bytes of code"), "{}", report.findings[0].message);
    assert!(survives(&"x = 1\n".repeat(170_000)).syntax_ok);
    assert!(survives(&format!("x = [{}]", "1, 2.5, 'a', ".repeat(70_000))).syntax_ok);
    assert!(survives(&format!("x = {{{}}}", series(60_000, |n| format!("{n}: {n}, ")))).syntax_ok);
    assert!(survives(&series(40_000, |n| format!("name{n} = name{}\n", n / 2))).syntax_ok);
    assert!(survives(&"from os import *\nx\n".repeat(30_000)).syntax_ok);
    assert!(survives(&format!("x = '{}'", "a".repeat(1 << 19))).syntax_ok);
    let many = survives(&"open('/x', 'w')\n".repeat(30_000));
    assert!(many.findings.len() <= 1_000, "{}", many.findings.len());
}

#[test]
fn code_made_to_explode_is_bounded() {
    let doubling = series(40, |n| format!("def f{n}():\n    f{}()\n    f{}()\n", n + 1, n + 1));
    let nested_loops = series(12, |n| format!("{}for i{n} in range(500):\n", " ".repeat(n)));
    let unions = series(200, |n| format!("x = x + a if a else x + '{n}'\n"));
    let deep_whiles = series(95, |n| format!("{}while x:\n", " ".repeat(n)));
    let codes = [
        format!("{doubling}def f40(): pass\nf0()\n"),
        format!("{nested_loops}{}x = [i0, i1]\n", " ".repeat(12)),
        format!("x = 'a'\n{unions}open(x, 'w')\n"),
        format!("{deep_whiles}{}x = [1]\n", " ".repeat(95)),
        "x = 'a'\nfor i in range(500):\n    x = x + x\nopen(x)\n".into(),
        "x = []\nfor i in range(500):\n    x.append(x)\n    if x:\n        x.append([*x, *x])\nlist(map(str, x))\n".into(),
        "x = [0]\nfor i in range(500):\n    x = x + x\n    x = [x, x]\n".into(),
        "def f(n):\n    return f(n - 1) + f(n - 2) + f(f(n))\nf(100)\n".into(),
        "f = lambda f: f(f)\nf(f)\n".into(),
        "class A:\n    def __getattr__(self, n):\n        return getattr(self, n + 'x')\nA().y\n".into(),
        "class A:\n    def __iter__(self):\n        return iter(A())\nfor x in A():\n    pass\n".into(),
        "class A(A):\n    pass\nclass B(B, A):\n    x = 1\nB().y\n".into(),
        "x = {}\nfor i in range(512):\n    for j in range(512):\n        x[i, j] = x\n        x[str(i) + str(j)] = [x]\n".into(),
        "x = 'a' * 16000\ny = [x + str(i) for i in range(2000)]\nz = [[w + a for w in y] for a in y]\n".into(),
        "exec(\"exec('exec(\\\\'exec(1)\\\\')')\")\nfor i in range(500):\n    exec('for i in range(500): open(str(i))')\n".into(),
        "x = os\nwhile True:\n    x = x.a.b\n    x = x()\n".into(),
        "import a\nx = a\nfor i in range(500):\n    x = getattr(x, 'n' * i)\n".into(),
        "x = [1]\nx.append(x)\nx[0] = x\nfor a in x:\n    for b in a:\n        b.sort(key=x)\nprint(*x, **{'a': x})\n".into(),
        "import functools\np = print\nfor i in range(500):\n    p = functools.partial(p, p)\np()\n".into(),
        "match x:\n".to_owned() + &"    case [a, b, *c] | {'k': a, **c} | A(b, c=a):\n        x = [a, b, c, x]\n".repeat(500),
    ];
    for code in codes {
        survives(&code);
    }
}

#[test]
fn odd_bytes() {
    for code in [
        &b""[..],
        b"\n",
        b"\x0c",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\xef\xbb\xbfx",
        b"#",
        b"\\",
        b"\\\n",
        b"x = \\",
        b"'",
        b"'''",
        b"f'",
        b"f'{",
        b"f'{x",
        b"f'{x!",
        b"f'{x:",
        b"f'{x:{",
        b"\r",
        b"\r\n\r\n",
        b"x\r= 1",
        b"\t x\n  y",
        b"def",
        b"class",
        b"0x",
        b"1_",
        b"1e",
        b"1__0",
        b"0777",
        b"@",
        b"$",
        b"?",
        b"\x7f",
        b"\xff\xff\xff",
        b"\0",
        b"x = '\xf0\x9f\x98\x80'",
        b"'\\N{DIGIT ONE}'",
        b"'\\N{'",
        b"'\\u'",
        b"b'\xc3'",
        b"# coding: utf-7\n+AG8-",
        b"lazy import os",
        b"t'{x}'",
        b"match",
        b"type X = int",
        b"case",
        b"print 1",
        b"%matplotlib inline",
        b"!ls",
        b"...",
        b"*",
        b"**",
        b"...; ...",
        b";",
    ] {
        let report = pyexec_analysis::analyze(&request(code)).expect("a report");
        for finding in &report.findings {
            assert!(finding.line >= 1 && finding.column >= 1, "{code:?}: {finding:?}");
            let (start, end) = ((finding.line, finding.column), (finding.end_line, finding.end_column));
            assert!(start <= end, "{code:?}: {finding:?}");
        }
    }
}

#[test]
fn every_prefix_of_every_case_is_survived() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases/corpus/bad");
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let code = std::fs::read(entry.expect("readable").path()).expect("readable");
        for end in (0..code.len()).step_by(7) {
            analyze(&code[..end]);
        }
    }
}

#[test]
fn any_interpreter_version_is_accepted() {
    for python in [(0, 0), (2, 7), (3, 0), (3, 7), (3, 15), (9, 99)] {
        let mut request = request("x = [i for i in range(3)]\n");
        request.python = python;
        assert!(pyexec_analysis::analyze(&request).expect("a report").syntax_ok, "{python:?}");
    }
}
