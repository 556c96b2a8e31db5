//! A channel's name, parsed: two spellings of one channel are one name here, or are refused.
//!
//! Limits and grants are looked up by name, so a second spelling is a way around them. Record aliases of an IOC are the
//! one kind that cannot be seen from outside; they belong in the limits database under each of their names.

use std::{fmt, str::FromStr};

/// The longest name, in bytes. EPICS Channel Access allows 60; other systems are more generous.
const MAX_BYTES: usize = 256;

/// A name as connectors get it: no whitespace, no protocol, no channel filter, and without the field `.VAL`, which is what
/// a record's plain name means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelName(String);

impl ChannelName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Every record that this name could be a field of: `A` and `A.B` for `A.B.C`.
    pub(crate) fn records(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('.').map(|(at, _)| &self.0[..at])
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not a channel's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` is not a channel name: {why}")]
pub struct BadChannelName {
    shown: String,
    why: &'static str,
}

impl FromStr for ChannelName {
    type Err = BadChannelName;

    fn from_str(text: &str) -> Result<Self, BadChannelName> {
        let bad =
            |why| Err(BadChannelName { shown: text.chars().take(80).flat_map(char::escape_debug).collect(), why });
        let name = text.strip_suffix(".VAL").unwrap_or(text);
        if name.is_empty() {
            return bad("it is empty");
        }
        if name.len() > MAX_BYTES {
            return bad("it is longer than 256 bytes");
        }
        if name.chars().any(char::is_whitespace) {
            return bad("it contains white space");
        }
        if name.contains("://") {
            return bad("a protocol does not belong in it");
        }
        if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
            return bad("a dot stands between a record and its field");
        }
        // Braces and `$` are EPICS's channel filters and modifiers: another spelling of the same channel.
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-+:[]<>;./#@%=".contains(&b);
        if !name.bytes().all(plain) {
            return bad("only ASCII letters, digits and _ - + : [ ] < > ; . / # @ % = make a name");
        }
        Ok(Self(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn val_is_the_record_itself() {
        let plain: ChannelName = "MAG:H01:SP".parse().unwrap();
        assert_eq!("MAG:H01:SP.VAL".parse::<ChannelName>().unwrap(), plain);
        assert_eq!("sys/tg_test/1/ampl".parse::<ChannelName>().unwrap().as_str(), "sys/tg_test/1/ampl");
    }

    #[test]
    fn other_spellings_are_refused() {
        for bad in [
            "",
            "A ",
            " A",
            "A\n",
            "A\u{a0}",
            "A.",
            ".VAL",
            "A..VAL",
            "ca://A",
            "pva://A",
            "A$",
            "A.NAME$",
            "A.{\"dbnd\":{}}",
            "\u{410}",
            "A\u{200b}",
            "A,B",
            "A*",
        ] {
            assert!(bad.parse::<ChannelName>().is_err(), "{bad:?}");
        }
        assert!("A".repeat(257).parse::<ChannelName>().is_err());
        assert_eq!(
            "A ".parse::<ChannelName>().unwrap_err().to_string(),
            "`A ` is not a channel name: it contains white space"
        );
    }

    #[test]
    fn records_of_a_field() {
        let name: ChannelName = "A.VAL.DRVH".parse().unwrap();
        assert_eq!(name.records().collect::<Vec<_>>(), ["A", "A.VAL"]);
    }
}
