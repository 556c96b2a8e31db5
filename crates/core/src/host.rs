//! What a component may ask of its host while it works: typed calls over the frozen `Host`.

use crate::{Result, abi::HostBox, payload};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

/// The host of one call. Once the run is over, calls answer with an error of kind `revoked` and `emit` does nothing.
#[derive(Clone)]
pub struct HostContext(HostBox);

impl HostContext {
    /// Wraps the host that came over the boundary. For the SDK.
    #[doc(hidden)]
    pub fn new(host: HostBox) -> Self {
        Self(host)
    }

    /// Asks the host to perform `op`; which ops a role has is in its file. Host refusals come back as errors.
    pub async fn call<T: DeserializeOwned>(&self, op: &str, request: &(impl Serialize + Sync)) -> Result<T> {
        let sealed = payload::seal(request)?;
        let reply = self.0.call(op.into(), sealed.into()).await.into_result()?;
        payload::open(&reply)
    }

    /// Tells the host how the work goes, for progress lines. Dropped when the host is busy.
    pub fn progress(&self, message: &str) {
        self.0.emit("progress".into(), json!({ "message": message }).to_string().as_bytes().into());
    }
}
