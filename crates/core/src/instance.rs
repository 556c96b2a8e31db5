//! A created component on the host's side: guarded, typed calls.

use crate::{
    PluginError, Result, Role,
    abi::{ComponentBox, HostBox},
    guard::{self, Contained},
    payload,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt, sync::Arc};

/// Where a component came from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A library file.
    Library,
    /// Linked into this program.
    Linked,
}

/// A component of a role, ready to be called. Clones share it. Has no time limit of its own: the caller sets one.
#[derive(Clone)]
pub struct Instance {
    role: Role,
    name: Arc<str>,
    component: Arc<Contained<ComponentBox>>,
}

impl Instance {
    /// Wraps what `create` returned.
    pub fn new(role: Role, name: &str, component: ComponentBox) -> Self {
        Self { role, name: name.into(), component: Arc::new(Contained::new(component)) }
    }

    /// Its role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Performs `op`. A panic anywhere on the way is an error of kind `panic`. Dropping the future cancels the call.
    pub async fn invoke<T: DeserializeOwned>(
        &self,
        op: &str,
        request: &(impl Serialize + Sync),
        host: HostBox,
    ) -> Result<T> {
        let sealed = payload::seal(request)?;
        let started = guard::catch(|| self.component.invoke(op.into(), sealed.into(), host))?;
        let reply = guard::Guarded::new(started).await;
        payload::open(&reply.into_result()?)
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instance({} {})", self.role, self.name)
    }
}

/// No such component; for messages.
pub fn unknown_op(role: Role, op: &str) -> PluginError {
    PluginError::new("unknown", format!("the role {role} has no operation `{op}`"))
}
