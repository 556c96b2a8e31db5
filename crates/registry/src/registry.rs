//! Which libraries there are, and their components created.

use crate::{
    admission, alias,
    component_host::ComponentHost,
    deadline::{self, Failure},
    error::{CreateError, LoadPluginError, LoadProblem},
    file::PluginFile,
    library,
    manifest::{self, ComponentRecord, Manifest},
    names, private_copy,
};
use pyexec_core::{
    Digest, Instance, PluginError, Role,
    abi::{ABI_VERSION, PluginModRef},
    guard,
    instance::Source,
};
use pyexec_sdk::Registration;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long initialising a library, or creating a component, may take unless it is configured otherwise.
const CREATE_LIMIT: Duration = Duration::from_secs(10);

/// A library to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibrarySpec {
    /// Its file.
    pub path: PathBuf,
    /// What it must hash to.
    pub sha256: Option<Digest>,
    /// Whether it is part of the installation, beside the executable. Such a library needs no pin in any role: who can
    /// exchange it can exchange the executable. Never true for a path from a configuration file.
    pub installed: bool,
}

/// The libraries in use and what they offer.
///
/// Loading runs a library's initialisers and creating runs a component's code: both block the caller, at most for the
/// registry's limit. Nothing is ever unloaded, also not when the registry goes.
#[derive(Debug)]
pub struct Registry {
    private_dir: PathBuf,
    limit: Duration,
    libraries: Vec<LoadedLibrary>,
}

/// A library in use: a file that was loaded, or a crate that is linked into this program.
pub struct LoadedLibrary {
    name: String,
    version: String,
    path: Option<PathBuf>,
    sha256: Option<Digest>,
    components: Vec<ComponentRecord>,
    /// What was loaded; `None` when it is linked.
    module: Option<PluginModRef>,
}

impl Registry {
    /// Without any library. Copies of libraries are opened in `private_dir`, which is created when it is needed and must
    /// belong to this user alone.
    pub fn new(private_dir: PathBuf) -> Self {
        Self { private_dir, limit: CREATE_LIMIT, libraries: Vec::new() }
    }

    /// With another limit on initialising a library and on creating a component.
    #[must_use]
    pub fn with_create_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Checks and loads a library. The same bytes are loaded once, however often they are named.
    pub fn load(&mut self, spec: &LibrarySpec) -> Result<&LoadedLibrary, LoadPluginError> {
        let path = &spec.path;
        let unnamed = |problem| LoadPluginError::new(PluginFile::name_of(path), path, problem);
        let file = PluginFile::read(path).map_err(unnamed)?;
        let manifest = Manifest::of(&file).map_err(unnamed)?;
        let named = |problem| LoadPluginError::new(&manifest.name, path, problem);
        admission::judge(&file, &manifest, spec).map_err(named)?;
        let known = self.libraries.iter().position(|known| known.sha256 == Some(manifest.sha256));
        let at = known.unwrap_or(self.libraries.len());
        if known.is_none() {
            let module = self.open(&file).map_err(named)?;
            self.libraries.push(LoadedLibrary::from_file(manifest, path, module));
        }
        Ok(&self.libraries[at])
    }

    fn open(&self, file: &PluginFile) -> Result<PluginModRef, LoadProblem> {
        library::open(private_copy::write(&self.private_dir, &file.bytes)?, self.limit)
    }

    /// Takes in every component that is registered in this program itself, a library for each package.
    pub fn link_registered(&mut self) {
        let mut packages: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for registration in pyexec_sdk::registrations() {
            packages.entry(registration.package).or_default().push(registration);
        }
        let known = |package: &str| self.libraries.iter().any(|l| l.source() == Source::Linked && l.name == package);
        packages.retain(|package, _| !known(package));
        self.libraries.extend(packages.values().map(|registered| LoadedLibrary::linked(registered)));
    }

    /// Takes in what one package registered in this program itself; for programs that link a stage's crate only to use it,
    /// and load its components from its library.
    pub fn link_package(&mut self, package: &str) {
        let registrations: Vec<_> = pyexec_sdk::registrations().filter(|r| r.package == package).collect();
        let linked = self.libraries.iter().any(|l| l.source() == Source::Linked && l.name == package);
        if !registrations.is_empty() && !linked {
            self.libraries.push(LoadedLibrary::linked(&registrations));
        }
    }

    /// Whether exactly one library has this component; else the error that `create` would give.
    pub fn check(&self, role: Role, name: &str) -> Result<(), CreateError> {
        self.find(role, name).map(drop)
    }

    /// The libraries, in the order in which they came.
    pub fn libraries(&self) -> &[LoadedLibrary] {
        &self.libraries
    }

    /// Creates the component `name` of `role` from its table of the configuration; null stands for an empty table.
    pub fn create(&self, role: Role, name: &str, config: &Value) -> Result<Instance, CreateError> {
        let (name, library) = self.find(role, name)?;
        let failed =
            |error| CreateError::Failed { role, name: name.into(), library: library.label(), error: Box::new(error) };
        let config = if config.is_null() { "{}".to_owned() } else { config.to_string() };
        let created = deadline::within(self.limit, library.creation(role, name, config));
        match created {
            Ok(result) => result.map_err(failed),
            Err(Failure::Overdue) => {
                Err(CreateError::Hung { role, name: name.into(), library: library.label(), limit: self.limit })
            }
            Err(Failure::NoResult(why)) => Err(failed(PluginError::new("plugin", why))),
        }
    }

    /// The only library that lists `name`, and that name or what it is called now.
    fn find<'n>(&self, role: Role, name: &'n str) -> Result<(&'n str, &LoadedLibrary), CreateError> {
        let mut found = (name, self.offering(role, name));
        if let (true, Some(current)) = (found.1.is_empty(), alias::current(role, name)) {
            tracing::warn!("the {role} `{name}` is called `{current}` now; the old name will go");
            found = (current, self.offering(role, current));
        }
        match (found.0, found.1.as_slice()) {
            (name, [library]) => Ok((name, library)),
            (name, [first, second, ..]) => {
                Err(CreateError::Duplicate { role, name: name.into(), first: first.label(), second: second.label() })
            }
            (_, []) => Err(self.unknown(role, name)),
        }
    }

    fn offering(&self, role: Role, name: &str) -> Vec<&LoadedLibrary> {
        let listed = self.listed().filter(|(_, component)| component.role == role && component.name == name);
        listed.map(|(library, _)| library).collect()
    }

    /// Every component with its library.
    fn listed(&self) -> impl Iterator<Item = (&LoadedLibrary, &ComponentRecord)> {
        self.libraries.iter().flat_map(|library| library.components.iter().map(move |component| (library, component)))
    }

    fn unknown(&self, role: Role, name: &str) -> CreateError {
        let of_role = self.listed().filter(|(_, component)| component.role == role);
        let mut known: Vec<_> = of_role.map(|(_, component)| component.name.clone()).collect();
        known.sort_unstable();
        known.dedup();
        let nearest = names::nearest(name, known.iter().map(String::as_str));
        let nearest = nearest.into_iter().map(str::to_owned).collect();
        CreateError::Unknown { role, name: name.into(), nearest, known }
    }
}

impl LoadedLibrary {
    fn from_file(manifest: Manifest, path: &Path, module: PluginModRef) -> Self {
        let Manifest { name, version, interface: _, sha256, components } = manifest;
        let (path, sha256) = (Some(path.into()), Some(sha256));
        Self { name, version, path, sha256, components, module: Some(module) }
    }

    fn linked(registrations: &[&'static Registration]) -> Self {
        let record = |registration: &&Registration| ComponentRecord {
            role: registration.role,
            name: registration.name.into(),
            package: registration.package.into(),
            version: registration.version.into(),
        };
        let mut components: Vec<_> = registrations.iter().map(record).collect();
        components.sort_unstable();
        let (name, version) = manifest::package(&components);
        Self { name, version, path: None, sha256: None, components, module: None }
    }

    /// The package that registered its components; several are joined by ` + `.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// That package's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The interface that it was built for: this host's, or it would not be loaded.
    pub fn interface(&self) -> u32 {
        ABI_VERSION
    }

    /// A file, or this program.
    pub fn source(&self) -> Source {
        if self.module.is_some() { Source::Library } else { Source::Linked }
    }

    /// Its file, as it was named; `None` when it is linked.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Of its file; `None` when it is linked.
    pub fn sha256(&self) -> Option<Digest> {
        self.sha256
    }

    /// What it offers, by role and name.
    pub fn components(&self) -> &[ComponentRecord] {
        &self.components
    }

    /// The roles of its components, each once.
    pub fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<_> = self.components.iter().map(|component| component.role).collect();
        roles.dedup(); // sorted by role
        roles
    }

    /// For sentences: its name and where it is.
    fn label(&self) -> String {
        match &self.path {
            Some(path) => format!("`{}` ({})", self.name, path.display()),
            None => format!("`{}` (linked)", self.name),
        }
    }

    /// What creates the component `name`: code of the library's, to be run with care. What it made is wrapped at once, so
    /// that its drop is contained also when nobody waits for it any more.
    fn creation(
        &self,
        role: Role,
        name: &str,
        config: String,
    ) -> impl FnOnce() -> pyexec_core::Result<Instance> + use<> {
        let (plugin, name, module) = (self.name.clone(), name.to_owned(), self.module);
        move || {
            let component = guard::catch(|| match module {
                Some(module) => {
                    let host = ComponentHost::lend(&plugin);
                    module.create()(role.name().into(), name.as_str().into(), config.as_str().into(), host)
                        .into_result()
                }
                None => pyexec_sdk::create(role, &name, &config),
            })??;
            Ok(Instance::new(role, &name, component))
        }
    }
}

impl std::fmt::Debug for LoadedLibrary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadedLibrary")
            .field("library", &self.label())
            .field("components", &self.components)
            .finish_non_exhaustive()
    }
}
