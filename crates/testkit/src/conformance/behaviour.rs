//! What a row of the table can say.

use super::{act::Act, expect::Expect};
use pyexec_core::order::Limits;

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Behaviour {
    /// Short and unique, with underscores.
    pub name: &'static str,
    /// What holds, as a sentence without its end.
    pub promise: &'static str,
    pub(super) scene: Scene,
}

/// How it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scene {
    /// One run: the code, what it is given, what must come of it. In the code `@GRANTED@`, `@OUTSIDE@` and `@PORT@` stand for
    /// what [`super::place::Place`] has.
    Script(&'static str, &'static [Given], &'static [Expect]),
    /// More than one run, or one that is interfered with.
    Act(Act),
}

/// What an order gives beyond the plain one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given {
    /// Only levels at which the kernel of a machine holds the code are accepted.
    Confined,
    /// Other limits.
    Limits(fn(&mut Limits)),
    /// An input of this name.
    Input(&'static str, &'static [u8]),
    /// `context`, as JSON.
    Context(&'static str),
    /// A variable of the mode's environment.
    Environment(&'static str, &'static str),
    /// The folder `@GRANTED@` may be written, in `WRITE_ENABLED`.
    Output,
    /// The folder `@GRANTED@` may be read.
    Read,
    /// The network, in `WRITE_ENABLED`.
    Net,
    /// Processes, in `WRITE_ENABLED`.
    Process,
    /// A channel has this value.
    Channel(&'static str, f64),
    /// The write of this value to this channel is refused, with this sentence.
    RefusedWrite(&'static str, f64, &'static str),
    /// The write of this value to this channel succeeds.
    Written(&'static str, f64),
}

/// A row that is a script.
pub(super) const fn script(
    name: &'static str,
    promise: &'static str,
    code: &'static str,
    given: &'static [Given],
    expect: &'static [Expect],
) -> Behaviour {
    Behaviour { name, promise, scene: Scene::Script(code, given, expect) }
}

/// A row that is a scene of its own.
pub(super) const fn act(name: &'static str, promise: &'static str, act: Act) -> Behaviour {
    Behaviour { name, promise, scene: Scene::Act(act) }
}
