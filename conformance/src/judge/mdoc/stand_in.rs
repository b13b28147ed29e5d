//! A root of ours for responses whose issuer's root is not at hand.
//!
//! The certificate of a document's signer stands in the unprotected headers,
//! which nobody signs. So another certificate can stand in its place, for the
//! same key and by a root of ours: everything that is signed stays as it
//! arrived, and the verifier verifies as always. What is not judged is who
//! issued the signer's certificate.

use bytes::Bytes;
use der::{Decode, Encode};
use tashika::Time;
use tashika_testbed::mdoc::{Authority, Cbor, Chain};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::judge::answer::Refusal;
use crate::judge::row::{MdocProfile, Row};

/// Whose key is vouched for.
pub(super) enum Signer {
    /// This one's, as SubjectPublicKeyInfo.
    Key(Vec<u8>),
    /// That of whatever certificate each document brings, for as long as it is
    /// valid.
    FromChain,
}

/// The signer of a line that asks for a root of ours: under the lenient profile
/// alone, and beside no anchors.
pub(super) fn signer(row: &Row) -> Result<Option<Signer>, Refusal> {
    let flags = row.flags();
    let signer = match (flags.issuer_key, flags.issuer_from_x5chain) {
        (None, None | Some(false)) => return Ok(None),
        (Some(key), None | Some(false)) => Signer::Key(key.0.to_vec()),
        (None, Some(true)) => Signer::FromChain,
        (Some(_), Some(true)) => return Err(Refusal::argument()),
    };
    if row.mdoc_profile()? != MdocProfile::AnyLeaf || row.anchors().next().is_some() {
        return Err(Refusal::argument());
    }
    Ok(Some(signer))
}

/// A root whose key everybody knows, since it follows from a seed.
pub(super) struct Root {
    authority: Authority,
    key: KeyPair,
    now: i64,
}

/// Longer than any document is valid.
const CENTURY: i64 = 100 * 365 * 24 * 60 * 60;

impl Root {
    pub(super) fn new(now: Time) -> Self {
        let now = now.as_unix();
        let key = |seed| KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(seed));
        Self {
            authority: Authority::mdl(key(1), now),
            key: key(2),
            now,
        }
    }

    pub(super) fn certificate(&self) -> &[u8] {
        self.authority.certificate()
    }

    /// The response with a certificate of this root for the signer of every
    /// document; as it is where that is not to be had.
    pub(super) fn vouch(&self, signer: &Signer, response: &Bytes) -> Bytes {
        let Some(mut item) = Cbor::decode(response) else {
            return response.clone();
        };
        let documents = item.get("documents");
        let documents = documents.as_ref().and_then(Cbor::as_array);
        for place in 0..documents.map_or(0, <[_]>::len) {
            let headers = format!("documents/{place}/issuerSigned/issuerAuth/1");
            let found = item.get(&headers).unwrap_or(Cbor::NULL);
            if found.as_map().is_some()
                && let Some(certificate) = self.for_signer(signer, &found)
            {
                item.set(&format!("{headers}/33"), certificate);
            }
        }
        item.encode().into()
    }

    fn for_signer(&self, signer: &Signer, headers: &Cbor) -> Option<Vec<u8>> {
        let builder = self.authority.document_signer(&self.key);
        let builder = match signer {
            Signer::Key(key) => builder
                .spki(key.clone())
                .validity(self.now - CENTURY, self.now + CENTURY),
            Signer::FromChain => {
                let chain = Chain::read(&headers.get("33")?)?;
                let theirs = x509_cert::Certificate::from_der(chain.first()?).ok()?;
                let theirs = theirs.tbs_certificate();
                let seconds = |time: x509_cert::time::Time| {
                    i64::try_from(time.to_unix_duration().as_secs()).ok()
                };
                let validity = theirs.validity();
                builder
                    .spki(theirs.subject_public_key_info().to_der().ok()?)
                    .validity(seconds(validity.not_before)?, seconds(validity.not_after)?)
            }
        };
        Some(builder.sign(self.authority.key()))
    }
}
