//! From a request to the two texts that a model gets: who it is, and what is wanted.
//!
//! The words are templates (`prompts/*.md.j2`, Jinja), which a folder of the user's may replace one by one; this module
//! gathers what they may say ([`facts`], [`inputs`], [`failures`]) and fences it: whatever comes from data stands in lines
//! that start with `| `, which no text can leave. It reads the heads of tabular inputs and knows no provider. Open
//! [`prompter`] for how the parts come together.

mod facts;
mod failures;
mod inputs;
mod prompter;
mod templates;

use facts::{Example, Facts};
pub(crate) use prompter::{Prompt, PromptKeys, Prompter, check};
use templates::{TemplateError, Templates};
