//! What was refused while the code ran: the kernel's own account, and what the code's process noticed beside it. Pure.
//!
//! The two never mix. A line that the process names decorates what the kernel counted; a path that it names stands for
//! itself, as a claim. What it says of sockets and processes is believed only where the kernel refused some.

use pyexec_core::outcome::{Refused, RefusedArea, Witness};
use serde::Deserialize;

/// Different system calls that a status line may have.
const MOST_CALLS: usize = 32;

/// A refused system call, as pid 1 counted it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedCall {
    /// Its name.
    pub call: String,
    /// `net`, `process` or `system`.
    pub area: RefusedArea,
    /// How often.
    pub count: u64,
}

/// Something that the code's process noticed itself trying.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noticed {
    /// What it was about.
    pub area: RefusedArea,
    /// An audit event of Python's, or a path.
    pub what: String,
    /// The line of the code.
    pub line: Option<u32>,
    /// How often.
    pub count: u64,
}

/// Both accounts as one.
pub fn told(counted: Vec<RefusedCall>, noticed: &[Noticed]) -> Vec<Refused> {
    let line_of = |area: RefusedArea| noticed.iter().find(|n| n.area == area && n.line.is_some()).and_then(|n| n.line);
    let kernel = counted.into_iter().take(MOST_CALLS).map(|RefusedCall { call, area, count }| Refused {
        area,
        what: call,
        count,
        witness: Witness::Kernel,
        line: line_of(area),
    });
    let paths = noticed.iter().filter(|n| matches!(n.area, RefusedArea::FsRead | RefusedArea::FsWrite));
    let claims = paths.map(|n| Refused {
        area: n.area,
        what: n.what.clone(),
        count: n.count,
        witness: Witness::Claim,
        line: n.line,
    });
    kernel.chain(claims).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noticed(area: RefusedArea, what: &str, line: Option<u32>) -> Noticed {
        Noticed { area, what: what.into(), line, count: 1 }
    }

    #[test]
    fn a_claim_decorates_the_kernels_word_and_never_stands_for_it() {
        let claims = [
            noticed(RefusedArea::Net, "socket.__new__", Some(3)),
            noticed(RefusedArea::Process, "os.fork", Some(4)),
            noticed(RefusedArea::FsWrite, "/etc/x", Some(5)),
        ];
        let socket = RefusedCall { call: "socket".into(), area: RefusedArea::Net, count: 2 };
        let told = told(vec![socket], &claims);
        let short: Vec<_> = told.iter().map(|r| (r.what.as_str(), r.witness, r.line)).collect();
        assert_eq!(short, [("socket", Witness::Kernel, Some(3)), ("/etc/x", Witness::Claim, Some(5))]);
    }

    #[test]
    fn where_nothing_was_refused_nothing_is_told() {
        assert_eq!(told(Vec::new(), &[noticed(RefusedArea::Net, "socket.connect", Some(1))]), []);
    }
}
