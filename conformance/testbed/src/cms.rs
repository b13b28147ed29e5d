//! CMS SignedData (RFC 5652), field by field.

mod attribute;
mod encoding;
mod signer;

use crate::{Credential, der, oid};

pub use attribute::{Attribute, Attributes};
pub use encoding::Encoding;
pub use signer::{Signer, SignerId};

/// A signed message before it is encoded.
///
/// ```
/// use tashika_testbed::{CmsBuilder, Encoding, Testbed, oid};
///
/// let card = Testbed::from_seed(1, 1_800_000_000).card(0);
/// let good = CmsBuilder::new(b"contract").signer(card.signing(), |s| s).build();
/// let streamed = CmsBuilder::new(b"contract")
///     .detached()
///     .encoding(Encoding::Indefinite { chunk: 4 })
///     .signer(card.signing(), |s| s.attributes(|list| list.duplicate(oid::CONTENT_TYPE)))
///     .build();
/// assert_ne!(good, streamed);
/// ```
#[derive(Clone, Debug)]
pub struct CmsBuilder {
    content: Vec<u8>,
    content_type: Vec<u64>,
    attached: Option<Vec<u8>>,
    version: Option<u64>,
    digests: Option<Vec<Vec<u8>>>,
    certificates: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
    signers: Vec<Signer>,
    encoding: Encoding,
    trailing_inside: Vec<u8>,
    trailing_outside: Vec<u8>,
}

impl CmsBuilder {
    /// A message of `content` with the content attached and nobody's signature yet.
    #[must_use]
    pub fn new(content: &[u8]) -> Self {
        Self {
            content: content.to_vec(),
            content_type: oid::DATA.to_vec(),
            attached: Some(content.to_vec()),
            version: None,
            digests: None,
            certificates: Vec::new(),
            lists: Vec::new(),
            signers: Vec::new(),
            encoding: Encoding::Der,
            trailing_inside: Vec::new(),
            trailing_outside: Vec::new(),
        }
    }

    /// Leave out the content.
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.attached = None;
        self
    }

    /// Attach other content than what is signed.
    #[must_use]
    pub fn attach_instead(mut self, content: &[u8]) -> Self {
        self.attached = Some(content.to_vec());
        self
    }

    /// eContentType; the contentType attributes of signers do not follow it.
    #[must_use]
    pub fn content_type(mut self, arcs: &[u64]) -> Self {
        self.content_type = arcs.to_vec();
        self
    }

    /// The version of SignedData, whatever the signers ask for.
    #[must_use]
    pub fn version(mut self, number: u64) -> Self {
        self.version = Some(number);
        self
    }

    /// digestAlgorithms, whatever the signers use.
    #[must_use]
    pub fn digest_algorithms(mut self, identifiers: &[Vec<u8>]) -> Self {
        self.digests = Some(identifiers.to_vec());
        self
    }

    /// Add a signer and its certificate; `change` is what sets this signer apart
    /// (`|s| s` for nothing).
    #[must_use]
    pub fn signer(self, credential: &Credential, change: impl FnOnce(Signer) -> Signer) -> Self {
        self.certificate(credential.certificate())
            .signer_without_certificate(credential, change)
    }

    /// Add a signer whose certificate is not in the message.
    #[must_use]
    pub fn signer_without_certificate(
        mut self,
        credential: &Credential,
        change: impl FnOnce(Signer) -> Signer,
    ) -> Self {
        self.signers.push(change(Signer::new(credential)));
        self
    }

    /// Add a certificate after those already there.
    #[must_use]
    pub fn certificate(mut self, certificate: &[u8]) -> Self {
        self.certificates.push(certificate.to_vec());
        self
    }

    /// Add a certificate before those already there.
    #[must_use]
    pub fn certificate_first(mut self, certificate: &[u8]) -> Self {
        self.certificates.insert(0, certificate.to_vec());
        self
    }

    /// Take out all certificates.
    #[must_use]
    pub fn without_certificates(mut self) -> Self {
        self.certificates.clear();
        self
    }

    /// Add a revocation list.
    #[must_use]
    pub fn revocation_list(mut self, list: &[u8]) -> Self {
        self.lists.push(list.to_vec());
        self
    }

    /// DER, or BER with indefinite lengths.
    #[must_use]
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Bytes after signerInfos, within SignedData.
    #[must_use]
    pub fn trailing_inside(mut self, bytes: &[u8]) -> Self {
        self.trailing_inside = bytes.to_vec();
        self
    }

    /// Bytes after the end.
    #[must_use]
    pub fn trailing_outside(mut self, bytes: &[u8]) -> Self {
        self.trailing_outside = bytes.to_vec();
        self
    }

    /// Sign and encode: a ContentInfo of SignedData.
    ///
    /// # Panics
    ///
    /// If the scheme of a signer is not one of its kind of key.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let e = self.encoding;
        let signed_data = e.outer(der::tag::SEQUENCE, &self.signed_data());
        let content = e.outer(der::tag::constructed(0), &signed_data);
        let info = der::concat([der::oid(oid::SIGNED_DATA), content]);
        der::concat([&e.outer(der::tag::SEQUENCE, &info), &self.trailing_outside])
    }

    /// What the first signer signs: its attributes as a SET OF, or the content.
    /// Presented as the content of another message it must not be mistaken for it.
    #[must_use]
    pub fn signed_bytes(&self) -> Option<Vec<u8>> {
        self.signers
            .first()
            .map(|signer| signer.signed_bytes(&self.content))
    }

    fn signed_data(&self) -> Vec<u8> {
        let signers: Vec<_> = self
            .signers
            .iter()
            .map(|signer| signer.encode(&self.content, self.encoding))
            .collect();
        der::concat([
            der::small(self.version.unwrap_or_else(|| self.due_version())),
            self.encoding
                .set_of(der::tag::SET, self.digest_identifiers()),
            self.encapsulated(),
            self.optional_set(0, &self.certificates),
            self.optional_set(1, &self.lists),
            self.encoding.set_of(der::tag::SET, signers),
            self.trailing_inside.clone(),
        ])
    }

    fn encapsulated(&self) -> Vec<u8> {
        let content = self.attached.as_ref().map(|content| {
            let octets = self.encoding.octets(content);
            self.encoding.outer(der::tag::constructed(0), &octets)
        });
        let inside = der::concat([der::oid(&self.content_type), content.unwrap_or_default()]);
        self.encoding.outer(der::tag::SEQUENCE, &inside)
    }

    fn digest_identifiers(&self) -> Vec<Vec<u8>> {
        let of_signers = || {
            let mut all: Vec<_> = self
                .signers
                .iter()
                .map(Signer::digest_identifier_der)
                .collect();
            all.sort();
            all.dedup();
            all
        };
        self.digests.clone().unwrap_or_else(of_signers)
    }

    /// In the order given: CertificateSet need not be sorted to be found valid, and
    /// a decoy's place matters.
    fn optional_set(&self, number: u8, elements: &[Vec<u8>]) -> Vec<u8> {
        if elements.is_empty() {
            return Vec::new();
        }
        self.encoding
            .inner(der::tag::constructed(number), &der::concat(elements))
    }

    /// RFC 5652, 5.1.
    fn due_version(&self) -> u64 {
        let by_key_id = self.signers.iter().any(Signer::is_by_key_id);
        if by_key_id || self.content_type != oid::DATA {
            3
        } else {
            1
        }
    }
}
