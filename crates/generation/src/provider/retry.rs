//! How long to wait before a model is asked again.

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use std::time::Duration;

/// The longest wait that nobody asked for.
const MOST: Duration = Duration::from_secs(30);

/// What the provider asks for: `retry-after-ms`, or `Retry-After` as seconds or as a date (RFC 9110, 10.2.3).
pub(super) fn asked_for(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok();
    if let Some(ms) = text("retry-after-ms").and_then(number) {
        return Duration::try_from_secs_f64(ms / 1000.0).ok();
    }
    let after = text("retry-after")?;
    if let Some(seconds) = number(after) {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(after).ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// Twice as long each time, and a little less by chance, so that many who wait do not come back at once.
pub(super) fn back_off(first: Duration, tries: u32, chance: f64) -> Duration {
    let longer = first.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(MOST);
    longer.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn providers_say_how_long() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let asked = |name, value: &str| asked_for(&headers(name, value), now);
        assert_eq!(asked("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(asked("retry-after", "Thu, 01 Jan 2026 00:00:09 GMT"), Some(Duration::from_secs(9)));
        assert_eq!(asked("retry-after", "Wed, 31 Dec 2025 23:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("retry-after-ms", "20"), Some(Duration::from_millis(20)));
        for nonsense in ["-1", "soon", "NaN", "inf", ""] {
            assert_eq!(asked("retry-after", nonsense), None, "{nonsense}");
        }
        assert_eq!(asked("x-other", "7"), None);
    }

    #[test]
    fn it_waits_longer_each_time_and_not_for_ever() {
        let first = Duration::from_secs(1);
        let seconds = [1, 2, 3, 4, 60].map(|tries| back_off(first, tries, 0.0).as_secs());
        assert_eq!(seconds, [1, 2, 4, 8, 30]);
        assert_eq!(back_off(first, 3, 1.0), Duration::from_secs(3));
    }
}
