//! A connector that misbehaves on demand.

use pyexec_core::{
    Connector, PluginError, Result,
    connector::{ChannelValue, ConnectorRead, ConnectorWrite, WriteReport, WriteResult},
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Mutex;

pyexec_sdk::register_connector!("scripted", Scripted);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// What reads answer, one after the other; the last one stays. A text that begins with `!` is a misbehaviour.
    reads: Vec<Value>,
    /// What writes do: `ok`, or a misbehaviour.
    #[serde(default)]
    write: String,
}

pub(crate) struct Scripted {
    reads: Mutex<Vec<Value>>,
    write: String,
}

async fn misbehave(how: &str) -> PluginError {
    match how {
        "!hang" => std::future::pending().await,
        "!panic" => panic!("as told"),
        "!timeout" => PluginError::new("timeout", "the server was silent"),
        "!away" => PluginError::new("daemon", "the server is away"),
        other => PluginError::new("config", format!("no misbehaviour {other}")),
    }
}

impl Connector for Scripted {
    type Config = Config;

    fn create(config: Config) -> Result<Self> {
        Ok(Self { reads: Mutex::new(config.reads), write: config.write })
    }

    async fn read(&self, _: ConnectorRead) -> Result<ChannelValue> {
        let value = {
            let mut reads = self.reads.lock().unwrap();
            if reads.len() > 1 { reads.remove(0) } else { reads[0].clone() }
        };
        match value.as_str() {
            Some(how) if how.starts_with('!') => Err(misbehave(how).await),
            _ => Ok(ChannelValue { value, ..ChannelValue::default() }),
        }
    }

    async fn write(&self, request: ConnectorWrite) -> Result<WriteReport> {
        let report = |name: String, result| WriteReport { name, result, readback: None, notes: None };
        match self.write.as_str() {
            "ok" => Ok(report(request.name, WriteResult::Ok)),
            "!other_name" => Ok(report("OTHER\u{1b}[2J".into(), WriteResult::Ok)),
            "!clamped" => {
                let readback = Some(Value::from(10));
                Ok(WriteReport { readback, ..report(request.name, WriteResult::Ok) })
            }
            how => Err(misbehave(how).await),
        }
    }
}
