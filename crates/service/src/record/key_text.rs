//! Keys as text: PEM, so that `openssl` and every other program can read them.
//!
//! A public key is RFC 8410's `SubjectPublicKeyInfo`, a private one its `PrivateKeyInfo` without optional parts; for Ed25519
//! both are a constant prefix and 32 bytes, so no ASN.1 library is needed. Text before the first line of dashes is a comment
//! (RFC 7468, section 5.2).

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use pyexec_core::Digest;
use std::fmt;

/// DER of everything before the 32 bytes of a public key.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// DER of everything before the 32 bytes of a private key.
const PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const PUBLIC: &str = "PUBLIC KEY";
const PRIVATE: &str = "PRIVATE KEY";
/// How many digits of a key's SHA-256 name it: 80 bits, which nobody finds a second key for.
const FINGERPRINT_DIGITS: usize = 20;

/// A short name of a public key: the first 20 hexadecimal digits of the SHA-256 of its 32 bytes.
///
/// For people and for looking a key up; what a signature is checked with is always the whole key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    fn of(key: &VerifyingKey) -> Self {
        let mut digits = Digest::of(key.as_bytes()).to_string();
        digits.truncate(FINGERPRINT_DIGITS);
        Self(digits)
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What signatures are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    fingerprint: Fingerprint,
}

/// Not a key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadKeyError {
    /// No such block.
    #[error("it holds no `-----BEGIN {0}-----`")]
    Nothing(&'static str),
    /// A block that is no Ed25519 key.
    #[error("its `{0}` is not an Ed25519 key")]
    NotEd25519(&'static str),
}

impl PublicKey {
    pub(super) fn new(key: VerifyingKey) -> Self {
        Self { fingerprint: Fingerprint::of(&key), key }
    }

    /// All public keys of a text, which must hold at least one.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, ReadKeyError> {
        let bad = || ReadKeyError::NotEd25519(PUBLIC);
        let keys = blocks(text, PUBLIC).map(|block| {
            let bytes = block.and_then(|der| after(&der, &SPKI)).ok_or_else(bad)?;
            let key = VerifyingKey::from_bytes(&bytes).map_err(|_| bad())?;
            Ok(Self::new(key))
        });
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(ReadKeyError::Nothing(PUBLIC)) } else { Ok(keys) }
    }

    /// Its name.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Whether this key signed this message. A signature that is none is not one of this key.
    pub fn signed(&self, message: &[u8], signature: &str) -> bool {
        let bytes = STANDARD.decode(signature).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        // Strict: a key of small order or a second form of a signature is refused, so that one signature is one text.
        bytes.is_some_and(|bytes| self.key.verify_strict(message, &Signature::from_bytes(&bytes)).is_ok())
    }

    /// As a file, with a line that names it.
    pub fn to_text(&self) -> String {
        format!("pyexec signing key {}\n{}", self.fingerprint, pem(PUBLIC, &SPKI, self.key.as_bytes()))
    }
}

/// A private key's file.
pub(super) fn private_text(seed: &[u8; 32]) -> String {
    pem(PRIVATE, &PKCS8, seed)
}

/// The secret of a private key's file.
pub(super) fn parse_private(text: &str) -> Result<[u8; 32], ReadKeyError> {
    let block = blocks(text, PRIVATE).next().ok_or(ReadKeyError::Nothing(PRIVATE))?;
    block.and_then(|der| after(&der, &PKCS8)).ok_or(ReadKeyError::NotEd25519(PRIVATE))
}

fn pem(label: &str, prefix: &[u8], key: &[u8; 32]) -> String {
    let der = [prefix, key].concat();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// The DER of each block of this kind; nothing for one that has none.
fn blocks<'a>(text: &'a str, label: &str) -> impl Iterator<Item = Option<Vec<u8>>> + use<'a> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.split_once(&begin)?.1;
        let Some((body, after)) = rest.split_once(&end) else {
            rest = "";
            return Some(None);
        };
        rest = after;
        let body: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        Some(STANDARD.decode(body).ok())
    })
}

fn after(der: &[u8], prefix: &[u8]) -> Option<[u8; 32]> {
    der.strip_prefix(prefix)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;

    /// RFC 8410, section 10: the example keys, as `openssl` writes them.
    const SECRET: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    const OPEN: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_rfcs_own_keys_read_and_write() {
        let seed = parse_private(SECRET).unwrap();
        assert_eq!(private_text(&seed), SECRET);
        let key = PublicKey::new(SigningKey::from_bytes(&seed).verifying_key());
        assert_eq!(PublicKey::parse_all(OPEN).unwrap(), std::slice::from_ref(&key));
        let text = key.to_text();
        assert!(text.ends_with(OPEN), "{text}");
        assert_eq!(PublicKey::parse_all(&(text + OPEN)).unwrap(), [key.clone(), key]);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let nothing = |text: &str| PublicKey::parse_all(text).unwrap_err();
        assert_eq!(nothing(""), ReadKeyError::Nothing(PUBLIC));
        assert_eq!(nothing(SECRET), ReadKeyError::Nothing(PUBLIC));
        for bad in ["MCow", "!", "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZg=="] {
            let text = format!("-----BEGIN PUBLIC KEY-----\n{bad}\n-----END PUBLIC KEY-----");
            assert_eq!(nothing(&text), ReadKeyError::NotEd25519(PUBLIC), "{bad}");
        }
        assert_eq!(nothing("-----BEGIN PUBLIC KEY-----\nMCow"), ReadKeyError::NotEd25519(PUBLIC));
    }

    #[test]
    fn only_the_signature_of_this_key_over_this_message_counts() {
        use ed25519_dalek::Signer;
        let secret = SigningKey::from_bytes(&[7; 32]);
        let key = PublicKey::new(secret.verifying_key());
        let signature = STANDARD.encode(secret.sign(b"message").to_bytes());
        assert!(key.signed(b"message", &signature));
        assert!(!key.signed(b"messagf", &signature));
        assert!(!PublicKey::new(SigningKey::from_bytes(&[8; 32]).verifying_key()).signed(b"message", &signature));
        for none in ["", "x", &signature[..80]] {
            assert!(!key.signed(b"message", none));
        }
    }
}
