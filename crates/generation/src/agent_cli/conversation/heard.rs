//! What was heard in a conversation: kept for the record within bounds, told as progress, and without the key.

use crate::agent_cli::{
    event::{AgentEvent, End, How, Part, Started, ToolUse, Trouble, Usage},
    program::{Prompt, Tool},
};
use crate::secret::Secrets;
use serde::Serialize;

/// The most thoughts of a phase that are kept, in bytes.
const MOST_THOUGHTS: usize = 64 << 10;
/// The most tool uses and refusals of a phase that are listed.
const MOST_USES: usize = 200;
/// The most of a name or target that is told or listed, in characters.
const MOST_SHOWN: usize = 120;

/// A whole conversation.
#[derive(Debug)]
pub(crate) struct Conversation {
    /// What the program says of itself.
    pub(crate) program: Started,
    /// Those that were begun, in order; the answer is the last one's.
    pub(crate) phases: Vec<PhaseRecord>,
}

/// What one phase did.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct PhaseRecord {
    pub(crate) phase: String,
    pub(crate) agent: String,
    /// How often the model answered.
    pub(crate) turns: u32,
    pub(crate) tool_uses: Vec<ToolUse>,
    /// Uses that the program refused.
    pub(crate) denied: Vec<ToolUse>,
    /// Of this phase alone; absent where the program does not say.
    pub(crate) cost_usd: Option<f64>,
    pub(crate) duration_ms: u64,
    pub(crate) usage: Usage,
    #[serde(skip)]
    pub(crate) thoughts: String,
    #[serde(skip)]
    pub(crate) answer: String,
}

/// Listens to one.
pub(super) struct Hearing<'a> {
    secrets: &'a Secrets,
    tell: &'a (dyn Fn(&str) + Sync),
    heard: Conversation,
    now: PhaseRecord,
    /// The reply that parts came of last.
    reply: Option<String>,
    trouble: Option<Trouble>,
    last_tool: Option<String>,
    spent: f64,
}

impl<'a> Hearing<'a> {
    pub(super) fn new(secrets: &'a Secrets, tell: &'a (dyn Fn(&str) + Sync)) -> Self {
        let heard = Conversation { program: Started::default(), phases: Vec::new() };
        Self {
            secrets,
            tell,
            heard,
            now: PhaseRecord::default(),
            reply: None,
            trouble: None,
            last_tool: None,
            spent: 0.0,
        }
    }

    pub(super) fn begin(&mut self, prompt: &Prompt, at: usize, of: usize) {
        self.now = PhaseRecord { phase: prompt.phase.clone(), agent: prompt.agent.clone(), ..PhaseRecord::default() };
        (self.reply, self.trouble, self.last_tool) = (None, None, None);
        let of = if of > 1 { format!(" ({at} of {of})") } else { String::new() };
        (self.tell)(&format!("{}{of}: {}", prompt.phase, prompt.agent));
    }

    pub(super) fn take(&mut self, event: AgentEvent) {
        match event {
            AgentEvent::Started(started) => self.heard.program = started,
            AgentEvent::Reply { id, part } => {
                if self.reply.as_ref() != Some(&id) {
                    self.now.turns += 1;
                    self.reply = Some(id);
                }
                self.part(part);
            }
            AgentEvent::ToolEnded { failed: true } => (self.tell)("the tool was refused or failed"),
            AgentEvent::Retrying { status, delay_ms } => {
                let what = status.map_or_else(|| "no answer".into(), |status| format!("HTTP {status}"));
                let seconds = delay_ms.div_ceil(1000);
                (self.tell)(&format!("the provider gave {what}; asking again in {seconds} s"));
            }
            AgentEvent::Trouble(trouble) => self.trouble = Some(trouble),
            AgentEvent::ToolEnded { failed: false } | AgentEvent::Ended(_) => {}
        }
    }

    fn part(&mut self, part: Part) {
        match part {
            Part::Thought(text) => {
                if self.now.thoughts.is_empty() {
                    (self.tell)("thinks");
                }
                push_within(&mut self.now.thoughts, &self.secrets.strike(&text), MOST_THOUGHTS);
            }
            Part::Said(_) => {}
            Part::Used(used) => {
                self.last_tool = Some(used.tool.clone());
                let used = self.shown(&used);
                (self.tell)(&format!("{} {}", used.tool, used.target));
                if self.now.tool_uses.len() < MOST_USES {
                    self.now.tool_uses.push(used);
                }
            }
        }
    }

    /// The words of a model on their way to a terminal and into the log.
    fn shown(&self, used: &ToolUse) -> ToolUse {
        let short = |text: &str| -> String {
            let text: String = text.chars().take(MOST_SHOWN).collect();
            self.secrets.strike(&text).escape_debug().collect()
        };
        ToolUse { tool: short(&used.tool), target: short(&used.target) }
    }

    pub(super) fn end(&mut self, end: &End) {
        let mut phase = std::mem::take(&mut self.now);
        if let How::Answered(answer) = &end.how {
            phase.answer = self.secrets.strike(answer);
        }
        phase.denied = end.denied.iter().take(MOST_USES).map(|used| self.shown(used)).collect();
        phase.cost_usd = end.cost_usd.map(|so_far| rounded((so_far - self.spent).max(0.0)));
        self.spent = end.cost_usd.unwrap_or(self.spent);
        (phase.duration_ms, phase.usage) = (end.duration_ms, end.usage);
        self.heard.phases.push(phase);
    }

    pub(super) fn finish(mut self) -> Conversation {
        if !self.now.phase.is_empty() {
            self.heard.phases.push(self.now); // it was broken off
        }
        self.heard
    }

    pub(super) fn turns(&self) -> u32 {
        self.now.turns
    }

    pub(super) fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// What is switched on that was not ordered.
    pub(super) fn disobeyed(&self, ordered: &[Tool]) -> Option<String> {
        let Started { tools, unwanted, .. } = &self.heard.program;
        let extra = tools.iter().find(|tool| !ordered.iter().any(|ordered| ordered.name() == tool.as_str()));
        extra.map(|tool| format!("it offers the tool `{}`", tool.escape_debug())).or_else(|| unwanted.clone())
    }

    /// The tool used last, if it is none of these.
    pub(super) fn forbidden(&self, allowed: &[Tool]) -> Option<String> {
        let used = self.last_tool.as_ref()?;
        (!allowed.iter().any(|tool| tool.name() == used)).then(|| used.escape_debug().collect())
    }
}

/// To a millionth of a dollar: what is left of a difference beyond that is noise.
fn rounded(usd: f64) -> f64 {
    (usd * 1e6).round() / 1e6
}

/// Appends as much as fits, and a word on the rest.
fn push_within(text: &mut String, more: &str, most: usize) {
    const CUT: &str = "\n[…]";
    if text.ends_with(CUT) {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let room = most.saturating_sub(text.len());
    let fits = more.floor_char_boundary(room);
    text.push_str(&more[..fits]);
    if fits < more.len() {
        text.push_str(CUT);
    }
}
