//! The bounded stream beside the log.

use super::{run_of, tamper};
use pyexec_core::{Digest, executor::Stream, id::Token};
use pyexec_service::{
    new_id,
    store::{OUTPUT_MAX_BYTES, OutputRow, Store, StoreError},
};

fn pieces(rows: &[OutputRow]) -> Vec<(Stream, &[u8])> {
    rows.iter().map(|row| (row.stream, row.bytes.as_slice())).collect()
}

#[tokio::test]
async fn output_comes_back_in_order_and_is_followed() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 1).await;
    let (token, other) = (new_id::<Token>(), new_id::<Token>());
    store.append_output(&run, &token, Stream::Stdout, b"a").await.unwrap();
    store.append_output(&run, &other, Stream::Stdout, b"of another execution").await.unwrap();
    store.append_output(&run, &token, Stream::Stderr, b"b").await.unwrap();
    store.append_output(&run, &token, Stream::Stdout, b"").await.unwrap();
    let rows = store.output(&run, &token, 0).await.unwrap();
    assert_eq!(pieces(&rows), [(Stream::Stdout, &b"a"[..]), (Stream::Stderr, b"b")]);
    assert_eq!(pieces(&store.output(&run, &token, 1).await.unwrap()), [(Stream::Stderr, &b"b"[..])]);
    assert_eq!(store.output(&run, &token, 2).await.unwrap(), []);
    assert_eq!(store.output(&run, &token, 9).await.unwrap(), []);
    assert_eq!(store.output(&run, &new_id(), 0).await.unwrap(), []);
}

/// As the module documents it, step by step, over a restart.
#[tokio::test]
async fn the_digest_is_at_hand_after_every_row() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 1).await;
    let token: Token = new_id();
    let first = store.append_output(&run, &token, Stream::Stdout, b"ab").await.unwrap();
    let mut covered = vec![0; 32];
    covered.extend(b"\x01\0\0\0\0\0\0\0\x02ab");
    assert_eq!((first.seq, first.kept, first.dropped, first.digest), (1, 2, 0, Digest::of(&covered)));
    store.close().await;

    let store = Store::open(data.path()).await.unwrap();
    let second = store.append_output(&run, &token, Stream::Stderr, b"c").await.unwrap();
    let mut covered = first.digest.as_bytes().to_vec();
    covered.extend(b"\x02\0\0\0\0\0\0\0\x01c");
    assert_eq!((second.seq, second.kept, second.digest), (2, 3, Digest::of(&covered)));
    assert_eq!(store.output_tally(&run, &token).await.unwrap(), second);
}

#[tokio::test]
async fn a_run_keeps_so_much_and_counts_the_rest() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let (run, neighbour) = (run_of(&store, 1).await, run_of(&store, 1).await);
    let (first, second) = (new_id::<Token>(), new_id::<Token>());
    let chunk = vec![b'x'; usize::try_from(OUTPUT_MAX_BYTES / 4).unwrap() + 1];
    for _ in 0..3 {
        let tally = store.append_output(&run, &first, Stream::Stdout, &chunk).await.unwrap();
        assert_eq!(tally.dropped, 0);
    }
    let tally = store.append_output(&run, &second, Stream::Stdout, &chunk).await.unwrap();
    assert_eq!(
        (tally.kept, tally.dropped),
        (OUTPUT_MAX_BYTES / 4 - 3, 4),
        "the bound is the run's, not the execution's"
    );
    let full = store.append_output(&run, &second, Stream::Stderr, b"more").await.unwrap();
    assert_eq!((full.seq, full.dropped, full.digest), (tally.seq, 8, tally.digest));
    assert_eq!(store.output(&run, &second, 0).await.unwrap().len(), 1);
    let other = store.append_output(&neighbour, &new_id(), Stream::Stdout, b"more").await.unwrap();
    assert_eq!(other.dropped, 0);
}

#[tokio::test]
async fn a_run_that_has_no_event_has_no_output() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let error = store.append_output(&new_id(), &new_id(), Stream::Stdout, b"x").await.unwrap_err();
    assert!(matches!(error, StoreError::UnknownRun { .. }), "{error}");
}

#[tokio::test]
async fn altered_output_is_found() {
    for (sql, broken) in [
        ("UPDATE outputs SET bytes = x'00' WHERE seq = 2", 2),
        ("UPDATE outputs SET stream = 'stderr' WHERE seq = 1", 1),
        ("DELETE FROM outputs WHERE seq = 2", 2),
        ("DELETE FROM outputs WHERE seq = 3", 3),
        ("UPDATE tallies SET digest = 'x'", 0),
    ] {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).await.unwrap();
        let run = run_of(&store, 1).await;
        let token: Token = new_id();
        for bytes in [b"a", b"b", b"c"] {
            store.append_output(&run, &token, Stream::Stdout, bytes).await.unwrap();
        }
        tamper(data.path(), sql).await;
        match store.output(&run, &token, 0).await {
            Err(StoreError::OutputAltered { seq, .. }) => assert_eq!(seq, broken, "{sql}"),
            other => panic!("{sql}: {other:?}"),
        }
    }
}
