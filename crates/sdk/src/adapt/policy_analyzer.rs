//! Role `policy_analyzer`.

use super::RoleAdapter;
use pyexec_core::{
    PolicyAnalyzer, Result, Role, host::HostContext, instance::unknown_op, payload, policy_analyzer::DECIDE,
};

/// A [`PolicyAnalyzer`] behind the ABI.
pub struct PolicyAnalyzerAdapter<T>(T);

impl<T: PolicyAnalyzer> RoleAdapter for PolicyAnalyzerAdapter<T> {
    const ROLE: Role = Role::PolicyAnalyzer;

    fn create(config: &str) -> Result<Self> {
        T::create(payload::config(config)?).map(Self)
    }

    async fn invoke(&self, op: &str, request: &str, _host: &HostContext) -> Result<String> {
        match op {
            DECIDE => payload::seal(&self.0.decide(payload::open(request)?).await?),
            _ => Err(unknown_op(Self::ROLE, op)),
        }
    }
}
