//! The product as its users meet it: the real program, real files, real processes. One file a promise.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::unnecessary_debug_formatting,
    reason = "tests; a quoted path is a TOML string"
)]

mod analyze;
mod answers;
mod approval;
mod bad_input;
mod containers;
mod custom_generator;
mod doctor;
mod generation;
mod hostile;
mod house;
mod injection;
mod main_job;
mod on_terminal;
mod ordinary_user;
mod own_environment;
mod peers;
mod plugins;
mod record;
mod resume;
#[path = "../../../generation/tests/it/standin/mod.rs"]
mod standin;
mod terminal;
