//! What every test here needs: a host that offers nothing, a connector by name, a broker over it, a request's outcome.

use pyexec_control::{Broker, ControlSettings, Limits, VerificationLevel, WrittenSoFar};
use pyexec_core::{
    ExecutionMode, Grant, Instance, PluginError, Role, RunError,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RResult, RSlice, RStr, RString},
        },
        async_ffi::{FfiFuture, FutureExt},
    },
    connector::{ChannelWrite, WriteReport},
    grant::ChannelWriteGrant,
};
use serde_json::{Value, json};

#[derive(Clone)]
struct NoHost;

impl Host for NoHost {
    fn emit(&self, _kind: RStr<'_>, _bytes: RSlice<'_, u8>) {}

    fn call(&self, op: RString, _json: RString) -> FfiFuture<Reply> {
        async move { RResult::RErr(PluginError::new("unknown", format!("no op {op}"))) }.into_ffi()
    }
}

pub(crate) fn host() -> HostBox {
    Host_TO::from_ptr(RArc::new(NoHost), TD_Opaque)
}

pub(crate) fn connector(name: &str, config: &Value) -> Result<Instance, PluginError> {
    let found = pyexec_sdk::registrations().find(|r| r.role == Role::Connector && r.name == name);
    let component = found.expect("a registered connector").create(&config.to_string())?;
    Ok(Instance::new(Role::Connector, name, component))
}

pub(crate) fn settings(limits: Option<Limits>) -> ControlSettings {
    ControlSettings {
        writes_enabled: true,
        limits,
        default_timeout: 5.0,
        default_verification: VerificationLevel::Callback,
    }
}

/// A broker over the mock connector with these channels, and a limits database.
pub(crate) fn mock(channels: &Value, limits: &Value) -> Broker {
    let limits = Limits::parse(&limits.to_string()).unwrap();
    Broker::new(settings(Some(limits)), connector("mock", &json!({ "channels": channels })).unwrap())
}

/// One run: its grants and what it wrote.
pub(crate) struct Run<'a> {
    pub(crate) broker: &'a Broker,
    pub(crate) mode: ExecutionMode,
    pub(crate) grants: Vec<Grant>,
    pub(crate) so_far: WrittenSoFar,
}

impl<'a> Run<'a> {
    /// Approved for these channels without bounds.
    pub(crate) fn of(broker: &'a Broker, names: &[&str]) -> Self {
        let names = names.iter().map(ToString::to_string).collect();
        let grant = ChannelWriteGrant { names, min: None, max: None, max_writes: None };
        let grants = vec![Grant::ChannelWrite(grant)];
        Self { broker, mode: ExecutionMode::EpicsControl, grants, so_far: WrittenSoFar::default() }
    }

    /// One request with one write.
    pub(crate) async fn write(&mut self, name: &str, value: Value) -> Result<WriteReport, RunError> {
        self.batch(&[(name, value)]).await.map(|mut reports| reports.remove(0))
    }

    /// One request.
    pub(crate) async fn batch(&mut self, writes: &[(&str, Value)]) -> Result<Vec<WriteReport>, RunError> {
        let writes: Vec<_> =
            writes.iter().map(|(name, value)| ChannelWrite { name: (*name).into(), value: value.clone() }).collect();
        let admitted = self.broker.admit(&writes, None, self.mode, &self.grants, &self.so_far, host()).await?;
        let mut reports = Vec::new();
        for write in admitted {
            reports.push(self.broker.put(write, &mut self.so_far, host()).await);
        }
        Ok(reports)
    }

    pub(crate) async fn value(&self, name: &str) -> Value {
        self.broker.read(name, None, host()).await.unwrap().value
    }
}
