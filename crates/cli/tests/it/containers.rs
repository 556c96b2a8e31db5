//! Containers by the command line: a run, what `doctor` says, and twenty programs killed in the middle.

use crate::house::{House, PATIENCE, start};
use serde_json::Value;
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The engine of the tests.
fn socket() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_pyexec")).ancestors().nth(2).unwrap();
    let socket = env::var_os("PYEXEC_TEST_ENGINE").map_or_else(|| target.join("engine/docker.sock"), PathBuf::from);
    let listens = std::os::unix::net::UnixStream::connect(&socket).is_ok();
    assert!(listens, "no engine listens at {}: `cargo xtask engine start` starts one", socket.display());
    socket
}

fn house() -> House {
    let image = env::var("PYEXEC_TEST_IMAGE").unwrap_or_else(|_| "pyexec-test".into());
    House::new(&format!(
        "[execution]\nexecution_method = \"container\"\n\
         [execution.container_endpoints.default]\nhost = \"unix://{}\"\nimage = \"{image}\"\n",
        socket().display()
    ))
}

/// The containers of a house.
fn containers(house: &House) -> Vec<String> {
    let installation = std::fs::read_to_string(house.path("data/containers/installation")).unwrap_or_default();
    let filter = format!("label=io.pyexec.installation={installation}");
    let output = Command::new("docker")
        .args(["ps", "--all", "--quiet", "--filter", &filter])
        .env("DOCKER_HOST", format!("unix://{}", socket().display()))
        .env_remove("DOCKER_CONTEXT")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + 3 * PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "it does not come to this: {what}");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_run_says_what_held_it_and_leaves_nothing() {
    let house = house();
    let code = house.file("code.py", "open('note.txt', 'w').write(open('in.csv').read())\nresults = {'x': 1}\n");
    let input = house.file("in.csv", "1,2");
    let arguments = ["run", "--json", "--code", code.to_str().unwrap(), "--input", input.to_str().unwrap()];
    let said = house.run(&arguments);
    assert_eq!(said.code, 0, "{said:?}");
    let run: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((&run["isolation"], &run["results"]["x"]), (&"container".into(), &1.into()));
    assert_eq!(run["artifacts"][0]["path"], "artifacts/note.txt");
    until("the container is gone", || containers(&house).is_empty());
    let doctor = house.run(&["doctor"]);
    assert!(doctor.stdout.contains("containers\n  ok    engine: Docker"), "{}", doctor.stdout);
}

#[test]
fn twenty_killed_programs_leave_nothing_after_a_cleaning() {
    const PROGRAMS: usize = 20;
    let house = house();
    let code = house.file("code.py", "import time\ntime.sleep(1000)\n");
    let arguments = ["run", "--approve", "never", "--code", code.to_str().unwrap()];
    let mut programs: Vec<_> =
        (0..PROGRAMS).map(|_| start(house.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()))).collect();
    until("twenty containers run", || containers(&house).len() == PROGRAMS);
    for program in &mut programs {
        program.kill().unwrap();
        program.wait().unwrap();
    }
    let said = house.run(&["doctor", "--clean"]);
    assert!(said.stdout.contains("left behind"), "{said:?}");
    // what the engine is removing on its own account is on its way
    until("no container is left", || containers(&house).is_empty());
}

#[test]
fn what_is_missing_is_said_with_the_way_out() {
    let house = House::new("");
    let code = house.file("code.py", "results = {}\n");
    let mut command = house.command(&["run", "--backend", "docker", "--code", code.to_str().unwrap()]);
    let output = command.env("DOCKER_HOST", "unix:///no/such/docker.sock").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{stderr}");
    assert!(stderr.contains("cannot be reached") && stderr.contains("help: start it"), "{stderr}");
    let said = house.run(&["run", "--backend", "jupyter", "--code", code.to_str().unwrap()]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("container_endpoints"), "{said:?}");
}
