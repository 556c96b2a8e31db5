//! Runs that go well: everything is as it is locally.

use super::bench::Bench;
use crate::bench::results;
use pyexec_core::{
    CodeExecutor, Isolation,
    connector::{ChannelReply, ChannelRequest, ChannelValue},
    order::FileRef,
    outcome::Ended,
};
use pyexec_testkit::ExecutionHostFake;
use serde_json::json;
use std::fs;

fn paths(records: &[pyexec_core::outcome::FileRecord]) -> Vec<&str> {
    records.iter().map(|record| record.path.as_str()).collect()
}

#[tokio::test]
async fn a_whole_run() {
    let code = "
import os, sys
from pyexec import context, save_artifact
print('to stdout')
print('to stderr', file=sys.stderr)
save_artifact({'a': 1}, 'tables/t')
results = {
    'main': __name__, 'input': open('series.csv').read(), 'context': context.MACHINE.name, 'stdin': sys.stdin.read(),
    'variable': os.environ['OF_THE_MODE'], 'secret': [name for name in os.environ if name.startswith(('JPY', 'JUPYTER'))],
}
";
    let bench = Bench::new(code).input("series.csv", b"1,2\n").with(|order| {
        order.environment.insert("OF_THE_MODE".into(), "x".into());
    });
    let context = br#"{"MACHINE": {"name": "ring"}}"#;
    let path = bench.folder.path().join("context.json");
    fs::write(&path, context).unwrap();
    let bench = bench.with(|order| order.context = Some(FileRef { path, sha256: pyexec_core::Digest::of(context) }));
    let outcome = bench.run().await;
    assert_eq!(
        results(&outcome),
        json!({"main": "__main__", "input": "1,2\n", "context": "ring", "stdin": "", "variable": "x", "secret": []})
    );
    assert_eq!((outcome.ended.clone(), outcome.isolation), (Ended::Exited { code: 0 }, Isolation::Endpoint));
    assert!(outcome.python.as_deref().is_some_and(|version| version.starts_with("3.")), "{outcome:?}");
    assert_eq!((bench.stdout().as_str(), bench.host.stderr().as_slice()), ("to stdout\n", &b"to stderr\n"[..]));
    assert_eq!(paths(&outcome.artifacts), ["artifacts/tables/t.json"]);
    assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
    assert!(outcome.usage.peak_rss_bytes > 0 && outcome.usage.cpu_ms > 0, "{:?}", outcome.usage);
    assert_eq!(bench.host.release_requests().len(), 1);
    assert!(bench.sessions().is_empty(), "its kernel is deleted before it is said to have ended");
}

#[tokio::test]
async fn what_is_displayed_becomes_figures() {
    let code = "
import base64, io
import matplotlib.pyplot as plt
from IPython.display import Image, SVG, display as show
def png():
    figure = plt.figure()
    file = io.BytesIO()
    figure.savefig(file, format='png')
    plt.close(figure)
    return file.getvalue()
show(Image(data=png()))
show({'image/png': base64.b64encode(png()).decode(), 'text/plain': 'never printed'}, raw=True)
display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))
display('a text')
figure, axes = plt.subplots()
display(figure)
plt.figure()
plt.show()
results = {}
";
    let bench = Bench::new(code);
    let outcome = bench.run().await;
    results(&outcome);
    let names = ["figure_01.png", "figure_02.png", "figure_03.svg", "figure_04.png", "figure_05.png"];
    assert_eq!(paths(&outcome.figures), names.map(|name| format!("figures/{name}")));
    assert!(fs::read(bench.folder.path().join("figures/figure_02.png")).unwrap().starts_with(b"\x89PNG"));
    assert_eq!(bench.stdout(), "a text\n");
}

#[tokio::test]
async fn channels_go_by_the_broker() {
    let read = ChannelRequest::Read { name: "A:B".into(), timeout: None };
    let value = ChannelReply::Value(ChannelValue { value: 7.into(), ..ChannelValue::default() });
    let code = "from pyexec.runtime import read_channel\nresults = {'x': [read_channel('A:B') for _ in range(3)]}";
    let mut bench = Bench::new(code);
    bench.host = ExecutionHostFake::releasing(code).answering(read, value);
    assert_eq!(results(&bench.run().await), json!({"x": [7, 7, 7]}));
    assert_eq!(bench.host.channel_requests().len(), 3);
}

#[tokio::test]
async fn output_comes_while_it_runs_and_is_limited() {
    let bench = Bench::new("import sys\nfor n in range(40000): print(f'{n:09}')\nresults = {}")
        .with(|order| order.limits.output_kb = 16);
    let outcome = bench.run().await;
    results(&outcome);
    let text = bench.stdout();
    assert!(
        text.starts_with("000000000\n") && text.ends_with("000039999\n") && text.len() < 17 << 10,
        "{}",
        text.len()
    );
    assert!(outcome.warnings.iter().any(|warning| warning.contains("output_kb")), "{:?}", outcome.warnings);
    let bench = Bench::new("import time\nprint('first', flush=True)\ntime.sleep(1000)");
    let host = bench.host.host();
    let prepared = bench.jupyter.prepare(bench.order.clone(), &host).await.unwrap();
    tokio::select! {
        outcome = bench.jupyter.execute(prepared, bench.execute_order(), &host) => panic!("{outcome:?}"),
        () = super::bench::until("the first line", || bench.stdout() == "first\n") => {}
    }
}

#[tokio::test]
async fn large_inputs_results_and_artifacts_cross() {
    let code = "
data = open('big.bin', 'rb').read()
with open('copy.bin', 'wb') as file: file.write(data[::-1])
results = {'n': len(data), 'text': 'x' * 3_000_000}
";
    let content: Vec<u8> =
        (0..3_000_001_u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    let bench = Bench::new(code).input("big.bin", &content);
    let outcome = bench.run().await;
    let got = results(&outcome);
    assert_eq!((got["n"].as_u64(), got["text"].as_str().map(str::len)), (Some(3_000_001), Some(3_000_000)));
    let copy = fs::read(bench.folder.path().join("artifacts/copy.bin")).unwrap();
    assert!(copy.into_iter().rev().eq(content));
}

#[tokio::test]
async fn hostile_files_are_left() {
    let code = "
import os
os.makedirs('tables/deep')
open('tables/deep/t.csv', 'w').write('1')
open('notes.txt', 'w').write('n')
os.symlink('/etc/passwd', 'passwd.txt')
os.mkfifo('pipe')
open('bad\\nname', 'w').write('x')
for n in range(3):
    with open(f'sparse{n}', 'wb') as file: file.truncate(6 << 20)  # each within the scratch space, together beyond it
results = {}
";
    let outcome = Bench::new(code).input("i.csv", b"1").with(|order| order.limits.scratch_mb = 8).run().await;
    results(&outcome);
    let wanted = ["bad_name", "notes.txt", "sparse0", "tables/deep/t.csv"].map(|name| format!("artifacts/{name}"));
    assert_eq!(paths(&outcome.artifacts), wanted, "{:?}", outcome.warnings);
    assert_eq!(outcome.warnings.len(), 3, "{:?}", outcome.warnings);
}

#[tokio::test]
async fn many_at_once() {
    let benches: Vec<Bench> = (0..4).map(|n| Bench::new(format!("results = {{'n': {n}}}"))).collect();
    let runs = futures_util::future::join_all(benches.iter().map(Bench::run));
    for (n, outcome) in runs.await.iter().enumerate() {
        assert_eq!(results(outcome), json!({"n": n}));
    }
}

#[tokio::test]
async fn a_description() {
    let bench = Bench::new("");
    let described = bench.jupyter.describe(&bench.host.host()).await.unwrap();
    assert_eq!(described.isolation, Isolation::Endpoint);
    assert!(described.python.starts_with("3."), "{described:?}");
    assert!(described.interpreter.contains("python3"), "{described:?}");
}
