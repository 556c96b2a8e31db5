//! `functools`, `operator`, `itertools`: callables made from callables.

use super::{
    interpreter::Interpreter,
    object::SequenceKind,
    value::{Arguments, DescriptorKind, Method, Partial, Value},
};
use rustpython_ast::{Operator, name::Name};
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// What gives back, wraps or combines a callable.
    pub(super) fn functional_call(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        Some(match name {
            "functools.partial" | "functools.partialmethod" => {
                let (callee, rest) = arguments.positional.split_first()?;
                let others = Arguments { positional: rest.to_vec(), ..arguments.clone() };
                Value::Partial(Partial { callee: callee.clone(), arguments: others }.into())
            }
            "types.MethodType" => {
                let partial = Partial { callee: first, arguments: Arguments::of([arguments.at(1)?]) };
                Value::Partial(partial.into())
            }
            "functools.wraps" => Value::Method(Method { receiver: first, name: Name::new_static("<wraps>") }.into()),
            "functools.update_wrapper" | "functools.lru_cache" | "functools.singledispatch"
                if !matches!(arguments.at(0), Some(Value::Function(_))) =>
            {
                self.named("typing.cast().identity")
            }
            "typing.cast().identity"
            | "functools.lru_cache"
            | "functools.cache"
            | "functools.singledispatch"
            | "contextlib.contextmanager"
            | "contextlib.asynccontextmanager"
            | "functools.cached_property"
            | "copy.copy"
            | "copy.deepcopy"
            | "asyncio.run"
            | "asyncio.create_task"
            | "asyncio.ensure_future"
            | "atexit.unregister"
            | "dataclasses.dataclass"
            | "weakref.ref"
            | "weakref.proxy"
            | "operator.pos"
            | "contextlib.closing"
            | "contextlib.nullcontext"
            | "itertools.cycle"
            | "abc.abstractmethod"
                if !arguments.positional.is_empty() =>
            {
                match name {
                    "functools.cached_property" => Self::descriptor(DescriptorKind::Property, first, None),
                    _ => first,
                }
            }
            "typing.cast" => arguments.at(1)?,
            "dataclasses.field" | "attr.ib" | "attr.field" | "attrs.field" | "pydantic.Field" => {
                let factory = arguments.get(None, Some("default_factory"));
                match (arguments.get(None, Some("default")), factory.or(arguments.get(None, Some("factory")))) {
                    (Some(default), _) => default,
                    (None, Some(factory)) => self.call(&factory, &Arguments::default(), range),
                    _ => return None,
                }
            }
            "functools.reduce" => self.reduce(arguments, range),
            _ => return None,
        })
    }

    /// Operators and iterators as functions.
    pub(super) fn operator_call(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        Some(match name {
            "operator.attrgetter" | "operator.itemgetter" => {
                let getter = if name == "operator.attrgetter" { "<attribute getter>" } else { "<item getter>" };
                let receiver = match arguments.positional.len() {
                    1 => first,
                    _ => self.new_sequence(SequenceKind::Tuple, arguments.positional.clone(), None),
                };
                Value::Method(Method { receiver, name: Name::new_static(getter) }.into())
            }
            "operator.methodcaller" => {
                let (method, rest) = arguments.positional.split_first()?;
                let callee = Value::Method(
                    Method { receiver: method.clone(), name: Name::new_static("<method caller>") }.into(),
                );
                let others = Arguments { positional: rest.to_vec(), ..arguments.clone() };
                Value::Partial(Partial { callee, arguments: others }.into())
            }
            "operator.call" => {
                let (callee, rest) = arguments.positional.split_first()?;
                let others = Arguments { positional: rest.to_vec(), ..arguments.clone() };
                self.call(&callee.clone(), &others, range)
            }
            "operator.getitem" => self.item(&first, &arguments.at(1)?, range),
            "operator.setitem" => {
                self.set_item(&first, &arguments.at(1)?, arguments.at(2)?, range);
                Value::None
            }
            "operator.add" | "operator.concat" | "operator.iadd" | "operator.iconcat" => {
                self.binary(&first, Operator::Add, &arguments.at(1)?, range)
            }
            "operator.xor" => self.binary(&first, Operator::BitXor, &arguments.at(1)?, range),
            "operator.mul" => self.binary(&first, Operator::Mult, &arguments.at(1)?, range),
            "itertools.chain" => self.chained(&arguments.positional, range),
            "itertools.chain.from_iterable" => {
                let lists = self.elements(&first, range);
                if lists.rest.is_none() {
                    self.chained(&lists.items, range)
                } else {
                    let inner = self.elements(&lists.any(), range).any();
                    self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(inner))
                }
            }
            "itertools.starmap" => {
                let rows = self.elements(&arguments.at(1)?, range);
                let callee = first;
                for row in rows.items.iter().chain(&rows.rest) {
                    let spread = self.spread_positional(row, range);
                    self.call(&callee, &spread, range);
                }
                Value::Unknown
            }
            _ => return None,
        })
    }

    fn chained(&mut self, lists: &[Value], range: TextRange) -> Value {
        let (mut items, mut rest) = (Vec::new(), None);
        for list in lists {
            let elements = self.elements(list, range);
            items.extend(elements.items);
            rest = elements.rest.into_iter().chain(rest).reduce(Value::or);
        }
        self.new_sequence(SequenceKind::Iterator, items, rest)
    }

    fn reduce(&mut self, arguments: &Arguments, range: TextRange) -> Value {
        let (Some(callee), Some(list)) = (arguments.at(0), arguments.at(1)) else { return Value::Unknown };
        let elements = self.elements(&list, range);
        if elements.rest.is_some() || elements.items.len() > 512 {
            let any = elements.any();
            return self.call(&callee, &Arguments::of([Value::Unknown, any]), range);
        }
        let mut items = elements.items.into_iter();
        let mut result = arguments.at(2).or_else(|| items.next()).unwrap_or(Value::Unknown);
        for item in items {
            result = self.call(&callee, &Arguments::of([result, item]), range);
        }
        result
    }
}
