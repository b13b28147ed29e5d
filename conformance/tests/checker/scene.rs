//! A card, its certificate, and whoever is asked about it.

use std::sync::Arc;
use std::time::Duration as Span;

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::operator::OperatorClient;
use tashika::revocation::{
    CheckMethod, Checker, Endpoint, ListSet, Lists, Plan, Policy, RevocationQuery, ScopePolicy,
    TombstoneKey, Tombstones,
};
use tashika::transport::{BreakerPolicy, Client, Load, Origins, Timeouts, Tls, Transport};
use tashika::{Duration, Time};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{
    Algorithm, Card, Kind, Operator, OperatorRegister, Reason, Register, Server, Word,
};

/// When sources are from, one hour before [`NOW`].
pub(crate) const AS_OF: &str = "2027-01-15T07:00:00Z";

pub(crate) const POLICY: Policy = Policy::strict(Duration::hours(24));

pub(crate) fn at(text: &str) -> Time {
    text.parse().unwrap()
}

pub(crate) fn later(duration: Duration) -> Time {
    NOW.plus(duration)
}

pub(crate) struct Scene {
    pub(crate) desk: Desk,
    pub(crate) query: RevocationQuery,
}

impl Scene {
    pub(crate) fn new() -> Self {
        Self::of_card(0)
    }

    /// The same with the certificate of another card.
    pub(crate) fn of_card(number: u32) -> Self {
        let desk = Desk::new(31, Algorithm::P256).unwrap();
        let query = query(&desk, &desk.testbed().card(number));
        Self { desk, query }
    }

    /// Under what an operator knows the certificate.
    pub(crate) fn subject(&self) -> (String, String) {
        subject(&self.query)
    }

    /// An operator who knows the certificate.
    pub(crate) fn operator(&self, word: Word) -> Operator {
        let operator = Operator::start().unwrap();
        self.tell(&operator, word);
        operator
    }

    pub(crate) fn tell(&self, operator: &Operator, word: Word) {
        operator.learn(|known: &mut OperatorRegister| {
            known.words.insert(self.subject(), word);
        });
    }

    /// Today's lists, on which the card stands or does not.
    pub(crate) fn lists(&self, revoked: Option<Reason>) -> Lists {
        let mut register = Register::new();
        if let Some(reason) = revoked {
            let since = NOW.as_unix() - 86_400;
            register.revoke(self.desk.card(), Kind::Signing, reason, since);
        }
        let der = self.desk.list(Kind::Signing, &register);
        let mut set = ListSet::new();
        let list = self.desk.read_list(Kind::Signing, &der).unwrap();
        let _ = set.add(list).unwrap();
        Lists::of_set(Arc::new(set), ScopePolicy::production())
    }
}

pub(crate) fn query(desk: &Desk, card: &Card) -> RevocationQuery {
    let verifier = desk.signing(AlgorithmTable::standard()).unwrap();
    let certificate = card.signing().certificate();
    let unconfirmed = verifier.check_certificate(certificate, NOW).unwrap();
    unconfirmed.query().clone()
}

pub(crate) fn subject(query: &RevocationQuery) -> (String, String) {
    let key = query.anchor().key_fingerprint();
    (hex(key), hex(query.serial().as_unsigned()))
}

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|o| format!("{o:02x}")).collect()
}

/// After three failures, for as long as a test lasts.
pub(crate) const BREAKER: BreakerPolicy = BreakerPolicy {
    failures: 3,
    pause: Span::from_secs(120),
    longest: Span::from_secs(600),
};

/// A client of one server, which waits `total` for an answer.
pub(crate) fn client(server: &Server, total: Span) -> Client {
    let origins = Origins::none().plain_http(&server.url("")).unwrap();
    let timeouts = Timeouts {
        connect: total,
        total,
    };
    let transport = Transport::builder(origins, Tls::no_roots()).timeouts(timeouts);
    transport.build().unwrap().under(&Load::standard())
}

pub(crate) fn endpoint(
    operator: &Operator,
    path: &str,
    total: Span,
    breaker: BreakerPolicy,
) -> Endpoint {
    let client = client(operator.server(), total);
    Endpoint::new(&operator.url(path), client, breaker).unwrap()
}

pub(crate) const PATIENT: Span = Span::from_secs(20);

pub(crate) fn operator_client(operator: &Operator) -> OperatorClient {
    let status = endpoint(operator, "status", PATIENT, BREAKER);
    OperatorClient::new(status, CheckMethod::Crl).unwrap()
}

pub(crate) fn asking(operator: &Operator) -> Checker {
    asking_by(operator_client(operator))
}

pub(crate) fn asking_by(client: OperatorClient) -> Checker {
    Checker::new(Plan::Operator(Arc::new(client)), POLICY, tombstones())
}

pub(crate) fn tombstones() -> Arc<Tombstones> {
    let key = TombstoneKey::generate().unwrap();
    Arc::new(Tombstones::in_memory(key))
}
