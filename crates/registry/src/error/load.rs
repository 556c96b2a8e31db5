//! Why a library was not loaded.

use pyexec_core::{Digest, ErrorKind, Role, RunError};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// A library that was not loaded. Nothing of it is in use; the host goes on without it.
#[derive(Debug, thiserror::Error)]
#[error("cannot load plugin `{plugin}` ({}) because {problem}", path.display())]
pub struct LoadPluginError {
    /// Its package, or its file's name when it did not get that far.
    pub plugin: String,
    /// The file, as it was named.
    pub path: PathBuf,
    /// Why.
    pub problem: LoadProblem,
}

/// Why a library was not loaded; continues a sentence.
#[derive(Debug, thiserror::Error)]
pub enum LoadProblem {
    /// Nothing at the path.
    #[error("there is no such file")]
    Missing,
    /// A directory, pipe, device or socket.
    #[error("it is {0}, not a file")]
    NotAFile(&'static str),
    /// The system's answer.
    #[error("it cannot be read ({0})")]
    Unreadable(String),
    /// Sizes in bytes.
    #[error("it has more than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: u64,
    },
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// Text, an archive, a picture.
    #[error("it is not an ELF library")]
    NotElf,
    /// Another processor, word size or byte order.
    #[error("it was built for another kind of machine")]
    NotForThisMachine,
    /// An executable or object file.
    #[error("it is an ELF file but no shared library")]
    NotALibrary,
    /// Sizes in bytes.
    #[error("it is truncated: it has {bytes} bytes and its headers promise {promised}")]
    Truncated {
        /// What is there.
        bytes: u64,
        /// The least that should be.
        promised: u64,
    },
    /// Headers that contradict themselves.
    #[error("its ELF headers are damaged ({0})")]
    Unusable(String),
    /// A library of somebody else.
    #[error("it registers no component, so it is not a pyexec plugin")]
    NoManifest,
    /// Records that are not what the SDK writes.
    #[error("its manifest cannot be read ({0})")]
    BadManifest(String),
    /// Built against another ABI.
    #[error("it was built for interface {wants} and this host speaks {speaks}")]
    Interface {
        /// What the library says.
        wants: String,
        /// What this host is.
        speaks: String,
    },
    /// A role of a newer host, or none at all.
    #[error("its component `{name}` plays the role `{role}`, which this host does not know")]
    UnknownRole {
        /// The component.
        name: String,
        /// What it calls its role.
        role: String,
    },
    /// Two records with one name.
    #[error("it registers the {role} `{name}` twice")]
    RegisteredTwice {
        /// The role.
        role: Role,
        /// The name.
        name: String,
    },
    /// Not the file that was pinned.
    #[error("its SHA-256 is {found} and the configuration pins {pinned}")]
    PinMismatch {
        /// Of the file.
        found: Digest,
        /// In the configuration.
        pinned: Digest,
    },
    /// A role that needs a pin.
    #[error("it offers the {role} `{name}`, and a library with that role is only loaded with its SHA-256 pinned")]
    PinMissing {
        /// The role that needs it.
        role: Role,
        /// The first such component.
        name: String,
        /// Of the file as it is now.
        found: Digest,
    },
    /// Anybody could exchange it.
    #[error("every user of this machine may write to {} and no SHA-256 pins what is loaded", .0.display())]
    WritableByAll(PathBuf),
    /// Where copies are put.
    #[error("the private folder for copies of libraries, {}, {why}", path.display())]
    PrivateFolder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// Whether that is only that the disk is full or fails.
        disk: bool,
    },
    /// `dlopen` said no.
    #[error("the system's loader refuses it ({0})")]
    Refused(String),
    /// No `export_plugin!()`.
    #[error("it registers components but does not export them")]
    NotExported,
    /// Same interface by number, other layout of its types.
    #[error("its types differ from this host's: {0}")]
    Layout(String),
    /// Its root module failed.
    #[error("it failed while it initialised ({0})")]
    Initialise(String),
    /// Its initialisers did not come back.
    #[error("it did not finish initialising within {} s", .0.as_secs_f64())]
    Hung(Duration),
}

impl LoadPluginError {
    pub(crate) fn new(plugin: impl Into<String>, path: &Path, problem: LoadProblem) -> Self {
        Self { plugin: plugin.into(), path: path.into(), problem }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        self.problem.help()
    }

    /// The set-up's fault (a file that cannot be used), but for a full or failing disk.
    pub fn kind(&self) -> ErrorKind {
        match &self.problem {
            LoadProblem::PrivateFolder { disk: true, .. } => ErrorKind::Store,
            _ => ErrorKind::BadFile,
        }
    }
}

impl LoadProblem {
    fn help(&self) -> String {
        match self {
            Self::Missing => "check `path` in [[plugins.load]], or install the file there".into(),
            Self::NotAFile(_) => "name the library's file in `path` of [[plugins.load]]".into(),
            Self::Unreadable(_) => "let the user that runs pyexec read it".into(),
            Self::TooLarge { .. } => "strip its debug information, or check that it is the right file".into(),
            Self::Empty | Self::Truncated { .. } | Self::Unusable(_) => "copy or build the library again".into(),
            Self::NotElf | Self::NotALibrary => "a plugin is a Rust cdylib, `lib<name>.so`; name that file".into(),
            Self::NotForThisMachine => format!("build it for {}", std::env::consts::ARCH),
            Self::NoManifest => {
                "register a component with pyexec-sdk, and link its crate with `use the_crate as _;`".into()
            }
            Self::BadManifest(_) | Self::UnknownRole { .. } | Self::Layout(_) => {
                "rebuild it against this host's pyexec-sdk".into()
            }
            Self::Interface { speaks, .. } => format!("rebuild it against pyexec-sdk {speaks}"),
            Self::RegisteredTwice { .. } => "give one of the two another name".into(),
            Self::PinMismatch { .. } => {
                "put the pinned file back; only if you trust this one, change `sha256` in [[plugins.load]]".into()
            }
            Self::PinMissing { found, .. } => {
                format!("if you trust this file, add `sha256 = \"{found}\"` to it in [[plugins.load]]")
            }
            Self::WritableByAll(path) => format!("`chmod o-w {}`, or pin the library", path.display()),
            Self::PrivateFolder { disk: true, .. } => {
                "free some space, check the disk, or set `data_dir` to another one".into()
            }
            Self::PrivateFolder { .. } => {
                "make it a folder of yours with mode 0700, on a file system with space".into()
            }
            Self::Refused(_) => {
                "install the libraries that it needs, and let libraries be run from the data folder (not `noexec`)"
                    .into()
            }
            Self::NotExported => "say `pyexec_sdk::export_plugin!();` in it".into(),
            Self::Initialise(_) | Self::Hung(_) => "ask its author; nothing of it is in use".into(),
        }
    }
}

impl From<&LoadPluginError> for RunError {
    fn from(error: &LoadPluginError) -> Self {
        Self::new(error.kind(), error.to_string()).with_help(error.help())
    }
}
