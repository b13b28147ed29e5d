//! What the vectors are made of: one seed's CAs and cards.

use tashika_testbed::{
    Algorithm, Authority, Card, CertificateBuilder, Credential, CrlBuilder, Generation, Kind as Of,
    Municipality, RsaKey, Terms, Testbed, mdoc::MdocTestbed,
};

use super::{Kind, Procedure, case::Case};

const SEED: u64 = 20_270_115;

/// 2027-01-15T08:00:00Z.
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) const HOUR: i64 = 3600;
pub(super) const DAY: i64 = 24 * HOUR;

/// What is signed where it does not matter what.
pub(super) const MESSAGE: &[u8] = b"contract\r\n";

/// The testbed with RSA keys as today's card has, and one whose roots are on P-256.
pub(super) struct World {
    pub(super) rsa: Testbed,
    pub(super) elliptic: Testbed,
    pub(super) mdoc: MdocTestbed,
    card: Card,
}

impl World {
    pub(super) fn new() -> Self {
        let rsa = Testbed::from_seed(SEED, NOW);
        let card = rsa.card(0);
        let elliptic = Testbed::from_seed(SEED, NOW).algorithm(Algorithm::P256);
        Self {
            rsa,
            elliptic,
            mdoc: MdocTestbed::from_seed(SEED, NOW),
            card,
        }
    }

    /// The CA that issues now.
    pub(super) fn authority(&self, kind: Kind) -> &Authority {
        self.generation(kind, Generation::Third)
    }

    pub(super) fn generation(&self, kind: Kind, generation: Generation) -> &Authority {
        self.rsa.authority(kind.into(), generation)
    }

    /// The card of the first person.
    pub(super) fn card(&self) -> &Card {
        &self.card
    }

    pub(super) fn credential(&self, kind: Kind) -> &Credential {
        self.card.credential(kind.into())
    }

    pub(super) fn terms(&self, kind: Kind) -> Terms {
        let person = self.card.person();
        self.rsa.terms(person, kind.into(), Generation::Third, 0)
    }

    /// The certificate on the card before it is signed.
    pub(super) fn leaf(&self, kind: Kind) -> CertificateBuilder {
        let key = self.credential(kind).key();
        self.authority(kind)
            .leaf(self.card.person(), key, &self.terms(kind))
    }

    /// The certificate on the card, changed and then signed by its CA.
    pub(super) fn issue(
        &self,
        kind: Kind,
        change: impl FnOnce(CertificateBuilder) -> CertificateBuilder,
    ) -> Vec<u8> {
        change(self.leaf(kind)).sign(self.authority(kind).key())
    }

    /// The list that speaks for the card, as of an hour ago, with nobody on it.
    pub(super) fn list(&self, kind: Kind) -> CrlBuilder {
        self.authority(kind)
            .list(Municipality::KIYOSE, NUMBER, NOW - HOUR)
    }

    /// The list that speaks for the card, changed and then signed by its CA.
    pub(super) fn publish(
        &self,
        kind: Kind,
        change: impl FnOnce(CrlBuilder) -> CrlBuilder,
    ) -> Vec<u8> {
        change(self.list(kind)).sign(self.authority(kind).key())
    }

    /// An RSA key of another size or exponent than a card's.
    pub(super) fn rsa_key(&self, bits: u32, exponent: u64) -> RsaKey {
        let label = format!("rsa {bits} {exponent}");
        RsaKey::generate(bits, exponent, &mut self.rsa.rng(&label))
    }

    /// A case with the CA that issues now as the one anchor.
    pub(super) fn case(&self, procedure: Procedure, kind: Kind, text: [&str; 3]) -> Case {
        let root = self.authority(kind).certificate();
        Case::new(procedure, kind, NOW, text).anchor(kind, root)
    }
}

/// The number of the list that speaks for the card.
pub(super) const NUMBER: u64 = 300;

impl From<Kind> for Of {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Signing => Self::Signing,
            Kind::Authentication => Self::Authentication,
            Kind::Mdoc | Kind::MdocStatus => {
                panic!("no certificate of a card is for documents in phones")
            }
            Kind::AuthApp => panic!("no certificate of a card is the auth app's"),
        }
    }
}
