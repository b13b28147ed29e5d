//! Requests octet by octet, and what the public interface promises beyond the
//! vectors of the conformance package.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

use crate::algorithm::{AlgorithmTable, DigestAlgorithm, IdentifierHash, sha1};
use crate::code::{CheckId, Code};
use crate::revocation::testing::{
    Ca, directory, extension, id_ce, integer, name, now, one_point, time, time_at, tlv,
};
use crate::revocation::{
    ListSet, NonceEcho, NonceRule, OcspPolicy, OcspRequest, OcspResponse, OcspVerifier, Policy,
    Reason, RevocationQuery, ScopePolicy, Source, State, Status, Unconfirmed,
};
use crate::signer::{EcdsaSigner, RsaSigner};
use crate::time::{Duration, Time};
use crate::trust::{Fingerprint, Purpose};

const NONCE: [u8; 32] = [7; 32];
const PURPOSE: Purpose = Purpose::JpkiSigning;

/// A CA that answers for itself about its certificate number 5.
struct Scene {
    ca: Ca,
    query: RevocationQuery,
}

impl Scene {
    fn new() -> Self {
        let ca = Ca::new("CA");
        let query = ca.query(&[5], Some(&one_point(&[directory("A")])));
        Self { ca, query }
    }

    fn request(&self) -> OcspRequest {
        OcspRequest::from_entropy(&self.query, IdentifierHash::Sha1, NONCE)
    }

    fn verifier(&self) -> OcspVerifier {
        let policy = OcspPolicy::new(NonceRule::OrMaxAge, Duration::hours(1));
        let trust = Ca::trust(&[&self.ca], PURPOSE);
        OcspVerifier::new(trust, PURPOSE, AlgorithmTable::standard(), policy)
    }

    fn id(&self) -> Vec<u8> {
        id(&self.ca, &[5])
    }

    /// The contents of `ResponseData`: one answer with this state, as of a
    /// minute ago.
    fn data(&self, state: &[u8]) -> Vec<Vec<u8>> {
        let fields = [
            self.id(),
            state.to_vec(),
            time(now().minus(Duration::minutes(1))),
            tlv(0xa0, &[time(now().plus(Duration::hours(1)))]),
        ];
        let by_key = tlv(0x04, &[sha1(self.ca.key_bits()).to_vec()]);
        vec![
            tlv(0xa2, &[by_key]),
            time(now()),
            tlv(0x30, &[tlv(0x30, &fields)]),
            tlv(0xa1, &[tlv(0x30, &[nonce_extension(&NONCE)])]),
        ]
    }

    fn respond(&self, state: &[u8]) -> Vec<u8> {
        respond(&self.ca, &self.data(state), &[])
    }

    fn status(&self, state: &[u8]) -> Status {
        let response = self.respond(state);
        let status = self.verifier().verify(&self.request(), &response, now());
        status.unwrap()
    }
}

fn id(ca: &Ca, serial: &[u8]) -> Vec<u8> {
    let algorithm = tlv(
        0x30,
        &[tlv(0x06, &[vec![0x2b, 0x0e, 3, 2, 0x1a]]), vec![5, 0]],
    );
    let fields = [
        algorithm,
        tlv(0x04, &[sha1(&name("CA")).to_vec()]),
        tlv(0x04, &[sha1(ca.key_bits()).to_vec()]),
        integer(serial),
    ];
    tlv(0x30, &fields)
}

fn nonce_extension(nonce: &[u8]) -> Vec<u8> {
    let oid = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
    extension(&oid, false, &tlv(0x04, &[nonce.to_vec()]))
}

/// A whole response, signed by the key of `signer`.
fn respond(signer: &Ca, data: &[Vec<u8>], certificates: &[Vec<u8>]) -> Vec<u8> {
    let signed = signer.sign(&tlv(0x30, data));
    let mut contents = signed[signed.len() - content_length(&signed)..].to_vec();
    if !certificates.is_empty() {
        contents.extend(tlv(0xa0, &[tlv(0x30, certificates)]));
    }
    let basic = tlv(0x30, &[contents]);
    let oid = tlv(0x06, &[vec![0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]]);
    let bytes = tlv(0x30, &[oid, tlv(0x04, &[basic])]);
    tlv(0x30, &[vec![0x0a, 1, 0], tlv(0xa0, &[bytes])])
}

fn content_length(der: &[u8]) -> usize {
    match der[1] {
        short @ ..=0x7f => usize::from(short),
        0x81 => usize::from(der[2]),
        _ => usize::from(der[2]) << 8 | usize::from(der[3]),
    }
}

const GOOD: &[u8] = &[0x80, 0];

fn revoked(reason: u8) -> Vec<u8> {
    let reason = tlv(0xa0, &[vec![0x0a, 1, reason]]);
    tlv(0xa1, &[time(time_at("2026-03-01T00:00:00Z")), reason])
}

#[test]
fn a_request_is_this_and_nothing_more() {
    let scene = Scene::new();
    let list = tlv(0x30, &[tlv(0x30, &[scene.id()])]);
    let nonce = tlv(0xa2, &[tlv(0x30, &[nonce_extension(&NONCE)])]);
    let due = tlv(0x30, &[tlv(0x30, &[list.clone(), nonce])]);
    assert_eq!(scene.request().der(), due);
    let plain = OcspRequest::without_nonce(&scene.query, IdentifierHash::Sha1);
    assert_eq!(plain.der(), tlv(0x30, &[tlv(0x30, &[list])]));

    let one = OcspRequest::generate(&scene.query, IdentifierHash::Sha256).unwrap();
    let other = OcspRequest::generate(&scene.query, IdentifierHash::Sha256).unwrap();
    assert_ne!(one.der(), other.der());
    assert_eq!(one.nonce().unwrap().len(), 32);
    let hash = DigestAlgorithm::Sha256.digest(&name("CA"));
    assert!(one.der().windows(32).any(|w| w == hash.octets()));
}

#[test]
fn a_request_that_was_kept_is_read_back() {
    let scene = Scene::new();
    let sent = scene.request();
    let read = |query: &RevocationQuery, der: &[u8]| {
        OcspRequest::from_der(query, der).map_err(|e| e.code())
    };
    let kept = read(&scene.query, sent.der()).unwrap();
    assert_eq!((kept.der(), kept.nonce()), (sent.der(), sent.nonce()));

    let other =
        RevocationQuery::of_serial(scene.query.anchor(), *scene.ca.query(&[6], None).serial());
    assert_eq!(read(&other, sent.der()).err(), Some(Code::RevocationQuery));
    let request = tlv(0x30, &[scene.id()]);
    let two = tlv(0x30, &[request.clone(), request.clone()]);
    let two = tlv(0x30, &[tlv(0x30, &[two])]);
    assert_eq!(read(&scene.query, &two).err(), Some(Code::RevocationQuery));
    let trailing = [sent.der(), &[0]].concat();
    assert_eq!(read(&scene.query, &trailing).err(), Some(Code::InputOcsp));
    let with = |extension: Vec<u8>| {
        let list = tlv(0x30, std::slice::from_ref(&request));
        let extensions = tlv(0xa2, &[tlv(0x30, &[extension])]);
        read(&scene.query, &tlv(0x30, &[tlv(0x30, &[list, extensions])])).err()
    };
    assert_eq!(with(nonce_extension(&[1; 128])), None);
    let extension = Some(Code::RevocationOcspExtension);
    assert_eq!(with(nonce_extension(&[1; 129])), extension);
    assert_eq!(with(nonce_extension(&[])), extension);
    let large = vec![0; crate::limits::OCSP + 1];
    let code = read(&scene.query, &large).err();
    assert_eq!(code, Some(Code::RevocationOcspTooLarge));
}

#[test]
fn a_signed_request_is_read_back_too() {
    let scene = Scene::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
    let signer = EcdsaSigner::from_pkcs8(key.unwrap().as_ref()).unwrap();
    let own = scene.ca.leaf(&[9], None);
    let signed = scene.request().sign(&signer, &[&own]).unwrap();
    assert!(signed.der().len() > scene.request().der().len() + own.len());
    let kept = OcspRequest::from_der(&scene.query, signed.der()).unwrap();
    assert_eq!(kept.nonce(), Some(&NONCE[..]));

    let misuse = |certificates: &[&[u8]]| {
        let refused = scene.request().sign(&signer, certificates);
        assert_eq!(refused.unwrap_err().code(), Code::MisuseArgument);
    };
    misuse(&[]);
    misuse(&[b"certificate"]);
    misuse(&[&own[..]; 5]);
    scene.request().sign(&signer, &[&own[..]; 4]).unwrap();
    for bad in [&b""[..], b"key"] {
        let rsa = RsaSigner::from_pkcs8(bad).unwrap_err();
        let ecdsa = EcdsaSigner::from_pkcs8(bad).unwrap_err();
        assert_eq!(rsa.code(), Code::MisuseArgument);
        assert_eq!(ecdsa.code(), Code::MisuseArgument);
    }
}

#[test]
fn good_comes_with_its_evidence() {
    let scene = Scene::new();
    let status = scene.status(GOOD);
    assert_eq!(status.state(), State::Good);
    assert!(status.answers(&scene.query));
    assert_eq!(status.as_of(), Some(now().minus(Duration::minutes(1))));
    assert_eq!(status.next_update(), Some(now().plus(Duration::hours(1))));
    let Some(Source::Ocsp(source)) = status.source() else {
        panic!("{:?}", status.source());
    };
    assert_eq!(source.produced_at(), now());
    assert_eq!(source.responder(), &sha1(scene.ca.key_bits()));
    assert_eq!(source.nonce(), NonceEcho::Echoed);
    let signed = tlv(0x30, &scene.data(GOOD));
    assert_eq!(source.digest(), Fingerprint::of(&signed));
    for check in [
        CheckId::OcspEncoding,
        CheckId::OcspStatus,
        CheckId::OcspProfile,
        CheckId::OcspExtensions,
        CheckId::OcspCertificate,
        CheckId::OcspResponder,
        CheckId::OcspSignature,
        CheckId::OcspAnswer,
        CheckId::OcspNonce,
        CheckId::Clock,
        CheckId::Freshness,
    ] {
        assert!(status.trace().passed(check), "{check}");
    }
}

#[test]
fn revoked_comes_with_reason_and_dates() {
    let scene = Scene::new();
    let mut data = scene.data(&[]);
    let since = extension(&id_ce(24), false, &time(time_at("2026-02-01T00:00:00Z")));
    let fields = [
        scene.id(),
        revoked(4),
        time(now()),
        tlv(0xa1, &[tlv(0x30, &[since])]),
    ];
    data[2] = tlv(0x30, &[tlv(0x30, &fields)]);
    let response = respond(&scene.ca, &data, &[]);
    let status = scene.verifier().verify(&scene.request(), &response, now());
    let due = State::Revoked {
        reason: Reason::Superseded,
        revoked_at: time_at("2026-03-01T00:00:00Z"),
        invalid_since: Some(time_at("2026-02-01T00:00:00Z")),
    };
    assert_eq!(status.unwrap().state(), due);
}

#[test]
fn serial_numbers_are_compared_as_numbers() {
    let mut scene = Scene::new();
    scene.query = scene.ca.query(&[0x00, 0x80], None);
    let ask = |serial: &[u8]| {
        let fields = [id(&scene.ca, serial), GOOD.to_vec(), time(now())];
        let mut data = scene.data(GOOD);
        data[2] = tlv(0x30, &[tlv(0x30, &fields)]);
        let response = respond(&scene.ca, &data, &[]);
        let status = scene.verifier().verify(&scene.request(), &response, now());
        status.map(|s| s.state()).map_err(|e| e.code())
    };
    assert_eq!(ask(&[0x00, 0x80]), Ok(State::Good));
    // It is -128.
    assert_eq!(ask(&[0x80]), Err(Code::RevocationOcspCertificate));
    assert_eq!(ask(&[0x00, 0x00, 0x80]), Err(Code::InputOcsp));
    assert_eq!(ask(&[0x00]), Err(Code::RevocationOcspCertificate));
}

#[test]
fn a_response_can_be_counted_before_it_is_believed() {
    let scene = Scene::new();
    let response = scene.respond(GOOD);
    let response = OcspResponse::from_der(&response).unwrap();
    assert_eq!((response.answers(), response.produced_at()), (1, now()));
}

#[test]
fn a_verifier_is_for_one_purpose_and_its_own_anchors() {
    let scene = Scene::new();
    let response = scene.respond(GOOD);
    let policy = OcspPolicy::new(NonceRule::Required, Duration::hours(1));
    let ask = |ca: &Ca, purpose| {
        let trust = Ca::trust(&[ca], purpose);
        let verifier = OcspVerifier::new(trust, purpose, AlgorithmTable::standard(), policy);
        let refused = verifier.verify(&scene.request(), &response, now());
        refused.err().map(|e| e.code())
    };
    assert_eq!(ask(&scene.ca, PURPOSE), None);
    let misuse = ask(&scene.ca, Purpose::JpkiAuthentication);
    assert_eq!(misuse, Some(Code::MisuseArgument));
    // The same name, another key: the one that answers is no anchor here.
    let stranger = ask(&Ca::new("CA"), PURPOSE);
    assert_eq!(stranger, Some(Code::RevocationOcspResponder));
}

#[test]
fn an_error_is_a_status_too() {
    let scene = Scene::new();
    let status = scene
        .verifier()
        .status(&scene.request(), b"response", now());
    assert_eq!(status.state(), State::Undetermined(Code::InputOcsp));
    assert!(status.answers(&scene.query));
}

/// A delegate that has to be checked, and the response that it signed.
fn delegated(scene: &Scene, serial: &[u8]) -> Vec<u8> {
    let delegate = Ca::new("delegate");
    let purposes = tlv(0x30, &[tlv(0x06, &[vec![0x2b, 6, 1, 5, 5, 7, 3, 9]])]);
    let extensions = [
        extension(&id_ce(37), false, &purposes),
        extension(&id_ce(31), false, &one_point(&[directory("A")])),
    ];
    let certificate = scene.ca.issue_for(&delegate, serial, &extensions);
    let mut data = scene.data(GOOD);
    let by_key = tlv(0x04, &[sha1(delegate.key_bits()).to_vec()]);
    data[0] = tlv(0xa2, &[by_key]);
    respond(&delegate, &data, &[certificate])
}

#[test]
fn a_delegate_is_shown_not_to_be_revoked() {
    let scene = Scene::new();
    let response = delegated(&scene, &[8]);
    let (request, verifier) = (scene.request(), scene.verifier());
    let policy = Policy::strict(Duration::hours(48));
    let scope = ScopePolicy::production();
    let lists = |revoked: &[u8]| {
        let mut lists = ListSet::new();
        let list = scene.ca.list(1, &[directory("A")]).revoking(revoked, 1);
        let _ = lists.add(scene.ca.verified(&list)).unwrap();
        lists
    };
    let ask = |lists: ListSet| {
        let status = verifier.verify_with(&request, &response, now(), |delegate| {
            let status = lists.status(delegate.query(), &scope, now());
            delegate.confirm(&status, &policy, now())
        });
        status.map(|s| s.state()).map_err(|e| e.code())
    };
    let unknown = Err(Code::RevocationOcspDelegateStatus);
    assert_eq!(ask(lists(&[9])), Ok(State::Good));
    assert_eq!(ask(lists(&[8])), unknown);
    assert_eq!(ask(ListSet::new()), unknown);
    let alone = verifier.verify(&request, &response, now());
    let alone = alone.map(|s| s.state()).map_err(|e| e.code());
    assert_eq!(alone, unknown);
}

#[test]
fn the_proof_about_another_certificate_is_none() {
    let scene = Scene::new();
    let response = delegated(&scene, &[8]);
    let with = |serial: &[u8]| {
        let leaf = scene.ca.leaf(serial, None);
        let issued = scene.ca.issued(&leaf, PURPOSE);
        let status = scene
            .verifier()
            .verify_with(&scene.request(), &response, now(), |_| {
                Ok(Unconfirmed::of(&issued)?.danger_unchecked())
            });
        status.map(|s| s.state()).map_err(|e| e.code())
    };
    assert_eq!(with(&[8]), Ok(State::Good));
    assert_eq!(with(&[9]), Err(Code::RevocationOcspDelegateStatus));
}

#[cfg(feature = "cache")]
#[test]
fn a_responder_that_was_seen_is_checked_again_for_time_and_revocation() {
    let scene = Scene::new();
    let verifier = scene.verifier().remember(8);
    let response = delegated(&scene, &[8]);
    let request = scene.request();
    let at = |time: Time| {
        let status = verifier.verify_with(&request, &response, time, |delegate| {
            Ok(delegate.danger_unchecked())
        });
        status.map(|s| s.state()).map_err(|e| e.code())
    };
    let validity = Err(Code::RevocationOcspDelegateValidity);
    assert_eq!(at(now()), Ok(State::Good));
    assert_eq!(at(now()), Ok(State::Good));
    assert_eq!(at(time_at("2027-01-01T00:00:01Z")), validity);
    let unchecked = verifier.verify(&request, &response, now());
    let code = unchecked.unwrap_err().code();
    assert_eq!(code, Code::RevocationOcspDelegateStatus);
}

#[test]
fn by_its_serial_number_a_certificate_can_be_asked_about() {
    let scene = Scene::new();
    let query = RevocationQuery::of_serial(scene.query.anchor(), *scene.query.serial());
    let request = OcspRequest::from_entropy(&query, IdentifierHash::Sha1, NONCE);
    assert_eq!(request.der(), scene.request().der());
    let response = scene.respond(GOOD);
    let status = scene.verifier().status(&request, &response, now());
    assert_eq!(status.state(), State::Good);
    assert!(status.answers(&scene.query));

    let mut lists = ListSet::new();
    let list = scene.ca.list(1, &[directory("A")]);
    let _ = lists.add(scene.ca.verified(&list)).unwrap();
    let state = |lists: &ListSet| {
        let scope = ScopePolicy::production();
        lists.status(&query, &scope, now()).state()
    };
    let silent = State::Undetermined(Code::RevocationNoDistributionPoint);
    assert_eq!(state(&lists), silent);
    let list = scene.ca.list(2, &[directory("A")]).revoking(&[5], 1);
    let _ = lists.add(scene.ca.verified(&list)).unwrap();
    assert!(matches!(state(&lists), State::Revoked { .. }));
}

#[test]
fn the_last_second_of_each_age_counts() {
    const fn at(seconds: i64) -> Time {
        Time::from_unix(seconds)
    }
    let policy = OcspPolicy::new(NonceRule::OrMaxAge, Duration::seconds(100));
    let longer = policy.with_max_age_without_nonce(Duration::seconds(200));
    let stale = Err(Code::RevocationStale);
    for (policy, next_update, echoed, now, due) in [
        (policy, Some(at(500)), true, 500, Ok(())),
        (policy, Some(at(500)), true, 501, stale),
        (policy, Some(at(500)), false, 100, Ok(())),
        (policy, Some(at(500)), false, 101, stale),
        (longer, Some(at(500)), false, 200, Ok(())),
        (longer, Some(at(500)), false, 201, stale),
        (longer, Some(at(150)), false, 151, stale),
        (longer, None, true, 100, Ok(())),
        (longer, None, true, 101, stale),
        (longer, None, false, 101, stale),
    ] {
        let found = policy.check_freshness(at(0), next_update, echoed, at(now));
        assert_eq!(found, due, "{next_update:?} {echoed} {now}");
    }
    let skew = policy.with_clock_skew(Duration::seconds(5));
    assert_eq!(skew.check_clock(at(105), at(100)), Ok(()));
    let ahead = skew.check_clock(at(106), at(100));
    assert_eq!(ahead, Err(Code::RevocationClock));
}

#[test]
fn nothing_printed_names_the_certificate() {
    let scene = Scene::new();
    let status = scene.status(GOOD);
    let response = scene.respond(&revoked(1));
    let response = OcspResponse::from_der(&response).unwrap();
    let shown = format!("{:?} {response:?} {:?}", scene.request(), status.source());
    assert!(shown.starts_with("OcspRequest { query: RevocationQuery { anchor: Anchor"));
    assert!(shown.contains(" OcspResponse { answers: 1, .. } "));
    assert!(shown.ends_with("Some(Ocsp(OcspSource { nonce: Echoed, .. }))"));
}
