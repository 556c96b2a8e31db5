//! From a call to findings: which entries of the tables speak of it, and what its arguments make of them.

use super::{
    condition::Origin,
    finding::Found,
    interpreter::Interpreter,
    path::{Place, kind_of_place},
    value::{Arguments, Symbol, Value},
};
use crate::knowledge::table::{Argument, CallEntry, Constant, Effect, SetEntry};
use pyexec_core::{Capability, Certainty, finding::Subject};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;
use std::borrow::Cow;

impl Interpreter<'_> {
    /// Records what a library's callable does with these arguments; returns what the tables say of its result.
    pub(super) fn effects_of_call(&mut self, symbol: &Symbol, arguments: &Arguments, range: TextRange) -> Outcome {
        let callable = self.symbols.callable(symbol.id);
        if callable.entries.is_empty() {
            return Outcome::default();
        }
        let name = self.symbols.name(symbol.id);
        let mut origin = symbol.origin.as_deref().cloned();
        let mut arguments = Cow::Borrowed(arguments);
        if callable.unbound && !arguments.positional.is_empty() {
            let receiver = arguments.to_mut().positional.remove(0);
            origin = match receiver {
                Value::Symbol(symbol) => symbol.origin.as_deref().cloned(),
                other => Some(other),
            };
        }
        let mut outcome = Outcome::default();
        for entry in &callable.entries {
            self.entry(entry, &name, origin.as_ref(), &arguments, range);
            if let Some(target) = entry.dumps.as_ref().and_then(|dumps| argument(dumps, origin.as_ref(), &arguments)) {
                let target = match &target {
                    Value::Symbol(symbol) => symbol.origin.as_deref().unwrap_or(&target),
                    other => other,
                };
                if let Place::Inside(Some(path)) = self.place_of(target, false) {
                    self.dumped.insert(path);
                }
            }
            outcome.returns = outcome.returns.or_else(|| entry.returns.clone());
            let keeps = entry.keeps.as_ref().and_then(|keeps| argument(keeps, origin.as_ref(), &arguments));
            outcome.keeps = outcome.keeps.or(keeps);
        }
        outcome
    }

    /// What a method of an object of which nothing is known can do, by its name alone.
    pub(super) fn effects_of_unknown(&mut self, method: &Name, arguments: &Arguments, range: TextRange) {
        self.findings.only_possible += 1;
        for entry in self.knowledge.methods(method, "?") {
            self.entry(entry, method, None, arguments, range);
        }
        self.findings.only_possible -= 1;
    }

    fn entry(
        &mut self,
        entry: &CallEntry,
        name: &str,
        origin: Option<&Value>,
        arguments: &Arguments,
        range: TextRange,
    ) {
        let Some(effect) = &entry.capability else { return };
        let mut certainty = Certainty::Definite;
        for when in &entry.when {
            match self.holds(when, origin, arguments) {
                Some(true) => {}
                Some(false) => return,
                None => certainty = Certainty::Possible,
            }
        }
        let capability = match effect {
            Effect::Is(capability) => capability.clone(),
            Effect::Open => match Self::opens_for_writing(entry, origin, arguments) {
                Some(true) => Capability::FS_WRITE,
                Some(false) => Capability::FS_READ,
                None => {
                    certainty = Certainty::Possible;
                    Capability::FS_WRITE
                }
            },
        };
        let says = entry.says.clone().unwrap_or_else(|| format!("calls `{}`", shown(name)));
        let base = Found {
            rule: entry.rule.clone().unwrap_or_else(|| rule_name(&capability, name)),
            capability: Some(capability.clone()),
            certainty,
            message: says,
            evidence: Some(name.to_owned()),
            subject: None,
        };
        if capability == Capability::DESERIALIZATION {
            let source = entry.path.as_ref().and_then(|which| argument(which, origin, arguments));
            match source.map_or(Origin::Foreign, |value| self.origin_of(&value)) {
                Origin::Own => {}
                Origin::Artifact(path) => self.decode_later(path, range, base),
                Origin::Foreign => self.findings.record(range, base),
            }
        } else if !entry.code.is_empty() {
            self.on_code(base, entry, origin, arguments, range);
        } else if let Some(which) = &entry.sql {
            if let Some(value) = argument(which, origin, arguments) {
                self.on_statement(&base, &value, entry, range);
            }
        } else if let Some(which) = &entry.dsn {
            let given = argument(which, origin, arguments).unwrap_or(Value::Unknown);
            for alternative in given.alternatives() {
                self.on_database_url(&base, alternative, entry, range);
            }
        } else if let Some(which) = &entry.path {
            if let Some(mut value) = argument(which, origin, arguments) {
                if entry.many
                    && let Value::Object(_) = value
                {
                    let elements = self.elements(&value, range);
                    value = elements.any();
                }
                for alternative in value.alternatives() {
                    self.on_path(&base, alternative, entry, value.alternatives().len() > 1, range);
                }
            }
        } else if let Some(which) = &entry.channel {
            self.on_channels(base, argument(which, origin, arguments), range);
        } else {
            self.findings.record(range, base);
        }
    }

    /// An effect on a path: harmless inside the run folder, else what the entry says.
    pub(super) fn on_path(
        &mut self,
        base: &Found,
        value: &Value,
        entry: &CallEntry,
        one_of_many: bool,
        range: TextRange,
    ) {
        let Some(capability) = &base.capability else { return };
        let place = self.place_of(value, entry.url);
        let reads = *capability == Capability::FS_READ;
        let mut found = Found {
            rule: base.rule.clone(),
            capability: base.capability.clone(),
            certainty: base.certainty,
            message: base.message.clone(),
            evidence: base.evidence.clone(),
            subject: None,
        };
        let name = base.evidence.as_deref().unwrap_or_default();
        let mut become_capability = |capability: Capability, message: String| {
            found.rule = rule_name(&capability, name);
            found.capability = Some(capability);
            found.message = message;
        };
        match place {
            Place::Nowhere => return,
            Place::Url if entry.url => become_capability(Capability::NET, "fetches from the network".into()),
            Place::Inside(path) => {
                if reads {
                    become_capability(Capability::INPUT, "reads a file of the run".into());
                } else {
                    become_capability(Capability::ARTIFACT, "writes inside the run folder".into());
                }
                found.subject = path.map(|path| Subject::Path { path });
            }
            Place::Input(path) => {
                if reads {
                    become_capability(Capability::INPUT, "reads a declared input".into());
                }
                found.subject = Some(Subject::Path { path });
            }
            Place::Outside(path) => {
                found.message = format!("{}: {}", found.message, kind_of_place(path.as_deref()));
                found.subject = path.map(|path| Subject::Path { path });
            }
            Place::Unknown | Place::Url => {
                found.certainty = Certainty::Possible;
                found.message = format!("{}: which path is known only when it runs", found.message);
            }
        }
        if one_of_many {
            found.certainty = Certainty::Possible;
        }
        self.findings.record(range, found);
    }

    /// An effect on channels: one finding for each known name.
    fn on_channels(&mut self, mut base: Found, channels: Option<Value>, range: TextRange) {
        let mut names: Vec<Option<String>> = Vec::new();
        match channels {
            Some(value) => {
                for alternative in value.alternatives() {
                    match alternative {
                        Value::Text(text) => names.push(text.whole().map(str::to_owned)),
                        Value::Object(_) => {
                            let elements = self.elements(alternative, range);
                            for element in elements.items.iter().chain(&elements.rest).flat_map(Value::alternatives) {
                                names.push(element.as_text().map(str::to_owned));
                            }
                        }
                        _ => names.push(None),
                    }
                }
            }
            None => names.push(None),
        }
        let says = std::mem::take(&mut base.message);
        for name in names {
            let message = match &name {
                Some(name) => format!("{says}: `{name}`"),
                None => format!("{says}: which channel is known only when it runs"),
            };
            self.findings.record(
                range,
                Found {
                    rule: base.rule.clone(),
                    capability: base.capability.clone(),
                    certainty: base.certainty,
                    message,
                    evidence: base.evidence.clone(),
                    subject: name.map(|name| Subject::Channel { name }),
                },
            );
        }
    }

    /// Assignment to an attribute (`Some`) or an item of a library's object.
    pub(super) fn effects_of_set(&mut self, symbol: &Symbol, attribute: Option<&Name>, range: TextRange) -> bool {
        let name = self.symbols.name(symbol.id);
        let entries: Vec<SetEntry> = self.knowledge.sets(&name).to_vec();
        let mut any = false;
        for entry in entries {
            let applies = match attribute {
                Some(attribute) => entry.attributes.iter().any(|a| a == "*" || a == attribute.as_str()),
                None => entry.items,
            };
            if !applies {
                continue;
            }
            any = true;
            let target = attribute.map_or_else(|| format!("{name}[]"), |attribute| format!("{name}.{attribute}"));
            let found = Found {
                rule: rule_name(&entry.capability, &target),
                capability: Some(entry.capability.clone()),
                certainty: Certainty::Definite,
                message: entry.says.clone().unwrap_or_else(|| format!("assigns to `{}`", shown(&target))),
                evidence: Some(target),
                subject: None,
            };
            match &entry.channel {
                Some(which) => {
                    let channel = argument(which, symbol.origin.as_deref(), &Arguments::default());
                    self.on_channels(found, channel, range);
                }
                None => self.findings.record(range, found),
            }
        }
        any
    }
}

/// What the tables say of a call's result.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) returns: Option<String>,
    pub(super) keeps: Option<Value>,
}

/// The argument that an entry speaks of.
pub(super) fn argument(which: &Argument, origin: Option<&Value>, arguments: &Arguments) -> Option<Value> {
    match which {
        Argument::Receiver => Some(origin.cloned().unwrap_or(Value::Unknown)),
        Argument::Given { index, keywords } => {
            let named = keywords.iter().find(|name| arguments.keywords.iter().any(|(given, _)| given == name.as_str()));
            arguments.get(*index, named.or(keywords.first()).map(String::as_str))
        }
    }
}

/// A constant of a table as a value.
pub(super) fn constant_value(constant: &Constant) -> Value {
    match constant {
        Constant::Bool(value) => Value::Bool(*value),
        Constant::Int(value) => Value::Int(*value),
        Constant::Text(text) => Value::text(text),
    }
}

/// `net.requests.post`: capability, top-level module, and the callable's own name. Builtins have no module.
pub(super) fn rule_name(capability: &Capability, name: &str) -> String {
    let mut steps = name.split(['.', '(', ')', '[', ']']).filter(|step| !step.is_empty());
    let root = steps.next().unwrap_or_default();
    let leaf = steps.next_back();
    match (root, leaf) {
        ("builtins", Some(leaf)) => format!("{capability}.{leaf}"),
        (root, Some(leaf)) => format!("{capability}.{root}.{leaf}"),
        (root, None) => format!("{capability}.{root}"),
    }
}

/// A qualified name as a reader would write it.
fn shown(name: &str) -> &str {
    name.strip_prefix("builtins.").unwrap_or(name)
}
