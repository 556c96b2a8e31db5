//! stdout and stderr.

use crate::bench::{Bench, results};
use serde_json::json;

#[tokio::test]
async fn streams_come_as_they_are() {
    let bench =
        Bench::new("import sys\nprint('out')\nprint('err', file=sys.stderr)\nresults = {}\nprint('last', end='')");
    bench.run().await;
    assert_eq!((bench.stdout().as_str(), bench.stderr().as_str()), ("out\nlast", "err\n"));
}

#[tokio::test]
async fn stdout_buffer() {
    let bench =
        Bench::new("import sys\nsys.stdout.buffer.write(b'\\xff\\x00raw')\nresults = {'isatty': sys.stdout.isatty()}");
    let outcome = bench.run().await;
    assert_eq!(results(&outcome), json!({"isatty": false}));
    assert_eq!(bench.host.stdout(), b"\xff\x00raw");
}

#[tokio::test]
async fn png_bytes_on_stdout() {
    let code = "
import sys
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.savefig(sys.stdout.buffer, format='png')
results = {'x': 1}
";
    let bench = Bench::new(code);
    let outcome = bench.run().await;
    assert_eq!(results(&outcome), json!({"x": 1}));
    assert!(bench.host.stdout().starts_with(b"\x89PNG\r\n"), "the bytes are not touched");
}

#[tokio::test]
async fn stdin_is_empty() {
    let outcome = Bench::new("import sys\nresults = {'x': sys.stdin.read()}").run().await;
    assert_eq!(results(&outcome), json!({"x": ""}));
}

#[tokio::test]
async fn a_flood_is_cut_in_the_middle_and_said() {
    let bench = Bench::new("print('first')\nfor n in range(200_000): print('x' * 50)\nprint('last')\nresults = {}")
        .with(|order| order.limits.output_kb = 16);
    let outcome = bench.run().await;
    let stdout = bench.stdout();
    assert!(
        stdout.starts_with("first\n") && stdout.ends_with("last\n") && stdout.contains("left out"),
        "{}",
        stdout.len()
    );
    assert!(stdout.len() < 17 << 10);
    assert!(outcome.warnings.iter().any(|w| w.contains("stdout") && w.contains("output_kb")), "{:?}", outcome.warnings);
}
