//! A run to be: an order, a host, and the place around them.

use super::{
    behaviour::Given,
    expect::Seen,
    place::Place,
    subject::{Executor, Subject},
};
use crate::{ExecutionHostFake, execute_order, prepare_order};
use pyexec_core::{
    Digest, ErrorKind, ExecutionMode, Grant, Isolation, Outcome, PluginError, RunError,
    connector::{ChannelReply, ChannelRequest, ChannelValue, ChannelWrite, WriteReport, WriteResult},
    executor::PreparedId,
    grant::ChannelWriteGrant,
    order::{ExecuteOrder, FileRef, PrepareOrder, StagedInput},
};
use std::{fs, io, path::Path, sync::Arc};

/// See the module.
pub(super) struct Stage {
    pub(super) executor: Arc<dyn Executor>,
    pub(super) isolation: Isolation,
    pub(super) place: Place,
    pub(super) order: PrepareOrder,
    pub(super) host: ExecutionHostFake,
}

impl Stage {
    /// A plain run of this code.
    pub(super) fn new(subject: &Subject, code: impl AsRef<[u8]>) -> Result<Self, String> {
        let place = Place::new().map_err(|e| format!("there is no place for it: {e}"))?;
        let code = match std::str::from_utf8(code.as_ref()) {
            Ok(text) => place.fill_in(text).into_bytes(),
            Err(_) => code.as_ref().to_vec(),
        };
        let mut order = prepare_order(&place.run());
        order.accept_isolation = vec![subject.isolation];
        let host = ExecutionHostFake::releasing(code);
        let executor = Arc::clone(&subject.executor);
        Ok(Self { executor, isolation: subject.isolation, place, order, host })
    }

    /// With what a row gives.
    pub(super) fn given(mut self, given: &[Given]) -> Result<Self, String> {
        for given in given {
            self = self.give(given).map_err(|e| format!("it cannot be given: {e}"))?;
        }
        Ok(self)
    }

    fn give(mut self, given: &Given) -> io::Result<Self> {
        let order = &mut self.order;
        match *given {
            Given::Confined => order.accept_isolation = vec![Isolation::Full, Isolation::Container],
            Given::Limits(change) => change(&mut order.limits),
            Given::Input(name, bytes) => {
                let staged = self.place.staged(name);
                fs::write(&staged, bytes)?;
                order.inputs.push(StagedInput {
                    name: name.into(),
                    original: Path::new("/data/of/the/caller").join(name),
                    staged,
                    sha256: Digest::of(bytes),
                    bytes: bytes.len() as u64,
                });
            }
            Given::Context(json) => {
                let path = self.place.staged("context.json");
                fs::write(&path, json)?;
                order.context = Some(FileRef { path, sha256: Digest::of(json.as_bytes()) });
            }
            Given::Environment(name, value) => {
                order.environment.insert(name.into(), value.into());
            }
            Given::Output => {
                let (path, dev, inode) = self.place.granted()?;
                self.effect(Grant::Output { path, dev, inode });
            }
            Given::Read => order.grants.push(Grant::Read { path: self.place.granted()?.0 }),
            Given::Net => self.effect(Grant::Net),
            Given::Process => self.effect(Grant::Process),
            Given::Channel(name, value) => {
                let value = ChannelValue { value: value.into(), ..ChannelValue::default() };
                let asked = ChannelRequest::Read { name: name.into(), timeout: None };
                self.host = self.host.answering(asked, ChannelReply::Value(value));
            }
            Given::RefusedWrite(name, value, why) => {
                let error = RunError::new(ErrorKind::LimitsViolation, why);
                self = self.channel_write(name, value, ChannelReply::Error { error });
            }
            Given::Written(name, value) => {
                let report = WriteReport {
                    name: name.into(),
                    result: WriteResult::Ok,
                    readback: Some(value.into()),
                    notes: None,
                };
                self = self.channel_write(name, value, ChannelReply::Written { writes: vec![report] });
            }
        }
        Ok(self)
    }

    fn effect(&mut self, grant: Grant) {
        self.order.mode = ExecutionMode::WriteEnabled;
        self.order.grants.push(grant);
    }

    fn channel_write(mut self, name: &str, value: f64, reply: ChannelReply) -> Self {
        let names = vec![name.into()];
        self.order.mode = ExecutionMode::EpicsControl;
        self.order.grants.push(Grant::ChannelWrite(ChannelWriteGrant {
            names,
            min: None,
            max: None,
            max_writes: None,
        }));
        let writes = vec![ChannelWrite { name: name.into(), value: value.into() }];
        self.host = self.host.answering(ChannelRequest::Write { writes, timeout: None }, reply);
        self
    }

    pub(super) fn execute_order(&self) -> ExecuteOrder {
        execute_order(self.order.clone(), self.host.code_hash())
    }

    pub(super) async fn prepare(&self) -> Result<PreparedId, PluginError> {
        self.executor.prepare(self.order.clone(), &self.host.host()).await
    }

    pub(super) async fn execute(&self, prepared: PreparedId, order: ExecuteOrder) -> Result<Outcome, PluginError> {
        self.executor.execute(prepared, order, &self.host.host()).await
    }

    /// All of it; what went wrong in the machinery is an error.
    pub(super) async fn try_run(&self) -> Result<Outcome, PluginError> {
        let prepared = self.prepare().await?;
        self.execute(prepared, self.execute_order()).await
    }

    /// All of it, with what holds for every run checked.
    pub(super) async fn run(&self) -> Result<Seen<'_>, String> {
        let prepared = self.prepare().await.map_err(|e| format!("`prepare` failed: {}", told(&e)))?;
        let order = self.execute_order();
        let outcome =
            self.execute(prepared, order.clone()).await.map_err(|e| format!("`execute` failed: {}", told(&e)))?;
        let seen = Seen { stage: self, outcome };
        seen.is_sound(&order)?;
        Ok(seen)
    }
}

/// For whoever reads why something failed.
pub(super) fn told(error: &PluginError) -> String {
    format!("{} ({}) {}", error.message, error.kind, error.help)
}
