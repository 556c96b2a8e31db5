//! From a request to a run: everything that can be wrong with it is said before anything ran.

use crate::{
    clock, event::Created,
    folder, grants, inputs,
    log::RunLog,
    service::{Service, ServiceError},
    store::AppendError,
};
use pyexec_core::{
    Code, ErrorKind, Grant, Principal, Request, RunError, RunId,
    code::Digest,
    order::{FileRef, Limits},
};
use std::{fs, path::PathBuf, sync::Arc};

/// What comes beside a request from whoever calls, not from its author.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// Another limit on wall time, seconds.
    pub timeout_seconds: Option<u64>,
    /// An `ask` ends the run at once.
    pub unattended: bool,
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
        let code = given.as_ref().map(|code| self.store().put_blob(code.as_bytes())).transpose()?;
        let (id, at) = (clock::new_id::<RunId>(), clock::now());
        let data_dir = &self.settings().data_dir;
        let folder = folder::create(data_dir, &id, at, &request).map_err(|e| {
            RunError::new(ErrorKind::Store, format!("no run folder can be made in `{}`: {e}", data_dir.display()))
                .with_help("check the disk and the rights of `data_dir`, or set another one")
        })?;
        let made = async {
            let inputs = inputs::stage(&request.inputs, &folder, self.settings().input_copy_limit)?;
            let context = folder.join("context.json");
            let context = match fs::read(&context) {
                Ok(bytes) => Some(FileRef { path: context, sha256: Digest::of(&bytes) }),
                Err(_) => None,
            };
            let attempts = if given.is_some() { 1 } else { request.retries.unwrap_or(self.settings().attempts) };
            let generator = self.stages().generator.as_ref().map(|g| g.name().to_owned());
            let created = Created {
                requester,
                given: code.map(pyexec_core::CodeHash),
                generator: if given.is_some() { None } else { generator },
                backend: self.stages().executor.name().to_owned(),
                attempts,
                folder: folder.clone(),
                inputs,
                outputs,
                context,
                limits,
                environment: self.settings().environment.clone(),
                unattended: submission.unattended,
                request,
            };
            let log = RunLog::create(self.store(), id.clone(), created).await?;
            self.keep(&id, Arc::new(log));
            Ok(id)
        };
        let made: Result<RunId, ServiceError> = made.await;
        if let Err(ServiceError::Append(AppendError::KeyTaken { run })) = &made {
            let _ = fs::remove_dir_all(&folder);
            return Ok(run.clone()); // the same request, submitted twice at once
        }
        if made.is_err() {
            // There is no run, so nothing of it may stay; what cannot be removed is only clutter.
            let _ = fs::remove_dir_all(&folder);
        }
        made
    }

    fn outputs(&self, declared: &[PathBuf]) -> Result<Vec<PathBuf>, ServiceError> {
        let one = |path: &PathBuf| {
            let real = fs::canonicalize(path).map_err(|e| format!("`{}` cannot be opened: {e}", path.display()))?;
            match grants::output(&real, &self.protected())? {
                Grant::Output { path, .. } => Ok(path),
                _ => Err("an output is a folder".to_owned()),
            }
        };
        let help = "an output is an existing folder of its own: not `/`, your home, a system folder or pyexec's";
        let outputs: Result<Vec<_>, String> = declared.iter().map(one).collect();
        Ok(outputs.map_err(|why| RunError::new(ErrorKind::BadRequest, format!("the output {why}")).with_help(help))?)
    }
}

fn check(request: &Request, given: Option<&Code>, has_generator: bool) -> Result<(), RunError> {
    let bad = |message: &str, help: &str| Err(RunError::new(ErrorKind::BadRequest, message).with_help(help));
    if let Some(code) = given {
        let (size, most) = (code.as_bytes().len(), Code::MAX_BYTES);
        if size > most {
            return bad(
                &format!("the code has {size} bytes, and {most} are the most"),
                "put data into a file and name it with `--input`",
            );
        }
        if code.as_bytes().iter().all(u8::is_ascii_whitespace) {
            return bad("the code is empty", "give a script with at least one statement");
        }
    } else if request.user_query.as_deref().is_none_or(|query| query.trim().is_empty()) {
        return bad("there is neither a question nor code", "give a question, or code with `--code FILE`");
    } else if !has_generator {
        return bad(
            "no generator is configured to write code for a question",
            "set `[execution] code_generator`, name one with `--generator`, or give code with `--code FILE`",
        );
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

fn limits(configured: &Limits, timeout_seconds: Option<u64>) -> Result<Limits, RunError> {
    let mut limits = configured.clone();
    if let Some(seconds) = timeout_seconds {
        if seconds == 0 {
            return Err(RunError::new(ErrorKind::BadRequest, "a timeout of 0 seconds lets nothing run")
                .with_help("give at least 1"));
        }
        if seconds > configured.timeout_seconds {
            let most = configured.timeout_seconds;
            return Err(RunError::new(ErrorKind::BadRequest, format!("a timeout of {seconds} s is more than the configured {most} s"))
                .with_help("raise `[execution] timeout_seconds`, or ask for less"));
        }
        limits.timeout_seconds = seconds;
    }
    Ok(limits)
}
