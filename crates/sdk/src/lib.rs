//! For authors of pyexec plugins.
//!
//! Implement one of the plain traits of `pyexec_core` ([`CodeGenerator`](pyexec_core::CodeGenerator),
//! [`CodeExecutor`](pyexec_core::CodeExecutor), …), name it with the macro of its role, and say [`export_plugin!`] in the
//! cdylib:
//!
//! ```
//! use pyexec_core::{
//!     Code, CodeGenerator, Result,
//!     generator::{GeneratedCode, GenerationRequest},
//!     host::HostContext,
//! };
//!
//! /// Its table in the configuration.
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Config {
//!     greeting: String,
//! }
//!
//! struct Greeter(Config);
//!
//! impl CodeGenerator for Greeter {
//!     type Config = Config;
//!
//!     fn create(config: Config) -> Result<Self> {
//!         Ok(Self(config))
//!     }
//!
//!     async fn generate(&self, _request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
//!         host.progress("thinking");
//!         let code = Code::new(format!("results = {{'greeting': {:?}}}", self.0.greeting));
//!         Ok(GeneratedCode { code, metadata: Default::default(), prompts: Vec::new() })
//!     }
//! }
//!
//! pyexec_sdk::register_generator!("greeter", Greeter);
//! pyexec_sdk::export_plugin!();
//! # assert!(pyexec_sdk::create(pyexec_core::Role::Generator, "greeter", r#"{"greeting": "hello"}"#).is_ok());
//! ```
//!
//! A crate that only registers stays an ordinary rlib; a program that links it finds the same components with
//! [`registrations`]. The SDK brings the panic guard, the plugin's own small tokio runtime and the way of tracing events to
//! the host. It knows neither what a host does with a plugin nor where plugins are found. Open `macros.rs` for what a
//! registration leaves in a library, `adapt.rs` for the way of a call.

#[cfg(not(panic = "unwind"))]
compile_error!(
    "a pyexec plugin needs panic = \"unwind\" in its Cargo profile: with \"abort\" a panic in a plugin would take the whole host down"
);

pub mod adapt;
mod log_level;
mod macros;
mod root;
mod runtime;
mod trace;

pub use root::{Registration, create, registrations};

/// What the macros expand to. No interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        macros::{bytes, is_name, same},
        root::header,
    };
    pub use inventory;
    pub use pyexec_core::abi::abi_stable::library::LibHeader;
}
