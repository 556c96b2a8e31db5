//! Errors as people see them: the sentence, the lines, the way out. Masked where a secret stands.

use super::{
    error::{ConfigError, Diagnostic, escaped},
    source::SourceName,
};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

impl ConfigError {
    /// Every error with its lines, ready for stderr; ends without a newline.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let one = |diagnostic| renderer.render(&[group(diagnostic)]).trim_end().to_owned();
        self.diagnostics().iter().map(one).collect::<Vec<_>>().join("\n\n")
    }
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    // `escaped` again: an I/O error or a TOML message is not ours.
    let mut group = Group::with_title(Level::ERROR.primary_title(escaped(&diagnostic.message())));
    if let Some(place) = &diagnostic.place {
        let mark = AnnotationKind::Primary.span(place.span.clone());
        let snippet = Snippet::source(place.source.shown()).annotation(mark);
        group = group.element(match &place.source.name {
            SourceName::File(path) => snippet.path(escaped(&path.to_string_lossy())),
            SourceName::Variable(_) => snippet.path("environment").line_numbering(false),
        });
    }
    match diagnostic.help() {
        Some(help) => group.element(Level::HELP.message(escaped(&help))),
        None => group,
    }
}
