//! What is remembered while somebody signs in the app.

use tashika::{Code, Error};
use zeroize::Zeroizing;

/// The document, and what the sdk remembers, as it sealed it.
#[derive(PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) pending: Vec<u8>,
    pub(super) document: Vec<u8>,
}

/// The first octet, which says how the rest is laid out:
///
/// ```text
/// version ‖ length of what the sdk remembers ‖ that ‖ document
/// ```
///
/// The length has four octets, big endian.
const VERSION: u8 = 1;

impl Kept {
    pub(super) fn to_octets(&self) -> Zeroizing<Vec<u8>> {
        // What is longer does not fit into any store.
        let length = u32::try_from(self.pending.len()).unwrap_or(u32::MAX);
        let length = length.to_be_bytes();
        let parts = [&[VERSION], &length[..], &self.pending, &self.document];
        Zeroizing::new(parts.concat())
    }

    /// `transaction.form` if it is anything else than was written.
    pub(super) fn read(octets: &[u8]) -> Result<Self, Error> {
        Self::parse(octets).ok_or(Code::TransactionForm.into())
    }

    fn parse(octets: &[u8]) -> Option<Self> {
        let rest = octets.strip_prefix(&[VERSION])?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (pending, document) = rest.split_at_checked(length)?;
        Some(Self {
            pending: pending.to_vec(),
            document: document.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_fixed() {
        let octets = b"\x01\x00\x00\x00\x07pendingdocument";
        let kept = Kept {
            pending: b"pending".to_vec(),
            document: b"document".to_vec(),
        };
        assert_eq!(kept.to_octets()[..], octets[..]);
        assert!(Kept::read(octets).unwrap() == kept);
        // An empty document is one, too.
        let empty = Kept::read(&octets[..12]).unwrap();
        assert_eq!(empty.document, b"");
    }

    #[test]
    fn anything_else_is_none_of_it() {
        let octets = b"\x01\x00\x00\x00\x07pending";
        for length in 0..octets.len() {
            let refused = Kept::read(&octets[..length]).err().unwrap();
            assert_eq!(refused.code(), Code::TransactionForm);
        }
        for bad in [&b"\x02\x00\x00\x00\x00"[..], b"\x01\xff\xff\xff\xffpending"] {
            let refused = Kept::read(bad).err().unwrap();
            assert_eq!(refused.code(), Code::TransactionForm);
        }
    }
}
