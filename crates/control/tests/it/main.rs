//! The broker before real component instances: the mock connector and a connector that misbehaves on demand.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod broker;
mod holes;
mod mock;
mod scripted;
mod stage;
