//! Components that are linked into the program: this test registers one itself.

use crate::{recorder::code, workshop::Workshop};
use pyexec_core::{
    Code, CodeGenerator, Result, Role,
    generator::{GeneratedCode, GenerationRequest},
    host::HostContext,
    instance::Source,
};
use serde_json::{Map, Value};

struct Basic;

impl CodeGenerator for Basic {
    type Config = Value;

    fn create(_config: Value) -> Result<Self> {
        Ok(Self)
    }

    async fn generate(&self, _request: GenerationRequest, _host: &HostContext) -> Result<GeneratedCode> {
        Ok(GeneratedCode { code: Code::from("linked"), metadata: Map::new(), prompts: Vec::new() })
    }
}

pyexec_sdk::register_generator!("basic", Basic);

#[tokio::test]
async fn registrations_of_this_program() {
    let mut workshop = Workshop::new();
    workshop.registry.link_registered();
    workshop.registry.link_registered();
    let [library] = workshop.registry.libraries() else { panic!("one, however often it is linked") };
    assert_eq!((library.source(), library.path(), library.sha256()), (Source::Linked, None, None));
    assert_eq!((library.name(), library.version()), (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")));
    assert_eq!(code(&workshop.generator("basic"), "").await, "linked");
}

#[tokio::test]
async fn the_old_name_still_works() {
    let mut workshop = Workshop::new();
    workshop.registry.link_registered();
    let generator = workshop.generator("legacy");
    assert_eq!(generator.name(), "basic");
    assert_eq!(code(&generator, "").await, "linked");
    assert!(workshop.create(Role::Executor, "legacy", &Value::Null).is_err(), "an alias is of one role");
}
