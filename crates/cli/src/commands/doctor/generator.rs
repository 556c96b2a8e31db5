//! Who would write code, why that one, and whether it is ready.

use super::{context::Context, rows::Rows};
use crate::wiring::{self, Choices, DEFAULT_GENERATOR};
use pyexec_core::Role;

pub(super) fn check(context: &Context, rows: &mut Rows) {
    let (config, registry) = match context.wired() {
        Ok(wired) => wired,
        Err(because) => return rows.unchecked("generator", because),
    };
    let Ok(loaded) = &context.loaded else { return };
    let why = wiring::generator_and_why(loaded, &Choices::default());
    let name = config.execution.code_generator.as_deref().unwrap_or(DEFAULT_GENERATOR);
    match registry.create(Role::Generator, name, &config.component_table(Role::Generator, name)) {
        Ok(_) => rows.ok("generator", why),
        Err(error) => rows.failure(name, &wiring::cannot_create(&error)),
    }
}
