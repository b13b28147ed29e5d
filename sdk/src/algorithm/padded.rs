//! Signatures over octets that are padded as they are (RFC 8017, 9.2, without
//! its `DigestInfo`).
//!
//! The backend verifies only what the standard describes, so the public
//! operation is done here. Nothing in it is secret: neither key, signature nor
//! octets.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use crate::algorithm::{KeyKind, PublicKey};
use crate::asn1::{self, Reader};
use crate::code::Code;

/// What stands around the octets: 00 01 before, eight times FF at least, and 00.
const PADDING: usize = 11;

impl PublicKey {
    /// Whether this key made `signature` by padding `octets` and nothing else.
    ///
    /// What the signature recovers to is compared as a whole with what it has
    /// to be. A reader that looks for the end of the padding instead accepts
    /// what nobody signed (CVE-2006-4339).
    pub(crate) fn verify_padded(&self, octets: &[u8], signature: &[u8]) -> Result<(), Code> {
        if self.kind() != KeyKind::Rsa {
            return Err(Code::SignatureScheme);
        }
        let mut key = Reader::only(self.octets(), asn1::SEQUENCE, Code::X509SubjectKey)?;
        let (modulus, exponent) = (unsigned(key.integer()?), unsigned(key.integer()?));
        key.finish()?;
        let expected = block(modulus.len(), octets).ok_or(Code::SignatureInvalid)?;
        // RFC 8017, 8.2.2, 1: no more and no fewer octets than the modulus has.
        if signature.len() != modulus.len() {
            return Err(Code::SignatureInvalid);
        }
        let recovered = power(signature, exponent, modulus);
        match recovered.ok_or(Code::SignatureInvalid)? == number(&expected, modulus.len()) {
            true => Ok(()),
            false => Err(Code::SignatureInvalid),
        }
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017, 9.2) with `octets` in the place of a
/// `DigestInfo`; none if there are none, or too many for `length`.
fn block(length: usize, octets: &[u8]) -> Option<Vec<u8>> {
    if octets.is_empty() || octets.len() > length.checked_sub(PADDING)? {
        return None;
    }
    let mut block = vec![0xff; length - octets.len()];
    if let [zero, one, .., end] = block.as_mut_slice() {
        (*zero, *one, *end) = (0, 1, 0);
    }
    block.extend_from_slice(octets);
    Some(block)
}

/// RSAVP1 (RFC 8017, 5.2.2); none if the signature is not below the modulus.
fn power(signature: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<BoxedUint> {
    let signature = number(signature, modulus.len());
    let modulus = number(modulus, modulus.len());
    if signature >= modulus {
        return None;
    }
    let parameters = BoxedMontyParams::new_vartime(Odd::new(modulus).into_option()?);
    let bits = u32::try_from(exponent.len()).ok()?.checked_mul(8)?;
    let exponent = number(exponent, exponent.len());
    let power = BoxedMontyForm::new(signature, &parameters).pow_bounded_exp(&exponent, bits);
    Some(power.retrieve())
}

/// The number with these big-endian octets, in room for `length` of them.
fn number(octets: &[u8], length: usize) -> BoxedUint {
    let bits = u32::try_from(length).unwrap_or(u32::MAX / 8) * 8;
    BoxedUint::from_be_slice_truncated(octets, bits)
}

/// A non-negative INTEGER without its octet for the sign.
fn unsigned(contents: &[u8]) -> &[u8] {
    contents.strip_prefix(&[0]).unwrap_or(contents)
}
