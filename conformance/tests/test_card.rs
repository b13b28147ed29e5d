//! Real input: the certificates off an official test card, the test roots and
//! the published roots.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what cannot be read fails the test"
)]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{
    AuthenticationVerifier, Carrier, Era, Kind, ProfileTable, SigningVerifier, VerifiedCertificate,
};
use tashika::person::Sex;
use tashika::revocation::{Confirmation, ListSet, Policy, ScopePolicy};
use tashika::trust::{Environment, PUBLISHED, TrustStore, TrustStoreBuilder};
use tashika::{Code, Duration, Time};
use tashika_conformance::fixtures::myna_card_dir;

/// While both leaves and the four test roots are valid.
const NOW: &str = "2026-06-01T00:00:00Z";

const SIGNING_LEAF: &str = "tests/fixtures/jpki-sign-cert.der";
const AUTHENTICATION_LEAF: &str = "tests/fixtures/jpki-auth-cert.der";

const TEST_ROOTS: [(Kind, &str); 4] = [
    (Kind::Signing, "certs/test/signca-test-2019.cer"),
    (Kind::Signing, "certs/test/signca-test-2024.cer"),
    (Kind::Authentication, "certs/test/authca-test-2019.cer"),
    (Kind::Authentication, "certs/test/authca-test-2023.cer"),
];

const PUBLISHED_ROOTS: [(Kind, &str); 6] = [
    (Kind::Signing, "certs/signca01.cer"),
    (Kind::Signing, "certs/signca02.cer"),
    (Kind::Signing, "certs/signca03.cer"),
    (Kind::Authentication, "certs/authca01.cer"),
    (Kind::Authentication, "certs/authca02.cer"),
    (Kind::Authentication, "certs/authca03.cer"),
];

fn now() -> Time {
    NOW.parse().unwrap()
}

fn file(path: &str) -> Vec<u8> {
    static FOLDER: LazyLock<PathBuf> =
        LazyLock::new(|| myna_card_dir().expect("the folder of myna-card"));
    let path = FOLDER.join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn with(builder: TrustStoreBuilder, roots: &[(Kind, &str)]) -> TrustStoreBuilder {
    roots.iter().fold(builder, |builder, (kind, path)| {
        builder.anchor(kind.purpose(), &file(path)).unwrap()
    })
}

fn test_store(roots: &[(Kind, &str)]) -> TrustStore {
    let builder = TrustStore::builder(Environment::Test);
    with(builder, roots).build().unwrap()
}

fn signing(roots: &[(Kind, &str)]) -> SigningVerifier {
    let table = AlgorithmTable::standard();
    SigningVerifier::new(test_store(roots), ProfileTable::standard(), table).unwrap()
}

fn authentication(roots: &[(Kind, &str)]) -> AuthenticationVerifier {
    let table = AlgorithmTable::standard();
    AuthenticationVerifier::new(test_store(roots), ProfileTable::standard(), table).unwrap()
}

fn root(proof: &VerifiedCertificate) -> Vec<u8> {
    proof.leaf().anchor().der().to_vec()
}

#[test]
fn the_signing_certificate_tells_whose_it_is() {
    let leaf = file(SIGNING_LEAF);
    let unconfirmed = signing(&TEST_ROOTS).check_certificate(&leaf, now());
    let proof = unconfirmed.unwrap().danger_unchecked();
    assert!(matches!(proof.confirmation(), Confirmation::Unchecked));
    assert_eq!(proof.leaf().kind(), Kind::Signing);
    assert_eq!(proof.leaf().carrier(), Some(Carrier::Card));
    assert_eq!(root(&proof), file("certs/test/signca-test-2024.cer"));

    let holder = proof.holder().expect("a signing certificate tells it");
    assert_eq!(holder.name().as_str(), "黒桐　幹也");
    assert!(holder.name().substituted_positions().is_empty());
    let address = "東京都清瀬市観布子南１２－７－２０２";
    assert_eq!(holder.address().as_str(), address);
    assert!(holder.address().substituted_positions().is_empty());
    assert_eq!(
        holder.birth_date().date().unwrap().to_string(),
        "1980-02-17"
    );
    assert_eq!(holder.era(), Era::Showa);
    assert_eq!(holder.sex(), Sex::Male);
    assert_eq!(holder.age_on(now()).unwrap(), Some(46));
    let shown = format!("{proof:?}");
    assert!(!shown.contains("黒桐") && !shown.contains("清瀬") && !shown.contains("1980"));
}

#[test]
fn the_authentication_certificate_tells_nothing() {
    let leaf = file(AUTHENTICATION_LEAF);
    let unconfirmed = authentication(&TEST_ROOTS).check_certificate(&leaf, now());
    let proof = unconfirmed.unwrap().danger_unchecked();
    assert_eq!(proof.leaf().kind(), Kind::Authentication);
    assert_eq!(root(&proof), file("certs/test/authca-test-2023.cer"));
    assert!(proof.holder().is_none());
}

#[test]
fn without_a_list_nothing_is_known() {
    let unconfirmed = signing(&TEST_ROOTS)
        .check_certificate(&file(SIGNING_LEAF), now())
        .unwrap();
    let names = unconfirmed.query().distribution_points();
    assert_eq!(names.count(), 1, "the municipality's");
    let scope = ScopePolicy::production();
    let status = ListSet::new().status(unconfirmed.query(), &scope, now());
    let policy = Policy::strict(Duration::hours(48));
    let error = unconfirmed.confirm(&status, &policy, now()).unwrap_err();
    assert_eq!(error.code(), Code::RevocationMissing);
}

#[test]
fn the_other_generation_of_the_same_name_did_not_issue_them() {
    let [
        old_signing,
        new_signing,
        old_authentication,
        new_authentication,
    ] = TEST_ROOTS;
    let refused = signing(&[old_signing, new_authentication])
        .check_certificate(&file(SIGNING_LEAF), now())
        .unwrap_err();
    assert_eq!(refused.code(), Code::X509AuthorityKey);
    let refused = authentication(&[old_authentication, new_signing])
        .check_certificate(&file(AUTHENTICATION_LEAF), now())
        .unwrap_err();
    assert_eq!(refused.code(), Code::X509AuthorityKey);
}

#[test]
fn neither_kind_stands_in_for_the_other() {
    let refused = signing(&TEST_ROOTS)
        .check_certificate(&file(AUTHENTICATION_LEAF), now())
        .unwrap_err();
    assert_eq!(refused.code(), Code::TrustPurpose);
    let refused = authentication(&TEST_ROOTS)
        .check_certificate(&file(SIGNING_LEAF), now())
        .unwrap_err();
    assert_eq!(refused.code(), Code::TrustPurpose);
}

#[test]
fn the_last_second_counts() {
    let (verifier, leaf) = (signing(&TEST_ROOTS), file(SIGNING_LEAF));
    let at = |time: &str| verifier.check_certificate(&leaf, time.parse().unwrap());
    let _ = at("2025-10-27T01:35:57Z").unwrap();
    let _ = at("2030-02-17T14:59:59Z").unwrap();
    let early = at("2025-10-27T01:35:56Z").unwrap_err();
    assert_eq!(early.code(), Code::X509NotYetValid);
    let late = at("2030-02-17T15:00:00Z").unwrap_err();
    assert_eq!(late.code(), Code::X509Expired);
}

#[test]
fn any_changed_octet_is_refused() {
    let (verifier, leaf) = (signing(&TEST_ROOTS), file(SIGNING_LEAF));
    let outcome = |leaf: &[u8]| verifier.check_certificate(leaf, now());
    let _ = outcome(&leaf).unwrap();
    for at in 0..leaf.len() {
        let mut changed = leaf.clone();
        *changed.get_mut(at).unwrap() ^= 0x01;
        assert!(outcome(&changed).is_err(), "octet {at}");
    }
}

#[test]
fn the_published_roots_load_by_their_pins() {
    let builder = TrustStore::builder(Environment::Production);
    let store = with(builder, &PUBLISHED_ROOTS).build().unwrap();
    let mut loaded: Vec<_> = store
        .anchors()
        .map(|a| (a.purpose(), a.fingerprint()))
        .collect();
    let mut pinned: Vec<_> = PUBLISHED.map(|r| (r.purpose, r.fingerprint)).into();
    loaded.sort_unstable();
    pinned.sort_unstable();
    assert_eq!(loaded, pinned);
    for (kind, path) in PUBLISHED_ROOTS {
        assert_eq!(Kind::of_ca(&file(path)).unwrap(), kind, "{path}");
    }
}

#[test]
fn a_published_root_vouches_for_its_own_kind_alone() {
    for (kind, path) in PUBLISHED_ROOTS {
        let other = match kind {
            Kind::Signing => Kind::Authentication,
            Kind::Authentication => Kind::Signing,
        };
        let builder = TrustStore::builder(Environment::Production);
        let refused = builder.anchor(other.purpose(), &file(path)).unwrap_err();
        assert_eq!(refused.code(), Code::TrustAnchorPurpose, "{path}");
    }
}

#[test]
fn production_and_test_never_share_a_store() {
    let refused = |environment, kind: Kind, path| {
        let builder = TrustStore::builder(environment);
        let refused = builder.anchor(kind.purpose(), &file(path)).unwrap_err();
        assert_eq!(refused.code(), Code::TrustEnvironment, "{path}");
    };
    for (kind, path) in TEST_ROOTS {
        refused(Environment::Production, kind, path);
    }
    for (kind, path) in PUBLISHED_ROOTS {
        refused(Environment::Test, kind, path);
    }
}
