//! Messages of the NFC Forum (NFC Data Exchange Format, 3): records, one after
//! the other.

use crate::code::Code;
use crate::limits;

/// A record of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) name: Name<'a>,
    pub(super) id: &'a [u8],
    pub(super) payload: &'a [u8],
}

/// The type of a record, in the format that its number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// Of the NFC Forum itself.
    WellKnown(&'a [u8]),
    /// RFC 2046.
    Media(&'a [u8]),
    /// Of whoever owns the domain that it begins with.
    External(&'a [u8]),
    Other,
}

const MESSAGE_BEGIN: u8 = 0x80;
const MESSAGE_END: u8 = 0x40;
const CHUNK: u8 = 0x20;
const SHORT: u8 = 0x10;
const HAS_ID: u8 = 0x08;
const NAME_FORMAT: u8 = 0x07;

const MALFORMED: Code = Code::InputSession;

/// The records of a message that ends where `octets` do. None is in chunks:
/// handover messages are short.
pub(super) fn records(mut octets: &[u8]) -> Result<Vec<Record<'_>>, Code> {
    let mut records = Vec::new();
    loop {
        if records.len() == limits::NDEF_RECORDS {
            return Err(Code::InputTooMany);
        }
        let (flags, record) = Record::read(&mut octets)?;
        if (flags & MESSAGE_BEGIN != 0) != records.is_empty() {
            return Err(MALFORMED);
        }
        records.push(record);
        match (flags & MESSAGE_END != 0, octets.is_empty()) {
            (true, true) => return Ok(records),
            (false, false) => {}
            _ => return Err(MALFORMED),
        }
    }
}

impl<'a> Record<'a> {
    fn read(octets: &mut &'a [u8]) -> Result<(u8, Self), Code> {
        let flags = octet(octets)?;
        if flags & CHUNK != 0 {
            return Err(MALFORMED);
        }
        let name = octet(octets)?.into();
        let payload = match flags & SHORT {
            0 => length(octets)?,
            _ => octet(octets)?.into(),
        };
        let id = match flags & HAS_ID {
            0 => 0,
            _ => octet(octets)?.into(),
        };
        let name = take(octets, name)?;
        let record = Self {
            name: match flags & NAME_FORMAT {
                1 => Name::WellKnown(name),
                2 => Name::Media(name),
                4 => Name::External(name),
                _ => Name::Other,
            },
            id: take(octets, id)?,
            payload: take(octets, payload)?,
        };
        Ok((flags, record))
    }
}

fn octet(octets: &mut &[u8]) -> Result<u8, Code> {
    octets.split_off_first().copied().ok_or(MALFORMED)
}

fn length(octets: &mut &[u8]) -> Result<usize, Code> {
    let (length, rest) = octets.split_first_chunk().ok_or(MALFORMED)?;
    *octets = rest;
    usize::try_from(u32::from_be_bytes(*length)).map_err(|_| MALFORMED)
}

fn take<'a>(octets: &mut &'a [u8], length: usize) -> Result<&'a [u8], Code> {
    octets.split_off(..length).ok_or(MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_in_both_forms() {
        let octets = [
            &[0x91, 2, 3][..],
            b"Hs\x15ab",
            &[0x0c, 3, 0, 0, 0, 1, 4],
            b"a:bmdocx",
            &[0x12, 1, 0],
            b"m",
            &[0x50, 0, 0],
        ]
        .concat();
        let record = |name, id, payload| Record { name, id, payload };
        let expected = [
            record(Name::WellKnown(b"Hs"), b"", b"\x15ab"),
            record(Name::External(b"a:b"), b"mdoc", b"x"),
            record(Name::Media(b"m"), b"", b""),
            record(Name::Other, b"", b""),
        ];
        assert_eq!(records(&octets).as_deref(), Ok(&expected[..]));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for bad in [
            &[][..],
            &[0xd1],
            &[0xd1, 0],
            // Lengths beyond the end.
            &[0xd1, 1, 0],
            &[0xd1, 0, 1],
            &[0xd9, 0, 0, 1],
            &[0xc1, 0, 0xff, 0xff, 0xff, 0xff],
            &[0xc1, 0, 0, 0],
            // Without a beginning, and with two.
            &[0x51, 0, 0],
            &[0x91, 0, 0, 0xd1, 0, 0],
            // Without an end, and with something behind it.
            &[0x91, 0, 0],
            &[0xd1, 0, 0, 0x51, 0, 0],
            // In chunks.
            &[0xf1, 0, 0],
        ] {
            assert_eq!(records(bad), Err(Code::InputSession), "{bad:02x?}");
        }
    }

    #[test]
    fn there_are_only_so_many_records() {
        let message = |count: usize| {
            let mut octets = [0x10, 0, 0].repeat(count);
            octets[0] |= MESSAGE_BEGIN;
            octets[3 * count - 3] |= MESSAGE_END;
            octets
        };
        let most = message(limits::NDEF_RECORDS);
        assert_eq!(records(&most).map(|r| r.len()), Ok(limits::NDEF_RECORDS));
        let more = message(limits::NDEF_RECORDS + 1);
        assert_eq!(records(&more), Err(Code::InputTooMany));
    }
}
