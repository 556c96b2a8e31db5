//! The `docker` executor on a real engine: what is special about containers. What holds for every executor is in
//! `conformance.rs`.

pub(crate) mod bench;
mod endings;
mod grants;
mod hard;
mod left_behind;
mod waiting;

use crate::bench::results;
use bench::Bench;
use pyexec_core::{CodeExecutor, Isolation};
use serde_json::json;
use std::fs;

#[tokio::test]
async fn a_run() {
    let code = "
import os, sys
print('out'); print('err', file=sys.stderr)
os.makedirs('deep/er'); open('deep/er/note.txt', 'w').write('hello')
results = {'sum': sum(map(int, open('numbers.csv').read().split(','))), 'same': open('/home/ann/numbers.csv').read()}
";
    let bench = Bench::new(code).input("/home/ann/numbers.csv", b"1,2,3");
    let outcome = bench.run().await;
    assert_eq!(results(&outcome), json!({"sum": 6, "same": "1,2,3"}));
    assert_eq!((outcome.isolation, outcome.warnings.as_slice()), (Isolation::Container, &[][..]));
    assert_eq!(bench.stdout(), "out\n");
    let artifacts: Vec<_> = outcome.artifacts.iter().map(|record| record.path.as_str()).collect();
    assert_eq!(artifacts, ["artifacts/deep/er/note.txt"], "and not the input");
    assert_eq!(fs::read(bench.folder.path().join(artifacts[0])).unwrap(), b"hello");
    assert!(outcome.usage.peak_rss_bytes > 1 << 20 && outcome.python.unwrap().starts_with("3."));
    bench.none_is_left().await;
}

#[tokio::test]
async fn what_is_there_is_described() {
    let bench = Bench::new("");
    let description = bench.docker.describe(&bench.host.host()).await.unwrap();
    assert_eq!(description.isolation, Isolation::Container);
    assert!(description.interpreter.contains("in the image"), "{}", description.interpreter);
    assert!(description.modules.iter().any(|module| module == "json"));
    // asked once of each image: another process finds the answer
    let kept = fs::read_dir(bench.data.path().join("containers")).unwrap().flatten();
    assert_eq!(kept.filter(|file| file.file_name().to_string_lossy().starts_with("image-")).count(), 1);
    bench.none_is_left().await;
}
