//! The world of the tour: CAs, people, cards and lists of the testbed, and a
//! relying party that verifies.

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{
    AuthenticationVerifier, Challenge, ChallengeResponse, Kind, ProfileTable, SignedDocument,
    SigningRequest, SigningVerifier,
};
use tashika::revocation::{
    CertificateList, ListSet, Pending, Policy, ScopePolicy, Status, Unconfirmed,
};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::{Environment, TrustStore};
use tashika::{Duration, Error, Time, Trace};
use tashika_testbed as testbed;
use testbed::mdoc::MdocTestbed;
use testbed::{Authority, Card, Generation, Hash, Register, Scheme, Testbed};

use crate::auth_app::Simulation;
use crate::exit::Failure;
use crate::tour::auth_app;

/// What came of a stop.
pub(super) struct Outcome {
    /// How many checks passed, or why not.
    pub(super) result: Result<usize, Error>,
    /// What was learned of the revocation of a card's certificate, if it came to
    /// that.
    pub(super) status: Option<(Kind, Status)>,
}

/// The testbed, and what the relying party knows of it.
pub(super) struct World {
    pub(super) testbed: Testbed,
    /// The same with the keys that the next card is expected to have.
    pub(super) next: Testbed,
    /// The card in a phone.
    pub(super) phone: MdocTestbed,
    /// The auth app, and us as its client.
    pub(super) auth_app: Simulation,
    pub(super) now: Time,
    card: Card,
    trust: TrustStore,
}

/// A relying party: whom it trusts, the lists it has, and what time it is.
pub(super) struct Desk {
    pub(super) trust: TrustStore,
    pub(super) lists: Vec<Vec<u8>>,
    pub(super) now: Time,
}

impl World {
    pub(super) fn new(seed: Option<u64>, now: Time) -> Result<Self, Failure> {
        let at = now.as_unix();
        let testbed =
            || seed.map_or_else(|| Testbed::fresh(at), |seed| Testbed::from_seed(seed, at));
        let next = testbed().algorithm(testbed::Algorithm::P384);
        let testbed = testbed();
        let phone = seed.map_or_else(
            || MdocTestbed::fresh(at),
            |seed| MdocTestbed::from_seed(seed, at),
        );
        let card = testbed.card(0);
        Ok(Self {
            phone,
            auth_app: auth_app::simulation(seed, &card, now)?,
            card,
            trust: trust(&Generation::ALL, &testbed)?,
            testbed,
            next,
            now,
        })
    }

    /// The card of the tour.
    pub(super) fn card(&self) -> &Card {
        &self.card
    }

    /// The list that covers one certificate of `card`.
    pub(super) fn list(&self, register: &Register, card: &Card, kind: testbed::Kind) -> Vec<u8> {
        let partition = card.partition(kind);
        let authority = self.testbed.authority(kind, partition.generation);
        self.testbed.list(register, partition).sign(authority.key())
    }

    /// A relying party with today's list for the signing certificate of the
    /// tour's card.
    pub(super) fn desk(&self) -> Desk {
        self.desk_with(self.list(&Register::new(), self.card(), testbed::Kind::Signing))
    }

    /// A relying party with this list alone.
    pub(super) fn desk_with(&self, list: Vec<u8>) -> Desk {
        Desk {
            trust: self.trust.clone(),
            lists: vec![list],
            now: self.now,
        }
    }
}

/// A store with these generations of both kinds.
pub(super) fn trust(generations: &[Generation], testbed: &Testbed) -> Result<TrustStore, Error> {
    let mut builder = TrustStore::builder(Environment::Test);
    for generation in generations {
        let of = |kind| -> &Authority { testbed.authority(kind, *generation) };
        let signing = of(testbed::Kind::Signing).certificate();
        let authentication = of(testbed::Kind::Authentication).certificate();
        builder = builder
            .anchor(Kind::Signing.purpose(), signing)?
            .anchor(Kind::Authentication.purpose(), authentication)?;
    }
    builder.build()
}

/// What the relying party asks the person to sign.
pub(super) fn request(now: Time) -> Result<Vec<u8>, Error> {
    let document = "口座開設申込書 / Application for an account"
        .as_bytes()
        .to_vec();
    let request = SigningRequest::new(
        binding("https://bank.example", "open-account", now)?,
        document,
    );
    Ok(request.to_bytes())
}

pub(super) fn binding(origin: &str, purpose: &str, now: Time) -> Result<Binding, Error> {
    Ok(Binding {
        audience: audience(origin, purpose)?,
        transaction: TransactionId::generate()?,
        expires: now.plus(Duration::minutes(10)),
    })
}

pub(super) fn audience(origin: &str, purpose: &str) -> Result<Audience, Error> {
    Ok(Audience {
        relying_party: RelyingParty::from_origin(origin)?,
        purpose: Purpose::named(purpose)?,
    })
}

/// A document that the card signed, as a bare signature.
pub(super) fn signed(card: &Card, message: &[u8]) -> SignedDocument {
    let signature = card.sign_raw(Scheme::Pkcs1(Hash::Sha256), message);
    SignedDocument::raw(
        card.signing().certificate().to_vec().into(),
        signature.into(),
        Bytes::copy_from_slice(message),
    )
}

impl Desk {
    /// Verifies a document.
    pub(super) fn verify(&self, document: &SignedDocument) -> Outcome {
        let checked = self
            .verifier()
            .and_then(|verifier| verifier.check(document, self.now));
        self.settle(Kind::Signing, checked, |proof| {
            let audience = audience("https://bank.example", "open-account")?;
            proof.request(&audience, self.now)?;
            Ok(proof.trace())
        })
    }

    pub(super) fn verifier(&self) -> Result<SigningVerifier, Error> {
        SigningVerifier::new(
            self.trust.clone(),
            ProfileTable::standard(),
            AlgorithmTable::standard(),
        )
    }

    /// Verifies the answer to a challenge.
    pub(super) fn log_in(&self, challenge: Challenge, response: &ChallengeResponse) -> Outcome {
        let verifier = AuthenticationVerifier::new(
            self.trust.clone(),
            ProfileTable::standard(),
            AlgorithmTable::standard(),
        );
        let checked = verifier.and_then(|verifier| {
            let audience = audience("https://bank.example", "login")?;
            verifier.check(challenge, &audience, response, self.now)
        });
        self.settle(Kind::Authentication, checked, |proof| Ok(proof.trace()))
    }

    fn settle<P: Pending>(
        &self,
        kind: Kind,
        checked: Result<Unconfirmed<P>, Error>,
        finish: impl FnOnce(P::Proof) -> Result<Trace, Error>,
    ) -> Outcome {
        let mut outcome = Outcome {
            result: Ok(0),
            status: None,
        };
        outcome.result = checked.and_then(|unconfirmed| {
            let lists = self.load(kind)?;
            let status = lists.status(unconfirmed.query(), &ScopePolicy::production(), self.now);
            let policy = Policy::strict(Duration::hours(48));
            let proof = unconfirmed.confirm(&status, &policy, self.now);
            outcome.status = Some((kind, status));
            finish(proof?).map(|trace| trace.iter().count())
        });
        outcome
    }

    pub(super) fn load(&self, kind: Kind) -> Result<ListSet, Error> {
        let mut set = ListSet::new();
        for der in &self.lists {
            let list = CertificateList::from_der(der)?;
            set.add(list.verify(&self.trust, kind.purpose(), &AlgorithmTable::standard())?)?;
        }
        Ok(set)
    }
}
