//! A gate that admits whoever bought the ticket, and nobody else.
//!
//! Buying and entering are two answers to a challenge by the same 利用者証明用
//! certificate. The organiser stores a keyed value per ticket: no name, no
//! serial number, and nothing that another organiser could compare. The cards
//! are the testbed's.

use std::collections::HashMap;
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{
    AuthenticationVerifier, Challenge, ChallengeResponse, Kind, Lookup, LookupKey, ProfileTable,
};
use tashika::revocation::{CertificateList, ListSet, Policy, ScopePolicy};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::{Environment, TrustStore};
use tashika::{Duration, Time};
use tashika_testbed::{self as testbed, Generation, Register, Testbed};

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = Time::from_unix(i64::try_from(seconds)?);
    let world = Testbed::fresh(now.as_unix());
    let mut organiser = Organiser::new(&world)?;
    let (buyer, stranger) = (world.card(0), world.card(1));

    let bought = organiser.identify("buy", &buyer, now)?;
    organiser.tickets.insert(bought, Ticket::Unused);
    for (who, card) in [
        ("a stranger", &stranger),
        ("the buyer", &buyer),
        ("the buyer again", &buyer),
    ] {
        let entry = organiser.enter(card, now)?;
        let shown = match entry {
            Entry::Admitted => "admitted",
            Entry::NoTicket => "has no ticket",
            Entry::AlreadyInside => "has been admitted already",
        };
        println!("{who}: {shown}");
    }
    Ok(())
}

struct Organiser {
    relying_party: RelyingParty,
    verifier: AuthenticationVerifier,
    lists: ListSet,
    key: LookupKey,
    tickets: HashMap<Lookup, Ticket>,
}

enum Ticket {
    Unused,
    Used,
}

enum Entry {
    Admitted,
    NoTicket,
    AlreadyInside,
}

impl Organiser {
    fn new(world: &Testbed) -> Result<Self, tashika::Error> {
        let kind = testbed::Kind::Authentication;
        let root = world.authority(kind, Generation::Third).certificate();
        let trust = TrustStore::builder(Environment::Test)
            .anchor(Kind::Authentication.purpose(), root)?
            .build()?;
        let algorithms = AlgorithmTable::standard();
        let mut lists = ListSet::new();
        for list in world.lists(&Register::new(), kind, Generation::Third) {
            let list = CertificateList::from_der(&list.der)?;
            lists.add(list.verify(&trust, Kind::Authentication.purpose(), &algorithms)?)?;
        }
        Ok(Self {
            relying_party: RelyingParty::from_origin("https://tickets.example")?,
            verifier: AuthenticationVerifier::new(trust, ProfileTable::standard(), algorithms)?,
            lists,
            // A real organiser keeps this key: with another one, no ticket is found.
            key: LookupKey::generate()?,
            tickets: HashMap::new(),
        })
    }

    /// Admits the buyer of an unused ticket, once.
    fn enter(&mut self, card: &testbed::Card, now: Time) -> Result<Entry, tashika::Error> {
        let person = self.identify("enter", card, now)?;
        Ok(match self.tickets.get_mut(&person) {
            None => Entry::NoTicket,
            Some(Ticket::Used) => Entry::AlreadyInside,
            Some(ticket) => {
                *ticket = Ticket::Used;
                Entry::Admitted
            }
        })
    }

    /// Challenges a card and names the certificate that answered.
    fn identify(
        &self,
        purpose: &str,
        card: &testbed::Card,
        now: Time,
    ) -> Result<Lookup, tashika::Error> {
        let audience = Audience {
            relying_party: self.relying_party.clone(),
            purpose: Purpose::named(purpose)?,
        };
        let challenge = Challenge::generate(Binding {
            audience: audience.clone(),
            transaction: TransactionId::generate()?,
            expires: now.plus(Duration::minutes(1)),
        })?;
        let response = answer(card, &challenge);
        let unconfirmed = self.verifier.check(challenge, &audience, &response, now)?;
        let scope = ScopePolicy::production();
        let status = self.lists.status(unconfirmed.query(), &scope, now);
        let proof = unconfirmed.confirm(&status, &Policy::strict(Duration::hours(48)), now)?;
        Ok(proof.leaf().identity().lookup(&self.key))
    }
}

/// What the visitor's card does.
fn answer(card: &testbed::Card, challenge: &Challenge) -> ChallengeResponse {
    ChallengeResponse {
        certificate: card.authentication().certificate().to_vec().into(),
        signature: card.answer(&challenge.to_bytes()).into(),
    }
}
