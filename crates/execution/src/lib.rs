//! From an order to an outcome: the executors.
//!
//! An executor gets everything ready but the code, asks its host for the code, once, sees it through and tells what the host
//! saw. Which code may run is not decided here: only the host's `release` hands it out. This crate knows neither approvals
//! nor logs; what the child does to itself is `pyexec-sandbox`'s business, what it does with the code `python/pyexec`'s, and
//! `PROTOCOL.md` is the contract between us. Open `local/mod.rs` for the life of a run, `protocol/` for what is said,
//! `ending.rs` for how a run is judged, `collect/` for how files are taken, `python/` for which Python it is.

pub mod collect;
pub mod docker;
pub mod ending;
mod error;
pub mod jupyter;
pub mod local;
mod mounts;
pub mod output;
pub mod protocol;
pub mod python;
pub mod refused;
mod released;
mod runtime;
mod session;
mod table;

pub use docker::{Docker, DockerConfig};
pub use error::{ExecuteError, NoLibraryError, PrepareError};
pub use jupyter::{Jupyter, JupyterConfig};
pub use local::{Local, LocalConfig, PoolConfig};

pyexec_sdk::register_executor!("docker", Docker);
pyexec_sdk::register_executor!("jupyter", Jupyter);
pyexec_sdk::register_executor!("local", Local);
