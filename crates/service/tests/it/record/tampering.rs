//! Each way to bend the record without the key, done for real, and what verification says.

use super::{tamper, told, verified};
use crate::bench::{Bench, code, run};
use pyexec_core::{Digest, RunId};
use pyexec_service::{
    record::{LatestAnchor, check_anchors, public_keys, verify_all, verify_run},
    store::Store,
    view::RunView,
};
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fmt::Write as _, fs};

/// Two runs that are over, each with an anchor; the first is the one that is bent.
async fn two() -> (Bench, RunView) {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = run(&service, code("print hello\nresults")).await;
    run(&service, code("results")).await;
    (bench, view)
}

async fn bent(sql: &str) -> Vec<String> {
    let (bench, view) = two().await;
    tamper(bench.data.path(), &sql.replace("$RUN", view.run_id.as_str())).await;
    told(&verified(&bench, &view.run_id).await)
}

#[tokio::test]
async fn nothing_altered_is_nothing_found() {
    assert_eq!(bent("SELECT 1").await, [""; 0]);
}

#[tokio::test]
async fn an_event_edited_moved_or_removed() {
    let edited = "event 3: the event is not what was written, or is gone";
    for sql in [
        "UPDATE events SET body = replace(body, 'given', 'other') WHERE run = '$RUN' AND seq = 3",
        "UPDATE events SET at = '2020-01-01T00:00:00.000Z' WHERE run = '$RUN' AND seq = 3",
        "DELETE FROM events WHERE run = '$RUN' AND seq = 3",
        "UPDATE events SET seq = 99 WHERE run = '$RUN' AND seq = 3; UPDATE events SET seq = 3 WHERE run = '$RUN' AND seq = 4;
         UPDATE events SET seq = 4 WHERE run = '$RUN' AND seq = 99",
    ] {
        assert_eq!(bent(sql).await, [edited], "{sql}");
    }
}

/// The chain itself cannot tell: the row was cut along with it. The anchor can.
#[tokio::test]
async fn an_end_that_was_cut_off_with_its_row() {
    let found = bent(
        "UPDATE heads SET seq = seq - 1, tip = (SELECT prev FROM events WHERE run = '$RUN' ORDER BY seq DESC LIMIT 1),
                          state = 'running', exit_code = NULL WHERE run_id = '$RUN';
         DELETE FROM events WHERE run = '$RUN' AND seq > (SELECT seq FROM heads WHERE run_id = '$RUN')",
    );
    assert_eq!(found.await[0], "event 7: anchor 1 is over this event, and the log ends before it");
}

#[tokio::test]
async fn a_list_row_that_says_something_else() {
    assert_eq!(
        bent("UPDATE heads SET state = 'failed', refused = 1 WHERE run_id = '$RUN'").await,
        ["run: the list shows something else than the events say: refused, state"]
    );
    let found = bent("UPDATE heads SET code_sha256 = 'x' WHERE run_id = '$RUN'").await;
    assert!(found[0].ends_with("is not readable (code_sha256)"), "{found:?}");
}

#[tokio::test]
async fn a_whole_run_removed() {
    let (bench, view) = two().await;
    let removed = "DELETE FROM events WHERE run = '$RUN'; DELETE FROM outputs WHERE run = '$RUN';
                   DELETE FROM tallies WHERE run = '$RUN'; DELETE FROM heads WHERE run_id = '$RUN'";
    tamper(bench.data.path(), &removed.replace("$RUN", view.run_id.as_str())).await;
    let gone = "run: the run is gone: anchors or events of it are there, and its row is not";
    assert_eq!(told(&verified(&bench, &view.run_id).await), [gone]);
    let store = Store::open(bench.data.path()).await.unwrap();
    let lost = verify_all(&store, &public_keys(bench.data.path()).unwrap(), |report| assert!(report.ok)).await.unwrap();
    assert_eq!(lost.iter().filter_map(|lost| lost.run_id.as_deref()).collect::<Vec<_>>(), [view.run_id.as_str()]);

    // And with what the anchor says of it: then the anchor is not what was signed.
    tamper(bench.data.path(), &format!("DELETE FROM anchored WHERE run = '{}'", view.run_id)).await;
    let keys = public_keys(bench.data.path()).unwrap();
    assert!(verify_run(&store, &view.run_id, &keys).await.unwrap().is_none());
    let found = check_anchors(&store, &keys, None).await.unwrap();
    assert_eq!((found.altered[0].anchor, found.altered[0].what.as_str()), (Some(1), "it is not what was signed"));
}

/// As `store/chain.rs` documents it.
fn event_hash(run: &str, seq: u64, version: u32, [kind, at, body]: [&str; 3], prev: &Digest) -> Digest {
    let text = |text: &str| [&(text.len() as u64).to_be_bytes(), text.as_bytes()].concat();
    let parts: [&[u8]; 8] = [
        b"pyexec-event-1\0",
        &text(run),
        &seq.to_be_bytes(),
        &version.to_be_bytes(),
        &text(kind),
        &text(at),
        &text(body),
        prev.as_bytes(),
    ];
    Digest::of(&parts.concat())
}

/// As `store/anchor.rs` documents it, over one head.
fn anchor_hash(n: u64, at: &str, run: &str, seq: u64, hash: &Digest, prev: &Digest) -> Digest {
    let text = |text: &str| [&(text.len() as u64).to_be_bytes(), text.as_bytes()].concat();
    let parts: [&[u8]; 8] = [
        b"pyexec-anchor-1\0",
        &n.to_be_bytes(),
        &text(at),
        &1_u64.to_be_bytes(),
        &text(run),
        &seq.to_be_bytes(),
        hash.as_bytes(),
        prev.as_bytes(),
    ];
    Digest::of(&parts.concat())
}

/// Another reason in the log, and every hash after it computed anew: no chain can tell.
async fn rewrite_log(bench: &Bench, run: &RunId) -> (u64, Digest) {
    let file = SqliteConnectOptions::new().filename(bench.data.path().join("store.sqlite"));
    let mut connection = SqliteConnection::connect_with(&file).await.unwrap();
    let rows = sqlx::query("SELECT seq, version, kind, at, body FROM events WHERE run = ?1 ORDER BY seq")
        .bind(run.as_str())
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut sql = String::new();
    let mut prev = Digest::from_bytes([0; 32]);
    for row in &rows {
        let (seq, version): (i64, i64) = (row.get("seq"), row.get("version"));
        let body = row.get::<String, _>("body").replace("alice", "mallory");
        let (kind, at): (&str, &str) = (row.get("kind"), row.get("at"));
        let (seq, version) = (u64::try_from(seq).unwrap(), u32::try_from(version).unwrap());
        let hash = event_hash(run.as_str(), seq, version, [kind, at, &body], &prev);
        let quoted = body.replace('\'', "''");
        write!(
            sql,
            "UPDATE events SET body = '{quoted}', prev = '{prev}', hash = '{hash}' WHERE run = '{run}' AND seq = {seq};"
        )
        .unwrap();
        prev = hash;
    }
    write!(sql, "UPDATE heads SET tip = '{prev}', requester = 'mallory' WHERE run_id = '{run}';").unwrap();
    connection.close().await.unwrap();
    tamper(bench.data.path(), &sql).await;
    (rows.len() as u64, prev)
}

#[tokio::test]
async fn a_log_written_anew_consistently() {
    let (bench, view) = two().await;
    fs::remove_dir_all(&view.folder).unwrap(); // whose copy of the log would tell too
    rewrite_log(&bench, &view.run_id).await;
    let found = told(&verified(&bench, &view.run_id).await);
    assert_eq!(found, ["event 7: the event is not the one that anchor 1 is over: the log was written anew"]);
}

#[tokio::test]
async fn log_and_anchors_written_anew_consistently() {
    let (bench, view) = two().await;
    fs::remove_dir_all(&view.folder).unwrap();
    let (seq, tip) = rewrite_log(&bench, &view.run_id).await;
    let store = Store::open(bench.data.path()).await.unwrap();
    let anchors = store.anchors(0, 10).await.unwrap();
    let none = Digest::from_bytes([0; 32]);
    let first = anchor_hash(1, &anchors[0].at, view.run_id.as_str(), seq, &tip, &none);
    let other = &anchors[1].heads[0];
    let second = anchor_hash(2, &anchors[1].at, other.run.as_str(), other.seq, &other.hash, &first);
    store.close().await;
    let sql = format!(
        "UPDATE anchored SET hash = '{tip}' WHERE anchor = 1; UPDATE anchors SET hash = '{first}' WHERE n = 1;
         UPDATE anchors SET hash = '{second}', prev = '{first}' WHERE n = 2"
    );
    tamper(bench.data.path(), &sql).await;
    let found = told(&verified(&bench, &view.run_id).await);
    assert_eq!(found, ["anchor 2: its signature does not fit: the list was rewritten by somebody without the key"]);
}

#[tokio::test]
async fn an_anchor_edited_or_removed() {
    for (sql, expected) in [
        ("UPDATE anchors SET at = '2020-01-01T00:00:00.000Z' WHERE n = 1", vec!["anchor 1: it is not what was signed"]),
        (
            "DELETE FROM anchored WHERE anchor = 1; DELETE FROM anchors WHERE n = 1",
            vec!["run: the run's row names anchor 1, which does not name the run", "anchor 1: it is gone"],
        ),
        (
            "DELETE FROM anchored WHERE anchor = 2; DELETE FROM anchors WHERE n = 2",
            vec!["anchor 2: a run's row names anchor 2, and the list ends at 1: the rest is gone"],
        ),
        ("UPDATE anchors SET hash = 'x' WHERE n = 2", vec!["anchor 2: it is not readable"]),
        (
            "UPDATE anchors SET signature = '' WHERE n = 2",
            vec!["anchor 2: its signature does not fit: the list was rewritten by somebody without the key"],
        ),
        ("UPDATE anchors SET key = 'feed' WHERE n = 2", vec!["anchor 2: it is signed by an unknown key feed"]),
    ] {
        assert_eq!(bent(sql).await, expected, "{sql}");
    }
}

/// The end of the list removed, and every row that names it mended: only what was kept elsewhere can tell.
#[tokio::test]
async fn the_newest_anchors_removed_without_a_trace_show_against_a_kept_one() {
    let (bench, view) = two().await;
    let store = Store::open(bench.data.path()).await.unwrap();
    let kept = LatestAnchor::from(&store.latest_anchor().await.unwrap().unwrap());
    let sql = "DELETE FROM anchored WHERE anchor = 2; DELETE FROM anchors WHERE n = 2;
               UPDATE heads SET anchor = 0, anchored = 0 WHERE anchor = 2";
    tamper(bench.data.path(), sql).await;
    assert_eq!(told(&verified(&bench, &view.run_id).await), [""; 0]);
    let keys = public_keys(bench.data.path()).unwrap();
    let found = check_anchors(&store, &keys, Some(&kept)).await.unwrap();
    assert_eq!(found.altered[0].what, "anchor 2 was kept, and the list ends at 1: the rest is gone");

    // Another run takes the number: it is not the anchor that was kept.
    run(&bench.service().await, code("results")).await;
    let found = check_anchors(&store, &keys, Some(&kept)).await.unwrap();
    assert_eq!(found.altered[0].what, "it is not the one that was kept");
}

/// The number of an anchor that was removed is never used again, so the gap stays.
#[tokio::test]
async fn a_removed_end_is_not_covered_up_by_the_next_anchor() {
    let (bench, view) = two().await;
    tamper(bench.data.path(), "DELETE FROM anchored WHERE anchor = 2; DELETE FROM anchors WHERE n = 2").await;
    run(&bench.service().await, code("results")).await;
    assert_eq!(told(&verified(&bench, &view.run_id).await), ["anchor 2: it is gone"]);
}

#[tokio::test]
async fn stored_code_altered_or_removed() {
    for remove in [false, true] {
        let (bench, view) = two().await;
        let hash = view.code_sha256.unwrap().to_string();
        let blob = bench.data.path().join("blobs").join(&hash[..2]).join(&hash);
        if remove {
            fs::remove_file(&blob).unwrap();
        } else {
            fs::write(&blob, "evil").unwrap();
        }
        let how = if remove { "is gone from the store" } else { "is stored, but altered" };
        assert_eq!(told(&verified(&bench, &view.run_id).await), [format!("event 1: the given code {how}: {hash}")]);
    }
}

#[tokio::test]
async fn output_altered() {
    assert_eq!(
        bent("UPDATE outputs SET bytes = CAST('other' AS BLOB) WHERE run = '$RUN'").await,
        ["event 6: what the code printed was altered, from piece 1"]
    );
    // With the store's own chain of output removed along with it: the event knows.
    assert_eq!(
        bent("DELETE FROM outputs WHERE run = '$RUN'; DELETE FROM tallies WHERE run = '$RUN'").await,
        ["event 6: what the code printed is not what the event says"]
    );
}

#[tokio::test]
async fn copies_in_the_run_folder_altered() {
    for (name, told_of) in [
        ("code.py", "code.py in the run folder is not the code of the run"),
        ("results.json", "results.json in the run folder is not what the log says"),
        ("stdout.txt", "stdout.txt in the run folder is not what the log says"),
        ("events.jsonl", "events.jsonl in the run folder is not what the log says"),
    ] {
        let (bench, view) = two().await;
        fs::write(view.folder.join(name), "{}").unwrap();
        assert_eq!(told(&verified(&bench, &view.run_id).await), [format!("run: {told_of}")]);
        // A copy that is not there tells nobody anything wrong.
        fs::remove_file(view.folder.join(name)).unwrap();
        let (report, _) = verified(&bench, &view.run_id).await;
        assert_eq!((report.ok, report.notes), (true, vec![format!("{name} is not in the run folder; the log has it")]));
    }
}

#[tokio::test]
async fn a_run_folder_that_is_gone_or_full_of_traps() {
    let (bench, view) = two().await;
    fs::remove_file(view.folder.join("code.py")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", view.folder.join("code.py")).unwrap();
    let found = told(&verified(&bench, &view.run_id).await);
    assert!(found[0].starts_with("run: `code.py` in the run folder cannot be read"), "{found:?}");
    fs::remove_dir_all(&view.folder).unwrap();
    let (report, _) = verified(&bench, &view.run_id).await;
    assert_eq!((report.ok, report.notes.len()), (true, 1), "{report:?}");
}

/// A notebook is there to be executed again: that it was is told, and no alteration of the record.
#[tokio::test]
async fn an_edited_notebook_is_told() {
    let (bench, view) = two().await;
    let path = view.folder.join("notebook.ipynb");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("hello", "howdy")).unwrap();
    let (report, _) = verified(&bench, &view.run_id).await;
    assert!(report.ok);
    assert!(report.notes[0].starts_with("notebook.ipynb is not as it was written"), "{:?}", report.notes);
}
