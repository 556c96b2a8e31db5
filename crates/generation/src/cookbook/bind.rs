//! A recipe's parameters, bound from the words of a request and from the head of its table.
//!
//! Nothing is guessed: what cannot be bound is a [`Refusal`], and so is a column or a number that the request names and
//! the recipe has no use for.

use super::{
    amounts::Amounts,
    columns::{Bound, Columns},
    content::Content,
    mention,
    named_values::NamedValues,
    parameter::{Kind, Parameter, Value},
    question::Question,
    recipe::Recipe,
    refusal::{Refusal, list},
    table::{self, Table},
};
use pyexec_core::finding::InputInfo;
use std::{collections::BTreeMap, path::Path};

/// What tables are called.
const EXTENSIONS: [&str; 5] = ["csv", "tsv", "tab", "txt", "dat"];

/// The values of all parameters that the request or its table decide; the others keep their defaults.
pub(super) fn bind(
    recipe: &Recipe,
    question: &Question,
    inputs: &[InputInfo],
    named: &NamedValues,
    is_own: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut values = BTreeMap::new();
    let mut table = None;
    if let Some(parameter) = recipe.parameters.iter().find(|parameter| matches!(parameter.kind, Kind::Input)) {
        let input = choose_input(recipe, question, inputs)?;
        let unusable = |error| Refusal::UnusableInput { name: input.name.escape_debug().to_string(), error };
        table = Some((input, table::read(Path::new(&input.path)).map_err(unusable)?));
        // a path and nothing else, whatever the file is called: pandas opens `http:x.csv` as an address
        values.insert(parameter.name.clone(), Value::from(format!("./{}", input.name)));
    }
    take_file_names(question, inputs);
    let start = table.as_ref().and_then(|(_, table)| table.columns.iter().find_map(|column| column.start));
    let amounts = Amounts { recipe: &recipe.name, question, named, start };
    // the parser has seen to it that nothing of a table stands in a recipe without one
    if let Some((input, table)) = &table {
        let is_input = |name: &str| inputs.iter().any(|input| input.name == name);
        let mentions = mention::find(question, &table.columns, is_own, is_input)
            .map_err(|unknown| unknown_column(&unknown.0, table))?;
        let columns = Columns { recipe: &recipe.name, input: &input.name, table, question, mentions: &mentions };
        let bound = columns.bind(&recipe.parameters)?;
        for parameter in &recipe.parameters {
            if let Some(value) = of_table(parameter, table, &columns, &bound)? {
                values.insert(parameter.name.clone(), value);
            }
        }
        bind_spans(recipe, &amounts, &input.name, &bound, &mut values)?;
    }
    for parameter in &recipe.parameters {
        let value = match &parameter.kind {
            Kind::Number(spec) => amounts.number(&parameter.name, spec)?,
            Kind::Choice { options, several, .. } => amounts.option(options, several.as_deref())?,
            _ => None,
        };
        values.extend(value.map(|value| (parameter.name.clone(), value)));
    }
    if let Some(said) = amounts.some_rows().filter(|_| table.is_some()) {
        return Err(Refusal::SomeRows { recipe: recipe.name.clone(), said });
    }
    match amounts.unused_number() {
        Some(number) => Err(Refusal::UnusedNumber { recipe: recipe.name.clone(), number }),
        None => Ok(values),
    }
}

fn choose_input<'a>(recipe: &Recipe, question: &Question, inputs: &'a [InputInfo]) -> Result<&'a InputInfo, Refusal> {
    let is_table = |input: &&InputInfo| {
        let extension = Path::new(&input.name).extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| EXTENSIONS.contains(&extension.to_lowercase().as_str()))
    };
    let tables: Vec<&InputInfo> = inputs.iter().filter(is_table).collect();
    let named: Vec<&InputInfo> =
        tables.iter().copied().filter(|input| question.names_file(&input.name).is_some()).collect();
    match (tables.as_slice(), named.as_slice()) {
        ([only], _) | (_, [only]) => Ok(only),
        ([], _) => {
            let others = match inputs {
                [] => String::new(),
                others => format!(" (only {})", list(others.iter().map(|input| input.name.as_str()))),
            };
            let way = inputs.iter().find_map(|input| to_csv(&input.name));
            Err(Refusal::NoInput { recipe: recipe.name.clone(), others, way })
        }
        (several, _) => Err(Refusal::SeveralInputs {
            recipe: recipe.name.clone(),
            names: list(several.iter().map(|input| input.name.as_str())),
        }),
    }
}

/// How a table of another kind becomes one that a recipe reads.
fn to_csv(name: &str) -> Option<&'static str> {
    let extension = Path::new(name).extension()?.to_str()?.to_lowercase();
    Some(match extension.as_str() {
        "xlsx" | "xls" | "ods" => "save its sheet as CSV (UTF-8) in the spreadsheet program",
        "json" | "jsonl" | "ndjson" => "write it as CSV, for example with `pandas.read_json(…).to_csv(…, index=False)`",
        "parquet" | "feather" => "write it as CSV, for example with `pandas.read_parquet(…).to_csv(…, index=False)`",
        "h5" | "hdf5" | "nc" | "mat" | "npy" | "npz" => "write its table as CSV, with a line of column names first",
        "gz" | "zip" | "bz2" | "xz" | "zst" => "unpack it first",
        _ => return None,
    })
}

/// The numbers in a file's name mean nothing else.
fn take_file_names(question: &Question, inputs: &[InputInfo]) {
    for input in inputs {
        if let Some(tokens) = question.names_file(&input.name) {
            question.take(tokens);
        }
    }
}

fn of_table(parameter: &Parameter, table: &Table, columns: &Columns, bound: &Bound) -> Result<Option<Value>, Refusal> {
    Ok(match &parameter.kind {
        Kind::Separator => Some(Value::from(table.separator.to_string())),
        Kind::Decimal => Some(Value::from(table.decimal.sign())),
        Kind::Column(spec) => bound.get(&parameter.name).map(|found| columns.value(spec, found)),
        Kind::TimeFormat { of } => {
            let column = bound.get(of).and_then(|columns| columns.first()).map(|column| &table.columns[*column]);
            Some(match column.map(|column| (&column.content, &column.name)) {
                Some((Content::Times(format), _)) => Value::from(format.as_str()),
                Some((Content::AmbiguousDates, name)) => {
                    return Err(Refusal::AmbiguousDates { column: name.escape_debug().to_string() });
                }
                Some((Content::StrangeDates(example), name)) => {
                    let (column, example) = (name.escape_debug().to_string(), example.escape_debug().to_string());
                    return Err(Refusal::StrangeDates { column, example });
                }
                _ => Value::Null,
            })
        }
        Kind::Input | Kind::Number(_) | Kind::Span { .. } | Kind::Choice { .. } => None,
    })
}

fn bind_spans(
    recipe: &Recipe,
    amounts: &Amounts,
    input: &str,
    bound: &Bound,
    values: &mut BTreeMap<String, Value>,
) -> Result<(), Refusal> {
    for parameter in &recipe.parameters {
        let Kind::Span { of, optional } = &parameter.kind else { continue };
        let Some(span) = amounts.span(*optional)? else { continue };
        let has_times = bound.get(of).is_some_and(|columns| !columns.is_empty());
        if span[1] != "row" && !has_times {
            let said = format!("{} {}", span[0], span[1].as_str().unwrap_or_default());
            return Err(Refusal::SpanWithoutTimes { span: said, input: input.escape_debug().to_string() });
        }
        values.insert(parameter.name.clone(), span);
    }
    Ok(())
}

fn unknown_column(name: &str, table: &Table) -> Refusal {
    let names = || table.columns.iter().map(|column| column.name.as_str());
    let near = names().max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
    let nearest = near.filter(|near| strsim::jaro_winkler(name, near) > 0.7);
    Refusal::UnknownColumn {
        name: name.escape_debug().to_string(),
        nearest: nearest.map_or_else(String::new, |near| format!("; the nearest is `{}`", near.escape_debug())),
        columns: list(names()),
    }
}
