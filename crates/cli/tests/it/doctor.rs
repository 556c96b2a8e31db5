//! The doctor, in health and in every sickness that can be caught for real: a row that names it and its cure, the right
//! exit code, and the other checks go on.

use crate::house::{House, Said, copy_program, environment, faulty, loading, pyexec, said, start, until};
use serde_json::Value;
use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// No account of its own on a bare Debian.
const USER: u32 = 54_321;
const AREAS: [&str; 9] =
    ["configuration", "safety", "disk", "store", "plugins", "generator", "control system", "python", "isolation"];

/// Asks for JSON; it must be whole, and every area must have a word to say.
#[track_caller]
fn examined(said: Said, code: i32) -> Value {
    let report = said.expect(code, &[]).json();
    let rows = report["checks"].as_array().unwrap();
    for area in AREAS {
        assert!(rows.iter().any(|row| row["area"] == area), "nothing of {area} in {report:#}");
    }
    for row in rows {
        let status = row["status"].as_str().unwrap();
        assert!(["ok", "warn", "fail"].contains(&status), "{row}");
        assert!(row["name"].is_string() && !row["found"].as_str().unwrap().is_empty(), "{row}");
        assert!(status == "ok" || !row["fix"].as_str().unwrap_or_default().is_empty(), "no way out of {row}");
    }
    assert_eq!(report["ok"], rows.iter().all(|row| row["status"] != "fail"), "{report:#}");
    assert_eq!(report["ok"], code == 0);
    report
}

/// The row of this name that has this status.
#[track_caller]
fn row<'a>(report: &'a Value, area: &str, name: &str, status: &str) -> &'a Value {
    let rows = report["checks"].as_array().unwrap();
    let found = rows.iter().find(|row| row["area"] == area && row["name"] == name && row["status"] == status);
    found.unwrap_or_else(|| panic!("no {status} row `{name}` of {area} in {report:#}"))
}

#[track_caller]
fn contains(row: &Value, key: &str, text: &str) {
    assert!(row[key].as_str().unwrap_or_default().contains(text), "no {text:?} in {row:#}");
}

/// The whole program in a folder of its own, so that something can be missing.
fn installed(home: &Path, without: &str) -> PathBuf {
    let bin = home.join("bin");
    fs::create_dir_all(&bin).unwrap();
    let stages = ["plugin_generation", "plugin_analysis", "plugin_approval", "plugin_execution", "sandbox"];
    for library in stages.map(|name| format!("libpyexec_{name}.so")).iter().filter(|name| *name != without) {
        fs::copy(faulty().with_file_name(library), bin.join(library)).unwrap();
    }
    copy_program(&pyexec(), &bin.join("pyexec"));
    bin.join("pyexec")
}

/// The house's command, with another program in front of it or instead of it.
fn through(house: &House, program: &Path, before: &[&str], arguments: &[&str]) -> Said {
    let like = house.command(arguments);
    let mut command = Command::new(program);
    command.args(before).args(if before.is_empty() { vec![] } else { vec![like.get_program()] });
    command.args(like.get_args()).env_clear().stdin(Stdio::null()).current_dir(house.path(""));
    for (name, value) in like.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    said(&command.output().unwrap())
}

#[test]
fn health() {
    let house = House::new("");
    let report = examined(house.run(&["doctor", "--json"]), 0);
    assert_eq!((&report["isolation"], &report["schema"]), (&"full".into(), &1.into()));
    assert!(!house.path("data").exists(), "a doctor makes nothing");
    house.code("results = {'x': 1}\n", &[]).expect(0, &[]);
    let before = listing(&house.path("data"));
    let report = examined(house.run(&["doctor", "--json"]), 0);
    contains(row(&report, "store", "integrity", "ok"), "found", "whole");
    contains(row(&report, "store", "runs", "ok"), "found", "1 done");
    contains(row(&report, "disk", "run folders", "ok"), "found", "files");
    contains(row(&report, "python", "packages", "ok"), "found", "numpy");
    contains(row(&report, "isolation", "escape attempts", "ok"), "found", "all 5 contained");
    contains(row(&report, "generator", "generator", "ok"), "found", "cookbook");
    assert_eq!(listing(&house.path("data")), before, "and leaves nothing");
    let text = house.run(&["doctor"]).expect(0, &["  ok    level: full", " ok, ", " 0 failures"]);
    assert!(!text.stdout.contains('\u{1b}') && text.stderr.is_empty(), "{text:#?}");
}

/// Names of what is in a folder; a database's journal comes and goes.
fn listing(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.filter(|name| !name.starts_with("store.sqlite-")).collect();
    names.sort();
    names
}

#[test]
fn every_attempt_of_the_suite_is_contained() {
    let report = examined(House::new("").run(&["doctor", "--isolation", "--json"]), 0);
    let rows = report["checks"].as_array().unwrap();
    let contained =
        rows.iter().filter(|row| row["area"] == "isolation" && row["found"].to_string().contains(" Contained ("));
    assert!(contained.count() >= 20, "{report:#}");
    // Control groups are the machine's to give, and no attempt.
    let others = rows.iter().filter(|row| row["area"] == "isolation" && row["name"] != "control groups");
    assert!(others.clone().all(|row| row["status"] == "ok"), "{report:#}");
    row(&report, "isolation", "escape attempts", "ok");
}

#[test]
fn a_configuration_that_cannot_be_read() {
    let house = House::new("data_dir = \"x\"\n[execution\n");
    let report = examined(house.run(&["doctor", "--json"]), 2);
    contains(row(&report, "configuration", "file", "fail"), "found", "pyexec.toml`:2");
    contains(row(&report, "store", "store", "warn"), "found", "not checked, because the configuration cannot be used");
    row(&report, "plugins", "libpyexec_plugin_analysis.so", "ok");
    assert_eq!(report["isolation"], "full", "the self-test needs no configuration");
    house.configure("[execution]\ncode_generatr = \"mock\"\nmax_retries = 0\n");
    let report = examined(house.run(&["doctor", "--json"]), 2);
    contains(row(&report, "configuration", "file", "fail"), "fix", "code_generator");
    let said = house.run(&["--config", "no\u{1b}[31msuch.toml", "doctor"]).expect(2, &["  fail  file: ", "fix: "]);
    assert!(!said.stdout.contains('\u{1b}'), "{said:#?}");
}

#[test]
fn libraries_that_are_missing_or_foreign() {
    for (missing, area, code) in
        [("libpyexec_plugin_analysis.so", "safety", 2), ("libpyexec_plugin_execution.so", "isolation", 2)]
    {
        let house = House::new("");
        let program = installed(&house.path(""), missing);
        let report = examined(through(&house, &program, &[], &["doctor", "--json"]), code);
        contains(row(&report, "plugins", missing, "fail"), "fix", "cargo build --workspace");
        assert!(report["checks"].as_array().unwrap().iter().any(|row| row["area"] == area && row["status"] != "ok"));
        row(&report, "plugins", "libpyexec_plugin_approval.so", "ok");
        row(&report, "generator", "generator", "ok");
    }
    let house = House::new("");
    let program = installed(&house.path(""), "libpyexec_sandbox.so");
    let report = examined(through(&house, &program, &[], &["doctor", "--json"]), 6);
    row(&report, "plugins", "libpyexec_sandbox.so", "fail");
    contains(row(&report, "isolation", "self-test", "warn"), "found", "not checked");
    assert_eq!(report["isolation"], Value::Null);

    let house = House::new("");
    let foreign = house.file("libforeign.so", "not a library\n");
    house.configure(&loading(&foreign, ""));
    let report = examined(house.run(&["doctor", "--json"]), 2);
    contains(row(&report, "plugins", "libforeign.so", "fail"), "found", "not an ELF library");
    assert_eq!(report["isolation"], "full");
}

#[test]
fn a_plugin_that_others_may_exchange() {
    let house = House::new("");
    let library = house.path("open/libpyexec_plugin_faulty.so");
    fs::create_dir(house.path("open")).unwrap();
    fs::copy(faulty(), &library).unwrap();
    house.configure(&loading(&library, ""));
    fs::set_permissions(house.path("open"), fs::Permissions::from_mode(0o777)).unwrap();
    let report = examined(house.run(&["doctor", "--json"]), 0);
    contains(row(&report, "plugins", "libpyexec_plugin_faulty.so", "warn"), "fix", "chmod go-w");
    fs::set_permissions(house.path("open"), fs::Permissions::from_mode(0o755)).unwrap();
    let report = examined(house.run(&["doctor", "--json"]), 0);
    contains(row(&report, "plugins", "libpyexec_plugin_faulty.so", "ok"), "found", "pinned");
}

#[test]
fn a_data_folder_that_an_ordinary_user_cannot_write() {
    let house = House::new("");
    house.code("results = {}\n", &[]).expect(0, &[]);
    fs::set_permissions(house.path("data"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(house.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let like = house.command(&["doctor", "--json"]);
    let mut command = Command::new(installed(&house.path(""), ""));
    command.args(like.get_args()).env_clear().stdin(Stdio::null()).current_dir("/");
    command.env("HOME", house.path("")).env("PATH", "/usr/bin:/bin").env("PYEXEC__DATA_DIR", house.path("data"));
    command.env("PYEXEC__PYTHON__INTERPRETER", "/usr/bin/python3").uid(USER).gid(USER);
    let report = examined(said(&command.output().unwrap()), 6);
    contains(row(&report, "disk", "data folder", "fail"), "fix", &format!("chown -R {USER}"));
    contains(row(&report, "store", "store", "warn"), "found", "not checked");
    assert_eq!(report["isolation"], "full", "the self-test has a place of its own");
    contains(row(&report, "isolation", "control groups", "warn"), "fix", "Delegate=memory pids");
    // The same folder in the right hands.
    chown(house.path("data"), Some(USER), Some(USER)).unwrap();
    let report = said(&command.output().unwrap()).json();
    contains(row(&report, "disk", "data folder", "warn"), "fix", "chmod 700");
}

#[test]
fn a_disk_that_is_full() {
    let house = House::new("");
    let data = house.path("data");
    fs::create_dir(&data).unwrap();
    let mount = format!(
        "mount -t tmpfs -o size=64k,mode=700 tmpfs '{0}' && head -c 65536 /dev/zero > '{0}/ballast'; exec \"$0\" \"$@\"",
        data.display()
    );
    let before = ["--mount", "--propagation", "private", "--map-root-user", "sh", "-c", &mount];
    let before = if nix_is_root() { [&before[..3], &before[4..]].concat() } else { before.to_vec() };
    let report = examined(through(&house, Path::new("unshare"), &before, &["doctor", "--json"]), 6);
    contains(row(&report, "disk", "disk of the data folder", "fail"), "found", "0 bytes free");
    contains(row(&report, "disk", "data folder", "fail"), "fix", "free some space");
    row(&report, "plugins", "libpyexec_plugin_analysis.so", "ok");
}

fn nix_is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

#[test]
fn a_store_that_is_damaged() {
    let house = House::new("");
    house.code("results = {}\n", &[]).expect(0, &[]);
    let file = house.path("data/store.sqlite");
    // What is still in the journal goes into the file when the last connection is closed in order.
    examined(house.run(&["doctor", "--json"]), 0);
    assert!(!file.with_extension("sqlite-wal").exists());
    let whole = fs::read(&file).unwrap();
    // The middle of it, then its head.
    let mut hurt = whole.clone();
    hurt[4096 * 2..].iter_mut().for_each(|byte| *byte = 0x5a);
    let mut headless = whole;
    headless[..100].fill(0x5a);
    for (bytes, name) in [(hurt, None), (headless, Some("store"))] {
        fs::write(&file, bytes).unwrap();
        let report = examined(house.run(&["doctor", "--json"]), 6);
        let rows = report["checks"].as_array().unwrap();
        let failed: Vec<_> = rows.iter().filter(|row| row["status"] == "fail").collect();
        assert!(failed.iter().all(|row| row["area"] == "store"), "{report:#}");
        contains(failed[0], "found", "damaged");
        contains(failed[0], "fix", "restore it from a backup");
        assert!(name.is_none_or(|name| failed[0]["name"] == name), "{report:#}");
        assert_eq!(report["isolation"], "full");
    }
}

#[test]
fn what_waits_for_somebody_who_does_not_know() {
    let house = House::new("");
    let out = house.path("out");
    fs::create_dir(&out).unwrap();
    house.code(&format!("open({:?}, 'w').write('x')\nresults = {{}}\n", out.join("x")), &[]).expect(5, &[]);
    let script = house.file("long.py", "import time\nprint('here', flush=True)\ntime.sleep(600)\nresults = {}\n");
    let mut child = start(&mut house.command(&["run", "--code", script.to_str().unwrap()]));
    let running = || {
        house.run(&["runs", "list", "--state", "running", "--json"]).json()["runs"][0]["run_id"]
            .as_str()
            .map(str::to_owned)
    };
    let run = until("the run to begin", running);
    child.kill().unwrap();
    child.wait().unwrap();
    let report = examined(house.run(&["doctor", "--json"]), 0);
    contains(row(&report, "store", "tickets", "warn"), "fix", "pyexec approvals list");
    contains(row(&report, "store", "owners", "warn"), "fix", &format!("pyexec runs resume {run}"));
}

#[test]
fn settings_that_open_more_than_they_seem() {
    let house = House::new(
        "environment = \"lab\"\n[execution.approval]\nmode = \"disabled\"\n[execution.approval.auto_approve]\nenvironments = [\"lab\"]\n",
    );
    let report = examined(house.run(&["doctor", "--json"]), 0);
    contains(row(&report, "safety", "execution.approval.mode", "warn"), "fix", "mode = \"selective\"");
    row(&report, "safety", "execution.approval.auto_approve", "warn");
    let open = house.file(
        "open.toml",
        "[[rule]]\ncapability = \"*\"\nverdict = \"allow\"\nmode = \"WRITE_ENABLED\"\nreason = \"x\"\n",
    );
    house.configure(&format!(
        "[analysis]\npolicy = {open:?}\n[execution]\naccept_isolation = [\"full\", \"reduced\", \"none\", \"endpoint\"]\n\
         [control_system]\nwrites_enabled = true\n[control_system.limits_checking]\nenabled = false\n"
    ));
    let report = examined(house.run(&["doctor", "--json"]), 0);
    contains(row(&report, "safety", "policy", "warn"), "found", "allows everything");
    contains(row(&report, "safety", "control_system.limits_checking.enabled", "warn"), "fix", "enabled = true");
    contains(row(&report, "safety", "control_system.writes_enabled", "warn"), "found", "mock");
    let levels = report["checks"].as_array().unwrap().iter().filter(|row| row["name"] == "execution.accept_isolation");
    assert_eq!(levels.count(), 3, "{report:#}");
    let mut command = house.command(&["doctor", "--json"]);
    command.env("PYEXEC__EXECUTION__APPROVAL__MODE", "disabled");
    let report = examined(said(&command.output().unwrap()), 0);
    contains(row(&report, "configuration", "overrides", "warn"), "fix", "unset PYEXEC__EXECUTION__APPROVAL__MODE");
}

#[test]
fn limits_that_are_not_there_or_no_limits() {
    let house = House::new("[control_system.limits_checking]\ndatabase_path = \"limits.json\"\n");
    let report = examined(house.run(&["doctor", "--json"]), 2);
    contains(row(&report, "control system", "limits database", "fail"), "found", "limits.json");
    house.file("config/limits.json", "{\"A:B\": {\"min_value\": \"low\"}}");
    let report = examined(house.run(&["doctor", "--json"]), 2);
    contains(row(&report, "control system", "limits database", "fail"), "found", "A:B");
    house.file("config/limits.json", "{\"A:B\": {\"min_value\": 0, \"max_value\": 1}}");
    let report = examined(house.run(&["doctor", "--json"]), 0);
    contains(row(&report, "control system", "limits database", "ok"), "found", "1 channel");
}

#[test]
fn an_interpreter_that_will_not_do() {
    let house = House::new("");
    for interpreter in ["/no/such/python", "/bin/true"] {
        let mut command = house.command(&["doctor", "--json"]);
        let report = examined(said(&command.env("PYEXEC__PYTHON__INTERPRETER", interpreter).output().unwrap()), 2);
        contains(row(&report, "python", "interpreter", "fail"), "found", interpreter);
        contains(row(&report, "isolation", "self-test", "warn"), "found", "no Python");
    }
    let mut command = house.command(&["doctor", "--json"]);
    command.env_remove("PYEXEC__PYTHON__INTERPRETER");
    let report = examined(said(&command.output().unwrap()), 0);
    contains(row(&report, "python", "interpreter", "warn"), "found", "the first run makes it");
    assert!(!house.path("data").exists(), "a doctor does not make it");
}

#[test]
fn a_managed_environment_that_somebody_emptied() {
    let house = House::new("");
    let whole = environment();
    let folder = house.path("data/python").join(whole.file_name().unwrap());
    fs::create_dir_all(&folder).unwrap();
    fs::set_permissions(house.path("data"), fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = house.command(&["doctor", "--json"]);
    command.env_remove("PYEXEC__PYTHON__INTERPRETER");
    let mut doctor = || said(&command.output().unwrap());
    let report = examined(doctor(), 2);
    contains(row(&report, "python", "interpreter", "fail"), "found", "the next run makes it anew");
    // Its interpreter works, and its packages are gone.
    let made = Command::new(whole.join("bin/python")).args(["-m", "venv", "--without-pip"]).arg(&folder).status();
    assert!(made.unwrap().success());
    let marker = "pyexec-environment-2.json";
    let text = fs::read_to_string(whole.join(marker)).unwrap();
    fs::write(folder.join(marker), text.replace(whole.to_str().unwrap(), folder.to_str().unwrap())).unwrap();
    let report = examined(doctor(), 2);
    let hurt = row(&report, "python", "managed environment", "fail");
    contains(hurt, "found", "is missing");
    contains(hurt, "fix", &format!("rm -r {}", folder.display()));
}

#[test]
fn control_groups_that_are_there_and_that_are_not() {
    let house = House::new("[execution.limits]\nmemory_mb = 100\nscratch_mb = 28\nprocesses = 7\n");
    let rows = |report: &Value| report["checks"].as_array().unwrap().clone();
    let report = examined(house.run(&["doctor", "--json"]), 0);
    let ours = rows(&report).into_iter().find(|row| row["name"] == "control groups").unwrap();
    if ours["status"] == "ok" {
        contains(&ours, "found", "get 128 MiB together");
        contains(&ours, "found", "at most 7");
    } else {
        contains(&ours, "found", "/sys/fs/cgroup"); // root in a container that shows them and gives none
    }
    let without = "umount -R /sys/fs/cgroup; exec \"$0\" \"$@\"";
    let before = ["--mount", "--propagation", "private", "--map-root-user", "sh", "-c", without];
    let before = if nix_is_root() { [&before[..3], &before[4..]].concat() } else { before.to_vec() };
    let report = examined(through(&house, Path::new("unshare"), &before, &["doctor", "--json"]), 0);
    let none = row(&report, "isolation", "control groups", "warn");
    contains(none, "found", "no control groups for memory and processes are mounted");
    contains(none, "found", "`memory_mb` = 100 for each");
    contains(none, "fix", "mount -t cgroup2");
}

#[test]
fn user_namespaces_that_are_refused() {
    let house = House::new("");
    let refuse = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" \"$@\"";
    let before = ["--user", "--map-user=1000", "--map-group=1000", "--keep-caps", "sh", "-c", refuse];
    let report = examined(through(&house, Path::new("unshare"), &before, &["doctor", "--json"]), 3);
    let setting = row(&report, "isolation", "user namespaces", "fail");
    contains(setting, "found", "user.max_user_namespaces");
    contains(setting, "fix", "sysctl -w user.max_user_namespaces=15000");
    contains(row(&report, "isolation", "self-test", "fail"), "found", "namespace");
    assert_eq!(report["isolation"], Value::Null);
}

#[test]
fn files_that_decide_or_hold_secrets() {
    let house = House::new("");
    let secret = house.file("key", "sesame-4711\n");
    house.configure(&format!("[execution.generators.mock]\napi_key_file = {secret:?}\n"));
    let key = "execution.generators.mock.api_key_file";
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(house.path("config/pyexec.toml"), fs::Permissions::from_mode(0o664)).unwrap();
    let said = house.run(&["doctor", "--json"]);
    assert!(!said.stdout.contains("sesame"), "{said:#?}");
    let report = examined(said, 0);
    contains(row(&report, "configuration", key, "warn"), "fix", "chmod 600");
    contains(row(&report, "configuration", "file permissions", "warn"), "fix", "chmod g-w");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    row(&examined(house.run(&["doctor", "--json"]), 0), "configuration", key, "ok");
}
