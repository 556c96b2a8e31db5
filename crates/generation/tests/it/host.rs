//! A host that has nothing to give.

use pyexec_core::{
    PluginError,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RResult, RSlice, RStr, RString},
        },
        async_ffi::{FfiFuture, FutureExt},
    },
};

#[derive(Clone)]
pub(crate) struct NoHost;

impl NoHost {
    pub(crate) fn boxed() -> HostBox {
        Host_TO::from_ptr(RArc::new(Self), TD_Opaque)
    }
}

impl Host for NoHost {
    fn emit(&self, _kind: RStr<'_>, _bytes: RSlice<'_, u8>) {}

    fn call(&self, op: RString, _json: RString) -> FfiFuture<Reply> {
        async move { RResult::RErr(PluginError::new("unknown", format!("no op {op}"))) }.into_ffi()
    }
}
