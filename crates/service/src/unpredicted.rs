//! What was refused while code ran, as findings: static analysis informs and the kernel enforces, and where the two differ a
//! reader must learn of it. What the kernel says is fact; what the code's own process says is a claim, and named one. Pure.

use crate::run::{Attempt, ExecutionState};
use pyexec_core::{
    Capability, Certainty, Finding, Severity,
    outcome::{Refused, RefusedArea, Witness},
};

/// The most that an executor's account is believed to have.
const MOST: usize = 64;
/// The longest path or name, in characters.
const LONGEST: usize = 200;

/// One for each thing that was refused in the last execution of an attempt, beside what analysis had found.
pub(crate) fn findings(attempt: &Attempt, analysed: &[Finding]) -> Vec<Finding> {
    let refused = match attempt.executions.last().map(|execution| &execution.state) {
        Some(ExecutionState::Finished { outcome, .. }) => outcome.refused.as_slice(),
        _ => &[],
    };
    refused.iter().map(|refused| finding(refused, is_predicted(refused.area, analysed))).collect()
}

/// Bounds an executor's account: it goes into the log.
pub(crate) fn bounded(mut refused: Vec<Refused>) -> Vec<Refused> {
    refused.truncate(MOST);
    for one in &mut refused {
        if let Some((cut, _)) = one.what.char_indices().nth(LONGEST) {
            one.what.truncate(cut);
            one.what.push('…');
        }
    }
    refused
}

fn is_predicted(area: RefusedArea, analysed: &[Finding]) -> bool {
    let means = |capability: &Capability| match area {
        RefusedArea::FsWrite => [Capability::FS_WRITE, Capability::FS_DELETE].contains(capability),
        area => *capability == area.capability(),
    };
    analysed.iter().filter_map(|finding| finding.capability.as_ref()).any(means)
}

fn finding(refused: &Refused, is_predicted: bool) -> Finding {
    let Refused { area, what, count, witness, line } = refused;
    let times = if *count == 1 { String::new() } else { format!(" {count} times") };
    let (who, source, certainty) = match witness {
        Witness::Kernel => (format!("the kernel refused `{what}`{times}"), "kernel", Certainty::Definite),
        Witness::Claim => {
            let tried = if *area == RefusedArea::FsRead { "read" } else { "change" };
            (
                format!("the code's own process says that it could not {tried} `{what}`{times}"),
                "claim",
                Certainty::Possible,
            )
        }
    };
    let opens = match (area, witness) {
        (RefusedArea::FsWrite | RefusedArea::System, Witness::Kernel) => "no permit opens that",
        _ => "the permit of this run does not open it",
    };
    let expected = match area {
        _ if is_predicted => "",
        RefusedArea::Net => "; analysis did not predict that the code uses the network",
        RefusedArea::Process => "; analysis did not predict that the code starts or touches processes",
        RefusedArea::System => "; analysis did not predict that the code asks the system for it",
        RefusedArea::FsRead => "; analysis did not predict that the code reads it",
        RefusedArea::FsWrite => "; analysis did not predict that the code changes it",
    };
    let place = match (line, witness) {
        (Some(line), Witness::Kernel) => format!(" (line {line}, its own process says)"),
        (Some(line), Witness::Claim) => format!(" (line {line})"),
        (None, _) => String::new(),
    };
    let (at, column) = line.map_or((0, 0), |line| (line, 1));
    Finding {
        rule: format!("{source}.refused.{}", area.name()),
        capability: Some(area.capability()),
        certainty,
        severity: Severity::Warning,
        line: at,
        column,
        end_line: at,
        end_column: column,
        message: format!("{who}: {opens}{expected}{place}"),
        evidence: Some(what.clone()),
        subject: None,
        analyzer: source.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(area: RefusedArea, what: &str, count: u64, witness: Witness, line: Option<u32>) -> Refused {
        Refused { area, what: what.into(), count, witness, line }
    }

    #[test]
    fn sentences_say_who_saw_it_and_whether_it_was_expected() {
        let socket = refused(RefusedArea::Net, "socket", 3, Witness::Kernel, Some(4));
        let unexpected = finding(&socket, false);
        assert_eq!((unexpected.rule.as_str(), unexpected.line), ("kernel.refused.net", 4));
        assert_eq!(
            unexpected.message,
            "the kernel refused `socket` 3 times: the permit of this run does not open it; analysis did not predict that \
             the code uses the network (line 4, its own process says)"
        );
        assert!(!finding(&socket, true).message.contains("predict"));
        let chown = finding(&refused(RefusedArea::FsWrite, "chown", 1, Witness::Kernel, None), true);
        assert_eq!(chown.message, "the kernel refused `chown`: no permit opens that");
        let file = finding(&refused(RefusedArea::FsWrite, "/etc/x", 1, Witness::Claim, None), false);
        assert_eq!((file.rule.as_str(), file.line, file.certainty), ("claim.refused.fs.write", 0, Certainty::Possible));
        assert!(
            file.message.starts_with("the code's own process says that it could not change `/etc/x`:"),
            "{}",
            file.message
        );
    }

    #[test]
    fn what_analysis_found_is_expected() {
        let net = finding(&refused(RefusedArea::Net, "socket", 1, Witness::Kernel, None), false);
        assert!(is_predicted(RefusedArea::Net, std::slice::from_ref(&net)));
        assert!(!is_predicted(RefusedArea::Process, &[net]));
        let mut delete = finding(&refused(RefusedArea::FsWrite, "/x", 1, Witness::Claim, None), false);
        delete.capability = Some(Capability::FS_DELETE);
        assert!(is_predicted(RefusedArea::FsWrite, &[delete]));
    }

    #[test]
    fn an_account_is_bounded() {
        let one = refused(RefusedArea::System, &"ä".repeat(999), 1, Witness::Kernel, None);
        let kept = bounded(vec![one; 999]);
        assert_eq!((kept.len(), kept[0].what.chars().count()), (MOST, LONGEST + 1));
    }
}
