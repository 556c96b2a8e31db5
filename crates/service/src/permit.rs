//! The proof that a decision covers exactly this code, run, attempt, mode, backend, inputs, grants and scope.
//!
//! Its fields are private and [`Permit::of`] is its only constructor: whoever holds one holds a run whose log allows it.

use crate::{
    event::{Answer, Coverage},
    run::Run,
};
use pyexec_core::{
    Isolation, Principal, RunId, TicketId, Verdict, approval_gate::Requirement, code::CodeHash, grant::Grant,
    mode::ExecutionMode, order::Scope,
};

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Permit {
    run: RunId,
    covers: Coverage,
    scope: Scope,
    basis: Basis,
}

/// On what ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// Every analyzer allows it and the gate requires nothing.
    Allowed,
    /// A configured rule stood in for the person.
    Rule(String),
    /// A person approved.
    Person {
        /// Who.
        by: Principal,
        /// On which ticket.
        ticket: TicketId,
    },
}

impl Basis {
    /// Its name in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Rule(_) => "rule",
            Self::Person { .. } => "person",
        }
    }
}

impl Permit {
    /// The permit of a run's current attempt, if its log holds a decision that covers exactly it.
    pub(crate) fn of(run: &Run) -> Option<Self> {
        let attempt = run.attempt()?;
        let analysis = attempt.analysis.as_ref()?;
        let covers = run.coverage()?;
        let denied = analysis.decision.verdict == Verdict::Deny;
        let above = run.created.request.mode.is_some_and(|ceiling| covers.mode > ceiling);
        if denied || above || analysis.code != covers.code || analysis.syntax_error.is_some() {
            return None;
        }
        let basis = match analysis.requirement.as_ref()? {
            Requirement::Proceed if analysis.decision.verdict == Verdict::Allow && !is_control(&covers) => {
                Basis::Allowed
            }
            // A rule is about who asked; an edit is somebody else's code.
            Requirement::Rule { rule } if !is_control(&covers) && attempt.edited.is_none() => Basis::Rule(rule.clone()),
            Requirement::Person { .. } => {
                let (ticket, decision) = (attempt.ticket.as_ref()?, attempt.decision.as_ref()?);
                let same = ticket.covers == covers && decision.ticket == ticket.ticket_id;
                if !same || decision.answer != Answer::Approve {
                    return None;
                }
                Basis::Person { by: decision.by.clone(), ticket: decision.ticket.clone() }
            }
            Requirement::Proceed | Requirement::Rule { .. } => return None,
        };
        Some(Self { run: run.id.clone(), covers, scope: Scope::Run, basis })
    }

    /// Whether it covers this execution.
    pub fn covers(&self, attempt: u32, code: CodeHash, scope: Scope) -> bool {
        self.covers.attempt == attempt && self.covers.code == code && self.scope == scope
    }

    /// Whether what it covers may change something outside the run folder, held like this: by a grant, or because nothing
    /// of ours holds it.
    pub fn has_effects(&self, held: Isolation) -> bool {
        matches!(held, Isolation::Endpoint | Isolation::None) || self.covers.grants.iter().any(Grant::is_effect)
    }

    /// Of which run.
    pub fn run(&self) -> &RunId {
        &self.run
    }

    /// What it covers.
    pub fn coverage(&self) -> &Coverage {
        &self.covers
    }

    /// For real or not.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// On what ground.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }
}

fn is_control(covers: &Coverage) -> bool {
    covers.mode == ExecutionMode::EpicsControl
}
