//! What attempts aim at: made for them, worth nothing, and watched from outside.

use super::jail::Ran;
use pyexec_core::outcome::Results;
use std::{
    collections::BTreeMap,
    env, fs, io,
    net::{TcpListener, UdpSocket},
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixListener},
    },
    path::PathBuf,
};
use tempfile::TempDir;

/// The word that no attempt may bring home.
const SECRET: &str = "decoy-of-pyexec-doctor";

/// Files and sockets. The process to aim at is this one: no attempt does more to it than look, or send signal 0.
pub(super) struct Decoys {
    folder: TempDir,
    tcp: TcpListener,
    udp: UdpSocket,
    stream: UnixListener,
    abstract_stream: UnixListener,
}

impl Decoys {
    pub(super) fn new() -> io::Result<Self> {
        // Not below the data folder, parts of which are visible inside.
        let folder = tempfile::Builder::new().prefix("doctor-decoys-").tempdir()?;
        fs::write(folder.path().join("secret"), SECRET)?;
        let name = SocketAddr::from_abstract_name(folder.path().as_os_str().as_encoded_bytes())?;
        let decoys = Self {
            tcp: TcpListener::bind("127.0.0.1:0")?,
            udp: UdpSocket::bind("127.0.0.1:0")?,
            stream: UnixListener::bind(folder.path().join("stream.sock"))?,
            abstract_stream: UnixListener::bind_addr(&name)?,
            folder,
        };
        decoys.tcp.set_nonblocking(true)?;
        decoys.udp.set_nonblocking(true)?;
        decoys.stream.set_nonblocking(true)?;
        decoys.abstract_stream.set_nonblocking(true)?;
        decoys.environment()?;
        Ok(decoys)
    }

    /// How an attempt is told of them.
    pub(super) fn environment(&self) -> io::Result<BTreeMap<String, String>> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let home = env::var_os("HOME").map_or_else(|| "/root".into(), PathBuf::from);
        let all = [
            ("DECOY_FOLDER", self.folder.path().display().to_string()),
            ("DECOY_SECRET", path("secret")),
            ("DECOY_STREAM", path("stream.sock")),
            ("DECOY_ABSTRACT", self.folder.path().display().to_string()),
            ("DECOY_PID", std::process::id().to_string()),
            ("DECOY_TCP", self.tcp.local_addr()?.port().to_string()),
            ("DECOY_UDP", self.udp.local_addr()?.port().to_string()),
            ("DECOY_HOME", home.display().to_string()),
        ];
        Ok(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// What was hit, if anything was.
    pub(super) fn hit(&self, ran: &Ran) -> Option<String> {
        let results = match &ran.outcome.results {
            Results::Dict { value } => serde_json::to_string(value).unwrap_or_default(),
            Results::Missing | Results::NotADict { .. } => String::new(),
        };
        let said = String::from_utf8_lossy(&ran.output).into_owned() + &results;
        let names = fs::read_dir(self.folder.path()).map(Iterator::count);
        let hits = [
            (said.contains(SECRET), "it brought home what a file outside holds"),
            (self.tcp.accept().is_ok(), "it connected to this host"),
            (self.udp.recv_from(&mut [0; 8]).is_ok(), "it sent a datagram to this host"),
            (self.stream.accept().is_ok(), "it connected to a socket of this host"),
            (self.abstract_stream.accept().is_ok(), "it connected to an abstract socket of this host"),
            (
                fs::read(self.folder.path().join("secret")).ok().as_deref() != Some(SECRET.as_bytes()),
                "it changed a file outside",
            ),
            (names.ok() != Some(2), "it left something in a folder outside"),
        ];
        hits.into_iter().find(|(hit, _)| *hit).map(|(_, what)| what.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::{
        Isolation, Outcome,
        outcome::{Ended, Usage},
    };
    use std::{net::TcpStream, os::unix::net::UnixStream};

    fn ran(output: &str) -> Ran {
        let outcome = Outcome {
            ended: Ended::Exited { code: 0 },
            results: Results::Missing,
            error: None,
            warnings: vec![],
            figures: vec![],
            artifacts: vec![],
            usage: Usage::default(),
            isolation: Isolation::Full,
            python: None,
            environment: None,
            refused: vec![],
        };
        Ran { outcome, output: output.into() }
    }

    #[test]
    fn whoever_hits_one_is_seen() {
        let decoys = Decoys::new().unwrap();
        let told = decoys.environment().unwrap();
        let hit = |output: &str| decoys.hit(&ran(output));
        assert_eq!(hit("nothing"), None);
        assert!(hit(&fs::read_to_string(&told["DECOY_SECRET"]).unwrap()).is_some());
        let _tcp = TcpStream::connect(("127.0.0.1", told["DECOY_TCP"].parse().unwrap())).unwrap();
        assert!(hit("").unwrap().contains("connected to this host"));
        let _stream = UnixStream::connect(&told["DECOY_STREAM"]).unwrap();
        assert!(hit("").unwrap().contains("socket"));
        let name = SocketAddr::from_abstract_name(&told["DECOY_ABSTRACT"]).unwrap();
        let _abstract = UnixStream::connect_addr(&name).unwrap();
        assert!(hit("").unwrap().contains("abstract"));
        UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .send_to(b"x", ("127.0.0.1", told["DECOY_UDP"].parse().unwrap()))
            .unwrap();
        assert!(hit("").unwrap().contains("datagram"));
        assert_eq!(hit(""), None, "each is told once");
        fs::write(decoys.folder.path().join("more"), "").unwrap();
        assert!(hit("").unwrap().contains("folder outside"));
        fs::write(&told["DECOY_SECRET"], "changed").unwrap();
        assert!(hit("").unwrap().contains("changed a file"));
    }
}
