//! Who uses the program: the user that the kernel knows, never an environment variable.

use nix::unistd::{Uid, User};
use pyexec_core::Principal;

/// The effective user's name, or `uid:N` where it has none.
pub(crate) fn current() -> Principal {
    let uid = Uid::effective();
    let name = User::from_uid(uid).ok().flatten().map(|user| user.name);
    Principal(name.unwrap_or_else(|| format!("uid:{uid}")))
}
