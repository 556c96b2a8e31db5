//! Whether a library may come in: its pin, and whether it can do without one.
//!
//! A pin says that an operator looked at exactly these bytes. Roles that can by themselves let code out, or past a person,
//! need it unless the file is part of the installation.

use crate::{error::LoadProblem, file::PluginFile, manifest::Manifest, registry::LibrarySpec};

/// Judges the bytes that were read.
pub(crate) fn judge(file: &PluginFile, manifest: &Manifest, spec: &LibrarySpec) -> Result<(), LoadProblem> {
    let found = manifest.sha256;
    match spec.sha256 {
        Some(pinned) if pinned == found => return Ok(()),
        Some(pinned) => return Err(LoadProblem::PinMismatch { found, pinned }),
        None => {}
    }
    if let Some(component) = manifest.components.iter().find(|c| c.role.needs_pin() && !spec.installed) {
        return Err(LoadProblem::PinMissing { role: component.role, name: component.name.clone(), found });
    }
    match &file.writable_by_all {
        Some(path) => Err(LoadProblem::WritableByAll(path.clone())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::ComponentRecord;
    use pyexec_core::{Digest, Role, abi::ABI_VERSION};
    use std::path::PathBuf;

    fn verdict(role: Role, pin: Option<&[u8]>, installed: bool, writable: bool) -> Option<String> {
        let file = PluginFile { bytes: b"x".into(), writable_by_all: writable.then(|| PathBuf::from("/open")) };
        let component = ComponentRecord { role, name: "c".into(), package: "p".into(), version: "1.0.0".into() };
        let manifest = Manifest {
            name: "p".into(),
            version: "1.0.0".into(),
            interface: ABI_VERSION,
            sha256: Digest::of(b"x"),
            components: vec![component],
        };
        let spec = LibrarySpec { path: "libx.so".into(), sha256: pin.map(Digest::of), installed };
        judge(&file, &manifest, &spec).err().map(|problem| problem.to_string())
    }

    #[test]
    fn a_pin_must_fit_wherever_it_is_given() {
        for role in Role::ALL {
            for installed in [false, true] {
                assert_eq!(verdict(role, Some(b"x"), installed, true), None);
                assert!(verdict(role, Some(b"y"), installed, false).unwrap().contains("the configuration pins"));
            }
        }
    }

    #[test]
    fn what_needs_a_pin() {
        for role in Role::ALL {
            assert_eq!(verdict(role, None, true, false), None);
            let outside = verdict(role, None, false, false);
            assert_eq!(outside.is_some(), role.needs_pin(), "{role}: {outside:?}");
            for installed in [false, true] {
                assert!(verdict(role, None, installed, true).is_some(), "{role}: anybody may write there");
            }
        }
    }
}
