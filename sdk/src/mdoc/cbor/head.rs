//! Heads of data items, and the strings after them (RFC 8949, 3).

use std::borrow::Cow;

/// Major types (RFC 8949, 3.1).
pub(super) mod major {
    pub(crate) const UNSIGNED: u8 = 0;
    pub(crate) const NEGATIVE: u8 = 1;
    pub(crate) const BYTES: u8 = 2;
    pub(crate) const TEXT: u8 = 3;
    pub(crate) const ARRAY: u8 = 4;
    pub(crate) const MAP: u8 = 5;
    pub(crate) const TAG: u8 = 6;
    pub(crate) const OTHER: u8 = 7;
}

const BREAK: u8 = 0xff;
const INDEFINITE: u8 = 31;

/// Major type and argument; none of an indefinite length.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) major: u8,
    pub(super) argument: Option<u64>,
}

/// What lies ahead. All reading of CBOR goes through here, so that what is
/// checked and what is read afterwards cannot differ.
///
/// Nothing is what is malformed. It has no code here, since a result with one
/// takes longer to hand on than a head takes to read.
#[derive(Clone)]
pub(super) struct Ahead<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Ahead<'a> {
    /// The first octet of the head that comes next.
    pub(super) fn first(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Always inline: to hand a head on takes longer than to read one.
    #[inline(always)]
    pub(super) fn head(&mut self) -> Option<Head> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        let (major, info) = (first >> 5, first & 31);
        let argument = match info {
            0..24 => Some(u64::from(info)),
            24 => Some(self.number::<1>()?),
            25 => Some(self.number::<2>()?),
            26 => Some(self.number::<4>()?),
            27 => Some(self.number::<8>()?),
            INDEFINITE if (major::BYTES..=major::MAP).contains(&major) => None,
            _ => return None,
        };
        // RFC 8949, 3.3: these have a head of one octet only.
        if (major, info) == (major::OTHER, 24) && argument < Some(32) {
            return None;
        }
        Some(Head { major, argument })
    }

    /// The same of an item that must be of this major type.
    #[inline]
    pub(super) fn head_of(&mut self, major: u8) -> Option<Head> {
        self.head().filter(|head| head.major == major)
    }

    fn number<const N: usize>(&mut self) -> Option<u64> {
        let (octets, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        let shift = |number, octet: &u8| number << 8 | u64::from(*octet);
        Some(octets.iter().fold(0, shift))
    }

    /// Whether another element follows, of which so many are `left` if that is
    /// stated; reads the end of an indefinite length.
    #[inline]
    pub(super) fn goes_on(&mut self, left: &mut Option<u64>) -> Option<bool> {
        if let Some(left) = left {
            let next = left.checked_sub(1);
            *left = next.unwrap_or_default();
            return Some(next.is_some());
        }
        if self.first()? != BREAK {
            return Some(true);
        }
        self.rest = self.rest.get(1..).unwrap_or_default();
        Some(false)
    }

    /// What was read since so much lay ahead.
    #[inline]
    pub(super) fn since(&self, start: &'a [u8]) -> &'a [u8] {
        let length = start.len() - self.rest.len();
        start.get(..length).unwrap_or_default()
    }

    #[inline]
    pub(super) fn octets(&mut self, length: u64) -> Option<&'a [u8]> {
        let length = usize::try_from(length).ok()?;
        let (octets, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(octets)
    }

    #[inline]
    pub(super) fn utf8(&mut self, length: u64) -> Option<&'a str> {
        std::str::from_utf8(self.octets(length)?).ok()
    }

    #[inline]
    pub(super) fn byte_string(&mut self) -> Option<Cow<'a, [u8]>> {
        let head = self.head_of(major::BYTES)?;
        self.bytes(head.argument)
    }

    #[inline]
    pub(super) fn text_string(&mut self) -> Option<Cow<'a, str>> {
        let head = self.head_of(major::TEXT)?;
        self.text(head.argument)
    }

    /// The rest of a byte string, of that length or in pieces.
    #[inline]
    pub(super) fn bytes(&mut self, length: Option<u64>) -> Option<Cow<'a, [u8]>> {
        match length {
            Some(length) => self.octets(length).map(Cow::Borrowed),
            None => self.bytes_in_pieces().map(Cow::Owned),
        }
    }

    /// The rest of a text, of that length or in pieces.
    #[inline]
    pub(super) fn text(&mut self, length: Option<u64>) -> Option<Cow<'a, str>> {
        match length {
            Some(length) => self.utf8(length).map(Cow::Borrowed),
            None => self.text_in_pieces().map(Cow::Owned),
        }
    }

    #[cold]
    fn bytes_in_pieces(&mut self) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        while self.goes_on(&mut None)? {
            let length = self.piece(major::BYTES)?;
            whole.extend_from_slice(self.octets(length)?);
        }
        Some(whole)
    }

    #[cold]
    fn text_in_pieces(&mut self) -> Option<String> {
        let mut whole = String::new();
        while self.goes_on(&mut None)? {
            let length = self.piece(major::TEXT)?;
            whole.push_str(self.utf8(length)?);
        }
        Some(whole)
    }

    /// The length of a piece, which is of its string's type and in no pieces
    /// itself (RFC 8949, 3.2.3).
    fn piece(&mut self, major: u8) -> Option<u64> {
        let head = self.head()?;
        head.argument.filter(|_| head.major == major)
    }

    /// Passes over an item of at most so many levels.
    pub(super) fn skip(&mut self, levels: usize) -> Option<()> {
        let inner = levels.checked_sub(1)?;
        let head = self.head()?;
        match (head.major, head.argument) {
            (major::BYTES | major::TEXT, Some(length)) => self.octets(length).map(drop),
            (major::BYTES, None) => self.bytes(None).map(drop),
            (major::TEXT, None) => self.text(None).map(drop),
            (major::ARRAY, count) => self.skip_each(count, 1, inner),
            (major::MAP, count) => self.skip_each(count, 2, inner),
            (major::TAG, _) => self.skip(inner),
            _ => Some(()),
        }
    }

    fn skip_each(&mut self, mut left: Option<u64>, items: u8, levels: usize) -> Option<()> {
        while self.goes_on(&mut left)? {
            (0..items).try_for_each(|_| self.skip(levels))?;
        }
        Some(())
    }
}
