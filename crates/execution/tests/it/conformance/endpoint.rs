//! The Jupyter Server that `cargo xtask setup` starts.

use serde_json::{Value, json};
use std::{env, fs, path::Path};

/// The variable that holds its token.
const TOKEN: &str = "PYEXEC_TEST_SETUP_JUPYTER_TOKEN";

/// How an executor reaches it, as a table of its configuration.
#[expect(unsafe_code, reason = "an executor takes tokens from the environment only")]
pub(super) fn of_setup() -> Value {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let path = target.join("jupyter/runtime/jpserver-1.json");
    let facts = fs::read(&path).unwrap_or_else(|error| {
        panic!("no Jupyter Server runs ({}: {error}): `cargo xtask jupyter start` starts one", path.display())
    });
    let facts: Value = serde_json::from_slice(&facts).unwrap();
    // SAFETY: the tests read the environment through `std` alone, which locks it.
    unsafe { env::set_var(TOKEN, facts["token"].as_str().unwrap()) };
    json!({"host": "127.0.0.1", "port": facts["port"], "token_env": TOKEN})
}
