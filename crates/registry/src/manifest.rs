//! What a library says about itself, read without running any of it.
//!
//! Each `register_*!` of the SDK leaves one JSON record in a section of its own; `create` is refused for what is not listed
//! here.

use crate::{
    elf::Elf,
    error::{LoadPluginError, LoadProblem},
    file::PluginFile,
};
use pyexec_core::{
    Digest, Role,
    abi::{ABI_VERSION, MANIFEST_SECTION},
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The most that a manifest may hold, in bytes; a record has about 120.
const LIMIT: usize = 64 << 10;

/// What a library says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The package that registered its components; several are joined by ` + `.
    pub name: String,
    /// That package's version; several as in the name.
    pub version: String,
    /// The interface that it was built for.
    pub interface: u32,
    /// Of the file.
    pub sha256: Digest,
    /// What it offers, by role and name.
    pub components: Vec<ComponentRecord>,
}

/// One component of a library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ComponentRecord {
    /// Its role.
    pub role: Role,
    /// Its name within the role.
    pub name: String,
    /// The package that registered it.
    pub package: String,
    /// That package's version.
    pub version: String,
}

/// Reads the manifest of the library at `path`. Loads nothing and asks for no pin.
pub fn inspect(path: &Path) -> Result<Manifest, LoadPluginError> {
    let read = || Manifest::of(&PluginFile::read(path)?);
    read().map_err(|problem| LoadPluginError::new(PluginFile::name_of(path), path, problem))
}

impl Manifest {
    /// Of a file that is proved whole on the way.
    pub(crate) fn of(file: &PluginFile) -> Result<Self, LoadProblem> {
        let section = Elf::check(&file.bytes)?.section(MANIFEST_SECTION)?;
        let components = components(section.ok_or(LoadProblem::NoManifest)?)?;
        let (name, version) = package(&components);
        Ok(Self { name, version, interface: ABI_VERSION, sha256: Digest::of(&file.bytes), components })
    }
}

/// The package and version that components have in common.
pub(crate) fn package(components: &[ComponentRecord]) -> (String, String) {
    let mut packages: Vec<_> = components.iter().map(|c| (c.package.as_str(), c.version.as_str())).collect();
    packages.sort_unstable();
    packages.dedup();
    let (names, versions): (Vec<_>, Vec<_>) = packages.into_iter().unzip();
    (names.join(" + "), versions.join(" + "))
}

#[derive(Deserialize)]
struct Interface {
    abi: u32,
}

#[derive(Deserialize)]
struct Record {
    role: String,
    name: String,
    package: String,
    version: String,
}

fn components(section: &[u8]) -> Result<Vec<ComponentRecord>, LoadProblem> {
    if section.len() > LIMIT {
        return Err(LoadProblem::BadManifest(format!("it has {} bytes, at most {LIMIT} are read", section.len())));
    }
    // The linker may pad between records with zeros.
    let lines = section.split(|byte| matches!(byte, b'\n' | 0)).filter(|line| !line.is_empty());
    let mut components = lines.map(component).collect::<Result<Vec<_>, _>>()?;
    components.sort_unstable();
    if components.is_empty() {
        return Err(LoadProblem::NoManifest);
    }
    if let Some([twice, _]) = components.array_windows().find(|[a, b]| (a.role, &a.name) == (b.role, &b.name)) {
        return Err(LoadProblem::RegisteredTwice { role: twice.role, name: twice.name.clone() });
    }
    Ok(components)
}

fn component(line: &[u8]) -> Result<ComponentRecord, LoadProblem> {
    let unreadable = |e: serde_json::Error| LoadProblem::BadManifest(e.to_string());
    // First the interface alone: the rest of another interface's record may look different.
    let Interface { abi } = serde_json::from_slice(line).map_err(unreadable)?;
    if abi != ABI_VERSION {
        return Err(LoadProblem::Interface { wants: abi.to_string(), speaks: ABI_VERSION.to_string() });
    }
    let Record { role, name, package, version } = serde_json::from_slice(line).map_err(unreadable)?;
    let plain = |text: &str| (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(odd) = [&role, &name, &package, &version].into_iter().find(|text| !plain(text)) {
        return Err(LoadProblem::BadManifest(format!("{odd:?} is no name or version").chars().take(200).collect()));
    }
    match role.parse() {
        Ok(role) => Ok(ComponentRecord { role, name, package, version }),
        Err(_) => Err(LoadProblem::UnknownRole { name, role }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(role: &str, name: &str) -> String {
        format!("{{\"abi\":1,\"role\":\"{role}\",\"name\":\"{name}\",\"package\":\"p\",\"version\":\"1.2.3\"}}\n")
    }

    fn problem(section: &str) -> String {
        components(section.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn records_in_any_order_with_padding() {
        let section = format!("\0\0{}\0\0\0{}\0", record("executor", "b"), record("generator", "a"));
        let found = components(section.as_bytes()).unwrap();
        let found: Vec<_> = found.iter().map(|c| (c.role, c.name.as_str(), c.version.as_str())).collect();
        assert_eq!(found, [(Role::Generator, "a", "1.2.3"), (Role::Executor, "b", "1.2.3")]);
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(problem("\0\n"), "it registers no component, so it is not a pyexec plugin");
        assert_eq!(problem("{\"abi\":7,\"what\":\"ever\"}"), "it was built for interface 7 and this host speaks 1");
        assert_eq!(
            problem(&record("oracle", "a")),
            "its component `a` plays the role `oracle`, which this host does not know"
        );
        assert_eq!(problem(&format!("{0}{0}", record("generator", "a"))), "it registers the generator `a` twice");
        assert_eq!(problem(&record("generator", "a b")), "its manifest cannot be read (\"a b\" is no name or version)");
        for garbage in ["not json", "{}", "{\"abi\":-1}", "{\"abi\":1}", "[]", "\u{ff}"] {
            assert!(problem(garbage).starts_with("its manifest cannot be read ("), "{garbage}");
        }
        assert!(problem(&"x".repeat(LIMIT + 1)).contains("at most 65536 are read"));
    }

    #[test]
    fn packages_in_common() {
        let component = |package: &str, version: &str| ComponentRecord {
            role: Role::Generator,
            name: "a".into(),
            package: package.into(),
            version: version.into(),
        };
        let (name, version) = package(&[component("b", "2"), component("a", "1"), component("b", "2")]);
        assert_eq!((name.as_str(), version.as_str()), ("a + b", "1 + 2"));
    }
}
