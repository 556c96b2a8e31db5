//! The generators through the interface that the service uses.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod basic;
mod claude_code;
mod cookbook;
mod host;
mod mock;
mod standin;
