//! Conformance tests and fakes for plugin authors
