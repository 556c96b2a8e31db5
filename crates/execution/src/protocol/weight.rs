//! What JSON would weigh in memory, found without building it: 16 MiB of `{"":0},` are more than a GiB of maps, and the
//! results are held several times on their way. Pure.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The most that the values of results may weigh, bytes; their text counts by itself. `_convert.py` keeps to the same numbers.
pub const MAX_WEIGHT: u64 = 48 << 20;
/// Any value: 32 bytes, in a list that grew to a power of two.
const VALUE: u64 = 48;
/// What an object has besides: a first node with room for eleven entries.
const OBJECT: u64 = 512;
/// What an entry has besides its value: the key, an allocation for it, and a node that may be half full.
const ENTRY: u64 = 112;

/// Fails if `json` is none, or weighs more than [`MAX_WEIGHT`].
pub fn check(json: &[u8]) -> Result<(), serde_json::Error> {
    let mut left = MAX_WEIGHT;
    let mut reader = serde_json::Deserializer::from_slice(json);
    Weigh { left: &mut left }.deserialize(&mut reader)?;
    reader.end()
}

struct Weigh<'a> {
    left: &'a mut u64,
}

impl Weigh<'_> {
    fn spend<E: Error>(&mut self, bytes: u64) -> Result<(), E> {
        *self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            E::custom(format_args!(
                "they hold so many values that more than {MAX_WEIGHT} bytes of memory would be needed"
            ))
        })?;
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Weigh<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        self.spend(VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Weigh<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Weigh { left: self.left })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<(), A::Error> {
        let mut first = true;
        while object.next_key_seed(Key)?.is_some() {
            self.spend(if first { OBJECT + ENTRY } else { ENTRY })?;
            first = false;
            object.next_value_seed(Weigh { left: self.left })?;
        }
        Ok(())
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(json: &str) -> u64 {
        let mut left = MAX_WEIGHT;
        Weigh { left: &mut left }.deserialize(&mut serde_json::Deserializer::from_str(json)).unwrap();
        MAX_WEIGHT - left
    }

    #[test]
    fn weights() {
        for (json, weighs) in [
            ("1", VALUE),
            (r#""text\n""#, VALUE),
            ("[]", VALUE),
            ("[null, true, -1, 1.5]", 5 * VALUE),
            ("{}", VALUE),
            (r#"{"a\n": 1, "b": {}}"#, 3 * VALUE + OBJECT + 2 * ENTRY),
        ] {
            assert_eq!(weight(json), weighs, "{json}");
        }
    }

    #[test]
    fn bombs_are_refused_by_their_weight() {
        for (part, count) in [("0,", 8 << 20), ("[],", 5 << 20), (r#"{"":0},"#, 2 << 20)] {
            let bomb = format!("[{}0]", part.repeat(count));
            assert!(check(bomb.as_bytes()).unwrap_err().to_string().contains("so many values"), "{part}");
        }
        check(format!("[{}0]", "1.25,".repeat(1_000_000)).as_bytes()).unwrap();
        check(format!("\"{}\"", "x".repeat(16 << 20)).as_bytes()).unwrap();
    }

    #[test]
    fn what_is_not_json() {
        for bad in ["", "{", "[1] 2", r#"{"a": 1e999}"#, "{1: 2}"] {
            assert!(check(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
