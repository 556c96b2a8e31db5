//! What people do in a run, and the code that they do it with.

/// What a run is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Scenario {
    /// Given code that only reads.
    Given,
    /// Generated code that fails twice and is repaired.
    Retries,
    /// A generator that gives nothing, then code that fails, then code.
    NoCode,
    /// Code that appends to a file of an output folder.
    Output,
    /// Code that writes a channel three times.
    Channels,
    /// Code that writes a channel and then beyond its limits.
    BeyondLimits,
    /// A person says no.
    Reject,
    /// Cancelled by another process while the code runs.
    Cancel,
    /// Killed while the code runs, then resumed.
    Resume,
    /// Nobody decides in time.
    Expiry,
    /// Killed, then resumed by two processes at once.
    TwoResumes,
    /// Approved from two front ends at once.
    TwoApprovals,
}

/// What a person does, in a process of its own. *Armed* acts can be met by a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Submit,
    /// Does not wait for its end, but for the start of the code.
    SubmitBeside,
    /// Killed right after this event, in every run of the scenario.
    SubmitKilled(&'static str),
    Approve,
    ApproveBeside,
    Reject,
    Resume,
    ResumeBeside,
    Cancel,
    /// Waits for the ticket to lapse and then tries to approve.
    ApproveTooLate,
}

impl Scenario {
    pub(crate) const ALL: [Self; 12] = [
        Self::Given,
        Self::Retries,
        Self::NoCode,
        Self::Output,
        Self::Channels,
        Self::BeyondLimits,
        Self::Reject,
        Self::Cancel,
        Self::Resume,
        Self::Expiry,
        Self::TwoResumes,
        Self::TwoApprovals,
    ];

    pub(crate) const fn acts(self) -> &'static [Act] {
        match self {
            Self::Given | Self::Retries | Self::NoCode => &[Act::Submit],
            Self::Output | Self::Channels | Self::BeyondLimits => &[Act::Submit, Act::Approve],
            Self::Reject => &[Act::Submit, Act::Reject],
            Self::Cancel => &[Act::SubmitBeside, Act::Cancel],
            Self::Resume => &[Act::SubmitKilled("execution_started"), Act::Resume],
            Self::Expiry => &[Act::Submit, Act::ApproveTooLate],
            Self::TwoResumes => &[Act::SubmitKilled("analyzed"), Act::ResumeBeside, Act::Resume],
            Self::TwoApprovals => &[Act::Submit, Act::ApproveBeside, Act::Approve],
        }
    }

    /// Where it ends when nothing goes wrong.
    pub(crate) const fn ends(self) -> &'static str {
        match self {
            Self::BeyondLimits => "refused",
            Self::Reject => "rejected",
            Self::Cancel => "cancelled",
            Self::Expiry => "expired",
            _ => "done",
        }
    }

    pub(crate) const fn writes_channels(self) -> bool {
        matches!(self, Self::Channels | Self::BeyondLimits)
    }

    /// The code that a person brings. `nap` is how long it takes, in seconds; `effects` the file that it appends to.
    pub(crate) fn code(self, nap: f64, effects: &str) -> Option<String> {
        let nap = if self == Self::Cancel { 60.0 } else { nap };
        let body = match self {
            Self::Retries | Self::NoCode => return None,
            Self::Given | Self::Cancel | Self::Resume | Self::TwoResumes => "print('half')\n".into(),
            Self::Output | Self::Reject | Self::Expiry | Self::TwoApprovals => {
                format!("with open({effects:?}, 'a') as file:\n    file.write('once\\n')\n")
            }
            Self::Channels => "write_channel('MOCK:SP', 1.0)\nwrite_channel('MOCK:SP', 2.0)\n\
                               write_channel('MOCK:SP', 3.0)\n"
                .into(),
            Self::BeyondLimits => "write_channel('MOCK:SP', 1.0)\nwrite_channel('MOCK:SP', 50.0)\n".into(),
        };
        let import = if self.writes_channels() { "from pyexec.runtime import write_channel\n" } else { "" };
        Some(format!(
            "import time\n{import}print('begun', flush=True)\n{body}time.sleep({nap})\nresults = {{'a': 1}}\n"
        ))
    }

    /// The configuration. Paths are of the run's own folder.
    pub(crate) fn configuration(self, nap: f64, state: &str, limits: &str) -> String {
        let mut text = match self {
            Self::Retries => {
                "[execution]\ncode_generator = \"mock\"\n[execution.generators.mock]\nbehaviour = \"error_aware\"\n"
                    .to_owned()
            }
            Self::NoCode => format!(
                "[execution]\ncode_generator = \"mock\"\n[execution.generators.mock]\nbehaviour = \"sequence\"\n\
                 sequence = [\"nothing\", \"runtime_error\", \"good\"]\n[execution.generators.mock.script]\nnothing = \"\"\n\
                 good = \"import time\\ntime.sleep({nap})\\nresults = {{'a': 1}}\\n\"\n"
            ),
            // 1.1 s: long enough to be recorded, short enough to be waited for.
            Self::Expiry => "[execution.approval]\nexpiry_hours = 0.0003\n".to_owned(),
            _ => String::new(),
        };
        let plant = format!(
            "[control_system]\nwrites_enabled = true\n[control_system.limits_checking]\ndatabase_path = {limits:?}\n\
             [control_system.connector.mock]\nstate_file = {state:?}\nchannels = {{ \"MOCK:SP\" = {{ value = 0.0 }} }}\n"
        );
        text.push_str(&plant);
        text
    }
}

/// The limits of the one channel.
pub(crate) const LIMITS: &str = r#"{"MOCK:SP": {"min_value": 0.0, "max_value": 10.0, "writable": true}}"#;
