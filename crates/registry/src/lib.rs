//! From `pyexec.toml` to created components; the only crate that loads libraries.
//!
//! [`Registry`] knows which libraries there are and creates what they list. A file is judged before any of its code runs:
//! read once (`file`), checked as ELF (`elf`) and for its records ([`manifest`]), against its pin (`admission`); only then
//! a private copy of exactly those bytes is opened (`library`). What goes wrong is one sentence and a way out ([`error`]).
//! [`config`] reads the configuration. This crate does not know what a component's requests mean, nor when one is called.

pub mod config;
pub mod error;
pub mod manifest;
pub mod plugin_log;

mod admission;
mod alias;
mod component_host;
mod deadline;
mod elf;
mod file;
mod library;
mod names;
mod private_copy;
mod registry;

pub use error::{CreateError, LoadPluginError, LoadProblem};
pub use manifest::{ComponentRecord, Manifest, inspect};
pub use registry::{LibrarySpec, LoadedLibrary, Registry};
