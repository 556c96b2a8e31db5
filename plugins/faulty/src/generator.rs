//! A generator whose configuration says what `create` does wrong and whose `user_query` says what a call does wrong.

use pyexec_core::{
    Code, CodeGenerator, PluginError, Result,
    generator::{GeneratedCode, GenerationRequest},
    host::HostContext,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{future, time::Duration};

/// What `create` does.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    create: Create,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Create {
    #[default]
    Succeed,
    Fail,
    Panic,
    PanicWithControlCharacters,
    Hang,
    /// Succeeds, and panics when the component is dropped.
    PanicInDrop,
    /// Logs far more than anybody reads.
    Flood,
}

/// What a call does; the names of `user_query`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Succeed,
    Fail,
    Panic,
    PanicLater,
    PanicInTask,
    /// Waits for ever, and panics when it is given up.
    PanicInDrop,
    Hang,
    /// Blocks its thread for ever.
    Block,
    /// Answers with 16 MiB of code.
    Huge,
    /// Asks the host for what no generator may have.
    Release,
    /// Hands back nothing.
    Empty,
    Flood,
}

struct Faulty {
    panics_in_drop: bool,
}

impl CodeGenerator for Faulty {
    type Config = Config;

    fn create(config: Config) -> Result<Self> {
        let mut panics_in_drop = false;
        match config.create {
            Create::Succeed => tracing::info!(answer = 42, "created"),
            Create::Fail => {
                return Err(PluginError::new("missing_credential", "it has no key").with_help("set FAULTY_KEY"));
            }
            Create::Panic => panic!("no luck in create"),
            Create::PanicWithControlCharacters => panic!("two\nlines and \u{1b}[31mred"),
            Create::Hang => loop {
                std::thread::park();
            },
            Create::PanicInDrop => panics_in_drop = true,
            Create::Flood => flood(),
        }
        Ok(Self { panics_in_drop })
    }

    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        let query = Value::from(request.request.user_query.unwrap_or_default());
        let deed = serde_json::from_value(query).map_err(|e| PluginError::new("bad_request", e.to_string()))?;
        match deed {
            Deed::Succeed => Ok(code("results = {}")),
            Deed::Fail => Err(PluginError::new("provider", "the model is asleep").with_help("come back later")),
            Deed::Panic => panic!("no luck in the first poll"),
            Deed::PanicLater => {
                tokio::time::sleep(Duration::from_millis(1)).await;
                panic!("no luck in a later poll");
            }
            Deed::PanicInTask => {
                let task = tokio::spawn(async { panic!("no luck in a task") });
                Ok(code(if task.await.is_err() { "survived = True" } else { "survived = False" }))
            }
            Deed::PanicInDrop => {
                let _bomb = Bomb { host: host.clone() };
                host.progress("waiting");
                future::pending().await
            }
            Deed::Hang => {
                host.progress("waiting");
                future::pending().await
            }
            Deed::Block => loop {
                std::thread::park();
            },
            Deed::Huge => Ok(code(&"#".repeat(16 << 20))),
            Deed::Release => {
                host.call::<Value>("release", &"the code, please").await.map(|answer| code(&answer.to_string()))
            }
            Deed::Empty => Ok(code("")),
            Deed::Flood => {
                flood();
                Ok(code("results = {}"))
            }
        }
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        assert!(!self.panics_in_drop, "no luck in the component's drop");
    }
}

struct Bomb {
    host: HostContext,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        self.host.progress("dropped");
        panic!("no luck in the call's drop");
    }
}

fn flood() {
    for line in 0..20_000 {
        tracing::info!(line, "flood");
    }
}

fn code(text: &str) -> GeneratedCode {
    GeneratedCode { code: Code::from(text), metadata: Map::new(), prompts: Vec::new() }
}

pyexec_sdk::register_generator!("faulty", Faulty);
