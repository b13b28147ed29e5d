//! `checker.*`: answers that were verified before.

use std::sync::Arc;

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{ProfileTable, SigningVerifier};
use tashika::revocation::operator::OperatorClient;
use tashika::revocation::{
    CheckMethod, CheckPurpose, Checker, Delivery, Endpoint, Plan, Policy, RevocationQuery, State,
    TombstoneKey, Tombstones,
};
use tashika::transport::{BreakerPolicy, Load, Origins, Tls, Transport};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Duration, Time};
use tashika_testbed::{Operator, Word};
use tokio::runtime::{Builder, Runtime};

use crate::scoreboard::Measurement;
use crate::scoreboard::cards::{Deck, Key, NOW, Signed};
use crate::scoreboard::contest::{Cases, Contender, Contest};
use crate::scoreboard::failure::{Fault, Faulty};

pub(crate) const MEASUREMENTS: &[Measurement] = &[Measurement {
    path: "checker.cached",
    goal: 1.0,
    prepare: |cards, _| cached(cards.of(Key::Rsa2048)),
}];

const NAME: &str = "tashika";

/// For an answer out of the cache, in nanoseconds.
const BUDGET: f64 = 3000.0;

const PURPOSE: CheckPurpose = CheckPurpose::SignatureVerification;

/// A checker on a runtime of one thread, whose operator is asked about each
/// certificate once, before the clock runs.
struct Desk {
    runtime: Runtime,
    checker: Checker,
    /// Answers while the desk is there.
    _operator: Operator,
}

/// Everything from the question to the status: the keyed hash of the
/// certificate, a look among the tombstones, of which there are some, and one
/// into the cache.
fn cached(deck: &Deck) -> Result<Contest, Faulty> {
    let signed = deck.signed();
    let unprepared = Faulty {
        contender: NAME,
        fault: Fault::Unprepared,
    };
    let (desk, queries) = Desk::open(deck, &signed.genuine).ok_or(unprepared)?;
    let (genuine, revoked) = queries.split_at(queries.len() / 2);
    let cases = Cases {
        genuine: genuine.to_vec(),
        flipped: revoked.to_vec(),
    };
    let desk = Arc::new(desk);
    let asked = Arc::clone(&desk);
    // Once is asked, from then on it is cached or remembered.
    let prepare = move |query: &RevocationQuery| {
        let _ = asked.check(query);
        Some(query.clone())
    };
    let ours = Contender::new(NAME, &cases, prepare, move |query| {
        desk.check(query) == (State::Good, Delivery::Cached)
    })?;
    Ok(Contest::within(BUDGET, ours))
}

impl Desk {
    /// The first half of the certificates are good, the others revoked.
    fn open(deck: &Deck, signed: &[Signed]) -> Option<(Self, Vec<RevocationQuery>)> {
        let now = Time::from_unix(NOW);
        let trust = TrustStore::builder(Environment::Test)
            .anchor(Purpose::JpkiSigning, deck.anchor())
            .and_then(tashika::trust::TrustStoreBuilder::build)
            .ok()?;
        let (profiles, table) = (ProfileTable::standard(), AlgorithmTable::standard());
        let verifier = SigningVerifier::new(trust, profiles, table).ok()?;
        let query = |signed: &Signed| {
            let unconfirmed = verifier.check_certificate(&signed.certificate, now).ok()?;
            Some(unconfirmed.query().clone())
        };
        let queries: Vec<_> = signed.iter().map(query).collect::<Option<_>>()?;
        let operator = Operator::start().ok()?;
        let as_of = now.minus(Duration::hours(1)).to_string();
        for (index, query) in queries.iter().enumerate() {
            let word = if index < queries.len() / 2 {
                Word::good(&as_of)
            } else {
                Word::revoked(&as_of, &as_of, 4)
            };
            let key = hex(query.anchor().key_fingerprint());
            let serial = hex(query.serial().as_unsigned());
            operator.learn(|known| {
                known.words.insert((key, serial), word);
            });
        }
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let checker = checker(&operator)?;
        let desk = Self {
            runtime,
            checker,
            _operator: operator,
        };
        Some((desk, queries))
    }

    fn check(&self, query: &RevocationQuery) -> (State, Delivery) {
        let now = Time::from_unix(NOW);
        let checked = self.checker.check(query, PURPOSE, now);
        let answer = self.runtime.block_on(checked);
        (answer.status().state(), answer.delivery())
    }
}

fn checker(operator: &Operator) -> Option<Checker> {
    let origins = Origins::none().plain_http(&operator.url("")).ok()?;
    let transport = Transport::builder(origins, Tls::no_roots()).build().ok()?;
    let client = transport.under(&Load::standard());
    let breaker = BreakerPolicy::standard();
    let status = Endpoint::new(&operator.url("status"), client, breaker).ok()?;
    let client = OperatorClient::new(status, CheckMethod::Crl).ok()?;
    let tombstones = Tombstones::in_memory(TombstoneKey::generate().ok()?);
    let policy = Policy::strict(Duration::hours(48));
    let plan = Plan::Operator(Arc::new(client));
    Some(Checker::new(plan, policy, Arc::new(tombstones)))
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
