//! Whether runs that may start processes are bounded as a whole: by a control group, where the system lets us have one.

use super::super::{context::Context, rows::Rows};
use pyexec_core::order::Limits;
use pyexec_execution::local::group::{self, NoGroup};

const DELEGATE: &str = "run pyexec where `memory` and `pids` are delegated to it: `Delegate=memory pids` in the unit of a service, \
    `systemd-run --user --scope -p Delegate=yes pyexec …` for an ordinary user with control groups of version 2";
const MOUNT: &str = "mount them (`mount -t cgroup2 none /sys/fs/cgroup`), or start the container with them";

/// Not `ok` is no failure: without it each process still has its limits.
pub(super) fn check(context: &Context, rows: &mut Rows) {
    const NAME: &str = "control groups";
    let limits = context.config().map_or_else(Limits::default, |config| config.execution.limits.clone());
    if context.config().is_some_and(|config| config.execution.execution_method != "local") {
        return;
    }
    match group::survey(&limits) {
        Ok(version) => rows.ok(NAME, found(version, &limits)),
        Err(error) => {
            let fix = if matches!(error, NoGroup::NotMounted) { MOUNT } else { DELEGATE };
            rows.warn(NAME, missed(&error, &limits), fix);
        }
    }
}

fn found(version: u8, limits: &Limits) -> String {
    let Limits { memory_mb, scratch_mb, processes, .. } = limits;
    format!(
        "delegated (version {version}) and used: all processes of a run that may start some get {} MiB together \
         (`memory_mb` and `scratch_mb`), and there are at most {processes}; a run that may not is one process",
        memory_mb.saturating_add(*scratch_mb)
    )
}

fn missed(error: &NoGroup, limits: &Limits) -> String {
    let Limits { memory_mb, processes, .. } = limits;
    format!(
        "not used, because there is none to be had ({error}): a run that may start processes is bounded in each of them alone \
         (`memory_mb` = {memory_mb} for each, at most {processes} of its user)"
    )
}
