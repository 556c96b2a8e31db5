//! What a child process does to itself before user code runs in it: own namespaces, an own root with what Python needs
//! read-only, limits, Landlock, an allow-list of system calls. Built as a C library that the Python runner loads, because
//! whoever embeds us has a binary of his own that is not ours to re-execute.
//!
//! Full isolation or an error: no step is left out because a machine lacks something. Knows nothing of Python, frames,
//! requests or policy; a [`plan::Plan`] says what to open.
//!
//! Start with `ffi.rs`: its five functions are the order of things. The process forks between them, and the caller does
//! that, so that the interpreter's own fork handlers run.

mod confine;
mod error;
mod ffi;
mod ids;
mod init;
mod jail;
mod landlock_rules;
mod limits;
mod outer;
pub mod plan;
mod root;
mod seccomp;
mod sources;
mod syscalls;
mod tree;

pub use error::SandboxError;
