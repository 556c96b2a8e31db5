//! What a plugin author writes: one line for each component, one line for the library.
//!
//! A registration leaves two things behind: an `inventory` entry for those who call the code, and a record in an ELF section
//! for those who only read the file. Both come from one macro, so that neither can be had without the other.

use pyexec_core::abi;

// `concat!` takes literals only, so the records below spell both out.
const _: () = assert!(abi::ABI_VERSION == 1, "the records of `__register!` spell the interface's version out");
const _: () = assert!(same(abi::MANIFEST_SECTION, ".pyexec.manifest"), "`__register!` spells the section out");
const _: () = assert!(same(abi::SYMBOL, "PYEXEC_PLUGIN_V1"), "`export_plugin!` spells the symbol out");

/// Registers a [`CodeGenerator`](pyexec_core::CodeGenerator) under a name (`[a-z0-9_]+`).
#[macro_export]
macro_rules! register_generator {
    ($name:literal, $type:ty) => {
        $crate::__register!("generator", $name, $crate::adapt::GeneratorAdapter<$type>);
    };
}

/// Registers a [`DomainAnalyzer`](pyexec_core::DomainAnalyzer) under a name (`[a-z0-9_]+`).
#[macro_export]
macro_rules! register_domain_analyzer {
    ($name:literal, $type:ty) => {
        $crate::__register!("domain_analyzer", $name, $crate::adapt::DomainAnalyzerAdapter<$type>);
    };
}

/// Registers a [`PolicyAnalyzer`](pyexec_core::PolicyAnalyzer) under a name (`[a-z0-9_]+`).
#[macro_export]
macro_rules! register_policy_analyzer {
    ($name:literal, $type:ty) => {
        $crate::__register!("policy_analyzer", $name, $crate::adapt::PolicyAnalyzerAdapter<$type>);
    };
}

/// Registers an [`ApprovalGate`](pyexec_core::ApprovalGate) under a name (`[a-z0-9_]+`).
#[macro_export]
macro_rules! register_approval_gate {
    ($name:literal, $type:ty) => {
        $crate::__register!("approval_gate", $name, $crate::adapt::ApprovalGateAdapter<$type>);
    };
}

/// Registers a [`CodeExecutor`](pyexec_core::CodeExecutor) under a name (`[a-z0-9_]+`).
#[macro_export]
macro_rules! register_executor {
    ($name:literal, $type:ty) => {
        $crate::__register!("executor", $name, $crate::adapt::ExecutorAdapter<$type>);
    };
}

/// Registers a [`Connector`](pyexec_core::Connector) under a name (`[a-z0-9_]+`).
#[macro_export]
macro_rules! register_connector {
    ($name:literal, $type:ty) => {
        $crate::__register!("connector", $name, $crate::adapt::ConnectorAdapter<$type>);
    };
}

/// Exports everything registered in this library. Say it once, in the cdylib; a cdylib that only wraps a crate also needs
/// `use that_crate as _;`, or the linker drops the crate with its registrations.
#[macro_export]
macro_rules! export_plugin {
    () => {
        /// The entrance to this library.
        #[unsafe(no_mangle)]
        pub static PYEXEC_PLUGIN_V1: $crate::__private::LibHeader = $crate::__private::header();
    };
}

/// One registration.
#[doc(hidden)]
#[macro_export]
macro_rules! __register {
    ($role:literal, $name:literal, $adapter:ty) => {
        const _: () = {
            assert!($crate::__private::is_name($name), "a component's name is [a-z0-9_]+");
            assert!($crate::__private::same($role, <$adapter as $crate::adapt::RoleAdapter>::ROLE.name()));
            const TEXT: &str = concat!(
                r#"{"abi":1,"role":""#,
                $role,
                r#"","name":""#,
                $name,
                r#"","package":""#,
                env!("CARGO_PKG_NAME"),
                r#"","version":""#,
                env!("CARGO_PKG_VERSION"),
                "\"}\n"
            );
            #[used]
            #[unsafe(link_section = ".pyexec.manifest")]
            static RECORD: [u8; TEXT.len()] = $crate::__private::bytes(TEXT);
            $crate::__private::inventory::submit! {
                $crate::Registration::new::<$adapter>($name, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
            }
        };
    };
}

/// The bytes of `text`.
///
/// # Panics
///
/// At compile time, when `text` is shorter than `N`.
pub const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    match text.as_bytes().first_chunk() {
        Some(bytes) => *bytes,
        None => panic!("N is the length of the text"),
    }
}

/// Whether `text` can name a component.
pub const fn is_name(text: &str) -> bool {
    let (text, mut at) = (text.as_bytes(), 0);
    while at < text.len() {
        if !matches!(text[at], b'a'..=b'z' | b'0'..=b'9' | b'_') {
            return false;
        }
        at += 1;
    }
    !text.is_empty()
}

/// Whether two texts are the same, at compile time.
pub const fn same(one: &str, other: &str) -> bool {
    let (one, other, mut at) = (one.as_bytes(), other.as_bytes(), 0);
    if one.len() != other.len() {
        return false;
    }
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["basic", "claude_code", "python3"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "Basic", "claude-code", "a b", "a\"b", "ä"] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn sameness() {
        assert!(same("", "") && same("role", "role"));
        assert!(!same("role", "rolf") && !same("role", "roles"));
    }
}
