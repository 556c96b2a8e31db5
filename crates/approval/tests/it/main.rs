//! The card against hostile text: what it looks like, and what holds for all of it.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod cards;
mod hostile;
mod looks;
mod reading;
mod whole;
