//! Who would write code, why that one, and whether it is ready.

use super::{context::Context, rows::Rows};
use crate::wiring::{
    self, Choices,
    generator::{self, Chosen},
};

pub(super) fn check(context: &Context, rows: &mut Rows) {
    let (config, registry) = match context.wired() {
        Ok(wired) => wired,
        Err(because) => return rows.unchecked("generator", because),
    };
    let Chosen { name, why } = generator::chosen(config, &Choices::default());
    let Err(error) = generator::create_one(registry, config, &name) else {
        return rows.ok("generator", format!("{name} ({why})"));
    };
    let fallback = config.execution.fallback_generator.as_deref().filter(|fallback| *fallback != name);
    match fallback.map(|fallback| (fallback, generator::create_one(registry, config, fallback))) {
        Some((fallback, Ok(_))) => {
            let found = format!("{error}; `{fallback}` takes its place (`fallback_generator`)");
            rows.warn("generator", found, error.help().unwrap_or_default());
        }
        Some((fallback, Err(other))) => {
            rows.failure(&name, &wiring::cannot_create(&error));
            rows.failure(fallback, &wiring::cannot_create(&other));
        }
        None => rows.failure(&name, &wiring::cannot_create(&error)),
    }
}
