//! Components that fail, hang, panic or lie: whose fault it is, and that nothing hangs.

use crate::bench::{
    Bench, SHORT, Setup, approved, asked, code, end, kinds, question, run, submit, try_drive, until, writing,
};
use pyexec_service::{run::State, settings::Timeouts};
use serde_json::json;

fn patient() -> Timeouts {
    Setup::default().timeouts
}

#[tokio::test]
async fn a_generator_fails_in_its_own_ways_only() {
    for (reply, exit, kind, asked) in [
        // It has tried again by itself.
        ("!provider", 6, "provider", 1),
        ("!panic", 6, "plugin", 3),
        ("!missing_credential", 2, "missing_credential", 1),
        ("!budget", 1, "budget", 1),
        // These are not its to say.
        ("!rejected", 6, "plugin", 3),
        ("!policy_deny", 6, "plugin", 3),
        ("!timeout", 6, "plugin", 1),
    ] {
        let bench = Bench::with(Setup { replies: vec![reply], ..Setup::default() });
        let (state, code, found, message) = end(&run(&bench.service().await, question()).await);
        assert_eq!((state, code, found), (State::Failed, exit, kind), "{reply}: {message}");
        assert_eq!(bench.notes("generations").len(), asked, "{reply}");
        assert!(kind != "plugin" || message.contains("generator `told`"), "{message}");
    }
}

#[tokio::test]
async fn a_generator_that_hangs_is_an_error_of_that_call() {
    let timeouts = Timeouts { generator: SHORT, ..patient() };
    let bench = Bench::with(Setup { replies: vec!["!hang"], timeouts, ..Setup::default() });
    let (state, exit, kind, message) = end(&run(&bench.service().await, question()).await);
    assert_eq!((state, exit, kind), (State::Failed, 6, "plugin"));
    assert_eq!(message, "the generator `told` failed: it did not answer within 0.15 s");
}

#[tokio::test]
async fn an_analyzer_a_policy_or_a_gate_that_hangs_refuses() {
    for stage in 0..3 {
        let mut setup = Setup {
            timeouts: Timeouts { analyzer: SHORT, policy: SHORT, gate: SHORT, ..patient() },
            ..Setup::default()
        };
        *[&mut setup.domain, &mut setup.policy, &mut setup.gate][stage] = "hang";
        let bench = Bench::with(setup);
        let (state, exit, kind, message) = end(&run(&bench.service().await, code("results")).await);
        assert_eq!((state, exit, kind), (State::Refused, 3, "policy_deny"));
        assert!(message.contains("did not answer within"), "{message}");
    }
}

#[tokio::test]
async fn an_executor_that_hangs_before_the_release_is_tried_again_and_given_up() {
    let executor = json!({"before": "hang"});
    let timeouts = Timeouts { executor: SHORT, ..patient() };
    let bench = Bench::with(Setup { executor, timeouts, timeout_seconds: 0, ..Setup::default() });
    let service = bench.service().await;
    let view = run(&service, code("results")).await;
    let (state, exit, kind, _) = end(&view);
    assert_eq!((state, exit, kind), (State::Failed, 6, "plugin"));
    until("every discard", async || bench.notes("discarded").len() == 3).await;
    assert_eq!((bench.notes("prepared").len(), bench.notes("executions").len()), (3, 0));
}

#[tokio::test]
async fn an_executor_that_hangs_while_it_prepares_is_given_up() {
    let executor = json!({"preparing": "hang"});
    let timeouts = Timeouts { executor: SHORT, ..patient() };
    let bench = Bench::with(Setup { executor, timeouts, ..Setup::default() });
    let (state, exit, kind, _) = end(&run(&bench.service().await, code("results")).await);
    assert_eq!((state, exit, kind), (State::Failed, 6, "plugin"));
}

/// Long enough to get to the release on a busy machine, and no longer.
fn impatient() -> Setup {
    Setup { timeouts: Timeouts { executor: SHORT, ..patient() }, timeout_seconds: 2, ..Setup::default() }
}

#[tokio::test]
async fn an_executor_that_never_answers_after_the_release_fails_a_run_without_effects() {
    let bench = Bench::with(impatient());
    let service = bench.service().await;
    let view = run(&service, code("hang")).await;
    let (state, exit, kind, message) = end(&view);
    assert_eq!((state, exit, kind), (State::Failed, 6, "plugin"), "{message}");
}

#[tokio::test]
async fn an_executor_that_never_answers_after_the_release_leaves_effects_unknown() {
    let bench = Bench::with(impatient());
    let target = tempfile::tempdir().unwrap();
    let view = approved(&bench.service().await, code(&writing(target.path(), "hang"))).await;
    assert_eq!((view.state, view.exit_code), (State::Interrupted, 7));
    let message = view.error.unwrap().message;
    assert!(message.contains("did not answer") && message.contains("not known"), "{message}");
}

#[tokio::test]
async fn machinery_is_tried_again_before_the_release() {
    for (failures, state, exit) in [(2, State::Done, 0), (3, State::Failed, 6)] {
        let bench = Bench::with(Setup { executor: json!({"failures": failures}), ..Setup::default() });
        let view = run(&bench.service().await, code("results")).await;
        assert_eq!((view.state, view.exit_code), (state, exit));
        assert_eq!(bench.notes("prepared").len(), 3);
    }
    let bench = Bench::with(Setup { executor: json!({"before": "fail sandbox"}), ..Setup::default() });
    let (state, exit, kind, _) = end(&run(&bench.service().await, code("results")).await);
    assert_eq!((state, exit, kind), (State::Failed, 6, "sandbox"));
    assert_eq!(bench.notes("prepared").len(), 3);
}

#[tokio::test]
async fn configuration_ends_before_anything_ran_and_is_not_tried_again() {
    let bench = Bench::with(Setup { executor: json!({"preparing": "fail bad_file"}), ..Setup::default() });
    let (state, exit, kind, _) = end(&run(&bench.service().await, code("results")).await);
    assert_eq!((state, exit, kind), (State::Failed, 2, "bad_file"));
    assert_eq!(bench.notes("prepared").len(), 1);
}

#[tokio::test]
async fn an_executor_fails_in_its_own_ways_only() {
    for told in ["rejected", "policy_deny", "done", "timeout", "panic"] {
        let acts = if told == "panic" { "panic".to_owned() } else { format!("fail {told}") };
        let bench = Bench::with(Setup { executor: json!({"before": acts}), ..Setup::default() });
        let (state, exit, kind, message) = end(&run(&bench.service().await, code("results")).await);
        assert_eq!((state, exit, kind), (State::Failed, 6, "plugin"), "{told}");
        assert!(message.contains("executor `told`"), "{message}");
    }
}

#[tokio::test]
async fn machinery_that_fails_after_the_release_ends_a_run_without_effects() {
    let bench = Bench::new();
    let (state, exit, kind, _) = end(&run(&bench.service().await, code("fail sandbox")).await);
    assert_eq!((state, exit, kind), (State::Failed, 6, "sandbox"));
    assert_eq!(bench.notes("executions").len(), 1);
}

#[tokio::test]
async fn an_outcome_of_code_that_was_never_released_is_not_believed() {
    let bench = Bench::with(Setup { executor: json!({"forges": true}), ..Setup::default() });
    let view = run(&bench.service().await, code("results")).await;
    let (state, exit, kind, message) = end(&view);
    assert_eq!((state, exit, kind), (State::Failed, 6, "plugin"));
    assert!(message.contains("never asked for"), "{message}");
    assert_eq!(view.results, None);
}

#[tokio::test]
async fn the_code_is_released_once() {
    let bench = Bench::new();
    let view = run(&bench.service().await, code("release\nresults")).await;
    assert_eq!(view.state, State::Done);
    assert!(bench.notes("replies")[0].contains("released before"));
}

#[tokio::test]
async fn nothing_comes_out_and_nothing_runs_before_the_release() {
    for acts in ["print early", "write A 1", "read A"] {
        let bench = Bench::with(Setup { executor: json!({"before": acts}), ..Setup::default() });
        let view = run(&bench.service().await, code("results")).await;
        assert_eq!(view.stdout, "");
        let replies = bench.notes("replies");
        assert!(replies.iter().all(|reply| reply.contains("no code has been released")), "{replies:?}");
        assert_eq!(view.state, if acts == "print early" { State::Failed } else { State::Done });
    }
}

#[tokio::test]
async fn a_host_that_was_revoked_answers_no_more() {
    let bench = Bench::new();
    let view = run(&bench.service().await, code("late\nprint in time\nresults")).await;
    assert_eq!((view.state, view.stdout.as_str()), (State::Done, "in time"));
    bench.touch("go");
    bench.noted("late").await;
    until("its answers", async || !bench.notes("late").is_empty()).await;
    assert_eq!(bench.notes("late"), ["revoked revoked revoked"]);
}

#[tokio::test]
async fn an_environment_that_cannot_be_found_leaves_the_run_to_be_resumed() {
    let bench = Bench::new();
    let lying = bench.service_of(Setup { executor: json!({"python": "three"}), ..Setup::default() }).await;
    let id = submit(&lying, code("results")).await;
    let error = try_drive(&lying, &id).await.unwrap_err().to_run_error();
    assert_eq!((error.kind.name(), error.kind.exit_code()), ("plugin", 6));
    assert_eq!(lying.view(&id).await.unwrap().state, State::Queued);
    let view = crate::bench::drive(&bench.service().await, &id).await; // while the first process lives
    assert_eq!(view.state, State::Done);
    assert!(kinds(&lying, &id).await.contains(&"abandoned".to_owned()));
}

#[tokio::test]
async fn code_that_takes_its_host_down_is_not_tried_for_ever() {
    let bench = Bench::new();
    let service = bench.service().await;
    let id = submit(&service, code("touch started\nhang")).await;
    for n in 1..=5 {
        let driving = tokio::time::timeout(std::time::Duration::from_secs(30), async {
            let drive = try_drive(&service, &id);
            tokio::select! {
                _ = drive => panic!("it hangs"),
                () = until("the next execution", async || bench.notes("executions").len() == n) => {}
            }
        });
        driving.await.unwrap(); // and the drive is dropped
    }
    let (state, exit, kind, message) = end(&crate::bench::drive(&service, &id).await);
    assert_eq!((state, exit, kind), (State::Failed, 6, "sandbox"));
    assert!(message.contains("5 times"), "{message}");
}

#[tokio::test]
async fn asks_are_not_executed_before_their_answer() {
    let bench = Bench::new();
    let view = run(&bench.service().await, code(&asked("results"))).await;
    assert_eq!(view.state, State::Waiting);
    assert!(bench.notes("prepared").is_empty());
}
