//! Numbers as people compare them: at least six digits that count, three of them behind the point.

use serde_json::Number;

/// A number to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) text: String,
    /// Whether it has more digits.
    pub(super) rounded: bool,
}

/// `340.1422471910112` as `340.142`; whole numbers whole.
pub(super) fn shown(number: &Number) -> Shown {
    const FIGURES: i32 = 6;
    const DECIMALS: i32 = 3;
    let exact = number.to_string();
    let Some(value) = number.as_f64().filter(|_| number.is_f64()) else { return Shown { text: exact, rounded: false } };
    let size = value.abs();
    let text = if size == 0.0 || (1e-4..1e15).contains(&size) {
        #[expect(clippy::cast_possible_truncation, reason = "between -4 and 15")]
        let magnitude = size.max(1e-4).log10().floor() as i32;
        let decimals = usize::try_from((FIGURES - 1 - magnitude).max(DECIMALS)).unwrap_or(0);
        let text = format!("{value:.decimals$}");
        let short = text.trim_end_matches('0');
        if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
    } else {
        let text = format!("{value:.5e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
    };
    // Exactly the same number, which is what it says.
    #[expect(clippy::float_cmp, reason = "whether a digit is lost")]
    let rounded = text.parse::<f64>().is_ok_and(|read| read != value);
    Shown { text, rounded }
}

/// The part before the point, which is what numbers are aligned by.
pub(super) fn whole_part(text: &str) -> usize {
    text.find(['.', 'e']).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::shown;
    use serde_json::Number;

    #[test]
    fn digits_that_count() {
        for (json, text, rounded) in [
            ("340.1422471910112", "340.142", true),
            ("0.05124669934900479", "0.0512467", true),
            ("-1.342944991702474", "-1.34294", true),
            ("499654321.1234", "499654321.123", true),
            ("2.5", "2.5", false),
            ("2.0", "2.0", false),
            ("0.0", "0.0", false),
            ("-0.0", "-0.0", false),
            ("1000000.0", "1000000.0", false),
            ("999999.99999", "1000000.0", true),
            ("1.234567891e-12", "1.23457e-12", true),
            ("1e-12", "1e-12", false),
            ("6.02214076e23", "6.02214e23", true),
            ("1.7976931348623157e308", "1.79769e308", true),
            ("5e-324", "4.94066e-324", false),
            ("18446744073709551615", "18446744073709551615", false),
            ("-3", "-3", false),
        ] {
            let number: Number = serde_json::from_str(json).unwrap();
            let shown = shown(&number);
            assert_eq!((shown.text.as_str(), shown.rounded), (text, rounded), "{json}");
        }
    }
}
