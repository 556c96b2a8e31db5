//! The broker itself: `read`, and the two halves of a write, `admit` and `put`.
//!
//! A write's walk: [`Broker::admit`] checks all writes of a request (switch, mode, names, limits, grants, then the kind and
//! distance of every value against what the channel holds now) and admits all of them or none. The service makes each
//! intention durable. [`Broker::put`] repeats the checks that time can spoil, one put at a time for each channel, writes,
//! and verifies. Between its last look and the put another client of the control system may still move the channel; only
//! the control system itself could close that gap.

use crate::{
    admitted::{AdmittedWrite, WrittenSoFar},
    channel_name::ChannelName,
    envelope,
    limits::{Limits, violation},
    motion::{self, LastPut},
    value::{Kind, shown},
    verification::{Tolerance, Verification, VerificationLevel},
};
use pyexec_core::{
    ErrorKind, ExecutionMode, Grant, Instance, PluginError, RunError,
    abi::HostBox,
    connector::{ChannelValue, ChannelWrite, ConnectorRead, ConnectorWrite, READ, WRITE, WriteReport, WriteResult},
};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// The most writes of one request.
const MAX_WRITES: usize = 1000;
/// The longest time limit of one operation, seconds.
const MAX_TIMEOUT: f64 = 3600.0;
/// What a connector gets beyond the time limit that it was told, to report a time-out of its own in better words.
const GRACE: Duration = Duration::from_millis(250);
/// Between two looks at a channel that does not show the written value yet: right after a put, a real IOC may answer with
/// the old one.
const READBACK_INTERVAL: Duration = Duration::from_millis(20);
/// Kinds of error that say something about the way to the connector, and so nothing about the channel.
const MACHINERY: [&str; 6] = ["panic", "payload", "revoked", "cancelled", "timeout", "unknown"];

/// What `[control_system]` says.
#[derive(Debug, Clone)]
pub struct ControlSettings {
    /// Whether anything is ever written.
    pub writes_enabled: bool,
    /// The limits database; `None` only where `limits_checking.enabled` is false. A database that cannot be read is an
    /// error of the caller's, never `None`.
    pub limits: Option<Limits>,
    /// Seconds, where a request names none.
    pub default_timeout: f64,
    /// Where the limits database names none.
    pub default_verification: VerificationLevel,
}

/// The only way to the channels of one connector. Lives in the host process; shared by its runs.
#[derive(Debug)]
pub struct Broker {
    settings: ControlSettings,
    connector: Instance,
    slots: Mutex<HashMap<ChannelName, Slot>>,
}

/// One put at a time for a channel.
type Slot = Arc<tokio::sync::Mutex<Option<LastPut>>>;

impl Broker {
    /// A broker before `connector`.
    pub fn new(settings: ControlSettings, connector: Instance) -> Self {
        Self { settings, connector, slots: Mutex::default() }
    }

    /// Reads a channel. `seconds` is the code's wish. Errors: `bad_request` (name, time limit), `timeout`, or the
    /// connector's.
    pub async fn read(&self, name: &str, seconds: Option<f64>, host: HostBox) -> Result<ChannelValue, RunError> {
        let name = parse(name)?;
        self.look(&name, self.time_limit(seconds)?, host).await
    }

    /// Checks the writes of one request: all are admitted or none. Errors: `policy_deny` (writes are off),
    /// `outside_envelope` (mode, grants), `limits_violation` (limits, kinds of value), `bad_request`, or what the connector
    /// says when the channel cannot be read first.
    pub async fn admit(
        &self,
        writes: &[ChannelWrite],
        seconds: Option<f64>,
        mode: ExecutionMode,
        grants: &[Grant],
        so_far: &WrittenSoFar,
        host: HostBox,
    ) -> Result<Vec<AdmittedWrite>, RunError> {
        self.writes_allowed(mode)?;
        if writes.is_empty() || writes.len() > MAX_WRITES {
            let message = format!("a request to write has from 1 to {MAX_WRITES} writes, not {}", writes.len());
            return Err(RunError::new(ErrorKind::BadRequest, message));
        }
        let timeout = self.time_limit(seconds)?;

        // First whatever needs no look at the channels.
        let mut planned: Vec<AdmittedWrite> = Vec::with_capacity(writes.len());
        for write in writes {
            let admitted = self.plan(write, timeout)?;
            let earlier = |name: &ChannelName| {
                let here = planned.iter().filter(|planned| planned.name == *name).count();
                so_far.count(name).saturating_add(u32::try_from(here).unwrap_or(u32::MAX))
            };
            envelope::check(grants, &admitted.name, &admitted.value, earlier)?;
            planned.push(admitted);
        }

        let mut now: HashMap<&ChannelName, Value> = HashMap::new();
        for write in &planned {
            if !now.contains_key(&write.name) {
                let found = self.look(&write.name, timeout, host.clone()).await.map_err(unseen)?;
                now.insert(&write.name, found.value);
            }
        }
        for (at, write) in planned.iter().enumerate() {
            let held = &now[&write.name];
            same_kind(write, held)?;
            let before = planned[..at].iter().rev().find(|earlier| earlier.name == write.name);
            self.check_motion(write, held, so_far.last(&write.name), before).await?;
        }
        Ok(planned)
    }

    /// Writes what was admitted and says what is known. Never an error: whatever leaves room for doubt is
    /// [`WriteResult::Unknown`], and a readback that shows another value is not `Ok`.
    ///
    /// Dropping the future leaves the outcome unknown.
    pub async fn put(&self, write: AdmittedWrite, so_far: &mut WrittenSoFar, host: HostBox) -> WriteReport {
        let slot = self.slot(&write.name);
        let mut last = slot.lock().await;
        let before = so_far.begin(&write.name, &write.value);
        if let Err(refusal) = self.check_again(&write, last.as_ref(), host.clone()).await {
            so_far.undo(&write.name, before);
            return report(&write, WriteResult::Refused, refusal.message);
        }
        // A refused put still counts for the rate: slower than necessary, never faster.
        *last = Some(LastPut { at: Instant::now(), value: write.value.clone() });
        let report = self.write(&write, host.clone()).await;
        let report = self.verify(&write, report, host).await;
        if report.result == WriteResult::Refused {
            so_far.undo(&write.name, before);
        }
        report
    }

    fn writes_allowed(&self, mode: ExecutionMode) -> Result<(), RunError> {
        if !self.settings.writes_enabled {
            return Err(RunError::new(ErrorKind::PolicyDeny, "writes to the control system are switched off")
                .with_help("set `writes_enabled = true` in [control_system]"));
        }
        if mode != ExecutionMode::EpicsControl {
            let message = format!("a run in {mode} writes no channels; that takes {}", ExecutionMode::EpicsControl);
            return Err(RunError::new(ErrorKind::OutsideEnvelope, message));
        }
        Ok(())
    }

    /// The checks of one write that need no look at the channel.
    fn plan(&self, write: &ChannelWrite, timeout: Duration) -> Result<AdmittedWrite, RunError> {
        let name = parse(&write.name)?;
        if Kind::of(&write.value).is_none() {
            let message = format!("{} cannot be written to `{name}`", shown(&write.value));
            return Err(
                violation(message).with_help("write a finite number, a boolean, a text or a list of finite numbers")
            );
        }
        let limits = match &self.settings.limits {
            Some(limits) => Some(limits.of(&name)?.clone()),
            None => None,
        };
        if let Some(limits) = &limits {
            limits.check(&name, &write.value)?;
        }
        let configured = Verification { level: self.settings.default_verification, tolerance: Tolerance::default() };
        let verification = limits.as_ref().and_then(|limits| limits.verification).unwrap_or(configured);
        Ok(AdmittedWrite { name, value: write.value.clone(), timeout, verification, limits })
    }

    /// Steps are measured from what the channel holds and from what this run wrote last. Within one request they all count
    /// from where the request began: no time passes in between, so a ramp in one request is a jump.
    async fn check_motion(
        &self,
        write: &AdmittedWrite,
        held: &Value,
        last_of_run: Option<&Value>,
        before: Option<&AdmittedWrite>,
    ) -> Result<(), RunError> {
        let Some(limits) = &write.limits else {
            return Ok(());
        };
        let references = [Some(held), last_of_run, before.map(|before| &before.value)];
        for reference in references.into_iter().flatten() {
            motion::step(limits, &write.name, &write.value, reference)?;
        }
        if limits.max_rate.is_some() {
            let now = Instant::now();
            let slot = self.slot(&write.name);
            motion::rate(limits, &write.name, &write.value, slot.lock().await.as_ref(), now)?;
            let before = before.map(|before| LastPut { at: now, value: before.value.clone() });
            motion::rate(limits, &write.name, &write.value, before.as_ref(), now)?;
        }
        Ok(())
    }

    /// What another run may have changed since `admit`.
    async fn check_again(&self, write: &AdmittedWrite, last: Option<&LastPut>, host: HostBox) -> Result<(), RunError> {
        let Some(limits) = &write.limits else {
            return Ok(());
        };
        if limits.max_step.is_some() {
            let held = self.look(&write.name, write.timeout, host).await?;
            motion::step(limits, &write.name, &write.value, &held.value)?;
        }
        motion::rate(limits, &write.name, &write.value, last, Instant::now())
    }

    async fn write(&self, write: &AdmittedWrite, host: HostBox) -> WriteReport {
        let request = ConnectorWrite {
            name: write.name.to_string(),
            value: write.value.clone(),
            timeout: write.timeout.as_secs_f64(),
        };
        match timeout(write.timeout + GRACE, self.connector.invoke::<WriteReport>(WRITE, &request, host)).await {
            Ok(Ok(said)) if said.name == request.name => said,
            Ok(Ok(said)) => {
                let other: String = said.name.chars().take(80).flat_map(char::escape_debug).collect();
                report(write, WriteResult::Unknown, format!("the connector reported about `{other}`"))
            }
            Ok(Err(error)) => report(write, result_of(&error), error.message.into()),
            Err(_) => {
                let seconds = request.timeout;
                report(write, WriteResult::Unknown, format!("no answer within {seconds} s; it may have been written"))
            }
        }
    }

    /// Holds the connector's report against what the channel shows.
    async fn verify(&self, write: &AdmittedWrite, said: WriteReport, host: HostBox) -> WriteReport {
        if said.result != WriteResult::Ok {
            return said;
        }
        let tolerance = write.verification.tolerance;
        match write.verification.level {
            VerificationLevel::Readback => match self.read_back(write, host).await {
                Ok(value) => checked(write, WriteReport { readback: Some(value), ..said }),
                Err(error) => {
                    let notes = format!("written, but not verified: {}", error.message);
                    WriteReport { result: WriteResult::Unknown, notes: Some(notes), ..said }
                }
            },
            _ if said.readback.as_ref().is_some_and(|value| !tolerance.accepts(&write.value, value)) => {
                checked(write, said)
            }
            VerificationLevel::Callback => said,
            VerificationLevel::None => WriteReport { notes: said.notes.or(Some("not verified".into())), ..said },
        }
    }

    /// Reads until the written value shows or time is up; the last value seen.
    async fn read_back(&self, write: &AdmittedWrite, host: HostBox) -> Result<Value, RunError> {
        let deadline = Instant::now() + write.timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now()).max(READBACK_INTERVAL);
            let value = self.look(&write.name, left, host.clone()).await?.value;
            let next = Instant::now() + READBACK_INTERVAL;
            if write.verification.tolerance.accepts(&write.value, &value) || next >= deadline {
                return Ok(value);
            }
            sleep(READBACK_INTERVAL).await;
        }
    }

    async fn look(&self, name: &ChannelName, limit: Duration, host: HostBox) -> Result<ChannelValue, RunError> {
        let request = ConnectorRead { name: name.to_string(), timeout: limit.as_secs_f64() };
        match timeout(limit + GRACE, self.connector.invoke(READ, &request, host)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) if error.kind == "timeout" => Err(RunError::new(ErrorKind::Timeout, error.message.as_str())),
            Ok(Err(error)) => Err(RunError::from(&error)),
            Err(_) => {
                let message = format!("`{name}` gave no answer within {} s", request.timeout);
                Err(RunError::new(ErrorKind::Timeout, message).with_help("check the name and that its server is up"))
            }
        }
    }

    fn slot(&self, name: &ChannelName) -> Slot {
        // A panic cannot leave the map half-changed: insertion is its only change.
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(name.clone()).or_default())
    }

    fn time_limit(&self, seconds: Option<f64>) -> Result<Duration, RunError> {
        let seconds = seconds.unwrap_or(self.settings.default_timeout);
        let usable = Duration::try_from_secs_f64(seconds).ok().filter(|d| !d.is_zero() && seconds <= MAX_TIMEOUT);
        usable.ok_or_else(|| {
            let message =
                format!("a time limit of {seconds} s cannot be used; it is above 0 and at most {MAX_TIMEOUT}");
            RunError::new(ErrorKind::BadRequest, message)
        })
    }
}

fn parse(name: &str) -> Result<ChannelName, RunError> {
    name.parse().map_err(|e: crate::BadChannelName| RunError::new(ErrorKind::BadRequest, e.to_string()))
}

/// A channel whose value is not known is not written: neither the kind of the value nor its distance could be checked.
fn unseen(mut error: RunError) -> RunError {
    error.message = format!("nothing was written, because the channel could not be read first: {}", error.message);
    error
}

fn same_kind(write: &AdmittedWrite, held: &Value) -> Result<(), RunError> {
    let name = &write.name;
    let Some(kind) = Kind::of(held) else {
        let message = format!("`{name}` holds {} now, so it is not known what may be written", shown(held));
        return Err(violation(message));
    };
    if Kind::of(&write.value) == Some(kind) {
        return Ok(());
    }
    Err(violation(format!("`{name}` holds {kind}, and {} is none", shown(&write.value))))
}

/// A readback beside what was written: `Ok` only if it is the same.
fn checked(write: &AdmittedWrite, said: WriteReport) -> WriteReport {
    let Some(value) = &said.readback else {
        return said;
    };
    if write.verification.tolerance.accepts(&write.value, value) {
        return said;
    }
    let notes = format!("wrote {} and read back {}", shown(&write.value), shown(value));
    WriteReport { result: WriteResult::Unknown, notes: Some(notes), ..said }
}

fn report(write: &AdmittedWrite, result: WriteResult, notes: String) -> WriteReport {
    WriteReport { name: write.name.to_string(), result, readback: None, notes: Some(notes) }
}

/// By contract an error of the connector's own means that nothing was written.
fn result_of(error: &PluginError) -> WriteResult {
    if MACHINERY.contains(&error.kind.as_str()) { WriteResult::Unknown } else { WriteResult::Refused }
}
