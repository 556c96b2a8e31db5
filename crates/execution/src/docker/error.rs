//! What an engine can fail with, each with its way out. All of it is the machinery's fault, and worth another try before
//! release.

use bollard::errors::Error as ApiError;

/// Why there is no container.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The address is none.
    #[error("the address `{address}` of the container engine cannot be used: {why}")]
    Address {
        /// As configured, or of `DOCKER_HOST`.
        address: String,
        /// Why.
        why: String,
    },
    /// Nobody listens, or it is not ours to speak to.
    #[error("the container engine at {address} cannot be reached: {why}")]
    Absent {
        /// Where.
        address: String,
        /// Why.
        why: String,
        /// Whether the socket is there and closed to us.
        forbidden: bool,
    },
    /// There is no such image.
    #[error("the container engine at {address} has no image `{image}`")]
    NoImage {
        /// Where.
        address: String,
        /// Which.
        image: String,
    },
    /// The image is none that code can run in.
    #[error("the image `{image}` cannot run code: {why}")]
    BadImage {
        /// Which.
        image: String,
        /// Why.
        why: String,
    },
    /// Containers there run on other processors than this program's filters are for.
    #[error("the container engine runs on {theirs}, and this program filters system calls of {ours} only")]
    Architecture {
        /// The engine's.
        theirs: String,
        /// This program's.
        ours: &'static str,
    },
    /// It said no.
    #[error("the container engine cannot {what}: {message}")]
    Refused {
        /// What was asked for.
        what: &'static str,
        /// Its words.
        message: String,
    },
    /// It did not answer.
    #[error("the container engine did not {what} within {seconds} s")]
    Slow {
        /// What was asked for.
        what: &'static str,
        /// So long.
        seconds: u64,
    },
    /// The container is gone, or said what no container of ours says.
    #[error("the container ended before {before}: {why}")]
    Ended {
        /// What it was to do.
        before: &'static str,
        /// What is known.
        why: String,
    },
    /// Our own folder.
    #[error("the folder {} of containers cannot be used: {why}", path.display())]
    Folder {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        why: String,
    },
}

impl EngineError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::Address { .. } => {
                "write `host = \"unix:///var/run/docker.sock\"` or `\"tcp://HOST:PORT\"` in \
                 `[execution.container_endpoints.NAME]`, or set DOCKER_HOST"
                    .into()
            }
            Self::Absent { forbidden: true, .. } => {
                "let this user speak to it (`sudo usermod -aG docker USER`, then log in again), or use a rootless engine".into()
            }
            Self::Absent { .. } => {
                "start it (`sudo systemctl start docker`), name another by `host` or DOCKER_HOST, or say `--backend local`"
                    .into()
            }
            Self::NoImage { image, .. } => format!(
                "make it (`docker build --tag {image} --file docker/Dockerfile .`) or name another by `image` in \
                 `[execution.container_endpoints.NAME]`: images are never pulled"
            ),
            Self::BadImage { .. } => "make it from `docker/Dockerfile`: it needs `python3`, 3.11 or later".into(),
            Self::Architecture { .. } => "name an engine on a machine of this kind".into(),
            Self::Refused { message, .. } if message.contains("no space left on device") => {
                "make room on the engine's disk (`docker system df` says what takes it)".into()
            }
            Self::Refused { .. } | Self::Slow { .. } => "look at the engine (`docker info`, its log), then try again".into(),
            Self::Ended { .. } => "try again; if it stays so, look in the engine's log for what ends containers".into(),
            Self::Folder { .. } => "make the data folder writable, or choose another `data_dir`".into(),
        }
    }

    /// What the client library says, as one of ours.
    pub(super) fn asked(what: &'static str, address: &str, error: &ApiError) -> Self {
        match error {
            ApiError::DockerResponseServerError { message, .. } => {
                Self::Refused { what, message: message.trim().into() }
            }
            ApiError::RequestTimeoutError => Self::Slow { what, seconds: super::engine::PATIENCE.as_secs() },
            error => Self::absent(address, error),
        }
    }

    fn absent(address: &str, error: &ApiError) -> Self {
        let mut why = error.to_string();
        let mut forbidden = false;
        let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(cause) = source {
            if let Some(io) = cause.downcast_ref::<std::io::Error>() {
                forbidden |= io.kind() == std::io::ErrorKind::PermissionDenied;
            }
            why = cause.to_string(); // the innermost says it: "Connection refused"
            source = cause.source();
        }
        Self::Absent { address: address.into(), why, forbidden }
    }
}
