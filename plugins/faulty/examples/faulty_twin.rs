//! A well-behaved library that offers a generator `faulty` too, and one that nobody else has.

use pyexec_core::{
    Code, CodeGenerator, Result,
    generator::{GeneratedCode, GenerationRequest},
    host::HostContext,
};
use serde_json::{Map, Value};

struct Twin;

impl CodeGenerator for Twin {
    type Config = Value;

    fn create(_config: Value) -> Result<Self> {
        Ok(Self)
    }

    async fn generate(&self, _request: GenerationRequest, _host: &HostContext) -> Result<GeneratedCode> {
        Ok(GeneratedCode { code: Code::from("results = {'twin': True}"), metadata: Map::new(), prompts: Vec::new() })
    }
}

pyexec_sdk::register_generator!("faulty", Twin);
pyexec_sdk::register_generator!("twin", Twin);
pyexec_sdk::export_plugin!();
