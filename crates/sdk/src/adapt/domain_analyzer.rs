//! Role `domain_analyzer`.

use super::RoleAdapter;
use pyexec_core::{
    DomainAnalyzer, Result, Role, domain_analyzer::ANALYZE, host::HostContext, instance::unknown_op, payload,
};

/// A [`DomainAnalyzer`] behind the ABI.
pub struct DomainAnalyzerAdapter<T>(T);

impl<T: DomainAnalyzer> RoleAdapter for DomainAnalyzerAdapter<T> {
    const ROLE: Role = Role::DomainAnalyzer;

    fn create(config: &str) -> Result<Self> {
        T::create(payload::config(config)?).map(Self)
    }

    async fn invoke(&self, op: &str, request: &str, _host: &HostContext) -> Result<String> {
        match op {
            ANALYZE => payload::seal(&self.0.analyze(payload::open(request)?).await?),
            _ => Err(unknown_op(Self::ROLE, op)),
        }
    }
}
