//! Lines that hang together.
//!
//! A line is JSON, in ASCII but for texts of a record:
//!
//! ```json
//! {"form":"tashika-audit/1","writer":"…","sequence":17,"previous":"…","key":"…","record":{…},"mac":"…"}
//! ```
//!
//! | member | what it is |
//! |---|---|
//! | `writer` | who writes the chain, 32 hexadecimal digits |
//! | `sequence` | counted from 1, without gaps |
//! | `previous` | the `mac` of the line before; 64 zeros in the first |
//! | `key` | which key it is under, 16 hexadecimal digits that follow from the key |
//! | `record` | what is put on record; or in its place `rotated_to`: the key of the lines that follow |
//! | `mac` | HMAC-SHA-256, in hexadecimal, over the octets of the line before `,"mac":` |
//!
//! Whoever has the key can write another chain. What they cannot do is to make it
//! agree with a [`Head`] that was kept elsewhere: so heads are exported, to where
//! the writer's own rights do not reach.

use std::fmt::{self, Write};
use std::str::FromStr;

use aws_lc_rs::hmac;
use serde::Deserialize;

use crate::audit::Entry;
use crate::code::Code;
use crate::error::Error;
use crate::hex::{self, Hex};
use crate::limits;
use crate::transaction::random;

/// The key of a chain, which its writer and those who verify it know.
#[derive(Clone)]
pub struct ChainKey {
    key: hmac::Key,
    id: KeyId,
}

/// Which key it is: it follows from the key, so that no other can pass for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

/// Who writes a chain: one process at a time.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WriterId([u8; 16]);

/// The last line of a chain, and so all of it: to be kept where its writer cannot
/// change it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    writer: WriterId,
    sequence: u64,
    mac: Mac,
}

/// A line's keyed hash.
pub(super) type Mac = [u8; 32];

/// What the first line follows.
pub(super) const NOTHING: Mac = [0; 32];

impl ChainKey {
    /// A fresh key.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        Ok(Self::from_octets(&random()?))
    }

    /// A key of 32 octets.
    #[must_use]
    pub fn from_octets(octets: &[u8; 32]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, octets);
        // No line begins like this label.
        let tag = hmac::sign(&key, b"tashika audit chain key");
        let id = tag.as_ref().first_chunk().copied().unwrap_or_default();
        Self { key, id: KeyId(id) }
    }

    /// Which key it is.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    fn mac(&self, signed: &[u8]) -> Mac {
        let mut mac = NOTHING;
        mac.copy_from_slice(hmac::sign(&self.key, signed).as_ref());
        mac
    }

    pub(super) fn has_made(&self, mac: &Mac, signed: &[u8]) -> bool {
        hmac::verify(&self.key, signed, mac).is_ok()
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainKey({})", self.id)
    }
}

/// 16 hexadecimal digits.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl WriterId {
    /// A fresh one.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        random().map(Self)
    }

    /// The twin of [`WriterId::generate`] for tests.
    #[must_use]
    pub const fn from_entropy(octets: [u8; 16]) -> Self {
        Self(octets)
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for WriterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for WriterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriterId({self})")
    }
}

impl Head {
    pub(super) const fn new(writer: WriterId, sequence: u64, mac: Mac) -> Self {
        Self {
            writer,
            sequence,
            mac,
        }
    }

    /// Who writes the chain.
    #[must_use]
    pub fn writer(&self) -> WriterId {
        self.writer
    }

    /// The number of the line.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn mac(&self) -> &Mac {
        &self.mac
    }
}

/// Writer, number and keyed hash, with colons between.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.writer, self.sequence, Hex(&self.mac))
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({self})")
    }
}

/// `misuse.argument` if it is not the text of a head.
impl FromStr for Head {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let (writer, rest) = text.split_once(':')?;
            let (sequence, mac) = rest.split_once(':')?;
            let number: u64 = sequence.parse().ok()?;
            let written = number > 0 && number.to_string() == sequence;
            let writer = WriterId(hex::decode(writer)?);
            let mac = hex::decode(mac)?;
            written.then_some(Self::new(writer, number, mac))
        };
        read().ok_or(Code::MisuseArgument.into())
    }
}

/// The end of a chain, to which lines are added.
///
/// It writes nowhere: whoever holds it writes what it gives, all of it and in
/// order.
#[derive(Clone)]
pub struct Chain {
    writer: WriterId,
    sequence: u64,
    mac: Mac,
    key: ChainKey,
}

impl Chain {
    /// A new one.
    #[must_use]
    pub const fn begin(writer: WriterId, key: ChainKey) -> Self {
        Self {
            writer,
            sequence: 0,
            mac: NOTHING,
            key,
        }
    }

    /// One that goes on after `head`, under the key of its line.
    #[must_use]
    pub const fn resume(head: Head, key: ChainKey) -> Self {
        let Head {
            writer,
            sequence,
            mac,
        } = head;
        Self {
            writer,
            sequence,
            mac,
            key,
        }
    }

    /// Adds a record, and gives its line with its end.
    ///
    /// # Errors
    /// `input.too_large` if it is longer than
    /// [`limits::AUDIT_LINE`](crate::limits::AUDIT_LINE). Nothing is then added.
    pub fn append(&mut self, entry: &Entry) -> Result<String, Error> {
        self.add("record", entry.json())
    }

    /// Announces another key, and gives the line that does, with its end. What is
    /// added later is under that key.
    ///
    /// # Errors
    /// None in practice: the line is short.
    pub fn rotate(&mut self, key: ChainKey) -> Result<String, Error> {
        let line = self.add("rotated_to", &format!("\"{}\"", key.id()))?;
        self.key = key;
        Ok(line)
    }

    /// The last line; none if there is none yet.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        let head = Head::new(self.writer, self.sequence, self.mac);
        (self.sequence > 0).then_some(head)
    }

    /// Which key it is under.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key.id()
    }

    fn add(&mut self, member: &str, json: &str) -> Result<String, Error> {
        let sequence = self.sequence.saturating_add(1);
        let (writer, previous, key) = (self.writer, Hex(&self.mac), self.key.id());
        let mut line = format!(
            r#"{{"form":"{FORM}","writer":"{writer}","sequence":{sequence},"previous":"{previous}","key":"{key}","{member}":{json}"#
        );
        let mac = self.key.mac(line.as_bytes());
        // Writing to a string does not fail.
        let _ = writeln!(line, r#"{MAC_BEGINS}{}{MAC_ENDS}"#, Hex(&mac));
        if line.len() > limits::AUDIT_LINE {
            return Err(Code::InputTooLarge.into());
        }
        (self.sequence, self.mac) = (sequence, mac);
        Ok(line)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain")
            .field("head", &self.head())
            .field("key", &self.key)
            .finish()
    }
}

const FORM: &str = "tashika-audit/1";
const MAC_BEGINS: &str = r#","mac":""#;
const MAC_ENDS: &str = "\"}";

/// A line as it is read: nothing in it is believed.
pub(super) struct Line<'a> {
    pub(super) head: Head,
    pub(super) previous: Mac,
    pub(super) key: KeyId,
    pub(super) content: Content<'a>,
    /// The octets that the keyed hash is over.
    pub(super) signed: &'a [u8],
}

pub(super) enum Content<'a> {
    /// With the commitments of its record.
    Record(Vec<Committed<'a>>),
    RotatedTo(KeyId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members<'a> {
    form: &'a str,
    writer: &'a str,
    sequence: u64,
    previous: &'a str,
    key: &'a str,
    #[serde(borrow)]
    record: Option<Record<'a>>,
    rotated_to: Option<&'a str>,
    mac: &'a str,
}

/// Of a record the part that this side reads.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default)]
    evidence: Vec<Committed<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Committed<'a> {
    pub(super) label: &'a str,
    pub(super) commitment: &'a str,
}

impl<'a> Line<'a> {
    /// Reads a line without its end; none if it is not one.
    pub(super) fn read(octets: &'a [u8]) -> Option<Self> {
        let members: Members<'a> = serde_json::from_slice(octets).ok()?;
        // The last member, as it is written: what comes before it is what is
        // signed.
        let signed = octets.strip_suffix(MAC_ENDS.as_bytes())?;
        let signed = signed.strip_suffix(members.mac.as_bytes())?;
        let signed = signed.strip_suffix(MAC_BEGINS.as_bytes())?;
        let content = match (members.record, members.rotated_to) {
            (Some(record), None) => Content::Record(record.evidence),
            (None, Some(key)) => Content::RotatedTo(KeyId(hex::decode(key)?)),
            _ => return None,
        };
        let writer = WriterId(hex::decode(members.writer)?);
        let mac = hex::decode(members.mac)?;
        let sound = members.form == FORM && members.sequence > 0;
        sound.then_some(Self {
            head: Head::new(writer, members.sequence, mac),
            previous: hex::decode(members.previous)?,
            key: KeyId(hex::decode(members.key)?),
            content,
            signed,
        })
    }
}
