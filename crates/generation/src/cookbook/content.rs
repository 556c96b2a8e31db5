//! What the values of a column are: numbers, times in one format, or text.

use jiff::{Timestamp, civil::DateTime, fmt::strtime};

/// What a column holds, as far as its first rows show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Numbers.
    Numbers {
        /// Whether all of them are whole.
        whole: bool,
    },
    /// Times, in this format of `pandas.to_datetime`.
    Times(String),
    /// Dates of which nobody can say whether the day or the month comes first.
    AmbiguousDates,
    /// What looks like dates in a form that is not read; one of them.
    StrangeDates(String),
    /// Something else.
    Text,
    /// No value was seen.
    Nothing,
}

/// The sign before the fraction of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalMark {
    /// `1.5`
    Point,
    /// `1,5`
    Comma,
}

impl DecimalMark {
    /// The sign itself.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Point => ".",
            Self::Comma => ",",
        }
    }
}

/// The format of times that are only years.
pub(crate) const YEARS: &str = "%Y";

/// What `pandas.read_csv` takes for a missing value.
const MISSING: [&str; 18] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan",
];

/// Formats besides ISO 8601, day first before month first; each also with a time of day.
const FORMATS: [&str; 9] =
    ["%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y"];
const TIMES_OF_DAY: [&str; 3] = ["", " %H:%M", " %H:%M:%S"];
const MONTH_FIRST: [(&str, &str); 2] = [("%d/%m/%Y", "%m/%d/%Y"), ("%d-%m-%Y", "%m-%d-%Y")];

/// Whether pandas takes it for a missing value.
pub(crate) fn is_missing(value: &str) -> bool {
    let value = value.trim();
    MISSING.contains(&value) || value == "null"
}

/// Whether numbers are written with a comma. Where the comma separates fields, they are not.
pub(crate) fn decimal_mark<'a>(values: impl Iterator<Item = &'a str>, separator: char) -> DecimalMark {
    let (mut commas, mut points) = (0, 0);
    if separator != ',' {
        for value in values {
            commas += usize::from(value.contains(',') && number(value, DecimalMark::Comma).is_some());
            points += usize::from(value.contains('.') && number(value, DecimalMark::Point).is_some());
        }
    }
    if commas > 0 && points == 0 { DecimalMark::Comma } else { DecimalMark::Point }
}

fn number(value: &str, decimal: DecimalMark) -> Option<f64> {
    let value = value.trim();
    if !value.bytes().all(|b| b.is_ascii_digit() || b"+-.,eE".contains(&b)) {
        return None; // `inf`, `nan` and the like are numbers to Rust
    }
    match decimal {
        DecimalMark::Point => value.parse().ok(),
        DecimalMark::Comma if value.contains('.') => None,
        DecimalMark::Comma => value.replace(',', ".").parse().ok(),
    }
}

/// What these values, none of them missing, are; of numbers that may be years or dates the column's name decides.
pub(crate) fn of(name: &str, values: &[&str], decimal: DecimalMark) -> Content {
    if values.is_empty() {
        return Content::Nothing;
    }
    // a few slips do not change what a column is
    let most = |count: usize| count * 5 >= values.len() * 4;
    let numbers: Vec<f64> = values.iter().filter_map(|value| number(value, decimal)).collect();
    if most(numbers.len()) {
        let whole = numbers.iter().all(|number| number.fract() == 0.0);
        return dates_in_numbers(name, values, &numbers, whole).unwrap_or(Content::Numbers { whole });
    }
    if most(values.iter().filter(|value| is_iso(value)).count()) {
        return Content::Times("ISO8601".into());
    }
    // pandas wants four digits where the format has `%Y`
    let is_of = |format: &str, value: &str| {
        strtime::parse(format, value.trim()).is_ok_and(|time| time.year().is_some_and(|year| year >= 1000))
    };
    let fits = |format: &str| most(values.iter().filter(|value| is_of(format, value)).count());
    for time in TIMES_OF_DAY {
        for date in FORMATS {
            let format = format!("{date}{time}");
            if fits(&format) {
                let other = MONTH_FIRST.iter().find(|(day_first, _)| *day_first == date);
                let both = other.is_some_and(|(_, month_first)| fits(&format!("{month_first}{time}")));
                return if both { Content::AmbiguousDates } else { Content::Times(format) };
            }
        }
    }
    if most(values.iter().filter(|value| looks_like_a_date(name, value)).count()) {
        return Content::StrangeDates(values[0].trim().chars().take(40).collect());
    }
    Content::Text
}

/// A number with a month's name, or with a separator in a column that is called a date.
fn looks_like_a_date(name: &str, value: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (name, value) = (name.to_lowercase(), value.to_lowercase());
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let mut words = value.split(|c: char| !c.is_alphabetic());
    let named = ["date", "time", "datum", "timestamp", "when"].iter().any(|word| name.contains(word));
    digits >= 2
        && (words.any(|word| MONTHS.iter().any(|month| word.starts_with(month)))
            || named && digits >= 4 && value.contains(['-', '/', '.', ':', ' ']))
}

/// Years (`1958`) and dates (`19580329`) look like numbers.
fn dates_in_numbers(name: &str, values: &[&str], numbers: &[f64], whole: bool) -> Option<Content> {
    let name = name.to_lowercase();
    let named = |words: &[&str]| name.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
    if whole && named(&["year", "years", "yr", "yyyy"]) && numbers.iter().all(|year| (1000.0..3000.0).contains(year)) {
        return Some(Content::Times(YEARS.into()));
    }
    let is_date = |value: &&str| value.trim().len() == 8 && strtime::parse("%Y%m%d", value.trim()).is_ok();
    (named(&["date", "day", "time", "yyyymmdd"]) && values.iter().all(is_date)).then(|| Content::Times("%Y%m%d".into()))
}

/// What pandas reads as `ISO8601`: a date, perhaps with a time, perhaps with an offset; or a month.
fn is_iso(value: &str) -> bool {
    let value = value.trim();
    let separated = value.as_bytes().get(4) == Some(&b'-');
    separated
        && (value.parse::<DateTime>().is_ok()
            || value.parse::<Timestamp>().is_ok()
            || value.len() == 7 && strtime::parse("%Y-%m", value).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, values: &[&str], expected: &Content) {
        assert_eq!(of(name, values, DecimalMark::Point), *expected, "{values:?}");
    }

    #[test]
    fn numbers_times_and_text_are_told_apart() {
        let times = |format: &str| Content::Times(format.into());
        check("x", &["1", " -2.5 ", "3e-4"], &Content::Numbers { whole: false });
        check("x", &["1", "2", "3", "4", "broken"], &Content::Numbers { whole: true });
        check("x", &["inf", "a"], &Content::Text);
        check("year", &["1871", "1872"], &times("%Y"));
        check("volume", &["1871", "1872"], &Content::Numbers { whole: true });
        check("date", &["19580329", "19580405"], &times("%Y%m%d"));
        check("count", &["19580329", "19580405"], &Content::Numbers { whole: true });
        check("x", &["1958-03-29", "1958-04-05"], &times("ISO8601"));
        check("x", &["1958-03-29T10:00:00Z", "1958-03-29 10:00+02:00"], &times("ISO8601"));
        check("x", &["1958-03", "1958-04"], &times("ISO8601"));
        check("x", &["1958-13-29", "1958-99-05"], &Content::Text);
        check("x", &["29.03.1958 10:00", "1.4.1958 9:30"], &times("%d.%m.%Y %H:%M"));
        check("x", &["29/03/1958", "05/04/1958"], &times("%d/%m/%Y"));
        check("x", &["03/29/1958", "04/05/1958"], &times("%m/%d/%Y"));
        check("x", &["03/04/1958", "04/05/1958"], &Content::AmbiguousDates);
        check("x", &["29 Mar 1958"], &times("%d %b %Y"));
        check("x", &["Mon 29 March 58"], &Content::StrangeDates("Mon 29 March 58".into()));
        check("date", &["29.3.58"], &Content::StrangeDates("29.3.58".into()));
        check("site", &["29.3.58"], &Content::Text);
        check("x", &["sample 12", "mayor 3"], &Content::Text);
        check("x", &["north", "south"], &Content::Text);
        check("x", &[], &Content::Nothing);
    }

    #[test]
    fn a_comma_is_a_decimal_mark_only_where_it_can_be() {
        let mark = |values: &[&str], separator| decimal_mark(values.iter().copied(), separator);
        assert_eq!(mark(&["1,5", "2"], ';'), DecimalMark::Comma);
        assert_eq!(mark(&["1,5", "2.5"], ';'), DecimalMark::Point);
        assert_eq!(mark(&["1,5"], ','), DecimalMark::Point);
        assert_eq!(mark(&["a,b"], ';'), DecimalMark::Point);
        assert_eq!(of("x", &["1,5", "2,25"], DecimalMark::Comma), Content::Numbers { whole: false });
    }
}
