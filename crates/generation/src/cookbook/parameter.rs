//! What a recipe can ask for. Knows neither requests nor tables: binding is `bind.rs`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// One parameter of a recipe: an upper-case name that the script assigns, and how its value is found.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    /// As the script spells it (`COLUMN`).
    pub(super) name: String,
    /// Its specification.
    pub(super) kind: Kind,
    /// The line that assigns it, from 0 in the recipe's body.
    pub(super) line: usize,
    /// What the line assigns when nothing is bound.
    pub(super) default: Value,
}

/// How a parameter is bound; the TOML that stands in a recipe's block.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Kind {
    /// The CSV file, as a path relative to the working folder. Every other parameter speaks of its table.
    Input,
    /// The character between its fields.
    Separator,
    /// Its decimal mark.
    Decimal,
    /// A column, or with `plural` a list of columns.
    Column(ColumnSpec),
    /// The format of the times in the column that the parameter `of` is bound to, as `pandas.to_datetime` reads it; None
    /// if that is none or holds numbers.
    TimeFormat {
        /// The parameter of kind `column`.
        of: String,
    },
    /// A number.
    Number(NumberSpec),
    /// A stretch of time or of rows: `[7, "day"]`.
    Span {
        /// The parameter of kind `column` that holds the times; without times only rows can be counted.
        of: String,
        /// Whether None is a value.
        #[serde(default)]
        optional: bool,
    },
    /// One of several words.
    Choice {
        /// Each with the words that choose it.
        options: BTreeMap<String, Vec<String>>,
        /// The option that is meant where several others are named; without it that is refused.
        several: Option<String>,
        /// Whether None is a value.
        #[serde(default)]
        optional: bool,
    },
}

/// Which columns fit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnSpec {
    /// What it holds; the first type that has a column is taken.
    #[serde(rename = "type", deserialize_with = "one_or_several")]
    pub(super) types: Vec<ColumnType>,
    /// Whether None is a value.
    #[serde(default)]
    pub(super) optional: bool,
    /// Whether several are wanted: those named, else all that fit.
    #[serde(default)]
    pub(super) plural: bool,
    /// With `plural`: how many at least.
    #[serde(default = "one")]
    pub(super) least: usize,
    /// Words that stand right before this column's name (`against`, `by`).
    #[serde(default)]
    pub(super) words: Vec<String>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ColumnType {
    /// Numbers.
    Numeric,
    /// Times.
    Datetime,
    /// Times that tell more than the year.
    Moment,
    /// Names, or few different whole numbers.
    Group,
    /// Anything.
    Any,
}

/// Which numbers fit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberSpec {
    /// Words beside which the number stands (`20 bins`, `top 5`).
    pub(super) words: Vec<String>,
    /// Whether None is a value.
    #[serde(default)]
    pub(super) optional: bool,
    /// Whether several may be named; the value is a list then.
    #[serde(default)]
    pub(super) plural: bool,
    /// Whether only whole numbers fit.
    #[serde(default)]
    pub(super) whole: bool,
    /// The least that fits.
    pub(super) least: Option<f64>,
    /// It must be more than this.
    pub(super) above: Option<f64>,
    /// The most that fits.
    pub(super) most: Option<f64>,
}

fn one() -> usize {
    1
}

fn one_or_several<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<ColumnType>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Types {
        One(ColumnType),
        Several(Vec<ColumnType>),
    }
    Ok(match Types::deserialize(deserializer)? {
        Types::One(one) => vec![one],
        Types::Several(several) => several,
    })
}

impl ColumnType {
    /// In a sentence.
    pub(super) const fn said(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::Datetime => "date or time",
            Self::Moment => "date or time (more than the year)",
            Self::Group => "grouping",
            Self::Any => "",
        }
    }
}

/// What a parameter is bound to: JSON, which `literal.rs` writes as Python.
pub(super) type Value = serde_json::Value;

impl Kind {
    /// Whether `value` can stand for this parameter; else what can.
    pub(super) fn accepts(&self, value: &Value) -> Result<(), &'static str> {
        let texts = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
        let numbers = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_number));
        let none = value.is_null();
        let (fits, wanted) = match self {
            Self::Input | Self::Separator | Self::Decimal => (value.is_string(), "a text"),
            Self::Column(spec) if spec.plural => (texts(value), "a list of texts"),
            Self::Column(spec) => (value.is_string() || none && spec.optional, "a text (or None, if it is optional)"),
            Self::TimeFormat { .. } => (value.is_string() || none, "a text or None"),
            Self::Number(spec) if spec.plural => (numbers(value), "a list of numbers"),
            Self::Number(spec) => (value.is_number() || none && spec.optional, "a number (or None, if it is optional)"),
            Self::Span { optional, .. } => {
                let pair = value.as_array().is_some_and(
                    |pair| matches!(pair.as_slice(), [count, unit] if count.is_number() && unit.is_string()),
                );
                (pair || none && *optional, "a pair such as [7, \"day\"] (or None, if it is optional)")
            }
            Self::Choice { options, optional, .. } => {
                let known = value.as_str().is_some_and(|name| options.contains_key(name));
                (known || none && *optional, "one of its options (or None, if it is optional)")
            }
        };
        if fits { Ok(()) } else { Err(wanted) }
    }

    /// The words that it listens to.
    pub(super) fn words(&self) -> Vec<&str> {
        match self {
            Self::Number(spec) => spec.words.iter().map(String::as_str).collect(),
            Self::Choice { options, .. } => options.values().flatten().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The parameter that this one speaks of.
    pub(super) fn refers_to(&self) -> Option<&str> {
        match self {
            Self::TimeFormat { of } | Self::Span { of, .. } => Some(of),
            _ => None,
        }
    }
}
