//! The `default` policy analyzer.

use super::{DEFAULT_POLICY, Policy};
use pyexec_core::{PluginError, PolicyAnalyzer, PolicyDecision, policy_analyzer::PolicyRequest};
use serde::Deserialize;

/// Its configuration. The text comes from whoever reads files: this crate reads none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PolicyConfig {
    /// The text of a policy file; the default policy if absent.
    policy: Option<String>,
    /// What the file is called, for messages.
    policy_name: Option<String>,
}

/// The component around [`Policy`].
#[derive(Debug)]
pub(crate) struct DefaultPolicy(Policy);

impl PolicyAnalyzer for DefaultPolicy {
    type Config = PolicyConfig;

    fn create(config: PolicyConfig) -> pyexec_core::Result<Self> {
        let (name, text) = match &config.policy {
            Some(text) => (config.policy_name.as_deref().unwrap_or("policy"), text.as_str()),
            None => ("default", DEFAULT_POLICY),
        };
        Policy::parse_named(name, text).map(Self).map_err(|error| {
            PluginError::new("config", error.to_string())
                .with_help("mend the policy file, or leave `[analysis] policy` out to use the default one")
        })
    }

    async fn decide(&self, request: PolicyRequest) -> pyexec_core::Result<PolicyDecision> {
        Ok(self.0.decide(&request))
    }
}

pyexec_sdk::register_policy_analyzer!("default", DefaultPolicy);
