//! A library whose author forgot `export_plugin!()`.

use pyexec_core::{
    DomainAnalyzer, Result,
    domain_analyzer::{AnalysisReport, AnalysisRequest},
};
use serde_json::Value;

struct Forgotten;

impl DomainAnalyzer for Forgotten {
    type Config = Value;

    fn create(_config: Value) -> Result<Self> {
        Ok(Self)
    }

    async fn analyze(&self, _request: AnalysisRequest) -> Result<AnalysisReport> {
        Ok(AnalysisReport::default())
    }
}

pyexec_sdk::register_domain_analyzer!("forgotten", Forgotten);
