//! From a request to code.
//!
//! Each generator is a module that registers itself; which one is used is configuration. A generator knows the request,
//! the declared inputs and what became of earlier attempts. It knows neither policy nor approval nor where code runs, and
//! nothing that it says can change them. Open `mock.rs` for the smallest one.

mod agent_cli;
mod answer;
pub mod basic;
pub mod claude_code;
pub mod cookbook;
mod key;
pub mod mock;
mod prompt;
mod provider;
mod secret;
mod wire;
