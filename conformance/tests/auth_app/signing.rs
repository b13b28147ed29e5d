//! Documents that people sign through the auth app: what comes back, in every
//! form, and everything that can be wrong with it.

mod driven;
mod scene;

use std::fs;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use tashika::algorithm::{AlgorithmTable, RawSchemes, SignatureScheme};
use tashika::auth_app::signing::{
    OperatorDigest, OperatorProfile, OperatorSubject, SignInput, SignTransaction,
    SignerExpectation, SigningOperator, SigningState, Verification, VerifiedSigning,
};
use tashika::{CheckId, Code};
use tashika_conformance::desk::NOW;
use tashika_testbed::auth_app::{Choice, Citizen, ResultForm};
use tashika_testbed::{Hash, Kind, Reason, Register, der};

use self::scene::{DESK, DOCUMENT, Scene, confirm, inputs, standard};

/// What only a proof of our own tells.
fn ourselves(proof: &VerifiedSigning) -> &tashika::jpki::VerifiedSignature {
    match proof.verification() {
        Verification::Ourselves(signature) => signature,
        Verification::Operator(word) => panic!("{word:?}"),
    }
}

#[test]
fn we_verify_what_is_plain_in_the_form_that_was_chosen() {
    let scene = Scene::new(ResultForm::Plain);
    let schemes = [
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_BARE_SHA256,
        SignatureScheme::RSA_PKCS1_PADDED,
    ];
    for (input, scheme) in inputs().into_iter().zip(schemes) {
        let plain = scene.plain(&input, input.clone());
        let proof = confirm(plain, &Register::new()).unwrap();
        let signature = ourselves(&proof);
        assert_eq!(signature.scheme(), scheme);
        let name = DESK.card().person().name.clone();
        assert_eq!(signature.holder().name().as_str(), name);
        assert_eq!(proof.subject(), &scene.hanako);
        assert_eq!(proof.issuer(), scene.provider.issuer());
        assert_eq!(proof.input(), &input);
        assert!(proof.is_of(DOCUMENT) && !proof.is_of(b"another"));
        for check in [
            CheckId::AuthAppState,
            CheckId::AuthAppNonce,
            CheckId::AuthAppSigning,
            CheckId::Signature,
            CheckId::NotRevoked,
        ] {
            assert!(proof.trace().passed(check), "{check}");
        }
    }
}

#[test]
fn the_operator_verifies_what_is_encrypted() {
    let scene = Scene::new(ResultForm::Jwe);
    for input in inputs() {
        let proof = scene
            .verified(&scene.sealed(&input, input.clone()))
            .unwrap();
        let Verification::Operator(word) = proof.verification() else {
            panic!("{proof:?}");
        };
        assert_eq!(word.operator(), scene.operator.url());
        assert_eq!(word.subject(), OperatorSubject::Same);
        assert_eq!(proof.subject(), &scene.hanako);
        assert!(proof.is_of(DOCUMENT));
    }
}

/// What was signed in one form does not verify in another: nothing is tried.
#[test]
fn no_form_passes_for_another() {
    let scene = Scene::new(ResultForm::Plain);
    for sent in inputs() {
        for meant in inputs().into_iter().filter(|meant| *meant != sent) {
            let plain = scene.plain(&sent, meant.clone());
            let refused = confirm(plain, &Register::new()).unwrap_err();
            assert_eq!(refused.code(), Code::SignatureInvalid, "{sent:?} {meant:?}");
            assert!(refused.trace().passed(CheckId::AuthAppNonce));
        }
    }
}

/// The scheme belongs to what was asked for: how a verifier takes bare signatures
/// from elsewhere has no part in it.
#[test]
fn the_form_is_no_choice_of_the_verifiers() {
    let scene = Scene::new(ResultForm::Plain);
    let verifier = DESK.signing(AlgorithmTable::standard()).unwrap();
    let verifier = verifier.with_raw_schemes(RawSchemes::only(SignatureScheme::RSA_PSS_SHA256));
    for input in inputs() {
        let checked = scene.plain(&input, input.clone()).check(&verifier, NOW);
        assert!(checked.is_ok(), "{input:?}");
    }
}

#[test]
fn other_octets_than_were_to_be_signed_are_seen() {
    for form in [ResultForm::Plain, ResultForm::Jwe] {
        let scene = Scene::new(form);
        scene
            .provider
            .only(|switches| switches.signs_other_bytes = true);
        for input in inputs() {
            match form {
                ResultForm::Plain => {
                    let plain = scene.plain(&input, input.clone());
                    let refused = confirm(plain, &Register::new()).unwrap_err();
                    assert_eq!(refused.code(), Code::SignatureInvalid);
                }
                ResultForm::Jwe => {
                    let sealed = scene.sealed(&input, input.clone());
                    let refused = scene.verified(&sealed).unwrap_err();
                    assert_eq!(refused.code(), Code::AuthAppSigningInvalid);
                }
            }
        }
    }
}

#[test]
fn a_revoked_certificate_signs_nothing() {
    let scene = Scene::new(ResultForm::Plain);
    let mut register = Register::new();
    let since = NOW.as_unix() - 3600;
    register.revoke(
        DESK.card(),
        Kind::Signing,
        Reason::CessationOfOperation,
        since,
    );
    let refused = confirm(scene.plain(&standard(), standard()), &register).unwrap_err();
    assert_eq!(refused.code(), Code::RevokedCessationOfOperation);
    assert!(refused.trace().passed(CheckId::Signature));
    assert!(refused.trace().passed(CheckId::AuthAppNonce));
}

#[test]
fn the_certificate_is_one_for_signing() {
    let scene = Scene::new(ResultForm::Plain);
    let wrong = STANDARD.encode(DESK.card().authentication().certificate());
    for (member, value, code) in [
        ("certificate", json!(wrong), Code::TrustPurpose),
        ("certificate", json!("AAAA"), Code::InputCertificate),
        ("certificate", json!(""), Code::JpkiNoCertificate),
        ("signature", json!(""), Code::SignatureInvalid),
    ] {
        scene
            .provider
            .only(|switches| switches.signing_result.members.set(member, value.clone()));
        let plain = scene.plain(&standard(), standard());
        let refused = confirm(plain, &Register::new()).unwrap_err();
        assert_eq!(refused.code(), code, "{member}: {value}");
    }
}

#[test]
fn the_one_who_signs_is_the_one_who_logged_in() {
    let scene = Scene::new(ResultForm::Plain);
    let shota = scene.provider.sub_for(scene::CLIENT, "shota");
    let shota = tashika::auth_app::Subject::known(&shota).unwrap();
    let transaction = || scene.transaction(&standard(), standard());
    let refused = scene.authenticated(transaction(), SignerExpectation::SameAs(shota));
    assert_eq!(refused.unwrap_err(), Code::AuthAppSigningSubject);
    let whoever = scene.authenticated(transaction(), SignerExpectation::Whoever);
    assert_eq!(whoever.unwrap().subject(), &scene.hanako);
}

#[test]
fn nobody_has_to_sign() {
    let scene = Scene::new(ResultForm::Plain);
    let person = DESK.testbed().card(2).person().clone();
    scene.provider.enrol(Citizen::new("under15", &person));
    for (choice, code) in [
        (Choice::Cancel, Code::AuthAppCancelled),
        (Choice::Expired, Code::AuthAppExpired),
        (Choice::citizen("under15"), Code::AuthAppNoPin),
        (Choice::RevokedCertificate, Code::AuthAppRefused),
    ] {
        let transaction = scene.transaction(&standard(), standard());
        let whoever = SignerExpectation::Whoever;
        let refused = scene.received(transaction, whoever, choice.clone());
        assert_eq!(refused.unwrap_err().code(), code, "{choice:?}");
    }
}

#[test]
fn a_result_is_waited_for_and_not_for_ever() {
    let scene = Scene::with(ResultForm::Plain, |settings| {
        settings.lifetimes.transaction = 100;
    });
    let signer = scene.signer(&standard(), standard());
    scene
        .provider
        .only(|switches| switches.signing_pending = true);
    for _ in 0..2 {
        let refused = scene.result(&signer).unwrap_err();
        assert_eq!(refused.code(), Code::AuthAppSigningPending);
        assert_eq!(refused.status(), Some(202));
    }
    scene.provider.only(|_| ());
    assert!(scene.result(&signer).is_ok());
    scene.provider.set_time(NOW.as_unix() + 100);
    let refused = scene.result(&signer).unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppSigningUnknown);
    // The token of the person is over too.
    scene.provider.set_time(NOW.as_unix() + 300);
    let refused = scene.result(&signer).unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppTokenRefused);
}

/// The two tokens are for two things. Neither is taken for the other's.
#[test]
fn tokens_do_not_stand_in_for_each_other() {
    let scene = Scene::new(ResultForm::Plain);
    let (registration, profile) = (&scene.registration, &scene.profile);
    let signer = scene.signer(&standard(), standard());
    let mut result = signer.result_request(registration, profile).unwrap();
    let token = scene.token();
    let mut start = token
        .transaction_request(registration, profile, &standard())
        .unwrap();
    let of = |request: &Request<Bytes>| request.headers()["authorization"].clone();
    let (persons, clients) = (of(&result), of(&start));
    result.headers_mut().insert("authorization", clients);
    start.headers_mut().insert("authorization", persons);
    let refused = signer.result(profile, &scene.ask(&result)).unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppTokenRefused);
    // To come with the wrong one is our own mistake.
    let refused = SignTransaction::read(registration, profile, standard(), &scene.ask(&start));
    assert_eq!(refused.unwrap_err().code(), Code::AuthAppClientRefused);
}

#[test]
fn another_transactions_result_is_not_ours() {
    let scene = Scene::new(ResultForm::Plain);
    let other = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
    scene.provider.only(|switches| {
        let members = &mut switches.signing_result.members;
        members.set("sign_transaction_id", other);
    });
    let signer = scene.signer(&standard(), standard());
    let refused = scene.result(&signer).unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppSigningTransaction);

    // An encrypted one of somebody else's, under the name of ours.
    let scene = Scene::new(ResultForm::Jwe);
    let theirs = scene.signer(&standard(), standard());
    let request = theirs.result_request(&scene.registration, &scene.profile);
    let theirs: Value = serde_json::from_slice(scene.ask(&request.unwrap()).body()).unwrap();
    scene.provider.only(|switches| {
        let members = &mut switches.signing_result.members;
        members.set("result", theirs["result"].clone());
    });
    let refused = scene.verified(&scene.sealed(&standard(), standard()));
    assert_eq!(refused.unwrap_err().code(), Code::AuthAppSigningInvalid);
}

#[test]
fn the_services_own_word_about_a_certificate_is_heard_and_not_believed() {
    let mut scene = Scene::new(ResultForm::Plain);
    let signer = scene.signer(&standard(), standard());
    scene.provider.only(|switches| {
        switches.signing_result.members.set("status", "revoked");
    });
    let refused = scene.result(&signer).unwrap_err();
    assert_eq!(refused.code(), Code::InputSigningAnswer);
    scene.profile = scene
        .profile
        .with_state("revoked", SigningState::CertificateNotValid);
    let refused = scene.result(&signer).unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppCertificate);
    scene.profile = scene.profile.with_state("revoked", SigningState::Signed);
    assert!(scene.result(&signer).is_ok());
}

#[test]
fn an_operator_that_says_something_else_proves_nothing() {
    let scene = Scene::new(ResultForm::Jwe);
    let sealed = scene.sealed(&standard(), standard());
    for (member, value, code) in [
        ("digest", json!("00".repeat(32)), Code::AuthAppSigningDigest),
        (
            "sign_transaction_id",
            json!("f81d4fae-7dec-41d0-a765-00a0c91e6bf6"),
            Code::AuthAppSigningTransaction,
        ),
        ("sub", json!("somebody-else"), Code::AuthAppSigningSubject),
        ("result", json!("invalid"), Code::AuthAppSigningInvalid),
        ("result", json!("unknown"), Code::AuthAppSigningUndetermined),
        ("result", json!("perhaps"), Code::InputSigningAnswer),
        (
            "certificate_status",
            json!("revoked"),
            Code::AuthAppCertificate,
        ),
    ] {
        scene.operator.switch(|switches| {
            switches.reply = tashika_testbed::auth_app::Reply::default();
            switches.reply.members.set(member, value.clone());
        });
        let refused = scene.verified(&sealed).unwrap_err();
        assert_eq!(refused.code(), code, "{member}: {value}");
    }
    scene
        .operator
        .switch(|switches| *switches = Default::default());
    scene
        .operator
        .switch(|switches| switches.names_subject = false);
    let refused = scene.verified(&sealed).unwrap_err();
    assert_eq!(refused.code(), Code::AuthAppSigningSubject);
    scene
        .operator
        .switch(|switches| *switches = Default::default());
    assert!(scene.verified(&sealed).is_ok());
    // This operator does not know of octets that are no digest.
    let profile = OperatorProfile::standard().with_digest(OperatorDigest::SignedOctets);
    let operator = SigningOperator::at(&scene.operator.url(), profile).unwrap();
    let (status, _) = scene
        .operator
        .ask(sealed.request(&operator).unwrap().body());
    assert_eq!(status, 400);
}

/// What is kept of it is what anybody verifies who has not the transaction.
#[test]
fn a_plain_result_is_a_signed_document() {
    let scene = Scene::new(ResultForm::Plain);
    for (input, scheme) in inputs().into_iter().zip([
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_BARE_SHA256,
        SignatureScheme::RSA_PKCS1_PADDED,
    ]) {
        let plain = scene.plain(&input, input.clone());
        let kept = plain.signed_document(Bytes::from_static(DOCUMENT)).unwrap();
        let proof = DESK.verify(&kept, AlgorithmTable::standard()).unwrap();
        assert_eq!(proof.scheme(), scheme);
        assert_eq!(proof.content().map(|content| &content[..]), Some(DOCUMENT));
        let other = plain.signed_document(Bytes::from_static(b"another"));
        assert_eq!(other.err().unwrap().code(), Code::MisuseArgument);
    }
}

/// OpenSSL verifies what the service made of a `DigestInfo` as the standard
/// signature that it is, and finds a digest alone in what it made of one.
#[test]
fn openssl_sees_what_the_documentation_says() {
    let scene = Scene::new(ResultForm::Plain);
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, octets: &[u8]| fs::write(folder.path().join(name), octets).unwrap();
    put("key.der", &DESK.card().signing().key().spki());
    put("document", DOCUMENT);
    let signed = |input: &SignInput| {
        let signer = scene.signer(input, input.clone());
        let request = signer.result_request(&scene.registration, &scene.profile);
        let answer: Value = serde_json::from_slice(scene.ask(&request.unwrap()).body()).unwrap();
        put(
            "signature",
            &STANDARD
                .decode(answer["signature"].as_str().unwrap())
                .unwrap(),
        );
        let openssl = |arguments: &str| {
            let command = Command::new("openssl")
                .args(arguments.split(' '))
                .current_dir(folder.path())
                .output();
            command.unwrap()
        };
        let verify = "dgst -sha256 -verify key.der -keyform DER -signature signature document";
        let recover = "pkeyutl -verifyrecover -pubin -keyform DER -inkey key.der -in signature";
        (openssl(verify).status.success(), openssl(recover).stdout)
    };
    let digest = Hash::Sha256.digest(DOCUMENT);
    let info = der::sequence([Hash::Sha256.identifier(), der::octets(&digest)]);
    let [standard, bare, raw] = inputs();
    assert_eq!(signed(&standard), (true, info));
    assert_eq!(signed(&bare), (false, digest));
    assert_eq!(signed(&raw), (false, DOCUMENT.to_vec()));
}
