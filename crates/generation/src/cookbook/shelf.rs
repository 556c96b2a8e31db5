//! The recipes at hand: those that are shipped, and those of the configured folders, which stand before them.

use super::recipe::{self, Recipe, RecipeError};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped_recipes.rs"));
/// The most that one recipe may hold, in bytes.
const MOST_BYTES: u64 = 256 << 10;

/// Recipes by name, each with the file that it came from; none for a shipped one.
pub(super) type Shelf = BTreeMap<String, (Recipe, Option<PathBuf>)>;

/// Why the recipes cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ShelfError {
    #[error("the folder of recipes `{0}` must be an absolute path")]
    Relative(PathBuf),
    #[error("the folder of recipes `{folder}` cannot be listed: {cause}")]
    Folder {
        /// As configured.
        folder: PathBuf,
        cause: io::Error,
    },
    #[error("the recipe `{file}` cannot be read: {cause}")]
    File { file: PathBuf, cause: io::Error },
    #[error("the recipe `{file}` cannot be used: {problem}")]
    Name { file: PathBuf, problem: &'static str },
    #[error("the recipe `{file}` cannot be used: {error}")]
    Recipe { file: PathBuf, error: RecipeError },
}

/// Gathers all recipes. A later folder stands before an earlier one.
pub(super) fn gather(folders: &[PathBuf]) -> Result<Shelf, ShelfError> {
    let mut shelf = Shelf::new();
    for (name, source) in SHIPPED {
        let file = PathBuf::from(format!("{name}.py"));
        let recipe = recipe::parse(name, source).map_err(|error| ShelfError::Recipe { file, error })?;
        shelf.insert((*name).into(), (recipe, None));
    }
    for folder in folders {
        if !folder.is_absolute() {
            return Err(ShelfError::Relative(folder.clone()));
        }
        for file in scripts(folder).map_err(|cause| ShelfError::Folder { folder: folder.clone(), cause })? {
            let recipe = load(&file)?;
            shelf.insert(recipe.name.clone(), (recipe, Some(file)));
        }
    }
    Ok(shelf)
}

/// The Python files of a folder itself, by name.
fn scripts(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "py") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn load(file: &Path) -> Result<Recipe, ShelfError> {
    let unusable = |problem| ShelfError::Name { file: file.into(), problem };
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    if name.is_empty() || !name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
        return Err(unusable("its name must be made of [a-z0-9_]"));
    }
    let unreadable = |cause| ShelfError::File { file: file.into(), cause };
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(unusable("it is not a regular file"));
    }
    if metadata.len() > MOST_BYTES {
        return Err(unusable("it is larger than 256 KiB"));
    }
    let source = fs::read_to_string(file).map_err(unreadable)?;
    recipe::parse(name, &source).map_err(|error| ShelfError::Recipe { file: file.into(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_recipe_can_be_used() {
        let shelf = gather(&[]).unwrap();
        assert!(shelf.len() >= 15 && shelf.len() == SHIPPED.len());
        for (recipe, _) in shelf.values() {
            assert_eq!(recipe.parameters.first().map(|first| first.name.as_str()), Some("INPUT"), "{}", recipe.name);
        }
    }
}
