//! What attacks aim at: made by the test, worth nothing. A control shows that each can be hit.

use crate::place::public_folder;
use std::{
    fs,
    net::{TcpListener, UdpSocket},
    os::{
        linux::net::SocketAddrExt,
        unix::{
            fs::PermissionsExt,
            net::{SocketAddr, UnixDatagram, UnixListener},
        },
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// The word that no attack may bring home.
pub(crate) const SECRET: &str = "decoy-4711";

/// Files, sockets and a process.
pub(crate) struct Decoys {
    folder: TempDir,
    victim: Child,
    tcp: TcpListener,
    udp: UdpSocket,
    abstract_name: String,
    _sockets: (UnixListener, UnixListener, UnixDatagram),
}

impl Decoys {
    pub(crate) fn new() -> Self {
        let folder = public_folder();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("secret"), SECRET).unwrap();
        fs::write(at("input"), "1,2\n").unwrap();
        fs::set_permissions(at("input"), fs::Permissions::from_mode(0o666)).unwrap();
        let abstract_name = folder.path().display().to_string();
        let abstract_socket =
            UnixListener::bind_addr(&SocketAddr::from_abstract_name(abstract_name.as_bytes()).unwrap()).unwrap();
        let sockets = (
            UnixListener::bind(at("stream.sock")).unwrap(),
            abstract_socket,
            UnixDatagram::bind(at("datagram.sock")).unwrap(),
        );
        for socket in ["stream.sock", "datagram.sock"] {
            fs::set_permissions(at(socket), fs::Permissions::from_mode(0o777)).unwrap();
        }
        let victim = Command::new("sleep").arg("3600").env("DECOY", SECRET).stdin(Stdio::null()).spawn().unwrap();
        Self {
            victim,
            tcp: TcpListener::bind("127.0.0.1:0").unwrap(),
            udp: UdpSocket::bind("127.0.0.1:0").unwrap(),
            abstract_name,
            _sockets: sockets,
            folder,
        }
    }

    /// How an attack is told of them.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("DECOY", SECRET.into()),
            ("DECOY_FOLDER", self.folder.path().display().to_string()),
            ("DECOY_SECRET", path("secret")),
            ("DECOY_INPUT", path("input")),
            ("DECOY_STREAM", path("stream.sock")),
            ("DECOY_DATAGRAM", path("datagram.sock")),
            ("DECOY_ABSTRACT", self.abstract_name.clone()),
            ("DECOY_PID", self.victim.id().to_string()),
            ("DECOY_TCP", self.tcp.local_addr().unwrap().port().to_string()),
            ("DECOY_UDP", self.udp.local_addr().unwrap().port().to_string()),
        ]
    }

    /// The one file that is mounted, read-only.
    pub(crate) fn input(&self) -> PathBuf {
        self.folder.path().join("input")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Decoys {
    fn drop(&mut self) {
        let _gone = self.victim.kill();
        let _reaped = self.victim.wait();
    }
}
