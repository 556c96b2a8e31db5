//! Callables whose result is known: Python's builtins and the few library functions that only compute.
//!
//! Nothing here is an effect; those are in the tables.

use super::{
    interpreter::Interpreter,
    symbols::Step,
    value::{Arguments, Piece, Text, Value},
};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

/// Names that Python binds before any code does.
const NAMES: &[&str] = &[
    "__build_class__",
    "__import__",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "copyright",
    "credits",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "exit",
    "filter",
    "float",
    "format",
    "frozenset",
    "get_ipython",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "help",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "license",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "quit",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

/// Modules of which some callable is followed here rather than by a table; all others need not be asked for.
const FOLDED: &[&str] = &[
    "abc",
    "argparse",
    "asyncio",
    "atexit",
    "attr",
    "attrs",
    "base64",
    "binascii",
    "codecs",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "functools",
    "glob",
    "importlib",
    "inspect",
    "itertools",
    "logging",
    "operator",
    "os",
    "pathlib",
    "pkgutil",
    "posixpath",
    "pydantic",
    "queue",
    "string",
    "sys",
    "tempfile",
    "threading",
    "types",
    "typing",
    "urllib",
    "weakref",
];

impl Interpreter<'_> {
    /// A builtin by its bare name.
    pub(super) fn builtin_name(&mut self, name: &Name) -> Option<Value> {
        match name.as_str() {
            "__name__" => Some(Value::text("__main__")),
            "__file__" => Some(Value::Text(Text::join([Piece::Here, Piece::Literal("/code.py".into())]))),
            "__builtins__" => Some(self.named("builtins.__builtins__")),
            "__loader__" | "__spec__" => Some(self.named(&format!("importlib.{name}"))),
            "__debug__" => Some(Value::Bool(true)),
            _ if NAMES.binary_search(&name.as_str()).is_ok() || is_exception(name) => {
                let builtins = self.symbols.named("builtins");
                Some(Value::symbol(self.symbols.step(builtins, Step::Attribute(name.clone()))))
            }
            _ => None,
        }
    }

    /// The result of a call by qualified name, where it is known.
    pub(super) fn builtin_call(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        if let Some(builtin) = name.strip_prefix("builtins.") {
            return self
                .reflective_builtin(builtin, arguments, range)
                .or_else(|| self.collection_builtin(builtin, arguments, range))
                .or_else(|| self.conversion_builtin(builtin, arguments, range))
                .or_else(|| self.exception_call(builtin, arguments, range));
        }
        super::codec::call(name, arguments)
            .or_else(|| self.import_call(name, arguments, range))
            .or_else(|| self.functional_call(name, arguments, range))
            .or_else(|| self.operator_call(name, arguments, range))
            .or_else(|| self.container_call(name, arguments, range))
            .or_else(|| self.path_call(name, arguments))
            .or_else(|| self.folder_call(name, arguments))
            .or_else(|| self.configured_call(name, arguments, range))
    }
}

/// Whether [`Interpreter::builtin_call`] may know a callable.
pub(super) fn is_folded(name: &str) -> bool {
    let root = name.split(['.', '(', '[']).next().unwrap_or(name);
    root == "builtins" || FOLDED.binary_search(&root).is_ok()
}

/// The exceptions: they end in a way that nothing else that Python binds does.
pub(super) fn is_exception(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "ExceptionGroup",
        "BaseExceptionGroup",
        "GeneratorExit",
        "KeyboardInterrupt",
        "StopIteration",
        "StopAsyncIteration",
        "SystemExit",
        "NotImplemented",
        "Ellipsis",
    ];
    let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
    capital && (name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Warning"))
        || OTHERS.contains(&name)
}

/// Sorts constants of one kind; false if they are not.
pub(super) fn sort(items: &mut [Value]) -> bool {
    if items.iter().all(|v| v.as_text().is_some()) {
        items.sort_by(|a, b| a.as_text().cmp(&b.as_text()));
    } else if items.iter().all(|v| v.as_int().is_some()) {
        items.sort_by_key(Value::as_int);
    } else {
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted() && FOLDED.is_sorted());
        assert!(is_exception("OSError") && is_exception("Exception") && !is_exception("error"));
    }
}
