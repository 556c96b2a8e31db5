//! A gate that lets everything through: a host must hold it to the promises.

use pyexec_core::{
    ApprovalGate, Result,
    approval_gate::{GateRequest, Requirement},
};
use serde_json::Value;

struct RubberStamp;

impl ApprovalGate for RubberStamp {
    type Config = Value;

    fn create(_config: Value) -> Result<Self> {
        Ok(Self)
    }

    async fn require(&self, _request: GateRequest) -> Result<Requirement> {
        Ok(Requirement::Proceed)
    }
}

pyexec_sdk::register_approval_gate!("rubber_stamp", RubberStamp);
