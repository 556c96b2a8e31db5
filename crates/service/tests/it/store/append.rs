//! One log, many writers: exactly one is first, and what was acknowledged stays.

use super::{append, bodies, child, event, head, run_of};
use pyexec_core::{Principal, RunId, TicketId};
use pyexec_service::{
    new_id,
    store::{AppendError, Durability, GENESIS, RunHead, Store},
};
use std::collections::BTreeMap;

#[tokio::test]
async fn events_come_back_as_they_went_in() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = new_id();
    let body = "{\"text\":\"é \\u0000 '; DROP TABLE events; --\"}";
    let first = store.append(&run, 0, event(body), &head(&run, 1), Durability::Durable).await.unwrap();
    let second = append(&store, &run, 1, "{}").await.unwrap();
    assert_eq!((first.seq, first.prev, first.body.as_str()), (1, GENESIS, body));
    assert_eq!((second.seq, second.prev), (2, first.hash));
    assert_eq!(store.events(&run, 0, 10).await.unwrap(), [first, second]);
}

#[tokio::test]
async fn an_event_out_of_turn_is_a_conflict_and_leaves_nothing() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 2).await;
    for expected in [0, 1, 3, 7] {
        let mut row = head(&run, expected + 1);
        row.state = "stray".into();
        let error = store.append(&run, expected, event("9"), &row, Durability::Relaxed).await.unwrap_err();
        assert!(matches!(error, AppendError::Conflict { found: 2, .. }), "{error}");
    }
    assert_eq!(bodies(&store.events(&run, 0, 10).await.unwrap()), ["1", "2"]);
    assert_eq!(store.head(&run).await.unwrap().unwrap(), head(&run, 2));
}

#[tokio::test]
async fn a_list_row_of_another_run_or_event_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = new_id();
    for wrong in [head(&new_id(), 1), head(&run, 2)] {
        let error = store.append(&run, 0, event("1"), &wrong, Durability::Relaxed).await.unwrap_err();
        assert!(matches!(error, AppendError::Misfit { .. }), "{error}");
    }
    assert_eq!(store.events(&run, 0, 10).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_tasks_exactly_one_is_first() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run: RunId = new_id();
    for expected in 0..20 {
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let (store, run) = (store.clone(), run.clone());
                tokio::spawn(async move { append(&store, &run, expected, &task.to_string()).await })
            })
            .collect();
        let mut first = vec![];
        for task in tasks {
            match task.await.unwrap() {
                Ok(event) => first.push(event.body),
                Err(AppendError::Conflict { found, .. }) => assert_eq!(found, expected + 1),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(first.len(), 1);
        assert_eq!(bodies(&store.events(&run, expected, 10).await.unwrap()), first);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_exactly_one_is_first() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = new_id();
    let mut processes = [(); 2].map(|()| child::start("race", data.path(), Some(&run), None));
    for process in &mut processes {
        assert_eq!(process.line().as_deref(), Some("ready"));
    }
    for process in &mut processes {
        process.go();
    }
    let said = processes.map(child::Process::finish);
    for lines in &said {
        assert_eq!(lines[0], "40", "each appended 40 times");
    }
    let events = store.events(&run, 0, 1000).await.unwrap();
    let mut by_process = BTreeMap::new();
    for event in &events {
        *by_process.entry(event.body.clone()).or_insert(0) += 1;
    }
    assert_eq!(by_process.into_values().collect::<Vec<_>>(), [40, 40], "none was lost and none replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_loses_nothing_that_was_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = new_id();
    for acknowledged in [1, 2, 5, 13, 34] {
        let mut writer = child::start("append", data.path(), Some(&run), None);
        for _ in 0..acknowledged {
            writer.line().expect("it appends until it is killed");
        }
        let last = writer.kill().pop();
        let events = store.events(&run, 0, 10_000).await.unwrap();
        if let Some(last) = last {
            assert!(events.len() as u64 >= last.parse().unwrap(), "{last} was acknowledged");
        }
        assert!(events.len() >= acknowledged);
        for event in &events {
            assert!(event.body.starts_with(&format!("{{\"n\":{},", event.seq)));
        }
        assert_eq!(store.head(&run).await.unwrap().unwrap().seq, events.len() as u64, "row and log are one");
    }
}

#[tokio::test]
async fn a_dropped_append_leaves_all_or_nothing_and_blocks_nobody() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = new_id();
    let mut seq = 0;
    for polls in 0..40 {
        {
            let attempt = append(&store, &run, seq, "\"dropped\"");
            let mut attempt = std::pin::pin!(attempt);
            for _ in 0..polls {
                let step = std::future::poll_fn(|cx| std::task::Poll::Ready(attempt.as_mut().poll(cx))).await;
                if step.is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        // A commit that was on its way when its future was dropped may still come: then this one is late, and says so.
        seq = match append(&store, &run, seq, "\"kept\"").await {
            Ok(event) => event.seq,
            Err(AppendError::Conflict { found, .. }) => found,
            Err(other) => panic!("{other}"),
        };
        assert_eq!(store.head(&run).await.unwrap().map(|row| row.seq), Some(seq));
        assert_eq!(store.events(&run, 0, 1000).await.unwrap().len() as u64, seq);
    }
}

#[tokio::test]
async fn an_idempotency_key_makes_one_run_per_principal() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let keyed = |run: &RunId, seq, who: &str| RunHead {
        requester: Principal(who.into()),
        idempotency_key: Some("k1".into()),
        ..head(run, seq)
    };
    let (first, second, other) = (new_id::<RunId>(), new_id::<RunId>(), new_id::<RunId>());
    let relaxed = Durability::Relaxed;
    store.append(&first, 0, event("1"), &keyed(&first, 1, "os:ada"), relaxed).await.unwrap();
    store.append(&first, 1, event("2"), &keyed(&first, 2, "os:ada"), relaxed).await.unwrap();
    let error = store.append(&second, 0, event("1"), &keyed(&second, 1, "os:ada"), relaxed).await.unwrap_err();
    assert!(matches!(&error, AppendError::KeyTaken { run } if *run == first), "{error}");
    assert_eq!(store.events(&second, 0, 10).await.unwrap(), []);
    store.append(&other, 0, event("1"), &keyed(&other, 1, "os:bob"), relaxed).await.unwrap();

    let find = async |who: &str| store.find_by_idempotency_key(&Principal(who.into()), "k1").await.unwrap();
    assert_eq!(find("os:ada").await, Some(first));
    assert_eq!(find("os:bob").await, Some(other));
    assert_eq!(find("os:eve").await, None);
}

#[tokio::test]
async fn a_ticket_belongs_to_one_run_for_ever() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let (run, thief) = (new_id::<RunId>(), new_id::<RunId>());
    let (early, late) = (new_id::<TicketId>(), new_id::<TicketId>());
    let with = |run: &RunId, seq, ticket: &TicketId| RunHead { ticket: Some(ticket.clone()), ..head(run, seq) };
    let relaxed = Durability::Relaxed;
    store.append(&run, 0, event("1"), &with(&run, 1, &early), relaxed).await.unwrap();
    store.append(&run, 1, event("2"), &with(&run, 2, &early), relaxed).await.unwrap();
    store.append(&run, 2, event("3"), &with(&run, 3, &late), relaxed).await.unwrap();
    assert_eq!(store.find_by_ticket(&early).await.unwrap(), Some(run.clone()));
    assert_eq!(store.find_by_ticket(&late).await.unwrap(), Some(run));
    assert_eq!(store.find_by_ticket(&new_id()).await.unwrap(), None);

    let error = store.append(&thief, 0, event("1"), &with(&thief, 1, &early), relaxed).await.unwrap_err();
    assert!(matches!(error, AppendError::TicketTaken { .. }), "{error}");
    assert_eq!(store.head(&thief).await.unwrap(), None);
}
