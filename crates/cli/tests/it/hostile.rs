//! Scripts that mean harm, through the whole product: the host stays small, tells what happened and leaves nothing behind.

use crate::house::{House, Said, start, until};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Child,
    thread,
};

/// Everything may run, as far as the kernel lets it.
const ALLOW: &str = r#"
[[rule]]
capability = "*"
verdict = "allow"
mode = "READ_ONLY"
reason = "the kernel holds it"
"#;

/// How frames are forged.
const FORGE: &str = r#"
import os, struct
def send(header, body=b""):
    left = memoryview(struct.pack("!II", len(header), len(body)) + header + body)
    while left: left = left[os.write(3, left):]
"#;

fn house() -> (House, PathBuf) {
    let house = House::new("");
    let policy = house.file("allow.toml", ALLOW);
    (house, policy)
}

fn run(house: &House, policy: &Path, code: &str) -> Said {
    house.code(code, &["--policy", policy.to_str().unwrap(), "--timeout", "20"])
}

#[test]
fn files_with_hostile_names_are_taken_or_left_out_and_cost_nothing_else() {
    let (house, policy) = house();
    let code = r#"
import os
def put(path):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    open(path, "w").close()
for path in (".pyexec-partial/x", "b", "x\n", "x_/f", "figures/z.png", "z.png/b.png"):
    put(path)
long = "a" * 251 + ".png"
put(long)
put("figures/" + long)
os.symlink("b", "link")
os.truncate("b", 400 << 20)
for _ in range(16):
    os.mkdir("d" * 255)
    os.chdir("d" * 255)
put("f")
os.chmod("/work", 0)
results = {"ok": 1}
"#;
    let said = run(&house, &policy, code).expect(0, &["symbolic links are not followed: link", "too long"]).json();
    assert_eq!(said["results"]["ok"], 1);
    assert_eq!(said["figures"].as_array().unwrap().len(), 4, "{said}");
    let folder = Path::new(said["folder"].as_str().unwrap());
    let path = |artifact: &Value| artifact["path"].as_str().unwrap().to_owned();
    let artifacts: BTreeSet<_> = said["artifacts"].as_array().unwrap().iter().map(path).collect();
    let wanted = [".pyexec-partial/x", "b", "x_", "x_-2/f"].map(|name| format!("artifacts/{name}"));
    assert_eq!(artifacts, wanted.into());
    for artifact in artifacts {
        let metadata = fs::symlink_metadata(folder.join(artifact)).unwrap();
        assert!(metadata.is_file() && metadata.permissions().mode() & 0o777 == 0o600, "ours alone");
    }
}

#[test]
fn floods_end_at_the_deadline_and_the_host_stays_small() {
    for flood in [
        "while True: os.write(1, b'x' * 1_000_000)",
        "while True: os.write(3, (struct.pack('!II', 14, 0) + b'{\"type\":\"end\"}') * 3000)",
        "send(b'{\"type\":\"result\",\"state\":\"dict\"}', b'{\"x\":[' + b'{\"\":0},' * 2_000_000 + b'0]}')\nwhile True: pass",
    ] {
        let (house, policy) = house();
        let script = house.file("script.py", format!("{FORGE}\n{flood}"));
        let (script, policy) = (script.to_str().unwrap(), policy.to_str().unwrap());
        let arguments = ["run", "--code", script, "--policy", policy, "--timeout", "3", "--json"];
        let mut child = start(&mut house.command(&arguments));
        // Read while it is watched: a full pipe would keep it.
        let mut stdout = child.stdout.take().unwrap();
        let reader = thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
        let peak = peak_until_the_end(&mut child);
        reader.join().unwrap().unwrap();
        assert!(peak < 200 << 20, "{flood}: {peak} bytes");
        assert_eq!(child.wait().unwrap().code(), Some(1), "{flood}");
    }
}

/// The largest resident set of a process, bytes.
fn peak_until_the_end(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    until("the end of a flood", || {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or_default() << 10);
        child.try_wait().unwrap()
    });
    peak
}

#[test]
fn half_a_word_hides_no_signal() {
    let (house, policy) = house();
    let code = format!("{FORGE}\nos.write(3, struct.pack('!II', 100, 0) + b'half')\nos.kill(os.getpid(), 11)");
    run(&house, &policy, &code).expect(1, &["signal 11 (SIGSEGV)"]);
}

/// Unread, they keep the pipes from ending although everybody is dead.
#[test]
fn ends_of_pipes_that_were_sent_along_are_not_waited_for() {
    let (house, policy) = house();
    let code = r#"
import os, socket, struct
header = b'{"type":"channel","id":1,"request":{"op":"read","name":"A:B","timeout":null}}'
frame = struct.pack("!II", len(header), 0) + header
channel = socket.socket(fileno=os.dup(3))
channel.setblocking(False)
try:
    while True: socket.send_fds(channel, [frame], [1, 2, 3])
except BlockingIOError: pass
os.kill(os.getpid(), 9)
"#;
    run(&house, &policy, code).expect(1, &["signal 9 (SIGKILL)"]);
}

#[test]
fn a_killed_host_takes_everything_with_it() {
    let mounts = || fs::read_to_string("/proc/self/mountinfo").unwrap();
    for script in ["while True: pass", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"] {
        let (house, policy) = house();
        let script = house.file("script.py", script);
        let (script, policy) = (script.to_str().unwrap(), policy.to_str().unwrap());
        let mut child = start(&mut house.command(&["run", "--code", script, "--policy", policy]));
        until("the code's process", || (runners(&house) == 3).then_some(()));
        let data = house.path("data").display().to_string();
        assert!(!mounts().contains(&data), "its mounts are its own");
        child.kill().unwrap();
        child.wait().unwrap();
        until("the end of its processes", || (runners(&house) == 0).then_some(()));
    }
}

/// How many runners of this house there are: the outer one, pid 1 and the code.
fn runners(house: &House) -> usize {
    let ours = house.path("data").display().to_string();
    let is_one = |process: &Path| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("_runner.py") && line.contains(&ours)
    };
    fs::read_dir("/proc").unwrap().filter(|entry| is_one(&entry.as_ref().unwrap().path())).count()
}

#[test]
fn what_analysis_did_not_predict_is_told_with_the_run_and_kept_in_its_log() {
    let (house, policy) = house();
    // By number and from a pointer: no analysis sees a socket in it.
    let code = "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.syscall(41 if __import__('platform').machine() == 'x86_64' else 198, 2, 1, 0)\nresults = {}";
    let ran = run(&house, &policy, code).expect(0, &[]).json();
    let told = |key: &str| ran[key].to_string();
    assert!(told("findings").contains("kernel.refused.net"), "{ran}");
    let sentence = "the kernel refused `socket`: the permit of this run does not open it";
    assert!(told("warnings").contains(sentence) && told("warnings").contains("did not predict"), "{ran}");
    let folder = Path::new(ran["folder"].as_str().unwrap());
    let kept = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    assert!(kept("events.jsonl").contains(r#""witness":"kernel""#));
    assert!(kept("notebook.ipynb").contains("kernel.refused.net"));
}
