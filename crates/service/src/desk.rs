//! Where an executor comes with what it may ask: the code, once; room for output; channels.
//!
//! This is the one place where code leaves the store to run. `release` answers only for a permit, once, after
//! `ExecutionStarted` is durable.

use crate::{
    event::Event,
    grants, inputs,
    log::RunLog,
    permit::Permit,
    progress::{Observer, Progress},
    service::ServiceError,
    store::Store,
};
use pyexec_control::{Broker, WrittenSoFar};
use pyexec_core::{
    ErrorKind, Isolation, PluginError, RunError,
    abi::HostBox,
    code::{CodeHash, Digest},
    connector::{ChannelReply, ChannelRequest, ChannelWrite, WriteReport, WriteResult},
    executor::{CHANNEL, OUTPUT, OutputChunk, RELEASE, ReleaseRequest},
    id::OwnerId,
    order::{ExecuteOrder, FileRef},
    payload,
};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::Mutex;

/// The longest chunk of output in one call, in bytes (`ExecutionHost::output` says 64 KiB).
const MOST_OUTPUT: usize = 64 * 1024;

pub(crate) struct Desk {
    pub(crate) log: Arc<RunLog>,
    pub(crate) store: Store,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) broker: Arc<Broker>,
    pub(crate) owner: OwnerId,
    pub(crate) order: ExecuteOrder,
    pub(crate) accept: Vec<Isolation>,
    pub(crate) protected: Vec<PathBuf>,
    /// Lent to the connector, which may ask for nothing.
    pub(crate) connector_host: HostBox,
    pub(crate) permit: Mutex<Option<Permit>>,
    pub(crate) state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    /// Set once the code was released.
    pub(crate) released: bool,
    /// Why it was not released.
    pub(crate) refused: Option<RunError>,
    output: Option<Digest>,
    written: WrittenSoFar,
    writes: u32,
    latched: Option<RunError>,
}

impl Desk {
    pub(crate) async fn serve(&self, op: &str, json: &str) -> Result<String, PluginError> {
        match op {
            RELEASE => payload::seal(&self.release(payload::open(json)?).await?),
            OUTPUT => payload::seal(&self.output(payload::open(json)?).await?),
            CHANNEL => payload::seal(&self.channel(payload::open(json)?).await?),
            _ => Err(PluginError::new("unknown", format!("an executor may not ask its host for `{op}`"))),
        }
    }

    async fn release(&self, request: ReleaseRequest) -> Result<FileRef, PluginError> {
        let Some(permit) = self.permit.lock().await.take() else {
            return Err(pyexec_core::executor::refused("the code was released before, or never may be"));
        };
        match self.start(&permit, &request).await {
            Ok(file) => {
                self.state.lock().await.released = true;
                Ok(file)
            }
            Err(error) => {
                let message = error.message.clone();
                self.state.lock().await.refused = Some(error);
                Err(pyexec_core::executor::refused(message))
            }
        }
    }

    /// Everything that must still be true, and then the event that makes this process the one that executes.
    async fn start(&self, permit: &Permit, request: &ReleaseRequest) -> Result<FileRef, RunError> {
        let covers = permit.coverage();
        let same = request.token == self.order.token
            && request.code_sha256 == covers.code
            && self.order.code_sha256 == covers.code
            && self.order.prepare.grants == covers.grants
            && self.order.prepare.mode == covers.mode;
        if !same {
            return Err(RunError::new(ErrorKind::Plugin, "the executor asked for something else than it was ordered"));
        }
        if !self.accept.contains(&request.isolation) {
            let level = request.isolation.name();
            return Err(RunError::new(
                ErrorKind::IsolationNotAcceptable,
                format!("the executor reached isolation `{level}`, which `accept_isolation` does not name"),
            ));
        }
        let code = stored_code(&self.store, covers.code)?;
        inputs::verify(&self.order.prepare.inputs)?;
        grants::verify(&covers.grants, &self.protected)?;
        let started = Event::ExecutionStarted {
            attempt: covers.attempt,
            token: self.order.token.clone(),
            owner: self.owner.clone(),
            code: covers.code,
            effects: permit.has_effects(),
            isolation: request.isolation,
            scope: permit.scope(),
        };
        self.log.append(started).await.map_err(|e| e.to_run_error())?;
        Ok(code)
    }

    async fn output(&self, chunk: OutputChunk) -> Result<(), PluginError> {
        if chunk.bytes.len() > MOST_OUTPUT {
            return Err(PluginError::new("payload", format!("more than {MOST_OUTPUT} bytes of output in one call")));
        }
        let mut state = self.state.lock().await; // held across the append: output stays in order
        let run = &self.order.prepare.run_id;
        let stored = self.store.append_output(run, &self.order.token, chunk.stream, &chunk.bytes).await;
        let tally = stored.map_err(|e| PluginError::from(ServiceError::from(e).to_run_error()))?;
        state.output = Some(tally.digest);
        self.observer.on(Progress::Output(chunk.stream, chunk.bytes));
        Ok(())
    }

    /// The chained digest of all kept output (`store::output` says how), zero if there was none.
    pub(crate) async fn output_digest(&self) -> Digest {
        self.state.lock().await.output.unwrap_or(Digest::from_bytes([0; 32]))
    }

    async fn channel(&self, request: ChannelRequest) -> Result<ChannelReply, PluginError> {
        if !self.state.lock().await.released {
            return Err(PluginError::new("refused", "no code has been released yet"));
        }
        let host = || self.connector_host.clone();
        Ok(match request {
            ChannelRequest::Read { name, timeout } => match self.broker.read(&name, timeout, host()).await {
                Ok(value) => ChannelReply::Value(value),
                Err(error) => ChannelReply::Error { error },
            },
            ChannelRequest::Write { writes, timeout } => self.write(&writes, timeout).await?,
        })
    }

    /// One batch of writes at a time, in the order of arrival. A refusal latches.
    async fn write(&self, writes: &[ChannelWrite], timeout: Option<f64>) -> Result<ChannelReply, PluginError> {
        let mut state = self.state.lock().await;
        if let Some(error) = &state.latched {
            return Ok(ChannelReply::Error { error: error.clone() });
        }
        let (prepare, token) = (&self.order.prepare, &self.order.token);
        let host = || self.connector_host.clone();
        let admitted = self.broker.admit(writes, timeout, prepare.mode, &prepare.grants, &state.written, host()).await;
        let admitted = match admitted {
            Ok(admitted) => admitted,
            Err(error) => {
                state.latched = Some(error.clone());
                let event = Event::ChannelWriteRefused {
                    token: token.clone(),
                    writes: writes.to_vec(),
                    error: error.clone(),
                };
                self.append(event).await?;
                return Ok(ChannelReply::Error { error });
            }
        };
        let mut reports = Vec::with_capacity(writes.len());
        for (write, admitted) in writes.iter().zip(admitted) {
            state.writes += 1;
            let n = state.writes;
            self.append(Event::ChannelWriteIntended { token: token.clone(), n, write: write.clone() }).await?;
            let report = self.broker.put(admitted, &mut state.written, host()).await;
            self.append(Event::ChannelWriteEnded { token: token.clone(), n, report: report.clone() }).await?;
            let ok = report.result == WriteResult::Ok;
            reports.push(report);
            if !ok {
                break; // what follows was meant to come after it
            }
        }
        let missing = writes.iter().skip(reports.len()).map(|write| WriteReport {
            name: write.name.clone(),
            result: WriteResult::Refused,
            readback: None,
            notes: Some("not written: an earlier write of this call did not succeed".into()),
        });
        let missing: Vec<_> = missing.collect();
        reports.extend(missing);
        Ok(ChannelReply::Written { writes: reports })
    }

    async fn append(&self, event: Event) -> Result<(), PluginError> {
        self.log.append(event).await.map_err(|e| PluginError::from(e.to_run_error()))
    }
}

/// The code as stored, verified against what was approved.
pub(crate) fn stored_code(store: &Store, code: CodeHash) -> Result<FileRef, RunError> {
    store.get_blob(&code.0).map_err(|error| {
        RunError::new(ErrorKind::CodeAltered, format!("the stored code is not what was approved: {error}"))
            .with_help("nothing ran; submit the code again as a new run, and find out who changed the data folder")
    })?;
    Ok(FileRef { path: store.blob_path(&code.0), sha256: code.0 })
}
