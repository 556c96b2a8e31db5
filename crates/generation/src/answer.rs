//! The Python in what a model says. It is found by rules and never guessed at:
//!
//! * blocks between fences that name Python count, all of them, in order;
//! * where there are none, fenced blocks without a name that read like a script;
//! * where nothing is fenced, the whole answer, if it reads like a script.
//!
//! What a model thinks aloud first (`<think>…</think>`) is no part of its answer. Whether the Python is any good is for
//! analysis to say.

/// What a fence calls Python.
const NAMES: [&str; 4] = ["python", "py", "python3", "python3.11"];
const THOUGHTS: (&str, &str) = ("<think>", "</think>");

/// A block between fences.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    name: String,
    lines: Vec<String>,
}

/// The Python of an answer; none if there is none.
pub(crate) fn python(answer: &str) -> Option<String> {
    let answer = without_thoughts(answer)?;
    let blocks = blocks(answer);
    let named: Vec<&Block> = blocks.iter().filter(|block| NAMES.contains(&block.name.as_str())).collect();
    let texts: Vec<String> = if blocks.is_empty() {
        vec![answer.to_owned()].into_iter().filter(|text| is_script(text)).collect()
    } else if named.is_empty() {
        let unnamed = blocks.iter().filter(|block| block.name.is_empty()).map(|block| block.lines.join("\n"));
        unnamed.filter(|text| is_script(text)).collect()
    } else {
        named.iter().map(|block| block.lines.join("\n")).collect()
    };
    let texts: Vec<&str> = texts.iter().map(|text| text.trim_matches('\n').trim_end()).collect();
    let code = texts.into_iter().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join("\n\n");
    (!code.is_empty()).then(|| code + "\n")
}

fn without_thoughts(answer: &str) -> Option<&str> {
    let (open, close) = THOUGHTS;
    match answer.trim_start().strip_prefix(open) {
        Some(thoughts) => thoughts.split_once(close).map(|(_, said)| said),
        None => Some(answer),
    }
}

/// Fenced blocks as `CommonMark` has them (section 4.5): a fence of three or more backticks or tildes, closed by one that is
/// as long, or by the end of the text.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(char, usize, usize, Block)> = None;
    for line in text.lines() {
        match &mut open {
            None => {
                if let Some((sign, length, indent, name)) = fence(line) {
                    open = Some((sign, length, indent, Block { name, lines: Vec::new() }));
                }
            }
            Some((sign, length, indent, block)) => {
                let closes = fence(line).is_some_and(|(s, l, _, name)| s == *sign && l >= *length && name.is_empty());
                if closes {
                    blocks.extend(open.take().map(|(.., block)| block));
                } else {
                    block.lines.push(without_indent(line, *indent).to_owned());
                }
            }
        }
    }
    blocks.extend(open.map(|(.., block)| block));
    blocks
}

/// Sign, length, indentation and the first word after it.
fn fence(line: &str) -> Option<(char, usize, usize, String)> {
    let text = line.trim_start_matches(' ');
    let sign = text.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let rest = text.trim_start_matches(sign);
    let length = text.len() - rest.len();
    if length < 3 || (sign == '`' && rest.contains('`')) {
        return None;
    }
    let name = rest.trim().trim_start_matches(['{', '.']).split([' ', '\t', ',', '}', ':']).next().unwrap_or_default();
    Some((sign, length, line.len() - text.len(), name.to_ascii_lowercase()))
}

/// A block in a list is indented with its fence.
fn without_indent(line: &str, indent: usize) -> &str {
    let spaces = line.len() - line.trim_start_matches(' ').len();
    &line[spaces.min(indent)..]
}

/// Whether a text reads like a script: some line at the left edge is a statement that prose and shells do not have.
fn is_script(text: &str) -> bool {
    let statement = |line: &str| {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("import"), Some(module), None) => is_name(module.trim_end_matches(',')),
            (Some("import"), Some(module), Some("as")) | (Some("from"), Some(module), Some("import")) => {
                is_name(module)
            }
            (Some(name), Some("="), Some(_)) => is_name(name),
            (Some("def"), Some(rest), _) => rest.contains('('),
            _ => false,
        }
    };
    text.lines().any(statement)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

#[cfg(test)]
mod tests {
    use super::python;

    #[track_caller]
    fn check(answer: &str, expected: &str) {
        assert_eq!(python(answer).as_deref(), (!expected.is_empty()).then_some(expected), "{answer}");
    }

    #[test]
    fn fenced_python_is_found_among_prose() {
        check("Sure!\n```python\nx = 1\n```\nThat is all.", "x = 1\n");
        check("```py\nx = 1\n\n```", "x = 1\n");
        check("~~~python3\r\nx = 1\r\n~~~\r\n", "x = 1\n");
        check("```python title=\"a.py\"\nx = 1\n```", "x = 1\n");
        check("1. Do this:\n\n   ```python\n   if x:\n       y = 1\n   ```\n", "if x:\n    y = 1\n");
        check("```Python\nx = 1", "x = 1\n");
    }

    #[test]
    fn several_blocks_are_put_together_in_order() {
        let answer = "First\n```python\nimport math\n```\nrun it:\n```bash\npip install x = 3\n```\nthen\n```python\nresults = {}\n```";
        check(answer, "import math\n\nresults = {}\n");
        check("```\nx = 1\n```\nprints\n```\n1 2 3\n```\nand\n```\ny = 2\n```", "x = 1\n\ny = 2\n");
    }

    #[test]
    fn a_longer_fence_holds_a_shorter_one() {
        check("````python\ntext = '''\n```\ncode\n```\n'''\n````", "text = '''\n```\ncode\n```\n'''\n");
    }

    #[test]
    fn a_bare_script_is_python_and_prose_is_not() {
        check("import pandas as pd\nresults = {}\n", "import pandas as pd\nresults = {}\n");
        check("results = {\"a\": 1}", "results = {\"a\": 1}\n");
        for prose in [
            "",
            "   \n",
            "I cannot help with that.",
            "import the data from the table, then sum it",
            "From here on: no.",
            "```\nthe mean is 3\n```",
            "```bash\npip install pandas\n```",
            "```json\n{\"a\": 1}\n```",
            "```python\n\n```",
            "results is a dict",
        ] {
            check(prose, "");
        }
    }

    #[test]
    fn thoughts_are_no_part_of_the_answer() {
        check("<think>\n```python\nwrong = 1\n```\n</think>\n```python\nx = 1\n```", "x = 1\n");
        check("<think>still thinking\n```python\nx = 1\n```", "");
    }
}
