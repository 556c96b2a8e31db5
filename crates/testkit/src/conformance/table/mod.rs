//! The table, a file for each side of a run.

mod ends;
mod files;
mod grants;
mod limits;
mod orders;
mod output;
mod results;
mod world;

use super::behaviour::Behaviour;

/// All of them, in the order in which they are told.
pub fn behaviours() -> impl Iterator<Item = &'static Behaviour> {
    let groups: [&[Behaviour]; 8] = [
        results::BEHAVIOURS,
        ends::BEHAVIOURS,
        output::BEHAVIOURS,
        world::BEHAVIOURS,
        files::BEHAVIOURS,
        grants::BEHAVIOURS,
        limits::BEHAVIOURS,
        orders::BEHAVIOURS,
    ];
    groups.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_has_a_name_of_its_own() {
        let names: BTreeSet<_> = behaviours().map(|behaviour| behaviour.name).collect();
        assert_eq!(names.len(), behaviours().count());
        assert!(names.len() >= 40, "{}", names.len());
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }
}
