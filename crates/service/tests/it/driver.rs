//! The driver's promises, kept with components that do as they are told.
#![expect(clippy::unwrap_used, reason = "what tests share may panic as they do")]

mod attempts;
mod cancelling;
mod card;
mod channels;
mod decisions;
mod edits;
mod folder;
mod machinery;
mod once;
mod refusals;
mod standby;
mod submitting;
