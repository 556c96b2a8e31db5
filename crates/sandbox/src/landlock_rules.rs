//! What may be read and written, said a second time: Landlock holds even where a mount was made by mistake, and keeps code
//! from what shares its user.

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
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
    let mut rules = handled(plan).step(format_args!("restrict itself"), HELP)?;
    for (path, access) in opened(plan) {
        let step = format_args!("open {} to Landlock", path.display());
        let beneath = PathFd::new(path).step(step, UNEXPECTED)?;
        rules = rules.add_rule(PathBeneath::new(beneath, fitting(path, access))).step(step, UNEXPECTED)?;
    }
    let status = rules.restrict_self().step(format_args!("restrict itself"), HELP)?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("the kernel enforces nothing").step(format_args!("restrict itself"), HELP),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}

/// Everything that a rule may open again.
fn handled(plan: &Plan) -> Result<RulesetCreated, landlock::RulesetError> {
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(LEAST))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(MOST))?
        .scope(Scope::from_all(MOST))?;
    if !plan.net {
        rules = rules.handle_access(AccessNet::from_all(MOST))?;
    }
    rules.create()
}

/// Paths, and what may be done at and below them.
fn opened(plan: &Plan) -> impl Iterator<Item = (&Path, BitFlags<AccessFs>)> {
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir | Execute});
    // No devices, sockets, fifos: nothing that means more than data. Nor links in an output folder: whoever follows one
    // there later does so with the host's eyes.
    let output =
        read | make_bitflags!(AccessFs::{WriteFile | Truncate | Refer | RemoveDir | RemoveFile | MakeDir | MakeReg});
    // A rule holds for everything below, mounts as well: scratch with an output in it (one below /tmp, say) has no links either.
    let scratch = move |path: &Path| {
        let has_output = plan.mounts.iter().any(|mount| mount.writable && mount.target.starts_with(path));
        if has_output { output } else { output | AccessFs::MakeSym }
    };
    let device = make_bitflags!(AccessFs::{ReadFile | WriteFile});
    let is_real = |top: &&&str| fs::symlink_metadata(top).is_ok_and(|m| m.is_dir());
    (READ.iter().chain(READ_TOP.iter().filter(is_real)).map(move |path| (Path::new(path), read)))
        .chain(WRITE.iter().map(Path::new).map(move |path| (path, scratch(path))))
        .chain(WRITE_DEVICE.iter().map(move |path| (Path::new(path), device)))
        .chain(
            plan.mounts.iter().map(move |mount| (mount.target.as_path(), if mount.writable { output } else { read })),
        )
}

/// Of a file only what a file can have.
fn fitting(path: &Path, access: BitFlags<AccessFs>) -> BitFlags<AccessFs> {
    if path.is_dir() { access } else { access & AccessFs::from_file(MOST) }
}
