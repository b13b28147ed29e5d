//! A card at the present time, and `openssl ocsp` behind a server that can be
//! made to fail.

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{ProfileTable, SigningVerifier};
use tashika::revocation::{
    CertificateList, CheckPurpose, Checker, Confirmation, Endpoint, Freshness, ListSet, Lists,
    NonceRule, OcspClient, OcspPolicy, OcspResponder, OcspVerifier, Plan, Policy, RevocationQuery,
    ScopePolicy, State,
};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::{Code, Duration, Time};
use tashika_conformance::responder::{Record, Responder, Setup};
use tashika_testbed::{
    Algorithm, Answer, Authority, Card, CertificateBuilder, Extension, GeneralName, Generation,
    KeyPair, Kind, Reason, Received, Register, Server, Testbed, oid,
};
use tempfile::TempDir;

use crate::scene::{BREAKER, PATIENT, client, tombstones};

pub(crate) const RESPONSE: &str = "application/ocsp-response";

pub(crate) fn policy() -> Policy {
    Policy::strict(Duration::hours(12)).with_clock_skew(Duration::minutes(5))
}

/// The clock of the machine, which is OpenSSL's.
pub(crate) fn machine_time() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_unix(i64::try_from(since.as_secs()).unwrap())
}

/// The proof's view of its revocation, or the code of its refusal.
pub(crate) type Confirmed = Result<(Freshness, bool), Code>;

pub(crate) struct Present {
    verifier: SigningVerifier,
    testbed: Testbed,
    card: Card,
    pub(crate) trust: TrustStore,
    pub(crate) query: RevocationQuery,
    pub(crate) now: Time,
}

impl Present {
    pub(crate) fn new() -> Self {
        let now = machine_time();
        let testbed = Testbed::from_seed(41, now.as_unix()).algorithm(Algorithm::P256);
        let root = testbed.authority(Kind::Signing, Generation::Third);
        let trust = TrustStore::builder(Environment::Test)
            .anchor(Purpose::JpkiSigning, root.certificate())
            .and_then(tashika::trust::TrustStoreBuilder::build)
            .unwrap();
        let (profiles, table) = (ProfileTable::standard(), AlgorithmTable::standard());
        let verifier = SigningVerifier::new(trust.clone(), profiles, table).unwrap();
        let card = testbed.card(0);
        let certificate = card.signing().certificate();
        let unconfirmed = verifier.check_certificate(certificate, now).unwrap();
        let query = unconfirmed.query().clone();
        Self {
            verifier,
            testbed,
            card,
            trust,
            query,
            now,
        }
    }

    /// Checks by this checker, and confirms.
    pub(crate) async fn confirmed(&self, checker: &Checker, policy: &Policy) -> Confirmed {
        let certificate = self.card.signing().certificate();
        let unconfirmed = self.verifier.check_certificate(certificate, self.now);
        let unconfirmed = unconfirmed.unwrap();
        let purpose = CheckPurpose::SignatureVerification;
        let answer = checker.check(unconfirmed.query(), purpose, self.now).await;
        let proof = unconfirmed.confirm(answer.status(), policy, self.now);
        match proof.map_err(|e| e.code())?.confirmation() {
            Confirmation::Good {
                freshness, flagged, ..
            } => Ok((*freshness, *flagged)),
            Confirmation::Unchecked => panic!("it was asked"),
        }
    }

    /// The list of an hour ago, as it was `before` that.
    pub(crate) fn lists(&self, reason: Option<Reason>, before: Duration) -> Lists {
        let mut register = Register::new();
        if let Some(reason) = reason {
            let since = self.now.as_unix() - 3 * 86_400;
            register.revoke(&self.card, Kind::Signing, reason, since);
        }
        let partition = self.card.partition(Kind::Signing);
        let issued = self.now.as_unix() - 3600 - before.as_seconds();
        let list = self.testbed.list(&register, partition);
        let list = list.this_update(issued).next_update(issued + 86_400);
        let der = list.sign(
            self.testbed
                .authority(Kind::Signing, Generation::Third)
                .key(),
        );
        let list = CertificateList::from_der(&der).unwrap();
        let table = AlgorithmTable::standard();
        let list = list
            .verify(&self.trust, Purpose::JpkiSigning, &table)
            .unwrap();
        let mut set = ListSet::new();
        let _ = set.add(list).unwrap();
        Lists::of_set(Arc::new(set), ScopePolicy::production())
    }

    pub(crate) fn no_lists() -> Lists {
        Lists::of_set(Arc::new(ListSet::new()), ScopePolicy::production())
    }

    /// `openssl ocsp` that knows the card so, or does not know it.
    pub(crate) fn openssl(&self, record: Option<Record<'_>>) -> OpenSsl {
        let authority = self.authority();
        self.openssl_by(record, authority.certificate(), authority.key())
    }

    fn authority(&self) -> &Authority {
        self.testbed.authority(Kind::Signing, Generation::Third)
    }

    /// `openssl ocsp` that is a delegate of the CA, which does not say that its
    /// certificate needs no check but on which list it would stand.
    pub(crate) fn delegate(&self, record: Option<Record<'_>>) -> OpenSsl {
        let authority = self.authority();
        let key = self
            .testbed
            .key(Algorithm::P256, "delegate without nocheck");
        let partition = self.card.partition(Kind::Signing);
        let point = authority.distribution_point(partition.municipality);
        let now = self.now.as_unix();
        let certificate = CertificateBuilder::new(authority.name(), &key)
            .serial(&[0x0c, 0x60])
            .validity(now - 3600, now + 86_400)
            .subject(authority.name().common_name("OCSP Responder"))
            .extension(Extension::key_usage(&[0]))
            .extension(Extension::extended_key_usage(&[oid::OCSP_SIGNING]))
            .extension(Extension::crl_distribution_points(&[
                GeneralName::directory(point),
            ]))
            .extension(Extension::subject_key_id(&key.key_id()))
            .extension(Extension::authority_key_id(&authority.key().key_id()))
            .sign(authority.key());
        self.openssl_by(record, &certificate, &key)
    }

    fn openssl_by(&self, record: Option<Record<'_>>, signer: &[u8], key: &KeyPair) -> OpenSsl {
        let folder = TempDir::new().unwrap();
        let authority = self.authority();
        let serial = self.query.serial().as_unsigned();
        let records: Vec<_> = record.map(|record| (serial, record)).into_iter().collect();
        let setup = Setup {
            authority: authority.certificate(),
            signer,
            key: &key.pkcs8(),
            records: &records,
            arguments: &["-nmin", "60"],
        };
        let responder = Responder::start(folder.path(), &setup).unwrap();
        OpenSsl {
            responder: Arc::new(Mutex::new(responder)),
            _folder: folder,
        }
    }

    pub(crate) fn responder(&self, url: &str, client: tashika::transport::Client) -> OcspResponder {
        let nonce = OcspPolicy::new(NonceRule::Required, Duration::hours(1));
        let verifier = OcspVerifier::new(
            self.trust.clone(),
            Purpose::JpkiSigning,
            AlgorithmTable::standard(),
            nonce.with_clock_skew(Duration::minutes(5)),
        );
        OcspResponder::new(Endpoint::new(url, client, BREAKER).unwrap(), verifier)
    }

    /// A client of the server in front.
    pub(crate) fn ocsp(&self, front: &Server) -> OcspClient {
        let responder = self.responder(&front.url("/ocsp"), client(front, PATIENT));
        OcspClient::new().with(responder)
    }

    pub(crate) async fn word(&self, plan: Plan) -> String {
        word(&Checker::new(plan, policy(), tombstones()), &self.query).await
    }
}

pub(crate) async fn word(checker: &Checker, query: &RevocationQuery) -> String {
    let purpose = CheckPurpose::SignatureVerification;
    let answer = checker.check(query, purpose, machine_time()).await;
    match answer.status().state() {
        State::Good => "good".to_owned(),
        State::Revoked { reason, .. } => reason.as_str().to_owned(),
        State::Undetermined(code) => code.as_str().to_owned(),
    }
}

pub(crate) struct OpenSsl {
    pub(crate) responder: Arc<Mutex<Responder>>,
    _folder: TempDir,
}

impl OpenSsl {
    /// A server that hands every question on to it.
    pub(crate) fn front(&self) -> Server {
        let server = Server::start().unwrap();
        let responder = Arc::clone(&self.responder);
        server.otherwise(move |received: &Received| {
            match responder.lock().unwrap().post(&received.body) {
                Ok(response) => Answer::ok(RESPONSE, response),
                Err(_) => Answer::status(502),
            }
        });
        server
    }
}
