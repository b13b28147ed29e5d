//! Who asks: a key whose certificate wallets know.

use std::fmt;
use std::sync::Arc;

use crate::algorithm::AlgorithmTable;
use crate::asn1::{self, Reader};
use crate::certificate::Certificate;
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::mdoc::cose::sign_detached;
use crate::signer::{Signer, fixed};

/// A key that signs requests, and the certificates that say whose it is.
///
/// Whether a wallet trusts them is the wallet's to decide: it may want the
/// extended key usage of reader authentication (1.0.18013.5.1.6), or an issuer
/// of its own.
#[derive(Clone)]
pub struct ReaderIdentity {
    signer: Arc<dyn Signer>,
    chain: Vec<Vec<u8>>,
}

/// Whether a device request tells who asks.
#[derive(Clone, Copy, Debug)]
pub enum ReaderAuthentication<'a> {
    /// It does not. Wallets may refuse it, or show that they do not know.
    Unsigned,
    /// It is signed in these names: one in the first edition, one for every
    /// ecosystem of wallets in the second.
    Signed(&'a [ReaderIdentity]),
}

/// What is signed once, to find out whether key and certificate are a pair.
const PROBE: &[u8] = b"tashika-reader-identity/1";

impl ReaderIdentity {
    /// The key of `signer`, on P-256 or P-384, whose certificate is the first
    /// of `chain`; the others lead to the root, which is left out. Signs once,
    /// to find out whether they belong together.
    ///
    /// # Errors
    /// `misuse.argument` if the key does not sign with ECDSA, there is no
    /// certificate, there are more than [`limits::X5CHAIN`], one cannot be
    /// read, or the first is of another key; what the signer says if it fails.
    pub fn new(signer: Arc<dyn Signer>, chain: Vec<Vec<u8>>) -> Result<Self, Error> {
        let identity = Self { signer, chain };
        if identity.chain.len() > limits::X5CHAIN {
            return Err(Code::MisuseArgument.into());
        }
        for certificate in &identity.chain {
            read(certificate)?;
        }
        identity.check_key()?;
        Ok(identity)
    }

    fn check_key(&self) -> Result<(), Error> {
        let leaf = read(self.leaf())?;
        let algorithms = AlgorithmTable::standard();
        let key = algorithms.key(leaf.spki());
        let key = key.map_err(|_| Code::MisuseArgument)?;
        let scheme = fixed::scheme(self.signer())?;
        let signature = fixed::sign(self.signer(), PROBE)?;
        let outcome = key.verify(scheme, PROBE, &signature);
        Ok(outcome.map_err(|_| Code::MisuseArgument)?)
    }

    /// The certificates in DER, that of the key first.
    #[must_use]
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    pub(super) fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    /// The certificate of the key, in DER.
    pub(super) fn leaf(&self) -> &[u8] {
        self.chain.first().map(Vec::as_slice).unwrap_or_default()
    }

    /// `COSE_Sign1` over `payload`, which the wallet puts together itself.
    pub(super) fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, Error> {
        sign_detached(self.signer(), &self.chain, payload)
    }

    /// Whether the certificate is for this DNS name (RFC 5280, 4.2.1.6). One
    /// with a wildcard is for no one name.
    pub(super) fn has_dns_name(&self, name: &str) -> Result<bool, Error> {
        let certificate = read(self.leaf())?;
        let Some(names) = certificate.extensions().subject_alt_name() else {
            return Ok(false);
        };
        let mut names = Reader::only(names, asn1::SEQUENCE, Code::MisuseArgument)?;
        while !names.is_empty() {
            let general = names.any()?;
            let is_it = general.contents.eq_ignore_ascii_case(name.as_bytes());
            if general.tag == DNS_NAME && is_it {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// `dNSName [2] IA5String`.
const DNS_NAME: u8 = asn1::context(2);

/// A certificate of our own: one that cannot be read is our mistake.
fn read(der: &[u8]) -> Result<Certificate<'_>, Error> {
    Certificate::from_der(der).map_err(|_| Code::MisuseArgument.into())
}

// Keys are not printed.
impl fmt::Debug for ReaderIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReaderIdentity")
            .field("certificates", &self.chain.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::request::testing::TestReader;

    fn refused(signer: Arc<dyn Signer>, chain: &[&[u8]]) {
        let chain = chain.iter().map(|der| der.to_vec()).collect();
        let error = ReaderIdentity::new(signer, chain).unwrap_err();
        assert_eq!(error.code(), Code::MisuseArgument);
    }

    #[test]
    fn key_and_certificate_belong_together() {
        let (one, other) = (TestReader::p256(), TestReader::p256());
        let larger = TestReader::p384();
        refused(one.signer.clone(), &[&other.certificate]);
        refused(one.signer.clone(), &[&larger.certificate]);
        refused(larger.signer.clone(), &[&one.certificate]);
        // The signer's is the first.
        refused(one.signer.clone(), &[&other.certificate, &one.certificate]);
    }

    #[test]
    fn a_chain_has_its_length_and_can_be_read() {
        let reader = TestReader::p256();
        let certificate = &reader.certificate[..];
        refused(reader.signer.clone(), &[]);
        refused(reader.signer.clone(), &[certificate; limits::X5CHAIN + 1]);
        refused(reader.signer.clone(), &[certificate, &[0x30, 0]]);
        let whole = vec![certificate.to_vec(); limits::X5CHAIN];
        let identity = ReaderIdentity::new(reader.signer.clone(), whole).unwrap();
        let printed = "ReaderIdentity { certificates: 4, .. }";
        assert_eq!(format!("{identity:?}"), printed);
    }

    #[test]
    fn names_are_compared_whole_and_without_their_case() {
        let identity = TestReader::p256().identity;
        for (name, is_its) in [
            ("rp.example", true),
            ("rp.exampl", false),
            ("uri.example", false),
            ("a.wild.example", false),
        ] {
            assert_eq!(identity.has_dns_name(name).unwrap(), is_its, "{name}");
        }
    }
}
