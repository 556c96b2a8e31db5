//! The engine: where it is, what it can do, whether it is on this machine. Every call that it is asked is here or in
//! `container.rs`, and nothing else of the crate knows its API.

use super::error::EngineError;
use bollard::{API_DEFAULT_VERSION, Docker, errors::Error as ApiError};
use std::{env, path::PathBuf, time::Duration};

/// How long one call may take.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// A connection, as cheap to clone as a name.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    pub(super) api: Docker,
    pub(super) address: String,
    pub(super) about: About,
}

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    /// `Docker 20.10.24`, for people.
    pub(super) name: String,
    pub(super) is_podman: bool,
    /// Whether ids inside are other ids outside.
    pub(super) maps_ids: bool,
    /// Whether its folders are ours: it listens on a socket of this machine.
    pub(super) is_local: bool,
    /// Processors.
    pub(super) cpus: u64,
}

impl Engine {
    /// Finds it and looks at it.
    pub(super) async fn connect(configured: Option<&str>) -> Result<Self, EngineError> {
        let address = address(configured, |name| env::var(name).ok(), std::path::Path::exists);
        let client = client(&address)?;
        let failed = |error: ApiError| EngineError::asked("say what it is", &address, &error);
        let api = client.with_timeout(PATIENCE).negotiate_version().await.map_err(failed)?;
        let (version, info) = tokio::try_join!(api.version(), api.info()).map_err(failed)?;
        let theirs = version.arch.or(info.architecture).unwrap_or_default();
        check_architecture(&theirs)?;
        let is_podman = version.components.iter().flatten().any(|part| part.name.contains("Podman"));
        let options = info.security_options.unwrap_or_default();
        let about = About {
            name: format!("{} {}", if is_podman { "Podman" } else { "Docker" }, version.version.unwrap_or_default()),
            is_podman,
            maps_ids: options.iter().any(|option| option.contains("name=rootless") || option.contains("name=userns")),
            is_local: address.starts_with("unix://"),
            cpus: info.ncpu.and_then(|n| u64::try_from(n).ok()).unwrap_or(1).max(1),
        };
        Ok(Self { api, address, about })
    }

    /// One of its errors.
    pub(super) fn failed(&self, what: &'static str) -> impl Fn(ApiError) -> EngineError + '_ {
        move |error| EngineError::asked(what, &self.address, &error)
    }

    /// The image's id, which changes with its content.
    pub(super) async fn image(&self, name: &str) -> Result<String, EngineError> {
        match self.api.inspect_image(name).await {
            Ok(found) => Ok(found.id.unwrap_or_else(|| name.into())),
            Err(ApiError::DockerResponseServerError { status_code: 404, .. }) => {
                Err(EngineError::NoImage { address: self.address.clone(), image: name.into() })
            }
            Err(error) => Err(self.failed("look at the image")(error)),
        }
    }
}

/// What is configured, else `DOCKER_HOST`, else the first of the usual sockets that is there, else Docker's.
fn address(
    configured: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
    exists: impl Fn(&std::path::Path) -> bool,
) -> String {
    const SYSTEM: [&str; 2] = ["/var/run/docker.sock", "/run/podman/podman.sock"];
    if let Some(address) =
        configured.map(str::to_owned).or_else(|| variable("DOCKER_HOST").filter(|host| !host.is_empty()))
    {
        return address;
    }
    let own = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
    let own = own.iter().flat_map(|folder| ["docker.sock", "podman/podman.sock"].map(|name| folder.join(name)));
    let mut usual = SYSTEM.iter().take(1).map(PathBuf::from).chain(own).chain(SYSTEM.iter().skip(1).map(PathBuf::from));
    let found = usual.find(|path| exists(path)).unwrap_or_else(|| SYSTEM[0].into());
    format!("unix://{}", found.display())
}

fn client(address: &str) -> Result<Docker, EngineError> {
    let wrong = |why: String| EngineError::Address { address: address.into(), why };
    let seconds = PATIENCE.as_secs();
    match address.split_once("://") {
        // The library says only that the file is not there.
        Some(("unix", path)) if !std::path::Path::new(path).exists() => {
            Err(EngineError::Absent { address: address.into(), why: "nothing listens there".into(), forbidden: false })
        }
        Some(("unix", _)) => {
            Docker::connect_with_unix(address, seconds, API_DEFAULT_VERSION).map_err(|e| wrong(e.to_string()))
        }
        Some(("tcp" | "http", _)) => {
            Docker::connect_with_http(address, seconds, API_DEFAULT_VERSION).map_err(|e| wrong(e.to_string()))
        }
        Some((scheme, _)) => Err(wrong(format!("`{scheme}` is none of unix and tcp"))),
        None => Err(wrong("it has no scheme".into())),
    }
}

/// The code's filters are made here, in numbers of this architecture.
fn check_architecture(theirs: &str) -> Result<(), EngineError> {
    let ours = env::consts::ARCH;
    let same = match theirs {
        "amd64" => "x86_64",
        "arm64" => "aarch64",
        other => other,
    };
    if same == ours { Ok(()) } else { Err(EngineError::Architecture { theirs: theirs.into(), ours }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn found(configured: Option<&str>, host: Option<&str>, there: &[&str]) -> String {
        let variable = |name: &str| match name {
            "DOCKER_HOST" => host.map(str::to_owned),
            _ => Some("/run/user/7".into()),
        };
        address(configured, variable, |path: &Path| there.iter().any(|there| Path::new(there) == path))
    }

    #[test]
    fn addresses() {
        let rootless = "/run/user/7/docker.sock";
        assert_eq!(found(Some("tcp://h:1"), Some("unix:///x"), &[rootless]), "tcp://h:1");
        assert_eq!(found(None, Some("unix:///x"), &[rootless]), "unix:///x");
        assert_eq!(found(None, Some(""), &[rootless]), "unix:///run/user/7/docker.sock");
        assert_eq!(found(None, None, &[rootless, "/var/run/docker.sock"]), "unix:///var/run/docker.sock");
        assert_eq!(found(None, None, &["/run/podman/podman.sock"]), "unix:///run/podman/podman.sock");
        assert_eq!(found(None, None, &[]), "unix:///var/run/docker.sock");
    }

    #[test]
    fn what_is_no_address() {
        for (address, says) in
            [("ssh://h", "ssh"), ("/var/run/docker.sock", "scheme"), ("unix:///no/such.sock", "listens")]
        {
            let error = client(address).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert!(!error.help().is_empty());
        }
    }

    #[test]
    fn other_processors_are_refused() {
        assert!(check_architecture(env::consts::ARCH).is_ok());
        assert!(check_architecture("riscv64").unwrap_err().to_string().contains("riscv64"));
    }
}
