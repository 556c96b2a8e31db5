//! Analyzers that fail: a host counts each failure as `deny`.

use pyexec_core::{
    DomainAnalyzer, PluginError, PolicyAnalyzer, PolicyDecision, Result,
    domain_analyzer::{AnalysisReport, AnalysisRequest},
    policy_analyzer::PolicyRequest,
};
use serde::Deserialize;
use std::future;

/// What an analysis does.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    analysis: Analysis,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Analysis {
    #[default]
    Fail,
    Panic,
    Hang,
}

impl Analysis {
    async fn perform<T>(&self) -> Result<T> {
        match self {
            Self::Fail => Err(PluginError::new("plugin", "the analyzer has no opinion")),
            Self::Panic => panic!("no luck in an analysis"),
            Self::Hang => future::pending().await,
        }
    }
}

struct Faulty(Analysis);

impl DomainAnalyzer for Faulty {
    type Config = Config;

    fn create(config: Config) -> Result<Self> {
        Ok(Self(config.analysis))
    }

    async fn analyze(&self, _request: AnalysisRequest) -> Result<AnalysisReport> {
        self.0.perform().await
    }
}

impl PolicyAnalyzer for Faulty {
    type Config = Config;

    fn create(config: Config) -> Result<Self> {
        Ok(Self(config.analysis))
    }

    async fn decide(&self, _request: PolicyRequest) -> Result<PolicyDecision> {
        self.0.perform().await
    }
}

pyexec_sdk::register_domain_analyzer!("faulty", Faulty);
pyexec_sdk::register_policy_analyzer!("faulty", Faulty);
