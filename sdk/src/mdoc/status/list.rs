//! The two kinds of lists. In both, only one place is looked at.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_IGNORE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{Key, Reader};
use crate::mdoc::status::token::MALFORMED;

/// `StatusList` (draft-ietf-oauth-status-list, 4.3): some bits for every
/// document, compressed.
pub(super) struct StatusList {
    bits: u8,
    compressed: Box<[u8]>,
}

/// `IdentifierList` (ISO/IEC 18013-5, second edition, 12.3.6.4): the encoded
/// map of identifiers.
pub(super) struct IdentifierList {
    identifiers: Box<[u8]>,
}

/// How far back DEFLATE refers (RFC 1951, 2).
const WINDOW: usize = 32 * 1024;

impl StatusList {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Code> {
        let (mut bits, mut compressed) = (None, None);
        reader.map(|key, value| {
            if key.is("bits") {
                bits = Some(value.unsigned()?);
            } else if key.is("lst") {
                compressed = Some(value.bytes()?.into());
            }
            Ok(())
        })?;
        let bits = match bits {
            Some(1) => 1,
            Some(2) => 2,
            Some(4) => 4,
            Some(8) => 8,
            _ => return Err(MALFORMED),
        };
        let compressed = compressed.ok_or(MALFORMED)?;
        Ok(Self { bits, compressed })
    }

    /// The status of the document with this index.
    ///
    /// The list is unpacked as far as the index through a window, so that it
    /// takes no more memory than that, however much it would unpack to.
    pub(super) fn status(&self, index: u64) -> Result<u8, Code> {
        let per_octet = u64::from(8 / self.bits);
        let position = usize::try_from(index / per_octet).unwrap_or(usize::MAX);
        if position >= limits::STATUS_LIST {
            return Err(Code::MdocStatusTooLarge);
        }
        let octet = octet_at(&self.compressed, position)?;
        // Less than eight, whatever the index is.
        let places = u32::try_from(index % per_octet).unwrap_or_default();
        let mask = u8::MAX >> (8 - self.bits);
        Ok((octet >> (places * u32::from(self.bits))) & mask)
    }
}

#[cfg(any(feature = "cache", feature = "fetch"))]
impl StatusList {
    pub(super) fn octets(&self) -> usize {
        self.compressed.len()
    }
}

#[cfg(any(feature = "cache", feature = "fetch"))]
impl IdentifierList {
    pub(super) fn octets(&self) -> usize {
        self.identifiers.len()
    }
}

/// The octet at `position` of what a ZLIB stream (RFC 1950) unpacks to. What
/// comes after it is not looked at, and so neither is the checksum: the token's
/// signature is over all of it.
fn octet_at(mut compressed: &[u8], position: usize) -> Result<u8, Code> {
    let mut state = Box::new(DecompressorOxide::new());
    let mut window = vec![0; WINDOW];
    let mut unpacked = 0;
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_IGNORE_ADLER32;
    loop {
        let start = unpacked % WINDOW;
        let (status, read, written) = decompress(&mut state, compressed, &mut window, start, flags);
        unpacked += written;
        if position < unpacked {
            return window.get(position % WINDOW).copied().ok_or(MALFORMED);
        }
        match status {
            TINFLStatus::HasMoreOutput => {}
            TINFLStatus::Done => return Err(Code::MdocStatusIndex),
            _ => return Err(MALFORMED),
        }
        compressed = compressed.get(read..).unwrap_or_default();
    }
}

impl IdentifierList {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Code> {
        let mut identifiers = None;
        reader.map(|key, value| {
            if key.is("identifiers") {
                let encoded = value.raw()?;
                entries(encoded, |_| {})?;
                identifiers = Some(encoded.into());
            }
            Ok(())
        })?;
        let identifiers = identifiers.ok_or(MALFORMED)?;
        Ok(Self { identifiers })
    }

    /// Whether the document with this identifier is revoked, which it is by
    /// being named.
    pub(super) fn names(&self, identifier: &[u8]) -> Result<bool, Code> {
        let mut named = false;
        entries(&self.identifiers, |entry| named |= entry == identifier)?;
        Ok(named)
    }
}

/// Calls `each` with every identifier. What is said about it has no meaning
/// yet, and takes nothing away from its being there.
fn entries(encoded: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), Code> {
    Reader::new(encoded, MALFORMED).map(|key, _| match key {
        Key::Bytes(identifier) => {
            each(&identifier);
            Ok(())
        }
        _ => Err(MALFORMED),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(bits: u8, compressed: &[u8]) -> StatusList {
        StatusList {
            bits,
            compressed: compressed.into(),
        }
    }

    fn statuses(list: &StatusList, count: u64) -> Vec<u8> {
        (0..count).map(|i| list.status(i).unwrap()).collect()
    }

    /// draft-ietf-oauth-status-list, 4.1 and 4.2: `eNrbuRgAAhcBXQ`.
    #[test]
    fn the_published_list_of_one_bit_is_read() {
        let packed = [0x78, 0xda, 0xdb, 0xb9, 0x18, 0x00, 0x02, 0x17, 0x01, 0x5d];
        let list = list(1, &packed);
        let expected = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
        assert_eq!(statuses(&list, 16), expected);
        for beyond in [16, 17, 1 << 20] {
            assert_eq!(list.status(beyond), Err(Code::MdocStatusIndex));
        }
    }

    /// draft-ietf-oauth-status-list, 4.1 and 4.2: `eNo76fITAAPfAgc`.
    #[test]
    fn the_published_list_of_two_bits_is_read() {
        let packed = [
            0x78, 0xda, 0x3b, 0xe9, 0xf2, 0x13, 0x00, 0x03, 0xdf, 0x02, 0x07,
        ];
        let list = list(2, &packed);
        assert_eq!(statuses(&list, 12), [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
        assert_eq!(list.status(12), Err(Code::MdocStatusIndex));
    }

    /// A ZLIB stream of stored blocks (RFC 1951, 3.2.4), written by hand.
    fn stored(octets: &[u8]) -> Vec<u8> {
        let mut packed = vec![0x78, 0x01];
        let mut blocks = octets.chunks(0xffff).peekable();
        while let Some(block) = blocks.next() {
            let length = u16::try_from(block.len()).unwrap();
            packed.push(u8::from(blocks.peek().is_none()));
            packed.extend(length.to_le_bytes());
            packed.extend((!length).to_le_bytes());
            packed.extend(block);
        }
        packed.extend([0; 4]);
        packed
    }

    #[test]
    fn places_beyond_the_window_are_found() {
        let octets: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let packed = stored(&octets);
        let (eight, four) = (list(8, &packed), list(4, &packed));
        for index in [0_u64, 32_767, 32_768, 65_534, 65_535, 131_072, 199_999] {
            let octet = (index % 251) as u8;
            assert_eq!(eight.status(index), Ok(octet), "{index}");
            assert_eq!(four.status(index * 2), Ok(octet & 0x0f));
            assert_eq!(four.status(index * 2 + 1), Ok(octet >> 4));
        }
        assert_eq!(eight.status(200_000), Err(Code::MdocStatusIndex));
    }

    #[test]
    fn what_unpacks_to_more_than_the_budget_is_refused_by_the_place() {
        let packed = stored(&[0]);
        let most = u64::try_from(limits::STATUS_LIST).unwrap();
        for (bits, first_beyond) in [(8, most), (1, most * 8), (1, u64::MAX)] {
            let refused = list(bits, &packed).status(first_beyond);
            assert_eq!(refused, Err(Code::MdocStatusTooLarge));
        }
        assert_eq!(
            list(8, &packed).status(most - 1),
            Err(Code::MdocStatusIndex)
        );
    }

    #[test]
    fn what_is_no_stream_is_malformed() {
        let sound = stored(&[7; 100]);
        let preset_dictionary = [&[0x78, 0x20, 0, 0, 0, 0], &sound[2..]].concat();
        for packed in [
            &[][..],
            &[0x78],
            &[0x78, 0xda],
            &[0x1f, 0x8b, 0x08, 0x00],
            &sound[..50],
            &sound[2..],
            &preset_dictionary,
        ] {
            assert_eq!(list(8, packed).status(99), Err(MALFORMED), "{packed:02x?}");
        }
        // What comes after the place is not looked at.
        assert_eq!(list(8, &sound[..50]).status(10), Ok(7));
    }
}
