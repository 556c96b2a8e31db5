//! A pyexec plugin with one component: the generator `phrasebook` answers phrases from a table of its configuration.
//!
//! It is small on purpose: copy it, rename it, and put your own way from a question to code in `phrasebook.rs`. The README
//! says how it is built and configured.

mod phrasebook;

// One line for each component, one for the library.
pyexec_sdk::register_generator!("phrasebook", phrasebook::Phrasebook);
pyexec_sdk::export_plugin!();

#[cfg(test)]
mod tests;
