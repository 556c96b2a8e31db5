//! A run as its events tell it: plain data, built by [`crate::pipeline::apply`] alone.

use crate::event::{Analyzed, Answer, Coverage, Created, Ticket};
use jiff::Timestamp;
use pyexec_core::{
    Outcome, Principal, RunError, RunId, TicketId,
    code::{CodeHash, Digest},
    connector::{ChannelWrite, WriteReport},
    finding::InputInfo,
    id::{OwnerId, Token},
    outcome::Isolation,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{fmt, str::FromStr};

/// Where a run stands, as lists and JSON say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody drives it yet.
    Queued,
    /// On its way.
    Running,
    /// A person is asked.
    Waiting,
    /// Done.
    Done,
    /// The code or the machinery failed.
    Failed,
    /// Refused.
    Refused,
    /// A person said no.
    Rejected,
    /// Nobody answered in time.
    Expired,
    /// Somebody stopped it.
    Cancelled,
    /// Outcome unknown: a person decides.
    Interrupted,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Done,
        Self::Failed,
        Self::Refused,
        Self::Rejected,
        Self::Expired,
        Self::Cancelled,
        Self::Interrupted,
    ];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No such state.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no state `{0}`; the states are queued, running, waiting, done, failed, refused, rejected, expired, cancelled and interrupted"
)]
pub struct UnknownState(String);

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or_else(|| UnknownState(text.into()))
    }
}

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// Number of the last event applied.
    pub seq: u64,
    /// When the first one was appended.
    pub created_at: Timestamp,
    /// When the last one was.
    pub updated_at: Timestamp,
    /// What it started with.
    pub created: Created,
    /// Who drives it, or drove it until it died.
    pub claimed: Option<OwnerId>,
    /// In order; the last one is current.
    pub attempts: Vec<Attempt>,
    /// Who wants it stopped.
    pub cancel: Option<Principal>,
    /// The end, if it came.
    pub ended: Option<End>,
}

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// In which state.
    pub state: State,
    /// Why, unless `done`.
    pub error: Option<RunError>,
}

/// One piece of code and what became of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// Its code.
    pub code: Option<CodeHash>,
    /// Who wrote it.
    pub generator: String,
    /// The generator's own.
    pub metadata: Map<String, Value>,
    /// Whose edit of which attempt it is, if it is one.
    pub edited: Option<Edited>,
    /// Milliseconds of generation.
    pub generation_ms: u64,
    /// What analysis, policy and gate said.
    pub analysis: Option<Analyzed>,
    /// Who was asked.
    pub ticket: Option<Ticket>,
    /// What they answered.
    pub decision: Option<Decision>,
    /// Every time its code was released.
    pub executions: Vec<Execution>,
    /// Why it was not enough.
    pub failure: Option<RunError>,
}

/// Where edited code comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Who edited.
    pub by: Principal,
    /// The attempt that it was made from.
    pub from: u32,
}

/// An answered ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which ticket.
    pub ticket: TicketId,
    /// Who.
    pub by: Principal,
    /// How.
    pub answer: Answer,
    /// In their words.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Decision {
    /// Whether it sends the code back to its generator.
    pub const fn sends_back(&self) -> bool {
        matches!(self.answer, Answer::Reject { retry: true, .. })
    }
}

/// One release of code.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// The right to it.
    pub token: Token,
    /// Who holds that.
    pub owner: OwnerId,
    /// Whether it may change something outside.
    pub effects: bool,
    /// How it was held.
    pub isolation: Isolation,
    /// Channel writes, in order.
    pub writes: Vec<Write>,
    /// The first refusal of the broker.
    pub refused: Option<RunError>,
    /// What became of it.
    pub state: ExecutionState,
}

/// A channel write of an execution.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// What was intended.
    pub intended: ChannelWrite,
    /// What is known; absent while it is under way.
    pub report: Option<WriteReport>,
}

/// What became of an execution.
#[derive(Debug, Clone, PartialEq)]
pub enum ExecutionState {
    /// Its owner has not said.
    Running,
    /// Its owner saw the end.
    Finished {
        /// What it saw.
        outcome: Box<Outcome>,
        /// Of the kept output.
        output_sha256: Digest,
        /// With set-up, ms.
        ms: u64,
    },
    /// Its owner saw the machinery fail.
    Failed(RunError),
    /// Its owner died, or lost sight of it and said what it knew.
    Interrupted(Option<RunError>),
}

impl Run {
    /// What it is about, in one line of at most 200 characters.
    pub fn task(&self) -> String {
        let request = &self.created.request;
        let text = request.task_objective.as_deref().or(request.user_query.as_deref()).unwrap_or("given code");
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
    }

    /// The inputs as analyzers, generators and approvers see them.
    pub fn inputs(&self) -> Vec<InputInfo> {
        crate::inputs::infos(&self.created.inputs)
    }

    /// The current attempt.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// The latest release of code.
    pub fn execution(&self) -> Option<&Execution> {
        self.attempt()?.executions.last()
    }

    /// The most attempts that there will be: those of the request, and one more for each edit.
    pub fn most_attempts(&self) -> u32 {
        self.created.attempts.saturating_add(self.edits())
    }

    /// How many attempts are a person's edits.
    fn edits(&self) -> u32 {
        u32::try_from(self.attempts.iter().filter(|attempt| attempt.edited.is_some()).count()).unwrap_or(u32::MAX)
    }

    /// Whether code with effects was ever released: then nothing is tried again.
    pub fn had_effects(&self) -> bool {
        self.attempts.iter().flat_map(|a| &a.executions).any(|e| e.effects)
    }

    /// What a decision about the current attempt is about.
    pub fn coverage(&self) -> Option<Coverage> {
        let attempt = self.attempt()?;
        let analysis = attempt.analysis.as_ref()?;
        Some(Coverage {
            attempt: attempt.number,
            code: attempt.code?,
            mode: analysis.decision.mode,
            backend: self.created.backend.clone(),
            inputs: self.created.inputs.iter().map(|input| input.sha256).collect(),
            grants: analysis.grants.clone(),
        })
    }

    /// The ticket that waits for an answer.
    pub fn open_ticket(&self) -> Option<&Ticket> {
        let attempt = self.attempt()?;
        attempt.ticket.as_ref().filter(|_| attempt.decision.is_none() && self.ended.is_none())
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        if let Some(end) = &self.ended {
            return end.state;
        }
        if self.execution().is_some_and(|e| e.effects && matches!(e.state, ExecutionState::Interrupted(_))) {
            return State::Interrupted;
        }
        if self.open_ticket().is_some() {
            return State::Waiting;
        }
        if self.claimed.is_none() { State::Queued } else { State::Running }
    }

    /// The exit code of a program that leaves the run here.
    pub fn exit_code(&self) -> u8 {
        match self.state() {
            State::Done => 0,
            State::Queued | State::Running | State::Waiting => 5,
            State::Interrupted => 7,
            State::Refused => 3,
            State::Rejected | State::Expired | State::Cancelled => 4,
            State::Failed => {
                self.ended.as_ref().and_then(|e| e.error.as_ref()).map_or(1, |error| error.kind.exit_code())
            }
        }
    }
}
