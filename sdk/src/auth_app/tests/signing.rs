//! Signatures that were asked for, wrong in one place each.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::scene::*;
use crate::auth_app::signing::*;
use crate::auth_app::{
    Acr, AcrPolicy, Callback, ClientId, LoginSecrets, PendingLogin, Provider, RedirectUri,
    Registration, Subject,
};
use crate::code::{CheckId, Code};
use crate::error::Error;
use crate::jose::encode;
use crate::limits;
use crate::seal::{Sealer, SealingKey};
use crate::time::Time;

const UUID: &str = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
const DOCUMENT: &[u8] = b"abc";
const DIGEST: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn profile() -> SigningProfile {
    SigningProfile::standard()
}

fn input() -> SignInput {
    SignInput::Sha256DigestInfo(ToSign::document(DOCUMENT))
}

fn client_token(response: &Value, now: Time) -> Result<SigningToken, Code> {
    SigningToken::read(&registration(), &json_answer(response), now).map_err(|fault| fault.code())
}

fn granted() -> Value {
    json!({"access_token": "cl13nt", "token_type": "Bearer", "expires_in": 300})
}

fn started(response: &Response<Bytes>) -> Result<SignTransaction, Code> {
    let transaction = SignTransaction::read(&registration(), &profile(), input(), response);
    transaction.map_err(|fault| fault.code())
}

fn transaction() -> SignTransaction {
    started(&json_answer(&json!({"sign_transaction_id": UUID}))).unwrap()
}

fn known(subject: &str) -> SignatureRequest {
    let subject = Subject::known(subject).unwrap();
    SignatureRequest::new(SignerExpectation::SameAs(subject))
}

fn begun(request: SignatureRequest) -> BegunSigning {
    let secrets = LoginSecrets::from_entropy([1; 16], [2; 32], [3; 32], [4; 32]);
    let (binding, registration) = (binding(), registration());
    let begun =
        PendingSigning::begin_with_secrets(binding, &registration, transaction(), request, secrets);
    begun.unwrap()
}

fn received(pending: PendingSigning) -> AuthorizedSigning {
    let browser = begin().browser;
    let callback: Callback = callback("code=c0de&state=STATE");
    let received = pending.receive(callback, Some(browser.value()), &registration(), NOW);
    received.unwrap()
}

/// Somebody signs for whom the ID token has these claims.
fn signer(request: SignatureRequest, claims: &Value) -> Result<AuthenticatedSigner, Error> {
    let op = Op::new();
    let response = with(
        &token_response(&op.id_token(claims)),
        "scope",
        json!("openid sign"),
    );
    let tokens = received(begun(request).pending).tokens(&registration(), &json_answer(&response));
    tokens.unwrap().verify(&registration(), &op.keys(), NOW)
}

fn authenticated() -> AuthenticatedSigner {
    signer(known("s-1"), &claims()).unwrap()
}

fn jwe() -> String {
    let header = encode(br#"{"alg":"ECDH-ES","enc":"A256GCM"}"#);
    format!("{header}..AAAA.AAAA.AAAA")
}

fn result(body: &Value) -> Result<SigningResult, Code> {
    let result = authenticated().result(&profile(), &json_answer(body));
    result.map_err(|fault| fault.code())
}

fn parameters(request: &Request<Bytes>) -> BTreeMap<String, String> {
    let pairs: Vec<_> = form_urlencoded::parse(request.body())
        .into_owned()
        .collect();
    let parameters: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(pairs.len(), parameters.len());
    parameters
}

#[test]
fn the_client_asks_in_its_own_name() {
    let request = SigningToken::request(&registration(), &profile(), &assertion()).unwrap();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), registration().provider().token_endpoint());
    assert!(!request.headers().contains_key("authorization"));
    let found = parameters(&request);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    for (name, value) in [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("client_assertion_type", kind),
        ("client_assertion", "an.assertion.x"),
    ] {
        assert_eq!(found.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(found.len(), 4);
    let scoped = profile().with_token_scope("sign").unwrap();
    let request = SigningToken::request(&registration(), &scoped, &assertion()).unwrap();
    assert_eq!(parameters(&request)["scope"], "sign");
}

#[test]
fn a_token_is_current_until_shortly_before_its_end() {
    let token = client_token(&granted(), NOW).unwrap();
    assert!(token.is_current(NOW) && token.is_current(at(269)));
    assert!(!token.is_current(at(270)));
    assert!(!format!("{token:?}").contains("cl13nt"));
    let silent = client_token(&with(&granted(), "expires_in", None), NOW).unwrap();
    assert!(!silent.is_current(NOW));
    let endless = with(&granted(), "expires_in", json!(u64::MAX));
    assert!(!client_token(&endless, NOW).unwrap().is_current(at(86_400)));
    for (member, value, code) in [
        ("access_token", None, Code::InputTokenResponse),
        ("access_token", Some(json!("a b")), Code::InputTokenResponse),
        ("token_type", Some(json!("mac")), Code::AuthAppTokenType),
        ("expires_in", Some(json!(-1)), Code::InputTokenResponse),
        ("expires_in", Some(json!("300")), Code::InputTokenResponse),
    ] {
        let refused = client_token(&with(&granted(), member, value), NOW);
        assert_eq!(refused.unwrap_err(), code, "{member}");
    }
}

#[test]
fn a_transaction_begins_with_the_octets_to_sign() {
    let token = client_token(&granted(), NOW).unwrap();
    let ask = |profile: &SigningProfile, input: &SignInput| {
        let request = token.transaction_request(&registration(), profile, input);
        let request = request.unwrap();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "https://op.example/api/sign-transactions");
        assert_eq!(request.headers()["authorization"], "Bearer cl13nt");
        assert_eq!(request.headers()["content-type"], "application/json");
        serde_json::from_slice::<Value>(request.body()).unwrap()
    };
    let info = "MDEwDQYJYIZIAWUDBAIBBQAEILp4Fr+PAc/qQUFA3l2uIiOwA2Gjlhd6nLQQ/2HyABWt";
    assert_eq!(ask(&profile(), &input()), json!({"data": info}));
    let bare = SignInput::BareSha256(ToSign::document(DOCUMENT));
    let named = profile()
        .with_name(SigningMember::Data, "hash")
        .unwrap()
        .with_encoding(OctetEncoding::Base64Url);
    let digest = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
    assert_eq!(ask(&named, &bare), json!({"hash": digest}));
}

#[test]
fn a_token_goes_to_nobody_but_who_gave_it() {
    let token = client_token(&granted(), NOW).unwrap();
    let other = Registration::new(
        Provider::at("https://evil.example/api").unwrap(),
        ClientId::new(CLIENT).unwrap(),
        registration().redirect_uri().clone(),
    );
    let request = token.transaction_request(&other, &profile(), &input());
    assert_eq!(request.unwrap_err().code(), Code::TransactionForeign);
}

#[test]
fn a_transaction_has_a_name_that_fits_into_a_path() {
    let named = |id: Value| started(&json_answer(&json!({"sign_transaction_id": id})));
    assert_eq!(named(json!(UUID)).unwrap().id(), UUID);
    for id in [json!("../x"), json!(""), json!(1), json!(null)] {
        assert_eq!(
            named(id.clone()).unwrap_err(),
            Code::InputSigningAnswer,
            "{id}"
        );
    }
    let created = |status| {
        let body = json!({"sign_transaction_id": UUID}).to_string();
        started(&answer(status, "application/json", &body))
    };
    assert!(created(201).is_ok());
    let error = r#"{"error":"invalid_request"}"#;
    for (status, content_type, body, code) in [
        (200, "application/json", "{}", Code::InputSigningAnswer),
        (200, "application/json", "[]", Code::InputSigningAnswer),
        (200, "text/html", "{}", Code::AuthAppHttp),
        (202, "application/json", "{}", Code::AuthAppHttp),
        (401, "text/html", "x", Code::AuthAppTokenRefused),
        (401, "application/json", error, Code::AuthAppTokenRefused),
        (403, "application/json", "{}", Code::AuthAppClientRefused),
        (403, "text/html", "x", Code::AuthAppHttp),
        (400, "application/json", error, Code::AuthAppClientRefused),
        (400, "text/html", "x", Code::AuthAppHttp),
        (429, "text/html", "x", Code::AuthAppBusy),
        (503, "text/html", "x", Code::AuthAppUnavailable),
    ] {
        let refused = started(&answer(status, content_type, body)).unwrap_err();
        assert_eq!(refused, code, "{status} {body}");
    }
    let long = format!("{{}}{}", " ".repeat(limits::SIGNING_ANSWER));
    let refused = started(&answer(200, "application/json", &long)).unwrap_err();
    assert_eq!(refused, Code::InputTooLarge);
}

#[test]
fn the_browser_is_sent_to_sign_in_this_transaction() {
    let acr = AcrPolicy::of(vec![Acr::Aal3]).unwrap();
    let url = begun(known("s-1").with_acr(acr)).url;
    for (name, value) in [
        ("scope", "openid sign"),
        ("sign_transaction_id", UUID),
        ("acr_values", "aal3"),
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(parameter(&url, name).as_deref(), Some(value), "{name}");
    }
    let other = Registration::new(
        registration().provider().clone(),
        ClientId::new(CLIENT).unwrap(),
        RedirectUri::new("https://bank.example/other").unwrap(),
    );
    let begun = PendingSigning::begin(binding(), &other, transaction(), known("s-1"));
    assert_eq!(begun.unwrap_err().code(), Code::TransactionForeign);
}

#[test]
fn a_sealed_signature_is_no_login_and_opens_as_it_was() {
    let sealer = Sealer::new(SealingKey::new("a", &[9; 32]).unwrap(), Vec::new()).unwrap();
    let open = |sealed: &[u8], now| {
        PendingSigning::open(&sealer, &audience(), &ID, sealed, now).map_err(|e| e.code())
    };
    let sealed = begun(known("s-1")).pending.seal(&sealer).unwrap();
    let opened = open(&sealed, at(600)).unwrap();
    assert_eq!(opened.binding(), &binding());
    let request = received(opened).token_request(&registration(), &assertion());
    let expected = authorized().token_request(&registration(), &assertion());
    assert_eq!(request.unwrap().body(), expected.unwrap().body());
    assert_eq!(
        open(&sealed, at(601)).unwrap_err(),
        Code::TransactionExpired
    );

    let login = PendingLogin::open(&sealer, &audience(), &ID, &sealed, NOW);
    assert_eq!(login.unwrap_err().code(), Code::TransactionForm);
    let login = begin().pending.seal(&sealer).unwrap();
    assert_eq!(open(&login, NOW).unwrap_err(), Code::TransactionForm);

    let state = sealer.open(&audience().purpose, &ID, &sealed, NOW).unwrap();
    let state: Value = serde_json::from_slice(&state).unwrap();
    let reseal = |state: &Value| {
        let state = state.to_string();
        let sealed = sealer.seal(&audience().purpose, &ID, at(600), state.as_bytes());
        open(&sealed.unwrap(), NOW).map(drop)
    };
    assert_eq!(reseal(&state), Ok(()));
    let login = |member: &str, value| with(&state, "login", with(&state["login"], member, value));
    for changed in [
        with(&state, "form", json!("tashika-pending-signing/2")),
        with(&state, "input", json!("sha1")),
        with(&state, "content", json!([1, 2, 3])),
        with(&state, "signer", json!("")),
        with(&state, "more", json!(1)),
        login("sign_transaction", json!(null)),
        login("form", json!("tashika-pending-login/2")),
    ] {
        assert_eq!(reseal(&changed), Err(Code::TransactionForm), "{changed}");
    }
}

#[test]
fn who_signs_is_who_was_expected() {
    let subject = |request| signer(request, &claims()).map(|s| s.subject().as_str().to_owned());
    assert_eq!(subject(known("s-1")).unwrap(), "s-1");
    let whoever = SignatureRequest::new(SignerExpectation::Whoever);
    assert_eq!(subject(whoever).unwrap(), "s-1");
    let error = subject(known("s-2")).unwrap_err();
    assert_eq!(error.code(), Code::AuthAppSigningSubject);
    assert!(error.trace().passed(CheckId::AuthAppSignature));
    assert!(!error.trace().passed(CheckId::AuthAppSigning));
    // What a login is refused for is refused here too.
    let other = with(&claims(), "nonce", json!("x"));
    let error = signer(known("s-1"), &other).unwrap_err();
    assert_eq!(error.code(), Code::AuthAppNonce);
    for bad in ["", "日", &"a".repeat(limits::SUBJECT + 1)] {
        assert_eq!(
            Subject::known(bad).unwrap_err().code(),
            Code::MisuseArgument
        );
    }
}

#[test]
fn the_scope_for_signing_has_to_be_granted() {
    let op = Op::new();
    let response = with(
        &token_response(&op.id_token(&claims())),
        "scope",
        json!("openid"),
    );
    let tokens = received(begun(known("s-1")).pending);
    let refused = tokens.tokens(&registration(), &json_answer(&response));
    assert_eq!(refused.unwrap_err().code(), Code::AuthAppScope);
}

#[test]
fn the_result_is_asked_for_with_the_token_of_the_person() {
    let request = authenticated().result_request(&registration(), &profile());
    let request = request.unwrap();
    assert_eq!(request.method(), Method::GET);
    let url = format!("https://op.example/api/sign-transactions/{UUID}/result");
    assert_eq!(request.uri(), url.as_str());
    let bearer = format!("Bearer {ACCESS_TOKEN}");
    assert_eq!(request.headers()["authorization"], bearer.as_str());
    let elsewhere = profile().with_result_path("signed/data").unwrap();
    let request = authenticated().result_request(&registration(), &elsewhere);
    assert!(
        request
            .unwrap()
            .uri()
            .path()
            .ends_with(&format!("{UUID}/signed/data"))
    );
    let other = Registration::new(
        registration().provider().clone(),
        ClientId::new("other").unwrap(),
        registration().redirect_uri().clone(),
    );
    let request = authenticated().result_request(&other, &profile());
    assert_eq!(request.unwrap_err().code(), Code::TransactionForeign);
}

#[test]
fn a_result_is_encrypted_or_not_and_nothing_between() {
    let sealed = json!({"sign_transaction_id": UUID, "result": jwe()});
    let plain = json!({"signature": "AAAA", "certificate": "AAAA"});
    let (one, other) = (result(&sealed).unwrap(), result(&plain).unwrap());
    assert_eq!(
        one.clone().plain().unwrap_err().code(),
        Code::AuthAppSigningForm
    );
    assert_eq!(
        other.clone().sealed().unwrap_err().code(),
        Code::AuthAppSigningForm
    );
    assert!(one.sealed().is_ok() && other.plain().is_ok());
    assert!(result(&with(&plain, "status", json!("valid"))).is_ok());
    let upper = UUID.to_uppercase();
    assert!(result(&with(&plain, "sign_transaction_id", json!(upper))).is_ok());

    let malformed = Code::InputSigningAnswer;
    let another = UUID.replace('f', "e");
    for (body, member, value, code) in [
        (&sealed, "result", None, malformed),
        (&sealed, "result", Some(json!("a.b.c")), malformed),
        (&sealed, "result", Some(json!({})), malformed),
        (&sealed, "signature", Some(json!("AAAA")), malformed),
        (&sealed, "certificate", Some(json!("AAAA")), malformed),
        (&plain, "result", Some(json!(jwe())), malformed),
        (&plain, "signature", None, malformed),
        (&plain, "certificate", None, malformed),
        (&plain, "signature", Some(json!("AAA")), malformed),
        (&plain, "signature", Some(json!("____")), malformed),
        (&plain, "certificate", Some(json!(1)), malformed),
        (&plain, "status", Some(json!("fine")), malformed),
        (&plain, "status", Some(json!(true)), malformed),
        (
            &plain,
            "status",
            Some(json!("pending")),
            Code::AuthAppSigningPending,
        ),
        (
            &plain,
            "status",
            Some(json!("expired")),
            Code::AuthAppSigningUnknown,
        ),
        (
            &plain,
            "status",
            Some(json!("invalid")),
            Code::AuthAppCertificate,
        ),
        (
            &sealed,
            "sign_transaction_id",
            Some(json!(another)),
            Code::AuthAppSigningTransaction,
        ),
        (&sealed, "sign_transaction_id", Some(json!(1)), malformed),
    ] {
        let refused = result(&with(body, member, value.clone())).unwrap_err();
        assert_eq!(refused, code, "{member}: {value:?}");
    }
}

#[test]
fn a_result_may_not_be_there_yet_or_any_more() {
    let signer = authenticated();
    let error = r#"{"error":"x"}"#;
    for (status, content_type, code) in [
        (202, "application/json", Code::AuthAppSigningPending),
        (202, "text/plain", Code::AuthAppSigningPending),
        (404, "application/json", Code::AuthAppSigningUnknown),
        (410, "text/html", Code::AuthAppSigningUnknown),
        (401, "application/json", Code::AuthAppTokenRefused),
        (403, "application/json", Code::AuthAppTokenRefused),
        // Pages of something before the service.
        (403, "text/html", Code::AuthAppHttp),
        (404, "text/html", Code::AuthAppHttp),
        (400, "application/json", Code::AuthAppHttp),
        (204, "application/json", Code::AuthAppHttp),
        (302, "text/html", Code::AuthAppHttp),
        (429, "application/json", Code::AuthAppBusy),
        (500, "application/json", Code::AuthAppUnavailable),
        (503, "text/html", Code::AuthAppUnavailable),
    ] {
        let refused = signer.result(&profile(), &answer(status, content_type, error));
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), code, "{status}");
        assert_eq!(refused.status(), Some(status));
        assert!(refused.error().trace().passed(CheckId::AuthAppNonce));
    }
    let conflict = profile().with_not_yet(&[409]).unwrap();
    let refused = signer.result(&conflict, &answer(409, "application/json", error));
    assert_eq!(refused.unwrap_err().code(), Code::AuthAppSigningPending);
    // The same value takes the result when it is there.
    let sealed = json!({"result": jwe()});
    assert!(signer.result(&profile(), &json_answer(&sealed)).is_ok());
}

fn sealed() -> SealedResult {
    result(&json!({"result": jwe()})).unwrap().sealed().unwrap()
}

fn operator(profile: OperatorProfile) -> SigningOperator {
    SigningOperator::at("https://pf.example/verify", profile).unwrap()
}

fn info() -> String {
    format!("3031300d060960864801650304020105000420{DIGEST}")
}

/// What an operator says who found everything good.
fn good() -> Value {
    json!({
        "result": "valid",
        "digest": DIGEST,
        "sign_transaction_id": UUID,
        "sub": "s-1",
        "certificate_status": "good",
    })
}

fn verified(profile: OperatorProfile, answer: &Value) -> Result<VerifiedSigning, Code> {
    let verified = sealed().verify(&operator(profile), &json_answer(answer));
    verified.map_err(|fault| fault.code())
}

#[test]
fn the_operator_gets_the_result_and_our_own_digest() {
    let standard = OperatorProfile::standard;
    let request = sealed().request(&operator(standard())).unwrap();
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://pf.example/verify");
    assert!(!request.headers().contains_key("authorization"));
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    let expected = json!({"jwe": jwe(), "digest": DIGEST, "sign_transaction_id": UUID});
    assert_eq!(body, expected);

    let other = standard()
        .with_digest(OperatorDigest::SignedOctets)
        .with_name(OperatorMember::Digest, "hash")
        .unwrap();
    let other = operator(other).with_token("s3cret").unwrap();
    let request = sealed().request(&other).unwrap();
    assert_eq!(request.headers()["authorization"], "Bearer s3cret");
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["hash"], info());
    assert!(!format!("{other:?}").contains("s3cret"));
    assert_eq!(other.origin(), "https://pf.example");

    for bad in [
        "http://pf.example/verify",
        "https://pf.example/?x",
        "pf.example",
    ] {
        let refused = SigningOperator::at(bad, standard()).unwrap_err();
        assert_eq!(refused.code(), Code::MisuseArgument, "{bad}");
    }
    let refused = operator(standard()).with_token("a b").unwrap_err();
    assert_eq!(refused.code(), Code::MisuseArgument);
    let taken = standard().with_name(OperatorMember::Jwe, "digest");
    assert_eq!(taken.unwrap_err().code(), Code::MisuseArgument);
}

#[test]
fn the_operators_word_is_a_proof_that_says_whose_word_it_is() {
    let proof = verified(OperatorProfile::standard(), &good()).unwrap();
    assert_eq!(proof.subject().as_str(), "s-1");
    assert_eq!(proof.binding(), &binding());
    assert_eq!(proof.issuer(), registration().provider().issuer());
    assert_eq!(proof.transaction(), UUID);
    assert_eq!(proof.input(), &input());
    assert!(proof.is_of(DOCUMENT) && !proof.is_of(b"abd"));
    assert_eq!(proof.digest(), *ToSign::document(DOCUMENT).digest());
    assert!(proof.trace().passed(CheckId::AuthAppSigning));
    assert!(!proof.trace().passed(CheckId::Signature));
    let Verification::Operator(word) = proof.verification() else {
        panic!("{proof:?}");
    };
    assert_eq!(word.operator(), "https://pf.example/verify");
    assert_eq!(word.subject(), OperatorSubject::Same);
    let printed = format!("{proof:?}");
    for told in ["s-1", DIGEST, UUID] {
        assert!(!printed.contains(told), "{printed}");
    }
}

#[test]
fn an_answer_counts_for_what_it_repeats() {
    let malformed = Code::InputSigningAnswer;
    for (member, value, code) in [
        (
            "sign_transaction_id",
            Some(json!(UUID.replace('f', "e"))),
            Code::AuthAppSigningTransaction,
        ),
        ("sign_transaction_id", None, malformed),
        ("sign_transaction_id", Some(json!(1)), malformed),
        ("digest", Some(json!(info())), Code::AuthAppSigningDigest),
        (
            "digest",
            Some(json!(DIGEST.replace('b', "c"))),
            Code::AuthAppSigningDigest,
        ),
        ("digest", None, malformed),
        ("sub", Some(json!("s-2")), Code::AuthAppSigningSubject),
        ("sub", Some(json!("S-1")), Code::AuthAppSigningSubject),
        ("sub", None, Code::AuthAppSigningSubject),
        ("sub", Some(json!(1)), malformed),
        (
            "result",
            Some(json!("invalid")),
            Code::AuthAppSigningInvalid,
        ),
        (
            "result",
            Some(json!("unknown")),
            Code::AuthAppSigningUndetermined,
        ),
        ("result", Some(json!("VALID")), malformed),
        ("result", Some(json!(true)), malformed),
        ("result", None, malformed),
        (
            "certificate_status",
            Some(json!("revoked")),
            Code::AuthAppCertificate,
        ),
        (
            "certificate_status",
            Some(json!("expired")),
            Code::AuthAppCertificate,
        ),
        (
            "certificate_status",
            Some(json!("unknown")),
            Code::AuthAppSigningUndetermined,
        ),
        ("certificate_status", Some(json!("")), malformed),
        ("certificate_status", Some(json!(null)), malformed),
    ] {
        let answer = with(&good(), member, value.clone());
        let refused = verified(OperatorProfile::standard(), &answer).unwrap_err();
        assert_eq!(refused, code, "{member}: {value:?}");
    }
    // What is about something else says nothing, not even that it is invalid.
    let other = with(&good(), "digest", json!(info()));
    let other = with(&other, "result", json!("invalid"));
    let refused = verified(OperatorProfile::standard(), &other).unwrap_err();
    assert_eq!(refused, Code::AuthAppSigningDigest);
}

/// A name that is configured wrong must not make a revoked certificate good.
#[test]
fn what_is_known_of_the_certificate_has_to_be_said() {
    let misnamed = with(&good(), "certificate_status", None);
    let misnamed = with(&misnamed, "certificateStatus", json!("revoked"));
    let refused = verified(OperatorProfile::standard(), &misnamed).unwrap_err();
    assert_eq!(refused, Code::InputSigningAnswer);

    let lenient = || OperatorProfile::standard().with_certificate_rule(CertificateRule::IfPresent);
    let word = |answer: &Value| match verified(lenient(), answer).unwrap().verification() {
        Verification::Operator(word) => word.certificate(),
        other => panic!("{other:?}"),
    };
    let silent = with(&good(), "certificate_status", None);
    assert_eq!(word(&silent), OperatorCertificate::NotNamed);
    assert_eq!(word(&good()), OperatorCertificate::Valid);
    let revoked = with(&good(), "certificate_status", json!("revoked"));
    let refused = verified(lenient(), &revoked).unwrap_err();
    assert_eq!(refused, Code::AuthAppCertificate);
}

#[test]
fn an_operator_s_refusal_keeps_what_had_passed() {
    for answer in [
        answer(503, "text/html", ""),
        json_answer(&json!({})),
        json_answer(&with(&good(), "result", json!("invalid"))),
    ] {
        let refused = sealed().verify(&operator(OperatorProfile::standard()), &answer);
        let trace = refused.unwrap_err().error().trace();
        assert!(trace.passed(CheckId::AuthAppNonce));
        assert!(!trace.passed(CheckId::AuthAppSigning));
    }
}

#[test]
fn an_operator_may_be_permitted_to_name_nobody() {
    let lenient = || OperatorProfile::standard().with_subject(SubjectRule::IfPresent);
    let proof = verified(lenient(), &with(&good(), "sub", None)).unwrap();
    let Verification::Operator(word) = proof.verification() else {
        panic!("{proof:?}");
    };
    assert_eq!(word.subject(), OperatorSubject::NotNamed);
    let refused = verified(lenient(), &with(&good(), "sub", json!("s-2"))).unwrap_err();
    assert_eq!(refused, Code::AuthAppSigningSubject);
}

#[test]
fn words_of_the_operators_own_are_configured() {
    let learnt = OperatorProfile::standard()
        .with_verdict("0", OperatorVerdict::Valid)
        .with_certificate("00", OperatorVerdict::Valid)
        .with_digest(OperatorDigest::SignedOctets);
    let answer = with(&good(), "result", json!("0"));
    let answer = with(&answer, "certificate_status", json!("00"));
    let answer = with(&answer, "digest", json!(info().to_uppercase()));
    assert!(verified(learnt, &answer).is_ok());
}

#[test]
fn an_operator_that_does_not_answer_says_nothing() {
    let error = r#"{"error":"x"}"#;
    for (status, content_type, code) in [
        (401, "application/json", Code::AuthAppInvalidClient),
        (403, "text/html", Code::AuthAppInvalidClient),
        (400, "application/json", Code::AuthAppClientRefused),
        (404, "text/html", Code::AuthAppHttp),
        (200, "text/html", Code::AuthAppHttp),
        (429, "text/html", Code::AuthAppBusy),
        (503, "text/html", Code::AuthAppUnavailable),
    ] {
        let answer = answer(status, content_type, error);
        let refused = sealed().verify(&operator(OperatorProfile::standard()), &answer);
        assert_eq!(refused.unwrap_err().code(), code, "{status}");
    }
    let twice = good().to_string().replacen('{', r#"{"result":"valid","#, 1);
    let answer = answer(200, "application/json", &twice);
    let refused = sealed().verify(&operator(OperatorProfile::standard()), &answer);
    assert_eq!(refused.unwrap_err().code(), Code::InputSigningAnswer);
}

#[test]
fn nothing_printed_tells_tokens_people_or_documents() {
    let plain = result(&json!({"signature": "QUJD", "certificate": "QUJD"})).unwrap();
    for printed in [
        format!("{:?}", begun(known("s-1"))),
        format!("{:?}", received(begun(known("s-1")).pending)),
        format!("{:?}", authenticated()),
        format!("{:?}", sealed()),
        format!("{plain:?}"),
        format!("{:?}", known("s-1")),
        format!("{:?}", transaction()),
    ] {
        for told in ["s-1", UUID, "QUJD", "c0de", ACCESS_TOKEN, DIGEST, "eyJ"] {
            assert!(!printed.contains(told), "{printed}");
        }
    }
}
