//! Channels of the control system for the code: every write is on the record before it is put, and a refusal latches.

use super::{Desk, revoked};
use crate::{event::Event, log::RunLog, service::ServiceError};
use pyexec_control::{AdmittedWrite, WrittenSoFar};
use pyexec_core::{
    ErrorClass, PluginError, RunError,
    connector::{ChannelReply, ChannelWrite, WriteReport, WriteResult},
};

/// What this execution has written.
#[derive(Default)]
pub(crate) struct Writes {
    so_far: WrittenSoFar,
    count: u32,
    latched: Option<RunError>,
    /// A refusal that the log did not take yet.
    unlogged: Option<Event>,
}

impl Writes {
    /// Sees to it that a refusal is in the log before the end is.
    pub(super) async fn settle(&mut self, log: &RunLog) -> Result<(), ServiceError> {
        if let Some(event) = &self.unlogged {
            log.append(event.clone()).await?;
            self.unlogged = None;
        }
        Ok(())
    }
}

impl Desk {
    pub(super) async fn read(&self, name: &str, timeout: Option<f64>) -> Result<ChannelReply, PluginError> {
        let read = self.broker.read(name, timeout, self.connector_host.clone());
        match self.closing.run_until_cancelled(read).await {
            Some(Ok(value)) => Ok(ChannelReply::Value(value)),
            Some(Err(error)) => Ok(ChannelReply::Error { error }),
            None => Err(revoked()),
        }
    }

    /// One batch of writes at a time, in the order of arrival. A refusal latches: nothing is written after it.
    pub(super) async fn write(
        &self,
        writes: &[ChannelWrite],
        timeout: Option<f64>,
    ) -> Result<ChannelReply, PluginError> {
        let mut held = self.writes.lock().await;
        self.must_be_open()?;
        if let Some(error) = &held.latched {
            return Ok(ChannelReply::Error { error: error.clone() });
        }
        let (prepare, host) = (&self.order.prepare, self.connector_host.clone());
        let admit = self.broker.admit(writes, timeout, prepare.mode, &prepare.grants, &held.so_far, host);
        let admitted = match self.closing.run_until_cancelled(admit).await {
            Some(Ok(admitted)) => admitted,
            Some(Err(error)) if error.class == ErrorClass::Refusal => {
                held.latched = Some(error.clone());
                let (token, writes) = (self.order.token.clone(), writes.to_vec());
                held.unlogged = Some(Event::ChannelWriteRefused { token, writes, error: error.clone() });
                held.settle(&self.log).await.map_err(|e| PluginError::from(e.to_run_error()))?;
                return Ok(ChannelReply::Error { error });
            }
            // Nothing was written, and nobody said that it must not be: a name that is none, a channel that is away.
            Some(Err(error)) => return Ok(ChannelReply::Error { error }),
            None => return Err(revoked()),
        };
        let mut reports = Vec::with_capacity(writes.len());
        for (write, admitted) in writes.iter().zip(admitted) {
            let report = self.put(&mut held, write, admitted).await?;
            let ok = report.result == WriteResult::Ok;
            reports.push(report);
            if !ok {
                break; // what follows was meant to come after it
            }
        }
        let left = writes.iter().skip(reports.len()).map(|write| WriteReport {
            name: write.name.clone(),
            result: WriteResult::Refused,
            readback: None,
            notes: Some("not written: an earlier write of this call did not succeed".into()),
        });
        let left: Vec<_> = left.collect();
        reports.extend(left);
        Ok(ChannelReply::Written { writes: reports })
    }

    /// One put between its two events.
    async fn put(
        &self,
        held: &mut Writes,
        write: &ChannelWrite,
        admitted: AdmittedWrite,
    ) -> Result<WriteReport, PluginError> {
        self.must_be_open()?;
        let (token, n) = (self.order.token.clone(), held.count + 1);
        self.append(Event::ChannelWriteIntended { token: token.clone(), n, write: write.clone() }).await?;
        held.count = n;
        let put = self.broker.put(admitted, &mut held.so_far, self.connector_host.clone());
        let report = self.closing.run_until_cancelled(put).await.unwrap_or_else(|| WriteReport {
            name: write.name.clone(),
            result: WriteResult::Unknown,
            readback: None,
            notes: Some("the run ended before the control system answered; it may have been written".into()),
        });
        self.append(Event::ChannelWriteEnded { token, n, report: report.clone() }).await?;
        Ok(report)
    }

    async fn append(&self, event: Event) -> Result<(), PluginError> {
        self.log.append(event).await.map_err(|e| PluginError::from(e.to_run_error()))
    }
}
