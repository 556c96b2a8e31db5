//! The agent connects to its endpoint and tries nothing else: in a network of its own, with a loopback alone, the kernel
//! counts whatever would have gone further.

use super::agent::{CODE, SCRIPT, Site, provider, says, uses};
use serde_json::json;
use std::{fs, net::TcpStream, process::Command};

/// Set in the process that runs in such a network.
const INSIDE: &str = "PYEXEC_TEST_LOOPBACK_ONLY";
/// Brings the loopback up (`netdevice(7)`): `SIOCGIFFLAGS`, `SIOCSIFFLAGS` with `IFF_UP`.
const LOOPBACK_UP: &str = "
import fcntl, socket, struct
link = socket.socket()
name, flags = struct.unpack('16sh', fcntl.ioctl(link, 0x8913, struct.pack('16sh', b'lo', 0)))
fcntl.ioctl(link, 0x8914, struct.pack('16sh', b'lo', flags | 1))
";

/// What had nowhere to go, datagrams that asked for names included.
fn lost() -> u64 {
    let column = |file: &str, kind: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap();
        let mut lines = text.lines().filter(|line| line.starts_with(kind));
        let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
        let at = names.split(' ').position(|column| column == name).unwrap();
        values.split(' ').nth(at).unwrap().parse::<u64>().unwrap()
    };
    let six = fs::read_to_string("/proc/net/snmp6").unwrap_or_default();
    let six = six.lines().find_map(|line| line.strip_prefix("Ip6OutNoRoutes")?.trim().parse::<u64>().ok());
    let (routes, datagrams) =
        (column("/proc/net/snmp", "Ip:", "OutNoRoutes"), column("/proc/net/snmp", "Udp:", "OutDatagrams"));
    routes + datagrams + six.unwrap_or(0)
}

#[tokio::test]
async fn it_connects_to_its_endpoint_and_tries_nothing_else() {
    if std::env::var_os(INSIDE).is_none() {
        let mut inside = Command::new("unshare");
        inside.args(["--user", "--map-root-user", "--net"]).arg(std::env::current_exe().unwrap());
        inside.args(["--exact", "claude_code::network::it_connects_to_its_endpoint_and_tries_nothing_else"]);
        let output = inside.env(INSIDE, "1").output().expect("util-linux is needed: apt-get install util-linux");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
        return;
    }
    assert!(Command::new("python3").args(["-c", LOOPBACK_UP]).status().unwrap().success());
    let provider = provider([uses("A look.", "Glob", &json!({"pattern": "*"})), says(CODE)]);
    let site = Site::new(&provider.url(), "");
    let before = lost();
    let generated = site.generate(&json!({})).await.0.unwrap();
    assert_eq!(generated.code.to_text(), SCRIPT);
    assert_eq!(lost(), before, "something else was tried");
    // the count sees what it is to see
    TcpStream::connect(("192.0.2.1", 443)).unwrap_err();
    assert_eq!(lost(), before + 1);
}
