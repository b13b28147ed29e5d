//! Status list tokens: what issuers publish about documents that ended early.

use miniz_oxide::deflate::compress_to_vec_zlib;

use super::{Cbor, Chain, Sign1, cose::label};
use crate::Credential;

/// A token of either kind before it is signed: a CWT in a tagged COSE_Sign1.
#[derive(Clone, Debug)]
pub struct StatusToken {
    kind: String,
    claims: Cbor,
}

/// Claims by their numbers, for [`StatusToken::claims`].
pub mod claim {
    /// sub: the URI of the list.
    pub const SUBJECT: &str = "2";
    /// exp.
    pub const EXPIRY: &str = "4";
    /// iat.
    pub const ISSUED: &str = "6";
    /// identifier_list.
    pub const IDENTIFIER_LIST: &str = "65530";
    /// status_list.
    pub const STATUS_LIST: &str = "65533";
    /// ttl.
    pub const TTL: &str = "65534";
}

impl StatusToken {
    /// A status list (draft-ietf-oauth-status-list) for a URI: statuses of `bits` bits
    /// each, issued at `issued` and expiring at `expiry`, both in unix seconds, and to
    /// be fetched again after twelve hours.
    ///
    /// # Panics
    ///
    /// If there are not 1, 2, 4 or 8 bits.
    #[must_use]
    pub fn status_list(uri: &str, bits: u8, statuses: &[u8], (issued, expiry): (i64, i64)) -> Self {
        let list = Cbor::map([
            ("bits", Cbor::from(i64::from(bits))),
            (
                "lst",
                compress_to_vec_zlib(&packed(bits, statuses), 9).into(),
            ),
        ]);
        Self {
            kind: "application/statuslist+cwt".to_owned(),
            claims: claims(uri, issued, expiry, claim::STATUS_LIST, list),
        }
    }

    /// An identifier list (ISO/IEC 18013-5, second edition, 12.3.6.4) of documents that
    /// are revoked.
    #[must_use]
    pub fn identifier_list(uri: &str, revoked: &[&[u8]], (issued, expiry): (i64, i64)) -> Self {
        let identifier = |id: &&[u8]| (Cbor::from(*id), Cbor::empty_map());
        let identifiers = Cbor::Map(revoked.iter().map(identifier).collect());
        let list = Cbor::map([("identifiers", identifiers)]);
        Self {
            kind: "application/identifierlist+cwt".to_owned(),
            claims: claims(uri, issued, expiry, claim::IDENTIFIER_LIST, list),
        }
    }

    /// typ, whatever the list is.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        self.kind = kind.to_owned();
        self
    }

    /// Change the claims, by their [`claim`] numbers.
    #[must_use]
    pub fn claims(mut self, change: impl FnOnce(&mut Cbor) -> &mut Cbor) -> Self {
        change(&mut self.claims);
        self
    }

    /// Sign, with the certificate in the protected header.
    ///
    /// # Panics
    ///
    /// If the signer's key is RSA.
    #[must_use]
    pub fn sign(&self, signer: &Credential) -> Vec<u8> {
        self.sign_with(signer, |sign1| sign1)
    }

    /// The same with a change to how it is signed.
    ///
    /// # Panics
    ///
    /// If the signer's key is RSA.
    #[must_use]
    pub fn sign_with(&self, signer: &Credential, change: impl FnOnce(Sign1) -> Sign1) -> Vec<u8> {
        let sign1 = Sign1::new(self.claims.encode())
            .protected(label::TYPE, self.kind.as_str())
            .protected_chain(&Chain::One(signer.certificate().to_vec()))
            .tagged();
        change(sign1).sign(signer.key()).encode()
    }
}

fn claims(uri: &str, issued: i64, expiry: i64, label: &str, list: Cbor) -> Cbor {
    const TWELVE_HOURS: i64 = 43_200;
    let mut claims = Cbor::empty_map();
    claims
        .set(claim::SUBJECT, uri)
        .set(claim::ISSUED, issued)
        .set(claim::EXPIRY, expiry)
        .set(claim::TTL, TWELVE_HOURS)
        .set(label, list);
    claims
}

/// The first status in the lowest bits of the first octet (section 4.1 of the draft).
fn packed(bits: u8, statuses: &[u8]) -> Vec<u8> {
    assert!(matches!(bits, 1 | 2 | 4 | 8), "statuses of {bits} bits");
    let in_octet = usize::from(8 / bits);
    let pack = |group: &[u8]| {
        let shifted = group.iter().zip((0..8).step_by(usize::from(bits)));
        shifted.fold(0, |octet, (status, shift)| octet | status << shift)
    };
    statuses.chunks(in_octet).map(pack).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two examples of the draft (section 4.1).
    #[test]
    fn statuses_are_packed_from_the_lowest_bit() {
        let one = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
        assert_eq!(packed(1, &one), [0xB9, 0xA3]);
        let two = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3];
        assert_eq!(packed(2, &two), [0xC9, 0x44, 0xF9]);
    }

    /// zlib at its highest level, byte for byte that of the draft.
    #[test]
    fn lists_are_compressed_with_zlib() {
        let list = compress_to_vec_zlib(&[0xB9, 0xA3], 9);
        assert_eq!(
            list,
            [0x78, 0xDA, 0xDB, 0xB9, 0x18, 0x00, 0x02, 0x17, 0x01, 0x5D]
        );
    }
}
