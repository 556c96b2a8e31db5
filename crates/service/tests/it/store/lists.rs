//! Lists and look-ups.

use super::{append, bodies, event, head, run_of};
use pyexec_core::{Digest, Principal, RunId, TicketId};
use pyexec_service::{
    new_id,
    store::{Durability, HeadFilter, ResolveError, Resolved, RunHead, Store},
};

async fn note(store: &Store, row: RunHead) {
    store.append(&row.run_id, row.seq - 1, event("1"), &row, Durability::Relaxed).await.unwrap();
}

fn ids(rows: &[RunHead]) -> Vec<&RunId> {
    rows.iter().map(|row| &row.run_id).collect()
}

#[tokio::test]
async fn a_row_comes_back_as_it_went_in_and_follows_the_log() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = new_id();
    note(&store, head(&run, 1)).await;
    assert_eq!(store.head(&run).await.unwrap(), Some(head(&run, 1)));
    let full = RunHead {
        state: "refused".into(),
        updated_at: "2025-10-14T09:00:01.000Z".into(),
        mode: Some("READ_ONLY".into()),
        ticket: Some(new_id()),
        ticket_expires_at: Some("2025-10-15T09:00:00.000Z".into()),
        folder: Some("executed_scripts/2025-10/x".into()),
        exit_code: Some(255),
        refused: true,
        idempotency_key: Some("k".into()),
        code_sha256: Some(Digest::of(b"x")),
        generator: Some("mock".into()),
        owner: Some(new_id()),
        ..head(&run, 2)
    };
    note(&store, full.clone()).await;
    assert_eq!(store.head(&run).await.unwrap(), Some(full));
    assert_eq!(store.head(&new_id()).await.unwrap(), None);
}

#[tokio::test]
async fn pages_are_newest_first_and_meet_without_gap_or_overlap() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let mut made = vec![];
    for _ in 0..25 {
        made.push(run_of(&store, 1).await);
    }
    made.reverse();
    let mut seen: Vec<RunId> = vec![];
    loop {
        let page = store.heads(&HeadFilter::default(), 10, seen.last().cloned()).await.unwrap();
        assert!(page.len() <= 10);
        if page.is_empty() {
            break;
        }
        seen.extend(page.into_iter().map(|row| row.run_id));
    }
    assert_eq!(seen, made);
    assert_eq!(store.heads(&HeadFilter::default(), 0, None).await.unwrap(), []);
}

#[tokio::test]
async fn filters_hold_together() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let mut runs: Vec<RunId> = vec![];
    for (state, who, refused) in
        [("done", "ada", false), ("refused", "ada", true), ("refused", "bob", true), ("waiting", "bob", false)]
    {
        let run = new_id();
        let row = RunHead { state: state.into(), requester: Principal(who.into()), refused, ..head(&run, 1) };
        note(&store, row).await;
        runs.push(run);
    }
    let list = async |filter: HeadFilter| store.heads(&filter, 10, None).await.unwrap();
    let state = |state: &str| HeadFilter { state: Some(state.into()), ..HeadFilter::default() };
    let of = |who: &str| HeadFilter { requester: Some(Principal(who.into())), ..HeadFilter::default() };
    assert_eq!(ids(&list(state("refused")).await), [&runs[2], &runs[1]]);
    assert_eq!(ids(&list(of("ada")).await), [&runs[1], &runs[0]]);
    assert_eq!(ids(&list(HeadFilter { refused: true, ..of("bob") }).await), [&runs[2]]);
    assert_eq!(ids(&list(HeadFilter { state: Some("waiting".into()), ..of("bob") }).await), [&runs[3]]);
    assert_eq!(list(HeadFilter { state: Some("waiting".into()), ..of("ada") }).await, []);
}

#[tokio::test]
async fn events_page_and_follow() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run = run_of(&store, 5).await;
    assert_eq!(bodies(&store.events(&run, 0, 2).await.unwrap()), ["1", "2"]);
    assert_eq!(bodies(&store.events(&run, 2, 2).await.unwrap()), ["3", "4"]);
    assert_eq!(bodies(&store.events(&run, 4, 2).await.unwrap()), ["5"]);
    assert_eq!(store.events(&run, 5, 2).await.unwrap(), []);
    assert_eq!(store.events(&run, 50, 2).await.unwrap(), []);
    assert_eq!(store.events(&run, 0, 0).await.unwrap(), []);
    append(&store, &run, 5, "6").await.unwrap();
    assert_eq!(bodies(&store.events(&run, 5, usize::MAX).await.unwrap()), ["6"]);
    assert_eq!(store.events(&new_id(), 0, 10).await.unwrap(), []);
}

#[tokio::test]
async fn the_beginning_of_an_id_is_enough_when_it_is_the_only_one() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).await.unwrap();
    let run: RunId = "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11".parse().unwrap();
    let twin: RunId = "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c12".parse().unwrap();
    let ticket: TicketId = "0199e2d1-0000-7c3e-9f00-2b8f1f0a4c11".parse().unwrap();
    note(&store, RunHead { ticket: Some(ticket.clone()), ..head(&run, 1) }).await;
    note(&store, head(&twin, 1)).await;

    assert_eq!(store.resolve_prefix(run.as_str()).await.unwrap(), Resolved::Run(run.clone()));
    assert_eq!(store.resolve_prefix("0199E2D1-0000").await.unwrap(), Resolved::Ticket(ticket, run));
    let refused = async |prefix: &str| store.resolve_prefix(prefix).await.unwrap_err();
    assert!(matches!(refused("0199e").await, ResolveError::NotAPrefix { .. }));
    assert!(matches!(refused("0199e2%").await, ResolveError::NotAPrefix { .. }));
    assert!(matches!(refused("0199e3").await, ResolveError::Unknown { .. }));
    assert_eq!(
        refused("0199e2d0").await.to_string(),
        format!("`0199e2d0` is ambiguous: run 0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11, run {twin} begin with it")
    );
    assert!(matches!(refused("0199e2").await, ResolveError::Ambiguous { candidates, .. } if candidates.len() == 3));
}
