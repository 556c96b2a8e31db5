//! A library of interface 2: its records still say 1, its root module does not.
#![allow(non_local_definitions, clippy::pedantic, missing_docs, unsafe_code, reason = "the expansion of StableAbi")]

use abi_stable::{
    StableAbi, declare_root_module_statics,
    library::{__call_root_module_loader, CheckTypeLayout, LibHeader, RootModule, RootModuleResult},
    prefix_type::PrefixTypeTrait,
    sabi_types::VersionStrings,
};

#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = PluginModRef)), missing_field(panic))]
pub struct PluginMod {
    #[sabi(last_prefix_field)]
    pub create: extern "C" fn(u8) -> u8,
}

impl RootModule for PluginModRef {
    declare_root_module_statics! {PluginModRef}
    const BASE_NAME: &'static str = "pyexec_plugin";
    const NAME: &'static str = "pyexec_plugin";
    const VERSION_STRINGS: VersionStrings = VersionStrings::new("2.0.0");
}

extern "C" fn constructor() -> RootModuleResult {
    __call_root_module_loader(|| PluginMod { create }.leak_into_prefix())
}

extern "C" fn create(argument: u8) -> u8 {
    argument
}

#[unsafe(no_mangle)]
pub static PYEXEC_PLUGIN_V1: LibHeader =
    // SAFETY: `constructor` returns the `PluginModRef` that is named here.
    unsafe { LibHeader::from_constructor::<PluginModRef>(constructor, CheckTypeLayout::Yes) };

const RECORD: &str =
    "{\"abi\":1,\"role\":\"generator\",\"name\":\"later\",\"package\":\"later\",\"version\":\"2.0.0\"}\n";

#[used]
#[unsafe(link_section = ".pyexec.manifest")]
static MANIFEST: [u8; RECORD.len()] = *RECORD.as_bytes().first_chunk().unwrap();
