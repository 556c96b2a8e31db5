//! What a request asks for: one question, or the steps of a caller's plan.

use pyexec_core::{
    ErrorKind, PluginError, Request, Result,
    request::{PlanningMode, StructuredPlan},
};

/// One thing that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// The phase of the plan that it belongs to.
    pub(super) phase: Option<String>,
    /// In words.
    pub(super) text: String,
}

/// Everything that is asked for, in order; never empty.
pub(super) fn of(request: &Request) -> Result<Vec<Wish>> {
    let bad = |message: &str, help: &str| PluginError::new(ErrorKind::BadRequest.name(), message).with_help(help);
    match (request.planning_mode, &request.structured_plan) {
        (PlanningMode::CapabilityDriven, Some(plan)) if !steps(plan).is_empty() => Ok(steps(plan)),
        (PlanningMode::CapabilityDriven, _) => Err(bad(
            "`capability_driven` needs a `structured_plan` with at least one step, and there is none",
            "add the plan's phases, or leave `planning_mode` out",
        )),
        (PlanningMode::GeneratorDriven, _) => question(request)
            .map(|text| vec![Wish { phase: None, text: text.into() }])
            .ok_or_else(|| bad("there is no question", "say in a few words what you want to know")),
    }
}

/// The question; the objective where there is none.
pub(super) fn question(request: &Request) -> Option<&str> {
    let texts = [&request.user_query, &request.task_objective];
    texts.into_iter().flatten().map(|text| text.trim()).find(|text| !text.is_empty())
}

/// A step is a subtask, or a phase that has none.
fn steps(plan: &StructuredPlan) -> Vec<Wish> {
    let mut steps = Vec::new();
    for phase in &plan.phases {
        let mut texts: Vec<&str> =
            phase.subtasks.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        if texts.is_empty() {
            texts.push(phase.phase.trim());
        }
        let texts = texts.into_iter().filter(|text| !text.is_empty());
        steps.extend(texts.map(|text| Wish { phase: Some(phase.phase.trim().into()), text: text.into() }));
    }
    steps
}

/// What of the request a recipe has no use for.
pub(super) fn ignored(request: &Request) -> Vec<&'static str> {
    let follows = request.planning_mode == PlanningMode::CapabilityDriven;
    let plan = request.structured_plan.as_ref();
    [
        ("capability_prompts", !request.capability_prompts.is_empty()),
        ("structured_plan", plan.is_some() && !follows),
        ("structured_plan.domain_guidance", follows && plan.is_some_and(|plan| !plan.domain_guidance.is_empty())),
    ]
    .into_iter()
    .filter_map(|(field, given)| given.then_some(field))
    .collect()
}

/// The names that `results` should have, by `expected_results` and the plan's schema.
pub(super) fn expected_results(request: &Request) -> Vec<String> {
    let plan = request.structured_plan.as_ref().filter(|_| request.planning_mode == PlanningMode::CapabilityDriven);
    let properties = plan.and_then(|plan| plan.result_schema.get("properties")?.as_object());
    let mut names: Vec<String> = request.expected_results.keys().cloned().collect();
    names.extend(properties.into_iter().flat_map(|properties| properties.keys().cloned()));
    names.sort_unstable();
    names.dedup();
    names
}
