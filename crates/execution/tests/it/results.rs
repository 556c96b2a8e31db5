//! What `results` becomes.

use crate::bench::{Bench, failure, results, run};
use pyexec_core::{ErrorKind, connector::*, outcome::Results};
use serde_json::json;

#[tokio::test]
async fn the_values_of_scientists_become_json() {
    let outcome = run(r"
import datetime, pathlib, dataclasses
import numpy as np, pandas as pd

@dataclasses.dataclass
class Point:
    x: float
    y: int

results = {
    'int': np.int64(7), 'float': np.float32(0.5), 'bool': np.bool_(True), 'array': np.arange(3), 'matrix': np.eye(2),
    'when': datetime.datetime(2001, 2, 3, 4, 5), 'day': datetime.date(2001, 2, 3), 'stamp': pd.Timestamp('2001-02-03'),
    'path': pathlib.Path('/a/b'), 'set': {1}, 'complex': 1 + 2j, 'point': Point(1.5, 2), 'tuple': (1, 'a', None),
    'series': pd.Series([1, 2], index=['a', 'b']), 'frame': pd.DataFrame({'c': [1, 2]}), 5: 'a key that is no text',
}
")
    .await;
    let got = results(&outcome);
    assert_eq!(
        (&got["int"], &got["float"], &got["bool"], &got["array"], &got["matrix"], &got["path"]),
        (&json!(7), &json!(0.5), &json!(true), &json!([0, 1, 2]), &json!([[1.0, 0.0], [0.0, 1.0]]), &json!("/a/b"))
    );
    assert_eq!((&got["set"], &got["tuple"]), (&json!([1]), &json!([1, "a", null])));
    assert_eq!(got["point"], json!({"x": 1.5, "y": 2}));
    assert!(got["when"].as_str().unwrap().starts_with("2001-02-03T04:05"), "{got}");
    assert!(got.as_object().unwrap().contains_key("5"), "{got}");
}

#[tokio::test]
async fn nan_in_results() {
    let outcome =
        run("import numpy as np\nresults = {'x': float('nan'), 'y': [float('inf'), 1], 'z': np.array([np.nan])}").await;
    assert_eq!(results(&outcome), json!({"x": null, "y": [null, 1], "z": [null]}));
    assert!(
        outcome.warnings.iter().any(|w| w.to_lowercase().contains("nan") || w.contains("finite")),
        "{:?}",
        outcome.warnings
    );
}

#[tokio::test]
async fn an_odd_value_costs_a_warning_and_never_the_run() {
    let outcome = run("class Odd:\n    def __repr__(self): raise RuntimeError('no')\nresults = {'odd': Odd(), 'big': 10**40, 'f': len, 'ok': 1}").await;
    let got = results(&outcome);
    assert_eq!(got["ok"], json!(1));
    assert_eq!(got["big"], json!(format!("1{}", "0".repeat(40))));
    assert!(outcome.warnings.len() >= 2, "{:?}", outcome.warnings);
}

#[tokio::test]
async fn no_results_and_results_that_are_no_dict_are_passed_on() {
    assert_eq!(run("x = 1").await.results, Results::Missing);
    let outcome = run("results = [1]").await;
    assert_eq!(outcome.results, Results::NotADict { type_name: "list".into() });
    assert_eq!(outcome.error, None, "the service judges");
}

#[tokio::test]
async fn results_of_many_megabytes() {
    let outcome = run("results = {'x': 'a' * 6_000_000, 'y': list(range(200_000))}").await;
    assert_eq!(results(&outcome)["x"].as_str().map(str::len), Some(6_000_000));
    let too_big = run("results = {'x': 'a' * 40_000_000}").await;
    assert!(!too_big.warnings.is_empty() || too_big.error.is_some(), "{:?}", too_big.results);
}

/// What is forged is refused; what is honest is cut to what a host can hold, and says so.
#[tokio::test]
async fn results_that_would_fill_the_hosts_memory() {
    let forged = run("
import os, struct
header, body = b'{\"type\":\"result\",\"state\":\"dict\"}', b'{\"x\":[' + b'{\"\":0},' * 2_000_000 + b'0]}'
left = memoryview(struct.pack('!II', len(header), len(body)) + header + body)
while left: left = left[os.write(3, left):]
")
    .await;
    assert!(failure(&forged).1.contains("so many values"), "{forged:?}");
    let honest = run("results = {'maps': [{'': 0}] * 2_000_000, 'ok': [1.5] * 100_000}").await;
    assert_eq!(results(&honest)["maps"], json!("<too large: a list>"));
    assert_eq!(results(&honest)["ok"].as_array().map(Vec::len), Some(100_000));
    let many = run("results = {f'k{n}': n for n in range(1_000_000)}").await;
    assert!(results(&many).as_object().unwrap().len() > 100_000);
    assert!(many.warnings.iter().any(|w| w.contains("last entries are missing")), "{:?}", many.warnings);
}

#[tokio::test]
async fn user_names_do_not_shadow_ours() {
    let code = "
Path = plt = json = sys = os = open = dict = list = str = len = isinstance = print = None
import builtins
results = {'x': 1}
";
    assert_eq!(results(&run(code).await), json!({"x": 1}));
    for broken in ["import sys\nsys.stdout = None", "import json\njson.dumps = json.loads = json.JSONEncoder = None"] {
        assert_eq!(results(&run(&format!("{broken}\nresults = {{'x': 1}}")).await), json!({"x": 1}), "{broken}");
    }
}

#[tokio::test]
async fn multi_line_strings_are_not_reindented() {
    let code = "text = '''one\n  two\n\tthree\n'''\nresults = {'text': text}\n";
    assert_eq!(results(&run(code).await)["text"], json!("one\n  two\n\tthree\n"));
}

#[tokio::test]
async fn future_import_first() {
    let code = "'''A docstring.'''\nfrom __future__ import annotations\ndef f(x: nowhere): pass\nresults = {'doc': __doc__, 'name': __name__, 'note': f.__annotations__['x']}";
    assert_eq!(results(&run(code).await), json!({"doc": "A docstring.", "name": "__main__", "note": "nowhere"}));
}

#[tokio::test]
async fn classes_of_the_code_pickle() {
    let code =
        "import pickle\nclass C:\n    x = 3\nresults = {'x': pickle.loads(pickle.dumps(C())).x, 'file': __file__}";
    assert_eq!(results(&run(code).await)["x"], json!(3));
}

#[tokio::test]
async fn source_encodings_are_pythons_business() {
    let code = b"# -*- coding: latin-1 -*-\nresults = {'x': 'caf\xe9'}".to_vec();
    assert_eq!(results(&Bench::new(code).run().await), json!({"x": "café"}));
    let outcome = Bench::new(b"results = {'x': 'caf\xe9'}".to_vec()).run().await;
    assert_eq!(failure(&outcome).0, ErrorKind::Syntax);
}

#[tokio::test]
async fn context_and_channels() {
    let read = ChannelRequest::Read { name: "RING:CURRENT".into(), timeout: None };
    let value =
        ChannelReply::Value(ChannelValue { value: json!(401.5), units: Some("mA".into()), ..ChannelValue::default() });
    let mut bench = Bench::new(
        "from pyexec import context\nfrom pyexec.runtime import read_channel\nvalue = read_channel('RING:CURRENT')\nresults = {'value': value, 'limit': context.LIMITS.current}",
    );
    bench.host = bench.host.answering(read.clone(), value);
    let context = bench.folder.path().join("context.json");
    let text = br#"{"LIMITS": {"current": 500}}"#;
    std::fs::write(&context, text).unwrap();
    bench.order.context = Some(pyexec_core::order::FileRef { path: context, sha256: pyexec_core::Digest::of(text) });
    let outcome = bench.run().await;
    let got = results(&outcome);
    assert_eq!(got["limit"], json!(500));
    assert!(got["value"].to_string().contains("401.5"), "{got}");
    assert_eq!(bench.host.channel_requests().len(), 1);
}
