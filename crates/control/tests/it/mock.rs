//! The mock connector's state between processes, each played by an instance of its own.

use crate::stage::{Run, connector, host, settings};
use pyexec_control::Broker;
use pyexec_core::connector::WriteResult;
use serde_json::{Value, json};
use std::{fs, path::Path, thread};

fn process(state_file: &Path) -> Broker {
    let config = json!({"channels": {"MAG:SP": {"value": 1, "units": "A", "max": 10}}, "state_file": state_file});
    Broker::new(settings(None), connector("mock", &config).unwrap())
}

fn writes(state_file: &Path) -> Vec<Value> {
    let record = fs::read_to_string(format!("{}.writes.jsonl", state_file.display())).unwrap_or_default();
    record.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn the_next_process_sees_a_write() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("mock.json");
    let first = process(&state);
    let report = Run::of(&first, &["MAG:SP"]).write("MAG:SP", json!(2.5)).await.unwrap();
    assert_eq!(report.result, WriteResult::Ok);
    let seen = process(&state).read("MAG:SP", None, host()).await.unwrap();
    assert_eq!((seen.value, seen.units.as_deref(), seen.upper_limit), (json!(2.5), Some("A"), Some(10.0)));
    let writes = writes(&state);
    assert_eq!(writes.len(), 1);
    assert_eq!((&writes[0]["name"], &writes[0]["value"]), (&json!("MAG:SP"), &json!(2.5)));
}

#[test]
fn writes_of_many_processes_are_all_counted() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("mock.json");
    let work = |at: u32| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let broker = process(&state);
        runtime.block_on(async {
            for n in 0..10 {
                Run::of(&broker, &["C"]).write("C", json!(at * 10 + n)).await.unwrap();
            }
        });
    };
    thread::scope(|scope| {
        for at in 0..4 {
            let work = &work;
            scope.spawn(move || work(at));
        }
    });
    let mut values: Vec<_> = writes(&state).iter().map(|write| write["value"].as_u64().unwrap()).collect();
    values.sort_unstable();
    assert_eq!(values, (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_spoilt_state_is_an_error_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("mock.json");
    fs::write(&state, "{").unwrap();
    let error = process(&state).read("MAG:SP", None, host()).await.unwrap_err();
    assert!(error.message.contains("mock.json"), "{error}");
    assert_eq!(fs::read_to_string(&state).unwrap(), "{");
}

#[tokio::test]
async fn a_write_that_cannot_be_kept_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("gone").join("mock.json");
    let broker = process(&state);
    let report = Run::of(&broker, &["MAG:SP"]).write("MAG:SP", json!(2)).await.unwrap();
    assert_eq!(report.result, WriteResult::Refused, "{report:?}");
    assert_eq!(Run::of(&broker, &[]).value("MAG:SP").await, json!(1));
}

#[tokio::test]
async fn any_name_is_a_channel_unless_synthesis_is_off() {
    let broker = Broker::new(settings(None), connector("mock", &json!({})).unwrap());
    let value = broker.read("NO:SUCH:CHANNEL", None, host()).await.unwrap().value;
    assert!((0.0..100.0).contains(&value.as_f64().unwrap()));
    assert_eq!(broker.read("NO:SUCH:CHANNEL.VAL", None, host()).await.unwrap().value, value);
    let mut run = Run::of(&broker, &["NO:SUCH:CHANNEL"]);
    run.write("NO:SUCH:CHANNEL", json!(-1)).await.unwrap();
    assert_eq!(run.value("NO:SUCH:CHANNEL").await, json!(-1));
}
