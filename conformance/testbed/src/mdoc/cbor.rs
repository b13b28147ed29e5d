//! CBOR (RFC 8949) as a tree that can also hold what a reader has to refuse.
//!
//! The tree keeps what other models of CBOR lose: the order and repetition of map
//! entries, heads longer than needed, indefinite lengths, and what lies within byte
//! strings. Reading is lossless, [`Cbor::decode`] and [`Cbor::encode`] give back the
//! same bytes, so a document of somebody else can be changed in one place.

mod decode;
mod encode;
mod path;

use std::fmt;

/// One data item.
#[derive(Clone, PartialEq, Eq)]
pub enum Cbor {
    /// Major type 0.
    Unsigned(u64),
    /// Major type 1: the value is −1 − n.
    Negative(u64),
    /// Major type 2.
    Bytes(Vec<u8>),
    /// Major type 3.
    Text(String),
    /// Major type 4.
    Array(Vec<Self>),
    /// Major type 5, entries in the order they are written, repeated ones too.
    Map(Vec<(Self, Self)>),
    /// Major type 6.
    Tag(u64, Box<Self>),
    /// Major type 7 without a float: 20 false, 21 true, 22 null.
    Simple(u8),
    /// A byte string that holds the encoding of an item.
    Embedded(Box<Self>),
    /// An item whose head is written in another form than the shortest.
    Formed(Form, Box<Self>),
    /// Any bytes in place of an item.
    Raw(Vec<u8>),
}

/// How the head of an item is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// With an argument of one octet, also for what fits into the initial byte.
    One,
    /// With an argument of two octets.
    Two,
    /// With an argument of four octets.
    Four,
    /// With an argument of eight octets.
    Eight,
    /// Indefinite length: of arrays and maps, and of strings in two chunks.
    Indefinite,
}

impl Cbor {
    /// The simple value `null`.
    pub const NULL: Self = Self::Simple(22);
    /// The simple value `undefined`.
    pub const UNDEFINED: Self = Self::Simple(23);

    /// A map, entries in this order.
    #[must_use]
    pub fn map<K: Into<Self>, const N: usize>(entries: [(K, Self); N]) -> Self {
        Self::Map(entries.map(|(key, value)| (key.into(), value)).to_vec())
    }

    /// A map without entries.
    #[must_use]
    pub const fn empty_map() -> Self {
        Self::Map(Vec::new())
    }

    /// An array.
    #[must_use]
    pub fn array<const N: usize>(items: [Self; N]) -> Self {
        Self::Array(items.into())
    }

    /// `#6.24(bstr .cbor item)`, by which ISO 18013-5 wraps what is digested or signed.
    #[must_use]
    pub fn tag24(item: Self) -> Self {
        Self::Tag(24, Box::new(Self::Embedded(Box::new(item))))
    }

    /// The same around an encoding as it is.
    #[must_use]
    pub fn tag24_of(encoding: &[u8]) -> Self {
        Self::Tag(24, Box::new(Self::Bytes(encoding.to_vec())))
    }

    /// tdate: tag 0 around date and time in UTC, of a moment in unix seconds.
    #[must_use]
    pub fn tdate(moment: i64) -> Self {
        Self::tdate_text(&crate::calendar::rfc3339(moment))
    }

    /// tdate of any text.
    #[must_use]
    pub fn tdate_text(text: &str) -> Self {
        Self::Tag(0, Box::new(text.into()))
    }

    /// full-date: tag 1004 around `YYYY-MM-DD` (RFC 8943).
    #[must_use]
    pub fn full_date(text: &str) -> Self {
        Self::Tag(1004, Box::new(text.into()))
    }

    /// The same item with its head in another form.
    #[must_use]
    pub fn formed(self, form: Form) -> Self {
        Self::Formed(form, Box::new(self))
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self.plain() {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The content of a byte string, also of one that holds an item.
    #[must_use]
    pub fn as_bytes(&self) -> Option<Vec<u8>> {
        match self.plain() {
            Self::Bytes(bytes) => Some(bytes.clone()),
            Self::Embedded(item) => Some(item.encode()),
            _ => None,
        }
    }

    /// The integer, if it is one that fits.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self.plain() {
            Self::Unsigned(number) => i64::try_from(*number).ok(),
            Self::Negative(number) => i64::try_from(*number).ok().map(|number| -1 - number),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.plain() {
            Self::Simple(20) => Some(false),
            Self::Simple(21) => Some(true),
            _ => None,
        }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self.plain() {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Self, Self)]> {
        match self.plain() {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whatever the form of its head.
    fn plain(&self) -> &Self {
        match self {
            Self::Formed(_, item) => item.plain(),
            other => other,
        }
    }
}

/// Prints kinds and sizes: what is in here may be personal.
impl fmt::Debug for Cbor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cbor({} octets)", self.encode().len())
    }
}

impl From<&str> for Cbor {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cbor {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Cbor {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Cbor {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<bool> for Cbor {
    fn from(value: bool) -> Self {
        Self::Simple(20 + u8::from(value))
    }
}

impl From<i64> for Cbor {
    fn from(number: i64) -> Self {
        match u64::try_from(number) {
            Ok(number) => Self::Unsigned(number),
            Err(_) => Self::Negative((-1 - number).unsigned_abs()),
        }
    }
}

#[cfg(test)]
mod tests;
