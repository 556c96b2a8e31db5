//! Messages in plain words, with the fix where it can be said.

use rustpython_ast::token::{Token, TokenKind};
use rustpython_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseErrorType,
    semantic_errors::{SemanticSyntaxError, SemanticSyntaxErrorKind as Kind},
};
use rustpython_text_size::{Ranged, TextRange};

/// What the parser complains of.
pub(super) fn message(error: &ParseErrorType, text: &str, range: TextRange) -> String {
    let said = capitalised(&error.to_string());
    match fix(error, text, range) {
        Some(fix) => format!("{said}: {fix}"),
        None => said,
    }
}

/// What the compiler would complain of.
pub(super) fn semantic(error: &SemanticSyntaxError) -> String {
    let said = capitalised(&error.to_string());
    let fix = match &error.kind {
        Kind::ReturnOutsideFunction => "assign to `results` instead, or put the code in a function",
        Kind::AwaitOutsideAsyncFunction(_) | Kind::YieldOutsideFunction(_) => {
            "put it in an `async def` and start that with `asyncio.run(...)`"
        }
        Kind::LateFutureImport => "move it above every other statement",
        Kind::DuplicateParameter(_) => "rename one",
        Kind::NonModuleImportStar(_) => "import the names that are used",
        Kind::NonlocalDeclarationAtModuleLevel => "a module's names are global: leave it out",
        Kind::LoadBeforeGlobalDeclaration { .. } => "move the `global` line to the top of the function",
        _ => return said,
    };
    let fix = match &error.kind {
        Kind::YieldOutsideFunction(kind) if !kind.is_await() => "put it in a function",
        _ => fix,
    };
    format!("{said}: {fix}")
}

/// With a capital first letter.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The first bracket that nothing closes.
pub(super) fn never_closed(tokens: &[Token]) -> Option<(TextRange, String)> {
    let mut open: Vec<&Token> = Vec::new();
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open.push(token),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                open.pop();
            }
            _ => {}
        }
    }
    open.first().map(|token| (token.range(), format!("{} was never closed", token.kind())))
}

fn fix(error: &ParseErrorType, text: &str, range: TextRange) -> Option<String> {
    let start = range.start().to_usize().min(text.len());
    let line_start = text[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at);
    let line = text[line_start..line_end].trim_start();
    let at = &text[start..line_end];
    if line.starts_with("```") {
        return Some("remove the Markdown fence around the code".into());
    }
    if line.starts_with("print ") || line.starts_with("exec ") {
        return Some("this is Python 2: call it with parentheses".into());
    }
    if line.starts_with(['%', '!']) {
        return Some("this is a notebook command, not Python: remove it".into());
    }
    if line.starts_with(">>> ") {
        return Some("remove the prompts of an interactive session".into());
    }
    if at.starts_with(['“', '”', '‘', '’']) {
        return Some("replace the typographic quotes by plain ones".into());
    }
    if let Some(odd) = at.chars().next().filter(|c| !c.is_ascii() && !c.is_alphanumeric()) {
        return Some(format!("replace U+{:04X} by its plain counterpart", u32::from(odd)));
    }
    match error {
        ParseErrorType::ExpectedToken { expected: TokenKind::Colon, found: TokenKind::Equal } => {
            Some("write `==` to compare".into())
        }
        ParseErrorType::ExpectedToken { expected: TokenKind::Colon, .. } => Some("write `:` before the block".into()),
        ParseErrorType::ExpectedToken { expected: TokenKind::Indent, .. } => Some("indent the block".into()),
        ParseErrorType::UnexpectedIndentation => Some("align the line with the ones around it".into()),
        ParseErrorType::ExpectedToken { expected, found: TokenKind::EndOfFile | TokenKind::Newline } => {
            matches!(expected, TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace)
                .then(|| format!("close the bracket with {expected}"))
        }
        ParseErrorType::Lexical(LexicalErrorType::UnclosedStringError | LexicalErrorType::StringError) => {
            Some("close the string".into())
        }
        ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
            Some("make it match an outer level, with spaces only".into())
        }
        ParseErrorType::Lexical(LexicalErrorType::Eof) => Some("close the bracket that is still open".into()),
        ParseErrorType::FStringError(InterpolatedStringErrorType::SingleRbrace) => {
            Some("write `}}` for a brace".into())
        }
        ParseErrorType::FStringError(InterpolatedStringErrorType::UnclosedLbrace) => {
            Some("close the `{`, or write `{{` for a brace".into())
        }
        _ => None,
    }
}
