//! Customers are found again after their certificate was renewed.

use tashika::Code;
use tashika::jpki::{CertificateIdentity, LookupKey};
use tashika::revocation::operator::{OperatorClient, Relation};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{Generation, Link, Operator, Person};

use crate::scene::{BREAKER, PATIENT, Scene, endpoint, hex, operator_client, subject};

fn client(operator: &Operator) -> OperatorClient {
    let links = endpoint(operator, "links", PATIENT, BREAKER);
    operator_client(operator).with_links(links)
}

fn link(relation: &str, kind: &str, to: (String, String)) -> Link {
    Link {
        relation: relation.to_owned(),
        certificate_kind: kind.to_owned(),
        issuer_key_sha256: to.0,
        serial: to.1,
    }
}

async fn asked(scene: &Scene, links: Vec<Link>) -> Result<usize, Code> {
    let operator = Operator::start().unwrap();
    operator.learn(|known| {
        known.links.insert(scene.subject(), links);
    });
    let found = client(&operator)
        .links(&scene.query, scene.desk.trust())
        .await;
    found.map(|l| l.certificates().len()).map_err(|e| e.code())
}

/// The subject of an authentication certificate of the same card.
fn counterpart(desk: &Desk) -> (String, String) {
    let verifier = desk.authentication().unwrap();
    let certificate = desk.card().authentication().certificate();
    let unconfirmed = verifier.check_certificate(certificate, NOW).unwrap();
    subject(unconfirmed.query())
}

#[tokio::test]
async fn a_stored_customer_is_found_under_the_predecessor() {
    let scene = Scene::new();
    let key = LookupKey::from_octets(&[7; 32]);
    // What was stored when the customer came with the old certificate.
    let person: &Person = scene.desk.card().person();
    let older = scene.desk.testbed().issue(person, Generation::Third, 900);
    let verifier = scene
        .desk
        .signing(tashika::algorithm::AlgorithmTable::standard());
    let old = verifier
        .unwrap()
        .check_certificate(older.signing().certificate(), NOW);
    let old = old.unwrap();
    let old_subject = subject(old.query());
    let stored = old.danger_unchecked().leaf().identity().lookup(&key);

    let operator = Operator::start().unwrap();
    operator.learn(|known| {
        let links = vec![
            link("predecessor", "jpki-signing", old_subject),
            link(
                "counterpart",
                "jpki-authentication",
                counterpart(&scene.desk),
            ),
        ];
        known.links.insert(scene.subject(), links);
    });
    let trust = scene.desk.trust();
    let links = client(&operator).links(&scene.query, trust).await.unwrap();
    let found: Vec<_> = links
        .related(Relation::Predecessor)
        .map(|c| CertificateIdentity::linked(c).lookup(&key))
        .collect();
    assert_eq!(found, [stored]);
    assert_eq!(links.related(Relation::Counterpart).count(), 1);
    assert_eq!(links.related(Relation::Successor).count(), 0);
    let shown = format!("{links:?} {:?}", links.certificates());
    assert!(!shown.contains(&hex(scene.query.serial().as_unsigned())));
}

#[tokio::test]
async fn links_that_cannot_be_are_no_answer() {
    let scene = Scene::new();
    let other = counterpart(&scene.desk);
    let (key, serial) = scene.subject();
    let unreadable = Err(Code::RevocationOperatorAnswer);
    let sign = "jpki-signing";
    for (links, outcome) in [
        (vec![], Ok(0)),
        (vec![link("cousin", sign, other.clone())], Ok(0)),
        (
            vec![link("successor", sign, (key.clone(), "0a0b0c".into()))],
            Ok(1),
        ),
        (
            vec![link("successor", sign, (key.clone(), serial.clone()))],
            unreadable,
        ),
        (
            vec![link("successor", "jpki-authentication", other.clone())],
            unreadable,
        ),
        (
            vec![link("counterpart", sign, (key.clone(), "0a".into()))],
            unreadable,
        ),
        (
            vec![link("successor", sign, (hex(&[9; 32]), "0a".into()))],
            unreadable,
        ),
        (
            vec![link("successor", sign, (key.clone(), "000a".into()))],
            unreadable,
        ),
        (
            vec![link("successor", sign, (key.clone(), "a".into()))],
            unreadable,
        ),
        (
            vec![link("successor", sign, (key.clone(), String::new()))],
            unreadable,
        ),
        (
            vec![link("successor", sign, (key.clone(), "0a".repeat(21)))],
            unreadable,
        ),
        (
            vec![link("successor", sign, (key.clone(), "0a".into())); 33],
            unreadable,
        ),
    ] {
        let shown = format!("{links:.200?}");
        assert_eq!(asked(&scene, links).await, outcome, "{shown}");
    }
}

#[tokio::test]
async fn nobody_configured_for_links_is_misuse() {
    let scene = Scene::new();
    let operator = Operator::start().unwrap();
    let asked = operator_client(&operator)
        .links(&scene.query, scene.desk.trust())
        .await;
    assert_eq!(asked.unwrap_err().code(), Code::MisuseArgument);
    let unknown = client(&operator)
        .links(&scene.query, scene.desk.trust())
        .await;
    assert_eq!(unknown.unwrap_err().code(), Code::RevocationOperatorUnknown);
}
