//! Keys of our own, with which we sign what we send.
//!
//! A key in memory is a [`MemorySigner`]; one in a hardware module, with the
//! feature `pkcs11`, a `Pkcs11Signer`. Where others wait for the signature
//! an [`AsyncSigner`] is asked, which both become.

mod asynchronous;
#[cfg(any(feature = "auth-app", feature = "mdoc"))]
pub(crate) mod fixed;
mod memory;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod spki;

use const_oid::db::rfc5912;

use crate::algorithm::KeyKind;
use crate::asn1::{self, NULL, write};
#[cfg(any(feature = "auth-app", feature = "mdoc"))]
use crate::code::Code;
use crate::error::Error;

#[cfg(feature = "fetch")]
pub use asynchronous::OnThreads;
pub use asynchronous::{AsyncSigner, Immediate, Signing};
pub use memory::{EcdsaSigner, MemorySigner, RsaSigner};
#[cfg(feature = "pkcs11")]
pub use pkcs11::{Pkcs11Error, Pkcs11Module, Pkcs11Pin, Pkcs11Signer, TokenKey, TokenName};

/// Something that signs in our name: a key in memory, or one that stays in
/// its module.
pub trait Signer: Send + Sync {
    /// The `AlgorithmIdentifier` of its signatures, in DER.
    fn algorithm(&self) -> &[u8];

    /// The signature over `message`, as X.509 structures carry it: ECDSA as
    /// the DER of r and s.
    ///
    /// # Errors
    /// `misuse.signer`, `misuse.entropy` or `misuse.argument` if the key
    /// cannot sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// The identifier of what we sign with such a key: ECDSA with the digest of
/// its strength (RFC 5758, 3.2), PKCS #1 v1.5 with SHA-256 (RFC 4055, 5).
pub(crate) fn algorithm(kind: KeyKind) -> Vec<u8> {
    let (oid, parameters) = match kind {
        KeyKind::P256 => (rfc5912::ECDSA_WITH_SHA_256, &[][..]),
        KeyKind::P384 => (rfc5912::ECDSA_WITH_SHA_384, &[][..]),
        KeyKind::Rsa => (rfc5912::SHA_256_WITH_RSA_ENCRYPTION, NULL),
    };
    identifier(oid.as_bytes(), parameters)
}

/// The kind of key that signs with this identifier: `misuse.argument` if it is
/// none of ours.
#[cfg(any(feature = "auth-app", feature = "mdoc"))]
pub(crate) fn kind(identifier: &[u8]) -> Result<KeyKind, Code> {
    let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::Rsa];
    let kind = kinds
        .into_iter()
        .find(|kind| algorithm(*kind) == identifier);
    kind.ok_or(Code::MisuseArgument)
}

fn identifier(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
    let oid = write::element(asn1::OID, &[oid]);
    write::element(asn1::SEQUENCE, &[&oid, parameters])
}

#[cfg(test)]
mod tests;
