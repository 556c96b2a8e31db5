//! Names that components had once.

use pyexec_core::Role;

/// Role, old name, new name. Each use is warned about.
const ALIASES: &[(Role, &str, &str)] = &[(Role::Generator, "legacy", "basic")];

/// What `name` is called now, if it is an old name.
pub(crate) fn current(role: Role, name: &str) -> Option<&'static str> {
    let found = ALIASES.iter().find(|(of, old, _)| *of == role && *old == name);
    found.map(|(_, _, new)| *new)
}
