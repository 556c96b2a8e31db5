//! `pyexec run`.

use super::{attended::attended, drive_and_show, edit};
use crate::{
    args::{Approve, Run},
    exit::Failure,
    principal,
    render::Face,
    wiring::{self, Choices},
};
use pyexec_core::{ErrorKind, Request, request::GivenCode};
use pyexec_service::submit::Submission;
use std::{io::IsTerminal, path::Path};

pub(crate) async fn run(config: Option<&Path>, run: Run) -> Result<u8, Failure> {
    let request = request(&run)?;
    let loaded = wiring::configuration(config)?;
    let writes = request.code.is_none();
    let (generator, policy) = (run.generator.as_deref(), run.policy.as_deref());
    let choices = Choices { generator, writes, backend: run.backend.as_deref(), policy };
    let service = wiring::service(&loaded, &choices).await?;
    if let Some(generator) = service.generator() {
        let why = wiring::generator::and_why(&loaded.config, &choices, generator);
        eprintln!("{}", Face::of_stderr().labelled("generator", &why));
    }
    let on_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let approve = run.approve.unwrap_or(if on_terminal { Approve::Ask } else { Approve::Park });
    if approve == Approve::Ask && !on_terminal {
        return Err(Failure::new(
            ErrorKind::BadRequest,
            "`--approve ask` needs a terminal to ask on",
            "use `--approve park`, then `pyexec approvals`",
        ));
    }
    let submission =
        Submission { timeout_seconds: run.timeout, unattended: approve == Approve::Never, ..Submission::default() };
    let id = service.submit(request, principal::current(), submission).await?;
    if approve == Approve::Ask {
        attended(&service, &id, run.json).await
    } else {
        drive_and_show(&service, &id, run.json).await
    }
}

/// The request that the flags describe, on top of `--request`.
fn request(run: &Run) -> Result<Request, Failure> {
    let mut request = match &run.request {
        Some(path) => parse(&wiring::read_bytes(path, "request")?, path, "request")?,
        None => Request::default(),
    };
    if let Some(query) = &run.query {
        request.user_query = Some(query.clone());
    }
    if let Some(path) = &run.code {
        request.code = Some(GivenCode(edit::read(path)?));
        request.execution_folder_name = request
            .execution_folder_name
            .or_else(|| path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| *stem != "-").map(str::to_owned));
    }
    if let Some(path) = &run.context {
        request.context = parse(&wiring::read_bytes(path, "context")?, path, "context")?;
    }
    request.inputs.extend(run.input.iter().cloned());
    request.outputs.extend(run.output.iter().cloned());
    request.mode = run.mode.or(request.mode);
    request.execution_folder_name = run.name.clone().or(request.execution_folder_name);
    Ok(request)
}

fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8], path: &Path, what: &str) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|e| {
        Failure::new(
            ErrorKind::BadFile,
            format!("the {what} `{}` cannot be used: {e}", path.display()),
            "mend it: it is a JSON object",
        )
    })
}
