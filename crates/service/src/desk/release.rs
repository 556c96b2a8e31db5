//! Letting the code out: everything that must still be true, and then the event that makes this process the one that
//! executes.

use super::{Desk, Released};
use crate::{
    event::{Coverage, Event},
    grants, inputs,
    permit::Permit,
    service::ServiceError,
    store::{BlobError, Store},
};
use pyexec_core::{
    ErrorKind, PluginError, RunError,
    code::CodeHash,
    executor::{ReleaseRequest, refused},
    order::{FileRef, StagedInput},
};
use std::{path::PathBuf, sync::Arc};

impl Desk {
    pub(super) async fn release(&self, request: ReleaseRequest) -> Result<FileRef, PluginError> {
        let mut entry = self.entry.lock().await; // held to the end: whoever closes the desk learns what came of it
        self.must_be_open()?;
        let Some(permit) = entry.permit.take() else {
            return Err(refused("the code was released before, or never may be"));
        };
        match self.start(&permit, &request).await {
            Ok((file, released)) => {
                entry.released = Some(released);
                Ok(file)
            }
            Err(error) => {
                let message = error.to_run_error().message;
                entry.refused = Some(error);
                Err(refused(message))
            }
        }
    }

    async fn start(&self, permit: &Permit, request: &ReleaseRequest) -> Result<(FileRef, Released), ServiceError> {
        let covers = permit.coverage();
        let prepare = &self.order.prepare;
        let same = request.token == self.order.token
            && request.code_sha256 == covers.code
            && self.order.code_sha256 == covers.code
            && prepare.run_id == *permit.run()
            && prepare.attempt == covers.attempt
            && prepare.grants == covers.grants
            && prepare.mode == covers.mode
            && prepare.inputs.iter().map(|input| &input.sha256).eq(&covers.inputs);
        if !same {
            let message = "the executor asked for something else than it was ordered";
            return Err(RunError::new(ErrorKind::Plugin, message).into());
        }
        if !self.accept.contains(&request.isolation) {
            let level = request.isolation.name();
            let message = format!("the executor reached isolation `{level}`, which `accept_isolation` does not name");
            return Err(RunError::new(ErrorKind::IsolationNotAcceptable, message).into());
        }
        let code = unchanged(&self.store, covers, &prepare.inputs, &self.protected).await?;
        let effects = permit.has_effects(request.isolation);
        let started = Event::ExecutionStarted {
            attempt: covers.attempt,
            token: self.order.token.clone(),
            owner: self.owner.clone(),
            code: covers.code,
            effects,
            isolation: request.isolation,
            scope: permit.scope(),
        };
        self.log.append(started).await?;
        Ok((code, Released { effects }))
    }
}

/// Whether code, inputs and grants are what the decision was about; where the code is, if so. Reads all of them.
pub(crate) async fn unchanged(
    store: &Store,
    covers: &Coverage,
    staged: &[StagedInput],
    protected: &Arc<[PathBuf]>,
) -> Result<FileRef, RunError> {
    let (store, covers, staged, protected) = (store.clone(), covers.clone(), staged.to_vec(), protected.clone());
    let look = tokio::task::spawn_blocking(move || {
        let code = stored_code(&store, covers.code)?;
        inputs::verify(&staged)?;
        grants::verify(&covers.grants, &protected)?;
        Ok(code)
    });
    look.await
        .unwrap_or_else(|e| Err(RunError::new(ErrorKind::Store, format!("what was approved cannot be checked: {e}"))))
}

/// Where the code is stored, verified against what was approved.
pub(crate) fn stored_code(store: &Store, code: CodeHash) -> Result<FileRef, RunError> {
    stored_bytes(store, code).map(|_| FileRef { path: store.blob_path(&code.0), sha256: code.0 })
}

/// The code as stored, verified against what was approved.
pub(crate) fn stored_bytes(store: &Store, code: CodeHash) -> Result<Vec<u8>, RunError> {
    match store.get_blob(&code.0) {
        Ok(bytes) => Ok(bytes),
        Err(error @ (BlobError::Altered { .. } | BlobError::Missing { .. })) => {
            let message = format!("the stored code is not what was approved: {error}");
            Err(RunError::new(ErrorKind::CodeAltered, message)
                .with_help("nothing ran; submit the code again as a new run, and find out who changed the data folder"))
        }
        Err(error) => Err(RunError::from(&error)),
    }
}
