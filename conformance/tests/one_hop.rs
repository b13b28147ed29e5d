//! What vectors cannot ask of the one-hop check: rules that only suites use,
//! and what is remembered from one certificate to the next.

#![expect(clippy::expect_used, reason = "what is not sound fails the test")]

use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{Carrier, ProfileTable, SigningVerifier};
use tashika::trust::{Environment, Purpose, TrustStore};
use tashika::x509::{
    AuthorityKeyRule, Certificate, ExtendedKeyUsageRule, KeyUsageRule, LeafProfile, OneHop,
    PolicyRule,
};
use tashika::{Code, Duration, Time};
use tashika_testbed::{Extension, Generation, Kind, Testbed};

const NOW: i64 = 1_800_000_000;

fn trust(testbed: &Testbed) -> TrustStore {
    let root = testbed.authority(Kind::Signing, Generation::Third);
    let builder = TrustStore::builder(Environment::Test);
    let builder = builder.anchor(Purpose::JpkiSigning, root.certificate());
    let store = builder.and_then(tashika::trust::TrustStoreBuilder::build);
    store.expect("a store of one root")
}

fn verifier(testbed: &Testbed) -> SigningVerifier {
    let profiles = ProfileTable::standard();
    let verifier = SigningVerifier::new(trust(testbed), profiles, AlgorithmTable::standard());
    verifier.expect("a profile for test cards")
}

#[test]
fn a_leaf_of_any_usage_signs_neither_certificates_nor_lists() {
    let testbed = Testbed::from_seed(7, NOW);
    let any = LeafProfile {
        name: "any".to_owned(),
        authority_key: AuthorityKeyRule::DangerOptional,
        key_usage: KeyUsageRule::DangerAnyLeaf,
        extended_key_usage: ExtendedKeyUsageRule::DangerAny,
        policies: PolicyRule::DangerAny,
    };
    let algorithms = AlgorithmTable::standard();
    let one_hop = OneHop::new(trust(&testbed), Purpose::JpkiSigning, any, algorithms);
    let authority = testbed.authority(Kind::Signing, Generation::Third);
    let card = testbed.card(0);
    let terms = testbed.terms(card.person(), Kind::Signing, Generation::Third, 0);
    let leaf = authority.leaf(card.person(), card.signing().key(), &terms);
    for (bits, accepted) in [
        (&[0_u8][..], true),
        (&[2, 3], true),
        (&[5], false),
        (&[6], false),
        (&[0, 5], false),
        (&[0, 6], false),
        (&[5, 6], false),
    ] {
        let leaf = leaf.clone().extension(Extension::key_usage(bits));
        let outcome = one_hop.check(&leaf.sign(authority.key()), Time::from_unix(NOW));
        let refusal = outcome.err().map(|error| error.code());
        assert_eq!(
            refusal,
            (!accepted).then_some(Code::X509KeyUsage),
            "{bits:?}"
        );
    }
}

#[test]
fn what_is_remembered_expires() {
    let testbed = Testbed::from_seed(7, NOW);
    let verifier = verifier(&testbed).remember(8);
    let card = testbed.card(0);
    let check = |at: Time| {
        let outcome = verifier.check_certificate(card.signing().certificate(), at);
        outcome.err().map(|error| error.code())
    };
    let now = Time::from_unix(NOW);
    assert_eq!(check(now), None);
    assert_eq!(check(now), None);
    let years = |years: i64| Duration::hours(years * 366 * 24);
    assert_eq!(check(now.plus(years(5))), Some(Code::X509Expired));
    assert_eq!(check(now.minus(years(1))), Some(Code::X509NotYetValid));
    assert_eq!(check(now.plus(years(10))), Some(Code::TrustExpired));
}

#[test]
fn what_is_remembered_is_of_one_certificate() {
    let testbed = Testbed::from_seed(7, NOW);
    let verifier = verifier(&testbed).remember(8);
    for number in [0, 8, 0] {
        let card = testbed.card(number);
        let pending =
            verifier.check_certificate(card.signing().certificate(), Time::from_unix(NOW));
        let pending = pending.expect("a sound certificate");
        let serial = pending.query().serial().as_unsigned().to_vec();
        assert!(card.signing().serial().ends_with(&serial), "card {number}");
    }
}

#[test]
fn the_policy_tells_the_carrier() {
    let testbed = Testbed::from_seed(7, NOW);
    let card = testbed.card(0);
    let pending =
        verifier(&testbed).check_certificate(card.signing().certificate(), Time::from_unix(NOW));
    let proof = pending.expect("a sound certificate").danger_unchecked();
    assert_eq!(proof.leaf().carrier(), Some(Carrier::Card));
    let policy = proof.leaf().policy().map(|policy| policy.to_string());
    assert_eq!(policy.as_deref(), Some("1.2.392.200149.8.5.1.0.20"));
}

#[test]
fn nothing_printed_is_of_the_person() {
    let testbed = Testbed::from_seed(7, NOW);
    let card = testbed.card(0);
    let der = card.signing().certificate();
    let certificate = Certificate::from_der(der).expect("a certificate");
    let length = der.len();
    assert_eq!(
        format!("{certificate:?}"),
        format!("Certificate({length} octets)")
    );

    let profiles = ProfileTable::standard();
    let leaf = profiles.leaf(tashika::jpki::Kind::Signing, Environment::Test);
    let leaf = leaf.expect("a profile for test cards");
    let algorithms = AlgorithmTable::standard();
    let one_hop = OneHop::new(trust(&testbed), Purpose::JpkiSigning, leaf, algorithms).remember(8);
    let issued = one_hop
        .check(der, Time::from_unix(NOW))
        .expect("a sound certificate");
    let shown = format!("{issued:?}");
    assert!(shown.starts_with("Issued { profile: \"jpki-signing-test\", anchor: Anchor { "));
    assert!(shown.ends_with(", .. }, key: PublicKey(Rsa), .. }"));
    assert!(format!("{one_hop:?}").contains("seen: Some(Seen("));
}
