//! From a request to a run: everything that can be wrong with it is said before anything ran.

use crate::{
    clock,
    event::Created,
    folder, grants, inputs,
    log::RunLog,
    service::{Service, ServiceError, blocking},
    store::AppendError,
};
use jiff::Timestamp;
use pyexec_core::{
    Code, CodeHash, ErrorKind, Grant, Principal, Request, RunError, RunId,
    code::Digest,
    order::{FileRef, Limits, StagedInput},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What comes beside a request from whoever calls, not from its author.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// Another limit on wall time, seconds.
    pub timeout_seconds: Option<u64>,
    /// An `ask` ends the run at once.
    pub unattended: bool,
    /// Inputs as an earlier run had them, instead of the request's: staged again from where they are kept, and refused where
    /// they are no longer what they were.
    pub staged: Vec<StagedInput>,
}

impl Service {
    /// Makes a run of `request`, or finds the one that its idempotency key made before.
    pub async fn submit(
        &self,
        mut request: Request,
        requester: Principal,
        submission: Submission,
    ) -> Result<RunId, ServiceError> {
        if let Some(key) = &request.idempotency_key
            && let Some(run) = self.store().find_by_idempotency_key(&requester, key).await?
        {
            return Ok(run);
        }
        let given = request.code.take().map(|code| code.0);
        check(&request, given.as_ref(), self.stages().generator.is_some())?;
        let limits = limits(&self.settings().limits, submission.timeout_seconds)?;
        let outputs = self.outputs(&request.outputs)?;
        let (id, at) = (clock::new_id::<RunId>(), clock::now());
        let (code, laid_out) = blocking({
            let (store, id, request) = (self.store().clone(), id.clone(), request.clone());
            let (staged, copy_limit) = (submission.staged, self.settings().input_copy_limit);
            move || {
                let code = given.map(|code| store.put_blob(code.as_bytes())).transpose()?;
                Ok((code, LaidOut::new(store.data_dir(), &id, at, &request, &staged, copy_limit)?))
            }
        })
        .await?;
        let attempts = if code.is_some() { 1 } else { request.retries.unwrap_or(self.settings().attempts) };
        let generator = self.stages().generator.as_ref().map(|g| g.name().to_owned());
        let created = Created {
            requester,
            given: code.map(CodeHash),
            generator: if code.is_some() { None } else { generator },
            backend: self.stages().executor.name().to_owned(),
            attempts,
            folder: laid_out.folder.clone(),
            inputs: laid_out.inputs.clone(),
            outputs,
            context: laid_out.context.clone(),
            limits,
            environment: self.settings().environment.clone(),
            unattended: submission.unattended,
            request,
        };
        match RunLog::create(self.store(), id.clone(), created).await {
            Ok(()) => {
                laid_out.keep();
                Ok(id)
            }
            // The same request, submitted twice at once.
            Err(ServiceError::Append(AppendError::KeyTaken { run })) => Ok(run),
            Err(other) => {
                // A disk that failed in the middle of committing may have kept it after all.
                if !matches!(self.store().head(&id).await, Ok(None)) {
                    laid_out.keep();
                }
                Err(other)
            }
        }
    }

    fn outputs(&self, declared: &[PathBuf]) -> Result<Vec<PathBuf>, ServiceError> {
        let one = |path: &PathBuf| {
            let real = fs::canonicalize(path).map_err(|e| format!("`{}` cannot be opened: {e}", path.display()))?;
            match grants::output(&real, self.protected())? {
                Grant::Output { path, .. } => Ok(path),
                _ => Err("an output is a folder".to_owned()),
            }
        };
        let help = "an output is an existing folder of its own: not `/`, your home, a system folder or pyexec's";
        let outputs: Result<Vec<_>, String> = declared.iter().map(one).collect();
        Ok(outputs.map_err(|why| RunError::new(ErrorKind::BadRequest, format!("the output {why}")).with_help(help))?)
    }
}

/// A run folder with what a run starts with. Until it is kept there is no run, and so nothing of it stays.
struct LaidOut {
    folder: PathBuf,
    inputs: Vec<StagedInput>,
    context: Option<FileRef>,
    kept: bool,
}

impl LaidOut {
    /// Blocks: it reads all inputs.
    fn new(
        data_dir: &Path,
        id: &RunId,
        at: Timestamp,
        request: &Request,
        staged: &[StagedInput],
        copy_limit: u64,
    ) -> Result<Self, RunError> {
        let failed = |e| {
            RunError::new(ErrorKind::Store, format!("no run folder can be made in `{}`: {e}", data_dir.display()))
                .with_help("check the disk and the rights of `data_dir`, or set another one")
        };
        let has_inputs = !request.inputs.is_empty() || !staged.is_empty();
        let folder = folder::create(data_dir, id, at, request, has_inputs).map_err(failed)?;
        let mut made = Self { folder, inputs: Vec::new(), context: None, kept: false };
        if !request.context.is_empty() {
            let path = made.folder.join("context.json");
            let sha256 = Digest::of(&fs::read(&path).map_err(failed)?);
            made.context = Some(FileRef { path, sha256 });
        }
        made.inputs = if staged.is_empty() {
            inputs::stage(&request.inputs, &made.folder, copy_limit)?
        } else {
            inputs::restage(staged, &made.folder, data_dir, copy_limit)?
        };
        Ok(made)
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for LaidOut {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.folder); // what cannot be removed is only clutter
        }
    }
}

fn check(request: &Request, given: Option<&Code>, has_generator: bool) -> Result<(), RunError> {
    let bad = |message: &str, help: &str| Err(RunError::new(ErrorKind::BadRequest, message).with_help(help));
    if let Some(code) = given {
        check_code(code)?;
    } else if request.user_query.as_deref().is_none_or(|query| query.trim().is_empty()) {
        return bad("there is neither a question nor code", "give a question, or code with `--code FILE`");
    } else if !has_generator {
        return bad(
            "no generator is configured to write code for a question",
            "set `[execution] code_generator`, name one with `--generator`, or give code with `--code FILE`",
        );
    }
    if let Some(path) = request.inputs.iter().chain(&request.outputs).find(|path| path.to_str().is_none()) {
        let message = format!("the path `{}` is not UTF-8 text, so no log could name it", path.display());
        return bad(&message, "rename it, or name it by a link that is");
    }
    if request.retries == Some(0) {
        return bad("`retries` is 0", "it counts all attempts, so it is 1 or more");
    }
    if request.existing_execution_folder.is_some() {
        return bad("`existing_execution_folder` is not available in this version", "leave it out");
    }
    let planned = request.planning_mode == pyexec_core::request::PlanningMode::CapabilityDriven;
    if planned && request.structured_plan.is_none() {
        return bad("`planning_mode = capability_driven` needs a `structured_plan`", "give one, or leave the mode out");
    }
    Ok(())
}

/// Whether somebody's code can be an attempt at all.
pub(crate) fn check_code(code: &Code) -> Result<(), RunError> {
    let (size, most) = (code.as_bytes().len(), Code::MAX_BYTES);
    if size > most {
        let message = format!("the code has {size} bytes, and {most} are the most");
        return Err(
            RunError::new(ErrorKind::BadRequest, message).with_help("put data into a file and name it with `--input`")
        );
    }
    if code.as_bytes().iter().all(u8::is_ascii_whitespace) {
        return Err(RunError::new(ErrorKind::BadRequest, "the code is empty")
            .with_help("give a script with at least one statement"));
    }
    Ok(())
}

fn limits(configured: &Limits, timeout_seconds: Option<u64>) -> Result<Limits, RunError> {
    let mut limits = configured.clone();
    if let Some(seconds) = timeout_seconds {
        if seconds == 0 {
            return Err(RunError::new(ErrorKind::BadRequest, "a timeout of 0 seconds lets nothing run")
                .with_help("give at least 1"));
        }
        if seconds > configured.timeout_seconds {
            let most = configured.timeout_seconds;
            return Err(RunError::new(
                ErrorKind::BadRequest,
                format!("a timeout of {seconds} s is more than the configured {most} s"),
            )
            .with_help("raise `[execution] timeout_seconds`, or ask for less"));
        }
        limits.timeout_seconds = seconds;
    }
    Ok(limits)
}
