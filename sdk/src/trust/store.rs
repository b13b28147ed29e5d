//! The store of anchors.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::algorithm::AlgorithmTable;
use crate::certificate::Name;
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::trust::{Anchor, Fingerprint, PUBLISHED};

/// Which world the anchors belong to. Production and test never share a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// The real service: only pinned anchors.
    Production,
    /// Test hierarchies: no anchor of the real service.
    Test,
}

/// What an anchor may vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// 署名用電子証明書: the certificates that sign documents.
    JpkiSigning,
    /// 利用者証明用電子証明書: the certificates that answer a login challenge.
    JpkiAuthentication,
    /// The certificates that sign documents in phones: the issuer's root (IACA)
    /// issues them (ISO/IEC 18013-5, annex B).
    MdocIssuer,
    /// The certificates that sign lists of revoked documents in phones. They are
    /// no business of the root that issues the documents' own.
    MdocStatus,
}

impl Purpose {
    /// The word by which command lines and reports call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JpkiSigning => "jpki-signing",
            Self::JpkiAuthentication => "jpki-authentication",
            Self::MdocIssuer => "mdoc-issuer",
            Self::MdocStatus => "mdoc-status",
        }
    }
}

impl Environment {
    /// The word by which command lines and reports call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

/// Names one set of anchors: SHA-256 over environment, purposes and fingerprints.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrustVersion(Fingerprint);

impl TrustVersion {
    #[cfg(feature = "cache")]
    pub(crate) const fn octets(&self) -> &[u8; 32] {
        self.0.octets()
    }
}

impl fmt::Display for TrustVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TrustVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The anchors of one environment. It does not change: new anchors are a new
/// store, and with it new verifiers and empty caches.
#[derive(Clone, Debug)]
pub struct TrustStore {
    environment: Environment,
    anchors: Arc<[Arc<Anchor>]>,
    version: TrustVersion,
}

impl TrustStore {
    /// Begins a store.
    #[must_use]
    pub fn builder(environment: Environment) -> TrustStoreBuilder {
        TrustStoreBuilder {
            environment,
            algorithms: AlgorithmTable::standard(),
            pins: BTreeSet::new(),
            anchors: Vec::new(),
        }
    }

    /// The world the anchors belong to.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The anchors, in the order in which they were given.
    pub fn anchors(&self) -> impl Iterator<Item = &Arc<Anchor>> {
        self.anchors.iter()
    }

    /// The name of this set of anchors.
    #[must_use]
    pub fn version(&self) -> TrustVersion {
        self.version
    }

    /// The anchors of `purpose` with this name; several generations share one.
    pub(crate) fn named(
        &self,
        purpose: Purpose,
        name: Name<'_>,
    ) -> impl Iterator<Item = &Arc<Anchor>> {
        self.anchors
            .iter()
            .filter(move |a| a.purpose() == purpose && a.is_named(name))
    }

    /// Whether an anchor of any purpose has this name.
    pub(crate) fn names(&self, name: Name<'_>) -> bool {
        self.anchors.iter().any(|a| a.is_named(name))
    }
}

/// Collects anchors for a [`TrustStore`].
#[derive(Debug)]
pub struct TrustStoreBuilder {
    environment: Environment,
    algorithms: AlgorithmTable,
    pins: BTreeSet<(Purpose, Fingerprint)>,
    anchors: Vec<Arc<Anchor>>,
}

impl TrustStoreBuilder {
    /// Pins a production anchor that is not among the [published ones](PUBLISHED):
    /// the next generation. The operator has confirmed the fingerprint out of band.
    /// The pin of a published one changes nothing.
    #[must_use]
    pub fn pin(mut self, purpose: Purpose, fingerprint: Fingerprint) -> Self {
        self.pins.insert((purpose, fingerprint));
        self
    }

    /// Reads the keys of anchors by another table, for suites.
    ///
    /// Nothing checks that it is safe.
    #[must_use]
    pub fn danger_algorithms(mut self, algorithms: AlgorithmTable) -> Self {
        self.algorithms = algorithms;
        self
    }

    /// Adds an anchor in DER for `purpose`. One that is there already is not
    /// added again.
    ///
    /// # Errors
    /// * `trust.anchor`: malformed, no CA, without `keyCertSign`, constrained,
    ///   or with a key that is not allowed.
    /// * `trust.environment`: an anchor of the real service in a test store, or
    ///   of a test hierarchy in a production store, pinned or not.
    /// * `trust.anchor_purpose`: pinned for another purpose, or for several.
    /// * `trust.unpinned`: not pinned, in a production store.
    /// * `input.too_many`: more than [`limits::ANCHORS`].
    pub fn anchor(mut self, purpose: Purpose, der: &[u8]) -> Result<Self, Error> {
        let anchor = Anchor::read(purpose, der, &self.algorithms)?;
        self.admit(&anchor)?;
        if self.anchors.len() >= limits::ANCHORS {
            return Err(Code::InputTooMany.into());
        }
        let known = self
            .anchors
            .iter()
            .any(|a| a.fingerprint() == anchor.fingerprint() && a.purpose() == anchor.purpose());
        if !known {
            self.anchors.push(Arc::new(anchor));
        }
        Ok(self)
    }

    /// The store.
    ///
    /// # Errors
    /// `trust.empty` if no anchor was given.
    pub fn build(self) -> Result<TrustStore, Error> {
        if self.anchors.is_empty() {
            return Err(Code::TrustEmpty.into());
        }
        let version = version(self.environment, &self.anchors);
        Ok(TrustStore {
            environment: self.environment,
            anchors: self.anchors.into(),
            version,
        })
    }

    fn admit(&self, anchor: &Anchor) -> Result<(), Code> {
        if is_of_the_other_world(self.environment, anchor.subject()) {
            return Err(Code::TrustEnvironment);
        }
        let pinned_for = self.pinned_for(anchor.fingerprint());
        match self.environment {
            Environment::Test if !pinned_for.is_empty() => Err(Code::TrustEnvironment),
            Environment::Test => Ok(()),
            Environment::Production if pinned_for.is_empty() => Err(Code::TrustUnpinned),
            Environment::Production if pinned_for == [anchor.purpose()] => Ok(()),
            Environment::Production => Err(Code::TrustAnchorPurpose),
        }
    }

    /// The purposes that an anchor is pinned for. One root serves one purpose:
    /// that of a published one is not the operator's to change, and one that is
    /// pinned for several is fit for none.
    fn pinned_for(&self, fingerprint: Fingerprint) -> Vec<Purpose> {
        let published = PUBLISHED.iter().find(|r| r.fingerprint == fingerprint);
        match published {
            Some(root) => vec![root.purpose],
            None => {
                let pins = self.pins.iter().filter(|(_, pin)| *pin == fingerprint);
                pins.map(|(purpose, _)| *purpose).collect()
            }
        }
    }
}

/// The organisation of the real service is `JPKI`, that of its test
/// hierarchies `JPKI-TEST`, both as UTF8String; the other common string type is
/// no way around.
fn is_of_the_other_world(environment: Environment, subject: &[u8]) -> bool {
    let (utf8, printable): (&[u8], &[u8]) = match environment {
        Environment::Production => (b"\x0c\x09JPKI-TEST", b"\x13\x09JPKI-TEST"),
        Environment::Test => (b"\x0c\x04JPKI", b"\x13\x04JPKI"),
    };
    let mut windows = subject.windows(utf8.len());
    windows.any(|w| w == utf8 || w == printable)
}

fn version(environment: Environment, anchors: &[Arc<Anchor>]) -> TrustVersion {
    let entries: BTreeSet<_> = anchors
        .iter()
        .map(|a| (a.purpose(), *a.fingerprint().octets()))
        .collect();
    let mut text = environment.as_str().as_bytes().to_vec();
    for (purpose, fingerprint) in entries {
        text.push(0);
        text.extend(purpose.as_str().as_bytes());
        text.push(0);
        text.extend(fingerprint);
    }
    TrustVersion(Fingerprint::of(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::Ca;

    fn production(pins: &[Purpose], purpose: Purpose) -> Option<Code> {
        let ca = Ca::new("CA");
        let fingerprint = Fingerprint::of(&ca.certificate);
        let builder = TrustStore::builder(Environment::Production);
        let builder = pins.iter().fold(builder, |b, pin| b.pin(*pin, fingerprint));
        let outcome = builder.anchor(purpose, &ca.certificate);
        outcome.err().map(|error| error.code())
    }

    #[test]
    fn a_pin_admits_for_its_one_purpose() {
        let (signing, authentication) = (Purpose::JpkiSigning, Purpose::JpkiAuthentication);
        assert_eq!(production(&[signing], signing), None);
        for (pins, code) in [
            (&[][..], Code::TrustUnpinned),
            (&[authentication], Code::TrustAnchorPurpose),
            (&[signing, authentication], Code::TrustAnchorPurpose),
        ] {
            assert_eq!(production(pins, signing), Some(code));
        }
    }

    #[test]
    fn no_pin_gives_a_published_root_another_purpose() {
        for root in PUBLISHED {
            let builder = TrustStore::builder(Environment::Production)
                .pin(Purpose::JpkiSigning, root.fingerprint)
                .pin(Purpose::JpkiAuthentication, root.fingerprint);
            assert_eq!(builder.pinned_for(root.fingerprint), [root.purpose]);
        }
    }
}
