//! Opening a checked library: from here on its code runs.
//!
//! Two questions are asked of it first: was it built for this interface (`abi_stable`'s header and our version), and are its
//! types laid out as ours are. A library stays for good: nothing could prove that none of its threads, futures or
//! vtables is left.

use crate::{
    deadline::{self, Failure},
    error::{LoadProblem, brief},
};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use pyexec_core::{
    abi::{
        ABI_VERSION, PluginModRef, SYMBOL,
        abi_stable::{
            StableAbi,
            abi_stability::abi_checking::{AbiInstability, AbiInstabilityErrors, check_layout_compatibility},
            library::{AbiHeader, AbiHeaderRef, LibHeader, LibraryError, RootModule},
            sabi_types::VersionNumber,
            type_layout::TLFieldOrFunction,
        },
    },
    guard,
};
use std::{path::Path, time::Duration};
use tempfile::NamedTempFile;

/// Opens `copy` and initialises it within `limit`; the file goes afterwards, its mapping stays.
pub(crate) fn open(copy: NamedTempFile, limit: Duration) -> Result<PluginModRef, LoadProblem> {
    let opened = deadline::within(limit, move || guard::catch(|| initialise(copy.path())));
    match opened {
        Ok(Ok(module)) => module,
        Ok(Err(panicked)) => Err(LoadProblem::Initialise(brief(&panicked.message))),
        Err(Failure::Overdue) => Err(LoadProblem::Hung(limit)),
        Err(Failure::NoResult(why)) => Err(LoadProblem::Initialise(why)),
    }
}

#[expect(unsafe_code, reason = "loading a library is running it")]
fn initialise(path: &Path) -> Result<PluginModRef, LoadProblem> {
    // SAFETY: runs the library's initialisers. Plugins are trusted code: that is what the pin and the installation stand for.
    let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(|e| LoadProblem::Refused(without_path(&e, path)))?;
    // SAFETY: whatever has this name is a LibHeader and begins with an AbiHeader: `upgrade` looks at its magic before all else.
    let header = unsafe { library.get::<AbiHeaderRef>(SYMBOL).map(|symbol| *symbol) };
    // Kept also when it is refused below: its initialisers ran, and may have left threads in it.
    std::mem::forget(library);
    let header = header.map_err(|_| LoadProblem::NotExported)?.upgrade().map_err(problem)?;
    same_interface(header)?;
    same_layout(header)?;
    header.init_root_module().map_err(problem)
}

/// The system's loader names the private copy, which nobody knows.
fn without_path(error: &libloading::Error, path: &Path) -> String {
    let text = error.to_string().replace(&path.display().to_string(), "");
    brief(text.trim_start_matches([':', ' ']))
}

fn same_interface(header: &LibHeader) -> Result<(), LoadProblem> {
    let theirs = VersionNumber::new(header.version_strings());
    let ours = VersionNumber::new(PluginModRef::VERSION_STRINGS);
    match (theirs, ours) {
        (Ok(theirs), Ok(ours)) if theirs.major == ours.major => Ok(()),
        (Ok(theirs), _) => Err(other_interface(theirs.major.to_string(), ABI_VERSION.to_string())),
        (Err(_), _) => Err(LoadProblem::Layout("its interface has no readable version".into())),
    }
}

/// The same check as in `init_root_module`, whose error is 30 kB of text: the structured one makes a sentence.
fn same_layout(header: &LibHeader) -> Result<(), LoadProblem> {
    let found = header.layout().ok_or_else(|| LoadProblem::Layout("it carries no description of them".into()))?;
    check_layout_compatibility(PluginModRef::LAYOUT, found).map_err(|errors| {
        tracing::debug!(%errors, "a plugin's types differ");
        LoadProblem::Layout(brief(&first_difference(&errors)))
    })
}

/// The innermost type that differs: what is outside differs because of it.
fn first_difference(errors: &AbiInstabilityErrors) -> String {
    let deepest = errors.errors.iter().max_by_key(|error| error.stack_trace.len());
    let place = deepest.and_then(|error| error.stack_trace.last()).map(|step| match &step.found {
        TLFieldOrFunction::Field(field) => format!("`{}`", field.full_type()),
        TLFieldOrFunction::Function(function) => format!("`{function}`"),
    });
    let what = deepest.and_then(|error| error.errs.first()).map(|error| match error {
        AbiInstability::Size(size) => format!("has {} bytes, here {}", size.found, size.expected),
        AbiInstability::Package(package) => format!("is of package `{}`, here `{}`", package.found, package.expected),
        AbiInstability::PackageVersion(version) => {
            format!("is of version {}, here {}", version.found, version.expected)
        }
        AbiInstability::FieldCountMismatch(count) => {
            format!("has {} fields or parameters, here {}", count.found, count.expected)
        }
        AbiInstability::UnexpectedField(field) => {
            format!("has a field `{}`, here `{}`", field.found.name(), field.expected.name())
        }
        AbiInstability::Name(name) => format!("is a `{}`, here a `{}`", name.found, name.expected),
        other => {
            let variant = format!("{other:?}");
            format!("differs ({})", variant.split(['(', ' ', '{']).next().unwrap_or_default())
        }
    });
    format!("{} {}", place.as_deref().unwrap_or("the root module"), what.as_deref().unwrap_or("differs"))
}

fn problem(error: LibraryError) -> LoadProblem {
    match error {
        LibraryError::InvalidAbiHeader(header) if header.magic_string != AbiHeader::VALUE.magic_string => {
            LoadProblem::NotExported
        }
        LibraryError::InvalidAbiHeader(header) => other_interface(
            format!("{ABI_VERSION} on abi_stable {}.{}", header.abi_major, header.abi_minor),
            format!("{ABI_VERSION} on abi_stable {}.{}", AbiHeader::VALUE.abi_major, AbiHeader::VALUE.abi_minor),
        ),
        LibraryError::IncompatibleVersionNumber { actual_version, .. } => {
            other_interface(actual_version.major.to_string(), ABI_VERSION.to_string())
        }
        LibraryError::InvalidCAbi { .. } => LoadProblem::Layout("its compiler passes C values in another way".into()),
        LibraryError::RootModule { err, .. } => LoadProblem::Initialise(brief(&err.to_string())),
        other => LoadProblem::Layout(brief(&other.to_string())),
    }
}

fn other_interface(wants: String, speaks: String) -> LoadProblem {
    LoadProblem::Interface { wants, speaks }
}
