//! The pipeline, permits, the event store and the run folder.
//!
//! Open [`pipeline`] first: one page that tells how a run goes, in two pure functions. [`driver`] performs its steps
//! through the stage interfaces of `pyexec-core` and appends what happened to the [`store`]; [`permit`] holds the only way
//! to an order to execute. This crate knows no stage by name, no HTTP and no terminal.

mod abandoned;
pub mod analysis;
mod blame;
mod card;
mod clock;
mod decide;
mod desk;
pub mod driver;
pub mod event;
mod folder;
mod grants;
mod inputs;
mod journal;
mod log;
pub mod notebook;
mod permit;
pub mod pipeline;
mod plugin_host;
pub mod progress;
pub mod record;
pub mod run;
mod service;
pub mod settings;
mod standard;
pub mod store;
pub mod submit;
mod unpredicted;
pub mod view;

pub use abandoned::abandoned;
pub use clock::{new_id, now};
pub use journal::Journal;
pub use permit::{Basis, Permit};
pub use service::{Service, ServiceError};
pub use settings::{Settings, Stages};
