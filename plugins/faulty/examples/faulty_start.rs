//! A library whose root module panics while it is made.
#![allow(unsafe_code, reason = "abi_stable's way to name a root module")]

use abi_stable::library::{__call_root_module_loader, CheckTypeLayout, LibHeader, RootModuleResult};
use pyexec_core::abi::PluginModRef;

extern "C" fn constructor() -> RootModuleResult {
    __call_root_module_loader(|| -> PluginModRef { panic!("no luck at the start") })
}

/// The entrance to this library.
#[unsafe(no_mangle)]
pub static PYEXEC_PLUGIN_V1: LibHeader =
    // SAFETY: `constructor` returns nothing else than the `PluginModRef` that is named here.
    unsafe { LibHeader::from_constructor::<PluginModRef>(constructor, CheckTypeLayout::Yes) };

const RECORD: &str =
    "{\"abi\":1,\"role\":\"generator\",\"name\":\"start\",\"package\":\"start\",\"version\":\"1.0.0\"}\n";

#[used]
#[unsafe(link_section = ".pyexec.manifest")]
static MANIFEST: [u8; RECORD.len()] = *RECORD.as_bytes().first_chunk().unwrap();
