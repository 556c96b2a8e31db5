//! Orders: prepared, released, executed once.

use crate::conformance::{
    act::Act,
    behaviour::{Behaviour, act},
};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    act("described", "what an executor describes is what code finds: Python's version, the isolation", Act::Describes),
    act("release_refused", "without a release nothing runs, and the host's refusal is passed on", Act::ReleaseRefused),
    act("code_altered", "code that is not what was ordered is refused", Act::CodeAltered),
    act("executed_once", "what was prepared is executed once", Act::ExecutedTwice),
    act(
        "executed_as_prepared",
        "an order that differs from what was prepared is refused, and uses it up",
        Act::ExecutedOtherwise,
    ),
    act("discarded", "what was discarded is gone; discarding it again is no error", Act::Discarded),
    act("never_prepared", "what was never prepared is refused", Act::NeverPrepared),
    act(
        "isolation_not_accepted",
        "an order that does not accept the executor's isolation is refused",
        Act::IsolationNotAccepted,
    ),
    act("input_changed", "an input that is not what was ordered is refused", Act::InputChanged),
    act("waiting_costs_nothing", "waiting for the release counts against no limit", Act::Waits),
    act("cancelled", "dropping the call ends the code", Act::Cancelled),
    act("host_revoked", "a host that is over ends the code", Act::Revoked),
    act("concurrent", "eight runs at the same time do not mix", Act::Concurrent),
    act("separate", "nothing of one run is left for the next", Act::Separate),
];
