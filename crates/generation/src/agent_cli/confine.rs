//! What the kernel keeps from an agent (Landlock), whatever its own permission system thinks.
//!
//! It reads system libraries, certificates, its own program and its working folder; it writes to its own folders; it
//! connects to the port of its endpoint, where the kernel can tell (Linux 6.7). Processes outside are out of its reach: what
//! `/proc` says of them, memory and environment included, is not for a process in a Landlock domain.

use super::folder::WorkFolder;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset,
    RulesetAttr, RulesetCreatedAttr, Scope, make_bitflags,
};
use rustix::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// The least: what every kernel with Landlock has, and moves between folders. Debian 12's has it.
const LEAST: ABI = ABI::V2;
const MOST: ABI = ABI::V6;

/// Where programs find their libraries, names of hosts and certificates.
const SYSTEM: [&str; 17] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/etc/ssl",
    "/etc/pki",
    "/etc/ca-certificates",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/nsswitch.conf",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/proc",
    "/sys/devices/system/cpu",
    "/run/systemd/resolve",
];
const DEVICES: [&str; 4] = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"];

/// DNS over TCP, for answers that are too long for a datagram.
const DNS: u16 = 53;

/// The rules cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfineError {
    /// The kernel has no Landlock, or too little of it.
    #[error("the kernel cannot confine a program: {0}")]
    Kernel(#[from] landlock::RulesetError),
    /// A path that must be opened is not there.
    #[error("{0}")]
    Path(#[from] landlock::PathFdError),
    /// No descriptor came of it, which the hard requirement rules out.
    #[error("the kernel cannot confine a program")]
    Nothing,
}

/// Whether this kernel can.
pub(crate) fn is_available() -> Result<(), ConfineError> {
    ruleset(false)?.create()?;
    Ok(())
}

/// The rules of one conversation, as a descriptor to be applied between fork and exec.
pub(super) fn rules(executable: &Path, folder: &WorkFolder, port: u16) -> Result<OwnedFd, ConfineError> {
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir | Execute});
    let look = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    let write = AccessFs::from_all(MOST) & !(AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock);
    let device = make_bitflags!(AccessFs::{ReadFile | WriteFile});
    let system = SYSTEM.iter().map(|path| (PathBuf::from(path), read));
    let devices = DEVICES.iter().map(|path| (PathBuf::from(path), device));
    let present = system.chain(devices).filter(|(path, _)| path.exists());
    let own = [
        (executable.to_owned(), read),
        (folder.system_prompt(), look),
        (folder.work(), look),
        (folder.home(), write),
        (folder.config(), write),
        (folder.temporary(), write),
    ];
    let mut rules = ruleset(true)?.create()?.set_compatibility(CompatLevel::BestEffort);
    for (path, access) in present.chain(own) {
        let beneath = PathFd::new(&path)?;
        rules = rules.add_rule(PathBeneath::new(beneath, fitting(&path, access)))?;
    }
    for port in [port, DNS] {
        rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
    }
    Option::<OwnedFd>::from(rules).ok_or(ConfineError::Nothing)
}

/// Everything that is forbidden unless a rule opens it.
fn ruleset(whole: bool) -> Result<Ruleset, landlock::RulesetError> {
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(LEAST))?
        .set_compatibility(CompatLevel::BestEffort);
    if !whole {
        return Ok(rules);
    }
    rules
        .handle_access(AccessFs::from_all(MOST))?
        .handle_access(AccessNet::from_all(MOST))?
        .scope(Scope::from_all(MOST))
}

/// Of a file only what a file can have.
fn fitting(path: &Path, access: BitFlags<AccessFs>) -> BitFlags<AccessFs> {
    if path.is_dir() { access } else { access & AccessFs::from_file(MOST) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent_cli::process;
    use std::{
        fs,
        net::TcpListener,
        os::unix::{fs::chown, process::CommandExt},
        process::Command,
    };
    use tokio::io::AsyncReadExt;

    /// What `sh` says of this script, held to the rules or not.
    async fn said(script: &str, secret: &Path, port: u16, confined: bool) -> String {
        let folder = WorkFolder::create().unwrap();
        folder.put_system_prompt("be brief").unwrap();
        fs::write(folder.work().join("note"), "noted").unwrap();
        let shell = Path::new("/bin/sh").canonicalize().unwrap();
        let rules = confined.then(|| rules(&shell, &folder, port).unwrap());
        let mut command = Command::new(shell);
        command.arg("-c").arg(script).current_dir(folder.work()).env("SECRET", secret);
        command.env("HOME", folder.home());
        let mut started = process::start(command, rules, folder).unwrap();
        let mut text = String::new();
        started.output.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn it_reads_its_own_and_the_system_and_nothing_else() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        fs::write(outside.path(), "canary").unwrap();
        for (script, free, confined) in [
            ("cat note", "noted", "noted"),
            ("cat ../system_prompt.txt", "be brief", "be brief"),
            ("echo x > \"$HOME/own\" && cat \"$HOME/own\"", "x\n", "x\n"),
            ("echo x > note && cat note", "x\n", ""),
            ("cat \"$SECRET\"", "canary", ""),
            ("head -c 5 /etc/passwd", "root:", ""),
            ("ls / > /dev/null && echo listed", "listed\n", ""),
        ] {
            assert_eq!(said(script, outside.path(), 443, false).await, free, "{script}");
            assert_eq!(said(script, outside.path(), 443, true).await, confined, "{script}, confined");
        }
    }

    #[tokio::test]
    async fn what_proc_says_of_others_is_kept_from_it() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$; read until_the_end"]);
        let mut other = process::start(command, None, WorkFolder::create().unwrap()).unwrap();
        let mut number = String::new();
        while !number.ends_with('\n') {
            number.push(char::from(other.output.read_u8().await.unwrap()));
        }
        let script = format!("head -c 1 /proc/{}/environ | wc -c", number.trim());
        assert_eq!(said(&script, Path::new(""), 443, false).await, "1\n");
        assert_eq!(said(&script, Path::new(""), 443, true).await, "0\n");
    }

    /// Landlock knows of TCP since its version 4 (Linux 6.7); below, the rules leave it alone.
    #[tokio::test]
    async fn it_connects_to_its_port_alone() {
        let (endpoint, other) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let connect = |port: u16| {
            format!("exec python3 -c \"import socket; socket.create_connection(('127.0.0.1', {port})); print('met')\"")
        };
        let nothing = Path::new("");
        assert_eq!(said(&connect(port(&endpoint)), nothing, port(&endpoint), true).await, "met\n");
        let knows_tcp = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessNet::ConnectTcp)
            .is_ok();
        let expected = if knows_tcp { "" } else { "met\n" };
        assert_eq!(said(&connect(port(&other)), nothing, port(&endpoint), true).await, expected);
        assert_eq!(said(&connect(port(&other)), nothing, port(&endpoint), false).await, "met\n");
    }

    /// Started as root, the tests above run once more for somebody who has no right to give up.
    #[test]
    fn it_holds_for_an_ordinary_user() {
        const NOBODY: u32 = 65_534;
        let home = tempfile::tempdir().unwrap();
        let copy = home.path().join("tests");
        // By another process: while this one has the copy open to write, so have the children that other tests start just then, and
        // what is open to write cannot be executed.
        let copied = Command::new("cp").args([&std::env::current_exe().unwrap(), &copy]).status().unwrap();
        assert!(copied.success());
        let mut tests = Command::new(copy);
        let names = ["it_reads_its_own", "what_proc_says", "it_connects_to"];
        tests.args(names.map(|name| format!("agent_cli::confine::tests::{name}")));
        tests.current_dir(home.path()).env("TMPDIR", home.path());
        if rustix::process::geteuid().is_root() {
            chown(home.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            tests.uid(NOBODY).gid(NOBODY);
        }
        let output = tests.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("3 passed"), "{said}");
    }
}
