//! What is issued and presented here, read by others: ciborium, coset, OpenSSL.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be read fails the test"
)]

use std::collections::BTreeMap;

use ciborium::Value;
use coset::{CborSerializable, CoseSign1};
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

/// The key of the certificate in the unprotected header, out of the end of its
/// SubjectPublicKeyInfo as OpenSSL would find it.
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

/// What is changed before the digest is digested, and after it is not.
#[test]
fn steps_follow_each_other() {
    let testbed = MdocTestbed::from_seed(3, NOW);
    let transcript = Transcript::annex_c("info", "https://rp.test.example");
    let name_space = elements::COMMON_NAME_SPACE;
    let issuance = testbed
        .japan_issuance()
        .item(name_space, "age_over_20", |item| {
            item.set("elementValue", 1).set("digestID", 77);
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

    let digested = issuance.digest().items(|items| {
        items.set(&format!("{name_space}/3/elementValue"), 2);
    });
    let read = present(digested.sign(testbed.japan_signer()));
    check_issuer(&read, &testbed.japan_signer().key().public(), Hash::Sha256);
    let broken = std::panic::catch_unwind(|| check_digests(&read, Hash::Sha256));
    assert!(broken.is_err());
}
