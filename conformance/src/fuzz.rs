//! What must hold for any octets at all: one function for each kind of input,
//! for whatever engine feeds them.
//!
//! No function may panic. Beyond that each asserts that nothing changed is
//! taken for what was signed. The octets are given to the verifier as they are,
//! and then as a script that changes something genuine, so that an engine
//! without knowledge of ASN.1 or CBOR gets past the first length.

mod auth_app;
mod index;
mod mdoc;
mod presentation;
mod script;
mod status;
mod tree;

pub use auth_app::{callback, discovery, id_token, jwks, sealed_login, token_response, userinfo};
pub use index::index;
pub use mdoc::{annex_c, apple_envelope, engagement, jwe, session_data};
pub use presentation::{device_key, device_response, issued_document, issued_element, transcript};
pub use status::status_token;

use std::sync::LazyLock;

use bytes::Bytes;
use tashika::algorithm::{AlgorithmTable, IdentifierHash};
use tashika::jpki::{Challenge, Kind, SignedDocument, SigningRequest, SigningVerifier};
use tashika::revocation::{
    CertificateList, ListSet, NonceRule, OcspPolicy, OcspRequest, OcspResponse, OcspVerifier,
    ScopePolicy, Source, State, Status, VerifiedList,
};
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::trust::{Environment, Fingerprint, TrustStore};
use tashika::x509::Certificate;
use tashika::{Duration, Error};
use tashika_testbed::{
    self as testbed, Algorithm, CmsBuilder, Encoding, Generation, KeyPair, OcspAnswer, OcspBuilder,
    Reason, Register, Signer, der, oid,
};

use crate::desk::{Desk, NOW};
use script::Script;

const CONTENT: &[u8] = b"contract";

/// Genuine evidence, made once. Keys on P-256 sign fastest.
static GENUINE: LazyLock<Genuine> = LazyLock::new(Genuine::new);

struct Genuine {
    desk: Desk,
    verifier: SigningVerifier,
    certificate: Vec<u8>,
    list: Vec<u8>,
    messages: [Vec<u8>; 5],
    response: Vec<u8>,
    /// The basic response of the CA itself.
    basic: Vec<u8>,
    /// SHA-256 over what the responder signed.
    answered: Fingerprint,
    request: OcspRequest,
    responders: OcspVerifier,
    anchor: Vec<u8>,
    audience: Audience,
    texts: [Vec<u8>; 2],
}

/// Reads a certificate, and checks one that the octets have changed.
///
/// # Panics
///
/// If anything but the genuine certificate is believed.
pub fn certificate(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply(&genuine.certificate);
    for octets in [input, &changed] {
        only_a_code(Certificate::from_der(octets));
        let checked = only_a_code(genuine.verifier.check_certificate(octets, NOW));
        assert!(checked.is_none() || octets == genuine.certificate);
    }
}

/// Checks a certificate that the octets have changed before it was signed: the
/// checks that follow the signature read it too.
pub fn issued_certificate(input: &[u8]) {
    let genuine = &*GENUINE;
    let certificate = genuine.signed_again(Script(input).apply_to_signed(&genuine.certificate));
    let checked = genuine.verifier.check_certificate(&certificate, NOW);
    if let Some(unconfirmed) = only_a_code(checked)
        && let Some(list) = only_a_code(genuine.read_list(&genuine.list))
    {
        let _ = list.status(unconfirmed.query(), &ScopePolicy::production(), NOW);
    }
}

/// Reads a revocation list, and verifies one that the octets have changed.
///
/// # Panics
///
/// If anything but the genuine list is believed.
pub fn revocation_list(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply(&genuine.list);
    for octets in [input, &changed] {
        if let Some(list) = only_a_code(CertificateList::from_der(octets)) {
            let entries: usize = list.reasons().map(|(_, count)| count).sum();
            assert_eq!(entries, list.entries());
        }
        let verified = only_a_code(genuine.read_list(octets));
        assert!(verified.is_none() || octets == genuine.list);
    }
}

/// Asks a list that the octets have changed before it was signed.
pub fn issued_list(input: &[u8]) {
    let genuine = &*GENUINE;
    let list = genuine.signed_again(Script(input).apply_to_signed(&genuine.list));
    let Some(list) = only_a_code(genuine.read_list(&list)) else {
        return;
    };
    let unconfirmed = genuine
        .verifier
        .check_certificate(&genuine.certificate, NOW);
    let mut lists = ListSet::new();
    only_a_code(lists.add(list));
    if let Some(unconfirmed) = only_a_code(unconfirmed) {
        let _ = lists.status(unconfirmed.query(), &ScopePolicy::production(), NOW);
    }
}

/// Checks CMS messages that the octets have changed.
///
/// # Panics
///
/// If content is believed that was not signed, or another signer.
pub fn cms(input: &[u8]) {
    let genuine = &*GENUINE;
    genuine.check_message(input);
    for message in &genuine.messages {
        genuine.check_message(&Script(input).apply(message));
    }
}

/// Reads an OCSP response, and verifies one that the octets have changed.
///
/// # Panics
///
/// If anything is believed that the genuine responder did not sign.
pub fn ocsp(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply(&genuine.response);
    for octets in [input, &changed] {
        only_a_code(OcspResponse::from_der(octets));
        if let Some(status) = only_a_code(genuine.ask(octets)) {
            assert_eq!(status.state(), State::Good);
            let Some(Source::Ocsp(source)) = status.source() else {
                panic!("{status:?}");
            };
            assert_eq!(source.digest(), genuine.answered);
        }
    }
}

/// Verifies a response that the octets have changed before it was signed.
pub fn issued_ocsp(input: &[u8]) {
    let genuine = &*GENUINE;
    let response = genuine.signed_response(Script(input).apply_to_signed(&genuine.basic));
    only_a_code(OcspResponse::from_der(&response));
    only_a_code(genuine.ask(&response));
}

/// Reads challenges and signing requests that the octets have changed.
///
/// # Panics
///
/// If one is read that would be written otherwise.
pub fn transaction(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = genuine
        .texts
        .each_ref()
        .map(|text| Script(input).apply_to_octets(text));
    for octets in [input, &changed[0], &changed[1]] {
        if let Some(challenge) = only_a_code(Challenge::from_bytes(octets)) {
            assert_eq!(challenge.to_bytes(), octets);
        }
        let request = SigningRequest::from_verified(octets, &genuine.audience, NOW);
        if let Some(request) = only_a_code(request) {
            assert_eq!(request.to_bytes(), octets);
        }
    }
}

/// Reads an anchor that the octets have changed.
///
/// # Panics
///
/// If a production store takes it.
pub fn anchor(input: &[u8]) {
    let changed = Script(input).apply(&GENUINE.anchor);
    for octets in [input, &changed] {
        only_a_code(Kind::of_ca(octets));
        for kind in [Kind::Signing, Kind::Authentication] {
            let store =
                |environment| TrustStore::builder(environment).anchor(kind.purpose(), octets);
            only_a_code(store(Environment::Test));
            assert!(only_a_code(store(Environment::Production)).is_none());
        }
    }
}

/// The value, if there is one; an error tells its code and nothing else.
fn only_a_code<T>(outcome: Result<T, Error>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) => {
            let code = error.code();
            assert_eq!(error.to_string(), format!("{code}: {}", code.description()));
            None
        }
    }
}

impl Genuine {
    #[expect(clippy::expect_used, reason = "the testbed makes genuine evidence")]
    fn new() -> Self {
        let desk = Desk::new(31, Algorithm::P256).expect("good anchors");
        let card = desk.card();
        let mut register = Register::new();
        for number in 1..8 {
            let other = desk
                .testbed()
                .issue(card.person(), Generation::Third, number);
            register.revoke(
                &other,
                testbed::Kind::Signing,
                Reason::Superseded,
                NOW.as_unix() - 7200,
            );
        }
        let indefinite = Encoding::Indefinite { chunk: 3 };
        let with_signer = |change: fn(Signer) -> Signer| {
            CmsBuilder::new(CONTENT)
                .signer(card.signing(), change)
                .build()
        };
        let messages = [
            card.sign_cms(CONTENT, |cms| cms),
            card.sign_cms(CONTENT, CmsBuilder::detached),
            card.sign_cms(CONTENT, |cms| cms.encoding(indefinite)),
            with_signer(Signer::without_attributes),
            with_signer(Signer::by_key_id),
        ];
        let authority = desk
            .testbed()
            .authority(testbed::Kind::Signing, Generation::Third);
        let verifier = desk.signing(AlgorithmTable::standard()).expect("a profile");
        let unconfirmed = verifier.check_certificate(card.signing().certificate(), NOW);
        let unconfirmed = unconfirmed.expect("a good certificate");
        let hash = IdentifierHash::Sha1;
        let nonce = [3; 32];
        let request = OcspRequest::from_entropy(unconfirmed.query(), hash, nonce);
        let now = NOW.as_unix();
        let good = OcspAnswer::good(authority, card.signing().serial(), now);
        let key = desk.testbed().key(Algorithm::P256, "ocsp responder");
        let delegate = authority.delegate_to(key, now);
        let delegated = OcspBuilder::delegated(authority, &delegate, now);
        let delegated = delegated.nonce(&nonce).answer(&good);
        let responders = OcspVerifier::new(
            desk.trust().clone(),
            Kind::Signing.purpose(),
            AlgorithmTable::standard(),
            OcspPolicy::new(NonceRule::OrMaxAge, Duration::hours(1)),
        );
        let audience = Audience {
            relying_party: RelyingParty::from_origin("https://bank.example").expect("an origin"),
            purpose: Purpose::named("login").expect("a purpose"),
        };
        let binding = Binding {
            audience: audience.clone(),
            transaction: TransactionId::from_entropy([1; 16]),
            expires: NOW.plus(Duration::minutes(10)),
        };
        let texts = [
            Challenge::from_entropy(binding.clone(), [2; 32]).to_bytes(),
            SigningRequest::new(binding, CONTENT.to_vec()).to_bytes(),
        ];
        Self {
            verifier,
            certificate: card.signing().certificate().to_vec(),
            list: desk.list(testbed::Kind::Signing, &register),
            messages,
            response: delegated.respond(delegate.key()),
            answered: Fingerprint::of(&delegated.to_be_signed(delegate.key())),
            basic: OcspBuilder::direct(authority, now)
                .nonce(&nonce)
                .answer(&good)
                .sign(authority.key()),
            request,
            responders,
            anchor: desk
                .testbed()
                .authority(testbed::Kind::Signing, Generation::Third)
                .certificate()
                .to_vec(),
            audience,
            texts,
            desk,
        }
    }

    fn key(&self) -> &KeyPair {
        let testbed = self.desk.testbed();
        testbed
            .authority(testbed::Kind::Signing, Generation::Third)
            .key()
    }

    /// A certificate or list of what is to be signed.
    fn signed_again(&self, signed: Vec<u8>) -> Vec<u8> {
        let scheme = self.key().default_scheme();
        let signature = self.key().sign(scheme, &signed);
        der::sequence([signed, scheme.identifier(), der::bits(&signature)])
    }

    fn ask(&self, response: &[u8]) -> Result<Status, Error> {
        self.responders.verify(&self.request, response, NOW)
    }

    /// An OCSP response of what is to be signed.
    fn signed_response(&self, signed: Vec<u8>) -> Vec<u8> {
        let basic = der::octets(self.signed_again(signed));
        let bytes = der::sequence([der::oid(oid::OCSP_BASIC), basic]);
        der::sequence([der::enumerated(0), der::explicit(0, bytes)])
    }

    fn read_list(&self, octets: &[u8]) -> Result<VerifiedList, Error> {
        self.desk.read_list(testbed::Kind::Signing, octets)
    }

    fn check_message(&self, message: &[u8]) {
        let message = Bytes::copy_from_slice(message);
        let documents = [
            SignedDocument::cms(message.clone()),
            SignedDocument::cms_detached(message, Bytes::from_static(CONTENT)),
        ];
        for document in documents {
            if let Some(unconfirmed) = only_a_code(self.verifier.check(&document, NOW)) {
                let proof = unconfirmed.danger_unchecked();
                assert_eq!(proof.content().map(Bytes::as_ref), Some(CONTENT));
                let serial = der::unsigned_content(proof.leaf().identity().serial().as_unsigned());
                let expected = der::unsigned_content(self.desk.card().signing().serial());
                assert_eq!(serial, expected);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise nothing would be learned from what is refused.
    #[test]
    fn what_is_genuine_is_believed() {
        let genuine = &*GENUINE;
        let unchanged = |octets: &Vec<u8>| Script(&[]).apply(octets) == *octets;
        assert!(unchanged(&genuine.certificate) && unchanged(&genuine.list));
        assert!(genuine.messages.iter().all(unchanged) && unchanged(&genuine.anchor));
        let again = genuine.signed_again(Script(&[]).apply_to_signed(&genuine.certificate));
        for certificate in [&genuine.certificate, &again] {
            let checked = genuine.verifier.check_certificate(certificate, NOW);
            assert!(checked.is_ok());
        }
        let again = genuine.signed_again(Script(&[]).apply_to_signed(&genuine.list));
        assert!(genuine.read_list(&genuine.list).is_ok() && genuine.read_list(&again).is_ok());
        assert!(unchanged(&genuine.response));
        let again = Script(&[]).apply_to_signed(&genuine.basic);
        let again = genuine.signed_response(again);
        for response in [&genuine.response, &again] {
            let status = genuine.ask(response);
            assert_eq!(status.expect("a status").state(), State::Good);
        }
        let [attached, detached, pieces, bare, by_key] = &genuine.messages;
        for message in [attached, pieces, bare, by_key] {
            let document = SignedDocument::cms(Bytes::copy_from_slice(message));
            assert!(genuine.verifier.check(&document, NOW).is_ok());
        }
        let message = Bytes::copy_from_slice(detached);
        let document = SignedDocument::cms_detached(message, Bytes::from_static(CONTENT));
        assert!(genuine.verifier.check(&document, NOW).is_ok());
    }
}
