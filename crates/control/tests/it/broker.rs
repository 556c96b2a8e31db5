//! Switches, grants, all or none, and what is known after a put that went wrong.

use crate::stage::{Run, connector, host, settings};
use pyexec_control::{Broker, ControlSettings, Limits};
use pyexec_core::{
    ErrorKind, ExecutionMode, Grant, RunError,
    connector::{WriteReport, WriteResult},
    grant::ChannelWriteGrant,
};
use serde_json::{Value, json};

fn over(name: &str, config: &Value) -> Broker {
    Broker::new(settings(None), connector(name, config).unwrap())
}

#[tokio::test]
async fn writes_are_off_unless_enabled() {
    let connector = connector("mock", &json!({})).unwrap();
    let broker = Broker::new(ControlSettings { writes_enabled: false, ..settings(None) }, connector);
    let error = Run::of(&broker, &["A"]).write("A", json!(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::PolicyDeny);
    assert!(broker.read("A", None, host()).await.is_ok());
}

#[tokio::test]
async fn only_control_mode_writes() {
    let broker = over("mock", &json!({}));
    for mode in [ExecutionMode::ReadOnly, ExecutionMode::WriteEnabled] {
        let mut run = Run { mode, ..Run::of(&broker, &["A"]) };
        assert_eq!(run.write("A", json!(1)).await.unwrap_err().kind, ErrorKind::OutsideEnvelope);
    }
}

#[tokio::test]
async fn grants_count_over_the_whole_run() {
    let broker = over("mock", &json!({"channels": {"A": {"value": 0}}}));
    let mut run = Run::of(&broker, &[]);
    run.grants = vec![Grant::ChannelWrite(ChannelWriteGrant {
        names: vec!["A".into()],
        min: Some(0.0),
        max: Some(5.0),
        max_writes: Some(2),
    })];
    assert_eq!(run.write("A", json!(6)).await.unwrap_err().kind, ErrorKind::OutsideEnvelope);
    let three = [1, 2, 3].map(|v| ("A", json!(v)));
    assert_eq!(run.batch(&three).await.unwrap_err().kind, ErrorKind::OutsideEnvelope);
    assert_eq!(run.value("A").await, json!(0));
    assert_eq!(run.batch(&three[..2]).await.unwrap().len(), 2);
    assert_eq!(run.write("A.VAL", json!(3)).await.unwrap_err().kind, ErrorKind::OutsideEnvelope);
    assert_eq!(run.value("A").await, json!(2));
}

#[tokio::test]
async fn one_bad_write_admits_none() {
    let limits = Limits::parse(r#"{"A": {"max_value": 10}, "B": {"writable": false}}"#).unwrap();
    let mock = connector("mock", &json!({"channels": {"A": {"value": 0}, "B": {"value": 0}}})).unwrap();
    let broker = Broker::new(settings(Some(limits)), mock);
    let mut run = Run::of(&broker, &["A", "B"]);
    assert!(run.batch(&[("A", json!(1)), ("B", json!(1))]).await.is_err());
    assert!(run.batch(&[]).await.is_err());
    assert_eq!(run.value("A").await, json!(0));
}

#[tokio::test]
async fn a_channel_that_cannot_be_read_is_not_written() {
    let broker = over("scripted", &json!({"reads": ["!away"], "write": "ok"}));
    let error = Run::of(&broker, &["A"]).write("A", json!(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Daemon);
    assert!(error.message.starts_with("nothing was written"), "{error}");
}

#[tokio::test]
async fn time_limits() {
    let broker = over("scripted", &json!({"reads": ["!hang"]}));
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        assert_eq!(broker.read("A", Some(bad), host()).await.unwrap_err().kind, ErrorKind::BadRequest, "{bad}");
    }
    assert_eq!(broker.read("A", Some(0.01), host()).await.unwrap_err().kind, ErrorKind::Timeout);
    let broker = over("scripted", &json!({"reads": ["!timeout"]}));
    let error = broker.read("A", None, host()).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Timeout, "the server was silent"));
}

async fn put(write: &str) -> WriteReport {
    let broker = over("scripted", &json!({"reads": [0], "write": write}));
    let run = Run::of(&broker, &["A"]);
    put_within(&run.grants, &broker, 0.05).await.unwrap()
}

async fn put_within(grants: &[Grant], broker: &Broker, seconds: f64) -> Result<WriteReport, RunError> {
    let mut so_far = pyexec_control::WrittenSoFar::default();
    let writes = [pyexec_core::connector::ChannelWrite { name: "A".into(), value: json!(1) }];
    let mode = ExecutionMode::EpicsControl;
    let mut admitted = broker.admit(&writes, Some(seconds), mode, grants, &so_far, host()).await?;
    let name = admitted[0].name().clone();
    let report = broker.put(admitted.remove(0), &mut so_far, host()).await;
    assert_eq!(so_far.count(&name), 1, "every put counts");
    Ok(report)
}

#[tokio::test]
async fn a_put_in_doubt_is_unknown() {
    for how in ["!hang", "!panic", "!timeout"] {
        let report = put(how).await;
        assert_eq!(report.result, WriteResult::Unknown, "{how}: {report:?}");
    }
    let report = put("!other_name").await;
    assert_eq!(report.result, WriteResult::Unknown);
    assert!(!report.notes.unwrap().contains('\u{1b}'));
}

#[tokio::test]
async fn a_connectors_own_error_is_refused() {
    let report = put("!away").await;
    assert_eq!((report.result, report.notes.as_deref()), (WriteResult::Refused, Some("the server is away")));
}

#[tokio::test]
async fn a_failed_readback_is_unknown() {
    let connector = connector("scripted", &json!({"reads": [0, "!away"], "write": "ok"})).unwrap();
    let limits = Limits::parse(r#"{"A": {"verification": {"level": "readback"}}}"#).unwrap();
    let broker = Broker::new(settings(Some(limits)), connector);
    let report = Run::of(&broker, &["A"]).write("A", json!(1)).await.unwrap();
    assert_eq!(report.result, WriteResult::Unknown);
    assert_eq!(report.notes.as_deref(), Some("written, but not verified: the server is away"));
}

#[tokio::test]
async fn without_a_database_no_channel_is_writable() {
    let mock = || connector("mock", &json!({"channels": {"A": {"value": 0}}})).unwrap();
    let broker = Broker::new(settings(Some(Limits::none())), mock());
    let error = Run::of(&broker, &["A"]).write("A", json!(1)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::LimitsViolation);
    let broker = Broker::new(settings(Some(Limits::none().allow_unlisted(true))), mock());
    assert!(Run::of(&broker, &["A"]).write("A", json!(1)).await.is_ok());
}
