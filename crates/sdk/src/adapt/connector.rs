//! Role `connector`.

use super::RoleAdapter;
use pyexec_core::{
    Connector, Result, Role,
    connector::{READ, WRITE},
    host::HostContext,
    instance::unknown_op,
    payload,
};

/// A [`Connector`] behind the ABI.
pub struct ConnectorAdapter<T>(T);

impl<T: Connector> RoleAdapter for ConnectorAdapter<T> {
    const ROLE: Role = Role::Connector;

    fn create(config: &str) -> Result<Self> {
        T::create(payload::config(config)?).map(Self)
    }

    async fn invoke(&self, op: &str, request: &str, _host: &HostContext) -> Result<String> {
        match op {
            READ => payload::seal(&self.0.read(payload::open(request)?).await?),
            WRITE => payload::seal(&self.0.write(payload::open(request)?).await?),
            _ => Err(unknown_op(Self::ROLE, op)),
        }
    }
}
