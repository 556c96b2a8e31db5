//! What an executor cannot give, and the sentence with which it refuses.

use pyexec_testkit::conformance::{Manner, Refusal};

pub(super) const LOCAL: &[Refusal] = &[];

pub(super) const DOCKER: &[Refusal] = &[];

/// What no endpoint promises: nothing but the server holds the code there.
const fn held(behaviour: &'static str) -> Refusal {
    let manner = Manner::Refused("isolation_not_acceptable");
    Refusal { behaviour, manner, says: "nothing but the server holds the code there" }
}

pub(super) const JUPYTER: &[Refusal] = &[
    held("no_variables_of_the_host"),
    held("input_is_read_only"),
    held("writing_is_closed"),
    held("writing_is_granted"),
    held("reading_is_closed"),
    held("reading_is_granted"),
    held("network_is_closed"),
    held("processes_are_closed"),
    held("not_root"),
    Refusal { behaviour: "input_by_path", manner: Manner::Warned, says: "not at the paths that the caller gave" },
    Refusal { behaviour: "process_limit", manner: Manner::Warned, says: "`processes` is not enforced" },
];
