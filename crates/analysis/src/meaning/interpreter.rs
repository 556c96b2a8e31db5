//! The interpreter itself: its tables, its bounds, and the order of a run.

use super::{
    finding::Findings,
    generator::Generator,
    object::Object,
    state::{ScopeId, ScopeKind, State},
    symbols::Symbols,
    value::{Arguments, ClassId, FunctionId, ObjectId, Text, Value},
};
use crate::hash::{HashMap, HashSet};
use crate::{knowledge::Knowledge, source::lines::Lines};
use pyexec_core::{Capability, Certainty, Finding, domain_analyzer::AnalysisRequest, finding::InputInfo};
use rustpython_ast::{self as ast, Stmt, name::Name};
use rustpython_text_size::{TextRange, TextSize};
use std::{
    cell::{Cell, OnceCell},
    collections::BTreeSet,
};

/// Steps that any code may take.
const BASE_STEPS: u64 = 400_000;
/// Steps that code in a text may take.
const INNER_STEPS: u64 = 50_000;
/// Texts that are followed.
pub(super) const MAX_TEXTS: u32 = 32;
/// Steps more for each byte of it: a plain walk takes less than one.
const STEPS_A_BYTE: u64 = 3;
/// Elements copied for the price of a step.
const WORK_A_STEP: u64 = 8;
/// Nested evaluations: of trees, and of the calls that are followed.
const MAX_DEPTH: u32 = 12_000;
/// Calls inside calls that are followed.
pub(super) const MAX_CALLS: usize = 24;
/// How often one function is followed with the arguments at hand; after that once with unknown ones.
pub(super) const MAX_FOLLOWED: u32 = 256;

/// What came of following code.
pub(crate) struct Meaning {
    /// In source order.
    pub(crate) findings: Vec<Finding>,
    /// Every imported module, sorted.
    pub(crate) imports: BTreeSet<String>,
    /// Whether the module binds `results`.
    pub(crate) assigns_results: bool,
}

/// What is known besides the code.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) knowledge: &'a Knowledge,
    /// The declared inputs.
    pub(crate) inputs: &'a [InputInfo],
    /// Top-level modules that can be imported; empty: not known.
    pub(crate) modules: &'a [String],
}

impl<'a> Surroundings<'a> {
    pub(crate) fn of(request: &'a AnalysisRequest, knowledge: &'a Knowledge) -> Self {
        Self { knowledge, inputs: &request.inputs, modules: &request.modules }
    }
}

/// Follows a module.
pub(crate) fn follow(body: &[Stmt], text: &str, lines: &Lines<'_>, surroundings: &Surroundings<'_>) -> Meaning {
    let mut interpreter = Interpreter::new(text, lines, surroundings);
    interpreter.run(body);
    interpreter.finish()
}

/// Follows code that is text in other code.
pub(super) fn follow_within(
    body: &[Stmt],
    text: &str,
    lines: &Lines<'_>,
    surroundings: &Surroundings<'_>,
    level: u32,
) -> Meaning {
    let mut interpreter = Interpreter::new(text, lines, surroundings);
    interpreter.level = level;
    interpreter.steps = INNER_STEPS;
    interpreter.run(body);
    interpreter.finish()
}

/// Source of a function's body.
#[derive(Clone, Copy)]
pub(super) enum Definition<'a> {
    Function(&'a ast::StmtFunctionDef),
    Lambda(&'a ast::ExprLambda),
}

impl Definition<'_> {
    /// All of it.
    pub(super) fn range(&self) -> TextRange {
        match self {
            Self::Function(def) => def.range,
            Self::Lambda(lambda) => lambda.range,
        }
    }
}

/// A function of the code.
pub(super) struct Function<'a> {
    pub(super) definition: Definition<'a>,
    /// Where it was defined.
    pub(super) scope: ScopeId,
    pub(super) defaults: Vec<(Name, Value)>,
    /// The class whose body it stands in.
    pub(super) class: Option<ClassId>,
    pub(super) followed: u32,
    pub(super) active: u32,
    /// Something of which nothing is known may call it.
    pub(super) escaped: bool,
    /// Followed with unknown arguments.
    pub(super) generic: bool,
    /// Whether it has a `yield`, once that was asked.
    pub(super) yields: OnceCell<bool>,
    /// A mapping of the attributes that the code gave it.
    pub(super) attributes: Option<ObjectId>,
    /// What the last calls were and gave.
    pub(super) known: Vec<KnownCall>,
}

/// A call that need not be followed again as long as nothing changed.
pub(super) struct KnownCall {
    pub(super) arguments: Arguments,
    /// Of the state, and whether findings were only possible or dead.
    pub(super) circumstances: (u64, bool, bool),
    pub(super) result: Value,
}

/// A class of the code.
pub(super) struct Class<'a> {
    pub(super) name: Name,
    pub(super) bases: Vec<Value>,
    /// What its `class` statement names as that.
    pub(super) metaclass: Option<Value>,
    pub(super) body: Option<&'a [Stmt]>,
    pub(super) scope: Option<ScopeId>,
    /// Annotated names, in order: what a dataclass takes.
    pub(super) fields: Vec<Name>,
    /// An instance that has all attributes any instance got.
    pub(super) summary: ObjectId,
}

/// A body that is being followed.
pub(super) struct Frame {
    pub(super) scope: ScopeId,
    pub(super) function: Option<FunctionId>,
    pub(super) class: Option<ClassId>,
    pub(super) receiver: Option<Value>,
    pub(super) returns: Option<Value>,
    pub(super) yields: Option<Value>,
    /// What a `yield` in it gives, if anything was sent.
    pub(super) sent: Option<Value>,
}

/// The interpreter.
pub(super) struct Interpreter<'a> {
    pub(super) knowledge: &'a Knowledge,
    pub(super) inputs: &'a [InputInfo],
    /// Top-level modules that can be imported; empty: not known.
    pub(super) modules: &'a [String],
    /// How many statements around this one take it that an import may fail.
    pub(super) guarded_imports: u32,
    pub(super) symbols: Symbols<'a>,
    pub(super) state: State,
    /// The module's scope.
    pub(super) module: ScopeId,
    pub(super) functions: Vec<Function<'a>>,
    pub(super) classes: Vec<Class<'a>>,
    pub(super) frames: Vec<Frame>,
    /// Generators by what iterates over them.
    pub(super) generators: HashMap<ObjectId, Generator>,
    /// Mappings that are an instance's `__dict__`.
    pub(super) mirrors: HashMap<ObjectId, ObjectId>,
    /// Exceptions raised so far that carry something.
    pub(super) raised: Option<Value>,
    pub(super) findings: Findings<'a>,
    pub(super) imports: BTreeSet<String>,
    /// Relative paths into which the code itself encoded what it may later decode.
    pub(super) dumped: HashSet<String>,
    /// Decoding of a file of the run folder, judged at the end: only then is it known what the code itself encoded there.
    pub(super) decoded: Vec<(String, TextRange, String)>,
    /// Where relative paths lead after `os.chdir`.
    pub(super) folder: Option<Text>,
    /// How many texts this code is inside of.
    pub(super) level: u32,
    /// How many texts were followed so far.
    pub(super) texts: Cell<u32>,
    generic_runs: HashMap<TextSize, u32>,
    steps: u64,
    depth: u32,
    exhausted: bool,
}

impl<'a> Interpreter<'a> {
    fn new(text: &'a str, lines: &'a Lines<'a>, surroundings: &Surroundings<'a>) -> Self {
        let Surroundings { knowledge, inputs, modules } = *surroundings;
        let mut state = State::default();
        let module = state.new_scope(ScopeKind::Module, None);
        Self {
            knowledge,
            inputs,
            modules,
            guarded_imports: 0,
            symbols: Symbols::new(knowledge),
            state,
            module,
            functions: Vec::new(),
            classes: Vec::new(),
            frames: Vec::new(),
            generators: HashMap::default(),
            mirrors: HashMap::default(),
            raised: None,
            findings: Findings::new(lines),
            imports: BTreeSet::new(),
            dumped: HashSet::default(),
            decoded: Vec::new(),
            folder: None,
            level: 0,
            texts: Cell::new(0),
            generic_runs: HashMap::default(),
            steps: BASE_STEPS + STEPS_A_BYTE * text.len() as u64,
            depth: 0,
            exhausted: false,
        }
    }

    fn run(&mut self, body: &'a [Stmt]) {
        self.frames.push(Frame {
            scope: self.module,
            function: None,
            class: None,
            receiver: None,
            returns: None,
            yields: None,
            sent: None,
        });
        self.block(body);
        self.rest();
    }

    /// Follows what nothing followed so far: functions that only something unknown may call, and methods.
    fn rest(&mut self) {
        let mut at = 0;
        while at < self.functions.len() {
            let function = &self.functions[at];
            let needed = function.escaped || function.followed == 0;
            let key = function.definition.range().start();
            let runs = self.generic_runs.entry(key).or_default();
            if needed && !function.generic && *runs < 4 {
                *runs += 1;
                let id = FunctionId(u32::try_from(at).unwrap_or(u32::MAX));
                self.follow_generic(id);
            }
            at += 1;
        }
    }

    fn finish(mut self) -> Meaning {
        if self.exhausted {
            let first = TextRange::new(TextSize::new(0), TextSize::new(1));
            self.findings.add(
                first,
                "dynamic_code.too_involved",
                Some(Capability::DYNAMIC_CODE),
                Certainty::Possible,
                "the code is too involved to be followed to its end, so it may do more than what is listed".into(),
            );
        }
        let own: HashSet<(TextRange, String)> = self
            .decoded
            .drain(..)
            .filter(|(path, ..)| self.dumped.contains(path))
            .map(|(_, range, rule)| (range, rule))
            .collect();
        let assigns_results = self.state.own(self.module, "results").is_some();
        Meaning { findings: self.findings.finish(&own), imports: self.imports, assigns_results }
    }

    /// Counts a step; false once there are none left, and then nothing optional is followed any more.
    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(self.state.take_work() / WORK_A_STEP);
        if self.steps == 0 {
            self.exhausted = true;
            return false;
        }
        self.steps -= 1;
        true
    }

    /// Whether calls are still followed.
    pub(super) fn has_steps(&self) -> bool {
        self.steps > 0
    }

    /// Runs `f` one level deeper; `None` where it would be too deep.
    pub(super) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.exhausted = true;
            return None;
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        Some(result)
    }

    /// The scope of the running body.
    pub(super) fn scope(&self) -> ScopeId {
        self.frames.last().map_or(self.module, |frame| frame.scope)
    }

    pub(super) fn frame(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    pub(super) fn function(&self, id: FunctionId) -> &Function<'a> {
        &self.functions[id.0 as usize]
    }

    pub(super) fn function_mut(&mut self, id: FunctionId) -> &mut Function<'a> {
        &mut self.functions[id.0 as usize]
    }

    pub(super) fn class(&self, id: ClassId) -> &Class<'a> {
        &self.classes[id.0 as usize]
    }

    pub(super) fn new_function(
        &mut self,
        definition: Definition<'a>,
        defaults: Vec<(Name, Value)>,
        class: Option<ClassId>,
    ) -> FunctionId {
        let id = FunctionId(u32::try_from(self.functions.len()).unwrap_or(u32::MAX));
        let scope = self.scope();
        self.functions.push(Function {
            definition,
            scope,
            defaults,
            class,
            followed: 0,
            active: 0,
            escaped: false,
            generic: false,
            yields: OnceCell::new(),
            attributes: None,
            known: Vec::new(),
        });
        self.state.capture(scope);
        id
    }

    pub(super) fn new_class(&mut self, name: Name, bases: Vec<Value>, scope: Option<ScopeId>) -> ClassId {
        let id = ClassId(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
        let summary = self.state.allocate(Object::Instance { class: id, attributes: HashMap::default() });
        self.classes.push(Class { name, bases, metaclass: None, body: None, scope, fields: Vec::new(), summary });
        id
    }

    /// A symbol by its dotted name.
    pub(super) fn named(&mut self, name: &str) -> Value {
        Value::symbol(self.symbols.named(name))
    }
}
