//! A relying party, with a testbed behind the people who come to it.

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{
    AuthenticationVerifier, Kind, ProfileTable, SignedDocument, SigningVerifier, VerifiedSignature,
};
use tashika::revocation::{
    CertificateList, ListSet, Pending, Policy, ScopePolicy, Status, Unconfirmed, VerifiedList,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Duration, Error, Time};
use tashika_testbed as testbed;
use testbed::{Algorithm, Card, Generation, Register, Testbed};

/// The moment at which everything takes place: 2027-01-15T08:00:00Z.
pub const NOW: Time = Time::from_unix(1_800_000_000);

/// A relying party that trusts the CAs of a testbed and holds today's lists
/// for one card.
#[derive(Debug)]
pub struct Desk {
    testbed: Testbed,
    card: Card,
    trust: TrustStore,
}

impl Desk {
    /// The desk of a seed, whose CAs and cards have keys of `algorithm`.
    ///
    /// # Errors
    ///
    /// If the verifier refuses an anchor that the testbed makes.
    pub fn new(seed: u64, algorithm: Algorithm) -> Result<Self, Error> {
        let testbed = Testbed::from_seed(seed, NOW.as_unix()).algorithm(algorithm);
        let mut builder = TrustStore::builder(Environment::Test);
        for kind in testbed::Kind::ALL {
            let root = testbed.authority(kind, Generation::Third).certificate();
            builder = builder.anchor(purpose(kind), root)?;
        }
        Ok(Self {
            card: testbed.card(0),
            trust: builder.build()?,
            testbed,
        })
    }

    /// The testbed.
    #[must_use]
    pub fn testbed(&self) -> &Testbed {
        &self.testbed
    }

    /// The card of the person at the desk.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The anchors.
    #[must_use]
    pub fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// Today's list that covers the card's certificate of a kind.
    #[must_use]
    pub fn list(&self, kind: testbed::Kind, register: &Register) -> Vec<u8> {
        let partition = self.card.partition(kind);
        let authority = self.testbed.authority(kind, partition.generation);
        self.testbed.list(register, partition).sign(authority.key())
    }

    /// Reads and verifies a list.
    ///
    /// # Errors
    ///
    /// What the list is refused for.
    pub fn read_list(&self, kind: testbed::Kind, der: &[u8]) -> Result<VerifiedList, Error> {
        let list = CertificateList::from_der(der)?;
        list.verify(&self.trust, purpose(kind), &AlgorithmTable::standard())
    }

    /// A verifier of documents.
    ///
    /// # Errors
    ///
    /// Never: there is a profile for test certificates.
    pub fn signing(&self, algorithms: AlgorithmTable) -> Result<SigningVerifier, Error> {
        SigningVerifier::new(self.trust.clone(), ProfileTable::standard(), algorithms)
    }

    /// A verifier of logins.
    ///
    /// # Errors
    ///
    /// Never: there is a profile for test certificates.
    pub fn authentication(&self) -> Result<AuthenticationVerifier, Error> {
        let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
        AuthenticationVerifier::new(self.trust.clone(), profiles, algorithms)
    }

    /// Verifies a document, revocation included.
    ///
    /// # Errors
    ///
    /// What the document is refused for.
    pub fn verify(
        &self,
        document: &SignedDocument,
        algorithms: AlgorithmTable,
    ) -> Result<VerifiedSignature, Error> {
        let unconfirmed = self.signing(algorithms)?.check(document, NOW)?;
        let list = self.list(testbed::Kind::Signing, &Register::new());
        self.confirm(unconfirmed, testbed::Kind::Signing, &list).1
    }

    /// Asks a list whether a certificate is revoked.
    pub fn confirm<P: Pending>(
        &self,
        unconfirmed: Unconfirmed<P>,
        kind: testbed::Kind,
        list: &[u8],
    ) -> (Option<Status>, Result<P::Proof, Error>) {
        let mut lists = ListSet::new();
        let added = self.read_list(kind, list).and_then(|list| lists.add(list));
        if let Err(error) = added {
            return (None, Err(error));
        }
        let status = lists.status(unconfirmed.query(), &ScopePolicy::production(), NOW);
        let proof = unconfirmed.confirm(&status, &Policy::strict(Duration::hours(48)), NOW);
        (Some(status), proof)
    }
}

fn purpose(kind: testbed::Kind) -> Purpose {
    match kind {
        testbed::Kind::Signing => Kind::Signing.purpose(),
        testbed::Kind::Authentication => Kind::Authentication.purpose(),
    }
}
