//! One attempt's code: given, or a generator's.

use super::{Driver, MACHINERY_TRIES, back_off, elapsed};
use crate::{
    analysis,
    blame::blame,
    event::{Event, KeptPrompt},
    folder,
    plugin_host::Lent,
    run::{Attempt, Run},
    service::{ServiceError, blocking},
    store::Store,
};
use pyexec_core::{
    Code, CodeHash, Digest, ErrorClass, ErrorKind, Instance, PluginError, RunError,
    generator::{COST_USD, FAILED, FailedAttempt, GENERATE, GeneratedCode, GenerationRequest, NO_CODE, SavedPrompt},
};
use serde_json::Map;
use std::pin::pin;
use tokio::time::{Instant, sleep};

impl Driver<'_> {
    pub(super) async fn generate(&self, run: &Run, attempt: u32) -> Result<(), ServiceError> {
        let start = Instant::now();
        if let Some(code) = run.created.given {
            let (generator, metadata, prompts) = ("given".into(), Map::new(), Vec::new());
            self.log.append(Event::Generated { attempt, code, generator, metadata, prompts, ms: 0 }).await?;
            return self.show(run, attempt, Some(code), Vec::new()).await;
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
            Err(error) => {
                let (metadata, prompts) = (Map::new(), Vec::new());
                return self.log.append(Event::GenerationFailed { attempt, error, metadata, prompts, ms }).await;
            }
        };
        let error = unusable(generator, &generated);
        let GeneratedCode { code, mut metadata, mut prompts } = generated;
        metadata.remove(FAILED); // the event has it as its error
        if !self.service.settings().save_prompts {
            prompts.clear();
        }
        let has_code = error.is_none();
        let ((hash, kept), prompts) = blocking({
            let store = self.service.store().clone();
            move || Ok((keep(&store, has_code.then_some(&code), &prompts)?, prompts))
        })
        .await?;
        let generator = generator.name().to_owned();
        let event = match (hash, error) {
            (Some(code), None) => Event::Generated { attempt, code, generator, metadata, prompts: kept, ms },
            (_, error) => {
                let error = error.unwrap_or_else(no_code);
                Event::GenerationFailed { attempt, error, metadata, prompts: kept, ms }
            }
        };
        self.log.append(event).await?;
        self.show(run, attempt, hash, prompts).await
    }

    /// Asks, with back-off while it is the machinery's fault. A generator that did not answer in time is not asked again,
    /// for the next time would take as long; nor is one whose provider fails, because it has tried again by itself.
    async fn written_by(&self, generator: &Instance, request: &GenerationRequest) -> Result<GeneratedCode, RunError> {
        let mut tries = 1;
        loop {
            let error = match self.asked(generator, request).await {
                Ok(generated) => return Ok(generated),
                Err(error) => error,
            };
            let blamed = blame(generator, &error);
            let again = blamed.class == ErrorClass::Infrastructure && blamed.kind != ErrorKind::Provider;
            if !again || error.kind == "timeout" || tries == MACHINERY_TRIES {
                return Err(blamed);
            }
            tracing::warn!(tries, "generation failed, trying again: {error}");
            back_off(tries).await;
            tries += 1;
        }
    }

    /// One call, within its time limit. That an environment is set up because the generator asks for it is not its time.
    async fn asked(&self, generator: &Instance, request: &GenerationRequest) -> Result<GeneratedCode, PluginError> {
        let limit = self.service.settings().timeouts.generator;
        let (lent, mut questions) = Lent::to_generator(&self.observer);
        let mut call = pin!(generator.invoke(GENERATE, request, lent.lend()));
        let mut late = pin!(sleep(limit));
        loop {
            tokio::select! {
                done = &mut call => return done,
                Some(question) = questions.recv() => {
                    let asked = Instant::now();
                    let _ = question.send(self.service.describe(&self.observer).await); // it may have stopped waiting
                    let deadline = late.deadline() + asked.elapsed();
                    late.as_mut().reset(deadline);
                }
                () = &mut late => return Err(analysis::late(generator, limit)),
            }
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
        let limit = self.service.settings().timeouts.generator;
        Ok(GenerationRequest {
            attempt,
            attempts: run.most_attempts(),
            request: run.created.request.clone(),
            inputs: run.inputs(),
            mode_ceiling: run.created.request.mode,
            failures: failures.await?,
            spent_usd: spent(&run.attempts),
            time_limit_ms: u64::try_from(limit.as_millis()).ok(),
        })
    }

    /// Copies an attempt to the run folder. The log is the record, so a failure is a warning.
    async fn show(
        &self,
        run: &Run,
        n: u32,
        code: Option<CodeHash>,
        prompts: Vec<SavedPrompt>,
    ) -> Result<(), ServiceError> {
        let (store, folder) = (self.service.store().clone(), run.created.folder.clone());
        let shown = blocking(move || {
            let code = code.map(|code| store.get_blob(&code.0)).transpose()?;
            Ok(folder::put_attempt(&folder, n, code.as_deref(), &prompts)?)
        });
        shown.await.unwrap_or_else(|error| tracing::warn!("the run folder is incomplete: {error}"));
        Ok(())
    }
}

/// What the attempts that a generator wrote have cost, if that is known of each.
fn spent(attempts: &[Attempt]) -> Option<f64> {
    let written = attempts.iter().filter(|attempt| attempt.edited.is_none());
    written.map(|attempt| attempt.metadata.get(COST_USD).and_then(serde_json::Value::as_f64)).sum()
}

/// Why what a generator gave is no code.
fn unusable(generator: &Instance, generated: &GeneratedCode) -> Option<RunError> {
    if let Some(error) = generated.failure() {
        return Some(blame(generator, &error));
    }
    let bytes = generated.code.as_bytes();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let why = generated.metadata.get(NO_CODE).and_then(serde_json::Value::as_str);
        return Some(why.map_or_else(no_code, |why| RunError::new(ErrorKind::GenerationEmpty, why)));
    }
    let (size, most) = (bytes.len(), Code::MAX_BYTES);
    (size > most).then(|| {
        let message = format!("the generator gave {size} bytes of code, and {most} are the most");
        RunError::new(ErrorKind::GenerationEmpty, message)
    })
}

fn no_code() -> RunError {
    RunError::new(ErrorKind::GenerationEmpty, "the generator gave no code")
}

fn keep(
    store: &Store,
    code: Option<&Code>,
    prompts: &[SavedPrompt],
) -> Result<(Option<CodeHash>, Vec<KeptPrompt>), ServiceError> {
    let kept = prompts.iter().map(|prompt| {
        let sha256 = store.put_blob(prompt.text.as_bytes())?;
        Ok(KeptPrompt { name: prompt.name.clone(), sha256 })
    });
    let kept = kept.collect::<Result<_, ServiceError>>()?;
    let stored: Option<Digest> = code.map(|code| store.put_blob(code.as_bytes())).transpose()?;
    Ok((stored.map(CodeHash), kept))
}
