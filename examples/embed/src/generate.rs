//! A generator by itself: a component by role and name, called with a typed request.

use crate::{explained, own_host::OwnHost};
use anyhow::Result;
use pyexec_core::{
    Code, Request, Role,
    generator::{GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_registry::Registry;
use serde_json::json;

pub(crate) async fn code(registry: &Registry, question: &str) -> Result<Code> {
    let generator = registry.create(Role::Generator, "mean_of", &json!({"decimals": 2})).map_err(explained)?;
    let request = GenerationRequest {
        attempt: 1,
        attempts: 1,
        request: Request { user_query: Some(question.into()), ..Request::default() },
        inputs: Vec::new(),
        mode_ceiling: None,
        failures: Vec::new(),
        python: None,
    };
    println!("   {question}");
    let generated = generator.invoke(GENERATE, &request, OwnHost::listening().lend()).await;
    let GeneratedCode { code, .. } = generated.map_err(explained)?;
    Ok(code)
}
