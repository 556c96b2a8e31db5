//! What may be read and written, said a second time: Landlock holds even where a mount was made by mistake, and keeps code
//! from what shares its user.

use crate::{
    error::{SandboxError, Step},
    jail::Jail,
    plan::Plan,
};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope, make_bitflags,
};
use std::{fs, path::Path};

/// The least: with it come moves between folders. Debian 12's kernel has it.
const LEAST: ABI = ABI::V2;
/// The most this library knows; a kernel gives what it has.
const MOST: ABI = ABI::V10;

const READ: [&str; 5] = ["/usr", "/etc", "/proc", "/dev", "/script"];
/// Where these are folders and not links into `/usr`.
const READ_TOP: [&str; 6] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const WRITE: [&str; 3] = ["/work", "/tmp", "/dev/shm"];
const WRITE_DEVICE: [&str; 3] = ["/dev/null", "/dev/zero", "/dev/full"];

const HELP: &str = "Landlock is needed (Linux 5.19 or later, CONFIG_SECURITY_LANDLOCK, and \"landlock\" in the kernel's lsm= \
    list): enable it or use execution_method = \"container\"";

/// Restricts this process for good.
pub(crate) fn apply(plan: &Plan) -> Result<(), SandboxError> {
    let status = rules(plan).and_then(RulesetCreated::restrict_self).step(format_args!("restrict itself"), HELP)?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("the kernel enforces nothing").step(format_args!("restrict itself"), HELP),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}

fn rules(plan: &Plan) -> Result<RulesetCreated, landlock::RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(LEAST))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(MOST))?
        .scope(Scope::from_all(MOST))?;
    if !plan.net {
        rules = rules.handle_access(AccessNet::from_all(MOST))?;
    }
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir | Execute});
    // No devices, no sockets, no fifos: nothing that means more than data.
    let write = read
        | make_bitflags!(AccessFs::{WriteFile | Truncate | Refer | RemoveDir | RemoveFile | MakeDir | MakeReg | MakeSym});
    let device = make_bitflags!(AccessFs::{ReadFile | WriteFile});
    let real_top = READ_TOP.iter().filter(|top| fs::symlink_metadata(top).is_ok_and(|m| m.is_dir()));
    let all = (READ.iter().chain(real_top).map(|path| (Path::new(path), read)))
        .chain(WRITE.iter().map(|path| (Path::new(path), write)))
        .chain(WRITE_DEVICE.iter().map(|path| (Path::new(path), device)))
        .chain(Jail::targets(plan, false).map(|path| (path.as_path(), read)))
        .chain(Jail::targets(plan, true).map(|path| (path.as_path(), write)));
    let mut created = rules.create()?;
    for (path, access) in all {
        created = created.add_rule(PathBeneath::new(PathFd::new(path)?, fitting(path, access)))?;
    }
    Ok(created)
}

/// Of a file only what a file can have.
fn fitting(path: &Path, access: BitFlags<AccessFs>) -> BitFlags<AccessFs> {
    if path.is_dir() { access } else { access & AccessFs::from_file(MOST) }
}
