//! Agent programs as subprocesses: what every agent command-line program has in common.
//!
//! A [`program::AgentProgram`] is an adapter: it knows one program's flags, environment and messages, and nothing else.
//! [`conversation`] starts the program, gives it one prompt a phase and reads what it says; [`process`] holds the process
//! tree, which no end of ours outlives; [`confine`] is what the kernel keeps from it. Nothing here knows requests, Python or
//! configuration: that is `claude_code`'s. To add a program, write an adapter beside [`claude`].

pub(crate) mod claude;
mod confine;
pub(crate) mod conversation;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod folder;
mod keeper;
mod lines;
mod process;
pub(crate) mod program;

pub(crate) use confine::is_available as can_confine;
