//! The generator `basic` against a stand-in for providers. No test here reaches further than the loopback.

mod answers;
mod bench;
mod failing;
mod prompts;
mod providers;
mod secrets;
