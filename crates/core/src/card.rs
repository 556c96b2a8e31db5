//! What a person is shown before they decide: the evidence, as plain data and in raw words.
//!
//! The service puts it together from the log, the approval crate makes it fit to be shown. Every text in here is as its
//! author wrote it: it may hold escape codes, reorder its neighbours or pose as a prompt. So a [`Card`] deliberately has no
//! `Serialize` and no text form: each front end, a terminal as well as JSON or HTML, shows `pyexec_approval::CardView`,
//! in which every text has been exposed and the code stands beside the hash of its raw bytes. Nobody can forget to expose.

use crate::{
    Code, CodeHash, ExecutionMode, Finding, Grant, Isolation, Principal, RunId, TicketId,
    connector::{ChannelWrite, WriteReport},
    finding::InputInfo,
    order::Limits,
};
use serde_json::{Map, Value};
use std::time::Duration;

/// A request for approval. Times are RFC 3339, UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The run that waits.
    pub run_id: RunId,
    /// What is decided.
    pub ticket_id: TicketId,
    /// Who asked.
    pub requester: Principal,
    /// The request, whole, in the caller's words.
    pub task: String,
    /// Which attempt of the run this is, from 1.
    pub attempt: u32,
    /// Who wrote its code.
    pub author: Author,
    /// What analysis says of the code.
    pub summary: String,
    /// Why a person is asked, one reason an entry.
    pub reasons: Vec<String>,
    /// What policy recommends instead.
    pub recommendations: Vec<String>,
    /// What a policy plugin wants the approver to see.
    pub additional_context: Map<String, Value>,
    /// The mode that it would run in.
    pub mode: ExecutionMode,
    /// What would be opened.
    pub grants: Vec<Grant>,
    /// What analysis found.
    pub findings: Vec<Finding>,
    /// What it may read.
    pub inputs: Vec<InputInfo>,
    /// The code, as it would run.
    pub code: Code,
    /// What it is compared with.
    pub previous: Option<Previous>,
    /// The code that a person approved last for this task: same requester, same request.
    pub approved_before: Option<ApprovedBefore>,
    /// Earlier executions of this run that may have changed something.
    pub earlier: Vec<Earlier>,
    /// The executor that it would run on.
    pub backend: String,
    /// What holds it.
    pub limits: Limits,
    /// How strongly it will be held.
    pub isolation: Isolation,
    /// When the ticket was opened.
    pub created_at: String,
    /// When it lapses.
    pub expires_at: String,
    /// How long until then; zero once it has.
    pub expires_in: Duration,
}

/// Who wrote a piece of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// It came with the request.
    Given,
    /// A generator of this name.
    Generator(String),
    /// A person, out of the code of an earlier attempt.
    Person {
        /// Who.
        by: Principal,
        /// Which attempt.
        of: u32,
    },
}

/// Code to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Previous {
    /// The code.
    pub code: Code,
    /// Why that.
    pub basis: Basis,
}

/// Why code is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// A person approved it, as [`Card::approved_before`] says.
    Approved,
    /// This code was edited out of that attempt's.
    Edited {
        /// Which attempt of this run.
        attempt: u32,
    },
    /// It is the attempt before.
    Attempt {
        /// Which attempt of this run.
        attempt: u32,
    },
}

/// A person's approval of code for this task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedBefore {
    /// In which run.
    pub run_id: RunId,
    /// What.
    pub code: CodeHash,
    /// By whom.
    pub by: Principal,
    /// When.
    pub at: String,
}

/// An earlier execution of this run.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// Of which attempt.
    pub attempt: u32,
    /// Whether it could change something outside its folder.
    pub effects: bool,
    /// How it ended.
    pub ending: Ending,
    /// The channels that it wrote, in order, with what is known of each; nothing is while a write was under way.
    pub writes: Vec<(ChannelWrite, Option<WriteReport>)>,
}

/// How an earlier execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It has not, as far as anybody knows.
    Running,
    /// Its end was seen.
    Finished,
    /// The machinery failed.
    Failed,
    /// Nobody saw its end: what it did is not known.
    Interrupted,
}
