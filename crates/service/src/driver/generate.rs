//! One attempt's code: given, or a generator's.

use super::{Driver, MACHINERY_TRIES, back_off, elapsed};
use crate::{
    analysis,
    blame::blame,
    event::{Event, KeptPrompt},
    folder,
    run::Run,
    service::{ServiceError, blocking},
    store::Store,
};
use pyexec_core::{
    Code, CodeHash, ErrorClass, ErrorKind, Instance, RunError,
    generator::{FailedAttempt, GENERATE, GeneratedCode, GenerationRequest, PythonOffer, SavedPrompt},
};
use serde_json::Map;
use tokio::time::Instant;

impl Driver<'_> {
    pub(super) async fn generate(&self, run: &Run, attempt: u32) -> Result<(), ServiceError> {
        let start = Instant::now();
        if let Some(code) = run.created.given {
            let (generator, metadata, prompts) = ("given".into(), Map::new(), Vec::new());
            self.log.append(Event::Generated { attempt, code, generator, metadata, prompts, ms: 0 }).await?;
            return self.show(run, attempt, code, Vec::new()).await;
        }
        let generated = match &self.service.stages().generator {
            Some(generator) => {
                let request = self.generation_request(run, attempt).await?;
                self.written_by(generator, &request).await.map(|generated| (generator, generated))
            }
            None => Err(RunError::new(ErrorKind::UnknownName, "this program has no generator configured")),
        };
        let ms = elapsed(start);
        let (generator, generated) = match generated {
            Ok(generated) => generated,
            Err(error) => return self.log.append(Event::GenerationFailed { attempt, error, ms }).await,
        };
        let GeneratedCode { code, metadata, prompts } = generated;
        let ((hash, kept), prompts) = blocking({
            let store = self.service.store().clone();
            move || Ok((keep(&store, &code, &prompts)?, prompts))
        })
        .await?;
        let generator = generator.name().to_owned();
        let event = Event::Generated { attempt, code: hash, generator, metadata, prompts: kept, ms };
        self.log.append(event).await?;
        self.show(run, attempt, hash, prompts).await
    }

    /// Asks, with back-off while it is the machinery's fault. A generator that did not answer in time is not asked again:
    /// the next time would take as long.
    async fn written_by(&self, generator: &Instance, request: &GenerationRequest) -> Result<GeneratedCode, RunError> {
        let limit = self.service.settings().timeouts.generator;
        let mut tries = 1;
        loop {
            let error = match analysis::call(generator, GENERATE, request, limit, &self.observer).await {
                Ok(generated) => return usable(generated),
                Err(error) => error,
            };
            let blamed = blame(generator, &error);
            if blamed.class != ErrorClass::Infrastructure || error.kind == "timeout" || tries == MACHINERY_TRIES {
                return Err(blamed);
            }
            tracing::warn!(tries, "generation failed, trying again: {error}");
            back_off(tries).await;
            tries += 1;
        }
    }

    async fn generation_request(&self, run: &Run, attempt: u32) -> Result<GenerationRequest, ServiceError> {
        let (store, failed) = (self.service.store().clone(), run.attempts.clone());
        let failures = blocking(move || {
            let failures = failed.iter().filter_map(|a| Some((a, a.failure.clone()?)));
            let failures = failures.map(|(a, error)| {
                let code = a.code.map(|code| store.get_blob(&code.0).map(Code::new)).transpose()?;
                Ok(FailedAttempt { attempt: a.number, code, error, findings: crate::view::all_findings(a, &store)? })
            });
            failures.collect()
        });
        Ok(GenerationRequest {
            attempt,
            attempts: run.most_attempts(),
            request: run.created.request.clone(),
            inputs: run.inputs(),
            mode_ceiling: run.created.request.mode,
            failures: failures.await?,
            python: self.offer().await,
        })
    }

    /// Which Python the code will meet. A generator can do without, and what is wrong is said when the code is analysed.
    async fn offer(&self) -> Option<PythonOffer> {
        let described = self.service.describe(&self.observer).await.ok()?;
        Some(PythonOffer { version: described.python, packages: described.packages })
    }

    /// Copies an attempt to the run folder. The log is the record, so a failure is a warning.
    async fn show(&self, run: &Run, n: u32, code: CodeHash, prompts: Vec<SavedPrompt>) -> Result<(), ServiceError> {
        let (store, folder) = (self.service.store().clone(), run.created.folder.clone());
        let shown = blocking(move || Ok(folder::put_attempt(&folder, n, &store.get_blob(&code.0)?, &prompts)?));
        shown.await.unwrap_or_else(|error| tracing::warn!("the run folder is incomplete: {error}"));
        Ok(())
    }
}

fn usable(generated: GeneratedCode) -> Result<GeneratedCode, RunError> {
    let bytes = generated.code.as_bytes();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(RunError::new(ErrorKind::GenerationEmpty, "the generator gave no code"));
    }
    let (size, most) = (bytes.len(), Code::MAX_BYTES);
    if size > most {
        let message = format!("the generator gave {size} bytes of code, and {most} are the most");
        return Err(RunError::new(ErrorKind::GenerationEmpty, message));
    }
    Ok(generated)
}

fn keep(store: &Store, code: &Code, prompts: &[SavedPrompt]) -> Result<(CodeHash, Vec<KeptPrompt>), ServiceError> {
    let kept = prompts.iter().map(|prompt| {
        let sha256 = store.put_blob(prompt.text.as_bytes())?;
        Ok(KeptPrompt { name: prompt.name.clone(), sha256 })
    });
    let kept = kept.collect::<Result<_, ServiceError>>()?;
    Ok((CodeHash(store.put_blob(code.as_bytes())?), kept))
}
