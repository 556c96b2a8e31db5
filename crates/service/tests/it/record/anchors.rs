//! When anchors are written, and that writers get along.

use super::{told, verified};
use crate::bench::{Bench, approve, asked, code, drive, run, submit, ticket};
use pyexec_service::{
    now,
    record::{SigningKey, anchor, check_anchors, public_keys, verify_all},
    run::State,
    store::Store,
};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_run_is_anchored_when_it_waits_and_when_it_ends() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code(&asked("results"))).await;
    let waiting = verified(&bench, &view.run_id).await;
    assert_eq!((waiting.0.unanchored.as_ref(), waiting.1.count), (None, 1));
    approve(&service, &ticket(&view)).await.unwrap();
    assert_eq!(drive(&service, &view.run_id).await.state, State::Done);
    let done = verified(&bench, &view.run_id).await;
    assert_eq!((done.0.unanchored.as_ref(), done.1.count), (None, 2));
    assert_eq!(told(&done), [""; 0]);
    assert!(done.0.holds.iter().any(|what| what.contains("are signed, the last by anchor 2")), "{:?}", done.0.holds);
}

/// Its host died before it could anchor: it is said, and the next anchor is over it too.
#[tokio::test]
async fn what_is_not_anchored_yet_is_told_and_anchored_with_the_next() {
    let bench = Bench::new();
    let service = bench.service().await;
    let left = submit(&service, code("results")).await;
    let (report, anchors) = verified(&bench, &left).await;
    let tail = report.unanchored.unwrap();
    assert_eq!((report.ok, tail.events, anchors.count), (true, 1, 0));
    assert!(tail.since.parse::<jiff::Timestamp>().unwrap() <= now());

    run(&service, code("results")).await;
    let (report, anchors) = verified(&bench, &left).await;
    assert_eq!((report.unanchored, anchors.count), (None, 1));
}

#[tokio::test]
async fn many_processes_anchor_at_once_and_no_run_twice() {
    let bench = Bench::new();
    let service = bench.service().await;
    let key = SigningKey::open(bench.data.path()).unwrap();
    let mut runs = vec![];
    for _ in 0..6 {
        runs.push(submit(&service, code("results")).await);
    }
    let stores = [Store::open(bench.data.path()).await.unwrap(), Store::open(bench.data.path()).await.unwrap()];
    let one = |n: usize| anchor(&stores[n % 2], &key);
    let (a, b, c, d) = tokio::join!(one(0), one(1), one(2), one(3));
    let written: Vec<_> = [a, b, c, d].into_iter().filter_map(Result::unwrap).collect();
    let named: Vec<_> = written.iter().flat_map(|anchor| &anchor.heads).map(|head| head.run.clone()).collect();
    assert_eq!(named.len(), runs.len(), "each run once");
    assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), runs.iter().cloned().collect());
    let keys = public_keys(bench.data.path()).unwrap();
    assert_eq!(check_anchors(&stores[0], &keys, None).await.unwrap().altered, []);
    assert!(anchor(&stores[0], &key).await.unwrap().is_none(), "nothing is left");
}

#[tokio::test]
async fn everything_is_checked_in_one_go() {
    let bench = Bench::new();
    let service = bench.service().await;
    for _ in 0..3 {
        run(&service, code("print x\nresults")).await;
    }
    let store = Store::open(bench.data.path()).await.unwrap();
    let keys = public_keys(bench.data.path()).unwrap();
    let mut whole = 0;
    let lost = verify_all(&store, &keys, |report| {
        assert_eq!((report.ok, &report.notes), (true, &vec![]), "{report:?}");
        whole += 1;
    });
    assert_eq!((lost.await.unwrap(), whole), (vec![], 3));
}

#[tokio::test]
async fn signatures_of_another_key_are_a_strangers() {
    let bench = Bench::new();
    let view = run(&bench.service().await, code("results")).await;
    let other = tempfile::tempdir().unwrap();
    let key = SigningKey::open(other.path()).unwrap();
    let store = Store::open(bench.data.path()).await.unwrap();
    let found = check_anchors(&store, &[key.public().clone()], None).await.unwrap();
    let ours = public_keys(bench.data.path()).unwrap()[0].fingerprint().to_string();
    assert_eq!(found.altered[0].what, format!("it is signed by an unknown key {ours}"), "{view:?}");
}
