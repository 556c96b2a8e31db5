//! Containers and records of the standard library.

use super::{
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    value::{Arguments, ClassId, Value},
};
use crate::hash::HashMap;
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// `collections`, `queue`, `types.SimpleNamespace`.
    pub(super) fn container_call(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        Some(match name {
            "itertools.islice"
            | "itertools.takewhile"
            | "itertools.dropwhile"
            | "collections.deque"
            | "collections.UserList"
            | "queue.Queue"
            | "queue.SimpleQueue"
            | "queue.LifoQueue" => {
                let source = match name {
                    "itertools.takewhile" | "itertools.dropwhile" => arguments.at(1)?,
                    "queue.Queue" | "queue.SimpleQueue" | "queue.LifoQueue" => {
                        return Some(self.new_sequence(SequenceKind::List, Vec::new(), None));
                    }
                    _ => arguments.at(0).unwrap_or(Value::text("")),
                };
                self.as_list(&source, SequenceKind::List, range)
            }
            "collections.OrderedDict"
            | "types.MappingProxyType"
            | "collections.UserDict"
            | "collections.ChainMap"
            | "collections.Counter" => self.new_dict(arguments, range),
            "collections.defaultdict" => {
                let others = Arguments {
                    positional: arguments.positional.get(1..).unwrap_or_default().to_vec(),
                    ..arguments.clone()
                };
                let object = self.new_dict(&others, range);
                let default = self.call(&first, &Arguments::default(), range);
                self.set_item(&object, &Value::Unknown, default, range);
                object
            }
            "types.SimpleNamespace" | "argparse.Namespace" | "threading.local" => {
                let class = self.new_class(Name::new("SimpleNamespace"), Vec::new(), None);
                self.instance_of(class, &arguments.keywords)
            }
            "collections.namedtuple" => self.named_tuple(arguments, range),
            _ => return None,
        })
    }

    fn named_tuple(&mut self, arguments: &Arguments, range: TextRange) -> Value {
        let name = arguments.at(0).and_then(|n| n.as_text().map(Name::new)).unwrap_or(Name::new("tuple"));
        let class = self.new_class(name, Vec::new(), None);
        let fields = match arguments.at(1) {
            Some(Value::Text(text)) => {
                let text = text.whole().unwrap_or_default();
                text.split([',', ' ']).filter(|f| !f.is_empty()).map(Name::new).collect()
            }
            Some(list) => {
                let elements = self.elements(&list, range);
                elements.items.iter().filter_map(|f| f.as_text().map(Name::new)).collect()
            }
            None => Vec::new(),
        };
        self.classes[class.0 as usize].fields = fields;
        Value::Class(class)
    }

    pub(super) fn instance_of(&mut self, class: ClassId, attributes: &[(Name, Value)]) -> Value {
        let attributes: HashMap<Name, Value> = attributes.iter().cloned().collect();
        Value::Object(self.state.allocate(Object::Instance { class, attributes }))
    }

    pub(super) fn new_dict(&mut self, arguments: &Arguments, range: TextRange) -> Value {
        let id = self.state.allocate(Object::Mapping { entries: Vec::new(), rest: arguments.more_keywords.clone() });
        let object = Value::Object(id);
        for source in &arguments.positional {
            match source {
                Value::Object(other) if matches!(**self.state.object(*other), Object::Mapping { .. }) => {
                    self.merge_mapping(id, source, range);
                }
                Value::Object(other)
                    if matches!(**self.state.object(*other), Object::Namespace(_) | Object::Members(_)) =>
                {
                    return source.clone();
                }
                _ => {
                    let pairs = self.elements(source, range);
                    for pair in &pairs.items {
                        let parts = self.elements(pair, range);
                        self.set_item(&object, &parts.at(0), parts.at(1), range);
                    }
                    if let Some(pair) = &pairs.rest {
                        let parts = self.elements(pair, range);
                        self.set_item(&object, &Value::Unknown, parts.at(1), range);
                    }
                }
            }
        }
        let entries: Vec<_> = arguments.keywords.clone();
        for (name, value) in entries {
            self.set_item(&object, &Key::Text(name.as_str().into()).value(), value, range);
        }
        object
    }
}
