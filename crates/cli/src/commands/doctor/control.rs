//! The control system: which connector, whether it may be written to, and within which limits.

use super::{context::Context, rows::Rows};
use crate::wiring;
use pyexec_core::Role;

pub(super) fn check(context: &Context, rows: &mut Rows) {
    let (config, registry) = match context.wired() {
        Ok(wired) => wired,
        Err(because) => return rows.unchecked("connector", because),
    };
    let control = &config.control_system;
    let name = &control.connector_type;
    match registry.create(Role::Connector, name, &config.component_table(Role::Connector, name)) {
        Ok(_) => {
            let writes = if control.writes_enabled { "writes after a person's approval" } else { "writes are off" };
            rows.ok("connector", format!("{name}; {writes}"));
        }
        Err(error) => rows.failure("connector", &wiring::cannot_create(&error)),
    }
    match wiring::control(control) {
        Err(failure) => rows.failure("limits database", &failure),
        Ok(settings) => {
            let listed = settings.limits.as_ref().map(pyexec_control::Limits::listed);
            let found = match (listed, &control.limits_checking.database_path) {
                // Whether that is wise is the business of `safety`.
                (None, _) => "not in use: `limits_checking.enabled` is false".to_owned(),
                (Some(_), None) => "none: no channel is listed".to_owned(),
                (Some(listed), Some(path)) => {
                    format!("{} lists {listed} channel{}", path.display(), if listed == 1 { "" } else { "s" })
                }
            };
            rows.ok("limits database", found);
        }
    }
}
