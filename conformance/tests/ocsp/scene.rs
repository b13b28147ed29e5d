//! A CA, a card and a relying party at the present time.

use std::time::{SystemTime, UNIX_EPOCH};

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{
    NonceRule, OcspPolicy, OcspVerifier, PendingIssued, RevocationQuery, State, Status, Unconfirmed,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::{
    AuthorityKeyRule, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, OneHop, PolicyRule,
};
use tashika::{Duration, Time};
use tashika_testbed::{Algorithm, Authority, Card, Credential, Generation, Kind, Testbed};

pub(crate) const RSA: Algorithm = Algorithm::RSA_2048;

pub(crate) struct Scene {
    pub(crate) testbed: Testbed,
    pub(crate) card: Card,
    pub(crate) delegate: Credential,
    pub(crate) now: Time,
}

impl Scene {
    /// With keys of this algorithm for CA, card and delegate.
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = since.expect("after 1970").as_secs();
        let now = i64::try_from(now).expect("before the year 292277026596");
        let testbed = Testbed::from_seed(6960, now).algorithm(algorithm);
        let key = testbed.key(algorithm, "ocsp responder");
        let delegate = testbed
            .authority(Kind::Signing, Generation::Third)
            .delegate_to(key, now);
        Self {
            card: testbed.card(0),
            testbed,
            delegate,
            now: Time::from_unix(now),
        }
    }

    pub(crate) fn authority(&self) -> &Authority {
        self.testbed.authority(Kind::Signing, Generation::Third)
    }

    /// OpenSSL's name of the digest that the CA signs with.
    pub(crate) fn digest(&self) -> &'static str {
        match self.authority().algorithm() {
            Algorithm::P384 => "sha384",
            Algorithm::Rsa(_) | Algorithm::P256 => "sha256",
        }
    }

    /// The question about this certificate of the CA.
    pub(crate) fn query(&self, certificate: &[u8]) -> RevocationQuery {
        let profile = LeafProfile {
            name: "any leaf".to_owned(),
            authority_key: AuthorityKeyRule::Required,
            key_usage: KeyUsageRule::DangerAnyLeaf,
            extended_key_usage: ExtendedKeyUsageRule::DangerAny,
            policies: PolicyRule::DangerAny,
        };
        let check = OneHop::new(
            trust(self),
            Purpose::JpkiSigning,
            profile,
            AlgorithmTable::standard(),
        );
        let issued = check.check(certificate, self.now).expect("a certificate");
        let pending: Unconfirmed<PendingIssued> =
            Unconfirmed::of(&issued).expect("distribution points");
        pending.query().clone()
    }

    /// The question about the card.
    pub(crate) fn of_card(&self) -> RevocationQuery {
        self.query(self.card.signing().certificate())
    }

    pub(crate) fn verifier(&self, nonce: NonceRule) -> OcspVerifier {
        // The responder may stamp a second after the question was put.
        let policy =
            OcspPolicy::new(nonce, Duration::hours(1)).with_clock_skew(Duration::minutes(5));
        let table = AlgorithmTable::standard();
        OcspVerifier::new(trust(self), Purpose::JpkiSigning, table, policy)
    }
}

/// The CA as the one anchor.
pub(crate) fn trust(scene: &Scene) -> TrustStore {
    TrustStore::builder(Environment::Test)
        .anchor(Purpose::JpkiSigning, scene.authority().certificate())
        .and_then(tashika::trust::TrustStoreBuilder::build)
        .expect("an anchor")
}

/// `good`, `unknown` or the name of the reason.
pub(crate) fn word(status: &Status) -> String {
    match status.state() {
        State::Good => "good".to_owned(),
        State::Revoked { reason, .. } => reason.as_str().to_owned(),
        State::Undetermined(code) => code.as_str().to_owned(),
    }
}
