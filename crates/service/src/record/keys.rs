//! The signing key of a data folder: made at the first start, never shown, never replaced.
//!
//! ```text
//! <data_dir>/keys/ (0700)    signing.key (0600)    signing.pub
//! ```
//!
//! A key is written whole to a name of its own, synced, and linked into place: of two processes that start at once one
//! makes it and both use it. The public key follows from it and comes after it, so a public key without a private one
//! means that the private one is gone: then nothing is signed until somebody decides, because a new key made in silence
//! would make every earlier signature a stranger's.
//!
//! Whoever may read `signing.key` can sign; that is this user alone, and root.

use super::key_text::{PublicKey, ReadKeyError, parse_private, private_text};
use crate::store::{DiskError, Seal, anchor_message};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::Signer as _;
use pyexec_core::{Digest, ErrorKind, RunError};
use rustix::fs::OFlags;
use std::{
    fmt,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// No key file of ours is larger.
const MOST_BYTES: u64 = 64 << 10;

/// The key of a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Others could read or replace it.
    #[error("{} can be used by other users (mode {mode:04o}), and what it signs must be this user's alone", path.display())]
    TooOpen {
        /// The folder or file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Another user's.
    #[error("{} belongs to uid {owner}, and this is uid {us}", path.display())]
    NotOurs {
        /// The folder or file.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who runs this.
        us: u32,
    },
    /// Something else has that name.
    #[error("{} is not {expected}", path.display())]
    WrongType {
        /// What is there.
        path: PathBuf,
        /// What should be.
        expected: &'static str,
    },
    /// Its text is no key.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: ReadKeyError,
    },
    /// Private and public key are not of one pair: one of them was replaced.
    #[error("{} and {} do not belong together", secret.display(), public.display())]
    NotAPair {
        /// The private key.
        secret: PathBuf,
        /// The public key.
        public: PathBuf,
    },
    /// There was a key.
    #[error("the signing key {} is gone, and its public key {} is there", secret.display(), public.display())]
    Gone {
        /// The private key.
        secret: PathBuf,
        /// The public key.
        public: PathBuf,
    },
    /// The system gave no random bytes.
    #[error("no random bytes for a signing key: {0}")]
    Random(getrandom::Error),
    /// The disk in the way.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl KeyError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::TooOpen { path, .. } => format!(
                "if nobody else can have used it: `chmod go-rwx {}`; else move the `keys` folder aside, and a new key is made",
                path.display()
            ),
            Self::NotOurs { .. } => "run pyexec as that user, or set `data_dir` to a folder of your own".into(),
            Self::WrongType { path, .. } => format!("move {} aside", path.display()),
            Self::Damaged { path, .. } => format!("restore {} from a backup of the data folder", path.display()),
            Self::NotAPair { secret, .. } => {
                format!("restore both from one backup of the data folder, {} first", secret.display())
            }
            Self::Gone { public, .. } => format!(
                "restore it from a backup; or move {} aside and keep it: a new key is made, and `runs verify --key` takes \
                 the old one for what it signed",
                public.display()
            ),
            Self::Random(_) => "start again when the system is up".into(),
            Self::Disk(disk) => disk.help(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooOpen { .. } | Self::NotOurs { .. } | Self::WrongType { .. } => ErrorKind::BadFile,
            _ => ErrorKind::Store,
        }
    }
}

impl From<&KeyError> for RunError {
    fn from(error: &KeyError) -> Self {
        Self::new(error.kind(), error.to_string()).with_help(error.help())
    }
}

/// What this data folder signs with.
pub struct SigningKey {
    secret: ed25519_dalek::SigningKey,
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.fingerprint())
    }
}

impl SigningKey {
    /// The key of this data folder; the first time it is made. Blocks for as long as a small file takes.
    pub fn open(data_dir: &Path) -> Result<Self, KeyError> {
        let folder = data_dir.join("keys");
        prepare_folder(&folder)?;
        let (secret, public) = (folder.join("signing.key"), folder.join("signing.pub"));
        if read_secret(&secret)?.is_none() {
            // A public key comes after its private one: if it is there, the private one is there by now, or gone.
            if exists(&public)? {
                if read_secret(&secret)?.is_none() {
                    return Err(KeyError::Gone { secret, public });
                }
            } else {
                make(&folder, &secret)?;
            }
        }
        let key =
            read_secret(&secret)?.ok_or_else(|| KeyError::Gone { secret: secret.clone(), public: public.clone() })?;
        match read(&public)? {
            None => {
                let incoming = write_incoming(&folder, key.public.to_text().as_bytes())?;
                fs::rename(&incoming, &public).map_err(|e| DiskError::from_io(&public, e))?;
                sync(&folder)?;
            }
            Some(text) => match PublicKey::parse_all(&text) {
                Ok(keys) if keys.first() == Some(&key.public) => {}
                Ok(_) => return Err(KeyError::NotAPair { secret, public }),
                Err(why) => return Err(KeyError::Damaged { path: public, why }),
            },
        }
        Ok(key)
    }

    /// What others check its signatures with.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Its signature of a message, in base64. Every kind of message begins with words of its own, so that none can be taken
    /// for another.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        STANDARD.encode(self.secret.sign(message).to_bytes())
    }

    /// Signs an anchor.
    pub fn seal(&self, anchor: &Digest) -> Seal {
        Seal { key: self.public.fingerprint().to_string(), signature: self.sign(&anchor_message(anchor)) }
    }
}

/// The public keys of a data folder; none where there is no such folder or file. Makes nothing.
pub fn public_keys(data_dir: &Path) -> Result<Vec<PublicKey>, KeyError> {
    let path = data_dir.join("keys").join("signing.pub");
    match read(&path)? {
        None => Ok(vec![]),
        Some(text) => PublicKey::parse_all(&text).map_err(|why| KeyError::Damaged { path, why }),
    }
}

fn prepare_folder(folder: &Path) -> Result<(), KeyError> {
    let disk = |e| DiskError::from_io(folder, e);
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
        other => other.map_err(disk)?,
    }
    let found = fs::symlink_metadata(folder).map_err(disk)?;
    if !found.is_dir() {
        return Err(KeyError::WrongType { path: folder.into(), expected: "a folder" });
    }
    private(folder, &found)
}

/// That it is this user's, and nobody else may do anything with it.
fn private(path: &Path, found: &fs::Metadata) -> Result<(), KeyError> {
    let us = rustix::process::geteuid().as_raw();
    if found.uid() != us {
        return Err(KeyError::NotOurs { path: path.into(), owner: found.uid(), us });
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::TooOpen { path: path.into(), mode });
    }
    Ok(())
}

fn exists(path: &Path) -> Result<bool, DiskError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(DiskError::from_io(path, e)),
    }
}

fn open(path: &Path) -> Result<Option<File>, KeyError> {
    // Neither a link, which could lead anywhere, nor something that would make the reader wait.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    match OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path) {
        Ok(file) if file.metadata().is_ok_and(|found| found.is_file()) => Ok(Some(file)),
        Ok(_) => Err(KeyError::WrongType { path: path.into(), expected: "a regular file" }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) if e.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            Err(KeyError::WrongType { path: path.into(), expected: "a regular file" })
        }
        Err(e) => Err(DiskError::from_io(path, e).into()),
    }
}

fn text_of(path: &Path, file: File) -> Result<String, KeyError> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|e| DiskError::from_io(path, e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned()) // what is no text is no key either
}

fn read(path: &Path) -> Result<Option<String>, KeyError> {
    open(path)?.map(|file| text_of(path, file)).transpose()
}

fn read_secret(path: &Path) -> Result<Option<SigningKey>, KeyError> {
    let Some(file) = open(path)? else { return Ok(None) };
    private(path, &file.metadata().map_err(|e| DiskError::from_io(path, e))?)?;
    let seed = parse_private(&text_of(path, file)?).map_err(|why| KeyError::Damaged { path: path.into(), why })?;
    let secret = ed25519_dalek::SigningKey::from_bytes(&seed);
    let public = PublicKey::new(secret.verifying_key());
    Ok(Some(SigningKey { secret, public }))
}

fn make(folder: &Path, path: &Path) -> Result<(), KeyError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(KeyError::Random)?;
    let incoming = write_incoming(folder, private_text(&seed).as_bytes())?;
    let linked = match fs::hard_link(&incoming, path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()), // another process was first: its key is the key
        other => other.map_err(|e| DiskError::from_io(path, e)),
    };
    let _ = fs::remove_file(&incoming); // nothing was signed with what may stay
    linked?;
    Ok(sync(folder)?)
}

fn write_incoming(folder: &Path, bytes: &[u8]) -> Result<PathBuf, DiskError> {
    let path = folder.join(format!(".incoming-{}", uuid::Uuid::now_v7().simple()));
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    match write() {
        Ok(()) => Ok(path),
        Err(e) => {
            let _ = fs::remove_file(&path); // clutter at worst: the error is what counts
            Err(DiskError::from_io(&path, e))
        }
    }
}

fn sync(folder: &Path) -> Result<(), DiskError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|e| DiskError::from_io(folder, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8410's example key.
    const SECRET: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                          -----END PRIVATE KEY-----\n";

    /// Signed with `openssl pkeyutl -sign -rawin`: what is signed, and how, must never change.
    #[test]
    fn signatures_are_those_of_another_program() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("keys");
        prepare_folder(&folder).unwrap();
        fs::rename(write_incoming(&folder, SECRET.as_bytes()).unwrap(), folder.join("signing.key")).unwrap();
        let key = SigningKey::open(data.path()).unwrap();
        let seal = key.seal(&Digest::of(b"event"));
        assert_eq!(
            (seal.key.as_str(), seal.signature.as_str()),
            (
                "e744c0791320c3285460",
                "+fkQugYDSXIDksYCgfjFbUzsVWKSxhIKEoI6f+6rOhHoAXfxSoL4Fdupga08EM33we+p4XV1ZGSsJbRPHoqEAg=="
            )
        );
        let (message, _) = super::super::receipt::unsigned(
            serde_json::json!({"version": 1, "run_id": "x", "signature": "none", "run": "x"}),
        )
        .unwrap();
        assert_eq!(message, b"pyexec-receipt-1\0{\"run\":\"x\",\"run_id\":\"x\",\"version\":1}");
    }
}
