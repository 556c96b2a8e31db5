//! A generator that writes its answers by hand: what the SDK's typed adapters cannot say.

use pyexec_core::{PluginError, Result, Role, generator::GenerationRequest, host::HostContext, payload};
use pyexec_sdk::adapt::RoleAdapter;

struct Unsealed;

impl RoleAdapter for Unsealed {
    const ROLE: Role = Role::Generator;

    fn create(_config: &str) -> Result<Self> {
        Ok(Self)
    }

    async fn invoke(&self, _op: &str, request: &str, _host: &HostContext) -> Result<String> {
        let request: GenerationRequest = payload::open(request)?;
        match request.request.user_query.as_deref() {
            Some("garbage") => Ok("}{ \u{0}\u{1b}[31m".into()),
            Some("empty") => Ok(String::new()),
            Some("other_version") => Ok(r#"{"version":2,"body":{"code":""}}"#.into()),
            Some("other_shape") => Ok(r#"{"version":1,"body":7}"#.into()),
            Some("not_base64") => Ok(r#"{"version":1,"body":{"code":"print()"}}"#.into()),
            Some("deep") => Ok(format!(r#"{{"version":1,"body":{}"#, "[".repeat(1 << 20))),
            other => Err(PluginError::new("bad_request", format!("it cannot do {other:?}"))),
        }
    }
}

pyexec_sdk::__register!("generator", "faulty_unsealed", Unsealed);
