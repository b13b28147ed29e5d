//! The responder of OpenSSL answers what we ask, and we understand it.

use tashika::algorithm::IdentifierHash;
use tashika::revocation::{NonceEcho, NonceRule, OcspRequest, Source};
use tashika::signer::{EcdsaSigner, RsaSigner, Signer};
use tashika::{Code, Duration};
use tashika_conformance::responder::{Record, Responder, Setup};
use tashika_testbed::{Algorithm, Kind};
use tempfile::TempDir;

use crate::scene::{RSA, Scene, word};

/// CRLReason by OpenSSL's name; removeFromCRL stands in no index.
const REASONS: [(Option<&str>, &str); 8] = [
    (None, "unspecified"),
    (Some("unspecified"), "unspecified"),
    (Some("keyCompromise"), "keyCompromise"),
    (Some("CACompromise"), "cACompromise"),
    (Some("affiliationChanged"), "affiliationChanged"),
    (Some("superseded"), "superseded"),
    (Some("cessationOfOperation"), "cessationOfOperation"),
    (Some("certificateHold"), "certificateHold"),
];

#[derive(Clone, Copy)]
enum Signs {
    Authority,
    Delegate,
}

fn start(scene: &Scene, signs: Signs, record: Record<'_>, more: &[&str]) -> (TempDir, Responder) {
    let directory = tempfile::tempdir().expect("a directory");
    let (signer, key) = match signs {
        Signs::Authority => (scene.authority().certificate(), scene.authority().key()),
        Signs::Delegate => (scene.delegate.certificate(), scene.delegate.key()),
    };
    let setup = Setup {
        authority: scene.authority().certificate(),
        signer,
        key: &key.pkcs8(),
        records: &[(scene.card.signing().serial(), record)],
        // Its own choice is SHA-256 whatever the curve.
        arguments: &[&["-nmin", "10", "-rmd", scene.digest()], more].concat(),
    };
    let responder = Responder::start(directory.path(), &setup).expect("openssl ocsp");
    (directory, responder)
}

fn ask(scene: &Scene, responder: &Responder, hash: IdentifierHash) -> String {
    let request = OcspRequest::generate(&scene.of_card(), hash).expect("entropy");
    let answer = responder.post(request.der()).expect("an answer");
    let verifier = scene.verifier(NonceRule::Required);
    let status = verifier.verify(&request, &answer, scene.now);
    let status = status.expect("a status");
    if let Some(source) = status.source() {
        let Source::Ocsp(source) = source else {
            panic!("{source:?}");
        };
        assert_eq!(source.nonce(), NonceEcho::Echoed);
        assert_eq!(
            status
                .next_update()
                .map(|n| n.since(status.as_of().expect("a time"))),
            Some(Duration::minutes(10))
        );
    }
    word(&status)
}

#[test]
fn every_kind_of_key_and_responder() {
    for algorithm in [RSA, Algorithm::P256, Algorithm::P384] {
        let scene = Scene::new(algorithm);
        for signs in [Signs::Authority, Signs::Delegate] {
            for more in [&[][..], &["-resp_key_id"]] {
                let (_directory, responder) = start(&scene, signs, Record::Good, more);
                for hash in [IdentifierHash::Sha1, IdentifierHash::Sha256] {
                    assert_eq!(
                        ask(&scene, &responder, hash),
                        "good",
                        "{algorithm:?} {hash:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_reason() {
    let scene = Scene::new(Algorithm::P256);
    for (reason, name) in REASONS {
        let record = Record::Revoked(reason);
        let (_directory, responder) = start(&scene, Signs::Delegate, record, &[]);
        assert_eq!(ask(&scene, &responder, IdentifierHash::Sha1), name);
    }
}

#[test]
fn what_is_not_in_the_index_is_unknown() {
    let scene = Scene::new(Algorithm::P256);
    let (_directory, responder) = start(&scene, Signs::Delegate, Record::Good, &[]);
    let other = scene.testbed.card(1);
    let query = scene.query(other.signing().certificate());
    let request = OcspRequest::generate(&query, IdentifierHash::Sha1).expect("entropy");
    let answer = responder.post(request.der()).expect("an answer");
    let verifier = scene.verifier(NonceRule::Required);
    let status = verifier.status(&request, &answer, scene.now);
    assert_eq!(word(&status), Code::RevocationOcspUnknown.as_str());
}

#[test]
fn without_a_nonce_there_is_none() {
    let scene = Scene::new(Algorithm::P256);
    let (_directory, responder) = start(&scene, Signs::Delegate, Record::Good, &[]);
    let query = scene.of_card();
    let request = OcspRequest::without_nonce(&query, IdentifierHash::Sha1);
    let answer = responder.post(request.der()).expect("an answer");
    let said = |rule| word(&scene.verifier(rule).status(&request, &answer, scene.now));
    assert_eq!(said(NonceRule::OrMaxAge), "good");
    assert_eq!(said(NonceRule::Required), "revocation.ocsp_nonce_missing");

    // The answer to a question of somebody else.
    let other = OcspRequest::generate(&query, IdentifierHash::Sha1).expect("entropy");
    let answer = responder.post(other.der()).expect("an answer");
    let own = OcspRequest::generate(&query, IdentifierHash::Sha1).expect("entropy");
    let verifier = scene.verifier(NonceRule::OrMaxAge);
    let status = verifier.status(&own, &answer, scene.now);
    assert_eq!(word(&status), "revocation.ocsp_nonce");
}

#[test]
fn a_signed_request_is_answered_like_any_other() {
    for algorithm in [RSA, Algorithm::P256, Algorithm::P384] {
        let scene = Scene::new(algorithm);
        let (_directory, responder) = start(&scene, Signs::Delegate, Record::Good, &[]);
        let key = scene.card.credential(Kind::Authentication).key().pkcs8();
        let signer: Box<dyn Signer> = match algorithm {
            Algorithm::Rsa(_) => Box::new(RsaSigner::from_pkcs8(&key).expect("a key")),
            _ => Box::new(EcdsaSigner::from_pkcs8(&key).expect("a key")),
        };
        let own = scene.card.credential(Kind::Authentication).certificate();
        let request = OcspRequest::generate(&scene.of_card(), IdentifierHash::Sha256)
            .and_then(|request| request.sign(&*signer, &[own]))
            .expect("a request");
        let answer = responder.post(request.der()).expect("an answer");
        let verifier = scene.verifier(NonceRule::Required);
        let status = verifier.status(&request, &answer, scene.now);
        assert_eq!(word(&status), "good", "{algorithm:?}");
    }
}
