//! What a child process does to itself before user code runs in it: own namespaces, an own root with what Python needs
//! read-only, limits, Landlock, an allow-list of system calls. Built as a C library that the Python runner loads, because
//! whoever embeds us has a binary of his own that is not ours to re-execute.
//!
//! Full isolation or an error: no step is left out because a machine lacks something. Knows nothing of Python, frames,
//! requests or policy; a [`plan::Plan`] says what to open.
//!
//! Start with `ffi.rs`: its five functions are the order of things; `cell.rs` is their order for a pool. The process forks between them, and the caller does
//! that, so that the interpreter's own fork handlers run.

mod areas;
mod cell;
mod confine;
#[cfg(test)]
mod docker_profile;
mod error;
mod ffi;
mod ffi_pool;
mod filter;
mod fork;
mod heap;
mod ids;
mod image;
mod init;
mod jail;
mod keeper;
mod landlock_rules;
mod leave;
mod limits;
mod listener;
mod networks;
mod opener;
mod outer;
pub mod plan;
mod post;
mod refused;
mod root;
mod seccomp;
mod sources;
mod supervise;
mod syscalls;
mod tree;

pub use error::SandboxError;
pub use seccomp::programs;
