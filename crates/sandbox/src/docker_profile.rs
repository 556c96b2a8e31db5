//! `docker/seccomp.json` is this table in Docker's words: what a container may call at the most, whatever its run was granted.
//! Inside, pid 1 puts the run's own filter on the code, which is the same as that of a local run.
//!
//! `PYEXEC_WRITE_PROFILE=1 cargo test -p pyexec-sandbox profile` writes the file anew.

use crate::syscalls::{ABSENT_NAMES, Allowed, Test, allowed};
use serde_json::{Value, json};
use std::{env, fs, path::Path};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docker/seccomp.json");

/// What pid 1 does before there is any code, which its filter then takes away.
const BEFORE_THE_CODE: [(u32, &str); 2] = [
    (4, "PR_SET_DUMPABLE: pid 1 keeps itself out of the code's reach"),
    (22, "PR_SET_SECCOMP: pid 1 takes away what this run was not granted"),
];

fn profile() -> Value {
    let absent = json!({
        "names": ABSENT_NAMES,
        "action": "SCMP_ACT_ERRNO",
        "errnoRet": libc::ENOSYS,
        "comment": "\"do not exist\", so that the C library takes an older one whose arguments can be seen",
    });
    let own = BEFORE_THE_CODE.map(|(option, reason)| entry(&["SYS_prctl"], &[Test::Is(0, option)], reason));
    let listed = allowed().flat_map(|Allowed { names, alternatives, reason, .. }| {
        let always: &[&[Test]] = &[&[]];
        let alternatives = if alternatives.is_empty() { always } else { alternatives };
        alternatives.iter().map(move |tests| entry(names, tests, reason))
    });
    let architecture = |name: &str| json!({"architecture": name, "subArchitectures": []});
    let syscalls: Vec<Value> = [absent].into_iter().chain(own).chain(listed).collect();
    json!({
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": libc::EPERM,
        "archMap": [architecture("SCMP_ARCH_X86_64"), architecture("SCMP_ARCH_AARCH64")],
        "syscalls": syscalls,
    })
}

fn entry(names: &[&str], tests: &[Test], reason: &str) -> Value {
    let names: Vec<_> = names.iter().map(|name| name.trim_start_matches("SYS_")).collect();
    let argument = |test: &Test| {
        let masked = |index: u8, of: u32, are: u32| json!({"index": index, "value": of, "valueTwo": are, "op": "SCMP_CMP_MASKED_EQ"});
        match *test {
            Test::Is(index, value) => masked(index, u32::MAX, value),
            Test::Bits { argument, of, are } => masked(argument, of, are),
            Test::Null(index) => json!({"index": index, "value": 0, "op": "SCMP_CMP_EQ"}),
        }
    };
    let arguments: Vec<_> = tests.iter().map(argument).collect();
    json!({"names": names, "action": "SCMP_ACT_ALLOW", "args": arguments, "comment": reason})
}

#[test]
fn the_profile_for_containers_is_this_table() {
    let wanted = serde_json::to_string_pretty(&profile()).unwrap() + "\n";
    if env::var_os("PYEXEC_WRITE_PROFILE").is_some() {
        fs::write(FILE, &wanted).unwrap();
    }
    let found = fs::read_to_string(Path::new(FILE)).unwrap();
    assert!(found == wanted, "docker/seccomp.json is not what the table says; see the head of this file");
}

#[test]
fn the_profile_allows_what_no_grant_opens_to_nobody() {
    let names: Vec<String> = profile()["syscalls"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["action"] == "SCMP_ACT_ALLOW")
        .flat_map(|entry| entry["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()))
        .collect();
    assert!(names.contains(&"openat".to_owned()));
    for name in
        ["io_uring_setup", "memfd_create", "ptrace", "mount", "unshare", "setns", "bpf", "keyctl", "userfaultfd"]
    {
        assert!(!names.contains(&name.to_owned()), "{name}");
    }
}
