//! The root module of every plugin: finds a registration of this library and creates its component.

use crate::{adapt, runtime, trace};
use pyexec_core::{
    PluginError, Result, Role,
    abi::{
        ComponentBox, HostBox, PluginMod, PluginModRef,
        abi_stable::{
            library::{__call_root_module_loader, CheckTypeLayout, LibHeader, RootModuleResult},
            prefix_type::PrefixTypeTrait,
            std_types::{RResult, RStr},
        },
    },
    guard,
    role::UnknownRole,
};

/// A registered component.
pub struct Registration {
    /// Its role.
    pub role: Role,
    /// Its name within the role.
    pub name: &'static str,
    /// The Cargo package that registered it.
    pub package: &'static str,
    /// That package's version.
    pub version: &'static str,
    create: fn(config: &str) -> Result<ComponentBox>,
}
inventory::collect!(Registration);

impl Registration {
    /// For the macros.
    #[doc(hidden)]
    pub const fn new<R: adapt::RoleAdapter>(name: &'static str, package: &'static str, version: &'static str) -> Self {
        Self { role: R::ROLE, name, package, version, create: adapt::create::<R> }
    }

    /// Creates the component from its configuration, plain JSON. Runs the component's code: it may take its time, and a
    /// panic is an error of kind `panic`. [`create`] finds the registration too.
    pub fn create(&self, config: &str) -> Result<ComponentBox> {
        (self.create)(config)
    }
}

/// What is registered in this binary: in a cdylib its own components, in a program those of the crates that it links.
pub fn registrations() -> impl Iterator<Item = &'static Registration> {
    inventory::iter::<Registration>.into_iter()
}

/// Creates the component `name` of `role` among [`registrations`]; an error of kind `unknown` when there is none.
pub fn create(role: Role, name: &str, config: &str) -> Result<ComponentBox> {
    let found = registrations().find(|registration| registration.role == role && registration.name == name);
    found.ok_or_else(|| PluginError::new("unknown", format!("it has no {role} `{name}`")))?.create(config)
}

/// What `export_plugin!` exports.
#[expect(unsafe_code, reason = "abi_stable's way to name a root module")]
pub const fn header() -> LibHeader {
    // SAFETY: `constructor` returns the `PluginModRef` that is named here.
    unsafe { LibHeader::from_constructor::<PluginModRef>(constructor, CheckTypeLayout::Yes) }
}

extern "C" fn constructor() -> RootModuleResult {
    __call_root_module_loader(|| PluginMod { create: create_exported }.leak_into_prefix())
}

extern "C" fn create_exported(
    role: RStr<'_>,
    name: RStr<'_>,
    config: RStr<'_>,
    host: HostBox,
) -> RResult<ComponentBox, PluginError> {
    guard::catch(|| {
        // Only here, behind the ABI: in a program that links the crate, its own subscriber sees the events.
        trace::install(&host);
        let role = role.parse().map_err(|e: UnknownRole| PluginError::new("unknown", e.to_string()))?;
        runtime::with_host(host, || create(role, name.as_str(), config.as_str()))
    })
    .unwrap_or_else(Err)
    .into()
}
