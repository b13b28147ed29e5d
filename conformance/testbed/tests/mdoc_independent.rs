//! What is issued and presented here, read by others: ciborium and coset.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be read fails the test"
)]

use std::collections::BTreeMap;

use ciborium::Value;
use coset::{CborSerializable, CoseSign1, TaggedCborSerializable};
use tashika_testbed::{
    Algorithm, Hash, PublicKey,
    mdoc::{Authority, Holder, MdocTestbed, Response, Transcript, elements},
};

const NOW: i64 = 1_800_000_000;

/// A document in the terms of ciborium, which has no part in writing it.
struct Read {
    issuer_signed: Value,
    issuer_auth: CoseSign1,
    mso: Value,
    device_signed: Value,
}

fn parse(bytes: &[u8]) -> Value {
    ciborium::from_reader(bytes).unwrap()
}

fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).unwrap();
    out
}

fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    let entries = value.as_map().unwrap();
    let found = entries.iter().find(|(key, _)| key.as_text() == Some(name));
    &found.unwrap_or_else(|| panic!("no {name}")).1
}

fn untag24(value: &Value) -> &[u8] {
    let (tag, inner) = value.as_tag().unwrap();
    assert_eq!(tag, 24);
    inner.as_bytes().unwrap()
}

fn read(response: &[u8]) -> Read {
    let response = parse(response);
    assert_eq!(field(&response, "version").as_text(), Some("1.0"));
    let document = field(&response, "documents").as_array().unwrap()[0].clone();
    let issuer_signed = field(&document, "issuerSigned").clone();
    let issuer_auth = CoseSign1::from_slice(&encode(field(&issuer_signed, "issuerAuth"))).unwrap();
    let payload = parse(issuer_auth.payload.as_ref().unwrap());
    Read {
        mso: parse(untag24(&payload)),
        device_signed: field(&document, "deviceSigned").clone(),
        issuer_signed,
        issuer_auth,
    }
}

/// The key that is expected, once the certificate in the unprotected header holds it.
fn signer_key(read: &Read, expected: &PublicKey) -> PublicKey {
    let chain = &read.issuer_auth.unprotected.rest;
    let (_, certificate) = chain
        .iter()
        .find(|(label, _)| *label == coset::Label::Int(33))
        .unwrap();
    let point = expected.point();
    let certificate = certificate.as_bytes().unwrap();
    assert!(
        certificate
            .windows(point.len())
            .any(|window| window == point)
    );
    expected.clone()
}

fn check_issuer(read: &Read, key: &PublicKey, hash: Hash) {
    let key = signer_key(read, key);
    let verify = |signature: &[u8], message: &[u8]| {
        key.verifies(hash, message, signature)
            .then_some(())
            .ok_or(())
    };
    assert_eq!(read.issuer_auth.verify_signature(&[], verify), Ok(()));
}

/// Every item's digest is in the MSO, over the encoding with its tag.
fn check_digests(read: &Read, hash: Hash) -> usize {
    let digests = field(&read.mso, "valueDigests");
    let mut count = 0;
    for (name, items) in field(&read.issuer_signed, "nameSpaces").as_map().unwrap() {
        let of_name_space = field(digests, name.as_text().unwrap()).as_map().unwrap();
        let by_id: BTreeMap<i128, &[u8]> = of_name_space
            .iter()
            .map(|(id, digest)| {
                (
                    id.as_integer().unwrap().into(),
                    digest.as_bytes().unwrap().as_slice(),
                )
            })
            .collect();
        assert_eq!(by_id.len(), of_name_space.len());
        for item in items.as_array().unwrap() {
            let map = parse(untag24(item));
            let id = field(&map, "digestID").as_integer().unwrap().into();
            assert_eq!(by_id[&id], hash.digest(&encode(item)));
            assert!(field(&map, "random").as_bytes().unwrap().len() >= 16);
            count += 1;
        }
    }
    count
}

fn check_device(read: &Read, holder: &Holder, transcript: &Transcript) {
    let auth = field(field(&read.device_signed, "deviceAuth"), "deviceSignature");
    let sign1 = CoseSign1::from_slice(&encode(auth)).unwrap();
    assert_eq!(sign1.payload, None);
    let authentication = Value::Array(vec![
        "DeviceAuthentication".into(),
        parse(&transcript.encode()),
        field(&read.mso, "docType").clone(),
        field(&read.device_signed, "nameSpaces").clone(),
    ]);
    let detached = encode(&Value::Tag(24, Box::new(encode(&authentication).into())));
    let key = holder.key().public();
    let hash = match key.algorithm() {
        Algorithm::P384 => Hash::Sha384,
        Algorithm::P256 | Algorithm::Rsa(_) => Hash::Sha256,
    };
    let verify = |signature: &[u8], message: &[u8]| {
        key.verifies(hash, message, signature)
            .then_some(())
            .ok_or(())
    };
    assert_eq!(
        sign1.verify_detached_signature(&detached, &[], verify),
        Ok(())
    );
}

#[test]
fn a_card_as_others_read_it() {
    let testbed = MdocTestbed::from_seed(1, NOW);
    let transcript = Transcript::annex_c("info", "https://rp.test.example");
    let holder = testbed.japan();
    let document = holder
        .present(&transcript)
        .select_all(elements::JAPAN_NAME_SPACE)
        .except(elements::JAPAN_NAME_SPACE, "individual_number_unicode")
        .select(elements::COMMON_NAME_SPACE, &["age_over_20", "absent"])
        .signed();
    let read = read(&Response::of(document).encode());
    check_issuer(&read, &testbed.japan_signer().key().public(), Hash::Sha256);
    assert_eq!(check_digests(&read, Hash::Sha256), 7);
    check_device(&read, &holder, &transcript);
    assert_eq!(
        field(&read.mso, "docType").as_text(),
        Some("org.iso.23220.1.jp.mnc")
    );
    let signed = field(field(&read.mso, "validityInfo"), "signed");
    assert_eq!(
        signed.as_tag().unwrap().1.as_text(),
        Some("2027-01-12T08:00:00Z")
    );
}

#[test]
fn other_curves_and_hashes() {
    let testbed = MdocTestbed::from_seed(2, NOW);
    let transcript = Transcript::annex_c("info", "https://rp.test.example");
    for hash in [Hash::Sha384, Hash::Sha512] {
        let (signer, device) = (
            testbed.key(Algorithm::P384, "signer"),
            testbed.key(Algorithm::P384, "device"),
        );
        let authority: &Authority = testbed.japan_authority();
        let certificate = authority.document_signer(&signer).sign(authority.key());
        let signer = authority.credential(signer, certificate);
        let mdoc = testbed
            .japan_issuance()
            .hash(hash)
            .device_key(tashika_testbed::mdoc::CoseKey::of(&device.public()))
            .sign(&signer);
        let holder = Holder::new(mdoc, device);
        let document = holder
            .present(&transcript)
            .select_all(elements::COMMON_NAME_SPACE)
            .signed();
        let read = read(&Response::of(document).encode());
        check_issuer(&read, &signer.key().public(), Hash::Sha384);
        assert_eq!(check_digests(&read, hash), 4);
        check_device(&read, &holder, &transcript);
    }
}

/// What the device signs for itself stands apart, under the issuer's authorization.
#[test]
fn device_signed_elements() {
    let testbed = MdocTestbed::from_seed(3, NOW);
    let transcript = Transcript::annex_c("info", "https://rp.test.example");
    let issuance = testbed
        .japan_issuance()
        .authorize(&["org.example.whole"], &[("org.example.one", &["seat"])]);
    let holder = testbed
        .japan()
        .with_mdoc(issuance.sign(testbed.japan_signer()));
    let document = holder
        .present(&transcript)
        .device_signed("org.example.one", "seat", 7.into())
        .device_signed("org.example.whole", "gate", 8.into())
        .signed();
    let read = read(&Response::of(document).encode());
    check_device(&read, &holder, &transcript);
    let authorized = field(field(&read.mso, "deviceKeyInfo"), "keyAuthorizations");
    let texts = |all: &[&str]| Value::Array(all.iter().map(|text| (*text).into()).collect());
    assert_eq!(
        field(authorized, "nameSpaces"),
        &texts(&["org.example.whole"])
    );
    let elements = field(authorized, "dataElements");
    assert_eq!(field(elements, "org.example.one"), &texts(&["seat"]));
    let signed = parse(untag24(field(&read.device_signed, "nameSpaces")));
    assert_eq!(field(field(&signed, "org.example.one"), "seat"), &7.into());
    assert_eq!(
        field(field(&signed, "org.example.whole"), "gate"),
        &8.into()
    );
}

/// The signer's signature holds, and the list says what was put into it.
#[test]
fn status_lists_as_others_read_them() {
    let testbed = MdocTestbed::from_seed(4, NOW);
    let key = testbed.status_signer().key().public();
    let read = |token: &[u8]| {
        let sign1 = CoseSign1::from_tagged_slice(token).unwrap();
        let verify = |signature: &[u8], message: &[u8]| {
            let fits = key.verifies(Hash::Sha256, message, signature);
            fits.then_some(()).ok_or(())
        };
        assert_eq!(sign1.verify_signature(&[], verify), Ok(()));
        let header = &sign1.protected.header.rest;
        let parameter = |label| {
            let mut all = header.iter();
            let found = all.find(|(other, _)| *other == coset::Label::Int(label));
            found.unwrap().1.clone()
        };
        assert_eq!(
            parameter(33).as_bytes().unwrap(),
            testbed.status_signer().certificate()
        );
        let kind = parameter(16).as_text().unwrap().to_owned();
        (kind, parse(sign1.payload.as_ref().unwrap()))
    };
    let claim = |claims: &Value, number: i64| {
        let mut all = claims.as_map().unwrap().iter();
        let found = all.find(|(key, _)| key.as_integer() == Some(number.into()));
        found.unwrap().1.clone()
    };

    let index = MdocTestbed::STATUS_INDEX;
    let token = testbed.status_list(&[index]).sign(testbed.status_signer());
    let (kind, claims) = read(&token);
    assert_eq!(kind, "application/statuslist+cwt");
    assert_eq!(claim(&claims, 2).as_text(), Some(MdocTestbed::STATUS_LIST));
    assert_eq!(claim(&claims, 4), (NOW + 86_400).into());
    assert_eq!(claim(&claims, 6), (NOW - 3_600).into());
    let list = claim(&claims, 65533);
    assert_eq!(field(&list, "bits"), &1.into());
    let octets = field(&list, "lst").as_bytes().unwrap();
    let octets = miniz_oxide::inflate::decompress_to_vec_zlib(octets).unwrap();
    let set = |at: usize| octets[at / 8] >> (at % 8) & 1 == 1;
    let revoked: Vec<_> = (0..1_000).filter(|at| set(*at)).collect();
    assert_eq!(revoked, [index as usize]);

    let token = testbed.identifier_list(&[MdocTestbed::IDENTIFIER]);
    let (kind, claims) = read(&token.sign(testbed.status_signer()));
    assert_eq!(kind, "application/identifierlist+cwt");
    let list = claim(&claims, 65530);
    let identifiers = field(&list, "identifiers").as_map().unwrap();
    assert_eq!(
        identifiers[0].0.as_bytes().unwrap(),
        MdocTestbed::IDENTIFIER
    );
    assert_eq!(identifiers[0].1, Value::Map(Vec::new()));

    for (holder, name) in [
        (testbed.japan_with_status(), "status_list"),
        (testbed.japan_with_identifier(), "identifier_list"),
    ] {
        let path = format!("issuerAuth/2/status/{name}");
        assert!(holder.mdoc().issuer_signed().get(&path).is_some());
    }
}

/// What is changed before the digest is digested, and after it is not.
#[test]
fn steps_follow_each_other() {
    let testbed = MdocTestbed::from_seed(3, NOW);
    let transcript = Transcript::annex_c("info", "https://rp.test.example");
    let name_space = elements::COMMON_NAME_SPACE;
    let issuance = testbed
        .japan_issuance()
        .item(name_space, "age_over_20", |item| {
            item.set("elementValue", 1).set("digestID", 77)
        });
    let present = |mdoc| {
        let holder = testbed.japan().with_mdoc(mdoc);
        let document = holder
            .present(&transcript)
            .select(name_space, &["age_over_20"])
            .signed();
        read(&Response::of(document).encode())
    };
    let changed = present(issuance.sign(testbed.japan_signer()));
    assert_eq!(check_digests(&changed, Hash::Sha256), 1);
    check_issuer(
        &changed,
        &testbed.japan_signer().key().public(),
        Hash::Sha256,
    );

    let digested = issuance
        .digest()
        .items(|items| items.set(&format!("{name_space}/3/elementValue"), 2));
    let read = present(digested.sign(testbed.japan_signer()));
    check_issuer(&read, &testbed.japan_signer().key().public(), Hash::Sha256);
    let broken = std::panic::catch_unwind(|| check_digests(&read, Hash::Sha256));
    assert!(broken.is_err());
}

/// The copies issued at once have no octets in common by which they could be linked.
#[test]
fn copies_share_nothing_but_what_they_say() {
    let testbed = MdocTestbed::from_seed(9, NOW);
    let [one, other] = [0, 1].map(|number| testbed.japan_copy(number));
    for path in [
        "issuerAuth/2/deviceKeyInfo/deviceKey/-2",
        "issuerAuth/2/valueDigests/org.iso.23220.1/0",
        "nameSpaces/org.iso.23220.1/0/random",
        "issuerAuth/3",
    ] {
        let part = |holder: &Holder| holder.mdoc().issuer_signed().get(path).unwrap();
        assert_ne!(part(&one), part(&other), "{path}");
    }
}

/// Keys, salts and signatures all follow from it.
#[test]
fn a_seed_fixes_every_byte() {
    let response = |seed| {
        let testbed = MdocTestbed::from_seed(seed, NOW);
        let transcript = Transcript::annex_c("info", "https://rp.test.example");
        let holder = testbed.licence();
        let presentation = holder.present(&transcript);
        let document = presentation
            .select_all(elements::LICENCE_NAME_SPACE)
            .signed();
        Response::of(document).encode()
    };
    assert_eq!(response(10), response(10));
    assert_ne!(response(10), response(11));
}

/// The two handovers that nobody published values for, written down again.
#[test]
fn handovers_without_published_values() {
    let hash = |parts: [&str; 2]| {
        let parts = parts.map(Value::from).to_vec();
        Value::from(Hash::Sha256.digest(&encode(&Value::Array(parts))))
    };
    let remote = |handover| Value::Array(vec![Value::Null, Value::Null, Value::Array(handover)]);
    let uri = "https://rp.test.example/response";
    let annex_b = Transcript::annex_b("client", uri, "nonce", "mdoc nonce");
    let expected = vec![
        hash(["client", "mdoc nonce"]),
        hash([uri, "mdoc nonce"]),
        "nonce".into(),
    ];
    assert_eq!(annex_b.encode(), encode(&remote(expected)));

    let apple = Transcript::apple(&[1; 16], "merchant.test", "TEAM000001", &[2; 32]);
    let expected = vec![
        "AppleIdentityPresentment_1.0".into(),
        vec![1; 16].into(),
        "merchant.test".into(),
        "TEAM000001".into(),
        vec![2; 32].into(),
    ];
    assert_eq!(apple.encode(), encode(&remote(expected)));
}
