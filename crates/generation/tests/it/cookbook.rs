//! The generator `cookbook`, through the interface that the service uses.

mod asking;
mod binding;
mod phrasings;
mod plans;
mod recipes;
mod user_recipes;
