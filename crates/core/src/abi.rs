//! The frozen ABI between a host and a plugin library.
//!
//! Nothing here may gain a field, a method or a variant: `abi_stable` refuses an older plugin in a newer host as soon as a
//! trait grows. What evolves is the JSON inside (see [`crate::payload`]). `abi_stable` also compares the version of the
//! crate that defines a type, so the major version of this crate *is* the ABI's.
#![allow(
    non_local_definitions,
    missing_docs,
    unsafe_code,
    unused_qualifications,
    clippy::pedantic,
    clippy::undocumented_unsafe_blocks,
    reason = "the expansions of sabi_trait and StableAbi; no unsafe is written by hand in this file"
)]

use abi_stable::{
    StableAbi, declare_root_module_statics,
    library::RootModule,
    sabi_trait,
    sabi_types::VersionStrings,
    std_types::{RArc, RBox, RResult, RSlice, RStr, RString},
};
use async_ffi::FfiFuture;

pub use {abi_stable, async_ffi};

/// The exported symbol. Our own instead of abi_stable's: no macro of theirs in a plugin, and its absence is a clear answer.
pub const SYMBOL: &str = "PYEXEC_PLUGIN_V1";
/// The ELF section that holds one JSON record a line for every registered component; read without loading the library.
pub const MANIFEST_SECTION: &str = ".pyexec.manifest";
/// The number in a manifest record's `abi` field.
pub const ABI_VERSION: u32 = 1;

/// What a call answers: JSON, or an error.
pub type Reply = RResult<RString, PluginError>;
/// The host as it crosses the boundary.
pub type HostBox = Host_TO<'static, RArc<()>>;
/// A component as it crosses the boundary.
pub type ComponentBox = Component_TO<'static, RBox<()>>;

/// An error as it crosses the boundary.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, PartialEq, Eq)]
pub struct PluginError {
    /// A name of [`crate::ErrorKind`], or one of `panic`, `payload`, `unknown`, `revoked`, `cancelled`, `config`, `timeout`.
    pub kind: RString,
    /// One sentence that names the thing.
    pub message: RString,
    /// The way out; empty if there is none.
    pub help: RString,
}

/// The host as a plugin sees it.
#[sabi_trait]
pub trait Host: Clone + Send + Sync {
    /// Tells the host something (`log`, `progress`). Bounded: what does not fit is dropped. Never blocks.
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>);

    /// Asks the host; runs on the host's runtime. Which ops a role may use is the role's own file in this crate.
    #[sabi(last_prefix_field)]
    fn call(&self, op: RString, json: RString) -> FfiFuture<Reply>;
}

/// Any component of any role: the role was named at `create`.
#[sabi_trait]
pub trait Component: Send + Sync {
    /// Performs `op` with a JSON request, with the host of the run it works for.
    #[sabi(last_prefix_field)]
    fn invoke(&self, op: RString, request: RString, host: HostBox) -> FfiFuture<Reply>;
}

/// The root module of a plugin library.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModRef)), missing_field(panic))]
pub struct PluginMod {
    /// Creates the component `name` of `role` from its configuration (JSON), with a host that only logs.
    #[sabi(last_prefix_field)]
    pub create: extern "C" fn(
        role: RStr<'_>,
        name: RStr<'_>,
        config: RStr<'_>,
        host: HostBox,
    ) -> RResult<ComponentBox, PluginError>,
}

impl RootModule for PluginModRef {
    declare_root_module_statics! {PluginModRef}
    const BASE_NAME: &'static str = "pyexec_plugin";
    const NAME: &'static str = "pyexec_plugin";
    const VERSION_STRINGS: VersionStrings = VersionStrings::new("1.0.0"); // the ABI's, not this crate's
}

impl PluginError {
    /// An error without a way out.
    pub fn new(kind: impl Into<RString>, message: impl Into<RString>) -> Self {
        Self { kind: kind.into(), message: message.into(), help: RString::new() }
    }

    /// The same error with its way out.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<RString>) -> Self {
        self.help = help.into();
        self
    }
}

impl std::fmt::Display for PluginError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for PluginError {}
