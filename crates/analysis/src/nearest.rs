//! What a misspelt name was probably meant to be.

/// The known name that a wrong one was probably meant to be.
pub(crate) fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let (distance, name) = known.map(|name| (strsim::damerau_levenshtein(wrong, name), name)).min()?;
    (distance <= 2.max(wrong.len() / 3)).then(|| name.to_owned())
}
