//! The host of every role but the executor: hears progress and log lines, and answers what it was given answers for.

use pyexec_core::{
    PluginError,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            sabi_trait::prelude::TD_Opaque,
            std_types::{RArc, RResult, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    guard, payload,
};
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The fake. Clones share what they heard.
#[derive(Debug, Clone, Default)]
pub struct QuietHostFake {
    heard: Arc<Mutex<Vec<(String, Value)>>>,
    /// By op, sealed.
    answers: BTreeMap<String, Result<String, PluginError>>,
}

impl QuietHostFake {
    /// The host as it crosses the ABI, for `Instance::invoke`.
    pub fn host_box(&self) -> HostBox {
        Host_TO::from_ptr(RArc::new(self.clone()), TD_Opaque)
    }

    /// With an answer to calls of `op`; every other call is refused.
    #[must_use]
    pub fn answering(mut self, op: &str, answer: &impl Serialize) -> Self {
        self.answers.insert(op.into(), payload::seal(answer));
        self
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
        let refused = || Err(PluginError::new("unknown", format!("this role may not ask its host for `{op}`")));
        let answer = self.answers.get(op.as_str()).cloned().unwrap_or_else(refused);
        guard::ffi(async move { RResult::from(answer.map(RString::from)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::host::HostContext;

    #[tokio::test]
    async fn it_hears_and_answers_only_what_it_was_given() {
        let fake = QuietHostFake::default().answering("number", &7);
        let host = HostContext::new(fake.host_box());
        host.progress("step");
        assert_eq!(fake.progress(), ["step"]);
        let refused = host.call::<()>("release", &()).await.unwrap_err();
        assert_eq!(refused.kind.as_str(), "unknown");
        assert_eq!(host.call::<i32>("number", &()).await.unwrap(), 7);
    }
}
