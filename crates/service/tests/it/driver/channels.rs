//! Channels for the code: on the record before they are written, and a refusal is for good.

use crate::bench::{Bench, SHORT, Setup, approved, code, controlling, end, events, kinds, run};
use pyexec_core::connector::WriteResult;
use pyexec_service::{event::Event, run::State, settings::Timeouts};

#[tokio::test]
async fn an_approved_write_is_written_and_on_the_record() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = approved(&service, code(&controlling("write A 5\nread A\nresults"))).await;
    assert_eq!(view.state, State::Done, "{:?}", view.error);
    let log = kinds(&service, &view.run_id).await;
    let place = |kind: &str| log.iter().position(|found| found == kind).unwrap();
    assert!(place("execution_started") < place("channel_write_intended"));
    assert!(place("channel_write_intended") < place("channel_write_ended"));
    assert!(bench.notes("replies")[1].contains('5'), "{:?}", bench.notes("replies"));
}

#[tokio::test]
async fn a_refused_write_is_latched_and_ends_the_run_refused() {
    let bench = Bench::new();
    let service = bench.service().await;
    // 50 is outside of what was approved, 5 is not, and the code carries on as if nothing had been.
    let view = approved(&service, code(&controlling("write A 50\nwrite A 5\nread A\nresults"))).await;
    let (state, exit, kind, _) = end(&view);
    assert_eq!((state, exit, kind), (State::Refused, 3, "outside_envelope"));
    let log = kinds(&service, &view.run_id).await;
    assert!(!log.contains(&"channel_write_intended".to_owned()), "nothing was written: {log:?}");
    assert_eq!(log.iter().filter(|kind| *kind == "channel_write_refused").count(), 1);
    let replies = bench.notes("replies");
    assert!(replies[0].contains("outside_envelope") && replies[1].contains("outside_envelope"), "{replies:?}");
    assert!(!replies[2].contains("error"), "reading goes on: {replies:?}");
}

#[tokio::test]
async fn a_refusal_stays_one_when_the_code_or_the_machinery_fails_after_it() {
    for after in ["raise no", "fail sandbox"] {
        let bench = Bench::new();
        let service = bench.service().await;
        // READ_ONLY writes nothing, so this has no effects.
        let view = run(&service, code(&format!("write A 5\n{after}"))).await;
        let (state, exit, kind, _) = end(&view);
        assert_eq!((state, exit, kind), (State::Refused, 3, "outside_envelope"), "{after}");
    }
}

#[tokio::test]
async fn what_only_failed_is_no_refusal() {
    let bench = Bench::new();
    let service = bench.service().await;
    let view = approved(&service, code(&controlling("write \u{7} 5\nwrite A 5\nresults"))).await;
    assert_eq!(view.state, State::Done, "{:?}", view.error);
    let replies = bench.notes("replies");
    assert!(replies[0].contains("bad_request") && replies[1].contains("ok"), "{replies:?}");
}

#[tokio::test]
async fn a_write_that_was_under_way_at_the_end_is_unknown() {
    let timeouts = Timeouts { executor: SHORT, ..Setup::default().timeouts };
    let bench = Bench::with(Setup { connector: "stubborn", timeouts, timeout_seconds: 2, ..Setup::default() });
    let service = bench.service().await;
    let view = approved(&service, code(&controlling("write A 5"))).await;
    assert_eq!((view.state, view.exit_code), (State::Interrupted, 7));
    let reports: Vec<_> = events(&service, &view.run_id)
        .await
        .into_iter()
        .filter_map(|event| match event {
            Event::ChannelWriteEnded { report, .. } => Some(report.result),
            _ => None,
        })
        .collect();
    assert_eq!(reports, [WriteResult::Unknown]);
}

#[tokio::test]
async fn nothing_is_written_where_writes_are_switched_off() {
    let bench = Bench::with(Setup { writes_enabled: false, ..Setup::default() });
    let view = approved(&bench.service().await, code(&controlling("write A 5\nresults"))).await;
    let (state, exit, kind, _) = end(&view);
    assert_eq!((state, exit, kind), (State::Refused, 3, "policy_deny"));
}
