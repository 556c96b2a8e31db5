//! What is fixed when a container is made, and so what one that waits must have to serve an order; and the container that it
//! asks for. Pure.

use super::{config::DockerConfig, engine::About};
use crate::{
    error::PrepareError,
    mounts::{Mount, Opened, RESERVED, SCRATCH},
};
use bollard::models::{
    ContainerCreateBody, HostConfig, HostConfigLogConfig, Mount as ApiMount, MountType, ResourcesUlimits,
    RestartPolicy, RestartPolicyNameEnum,
};
use pyexec_core::order::{Limits, StagedInput};
use std::{
    collections::{BTreeSet, HashMap},
    path::{Component, Path, PathBuf},
};

/// Our profile: what any container may call at the most. `docker/README.md` says how it is made.
const SECCOMP: &str = include_str!("../../../../docker/seccomp.json");
/// Files and folders in each of a container's file systems.
const INODES: u64 = 16_384;
/// What pid 1 and the engine's own start need besides the code.
const OWN_MEMORY_MB: u64 = 96;
/// While the engine starts a container, some threads of its own count as well.
const LEAST_PIDS: i64 = 32;
/// Where people keep data: each is an empty file system of its own in every container, so that an input can be shown under its
/// original path also in one that was made before anybody asked.
const HOMES: [&str; 6] = ["/data", "/home", "/media", "/mnt", "/root", "/srv"];
/// What an image needs for itself, and no input may hide.
const IMAGES_OWN: [&str; 8] = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/var/lib", "/boot", "/run"];
/// Inputs of so much fit into every container; for more, one is made to measure.
const INPUTS_MB: u64 = 64;
/// Shared memory; `multiprocessing` wants some.
const SHARED_MB: u64 = 64;

/// What a container is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) limits: Limits,
    pub(super) net: bool,
    pub(super) process: bool,
    /// Of granted folders.
    pub(super) mounts: Vec<Mount>,
    /// Folders for inputs whose original path is in none that every container has.
    pub(super) folders: BTreeSet<PathBuf>,
    /// Room for inputs, MiB.
    pub(super) inputs_mb: u64,
    pub(super) user: (u32, u32),
}

/// Above what distributions give to people and services, as for local runs.
const NOBODY: u32 = 64_321;

impl Shape {
    /// The one of runs without grants.
    pub(super) fn plain(limits: &Limits) -> Self {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let user = if uid == 0 { (NOBODY, NOBODY) } else { (uid, if gid == 0 { NOBODY } else { gid }) };
        // what is limited by the host only differs from run to run and makes no other container
        let limits = Limits { timeout_seconds: 0, output_kb: 0, ..limits.clone() };
        let (mounts, folders) = (Vec::new(), BTreeSet::new());
        Self { limits, net: false, process: false, mounts, folders, inputs_mb: INPUTS_MB, user }
    }

    /// The one that an order asks for. What the engine cannot give is refused here.
    pub(super) fn of_order(
        limits: &Limits,
        inputs: &[StagedInput],
        opened: Opened,
        about: &About,
    ) -> Result<Self, PrepareError> {
        let mut shape = Self::plain(limits);
        let bytes = inputs.iter().fold(0_u64, |sum, input| sum.saturating_add(input.bytes.next_multiple_of(4096)));
        let needed = (bytes >> 20) + 2;
        if needed > INPUTS_MB {
            shape.inputs_mb = needed;
        }
        for input in inputs {
            shape.folders.extend(folder_for(input)?);
        }
        (shape.net, shape.process) = (opened.net, opened.process);
        if !opened.mounts.is_empty() {
            shape.open(opened.mounts, about)?;
        }
        Ok(shape)
    }

    /// Whether code has more than any run has.
    pub(super) fn is_plain(&self) -> bool {
        *self == Self::plain(&self.limits)
    }

    fn open(&mut self, mounts: Vec<Mount>, about: &About) -> Result<(), PrepareError> {
        let refuse = |mount: &Mount, why: &str| PrepareError::Grant {
            grant: format!("{} {}", if mount.writable { "output" } else { "read" }, mount.target.display()),
            why: why.into(),
        };
        for mount in &mounts {
            if !about.is_local {
                return Err(refuse(
                    mount,
                    "the container engine is not on this machine and has no such folder of ours",
                ));
            }
            if mount.writable && about.maps_ids {
                let why =
                    "the container engine maps user ids, so what the code writes there would belong to somebody else";
                return Err(refuse(mount, why));
            }
            if mount.target.starts_with("/pyexec") || mount.target.starts_with("/inputs") {
                return Err(refuse(mount, "a container has a folder of its own there"));
            }
            if mount.writable {
                let owner = owner(&mount.source).map_err(|why| refuse(mount, &why))?;
                if owner.0 == 0 {
                    return Err(refuse(
                        mount,
                        "it belongs to root, and code in a container never runs as root: give it to another user",
                    ));
                }
                let is_first = !mounts.iter().take_while(|other| *other != mount).any(|other| other.writable);
                if is_first {
                    self.user = owner;
                } else if self.user != owner {
                    return Err(refuse(mount, "it belongs to another user than the one granted before it"));
                }
            }
        }
        self.mounts = mounts;
        Ok(())
    }

    /// The container, for the engine. `command` is what pid 1 runs.
    pub(super) fn container(
        &self,
        config: &DockerConfig,
        about: &About,
        command: Vec<String>,
        labels: HashMap<String, String>,
    ) -> ContainerCreateBody {
        let (uid, gid) = self.user;
        let Limits { memory_mb, processes, scratch_mb, .. } = self.limits;
        let mib = |n: u64| i64::try_from(n.saturating_mul(1 << 20)).unwrap_or(i64::MAX);
        // What lies in memory file systems counts as memory; code is held to `memory_mb` by its own address space.
        let memory = [scratch_mb.saturating_mul(2), self.inputs_mb, SHARED_MB, OWN_MEMORY_MB]
            .into_iter()
            .fold(memory_mb, u64::saturating_add);
        let host = HostConfig {
            auto_remove: Some(true),
            binds: None,
            cap_drop: Some(vec!["ALL".into()]),
            cgroupns_mode: None,
            init: Some(false),
            ipc_mode: Some("private".into()),
            // Else everything that passes would also be written to the engine's disk.
            log_config: Some(HostConfigLogConfig { typ: Some("none".into()), config: None }),
            memory: Some(mib(memory)),
            memory_swap: Some(mib(memory)),
            mounts: Some(self.mounts.iter().map(bind).collect()),
            nano_cpus: Some(nano_cpus(config.cpus, about.cpus)),
            network_mode: Some(if self.net { config.network.clone() } else { "none".into() }),
            pids_limit: Some(i64::try_from(processes.saturating_add(1)).unwrap_or(i64::MAX).max(LEAST_PIDS)),
            privileged: Some(false),
            readonly_rootfs: Some(true),
            restart_policy: Some(RestartPolicy { name: Some(RestartPolicyNameEnum::NO), maximum_retry_count: None }),
            security_opt: Some(vec!["no-new-privileges".into(), format!("seccomp={SECCOMP}")]),
            shm_size: Some(mib(SHARED_MB)),
            tmpfs: Some(self.file_systems(about)),
            ulimits: Some(vec![ResourcesUlimits { name: Some("core".into()), soft: Some(0), hard: Some(0) }]),
            ..HostConfig::default()
        };
        ContainerCreateBody {
            user: Some(format!("{uid}:{gid}")),
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            open_stdin: Some(true),
            // The host's life: when it is gone, the container's standard input ends, and pid 1 with it.
            stdin_once: Some(true),
            tty: Some(false),
            env: Some(vec!["LANG=C.UTF-8".into()]),
            entrypoint: Some(vec!["python3".into()]),
            cmd: Some(command),
            image: Some(config.image.clone()),
            working_dir: Some("/".into()),
            hostname: Some("pyexec".into()),
            labels: Some(labels),
            host_config: Some(host),
            ..ContainerCreateBody::default()
        }
    }

    /// How many processes and threads there may be once it runs, if that is less than its start needs.
    pub(super) fn later_pids(&self) -> Option<i64> {
        let wanted = i64::try_from(self.limits.processes.saturating_add(1)).unwrap_or(i64::MAX);
        (wanted < LEAST_PIDS).then_some(wanted)
    }

    /// The file systems in memory, each with its options.
    fn file_systems(&self, about: &About) -> HashMap<String, String> {
        let (uid, gid) = self.user;
        let options = |mb: u64, exec: &str| {
            let size = mb.saturating_mul(1024);
            let plain = format!("rw,nosuid,nodev,{exec},size={size}k,mode=1777");
            // Podman knows no more, and takes the mode where Docker keeps the one of a folder of the image.
            if about.is_podman { plain } else { format!("{plain},uid={uid},gid={gid},nr_inodes={INODES}") }
        };
        let mut all = HashMap::from([
            (SCRATCH.to_owned(), options(self.limits.scratch_mb, "exec")),
            ("/tmp".into(), options(self.limits.scratch_mb, "exec")),
            ("/script".into(), options(4, "noexec")),
            ("/pyexec".into(), options(4, "noexec")),
            ("/inputs".into(), options(self.inputs_mb, "noexec")),
        ]);
        let homes = HOMES.iter().map(PathBuf::from).chain(self.folders.iter().cloned());
        let covered = |home: &Path| self.mounts.iter().any(|mount| mount.target == home);
        all.extend(homes.filter(|home| !covered(home)).map(|home| (home.display().to_string(), options(1, "noexec"))));
        all
    }
}

/// The folder that a container needs for an input's original path, if it is none that every container has.
fn folder_for(input: &StagedInput) -> Result<Option<PathBuf>, PrepareError> {
    let path = &input.original;
    let wrong = |why: &str| PrepareError::Input { name: input.name.clone(), why: why.into() };
    if HOMES.iter().chain(&["/tmp", SCRATCH]).any(|home| path.starts_with(home)) {
        return Ok(None);
    }
    let here = path.parent().unwrap_or(Path::new("/"));
    let top = matches!((here.components().next(), here.components().nth(1)), (Some(Component::RootDir), None));
    let hides = IMAGES_OWN.iter().chain(&RESERVED).any(|own| here.starts_with(own) || Path::new(own).starts_with(here));
    if top || hides || here.starts_with("/pyexec") || here.starts_with("/inputs") {
        return Err(wrong("a container cannot show it under its original path; copy it to your home folder"));
    }
    Ok(Some(here.to_path_buf()))
}

fn bind(mount: &Mount) -> ApiMount {
    ApiMount {
        typ: Some(MountType::BIND),
        source: Some(mount.source.display().to_string()),
        target: Some(mount.target.display().to_string()),
        read_only: Some(!mount.writable),
        ..ApiMount::default()
    }
}

fn owner(path: &Path) -> Result<(u32, u32), String> {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(path).map(|found| (found.uid(), found.gid())).map_err(|e| e.to_string())
}

/// Billionths of a processor.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "processors are few, and checked")]
fn nano_cpus(wanted: f64, there: u64) -> i64 {
    (wanted.min(there as f64) * 1e9) as i64
}

#[cfg(test)]
mod tests;
