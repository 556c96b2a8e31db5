//! What is said of code that does not compile: place, sentence, fix.

use crate::{analyze, request};
use std::fmt::Write;

/// Each finding with its line of source and a caret span under it.
fn rendered(code: &str) -> String {
    let report = analyze(code.as_bytes());
    assert_eq!(report.syntax_ok, report.findings.iter().all(|f| f.rule != "syntax"));
    let mut text = String::new();
    for finding in report.findings.iter().filter(|f| f.rule == "syntax") {
        let line = code.split(['\n', '\r']).nth(finding.line as usize - 1).unwrap_or_default();
        let width = if finding.end_line == finding.line { finding.end_column - finding.column } else { 1 };
        let _ = writeln!(text, "{}:{}: {}", finding.line, finding.column, finding.message);
        let _ = writeln!(text, "  {line}");
        let _ = writeln!(text, "  {}{}", " ".repeat(finding.column as usize - 1), "^".repeat(width.max(1) as usize));
    }
    if text.is_empty() { "compiles\n".into() } else { text }
}

fn all(codes: &[&str]) -> String {
    codes.iter().map(|code| rendered(code) + "\n").collect()
}

#[test]
fn what_is_not_python() {
    insta::assert_snapshot!(all(&[
        "def f(x)\n    return x\n",
        "x = (1, 2\ny = 3\n",
        "print 'hello'\n",
        "```python\nx = 1\n```\n",
        ">>> x = 1\n",
        "x = 'abc\ny = 1\n",
        "if x = 1:\n    pass\n",
        "def f():\nreturn 1\n",
        "  x = 1\n",
        "if True:\n    x = 1\n  y = 2\n",
        "x = “hello”\n",
        "x = 1 –  2\n",
        "%matplotlib inline\n",
        "x = f'{a'\n",
        "x = f'}'\n",
        "1 = x\n",
        "f() = 3\n",
        "f(a=1, 2)\n",
        "def f(a=1, b): pass\n",
        "for x in range(3) print(x)\n",
        "class A\n    pass\n",
        "x = 08\n",
        "é = = 1\n",
    ]));
}

#[test]
fn what_compiles_to_nothing() {
    insta::assert_snapshot!(all(&[
        "x = 1\nreturn x\n",
        "def f(a, a): pass\n",
        "lambda x, x: 1\n",
        "def f():\n    await g()\n",
        "await g()\n",
        "yield 1\n",
        "[(yield 1) for x in y]\n",
        "break\n",
        "while x:\n    def f():\n        continue\n",
        "import os\nfrom __future__ import annotations\n",
        "from __future__ import braces\n",
        "def f():\n    from os import *\n",
        "def f():\n    x = 1\n    global x\n",
        "nonlocal x\n",
        "def f():\n    nonlocal y\n",
        "def f(x):\n    global x\n",
        "__debug__ = 1\n",
        "*a = 1\n",
        "a, *b, *c = d\n",
        "match x:\n    case y: pass\n    case 1: pass\n",
        "match x:\n    case [a, a]: pass\n",
        "async def f():\n    yield 1\n    return 2\n",
        "async def f():\n    yield from g()\n",
        "def f():\n    async with x: pass\n",
        "[x := 1 for x in y]\n",
    ]));
}

#[test]
fn what_is_too_new_for_the_interpreter() {
    insta::assert_snapshot!(all(&[
        "type X = int\n",
        "def f[T](x: T): ...\n",
        "x = f'{a[\"b\"]}' + f'{f'{1}'}'\n",
        "try:\n    pass\nexcept A, B:\n    pass\n",
        "x = t'{y}'\n",
    ]));
    let mut newer = request("type X = int\n");
    newer.python = (3, 12);
    assert!(pyexec_analysis::analyze(&newer).expect("a report").syntax_ok);
}

#[test]
fn what_is_not_text() {
    let said = |bytes: &[u8]| {
        let report = analyze(bytes);
        let first = report.findings.first().map(|f| format!("{}:{}: {}\n", f.line, f.column, f.message));
        first.unwrap_or_else(|| "compiles\n".into())
    };
    let all: String = [
        &b"x = '\xe9'\n"[..],
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
        b"# -*- coding: ascii -*-\nx = '\xe9'\n",
        b"# -*- coding: unicode_escape -*-\n\\u0078 = 1\n",
        b"# -*- coding: no-such-thing -*-\nx = 1\n",
        b"\xef\xbb\xbf# coding: utf-8\nx = 1\n",
        b"\xef\xbb\xbf# coding: cp1252\nx = 1\n",
        b"x = 1\n\0\n",
        b"\xff\xfex\0 \0=\0 \x001\0",
        b"\x7fELF\x02\x01\x01\0\0",
    ]
    .into_iter()
    .map(said)
    .collect();
    insta::assert_snapshot!(all);
}

#[test]
fn line_ends_and_marks_move_nothing() {
    for code in ["x = 1\r\ny = (\r\n", "x = 1\ry = (\r", "\u{feff}x = 1\ny = (\n", "x = 1\n\u{c}y = (\n"] {
        let report = analyze(code.as_bytes());
        assert!(!report.syntax_ok);
        assert!(report.findings[0].line >= 2, "{code:?}: {:?}", report.findings[0]);
    }
    for code in
        ["x = 1\r\nif x:\r\n\ty = 2\r\n", "\u{feff}x = 1\n", "def f():\n\tif 1:\n\t\tpass\n", "x = '''\r\n\r\n'''\r"]
    {
        assert!(analyze(code.as_bytes()).syntax_ok, "{code:?}");
    }
}
