//! The holes of earlier limit checks in this field, one test each, named after it.
//! (Faults of the database itself are tested beside its parser.)

use crate::stage::{Run, connector, host, mock, settings};
use pyexec_control::{Broker, Limits, VerificationLevel};
use pyexec_core::{
    ErrorKind, RunError,
    connector::{ChannelRequest, WriteResult},
};
use serde_json::{Value, json};

fn refused<T: std::fmt::Debug>(result: Result<T, RunError>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LimitsViolation, "{error}");
    error.message
}

fn magnet() -> Broker {
    mock(&json!({"MAG:SP": {"value": 0}}), &json!({"MAG:SP": {"min_value": -10, "max_value": 10, "max_step": 2}}))
}

#[tokio::test]
async fn nan_text_lists_and_none_pass_the_bounds() {
    let broker = magnet();
    let mut run = Run::of(&broker, &["MAG:SP"]);
    // NaN and infinities arrive as null: JSON has no others.
    for value in
        [Value::Null, json!("nan"), json!("1"), json!([1]), json!([]), json!([1, null]), json!(true), json!({"a": 1})]
    {
        refused(run.write("MAG:SP", value.clone()).await);
    }
    refused(run.write("MAG:SP", json!(10.000_001)).await);
    assert_eq!(run.value("MAG:SP").await, json!(0));
    assert_eq!(run.write("MAG:SP", json!(1.5)).await.unwrap().result, WriteResult::Ok);
    assert_eq!(run.value("MAG:SP").await, json!(1.5));
}

#[tokio::test]
async fn a_string_put_to_a_number_wrote_zero() {
    // Listed without bounds, so only the kind of value can tell.
    let listed = json!({"writable": true});
    let channels =
        json!({"N": {"value": 1}, "ENUM": {"value": "Off"}, "WAVE": {"value": [1, 2]}, "FLAG": {"value": false}});
    let broker = mock(&channels, &json!({"N": listed, "ENUM": listed, "WAVE": listed, "FLAG": listed}));
    let mut run = Run::of(&broker, &["N", "ENUM", "WAVE", "FLAG"]);
    for (name, value) in [
        ("N", json!("On")),
        ("N", json!([1])),
        ("N", json!(true)),
        ("ENUM", json!(9)),
        ("WAVE", json!(1)),
        ("WAVE", json!([1, "2"])),
        ("FLAG", json!(1)),
    ] {
        refused(run.write(name, value).await);
    }
    for (name, value) in [("N", json!(2)), ("ENUM", json!("On")), ("WAVE", json!([3, 4])), ("FLAG", json!(true))] {
        assert_eq!(run.write(name, value).await.unwrap().result, WriteResult::Ok, "{name}");
    }
}

#[tokio::test]
async fn the_step_check_passes_when_the_current_value_is_nan_or_an_array() {
    for held in [json!(null), json!([0, 0]), json!("0")] {
        let connector = connector("scripted", &json!({"reads": [held], "write": "ok"})).unwrap();
        let limits = Limits::parse(r#"{"A": {"max_step": 1000}}"#).unwrap();
        let broker = Broker::new(settings(Some(limits)), connector);
        let mut run = Run::of(&broker, &["A"]);
        refused(run.write("A", json!(1)).await);
        refused(run.write("A", json!([1, 1])).await);
        refused(run.write("A", json!("1")).await);
    }
}

#[tokio::test]
async fn step_is_check_then_write() {
    let broker = magnet();
    let mut run = Run::of(&broker, &["MAG:SP"]);
    let mut other = Run::of(&broker, &["MAG:SP"]);
    let write = pyexec_core::connector::ChannelWrite { name: "MAG:SP".into(), value: json!(2) };
    let mut admitted =
        broker.admit(std::slice::from_ref(&write), None, run.mode, &run.grants, &run.so_far, host()).await.unwrap();
    // Between this run's check and its put another run moves the channel the other way.
    other.write("MAG:SP", json!(-1)).await.unwrap();
    let report = broker.put(admitted.remove(0), &mut run.so_far, host()).await;
    assert_eq!(report.result, WriteResult::Refused, "{report:?}");
    assert_eq!(run.value("MAG:SP").await, json!(-1));
}

#[tokio::test]
async fn five_steps_of_two_reach_ten() {
    let broker = magnet();
    let mut run = Run::of(&broker, &["MAG:SP"]);
    let ramp: Vec<_> = [2, 4, 6, 8, 10].map(|v| ("MAG:SP", json!(v))).into();
    refused(run.batch(&ramp).await);
    assert_eq!(run.value("MAG:SP").await, json!(0), "all or none");

    let limits = json!({"MAG:SP": {"max_step": 2, "max_rate": 0.001}});
    let broker = mock(&json!({"MAG:SP": {"value": 0}}), &limits);
    let mut run = Run::of(&broker, &["MAG:SP"]);
    refused(run.batch(&[("MAG:SP", json!(1)), ("MAG:SP", json!(2))]).await);
    assert_eq!(run.write("MAG:SP", json!(2)).await.unwrap().result, WriteResult::Ok);
    let message = refused(run.write("MAG:SP", json!(4)).await);
    assert!(message.contains("0.001 per second"), "{message}");
    let mut another = Run::of(&broker, &["MAG:SP"]);
    refused(another.write("MAG:SP", json!(4)).await);
    assert_eq!(run.value("MAG:SP").await, json!(2));
}

#[tokio::test]
async fn steps_count_from_what_this_run_wrote_too() {
    // The channel claims to be at 4, this run wrote 0 just now: 4 would be one step from the one and two from the other.
    let connector = connector("scripted", &json!({"reads": [0, 0, 4], "write": "ok"})).unwrap();
    let limits = Limits::parse(r#"{"A": {"max_step": 2}}"#).unwrap();
    let broker = Broker::new(settings(Some(limits)), connector);
    let mut run = Run::of(&broker, &["A"]);
    assert_eq!(run.write("A", json!(0)).await.unwrap().result, WriteResult::Ok);
    refused(run.write("A", json!(4)).await);
}

#[tokio::test]
async fn unlisted_spellings_of_a_listed_channel_are_writable() {
    let limits = Limits::parse(r#"{"A": {"max_value": 1}}"#).unwrap().allow_unlisted(true);
    let broker =
        Broker::new(settings(Some(limits)), connector("mock", &json!({"channels": {"A": {"value": 0}}})).unwrap());
    let mut run = Run::of(&broker, &["A", "A.VAL", "A ", "A.DRVH", "ca://A", "A.VAL.VAL", "OTHER"]);
    let error = run.write("A ", json!(0.5)).await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::BadRequest, "`A ` is not a channel name: it contains white space")
    );
    assert!(run.write("ca://A", json!(0.5)).await.is_err());
    assert!(refused(run.write("A.VAL", json!(5)).await).contains("up to 1"));
    assert!(refused(run.write("A.DRVH", json!(5)).await).contains("a field of `A`"));
    assert!(refused(run.write("A.VAL.VAL", json!(5)).await).contains("a field of `A`"));
    assert_eq!(run.write("A.VAL", json!(1)).await.unwrap().name, "A");
    assert_eq!(run.value("A").await, json!(1));
    assert_eq!(run.write("OTHER", json!(7)).await.unwrap().result, WriteResult::Ok);
}

#[tokio::test]
async fn unlisted_channels_are_refused_unless_said() {
    let broker = magnet();
    let mut run = Run::of(&broker, &["MAG:SPX"]);
    let error = run.write("MAG:SPX", json!(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LimitsViolation);
    assert!(error.help.unwrap().contains("`MAG:SP`"));
}

#[tokio::test]
async fn defaults_are_never_applied() {
    let broker = mock(
        &json!({"A": {"value": 0}}),
        &json!({"defaults": {"max_value": 3, "writable": true}, "A": {"min_value": 0}}),
    );
    let mut run = Run::of(&broker, &["A"]);
    refused(run.write("A", json!(4)).await);
    let broker = mock(&json!({"A": {"value": 0}}), &json!({"defaults": {"writable": false}, "A": {"min_value": 0}}));
    assert!(refused(Run::of(&broker, &["A"]).write("A", json!(1)).await).contains("not writable"));
}

#[tokio::test]
async fn readback_mismatch_returned_as_success() {
    // Clamped to 10 by the channel itself, and confirmed: only a readback can tell.
    let readback = json!({"MAG:SP": {"writable": true, "verification": {"level": "readback"}}});
    let broker = mock(&json!({"MAG:SP": {"value": 0, "min": -10, "max": 10}}), &readback);
    let mut run = Run::of(&broker, &["MAG:SP"]);
    // The last look happens at the deadline, so keep it short.
    let write = pyexec_core::connector::ChannelWrite { name: "MAG:SP".into(), value: json!(99) };
    let mut admitted = broker.admit(&[write], Some(0.05), run.mode, &run.grants, &run.so_far, host()).await.unwrap();
    let report = broker.put(admitted.remove(0), &mut run.so_far, host()).await;
    assert_eq!(report.result, WriteResult::Unknown);
    assert_eq!(report.readback, Some(json!(10.0)));
    assert_eq!(report.notes.unwrap(), "wrote 99 and read back 10.0");
    assert_eq!(run.write("MAG:SP", json!(9)).await.unwrap().result, WriteResult::Ok);
}

#[tokio::test]
async fn a_callback_beside_another_value_is_no_success() {
    let connector = connector("scripted", &json!({"reads": [0], "write": "!clamped"})).unwrap();
    let broker = Broker::new(settings(None), connector);
    let report = Run::of(&broker, &["A"]).write("A", json!(99)).await.unwrap();
    assert_eq!((report.result, report.readback), (WriteResult::Unknown, Some(json!(10))));
}

#[tokio::test]
async fn readback_right_after_the_put_may_show_the_old_value() {
    let connector = connector("scripted", &json!({"reads": [0, 0, 0, 0, 5], "write": "ok"})).unwrap();
    let settings =
        pyexec_control::ControlSettings { default_verification: VerificationLevel::Readback, ..settings(None) };
    let broker = Broker::new(settings, connector);
    let report = Run::of(&broker, &["A"]).write("A", json!(5)).await.unwrap();
    assert_eq!((report.result, report.readback), (WriteResult::Ok, Some(json!(5))));
}

#[test]
fn configuration_errors_switch_limits_off() {
    // A fault anywhere is an error of the whole database, which the caller cannot mistake for "no limits".
    let text = r#"{"GOOD": {"max_value": 1}, "BAD": {"max_valu": 1}}"#;
    let error = RunError::from(Limits::parse(text).unwrap_err());
    assert_eq!(error.kind, ErrorKind::BadFile);
    assert!(error.message.contains("`BAD`") && error.message.contains("`max_valu`"));
}

#[test]
fn generated_code_may_pass_a_verification_level() {
    let request = json!({"op": "write", "writes": [{"name": "A", "value": 1}], "verification_level": "none"});
    assert!(serde_json::from_value::<ChannelRequest>(request).is_err());
    let request = json!({"op": "write", "writes": [{"name": "A", "value": 1, "verification_level": "none"}]});
    assert!(serde_json::from_value::<ChannelRequest>(request).is_err());
}

#[tokio::test]
async fn batch_read_drops_failures_silently() {
    // There are single reads only, and a failed one is an error.
    let no_synthesis = json!({"channels": {"MAG:SP": {"value": 0}}, "synthesize": false});
    let broker = Broker::new(settings(None), connector("mock", &no_synthesis).unwrap());
    let error = broker.read("MAG:SQ", None, host()).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::UnknownName, "there is no channel `MAG:SQ`"));
    assert_eq!(error.help.as_deref(), Some("the nearest is `MAG:SP`"));
}
