//! Runs whose process died on the way: whoever comes next can drive them on.

use crate::{
    log::RunLog,
    run::State,
    service::ServiceError,
    store::{HeadFilter, Owner, Store},
};
use pyexec_core::RunId;

/// Runs that nobody drives although somebody began to, newest first; of the latest `limit` that are on their way. Only
/// looks: `pyexec runs resume` is what drives one on.
pub async fn abandoned(store: &Store, limit: usize) -> Result<Vec<RunId>, ServiceError> {
    let mut found = Vec::new();
    for state in [State::Queued, State::Running] {
        let filter = HeadFilter { state: Some(state.name().into()), ..HeadFilter::default() };
        for head in store.heads(&filter, limit, None).await? {
            let run = RunLog::open(store, &head.run_id).await?.run().await;
            if let Some(owner) = &run.claimed
                && !Owner::is_alive(store.data_dir(), owner)?
            {
                found.push(head.run_id);
            }
        }
    }
    Ok(found)
}
