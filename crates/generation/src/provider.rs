//! Asking a model: one question, one answer, over the provider's own HTTP interface.
//!
//! [`Client`] says what a call is: where, with which key, how often, for how long. What differs between providers is in
//! [`anthropic`] and [`chat`] (everybody else), both pure: a body to send, and [`Heard`] to take in what comes back, as a
//! stream or at once. [`AskError`] is the one list of what can go wrong. Nothing here knows what is asked for.

mod anthropic;
mod chat;
mod client;
mod error;
mod events;
mod price;
mod retry;
mod transport;

pub(crate) use client::{Asked, Client};
pub(crate) use error::AskError;
pub(crate) use price::Price;

use serde_json::Value;

/// What a model is asked.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// Who it is and what holds always.
    pub(crate) system: String,
    /// What is wanted now.
    pub(crate) user: String,
}

/// What it answered, all of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reply {
    /// Its text.
    pub(crate) text: String,
    /// Why it ended.
    pub(crate) stop: Stop,
    /// The model that answered, by its own word.
    pub(crate) model: Option<String>,
    /// Tokens; none where the provider does not say.
    pub(crate) usage: Option<Usage>,
}

/// Why an answer ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Stop {
    /// All was said.
    #[default]
    End,
    /// At the limit of tokens.
    Length,
    /// The model, or a filter of its provider, declined.
    Refusal,
    /// Something else, in the provider's word.
    Other(String),
}

/// Tokens of one answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Of the question, those from a cache included.
    pub(crate) input_tokens: u64,
    /// Of the answer, with what the model only thought.
    pub(crate) output_tokens: u64,
}

/// An answer that is being taken in.
trait Heard: Default {
    /// Takes the data of one event of a stream; true: the answer is whole.
    fn event(&mut self, data: &[u8]) -> Result<bool, Broken>;

    /// Takes an answer that came at once.
    fn whole(&mut self, body: &Value) -> Result<(), Broken>;

    /// Whether the answer is whole though the stream did not say so.
    fn is_whole(&self) -> bool;

    /// What was said so far, in bytes.
    fn size(&self) -> usize;

    /// What was heard.
    fn reply(self) -> Reply;
}

/// Why an answer cannot be taken in.
#[derive(Debug, PartialEq, Eq)]
enum Broken {
    /// The provider says in the middle of it that it failed; in its words.
    Failed(String),
    /// It is not what this interface gives.
    Unreadable,
}
