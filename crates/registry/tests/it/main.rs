//! The promises of loading, each with a library or file that breaks it. The host is this test's process: that it goes on to
//! the next line is half of every assertion.
#![expect(clippy::unwrap_used, reason = "clippy.toml allows it in tests, and this is nothing else")]

mod built;
mod components;
mod config;
mod files;
mod interfaces;
mod linked;
mod logs;
mod pins;
mod recorder;
mod several;
mod workshop;
