//! From bytes to text that can be parsed without danger: decoding ([`encoding`]), a bound on depth ([`depth`]) and the way
//! from byte offsets to what a reader calls line and column ([`lines`]). Knows nothing of grammar or meaning.

mod charmap;
pub(crate) mod depth;
pub(crate) mod encoding;
pub(crate) mod lines;

/// Why text cannot be judged at all, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// First line, from 1.
    pub(crate) line: u32,
    /// First column, from 1, in characters.
    pub(crate) column: u32,
    /// One sentence with the way out.
    pub(crate) message: String,
}
