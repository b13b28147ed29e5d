//! SignerInfo.

use super::{Attribute, Attributes, Encoding};
use crate::{
    Credential, Hash, KeyPair, Scheme, der,
    envelope::{self, Change},
    oid,
};

/// How a signer points to its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignerId {
    /// issuerAndSerialNumber: an encoded name, and the magnitude of a serial number.
    IssuerAndSerial {
        /// The encoded name.
        issuer: Vec<u8>,
        /// The magnitude.
        serial: Vec<u8>,
    },
    /// subjectKeyIdentifier.
    KeyId(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Sorted,
    Descending,
    AsListed,
}

/// One signer of a message before it signs.
#[derive(Clone, Debug)]
pub struct Signer {
    key: KeyPair,
    version: Option<u64>,
    id: SignerId,
    scheme: Scheme,
    digest: Hash,
    digest_identifier: Option<Vec<u8>>,
    signature_identifier: Option<Vec<u8>>,
    attributes: Option<Attributes>,
    order: Order,
    over_content: bool,
    change_signature: Change,
    unsigned: Vec<Attribute>,
    countersigners: Vec<Signer>,
}

impl Signer {
    /// The paved path: named by issuer and serial number, contentType and
    /// messageDigest signed, the key's default scheme.
    pub(super) fn new(credential: &Credential) -> Self {
        let key = credential.key().clone();
        let (issuer, serial) = (credential.issuer().to_vec(), credential.serial().to_vec());
        let scheme = key.default_scheme();
        Self {
            key,
            version: None,
            id: SignerId::IssuerAndSerial { issuer, serial },
            scheme,
            digest: scheme.hash(),
            digest_identifier: None,
            signature_identifier: None,
            attributes: Some(
                [
                    Attribute::content_type(oid::DATA),
                    Attribute::message_digest(),
                ]
                .into_iter()
                .collect(),
            ),
            order: Order::Sorted,
            over_content: false,
            change_signature: std::convert::identity,
            unsigned: Vec::new(),
            countersigners: Vec::new(),
        }
    }

    /// Name the certificate by the identifier of its key.
    #[must_use]
    pub fn by_key_id(self) -> Self {
        let key_id = self.key.key_id();
        self.id(SignerId::KeyId(key_id))
    }

    /// Name the certificate in any way.
    #[must_use]
    pub fn id(mut self, id: SignerId) -> Self {
        self.id = id;
        self
    }

    /// The version of SignerInfo, whatever is due.
    #[must_use]
    pub fn version(mut self, number: u64) -> Self {
        self.version = Some(number);
        self
    }

    /// Sign with a scheme, and digest the content with its hash.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self.digest = scheme.hash();
        self
    }

    /// Digest the content with another hash than the scheme's.
    #[must_use]
    pub fn digest(mut self, hash: Hash) -> Self {
        self.digest = hash;
        self
    }

    /// digestAlgorithm as written, whatever digests.
    #[must_use]
    pub fn digest_identifier(mut self, identifier: Vec<u8>) -> Self {
        self.digest_identifier = Some(identifier);
        self
    }

    /// signatureAlgorithm as written, whatever signs. Without it RSA is written as
    /// rsaEncryption with NULL, and PSS and ECDSA as the scheme.
    #[must_use]
    pub fn signature_identifier(mut self, identifier: Vec<u8>) -> Self {
        self.signature_identifier = Some(identifier);
        self
    }

    /// Edit the signed attributes.
    #[must_use]
    pub fn attributes(mut self, edit: impl FnOnce(&mut Attributes) -> &mut Attributes) -> Self {
        edit(self.attributes.get_or_insert_default());
        self
    }

    /// Append a signed attribute, or replace the one with the same identifier.
    #[must_use]
    pub fn attribute(self, attribute: Attribute) -> Self {
        self.attributes(|list| list.set(attribute))
    }

    /// Leave out signedAttrs; the signature is over the content.
    #[must_use]
    pub fn without_attributes(mut self) -> Self {
        self.attributes = None;
        self
    }

    /// Write, and sign, the attributes in the very order DER forbids.
    #[must_use]
    pub fn descending_attributes(mut self) -> Self {
        self.order = Order::Descending;
        self
    }

    /// Write, and sign, the attributes in the order of the list.
    #[must_use]
    pub fn attributes_as_listed(mut self) -> Self {
        self.order = Order::AsListed;
        self
    }

    /// Sign the content although there are signed attributes.
    #[must_use]
    pub fn sign_content(mut self) -> Self {
        self.over_content = true;
        self
    }

    /// One bit of the signature flipped.
    #[must_use]
    pub fn corrupt_signature(self) -> Self {
        self.change_signature(envelope::corrupt)
    }

    /// Change the signature once it is made.
    #[must_use]
    pub fn change_signature(mut self, change: fn(Vec<u8>) -> Vec<u8>) -> Self {
        self.change_signature = change;
        self
    }

    /// Sign with another key than the certificate's.
    #[must_use]
    pub fn signed_by(mut self, key: &KeyPair) -> Self {
        self.key = key.clone();
        self
    }

    /// Add an unsigned attribute.
    #[must_use]
    pub fn unsigned_attribute(mut self, attribute: Attribute) -> Self {
        self.unsigned.push(attribute);
        self
    }

    /// Add a countersignature (RFC 5652, 11.4) by another credential.
    #[must_use]
    pub fn countersigned_by(mut self, credential: &Credential) -> Self {
        let signer = Self::new(credential).attributes(|list| list.remove(oid::CONTENT_TYPE));
        self.countersigners.push(signer);
        self
    }

    pub(super) fn is_by_key_id(&self) -> bool {
        matches!(self.id, SignerId::KeyId(_))
    }

    pub(super) fn digest_identifier_der(&self) -> Vec<u8> {
        let written = self.digest_identifier.clone();
        written.unwrap_or_else(|| self.digest.identifier_without_null())
    }

    pub(super) fn encode(&self, content: &[u8], encoding: Encoding) -> Vec<u8> {
        let signature = self.signature(content);
        let version = self
            .version
            .unwrap_or(if self.is_by_key_id() { 3 } else { 1 });
        let inside = der::concat([
            der::small(version),
            self.id.to_der(),
            self.digest_identifier_der(),
            self.signed_attributes(content, encoding),
            self.signature_identifier_der(),
            der::octets(&signature),
            self.unsigned_attributes(&signature, encoding),
        ]);
        encoding.inner(der::tag::SEQUENCE, &inside)
    }

    fn signature(&self, content: &[u8]) -> Vec<u8> {
        (self.change_signature)(self.key.sign(self.scheme, &self.signed_bytes(content)))
    }

    /// The signature covers the DER form whatever is sent (RFC 5652, 5.4).
    pub(super) fn signed_bytes(&self, content: &[u8]) -> Vec<u8> {
        match self.attribute_elements(content, Encoding::Der) {
            Some(elements) if !self.over_content => der::set_unsorted(elements),
            _ => content.to_vec(),
        }
    }

    fn signed_attributes(&self, content: &[u8], encoding: Encoding) -> Vec<u8> {
        self.attribute_elements(content, encoding)
            .map(|elements| encoding.inner(der::tag::constructed(0), &der::concat(elements)))
            .unwrap_or_default()
    }

    fn attribute_elements(&self, content: &[u8], encoding: Encoding) -> Option<Vec<Vec<u8>>> {
        let digest = self.digest.digest(content);
        let mut attributes: Vec<&Attribute> = self.attributes.as_ref()?.iter().collect();
        let in_der = |attribute: &&Attribute| attribute.encode(&digest, Encoding::Der);
        match self.order {
            Order::Sorted => attributes.sort_by_key(in_der),
            Order::Descending => {
                attributes.sort_by_key(in_der);
                attributes.reverse();
            }
            Order::AsListed => {}
        }
        Some(
            attributes
                .into_iter()
                .map(|a| a.encode(&digest, encoding))
                .collect(),
        )
    }

    fn signature_identifier_der(&self) -> Vec<u8> {
        let due = || match self.scheme {
            Scheme::Pkcs1(_) | Scheme::Pkcs1WithoutNull(_) | Scheme::Pkcs1BareDigest(_) => {
                der::algorithm_null(oid::RSA_ENCRYPTION)
            }
            Scheme::Pss(..) | Scheme::Ecdsa(_) | Scheme::EcdsaFixed(_) => self.scheme.identifier(),
        };
        self.signature_identifier.clone().unwrap_or_else(due)
    }

    fn unsigned_attributes(&self, signature: &[u8], encoding: Encoding) -> Vec<u8> {
        let countersignatures = self.countersigners.iter().map(|signer| {
            let value = signer.encode(signature, Encoding::Der);
            Attribute::new(oid::COUNTERSIGNATURE, &[value])
        });
        let all = self.unsigned.iter().cloned().chain(countersignatures);
        let elements: Vec<_> = all
            .map(|attribute| attribute.encode(&[], encoding))
            .collect();
        if elements.is_empty() {
            return Vec::new();
        }
        encoding.set_of(der::tag::constructed(1), elements)
    }
}

impl SignerId {
    fn to_der(&self) -> Vec<u8> {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                der::sequence([issuer.clone(), der::unsigned(serial)])
            }
            Self::KeyId(key_id) => der::implicit(0, key_id),
        }
    }
}
