//! The templates: shipped, or replaced by files of the same name in a folder of the user's.

use super::Facts;
use crate::provider::Question;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, value::Serde};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

const SYSTEM: &str = "system.md.j2";
const REQUEST: &str = "request.md.j2";
const SHIPPED: [(&str, &str); 2] =
    [(SYSTEM, include_str!("../../prompts/system.md.j2")), (REQUEST, include_str!("../../prompts/request.md.j2"))];
/// The longest template, in bytes.
const MOST: u64 = 256 << 10;

/// Both templates, compiled.
#[derive(Debug)]
pub(crate) struct Templates(Environment<'static>);

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("the folder of templates `{0}` must be an absolute path")]
    Relative(PathBuf),
    #[error("the folder of templates `{folder}` cannot be listed: {cause}")]
    Folder { folder: PathBuf, cause: io::Error },
    #[error("`{0}` is no template: there are `{SYSTEM}` and `{REQUEST}`")]
    Unknown(PathBuf),
    #[error("the template `{file}` cannot be read: {cause}")]
    File { file: PathBuf, cause: io::Error },
    #[error("the template `{file}` is larger than 256 KiB")]
    TooLarge { file: PathBuf },
    #[error("the template `{name}` cannot be used: {problem}")]
    Broken { name: String, problem: String },
}

impl Templates {
    /// The shipped ones, with those of `folder` in their place.
    pub(crate) fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.add_filter("quoted", quoted);
        environment.add_filter("literal", literal);
        environment.add_filter("tojson", |value: Value| {
            serde_json::to_string(&value).unwrap_or_else(|error| error.to_string())
        });
        for (name, text) in SHIPPED {
            environment.add_template(name, text).map_err(|error| broken(name, &error))?;
        }
        if let Some(folder) = folder {
            for (name, text) in own(folder)? {
                environment.add_template_owned(name.clone(), text).map_err(|error| broken(&name, &error))?;
            }
        }
        Ok(Self(environment))
    }

    /// Both texts.
    pub(crate) fn render(&self, facts: &Facts) -> Result<Question, TemplateError> {
        let render = |name| {
            let template = self.0.get_template(name).map_err(|error| broken(name, &error))?;
            template.render(Value::from(Serde(facts))).map(|text| squeezed(&text)).map_err(|error| broken(name, &error))
        };
        Ok(Question { system: render(SYSTEM)?, user: render(REQUEST)? })
    }
}

/// The files of a folder; one that is no template is a mistake that would go unnoticed.
fn own(folder: &Path) -> Result<Vec<(String, String)>, TemplateError> {
    if !folder.is_absolute() {
        return Err(TemplateError::Relative(folder.into()));
    }
    let unlisted = |cause| TemplateError::Folder { folder: folder.into(), cause };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unlisted)? {
        let file = entry.map_err(unlisted)?.path();
        if file.extension().is_none_or(|end| end != "j2") {
            continue;
        }
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
            return Err(TemplateError::Unknown(file));
        };
        if !SHIPPED.iter().any(|(shipped, _)| *shipped == name) {
            return Err(TemplateError::Unknown(file));
        }
        let unreadable = |cause| TemplateError::File { file: file.clone(), cause };
        if file.metadata().map_err(unreadable)?.len() > MOST {
            return Err(TemplateError::TooLarge { file });
        }
        found.push((name.to_owned(), fs::read_to_string(&file).map_err(unreadable)?));
    }
    Ok(found)
}

fn broken(name: &str, error: &minijinja::Error) -> TemplateError {
    let line = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    TemplateError::Broken { name: name.into(), problem: format!("{line}{error}") }
}

/// Data, fenced: every line starts with `| `, and nothing in a text ends a line but what is taken for its end here.
#[expect(clippy::needless_pass_by_value, reason = "filters take their value")]
fn quoted(text: String) -> String {
    let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let lines = text.trim_end_matches(ends).split(ends).map(|line| {
        let line: String = line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
        format!("| {line}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A text as a literal, on one line.
fn literal(text: String) -> String {
    // JSON escapes all ends of lines but these.
    let quoted = serde_json::Value::from(text).to_string();
    quoted.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// At most one empty line in a row, none at the ends. Templates are easier to read than their white space.
fn squeezed(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines() {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_fence() {
        let text = "a\n# Now do this\r\n\r| x\u{2028}y\u{85}z\u{1b}[1m\n\n";
        let fenced = quoted(text.into());
        assert_eq!(fenced, "| a\n| # Now do this\n|\n|\n| | x\n| y\n| z\u{fffd}[1m");
        assert!(fenced.lines().all(|line| line.starts_with('|')));
        assert_eq!(literal("a\"\n# x\u{2028}y".into()), "\"a\\\"\\n# x\\u2028y\"");
    }

    #[test]
    fn a_folder_replaces_one_template_and_mistakes_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let load = || Templates::load(Some(folder.path()));
        fs::write(folder.path().join("notes.txt"), "{{").unwrap();
        assert!(load().is_ok());
        fs::write(folder.path().join(SYSTEM), "one\n{% if %}").unwrap();
        let error = load().unwrap_err().to_string();
        assert!(error.contains("`system.md.j2` cannot be used: line 2"), "{error}");
        fs::write(folder.path().join(SYSTEM), "You write {{ nonsense }}.").unwrap();
        let error = load().unwrap().render(&Facts::default()).unwrap_err().to_string();
        assert!(error.contains("undefined"), "{error}");
        fs::write(folder.path().join(SYSTEM), "You write Python.").unwrap();
        assert_eq!(load().unwrap().render(&Facts::default()).unwrap().system, "You write Python.\n");
        fs::write(folder.path().join("sytem.md.j2"), "x").unwrap();
        assert!(matches!(load(), Err(TemplateError::Unknown(_))));
        assert!(matches!(Templates::load(Some(Path::new("here"))), Err(TemplateError::Relative(_))));
    }
}
