//! `tashika verify --ocsp` against a real responder. It stamps its answers with
//! the clock of the machine, so everything here lives at the present time.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use tashika_testbed::responder::{Record, Responder, Setup};
use tashika_testbed::{Algorithm, Card, Generation, Kind, Reason, Register, Testbed};

use crate::desk::{Answer, Desk, tashika};

struct Present {
    desk: Desk,
    testbed: Testbed,
    card: Card,
}

impl Present {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_secs()).unwrap();
        let testbed = Testbed::from_seed(43, now).algorithm(Algorithm::P256);
        let desk = Desk::new();
        desk.write_anchors("present/trust", &testbed);
        let card = testbed.card(0);
        desk.write("present/sign.der", card.signing().certificate());
        Self {
            desk,
            testbed,
            card,
        }
    }

    fn write_lists(&self, folder: &str, reason: Option<Reason>) {
        let mut register = Register::new();
        if let Some(reason) = reason {
            let since = self.testbed.now() - 7200;
            register.revoke(&self.card, Kind::Signing, reason, since);
        }
        let lists = self
            .testbed
            .lists(&register, Kind::Signing, Generation::Third);
        for (number, list) in lists.iter().enumerate() {
            self.desk
                .write(&format!("{folder}/{number}.crl"), &list.der);
        }
    }

    /// A responder of the CA itself that knows the card so, or not at all.
    fn responder(&self, folder: &str, record: Option<Record<'_>>) -> Responder {
        let authority = self.testbed.authority(Kind::Signing, Generation::Third);
        let directory = self.desk.path(folder);
        fs::create_dir(&directory).unwrap();
        let serial = self.card.signing().serial();
        let records: Vec<_> = record.map(|record| (serial, record)).into_iter().collect();
        let setup = Setup {
            authority: authority.certificate(),
            signer: authority.certificate(),
            key: &authority.key().pkcs8(),
            records: &records,
            arguments: &["-nmin", "60"],
        };
        Responder::start(directory.as_ref(), &setup).unwrap()
    }

    fn verify(&self, responder: &Responder, arguments: &[&str]) -> Answer {
        let origin = format!("http://{}", responder.address());
        let path = |name| self.desk.path(name);
        let fixed = ["verify", "cert", "--kind", "sign", "--environment", "test"].map(String::from);
        let files = [
            path("present/sign.der"),
            "--trust".to_owned(),
            path("present/trust"),
        ];
        let http = ["--ocsp", &origin, "--plain-http", &origin, "--json"].map(String::from);
        let arguments = arguments.iter().map(|argument| {
            let file = argument.strip_prefix('@').map(path);
            file.unwrap_or_else(|| (*argument).to_owned())
        });
        tashika(fixed.into_iter().chain(files).chain(http).chain(arguments))
    }
}

#[test]
fn a_real_responder_is_asked() {
    let present = Present::new();
    let good = present.responder("good", Some(Record::Good));
    let report = present.verify(&good, &[]).exits(0).json();
    assert_eq!(report["revocation"]["source"], "ocsp");
    assert_eq!(report["asked"]["checked_via"], "ocsp");
    assert_eq!(report["asked"]["delivery"], "asked");
    assert!(report["asked"]["age_seconds"].as_i64().unwrap() < 60);

    let record = Record::Revoked(Some("cessationOfOperation"));
    let revoked = present.responder("revoked", Some(record));
    let report = present.verify(&revoked, &[]).exits(1).json();
    assert_eq!(report["code"], "revoked.cessation_of_operation");
    assert_eq!(report["revocation"]["reason"], "cessationOfOperation");

    let nobody = present.responder("nobody", None);
    let report = present.verify(&nobody, &[]).exits(2).json();
    assert_eq!(report["code"], "revocation.ocsp_unknown");
}

#[test]
fn a_real_responder_and_lists_are_asked_together() {
    let present = Present::new();
    present.write_lists("lists", None);
    present.write_lists("listed", Some(Reason::KeyCompromise));
    let good = present.responder("good", Some(Record::Good));
    let nobody = present.responder("nobody", None);
    let asked = |responder, lists, ask| present.verify(responder, &["--crl", lists, "--ask", ask]);
    asked(&good, "@lists", "both").exits(0);
    asked(&nobody, "@lists", "both").exits(2);
    asked(&nobody, "@lists", "crl-else-ocsp").exits(0);
    asked(&nobody, "@lists", "ocsp").exits(2);
    for ask in ["both", "ocsp", "crl-else-ocsp"] {
        let report = asked(&good, "@listed", ask).exits(1).json();
        assert_eq!(report["code"], "revoked.key_compromise");
        assert_eq!(report["asked"]["checked_via"], "crl");
    }
}
