//! What can happen to a run. The log holds these, one a row; everything else about a run follows from them.
//!
//! An event may gain optional fields; a change of meaning is a new [`VERSION`] and a translation in [`Event::read`].

use crate::run::State;
use jiff::Timestamp;
use pyexec_core::{
    ExecutionMode, Grant, Outcome, PolicyDecision, Principal, Request, RunError, TicketId,
    approval_gate::Requirement,
    code::{CodeHash, Digest},
    connector::{ChannelWrite, WriteReport},
    id::{OwnerId, Token},
    order::{FileRef, Limits, Scope, StagedInput},
    outcome::Isolation,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// The version that this program writes.
pub const VERSION: u32 = 1;

/// One transition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run exists; always the first.
    Created(Box<Created>),
    /// A process took it upon itself to drive the run.
    Claimed {
        /// Which.
        owner: OwnerId,
    },
    /// That process lives and drives no longer, though the run has neither ended nor come to a person.
    Abandoned {
        /// Which.
        owner: OwnerId,
    },
    /// An attempt has code.
    Generated {
        /// From 1.
        attempt: u32,
        /// Its code, a blob.
        code: CodeHash,
        /// Who wrote it; `given` for ready code.
        generator: String,
        /// The generator's own.
        metadata: Map<String, Value>,
        /// What a model was asked and what it answered.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        prompts: Vec<KeptPrompt>,
        /// How long it took, ms.
        ms: u64,
    },
    /// An attempt came to nothing before there was code.
    GenerationFailed {
        /// From 1.
        attempt: u32,
        /// Why.
        error: RunError,
        /// The generator's own, where it answered without code.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        metadata: Map<String, Value>,
        /// What a model was asked and what it answered.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        prompts: Vec<KeptPrompt>,
        /// How long it took, ms.
        ms: u64,
    },
    /// An attempt was analysed, judged and put before the gate.
    Analyzed(Box<Analyzed>),
    /// A person is asked.
    TicketOpened(Box<Ticket>),
    /// A person answered.
    Decided {
        /// Which ticket.
        ticket: TicketId,
        /// Of which code, repeated from the ticket: what a front end showed.
        code: CodeHash,
        /// By whom.
        by: Principal,
        /// How.
        answer: Answer,
        /// In their words.
        comment: Option<String>,
    },
    /// Nobody answered in time.
    Expired {
        /// Which ticket.
        ticket: TicketId,
    },
    /// The code is released. Only the process that appended this may execute, once.
    ExecutionStarted {
        /// Which attempt.
        attempt: u32,
        /// The right to execute.
        token: Token,
        /// Who holds it.
        owner: OwnerId,
        /// What runs.
        code: CodeHash,
        /// Whether it may change something outside its folder: then an interruption leaves the outcome unknown.
        effects: bool,
        /// How it is held.
        isolation: Isolation,
        /// For real or not.
        scope: Scope,
    },
    /// A channel is about to be written; durable before the put.
    ChannelWriteIntended {
        /// Of which execution.
        token: Token,
        /// Counts the writes of a run, from 1.
        n: u32,
        /// What.
        write: ChannelWrite,
    },
    /// What became of it.
    ChannelWriteEnded {
        /// Of which execution.
        token: Token,
        /// Which write.
        n: u32,
        /// What is known.
        report: WriteReport,
    },
    /// The broker said no. Latched: the run ends `refused`, whatever the code does about it.
    ChannelWriteRefused {
        /// Of which execution.
        token: Token,
        /// What was asked.
        writes: Vec<ChannelWrite>,
        /// Why not.
        error: RunError,
    },
    /// The execution is over, seen by its owner.
    ExecutionFinished {
        /// Which.
        token: Token,
        /// What became of it.
        outcome: Box<Outcome>,
        /// Of the kept output, both streams in order of arrival.
        output_sha256: Digest,
        /// How long it took with set-up, ms.
        ms: u64,
    },
    /// The machinery failed: before release (no token) or after.
    ExecutionFailed {
        /// Which, if it was released.
        token: Option<Token>,
        /// Why.
        error: RunError,
    },
    /// The owner died while the code ran, or lost sight of it.
    Interrupted {
        /// Which execution.
        token: Token,
        /// What its owner knows of it, if it lives.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<RunError>,
    },
    /// Somebody wants it stopped.
    CancelRequested {
        /// Who.
        by: Principal,
    },
    /// The end.
    Ended {
        /// In which state.
        state: State,
        /// Why, unless `done`.
        error: Option<RunError>,
    },
}

/// A prompt or answer, kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPrompt {
    /// What it is (`system`, `answer`), in the generator's words.
    pub name: String,
    /// Its text, a blob.
    pub sha256: Digest,
}

/// What a run starts with. Everything that later steps rest on is here, not in a configuration that may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// The request, without its code.
    pub request: Request,
    /// Who asked.
    pub requester: Principal,
    /// Ready code, a blob.
    pub given: Option<CodeHash>,
    /// The generator that would write code.
    pub generator: Option<String>,
    /// The executor's name.
    pub backend: String,
    /// Total attempts.
    pub attempts: u32,
    /// The run folder.
    pub folder: PathBuf,
    /// The inputs, staged.
    pub inputs: Vec<StagedInput>,
    /// Declared outputs, absolute and without symbolic links.
    pub outputs: Vec<PathBuf>,
    /// `context.json`.
    pub context: Option<FileRef>,
    /// The limits.
    pub limits: Limits,
    /// The configured label.
    pub environment: Option<String>,
    /// An `ask` ends the run at once (`--approve never`).
    pub unattended: bool,
}

/// What analysis, policy and gate said of one attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analyzed {
    /// From 1.
    pub attempt: u32,
    /// What was analysed.
    pub code: CodeHash,
    /// The findings, a blob (JSON list).
    pub findings: Digest,
    /// How many.
    pub finding_count: u32,
    /// In one line.
    pub summary: String,
    /// A syntax error: the attempt is over.
    pub syntax_error: Option<RunError>,
    /// Of all policy analyzers together.
    pub decision: PolicyDecision,
    /// The proposed grants that this host could make real.
    pub grants: Vec<Grant>,
    /// What the gate requires; absent when policy denies or the code does not compile.
    pub requirement: Option<Requirement>,
    /// How long it took, ms.
    pub ms: u64,
}

/// A pending `ask`, and exactly what an approval of it covers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub ticket_id: TicketId,
    /// Why a person.
    pub reason: String,
    /// What would run, in which mode, where, on what.
    pub covers: Coverage,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
}

impl Ticket {
    /// Whether it stands no longer at this time. A time before it was opened is none at which it stood.
    pub fn lapsed(&self, at: Timestamp) -> bool {
        at >= self.expires_at || at < self.created_at
    }
}

/// What a decision is about; equal coverage is the condition for a permit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Which attempt.
    pub attempt: u32,
    /// The code.
    pub code: CodeHash,
    /// The mode.
    pub mode: ExecutionMode,
    /// The executor.
    pub backend: String,
    /// The digest of each input, in order.
    pub inputs: Vec<Digest>,
    /// What is opened.
    pub grants: Vec<Grant>,
}

/// A person's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Run exactly this.
    Approve,
    /// Do not.
    Reject {
        /// Why.
        reason: String,
        /// Whether the reason goes to the generator, which tries again while attempts last; else the run ends.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        retry: bool,
    },
    /// Not this but that: an attempt of its own, analysed and asked about like any other. Never an approval.
    Edit {
        /// The edited code, a blob.
        code: CodeHash,
    },
}

impl Answer {
    /// What became of the ticket, in the words of "it was … by alice".
    pub const fn done(&self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject { .. } => "rejected",
            Self::Edit { .. } => "edited",
        }
    }
}

/// An event that this program cannot read.
#[derive(Debug, thiserror::Error)]
pub enum ReadEventError {
    /// From a newer program.
    #[error("the log holds an event of version {found}, and this program reads up to {VERSION}; use the newer program")]
    Newer {
        /// Its version.
        found: u32,
    },
    /// Not of this shape.
    #[error("the log holds an event that is not readable: {0}")]
    Shape(#[from] serde_json::Error),
}

impl Event {
    /// From a stored body.
    pub fn read(version: u32, body: &str) -> Result<Self, ReadEventError> {
        if version > VERSION {
            return Err(ReadEventError::Newer { found: version });
        }
        Ok(serde_json::from_str(body)?)
    }

    /// The name of the variant, as in the body's `event`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::Claimed { .. } => "claimed",
            Self::Abandoned { .. } => "abandoned",
            Self::Generated { .. } => "generated",
            Self::GenerationFailed { .. } => "generation_failed",
            Self::Analyzed(_) => "analyzed",
            Self::TicketOpened(_) => "ticket_opened",
            Self::Decided { .. } => "decided",
            Self::Expired { .. } => "expired",
            Self::ExecutionStarted { .. } => "execution_started",
            Self::ChannelWriteIntended { .. } => "channel_write_intended",
            Self::ChannelWriteEnded { .. } => "channel_write_ended",
            Self::ChannelWriteRefused { .. } => "channel_write_refused",
            Self::ExecutionFinished { .. } => "execution_finished",
            Self::ExecutionFailed { .. } => "execution_failed",
            Self::Interrupted { .. } => "interrupted",
            Self::CancelRequested { .. } => "cancel_requested",
            Self::Ended { .. } => "ended",
        }
    }

    /// Whether it must survive a power cut before anything else happens: decisions, starts, intents, finishes.
    pub const fn is_durable(&self) -> bool {
        matches!(
            self,
            Self::Created(_)
                | Self::TicketOpened(_)
                | Self::Decided { .. }
                | Self::ExecutionStarted { .. }
                | Self::ChannelWriteIntended { .. }
                | Self::ChannelWriteEnded { .. }
                | Self::ChannelWriteRefused { .. }
                | Self::ExecutionFinished { .. }
                | Self::Interrupted { .. }
                | Self::Ended { .. }
        )
    }
}
