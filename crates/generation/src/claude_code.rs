//! The generator `claude_code`: an agent reads the site's own scripts, then writes the code.
//!
//! It decides what is asked (phases, from a file), what the agent sees (copies of guidance folders) and what it may use up
//! (money, turns, time); [`crate::agent_cli`] holds the conversation. What the agent says is text: the last answer is cleaned
//! like any model's, and analysed and approved like anybody's code. It knows neither policy nor where code runs.

mod config;
mod endpoint;
mod guidance;
mod record;
mod task;

pub use config::{ClaudeCodeConfig, Confinement};

use crate::{
    agent_cli::{
        self,
        claude::Claude,
        conversation,
        error::AgentError,
        folder::{self, WorkFolder},
        program::{AgentProgram, Job, NoProgram, Prompt, Tool, find},
    },
    answer,
    prompt::{self, PromptKeys, Prompter},
    secret::Secrets,
};
use config::{Orders, Profile};
use pyexec_core::{
    Code, CodeGenerator, ErrorKind, PluginError, Result,
    executor::ExecutorDescription,
    generator::{self, GeneratedCode, GenerationRequest},
    host::HostContext,
};
use record::Record;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

pyexec_sdk::register_generator!("claude_code", ClaudeCode);

/// The profile if none is named.
const USUAL_PROFILE: &str = "fast";

/// What an attempt must have left to be worth beginning, in US dollars.
const LEAST_BUDGET: f64 = 0.01;

/// What is kept of the host's time limit for the end of a conversation.
const RESERVE: Duration = Duration::from_secs(3);

/// Has an agent write the code.
pub struct ClaudeCode {
    executable: PathBuf,
    parts: Arc<Parts>,
    profile_name: String,
    /// With what the generator's own table says instead.
    profile: Profile,
    confinement: Confinement,
}

/// What is needed where files are read.
struct Parts {
    orders: Orders,
    prompter: Prompter,
}

/// What an attempt begins with.
struct Prepared {
    folder: WorkFolder,
    system: String,
    request: String,
    /// The recipes that are shown.
    examples: Vec<String>,
}

impl CodeGenerator for ClaudeCode {
    type Config = ClaudeCodeConfig;

    fn create(config: ClaudeCodeConfig) -> Result<Self> {
        let orders = config::orders(config.claude_config_path.as_deref())?;
        let profile_name = config.profile.clone().unwrap_or_else(|| USUAL_PROFILE.into());
        let profile = profile(&orders, &profile_name, &config)?;
        for (name, guidance) in &orders.codebase_guidance {
            guidance::check(name, guidance)?;
        }
        endpoint::endpoint(&orders.api_config)?;
        let executable = find(&Claude, config.cli_path.as_deref()).map_err(|error| no_program(&error))?;
        if config.confinement == Confinement::Kernel {
            agent_cli::can_confine().map_err(|cause| AgentError::Confine { program: Claude.name(), cause })?;
        }
        let prompter = Prompter::new(&PromptKeys {
            generator: "claude_code",
            templates: config.templates.as_deref(),
            examples_from: config.examples_from.as_deref(),
            examples: config.examples,
            example_folders: &config.example_folders,
        })?;
        folder::remove_left_behind(&std::env::temp_dir());
        let parts = Arc::new(Parts { orders, prompter });
        Ok(Self { executable, parts, profile_name, profile, confinement: config.confinement })
    }

    async fn generate(&self, request: GenerationRequest, host: &HostContext) -> Result<GeneratedCode> {
        prompt::check(&request)?;
        let (spent_usd, budget_usd) = (request.spent_usd, self.budget(&request)?);
        let endpoint = endpoint::endpoint(&self.parts.orders.api_config)?;
        let secrets = Secrets::with_environment(Some(&endpoint.key));
        let timeout = self.timeout(&request);
        // A host that cannot say is no reason not to write: what follows will fail by itself if it must.
        let world = generator::environment(host).await.inspect_err(|error| {
            tracing::warn!("which packages are installed is not known: {error}");
        });
        let prepared = tokio::task::spawn_blocking({
            let parts = self.parts.clone();
            move || parts.prepare(&request, world.ok().as_ref())
        });
        let Prepared { folder, system, request, examples } =
            prepared.await.map_err(|error| PluginError::new("plugin", format!("nothing was prepared: {error}")))??;
        let phases = task::phases(&self.parts.orders, &self.profile.phases, &secrets.strike(&request));
        let job = Job {
            executable: &self.executable,
            model: &self.profile.model,
            tools: tools(&phases),
            system_prompt: secrets.strike(&system),
            phases,
            budget_usd,
            timeout,
            endpoint: &endpoint,
            secrets: &secrets,
            confined: self.confinement == Confinement::Kernel,
        };
        let tell = |line: &str| host.progress(line);
        let (heard, ended) = conversation::hold(&Claude, &job, folder, &tell).await;
        let record = Record { profile: &self.profile_name, job: &job, heard: &heard, spent_usd, examples: &examples };
        match ended {
            Ok(()) => host.progress(&record.summary()),
            // An attempt that the model spoiled: what it cost and said is worth keeping.
            Err(error) if error.kind() == ErrorKind::GenerationEmpty => {
                return Ok(record.without_code(&format!("{error}; {}", error.help()), error.is_refusal()));
            }
            Err(error) => return Ok(record.failed(error)),
        }
        let said = heard.phases.last().map_or("", |phase| phase.answer.as_str());
        Ok(match answer::python(said) {
            Some(code) => record.with_code(Code::new(code)),
            None => record.without_code("there is no Python in the agent's answer", false),
        })
    }
}

impl ClaudeCode {
    /// What is left of the run's money.
    fn budget(&self, request: &GenerationRequest) -> Result<f64> {
        let all = self.profile.max_budget_usd;
        let help = "raise `max_budget_usd` in [execution.generators.claude_code], or use another generator";
        let over = |message: String| PluginError::new(ErrorKind::Budget.name(), message).with_help(help);
        let spent = match request.spent_usd {
            None if request.attempt > 1 => {
                return Err(over("it is not known what the earlier attempts cost, so none can follow them".into()));
            }
            spent => spent.unwrap_or(0.0),
        };
        if all - spent < LEAST_BUDGET {
            return Err(over(format!("the earlier attempts cost ${spent:.2}, and the run may cost ${all:.2}")));
        }
        Ok(all - spent)
    }

    /// A little less than the host waits: what ends here ends with a reason.
    fn timeout(&self, request: &GenerationRequest) -> Duration {
        let own = Duration::from_secs(self.profile.timeout_seconds);
        let hosts = request.time_limit_ms.map(Duration::from_millis);
        hosts.map_or(own, |hosts| own.min(hosts.saturating_sub(RESERVE).max(hosts / 2)))
    }
}

impl Parts {
    /// The agent's folder with the guidance in it, and what the agent is told. Reads and copies files.
    fn prepare(&self, request: &GenerationRequest, world: Option<&ExecutorDescription>) -> Result<Prepared> {
        let folder = work_folder()?;
        let mut copied = BTreeMap::new();
        for (name, guidance) in &self.orders.codebase_guidance {
            let files = guidance::copy(name, guidance, &folder.work())?;
            copied.insert(name.clone(), task::Copied { description: guidance.description.clone(), files });
        }
        let prompt::Prompt { question, examples } = self.prompter.prompt(request, world)?;
        Ok(Prepared { folder, system: task::system(&question.system, &copied), request: question.user, examples })
    }
}

fn tools(phases: &[Prompt]) -> Vec<Tool> {
    Tool::ALL.into_iter().filter(|tool| phases.iter().any(|phase| phase.tools.contains(tool))).collect()
}

fn work_folder() -> Result<WorkFolder> {
    WorkFolder::create().map_err(|error| {
        let message = format!("the {} has no folder to work in: {error}", Claude.name());
        PluginError::new(ErrorKind::Provider.name(), message)
            .with_help("make TMPDIR name a folder that this user may write, with room")
    })
}

fn profile(orders: &Orders, name: &str, config: &ClaudeCodeConfig) -> Result<Profile> {
    let Some(profile) = orders.profiles.get(name) else {
        let known: Vec<&str> = orders.profiles.keys().map(String::as_str).collect();
        let message = format!("the generator `claude_code` has no profile `{}`", name.escape_debug());
        return Err(PluginError::new(ErrorKind::UnknownName.name(), message)
            .with_help(format!("use one of {}, or add it to the file of `claude_config_path`", known.join(", "))));
    };
    let mut profile = profile.clone();
    if let Some(usd) = config.max_budget_usd {
        config::check_budget(usd).map_err(config::unusable)?;
        profile.max_budget_usd = usd;
    }
    if let Some(seconds) = config.timeout_seconds {
        config::check_timeout(seconds).map_err(config::unusable)?;
        profile.timeout_seconds = seconds;
    }
    if let Some(model) = &config.model {
        config::check_model(model).map_err(config::unusable)?;
        profile.model.clone_from(model);
    }
    Ok(profile)
}

fn no_program(error: &NoProgram) -> PluginError {
    PluginError::new(ErrorKind::BadFile.name(), error.to_string()).with_help(Claude.installation())
}
