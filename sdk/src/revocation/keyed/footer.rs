//! The last 48 octets of a file, which say how to read the others.
//!
//! | octets | what |
//! |---|---|
//! | 8 | `TASHIKAK` |
//! | 4 | version, 1 |
//! | 8 | check value of the key |
//! | 8 | records |
//! | 8 | octets of the trailer |
//! | 4 | lists |
//! | 4 | CRC-32 of the trailer |
//! | 4 | CRC-32 of the footer before it |

use crate::revocation::keyed::KeyedError;

/// The octets of a footer.
pub(super) const FOOTER: usize = 48;

const MAGIC: &[u8; 8] = b"TASHIKAK";
const VERSION: u32 = 1;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Footer {
    pub(super) key: [u8; 8],
    pub(super) records: u64,
    pub(super) trailer: u64,
    pub(super) lists: u32,
    pub(super) trailer_crc: u32,
}

impl Footer {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(FOOTER);
        octets.extend(MAGIC);
        octets.extend(VERSION.to_be_bytes());
        octets.extend(self.key);
        octets.extend(self.records.to_be_bytes());
        octets.extend(self.trailer.to_be_bytes());
        octets.extend(self.lists.to_be_bytes());
        octets.extend(self.trailer_crc.to_be_bytes());
        octets.extend(crc32fast::hash(&octets).to_be_bytes());
        octets
    }

    pub(super) fn read(octets: &[u8; FOOTER]) -> Result<Self, KeyedError> {
        let (body, crc) = octets.split_last_chunk::<4>().ok_or(KeyedError::Damaged)?;
        let mut body = Cursor(body);
        let known = crc32fast::hash(body.0) == u32::from_be_bytes(*crc)
            && body.take()? == MAGIC
            && body.u32()? == VERSION;
        if !known {
            return Err(KeyedError::Damaged);
        }
        Ok(Self {
            key: *body.take()?,
            records: body.u64()?,
            trailer: body.u64()?,
            lists: body.u32()?,
            trailer_crc: body.u32()?,
        })
    }
}

/// Octets that are read from front to back.
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], KeyedError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(KeyedError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn slice(&mut self, length: usize) -> Result<&'a [u8], KeyedError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(KeyedError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, KeyedError> {
        self.take().map(|octets| u32::from_be_bytes(*octets))
    }

    pub(super) fn u64(&mut self) -> Result<u64, KeyedError> {
        self.take().map(|octets| u64::from_be_bytes(*octets))
    }
}
