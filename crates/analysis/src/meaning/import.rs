//! Import statements: they only bind names; what the names can do shows when they are used.

use super::{interpreter::Interpreter, symbols::Step, value::Value};
use crate::nearest::nearest;
use pyexec_core::Certainty;
use rustpython_ast::{StmtImport, StmtImportFrom, name::Name};
use rustpython_text_size::{Ranged, TextRange};

impl Interpreter<'_> {
    pub(super) fn import(&mut self, s: &StmtImport) {
        let scope = self.scope();
        for alias in &s.names {
            let module = alias.name.as_str();
            self.imports.insert(module.to_owned());
            self.look_for(module, s.range());
            let (name, target) = if let Some(name) = &alias.asname {
                (name.id.clone(), module)
            } else {
                let top = module.split('.').next().unwrap_or(module);
                (Name::new(top), top)
            };
            let value = self.named(target);
            self.state.assign(scope, &name, value);
        }
    }

    /// Whether the environment has a module; if it surely has not, a person or a generator should know before it runs.
    fn look_for(&mut self, module: &str, range: TextRange) {
        let top = module.split('.').next().unwrap_or(module);
        let is_there = |name: &String| name == top;
        let beside = self.inputs.iter().any(|input| input.name.split('.').next() == Some(top));
        if self.modules.is_empty()
            || self.guarded_imports > 0
            || top == "pyexec"
            || beside
            || self.modules.iter().any(is_there)
        {
            return;
        }
        let meant = nearest(top, self.modules.iter().map(String::as_str));
        let meant = meant.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        let message = format!("imports `{top}`, which the environment that runs this does not have{meant}");
        self.findings.add(range, "import.missing", None, Certainty::Possible, message);
    }

    pub(super) fn import_from(&mut self, s: &StmtImportFrom) {
        let scope = self.scope();
        let relative = s.level > 0;
        let module = s.module.as_ref().map_or("", |m| m.as_str());
        if !relative {
            self.imports.insert(module.to_owned());
            self.look_for(module, s.range());
        }
        let from = (!relative).then(|| self.symbols.named(module));
        for alias in &s.names {
            if alias.name.as_str() == "*" {
                if let Some(module) = from {
                    self.state.add_star(scope, module);
                }
                continue;
            }
            let value = match from {
                Some(module) => {
                    let id = self.symbols.step(module, Step::Attribute(alias.name.id.clone()));
                    self.settled(&Value::symbol(id))
                }
                None => Value::Unknown,
            };
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.state.assign(scope, &name.id, value);
        }
    }
}
