//! Which columns a recipe's column parameters are bound to.
//!
//! First what the request names, by the words beside it (`against x`, `by site`), then in its order; then what is the only
//! one that fits. Two that fit equally, and a named column that nothing takes, are refused.

use super::{
    content::{Content, YEARS},
    mention::Mention,
    parameter::{ColumnSpec, ColumnType, Kind, Parameter, Value},
    question::Question,
    refusal::{Refusal, list},
    table::{Column, Table},
    words::{WORDS, starts_with, tokens},
};
use std::collections::BTreeMap;

/// Columns that only count rows; never meant unless they are named.
const INDICES: [&str; 6] = ["id", "index", "obs", "row", "rownames", "unnamed: 0"];

/// What column parameters are bound from.
pub(super) struct Columns<'a> {
    pub(super) recipe: &'a str,
    pub(super) input: &'a str,
    pub(super) table: &'a Table,
    pub(super) question: &'a Question,
    pub(super) mentions: &'a [Mention],
}

/// Index of the column (or columns) by parameter; empty for None.
pub(super) type Bound = BTreeMap<String, Vec<usize>>;

type Open<'p> = Vec<(&'p str, &'p ColumnSpec)>;

impl Columns<'_> {
    /// Binds every column parameter, or says which cannot be.
    pub(super) fn bind(&self, parameters: &[Parameter]) -> Result<Bound, Refusal> {
        let mut open: Open = parameters
            .iter()
            .filter_map(|parameter| match &parameter.kind {
                Kind::Column(spec) => Some((parameter.name.as_str(), spec)),
                _ => None,
            })
            .collect();
        let mut bound = Bound::new();
        let mut left: Vec<&Mention> = self.mentions.iter().collect();
        self.bind_by_cue(&mut open, &mut left, &mut bound)?;
        self.bind_in_order(&mut open, &mut left, &mut bound)?;
        self.refuse_what_is_left(&left, &bound)?;
        self.bind_the_only_ones(&open, &mut bound)?;
        Ok(bound)
    }

    fn bind_by_cue(&self, open: &mut Open, left: &mut Vec<&Mention>, bound: &mut Bound) -> Result<(), Refusal> {
        let mut still_open = Open::new();
        for (name, spec) in open.drain(..) {
            let cued = left.iter().position(|mention| {
                spec.words.iter().any(|word| self.stands_before(word, mention.at))
                    && self.fitting(spec, mention).is_some()
            });
            match cued {
                Some(at) if !spec.plural => {
                    let mention = left.remove(at);
                    bound.insert(name.into(), vec![self.single(spec, mention)?]);
                }
                _ => still_open.push((name, spec)),
            }
        }
        *open = still_open;
        Ok(())
    }

    fn bind_in_order(&self, open: &mut Open, left: &mut Vec<&Mention>, bound: &mut Bound) -> Result<(), Refusal> {
        let mut still_open = Open::new();
        for (name, spec) in open.drain(..) {
            if spec.plural {
                let mut columns: Vec<usize> = Vec::new();
                left.retain(|mention| match self.fitting(spec, mention) {
                    Some(fitting) => {
                        self.take(mention);
                        columns.extend(fitting);
                        false
                    }
                    None => true,
                });
                columns.sort_unstable();
                columns.dedup();
                // one of a pair is named: the other is the only one that is left
                if (1..spec.least).contains(&columns.len()) {
                    let all = spec.types.iter().map(|kind| self.candidates(*kind)).find(|all| all.len() == spec.least);
                    columns = all.filter(|all| columns.iter().all(|column| all.contains(column))).unwrap_or(columns);
                }
                if !columns.is_empty() {
                    self.check_number(spec, columns.len())?;
                    bound.insert(name.into(), columns);
                    continue;
                }
            } else {
                let first = spec.types.iter().find_map(|kind| {
                    left.iter().position(|mention| {
                        mention.columns.iter().any(|column| fits(*kind, &self.table.columns[*column]))
                    })
                });
                if let Some(at) = first {
                    let mention = left.remove(at);
                    bound.insert(name.into(), vec![self.single(spec, mention)?]);
                    continue;
                }
            }
            still_open.push((name, spec));
        }
        *open = still_open;
        Ok(())
    }

    /// A second mention of a bound column is of no harm, nor is one of times: rows are in time. Any other is.
    fn refuse_what_is_left(&self, left: &[&Mention], bound: &Bound) -> Result<(), Refusal> {
        for mention in left {
            let harmless = mention.columns.iter().any(|column| {
                let is_bound = bound.values().flatten().any(|used| used == column);
                is_bound
                    || matches!(
                        self.table.columns[*column].content,
                        Content::Times(_) | Content::AmbiguousDates | Content::StrangeDates(_)
                    )
            });
            if !harmless {
                let column = self.table.columns[mention.columns[0]].name.escape_debug().to_string();
                return Err(Refusal::UnusedColumn { recipe: self.recipe.into(), column });
            }
            self.take(mention);
        }
        Ok(())
    }

    fn bind_the_only_ones(&self, open: &Open, bound: &mut Bound) -> Result<(), Refusal> {
        let free = |spec: &ColumnSpec, bound: &Bound| -> Vec<usize> {
            let unused = |column: &usize| !bound.values().flatten().any(|used| used == column);
            let of = |kind: ColumnType| self.candidates(kind).into_iter().filter(unused).collect::<Vec<_>>();
            spec.types.iter().map(|kind| of(*kind)).find(|columns| !columns.is_empty()).unwrap_or_default()
        };
        for (at, (name, spec)) in open.iter().enumerate() {
            let mut columns = free(spec, bound);
            // of one thing to be looked at, what only counts is not meant as long as there is another
            let measured = |column: &usize| !self.table.columns[*column].counts;
            if !spec.plural && spec.types == [ColumnType::Numeric] && columns.iter().any(measured) {
                columns.retain(measured);
            }
            // as many as there are parameters that could take them: in the order of the table
            let rivals = open[at..].iter().filter(|(_, other)| !other.plural && free(other, bound) == columns).count();
            let chosen = match columns.as_slice() {
                [] if spec.optional => Vec::new(),
                [] => return Err(self.none_fits(spec)),
                _ if spec.plural => {
                    self.check_number(spec, columns.len())?;
                    columns
                }
                [only] => vec![*only],
                [first, ..] if columns.len() == rivals => vec![*first],
                _ => return Err(self.which(spec, &columns)),
            };
            bound.insert((*name).into(), chosen);
        }
        Ok(())
    }

    /// The columns of a mention that a parameter can take.
    fn fitting(&self, spec: &ColumnSpec, mention: &Mention) -> Option<Vec<usize>> {
        let fit = |column: &usize| spec.types.iter().any(|kind| fits(*kind, &self.table.columns[*column]));
        let columns: Vec<usize> = mention.columns.iter().copied().filter(fit).collect();
        (!columns.is_empty()).then_some(columns)
    }

    fn single(&self, spec: &ColumnSpec, mention: &Mention) -> Result<usize, Refusal> {
        self.take(mention);
        match self.fitting(spec, mention).unwrap_or_default().as_slice() {
            [only] => Ok(*only),
            several => Err(self.which(spec, several)),
        }
    }

    fn take(&self, mention: &Mention) {
        self.question.take(mention.at..mention.at + mention.length);
    }

    /// Whether `cue` stands before this token, articles aside.
    fn stands_before(&self, cue: &str, at: usize) -> bool {
        let cue = tokens(cue);
        let mut end = at;
        loop {
            if end >= cue.len() && starts_with(&self.question.tokens, end - cue.len(), &cue).is_some() {
                return true;
            }
            match end.checked_sub(1) {
                Some(before) if WORDS.is_article(&self.question.tokens[before].word) => end = before,
                _ => return false,
            }
        }
    }

    /// What could be meant by a column that nobody named.
    fn candidates(&self, kind: ColumnType) -> Vec<usize> {
        let columns = self.table.columns.iter().enumerate();
        let fitting: Vec<usize> = columns
            .filter(|(_, column)| fits(kind, column) && !INDICES.contains(&column.name.to_lowercase().as_str()))
            .map(|(at, _)| at)
            .collect();
        // names of groups are text before they are numbers
        let is_text = |column: &usize| self.table.columns[*column].content == Content::Text;
        let better: Vec<usize> = match kind {
            ColumnType::Group => fitting.iter().copied().filter(is_text).collect(),
            _ => Vec::new(),
        };
        if better.is_empty() { fitting } else { better }
    }

    fn check_number(&self, spec: &ColumnSpec, number: usize) -> Result<(), Refusal> {
        if number >= spec.least {
            return Ok(());
        }
        let found = format!("`{}` has {number}, or the request names {number}", self.input.escape_debug());
        let wanted = format!("{} {} columns", spec.least, spec.types[0].said());
        Err(Refusal::NoColumn { recipe: self.recipe.into(), wanted, found })
    }

    fn none_fits(&self, spec: &ColumnSpec) -> Refusal {
        let found = format!(
            "`{}` has the columns {}",
            self.input.escape_debug(),
            list(self.table.columns.iter().map(|column| column.name.as_str()))
        );
        Refusal::NoColumn { recipe: self.recipe.into(), wanted: wanted(spec), found }
    }

    fn which(&self, spec: &ColumnSpec, columns: &[usize]) -> Refusal {
        let candidates = list(columns.iter().map(|column| self.table.columns[*column].name.as_str()));
        Refusal::WhichColumn { recipe: self.recipe.into(), wanted: wanted(spec), candidates }
    }
}

fn wanted(spec: &ColumnSpec) -> String {
    let types: Vec<&str> = spec.types.iter().map(|kind| kind.said()).filter(|said| !said.is_empty()).collect();
    let types = types.join(" or ");
    if types.is_empty() { "a column".into() } else { format!("a {types} column") }
}

fn fits(kind: ColumnType, column: &Column) -> bool {
    match (kind, &column.content) {
        (ColumnType::Moment, Content::Times(format)) => format != YEARS,
        (ColumnType::Any, _)
        | (ColumnType::Numeric, Content::Numbers { .. })
        | (ColumnType::Datetime, Content::Times(_))
        | (ColumnType::Datetime | ColumnType::Moment, Content::AmbiguousDates | Content::StrangeDates(_))
        | (ColumnType::Group, Content::Text) => true,
        (ColumnType::Group, Content::Numbers { whole: true }) => column.repeats,
        _ => false,
    }
}

impl Columns<'_> {
    /// The value of a parameter whose columns these are.
    pub(super) fn value(&self, spec: &ColumnSpec, columns: &[usize]) -> Value {
        let name = |column: &usize| Value::from(self.table.columns[*column].name.as_str());
        match columns {
            columns if spec.plural => columns.iter().map(name).collect(),
            [only, ..] => name(only),
            [] => Value::Null,
        }
    }
}
