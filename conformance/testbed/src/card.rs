//! A card in somebody's hand.

use crate::{CmsBuilder, Credential, Generation, Kind, Partition, Person, Scheme};

/// A card with both certificates and keys. It asks for no PIN.
#[derive(Clone, Debug)]
pub struct Card {
    person: Person,
    generation: Generation,
    signing: Credential,
    authentication: Credential,
}

impl Card {
    /// A card of what was issued to a person under a generation.
    #[must_use]
    pub fn new(
        person: Person,
        generation: Generation,
        signing: Credential,
        authentication: Credential,
    ) -> Self {
        Self {
            person,
            generation,
            signing,
            authentication,
        }
    }

    /// Its holder.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// The generation that issued both certificates.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// 署名用: certificate and key.
    #[must_use]
    pub fn signing(&self) -> &Credential {
        &self.signing
    }

    /// 利用者証明用: certificate and key.
    #[must_use]
    pub fn authentication(&self) -> &Credential {
        &self.authentication
    }

    /// Certificate and key of a kind.
    #[must_use]
    pub fn credential(&self, kind: Kind) -> &Credential {
        match kind {
            Kind::Signing => &self.signing,
            Kind::Authentication => &self.authentication,
        }
    }

    /// The partition of the lists that speaks about the certificate of a kind.
    #[must_use]
    pub fn partition(&self, kind: Kind) -> Partition {
        let (generation, municipality) = (self.generation, self.person.municipality);
        Partition {
            kind,
            generation,
            municipality,
        }
    }

    /// Sign a message with the signing key.
    ///
    /// # Panics
    ///
    /// If the scheme is not one of this kind of key.
    #[must_use]
    pub fn sign_raw(&self, scheme: Scheme, message: &[u8]) -> Vec<u8> {
        self.signing.sign_raw(scheme, message)
    }

    /// Sign a digest, made with the scheme's hash, with the signing key.
    ///
    /// # Panics
    ///
    /// If the scheme is not one of this kind of key.
    #[must_use]
    pub fn sign_digest(&self, scheme: Scheme, digest: &[u8]) -> Vec<u8> {
        self.signing.sign_digest(scheme, digest)
    }

    /// A message signed with the signing key, content attached; `change` is what
    /// sets it apart (`CmsBuilder::detached`, or `|cms| cms` for nothing).
    #[must_use]
    pub fn sign_cms(
        &self,
        content: &[u8],
        change: impl FnOnce(CmsBuilder) -> CmsBuilder,
    ) -> Vec<u8> {
        change(CmsBuilder::new(content).signer(&self.signing, |signer| signer)).build()
    }

    /// Sign a challenge with the authentication key, in its default scheme.
    #[must_use]
    pub fn answer(&self, challenge: &[u8]) -> Vec<u8> {
        let key = self.authentication.key();
        key.sign(key.default_scheme(), challenge)
    }
}
