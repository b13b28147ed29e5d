//! DER, or BER as streaming signers write it.

use crate::der::{self, Length, tag};

/// How a message is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// DER.
    Der,
    /// Indefinite lengths from the outside down to the content, which is a
    /// constructed OCTET STRING of pieces of `chunk` octets: what streaming writes.
    Indefinite {
        /// The length of a piece; 0 puts all content into one.
        chunk: usize,
    },
    /// Indefinite lengths in every constructed element except inside certificates,
    /// lists, names and algorithm identifiers.
    IndefiniteThroughout {
        /// The length of a piece; 0 puts all content into one.
        chunk: usize,
    },
}

impl Encoding {
    /// An element that surrounds the content.
    pub(super) fn outer(self, tag: u8, content: &[u8]) -> Vec<u8> {
        let length = if self == Self::Der {
            Length::Minimal
        } else {
            Length::Indefinite
        };
        der::tlv_with(tag, length, content)
    }

    /// An element beside the content.
    pub(super) fn inner(self, tag: u8, content: &[u8]) -> Vec<u8> {
        let throughout = matches!(self, Self::IndefiniteThroughout { .. });
        let length = if throughout {
            Length::Indefinite
        } else {
            Length::Minimal
        };
        der::tlv_with(tag, length, content)
    }

    pub(super) fn set_of(self, tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
        elements.sort();
        self.inner(tag, &der::concat(elements))
    }

    pub(super) fn octets(self, content: &[u8]) -> Vec<u8> {
        let chunk = match self {
            Self::Der => return der::octets(content),
            Self::Indefinite { chunk: 0 } | Self::IndefiniteThroughout { chunk: 0 } => {
                content.len().max(1)
            }
            Self::Indefinite { chunk } | Self::IndefiniteThroughout { chunk } => chunk,
        };
        let pieces = der::concat(content.chunks(chunk).map(der::octets));
        der::tlv_with(tag::CONSTRUCTED_OCTET_STRING, Length::Indefinite, pieces)
    }
}
