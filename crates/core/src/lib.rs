//! The words of the house, the stage interfaces and the stable plugin ABI.
//!
//! Every other crate points here and this one points nowhere: no runtime, no HTTP, no TOML, no I/O. Open [`request`] for
//! what is asked, [`error`] for the table of failures, [`order`] and [`outcome`] for what an executor gets and gives, and
//! one file a role ([`generator`], [`domain_analyzer`], [`policy_analyzer`], [`approval_gate`], [`executor`],
//! [`connector`]) for the plain traits that plugin authors implement. [`abi`] and [`guard`] are for the SDK and the
//! registry alone.

pub mod abi;
pub mod approval_gate;
pub mod capability;
pub mod card;
pub mod code;
pub mod connector;
pub mod decision;
pub mod domain_analyzer;
pub mod error;
pub mod executor;
pub mod finding;
pub mod generator;
pub mod grant;
pub mod guard;
pub mod host;
pub mod id;
pub mod instance;
pub mod mode;
pub mod model;
pub mod order;
pub mod outcome;
pub mod payload;
pub mod policy_analyzer;
pub mod principal;
pub mod request;
pub mod role;

pub use abi::PluginError;
pub use approval_gate::ApprovalGate;
pub use capability::Capability;
pub use card::Card;
pub use code::{Code, CodeHash, Digest};
pub use connector::Connector;
pub use decision::{PolicyDecision, PolicyDigest, Verdict};
pub use domain_analyzer::DomainAnalyzer;
pub use error::{ErrorClass, ErrorKind, RunError};
pub use executor::CodeExecutor;
pub use finding::{Certainty, Finding, Severity};
pub use generator::CodeGenerator;
pub use grant::{Grant, ProposedGrant};
pub use id::{RunId, TicketId};
pub use instance::Instance;
pub use mode::ExecutionMode;
pub use model::{Model, Provider};
pub use outcome::{Isolation, Outcome};
pub use policy_analyzer::PolicyAnalyzer;
pub use principal::Principal;
pub use request::Request;
pub use role::Role;

/// The result of anything that a plugin does.
pub type Result<T, E = PluginError> = std::result::Result<T, E>;
