//! Inputs and artifacts.

use crate::bench::{Bench, kind, results};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt};

#[tokio::test]
async fn an_input_is_there_twice_and_read_only() {
    let code = "
import os
tries = {}
for path in ('series.csv', '/data/of/the/caller/series.csv'):
    try:
        open(path, 'a')
    except OSError as error:
        tries[path] = error.strerror
    try:
        os.remove(path)
    except OSError as error:
        tries[path] += ', ' + error.strerror
results = {'here': open('series.csv').read(), 'there': open('/data/of/the/caller/series.csv').read(), 'tries': tries}
";
    let bench = Bench::new(code).input("series.csv", b"1,2\n");
    fs::set_permissions(&bench.order.inputs[0].staged, fs::Permissions::from_mode(0o600)).unwrap();
    let outcome = bench.run().await;
    let got = results(&outcome);
    assert_eq!((&got["here"], &got["there"]), (&json!("1,2\n"), &json!("1,2\n")));
    for (path, error) in got["tries"].as_object().unwrap() {
        assert!(
            error.as_str().unwrap().contains("Read-only file system") || error.as_str().unwrap().contains("Permission"),
            "{path}: {error}"
        );
        assert!(error.as_str().unwrap().contains(','), "{path}: {error}");
    }
    assert!(outcome.artifacts.is_empty(), "an input is no artifact: {:?}", outcome.artifacts);
}

#[tokio::test]
async fn an_input_that_changed_since_it_was_staged_is_refused() {
    let bench = Bench::new("").input("series.csv", b"1,2\n");
    fs::write(&bench.order.inputs[0].staged, b"1,3\n").unwrap();
    let error = bench.try_run().await.unwrap_err();
    assert_eq!(kind(&error), "bad_file");
    assert!(error.message.contains("series.csv"), "{error}");
}

#[tokio::test]
async fn artifacts_are_taken_and_hostile_ones_left() {
    let code = "
import os
from pyexec import save_artifact
os.makedirs('tables/deep')
open('tables/deep/t.csv', 'w').write('1')
open('notes.txt', 'w').write('n')
os.symlink('/etc/passwd', 'passwd.txt')
open('bad\\nname', 'w').write('x')
for n in range(3):
    with open(f'sparse{n}', 'wb') as file: file.truncate(6 << 20)  # each within the scratch space, together beyond it
os.chmod('notes.txt', 0o777)
results = {}
";
    let bench = Bench::new(code).with(|order| order.limits.scratch_mb = 8);
    let outcome = bench.run().await;
    results(&outcome);
    let paths: Vec<_> = outcome.artifacts.iter().map(|a| a.path.as_str()).collect();
    assert_eq!(
        paths,
        ["artifacts/bad_name", "artifacts/notes.txt", "artifacts/sparse0", "artifacts/tables/deep/t.csv"],
        "{:?}",
        outcome.warnings
    );
    assert_eq!(outcome.warnings.len(), 2, "{:?}", outcome.warnings);
    let mode = |path: &str| fs::metadata(bench.folder.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("artifacts/notes.txt"), mode("artifacts")), (0o600, 0o700));
}
