//! Whether octets are exactly one data item, soundly encoded.
//!
//! Every octet of a response is walked over here before any of it is looked
//! at. The reader that comes after it believes none of it, and refuses what is
//! malformed again.

use std::borrow::Cow;
use std::mem;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::head::{Ahead, Head, major};
use crate::mdoc::cbor::{EMBEDDED, FULL_DATE, Key, TDATE};

/// Walks over the one item that `input` must be: to its end, through every
/// level but those inside byte strings. A map has at most so many `keys`.
pub(super) fn check(input: &[u8], malformed: Code, keys: usize) -> Result<(), Code> {
    let mut walk = Walk {
        ahead: Ahead { rest: input },
        malformed,
        most_keys: keys,
        keys: Vec::new(),
    };
    walk.item(limits::CBOR_NESTING)?;
    if walk.ahead.rest.is_empty() {
        Ok(())
    } else {
        Err(Code::InputCborTrailing)
    }
}

struct Walk<'a> {
    ahead: Ahead<'a>,
    malformed: Code,
    most_keys: usize,
    /// Of the maps that are not at their end, the innermost last.
    keys: Vec<&'a [u8]>,
}

impl<'a> Walk<'a> {
    fn item(&mut self, levels: usize) -> Result<(), Code> {
        let Some(head) = self.ahead.head() else {
            return Err(self.malformed);
        };
        self.item_of(head, levels)
    }

    fn item_of(&mut self, head: Head, levels: usize) -> Result<(), Code> {
        let inner = levels.checked_sub(1).ok_or(Code::InputCborDepth)?;
        match head.major {
            major::BYTES => self.bytes(head.argument),
            major::TEXT => self.text(head.argument),
            major::ARRAY => self.array(head.argument, inner),
            major::MAP => self.map(head.argument, inner),
            major::TAG => self.tagged(head.argument, inner),
            _ => Ok(()),
        }
    }

    fn bytes(&mut self, length: Option<u64>) -> Result<(), Code> {
        let octets = self.ahead.bytes(length);
        octets.map(drop).ok_or(self.malformed)
    }

    fn text(&mut self, length: Option<u64>) -> Result<(), Code> {
        let sound = match length {
            Some(length) => self.ahead.octets(length).is_some_and(is_utf8),
            None => self.ahead.text(None).is_some(),
        };
        if sound { Ok(()) } else { Err(self.malformed) }
    }

    fn goes_on(&mut self, left: &mut Option<u64>) -> Result<bool, Code> {
        self.ahead.goes_on(left).ok_or(self.malformed)
    }

    fn array(&mut self, mut left: Option<u64>, levels: usize) -> Result<(), Code> {
        while self.goes_on(&mut left)? {
            self.item(levels)?;
        }
        Ok(())
    }

    fn tagged(&mut self, number: Option<u64>, levels: usize) -> Result<(), Code> {
        let Some(head) = self.ahead.head() else {
            return Err(self.malformed);
        };
        let fits = match number {
            Some(EMBEDDED) => head.major == major::BYTES,
            Some(TDATE | FULL_DATE) => head.major == major::TEXT,
            _ => true,
        };
        if !fits {
            return Err(Code::InputCborTag);
        }
        self.item_of(head, levels)
    }

    fn map(&mut self, mut left: Option<u64>, levels: usize) -> Result<(), Code> {
        let outer = self.keys.len();
        while self.goes_on(&mut left)? {
            if self.keys.len() - outer == self.most_keys {
                return Err(Code::InputTooMany);
            }
            self.key(levels)?;
            self.item(levels)?;
        }
        let own = self.keys.get(outer..).unwrap_or_default();
        if !are_distinct(own) {
            return Err(Code::InputCborDuplicate);
        }
        self.keys.truncate(outer);
        Ok(())
    }

    /// Keeps the key that comes next as it is encoded. A response has hundreds,
    /// and to make something of each costs more than to read it.
    fn key(&mut self, levels: usize) -> Result<(), Code> {
        let start = self.ahead.rest;
        self.item(levels)?;
        self.keys.push(self.ahead.since(start));
        Ok(())
    }
}

/// Most text is a name, and short.
fn is_utf8(octets: &[u8]) -> bool {
    octets.is_ascii() || std::str::from_utf8(octets).is_ok()
}

/// A few keys are compared pair by pair, without sorting. Many are mostly
/// digests by their numbers, which are in order already.
fn are_distinct(keys: &[&[u8]]) -> bool {
    if keys.len() > 8 {
        return are_ascending_numbers(keys) || are_distinct_in_order(keys);
    }
    let mut rest = keys;
    while let Some((first, others)) = rest.split_first() {
        if others.iter().any(|other| are_equal(first, other)) {
            return false;
        }
        rest = others;
    }
    true
}

fn are_ascending_numbers(keys: &[&[u8]]) -> bool {
    let mut last = None;
    keys.iter().all(|key| {
        let head = Ahead { rest: key }.head();
        let number = head.filter(|head| head.major == major::UNSIGNED);
        let before = mem::replace(&mut last, number.and_then(|head| head.argument));
        before < last
    })
}

fn are_distinct_in_order(keys: &[&[u8]]) -> bool {
    let mut keys: Vec<_> = keys.iter().map(|key| Key::of(key)).collect();
    keys.sort_unstable();
    keys.windows(2)
        .all(|pair| matches!(pair, [one, next] if one != next))
}

/// Whether two keys are of one value. Numbers and strings have several forms,
/// but only one with a head of one octet and a length; nothing else is looked
/// into, since that can be as long as what it stands in.
fn are_equal(one: &[u8], other: &[u8]) -> bool {
    let firsts = [one, other].map(|key| key.first().copied().unwrap_or_default());
    let are_short = firsts.iter().all(|first| first & 31 < 24);
    if are_short || firsts.iter().any(|first| first >> 5 > major::TEXT) {
        return one == other;
    }
    Key::of(one) == Key::of(other)
}

impl Key<'_> {
    /// Whether this key is `text`.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self, Self::Text(Cow::Borrowed(key)) if *key == text)
            || matches!(self, Self::Text(Cow::Owned(key)) if key == text)
    }
}

#[cfg(test)]
mod tests;
