//! One conversation: a prompt a phase, each after the answer to the one before, within budget, turns and wall time.
//!
//! What a program says is believed only as far as it goes: an answer needs the end that the adapter calls whole, turns are
//! counted here, and neither exit code nor silence is ever taken for success. Dropping the future ends the whole tree.

mod heard;

pub(crate) use heard::{Conversation, PhaseRecord};

use super::{
    confine,
    error::{AgentError, in_short},
    event::{AgentEvent, End, How, Trouble},
    folder::WorkFolder,
    lines::Lines,
    process::{self, Started},
    program::{AgentProgram, Job, Malformed, Prompt},
};
use heard::Hearing;
use std::{io, process::Command};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};

/// The most that a program may write in one conversation, in bytes.
const MOST_OUTPUT: usize = 256 << 20;

/// How much of what it says on stderr is kept: the last of it, in bytes.
const MOST_ERRORS: usize = 4096;

/// Holds the conversation. `folder` is what the program gets to see; `tell` hears how it goes. Where it goes wrong, what was
/// heard until then comes with the error.
pub(crate) async fn hold(
    program: &dyn AgentProgram,
    job: &Job<'_>,
    folder: WorkFolder,
    tell: &(dyn Fn(&str) + Sync),
) -> (Conversation, Result<(), AgentError>) {
    let mut hearing = Hearing::new(job.secrets, tell);
    let ended = talk(program, job, folder, &mut hearing).await;
    (hearing.finish(), ended)
}

async fn talk(
    program: &dyn AgentProgram,
    job: &Job<'_>,
    folder: WorkFolder,
    hearing: &mut Hearing<'_>,
) -> Result<(), AgentError> {
    let mut talk = Talk::start(program, job, folder)?;
    let ended = talk.through(hearing).await;
    talk.started.life.end().await;
    ended
}

struct Talk<'a> {
    program: &'a dyn AgentProgram,
    job: &'a Job<'a>,
    deadline: Instant,
    started: Started,
    lines: Lines,
    /// What is still to be written.
    unsent: Vec<u8>,
    /// What came so far, in bytes.
    heard: usize,
    /// The last of stderr.
    errors: Vec<u8>,
    errors_open: bool,
}

/// What came next.
enum Next {
    Line(Option<Vec<u8>>),
    Other,
}

impl<'a> Talk<'a> {
    fn start(program: &'a dyn AgentProgram, job: &'a Job<'a>, folder: WorkFolder) -> Result<Self, AgentError> {
        let name = program.name();
        folder.put_system_prompt(&job.system_prompt).map_err(|cause| AgentError::Folder { program: name, cause })?;
        let rules = job.confined.then(|| confine::rules(job.executable, &folder, job.endpoint.port)).transpose();
        let rules = rules.map_err(|cause| AgentError::Confine { program: name, cause })?;
        let invocation = program.invocation(job, &folder);
        let mut command = Command::new(job.executable);
        command.args(invocation.arguments).env_clear().envs(invocation.environment).current_dir(folder.work());
        let started = process::start(command, rules, folder);
        Ok(Self {
            program,
            job,
            deadline: Instant::now() + job.timeout,
            started: started.map_err(|cause| AgentError::Start { program: name, cause })?,
            lines: Lines::default(),
            unsent: Vec::new(),
            heard: 0,
            errors: Vec::new(),
            errors_open: true,
        })
    }

    /// All phases, in order.
    async fn through(&mut self, hearing: &mut Hearing<'_>) -> Result<(), AgentError> {
        let phases = &self.job.phases;
        for (at, prompt) in phases.iter().enumerate() {
            hearing.begin(prompt, at + 1, phases.len());
            self.ask(&prompt.text);
            let end = match tokio::time::timeout_at(self.deadline, self.hear(prompt, hearing)).await {
                Ok(end) => end?,
                Err(_) => return Err(self.out_of_time(prompt)),
            };
            hearing.end(&end);
            self.judge(prompt, &end, hearing.trouble())?;
        }
        Ok(())
    }

    fn ask(&mut self, text: &str) {
        self.unsent.extend(self.program.message(text).bytes().chain([b'\n']));
    }

    /// Listens until the phase's end.
    async fn hear(&mut self, prompt: &Prompt, hearing: &mut Hearing<'_>) -> Result<End, AgentError> {
        loop {
            let line = match self.next().await {
                Ok(Next::Line(Some(line))) => line,
                Ok(Next::Line(None)) => return Err(self.gone().await),
                Ok(Next::Other) => continue,
                Err(cause) => return Err(AgentError::Pipe { program: self.program.name(), cause }),
            };
            self.heard = self.heard.saturating_add(line.len());
            if self.heard > MOST_OUTPUT {
                let cause = io::Error::other(format!("more than {} MiB of output", MOST_OUTPUT >> 20));
                return Err(AgentError::Pipe { program: self.program.name(), cause });
            }
            for event in self.read(&line)? {
                if let AgentEvent::Ended(end) = event {
                    return Ok(end);
                }
                hearing.take(event);
                self.check(prompt, hearing)?;
            }
        }
    }

    /// Whichever of the three pipes has something to give or to take.
    async fn next(&mut self) -> io::Result<Next> {
        let Self { started, lines, unsent, errors, errors_open, .. } = self;
        let mut said = [0; 1024];
        let writing = async {
            match &mut started.input {
                Some(input) => input.write(unsent).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            line = lines.next(&mut started.output) => Ok(Next::Line(line?)),
            written = writing, if !unsent.is_empty() => {
                match written {
                    Ok(written) => drop(unsent.drain(..written)),
                    // Why it does not listen any more, its output or its end says.
                    Err(_) => started.input = None,
                }
                Ok(Next::Other)
            }
            read = started.errors.read(&mut said), if *errors_open => {
                let read = read.unwrap_or(0);
                *errors_open = read > 0;
                errors.extend_from_slice(&said[..read]);
                let surplus = errors.len().saturating_sub(MOST_ERRORS);
                errors.drain(..surplus);
                Ok(Next::Other)
            }
        }
    }

    fn read(&self, line: &[u8]) -> Result<Vec<AgentEvent>, AgentError> {
        let text = std::str::from_utf8(line).map_err(|_| Malformed("a line that is not UTF-8".into()));
        let events =
            text.and_then(|text| if text.trim().is_empty() { Ok(Vec::new()) } else { self.program.read(text) });
        events.map_err(|Malformed(cause)| AgentError::Malformed {
            program: self.program.name(),
            cause: Malformed(in_short(&self.job.secrets.strike(&cause))),
        })
    }

    /// What a program that keeps to its orders never does.
    fn check(&self, prompt: &Prompt, hearing: &Hearing<'_>) -> Result<(), AgentError> {
        let (program, phase) = (self.program.name(), || prompt.phase.clone());
        if let Some(what) = hearing.disobeyed(&self.job.tools) {
            return Err(AgentError::Disobeyed { program, what });
        }
        if let Some(tool) = hearing.forbidden(&prompt.tools) {
            return Err(AgentError::Tool { program, phase: phase(), tool });
        }
        if hearing.turns() > prompt.turns {
            return Err(AgentError::OutOfTurns { program, phase: phase(), turns: prompt.turns });
        }
        Ok(())
    }

    /// Whether a phase has its answer.
    fn judge(&self, prompt: &Prompt, end: &End, trouble: Option<Trouble>) -> Result<(), AgentError> {
        let (program, phase) = (self.program.name(), prompt.phase.clone());
        match &end.how {
            How::Answered(_) => Ok(()),
            How::OutOfBudget => Err(AgentError::OutOfBudget { program, phase, budget: self.job.budget_usd }),
            How::OutOfTurns => Err(AgentError::OutOfTurns { program, phase, turns: prompt.turns }),
            How::Failed { trouble: own, status, message } => Err(AgentError::Answer {
                program,
                trouble: own.or(trouble).or(status.map(Trouble::of_status)).unwrap_or(Trouble::Provider),
                status: *status,
                message: in_short(&self.job.secrets.strike(message)),
            }),
        }
    }

    fn out_of_time(&self, prompt: &Prompt) -> AgentError {
        let (program, phase) = (self.program.name(), prompt.phase.clone());
        AgentError::OutOfTime { program, phase, after: self.job.timeout }
    }

    /// It closed its output: how it ended, and its last words.
    async fn gone(&mut self) -> AgentError {
        self.started.input = None;
        let ended = tokio::time::timeout_at(self.deadline, self.started.life.ended()).await;
        let mut how = match ended {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it closed its output".into(),
        };
        if !self.lines.rest().is_empty() {
            how.push_str(", in the middle of a line");
        }
        while self.errors_open {
            if self.next_error().await.is_none() {
                break;
            }
        }
        let said = in_short(&self.job.secrets.strike(&String::from_utf8_lossy(&self.errors)));
        let errors = if said.is_empty() { String::new() } else { format!(": {said}") };
        AgentError::Ended { program: self.program.name(), how, errors }
    }

    /// More of stderr; none where nothing more can come.
    async fn next_error(&mut self) -> Option<()> {
        let mut said = [0; 1024];
        let read = tokio::time::timeout_at(self.deadline, self.started.errors.read(&mut said)).await.ok()?.ok()?;
        self.errors.extend_from_slice(&said[..read]);
        let surplus = self.errors.len().saturating_sub(MOST_ERRORS);
        self.errors.drain(..surplus);
        (read > 0).then_some(())
    }
}
