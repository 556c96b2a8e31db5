//! Generation, and what is tried again.

use crate::bench::{Bench, Setup, approved, code, end, question, run, writing};
use pyexec_core::{ErrorKind, Request, generator::GenerationRequest};
use pyexec_service::{
    record::{public_keys, verify_run},
    run::State,
};

fn requests(bench: &Bench) -> Vec<GenerationRequest> {
    bench.notes("generations").iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn generating(replies: &[&'static str]) -> Bench {
    Bench::with(Setup { replies: replies.to_vec(), ..Setup::default() })
}

#[tokio::test]
async fn the_error_chain_reaches_the_generator() {
    let bench = generating(&["syntax error", "raise no such column\nresults", "print forgot the results", "results"]);
    let service = bench.service().await;
    let view = run(&service, Request { retries: Some(4), ..question() }).await;
    assert_eq!((view.state, view.attempts), (State::Done, 4));
    let last = &requests(&bench)[3];
    assert_eq!((last.attempt, last.attempts), (4, 4));
    let told: Vec<_> = last
        .failures
        .iter()
        .map(|f| (f.attempt, f.code.as_ref().unwrap().to_text(), f.error.kind, f.error.traceback.clone()))
        .collect();
    let line = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            (1, "syntax error".into(), ErrorKind::Syntax, None),
            (2, "raise no such column\nresults".into(), ErrorKind::Runtime, line("line 1")),
            (3, "print forgot the results".into(), ErrorKind::ResultsMissing, None),
        ]
    );
    assert_eq!(last.failures[1].error.message, "no such column");
}

#[tokio::test]
async fn attempts_run_out() {
    let bench = generating(&["raise again"]);
    let service = bench.service().await;
    let view = run(&service, question()).await;
    let (state, exit, kind, message) = end(&view);
    assert_eq!((state, exit, kind, view.attempts), (State::Failed, 1, "attempts_exhausted", 3));
    assert!(message.contains("again"), "{message}");
    let once = run(&service, Request { retries: Some(1), ..question() }).await;
    assert_eq!(end(&once), (State::Failed, 1, "runtime", "again".into()));
}

#[tokio::test]
async fn a_generator_without_other_code_is_not_asked_again() {
    let bench = generating(&["raise no such column\n# last", "results"]);
    let view = run(&bench.service().await, question()).await;
    assert_eq!((end(&view), view.attempts), ((State::Failed, 1, "runtime", "no such column".into()), 1));

    let bench = generating(&["raise no such column", "!attempts_exhausted", "results"]);
    let view = run(&bench.service().await, question()).await;
    let (state, exit, kind, _) = end(&view);
    assert_eq!((state, exit, kind, view.attempts), (State::Failed, 1, "attempts_exhausted", 2));
}

#[tokio::test]
async fn an_empty_answer_is_an_attempt() {
    let bench = generating(&[" \n", "!generation_empty", "results"]);
    let service = bench.service().await;
    let view = run(&service, question()).await;
    assert_eq!((view.state, view.attempts), (State::Done, 3));
    assert!(
        requests(&bench)[2].failures.iter().all(|f| f.code.is_none() && f.error.kind == ErrorKind::GenerationEmpty)
    );
}

#[tokio::test]
async fn timeouts_and_limits_of_code_are_tried_again() {
    let bench = generating(&["claim timeout", "claim resource_limit", "results"]);
    let view = run(&bench.service().await, question()).await;
    assert_eq!((view.state, view.attempts), (State::Done, 3));
}

#[tokio::test]
async fn nothing_is_tried_again_after_effects() {
    let bench = Bench::new();
    let target = tempfile::tempdir().unwrap();
    let failing: &'static str = writing(target.path(), "raise half-way").leak();
    let service = bench.service_of(Setup { replies: vec![failing], ..Setup::default() }).await;
    let view = approved(&service, question()).await;
    assert_eq!(end(&view), (State::Failed, 1, "runtime", "half-way".into()));
    assert_eq!((view.attempts, bench.notes("executions").len()), (1, 1));
}

#[tokio::test]
async fn given_code_is_not_rewritten_and_may_leave_no_results() {
    let bench = generating(&["results"]);
    let service = bench.service().await;
    assert_eq!(end(&run(&service, code("raise no")).await), (State::Failed, 1, "runtime", "no".into()));
    let view = run(&service, code("print only")).await;
    assert_eq!((view.state, view.warnings.len()), (State::Done, 1));
    assert!(requests(&bench).is_empty());
}

#[tokio::test]
async fn a_denied_answer_is_not_tried_another_way() {
    let denied: &'static str = crate::bench::decided("deny", "READ_ONLY", &serde_json::json!([]), "results").leak();
    let bench = generating(&[denied, "results"]);
    let view = run(&bench.service().await, question()).await;
    assert_eq!((view.state, view.attempts), (State::Refused, 1));
}

#[tokio::test]
async fn an_answer_without_code_is_kept_with_what_it_cost() {
    let bench = generating(&["?prose and no code", "results"]);
    let service = bench.service().await;
    let view = run(&service, question()).await;
    assert_eq!((view.state, view.attempts), (State::Done, 2));
    let asked = requests(&bench);
    let told = &asked[1].failures[0];
    assert_eq!((told.error.kind, told.error.message.as_str()), (ErrorKind::GenerationEmpty, "prose and no code"));
    assert!(told.code.is_none());
    assert_eq!((asked[0].spent_usd, asked[1].spent_usd), (Some(0.0), Some(0.5)));
    assert_eq!(asked[0].time_limit_ms, Some(300_000));
    let kept = std::fs::read_to_string(std::path::Path::new(&view.folder).join("prompts/01_00_answer.txt")).unwrap();
    assert_eq!(kept, "?prose and no code");
    let keys = public_keys(bench.data.path()).unwrap();
    let report = verify_run(service.journal().store(), &view.run_id, &keys).await.unwrap().unwrap();
    assert!(report.ok, "{:?}", report.altered);
}

#[tokio::test]
async fn an_error_after_something_was_said_ends_the_run_as_itself_and_what_was_said_is_kept() {
    // The last is none that a generator may give, and `daemon` is asked again where it comes as an error.
    for (told, kind, exit) in
        [("~provider", "provider", 6), ("~budget", "budget", 1), ("~daemon", "daemon", 6), ("~rejected", "plugin", 6)]
    {
        let bench = generating(&[told, "results"]);
        let view = run(&bench.service().await, question()).await;
        let error = view.error.as_ref().unwrap();
        assert_eq!((error.kind.name(), view.exit_code), (kind, exit), "{told}: {error:?}");
        assert!(error.message.ends_with("as it was told"), "{error:?}");
        assert_eq!(error.help.as_deref(), Some("tell it something else"));
        assert_eq!(requests(&bench).len(), 1, "{told}");
        assert!(view.generation.get("failed").is_none(), "{:?}", view.generation);
        let kept = std::fs::read_to_string(view.folder.join("prompts/01_00_answer.txt")).unwrap();
        assert_eq!(kept, told);
    }
}

#[tokio::test]
async fn a_cost_that_one_attempt_does_not_tell_is_not_known() {
    let bench = generating(&["raise no cost", "?half a dollar", "results"]);
    run(&bench.service().await, question()).await;
    let spent: Vec<Option<f64>> = requests(&bench).iter().map(|request| request.spent_usd).collect();
    assert_eq!(spent, [Some(0.0), None, None]);
}

#[tokio::test]
async fn a_generator_may_ask_what_is_installed() {
    let bench = generating(&["@results"]);
    run(&bench.service().await, question()).await;
    assert_eq!(bench.notes("worlds").len(), 1);
}
