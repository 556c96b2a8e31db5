//! The host of every role but the executor: hears progress and log lines, and answers no call.

use pyexec_core::{
    PluginError,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            sabi_trait::prelude::TD_Opaque,
            std_types::{RArc, RErr, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    guard,
};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// The fake. Clones share what they heard.
#[derive(Debug, Clone, Default)]
pub struct QuietHostFake {
    heard: Arc<Mutex<Vec<(String, Value)>>>,
}

impl QuietHostFake {
    /// The host as it crosses the ABI, for `Instance::invoke`.
    pub fn host_box(&self) -> HostBox {
        Host_TO::from_ptr(RArc::new(self.clone()), TD_Opaque)
    }

    /// Progress lines.
    pub fn progress(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = heard.iter().filter(|(kind, _)| kind == "progress");
        lines.filter_map(|(_, said)| said["message"].as_str().map(str::to_owned)).collect()
    }
}

impl Host for QuietHostFake {
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>) {
        let said = serde_json::from_slice(bytes.as_slice()).unwrap_or_default();
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push((kind.into(), said));
    }

    fn call(&self, op: RString, _json: RString) -> FfiFuture<Reply> {
        guard::ffi(
            async move { RErr(PluginError::new("unknown", format!("this role may not ask its host for `{op}`"))) },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::host::HostContext;

    #[tokio::test]
    async fn it_hears_and_does_not_answer() {
        let fake = QuietHostFake::default();
        let host = HostContext::new(fake.host_box());
        host.progress("step");
        assert_eq!(fake.progress(), ["step"]);
        let refused = host.call::<()>("release", &()).await.unwrap_err();
        assert_eq!(refused.kind.as_str(), "unknown");
    }
}
