//! CBOR (RFC 8949) as wallets send it: read where it lies, written in one way.
//!
//! Reading is lenient where the format has several forms for one value:
//! definite and indefinite lengths, and heads that could be shorter, are all
//! read, since what is hashed is what arrived. It is strict where leniency lets
//! two readers see two things: trailing octets, keys that stand twice, text
//! that is no UTF-8, tags on what they are not for, and nesting beyond a budget
//! are refused, each with its code.
//!
//! What we write ourselves is deterministic (RFC 8949, 4.2.1).

mod check;
mod head;
mod reader;
pub(crate) mod write;

pub(crate) use reader::{Key, Kind, Reader};

/// RFC 8949, 3.4.1: a date and time in text (RFC 3339).
pub(crate) const TDATE: u64 = 0;
/// RFC 8949, 3.4.5.1: a byte string that holds an encoded data item.
pub(crate) const EMBEDDED: u64 = 24;
/// RFC 8943: a date in text, without a time.
pub(crate) const FULL_DATE: u64 = 1004;
