//! Messages written by hand, one defect each, and messages of OpenSSL's.

mod draft;
mod pki;

use bytes::Bytes;
use proptest::prelude::*;

use self::draft::{Draft, attribute, null_parameters, oid, sequence, set, tlv};
use self::pki::{NOW, Pki, certificate};
use super::{SignedData, check_encoding, check_signer};
use crate::algorithm::AlgorithmTable;
use crate::asn1;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::limits;

const CONTENT: &[u8] = b"I open an account with this bank.";

/// Content and trace of a message that is verified to the end.
fn verify(
    pki: &Pki,
    message: &[u8],
    content: Option<&[u8]>,
    table: &AlgorithmTable,
) -> Result<(Bytes, Trace), Error> {
    let message = Bytes::copy_from_slice(message);
    let content = content.map(Bytes::copy_from_slice);
    let mut trace = Trace::default();
    let signed = SignedData::read(&message, content.as_ref(), table, &mut trace)?;
    let issued = pki.issued(signed.signer_certificate());
    signed.verify(&issued, &mut trace)?;
    Ok((signed.content().clone(), trace))
}

fn outcome(message: &[u8], content: Option<&[u8]>) -> Result<Bytes, Code> {
    let verified = verify(Pki::shared(), message, content, &AlgorithmTable::standard());
    verified
        .map(|(content, _)| content)
        .map_err(|error| error.code())
}

/// What becomes of the good message after one change.
fn changed(change: impl FnOnce(&mut Draft)) -> Result<Bytes, Code> {
    let mut draft = Draft::good();
    change(&mut draft);
    outcome(&draft.sign(), None)
}

fn accepted() -> Result<Bytes, Code> {
    Ok(Bytes::from_static(CONTENT))
}

#[test]
fn a_good_message_passes_every_check_but_the_optional_ones() {
    let message = Draft::good().sign();
    let table = AlgorithmTable::standard();
    let (content, trace) = verify(Pki::shared(), &message, None, &table).unwrap();
    assert_eq!(content, CONTENT);
    let passed: Vec<_> = trace.iter().collect();
    assert_eq!(
        passed,
        [
            CheckId::Budget,
            CheckId::CmsEncoding,
            CheckId::CmsContentType,
            CheckId::CmsContent,
            CheckId::CmsSigner,
            CheckId::CmsSignerCertificate,
            CheckId::CmsAlgorithm,
            CheckId::CmsSignedAttributes,
            CheckId::CmsSignedContentType,
            CheckId::CmsMessageDigest,
            CheckId::SignatureScheme,
            CheckId::Signature,
        ]
    );
}

#[test]
fn a_message_in_one_piece_is_not_copied() {
    let message = Bytes::from(Draft::good().sign());
    let table = AlgorithmTable::standard();
    let signed = SignedData::read(&message, None, &table, &mut Trace::default()).unwrap();
    let arrived = message.as_ptr_range();
    assert!(arrived.contains(&signed.content().as_ptr()));
    assert!(arrived.contains(&signed.signer_certificate().as_ptr()));
    assert_eq!(
        format!("{signed:?}"),
        "SignedData { scheme: ecdsa-sha256, .. }"
    );
}

#[test]
fn content_is_attached_or_supplied() {
    let mut detached = Draft::good();
    detached.attached = None;
    let detached = detached.sign();
    assert_eq!(outcome(&detached, Some(CONTENT)), accepted());
    assert_eq!(outcome(&detached, None), Err(Code::CmsContentMissing));
    assert_eq!(
        outcome(&detached, Some(b"another")),
        Err(Code::CmsMessageDigest)
    );
    let attached = Draft::good().sign();
    assert_eq!(
        outcome(&attached, Some(CONTENT)),
        Err(Code::CmsContentTwice)
    );
    // Attached and empty is attached.
    let empty = |d: &mut Draft| d.attached = Some(tlv(asn1::OCTET_STRING, &[]));
    assert_eq!(changed(empty), Err(Code::CmsMessageDigest));
}

#[test]
fn only_signed_data_over_data_is_read() {
    let enveloped = |d: &mut Draft| d.content_type = oid("1.2.840.113549.1.7.3");
    assert_eq!(changed(enveloped), Err(Code::CmsContentType));
    let timestamp = |d: &mut Draft| d.inner_type = oid("1.2.840.113549.1.9.16.1.4");
    assert_eq!(changed(timestamp), Err(Code::CmsContentType));
    for (version, expected) in [
        (0, Err(Code::CmsContentType)),
        (1, accepted()),
        (2, Err(Code::CmsContentType)),
        (3, accepted()),
        (4, Err(Code::CmsContentType)),
        (5, Err(Code::CmsContentType)),
    ] {
        assert_eq!(changed(|d| d.version = version), expected, "{version}");
    }
}

#[test]
fn a_signer_is_checked_under_any_profile() {
    let one_hop = Pki::shared().one_hop();
    let message = Bytes::from(Draft::good().sign());
    let issued = check_signer(&message, None, &one_hop, NOW).unwrap();
    assert_eq!(issued.serial().as_unsigned(), [2]);
    let mut detached = Draft::good();
    detached.attached = None;
    let detached = Bytes::from(detached.sign());
    let content = Bytes::from_static(CONTENT);
    check_signer(&detached, Some(&content), &one_hop, NOW).unwrap();

    let refused = |message: &Bytes, content, one_hop| {
        let outcome = check_signer(message, content, one_hop, NOW);
        outcome.unwrap_err().code()
    };
    let missing = refused(&detached, None, &one_hop);
    assert_eq!(missing, Code::CmsContentMissing);
    let other = Pki::rsa().one_hop();
    let stranger = refused(&message, None, &other);
    assert_eq!(stranger, Code::X509Signature);
    let mut forged = message.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let forged = refused(&forged.into(), None, &one_hop);
    assert_eq!(forged, Code::SignatureInvalid);
}

#[test]
fn reading_alone_believes_nothing() {
    let mut draft = Draft::good();
    draft.signers = 0;
    draft.attached = None;
    let message = draft.sign();
    check_encoding(&message).unwrap();
    let cut = check_encoding(&message[1..]).unwrap_err();
    assert_eq!(cut.code(), Code::InputCms);
}

#[test]
fn nothing_stands_after_the_message() {
    let good = Draft::good().sign();
    assert_eq!(
        outcome(&[&good[..], &[0]].concat(), None),
        Err(Code::InputCms)
    );
    assert_eq!(outcome(&good[..good.len() - 1], None), Err(Code::InputCms));
    assert_eq!(outcome(&[], None), Err(Code::InputCms));
}

#[test]
fn there_is_one_signer() {
    assert_eq!(changed(|d| d.signers = 0), Err(Code::CmsSignerCount));
    assert_eq!(changed(|d| d.signers = 2), Err(Code::CmsSignerCount));
}

#[test]
fn the_signer_is_identified_as_its_version_says() {
    let pki = Pki::shared();
    let by_key = |d: &mut Draft| {
        d.signer_version = 3;
        d.identifier = tlv(asn1::context(0), &[&pki.leaf.identifier()]);
    };
    assert_eq!(changed(by_key), accepted());
    let in_pieces = |d: &mut Draft| {
        let identifier = pki.leaf.identifier();
        let piece = tlv(asn1::OCTET_STRING, &[&identifier]);
        d.signer_version = 3;
        d.identifier = tlv(asn1::context_constructed(0), &[&piece]);
    };
    assert_eq!(changed(in_pieces), accepted());
    let by_another_key = |d: &mut Draft| {
        d.signer_version = 3;
        d.identifier = tlv(asn1::context(0), &[&pki.root.identifier()]);
    };
    assert_eq!(changed(by_another_key), Err(Code::CmsSignerCertificate));
    let wrong = |d: &mut Draft| {
        by_key(d);
        d.signer_version = 1;
    };
    assert_eq!(changed(wrong), Err(Code::CmsSignerVersion));
    assert_eq!(
        changed(|d| d.signer_version = 3),
        Err(Code::CmsSignerVersion)
    );
}

#[test]
fn exactly_one_certificate_fits() {
    let pki = Pki::shared();
    let decoy = |issuer| certificate("Decoy", issuer, 2, &pki.root, &pki.root, false);
    let leaf = &pki.leaf_certificate;
    let unreadable = sequence(&[b"unread"]);
    for (certificates, expected) in [
        (vec![], Err(Code::CmsSignerCertificate)),
        (
            vec![pki.root_certificate.clone()],
            Err(Code::CmsSignerCertificate),
        ),
        (vec![pki.root_certificate.clone(), leaf.clone()], accepted()),
        (vec![decoy("Other"), leaf.clone()], accepted()),
        (vec![leaf.clone(), decoy("Other")], accepted()),
        (vec![unreadable, leaf.clone()], accepted()),
        (vec![leaf.clone(), leaf.clone()], accepted()),
        (
            vec![decoy("Root"), leaf.clone()],
            Err(Code::CmsSignerCertificate),
        ),
        (
            vec![leaf.clone(), decoy("Root")],
            Err(Code::CmsSignerCertificate),
        ),
        (vec![leaf.clone(); limits::CMS_CERTIFICATES], accepted()),
        (
            vec![leaf.clone(); limits::CMS_CERTIFICATES + 1],
            Err(Code::InputTooMany),
        ),
        // Another choice than a certificate.
        (
            vec![leaf.clone(), tlv(asn1::context_constructed(3), &[])],
            Err(Code::InputCms),
        ),
    ] {
        let count = certificates.len();
        assert_eq!(
            changed(|d| d.certificates = certificates),
            expected,
            "{count}"
        );
    }
}

#[test]
fn a_decoy_with_the_same_key_identifier_is_refused() {
    let pki = Pki::shared();
    let twin = certificate("Twin", "Root", 3, &pki.leaf, &pki.root, false);
    let by_key = |d: &mut Draft| {
        d.signer_version = 3;
        d.identifier = tlv(asn1::context(0), &[&pki.leaf.identifier()]);
        d.certificates.push(twin);
    };
    assert_eq!(changed(by_key), Err(Code::CmsSignerCertificate));
}

#[test]
fn digest_and_signature_algorithm_agree() {
    let sha = |n: u8| oid(&format!("2.16.840.1.101.3.4.2.{n}"));
    let sha1 = oid("1.3.14.3.2.26");
    let ecdsa = |n: u8| sequence(&[&oid(&format!("1.2.840.10045.4.3.{n}"))]);
    let digest = |parts: &[&[u8]]| {
        let identifier = sequence(parts);
        changed(|d| {
            d.announced.clone_from(&identifier);
            d.digest_algorithm = identifier;
        })
    };
    assert_eq!(digest(&[&sha(1)]), accepted());
    assert_eq!(digest(&[&sha(1), &null_parameters()]), accepted());
    let refused = Err(Code::CmsDigestAlgorithm);
    assert_eq!(digest(&[&sha(1), &sequence(&[])]), refused);
    assert_eq!(digest(&[&sha(2)]), refused);
    assert_eq!(digest(&[&sha(4)]), refused);
    assert_eq!(digest(&[&sha1]), refused);
    assert_eq!(changed(|d| d.announced = vec![]), refused);
    assert_eq!(changed(|d| d.announced = sequence(&[&sha(2)])), refused);

    assert_eq!(changed(|d| d.signature_algorithm = ecdsa(3)), refused);
    let refused = Err(Code::CmsSignatureAlgorithm);
    assert_eq!(changed(|d| d.signature_algorithm = ecdsa(1)), refused);
    let with_null = sequence(&[&oid("1.2.840.10045.4.3.2"), &null_parameters()]);
    assert_eq!(changed(|d| d.signature_algorithm = with_null), refused);
    let rsa = sequence(&[&oid("1.2.840.113549.1.1.11"), &null_parameters()]);
    assert_eq!(
        changed(|d| d.signature_algorithm = rsa),
        Err(Code::SignatureScheme)
    );
}

#[test]
fn the_bare_rsa_identifier_takes_the_digest_beside_it() {
    let pki = Pki::rsa();
    let table = AlgorithmTable::standard();
    let with = |identifier: Vec<u8>, table: &AlgorithmTable| {
        let mut draft = Draft::good();
        draft.certificates = vec![pki.leaf_certificate.clone()];
        draft.signature_algorithm = sequence(&[&identifier]);
        let verified = verify(pki, &draft.sign_with(&pki.leaf), None, table);
        verified.map(|_| ()).map_err(|error| error.code())
    };
    let bare = oid("1.2.840.113549.1.1.1");
    let null = null_parameters();
    assert_eq!(with([&bare[..], &null].concat(), &table), Ok(()));
    let named = oid("1.2.840.113549.1.1.11");
    assert_eq!(with([&named[..], &null].concat(), &table), Ok(()));
    let refused = Err(Code::CmsSignatureAlgorithm);
    assert_eq!(with(bare.clone(), &table), refused);
    assert_eq!(with(named, &table), refused);
}

#[test]
fn signed_attributes_are_in_der() {
    let refused = Err(Code::CmsSignedAttributes);
    let reversed = |d: &mut Draft| d.attributes.as_mut().unwrap().reverse();
    assert_eq!(changed(reversed), refused);

    let with = |extra: Vec<u8>| changed(|d| d.add_attribute(extra));
    let unknown = |value: &[u8]| attribute("1.2.3.4", &[value]);
    assert_eq!(with(unknown(&[0x05, 0x00])), accepted());
    // Indefinite, long and in pieces, at some depth.
    assert_eq!(with(unknown(&[0x30, 0x80, 0, 0])), refused);
    assert_eq!(with(unknown(&[0x30, 0x03, 0x04, 0x81, 0x00])), refused);
    assert_eq!(with(unknown(&[0x24, 0x02, 0x04, 0x00])), refused);
    assert_eq!(with(unknown(&[0x30, 0x03, 0x01, 0x01])), refused);
    // Two values, none, more than a type and its values.
    let null = null_parameters();
    assert_eq!(with(attribute("1.2.3.4", &[&null, &null])), refused);
    assert_eq!(with(attribute("1.2.3.4", &[])), refused);
    let long = sequence(&[&oid("1.2.3.4"), &set(&[&null]), &null]);
    assert_eq!(with(long), refused);

    // The attributes are a level, and so are each attribute and its values.
    let deep = |levels| (0..levels).fold(null_parameters(), |inner, _| sequence(&[&inner]));
    let room = limits::NESTING - 3;
    assert_eq!(with(unknown(&deep(room))), accepted());
    assert_eq!(with(unknown(&deep(room + 1))), Err(Code::InputTooMany));
}

#[test]
fn signed_attributes_of_indefinite_length_are_refused() {
    let mut draft = Draft::good();
    draft.indefinite_attributes = true;
    assert_eq!(outcome(&draft.sign(), None), Err(Code::CmsSignedAttributes));
}

#[test]
fn each_attribute_stands_once() {
    let twice = |kind, value: Vec<u8>| changed(|d| d.add_attribute(attribute(kind, &[&value])));
    let refused = Err(Code::CmsSignedAttributes);
    let other_digest = tlv(asn1::OCTET_STRING, &[&[7; 32]]);
    assert_eq!(twice(draft::MESSAGE_DIGEST, other_digest), refused);
    let other_type = oid("1.2.840.113549.1.7.5");
    assert_eq!(twice(draft::CONTENT_TYPE, other_type), refused);

    let many = |count: u8| {
        changed(|d| {
            for n in 0..count {
                d.add_attribute(attribute(&format!("1.2.3.{n}"), &[&null_parameters()]));
            }
        })
    };
    let room = u8::try_from(limits::CMS_ATTRIBUTES).unwrap() - 2;
    assert_eq!(many(room), accepted());
    assert_eq!(many(room + 1), Err(Code::InputTooMany));
}

#[test]
fn content_type_and_digest_are_signed_and_true() {
    let digest = tlv(asn1::OCTET_STRING, &[&[7; 32]]);
    let text = tlv(asn1::UTF8_STRING, &[&[7; 32]]);
    let timestamp = oid("1.2.840.113549.1.9.16.1.4");
    for (kind, value, expected) in [
        (draft::MESSAGE_DIGEST, None, Code::CmsMessageDigest),
        (draft::MESSAGE_DIGEST, Some(digest), Code::CmsMessageDigest),
        (
            draft::MESSAGE_DIGEST,
            Some(text.clone()),
            Code::CmsMessageDigest,
        ),
        (draft::CONTENT_TYPE, None, Code::CmsSignedContentType),
        (
            draft::CONTENT_TYPE,
            Some(timestamp),
            Code::CmsSignedContentType,
        ),
        (draft::CONTENT_TYPE, Some(text), Code::CmsSignedContentType),
    ] {
        let change = |d: &mut Draft| {
            d.remove_attribute(kind);
            if let Some(value) = &value {
                d.add_attribute(attribute(kind, &[value]));
            }
        };
        assert_eq!(changed(change), Err(expected), "{kind} {value:02x?}");
    }
    let none = |d: &mut Draft| d.attributes = Some(vec![]);
    assert_eq!(changed(none), Err(Code::CmsSignedContentType));
}

#[test]
fn a_signing_time_is_a_time() {
    let with =
        |value: &[u8]| changed(|d| d.add_attribute(attribute("1.2.840.113549.1.9.5", &[value])));
    assert_eq!(with(&tlv(asn1::UTC_TIME, &[b"260401000000Z"])), accepted());
    // It is not believed, so it may be any.
    assert_eq!(with(&tlv(asn1::UTC_TIME, &[b"990401000000Z"])), accepted());
    let refused = Err(Code::CmsSignedAttributes);
    assert_eq!(with(&tlv(asn1::UTC_TIME, &[b"261301000000Z"])), refused);
    assert_eq!(with(&null_parameters()), refused);
}

#[test]
fn the_signing_certificate_attribute_is_honoured() {
    let pki = Pki::shared();
    let with = |parts: &[&[u8]]| {
        let value = sequence(&[&sequence(&[&sequence(parts)])]);
        changed(|d| d.add_attribute(attribute("1.2.840.113549.1.9.16.2.47", &[&value])))
    };
    let hash = |bits, certificate: &[u8]| {
        let algorithm = match bits {
            256 => crate::algorithm::DigestAlgorithm::Sha256,
            _ => crate::algorithm::DigestAlgorithm::Sha512,
        };
        tlv(
            asn1::OCTET_STRING,
            &[algorithm.digest(certificate).octets()],
        )
    };
    let leaf = hash(256, &pki.leaf_certificate);
    let sha = |n| sequence(&[&oid(&format!("2.16.840.1.101.3.4.2.{n}"))]);
    assert_eq!(with(&[&leaf]), accepted());
    assert_eq!(with(&[&sha(1), &leaf]), accepted());
    let long = hash(512, &pki.leaf_certificate);
    assert_eq!(with(&[&sha(3), &long]), accepted());

    let refused = Err(Code::CmsSigningCertificate);
    assert_eq!(with(&[&long]), refused);
    assert_eq!(with(&[&sha(3), &leaf]), refused);
    let sha1 = sequence(&[&oid("1.3.14.3.2.26")]);
    assert_eq!(with(&[&sha1, &leaf]), refused);
    assert_eq!(with(&[&hash(256, &pki.root_certificate)]), refused);
    assert_eq!(with(&[]), refused);

    let named = |issuer, serial: u8| {
        let name = tlv(asn1::context_constructed(4), &[&pki::name(issuer)]);
        sequence(&[&sequence(&[&name]), &tlv(asn1::INTEGER, &[&[serial]])])
    };
    assert_eq!(with(&[&leaf, &named("Root", 2)]), accepted());
    assert_eq!(with(&[&leaf, &named("Root", 3)]), refused);
    assert_eq!(with(&[&leaf, &named("Other", 2)]), refused);
}

#[test]
fn algorithm_protection_is_honoured() {
    let with = |digest: u8, signature: u8| {
        let digest = sequence(&[&oid(&format!("2.16.840.1.101.3.4.2.{digest}"))]);
        let signature = oid(&format!("1.2.840.10045.4.3.{signature}"));
        let value = sequence(&[&digest, &tlv(asn1::context_constructed(1), &[&signature])]);
        changed(|d| d.add_attribute(attribute("1.2.840.113549.1.9.52", &[&value])))
    };
    assert_eq!(with(1, 2), accepted());
    let refused = Err(Code::CmsAlgorithmProtection);
    assert_eq!(with(2, 2), refused);
    assert_eq!(with(2, 3), refused);
    assert_eq!(with(1, 3), refused);
}

#[test]
fn the_older_signing_certificate_attribute_binds_nothing() {
    let value = null_parameters();
    let older = attribute("1.2.840.113549.1.9.16.2.12", &[&value]);
    assert_eq!(changed(|d| d.add_attribute(older)), accepted());
}

#[test]
fn without_attributes_the_content_itself_is_signed() {
    assert_eq!(changed(|d| d.attributes = None), accepted());
}

#[test]
fn signed_attributes_do_not_pass_for_content() {
    let good = Draft::good();
    let attributes = set(&[&good.attributes.as_ref().unwrap().concat()]);
    let replayed = |d: &mut Draft| {
        d.attributes = None;
        d.attached = Some(tlv(asn1::OCTET_STRING, &[&attributes]));
        d.signed = Some(attributes.clone());
    };
    assert_eq!(changed(replayed), Err(Code::CmsAmbiguousContent));
    // A set of something else is content like any other.
    let harmless = set(&[&null_parameters()]);
    let content = |d: &mut Draft| {
        d.attributes = None;
        d.attached = Some(tlv(asn1::OCTET_STRING, &[&harmless]));
        d.signed = Some(harmless.clone());
    };
    assert_eq!(changed(content), Ok(harmless.clone().into()));
}

#[test]
fn the_signature_covers_attributes_when_there_are_some() {
    let refused = Err(Code::SignatureInvalid);
    assert_eq!(changed(|d| d.signed = Some(CONTENT.to_vec())), refused);
    let attributes = Draft::good().attributes.unwrap().concat();
    let as_written = tlv(asn1::context_constructed(0), &[&attributes]);
    assert_eq!(changed(|d| d.signed = Some(as_written)), refused);
    assert_eq!(changed(|d| d.tamper = true), refused);
}

#[test]
fn unsigned_attributes_and_lists_are_ignored() {
    let counter = attribute("1.2.840.113549.1.9.6", &[&sequence(&[])]);
    assert_eq!(changed(|d| d.unsigned = counter), accepted());
    assert_eq!(changed(|d| d.lists = sequence(&[b"unread"])), accepted());
}

#[test]
fn ber_around_the_signed_parts_is_read() {
    let (head, tail) = CONTENT.split_at(7);
    let pieces = [
        tlv(asn1::OCTET_STRING, &[head]),
        vec![0x24, 0x80],
        tlv(asn1::OCTET_STRING, &[tail]),
        vec![0, 0],
    ]
    .concat();
    let indefinite = [&[0x24, 0x80], &pieces[..], &[0, 0]].concat();
    for attached in [tlv(0x24, &[&pieces]), indefinite] {
        let mut draft = Draft::good();
        draft.attached = Some(attached);
        assert_eq!(outcome(&draft.sign(), None), accepted());
        draft.indefinite = true;
        assert_eq!(outcome(&draft.sign(), None), accepted());
    }
}

#[test]
fn a_large_message_is_refused_before_it_is_read() {
    let message = vec![0; limits::CMS + 1];
    assert_eq!(outcome(&message, None), Err(Code::InputTooLarge));
    assert_eq!(outcome(&message[1..], None), Err(Code::InputCms));
}

#[test]
fn flipping_any_octet_never_panics_and_never_changes_the_content() {
    let good = Draft::good().sign();
    let pki = Pki::shared();
    let table = AlgorithmTable::standard();
    let issued = pki.issued(&pki.leaf_certificate);
    for at in 0..good.len() {
        for mask in [0x01, 0x20, 0x80, 0xff] {
            let mut message = good.clone();
            message[at] ^= mask;
            let message = Bytes::from(message);
            let mut trace = Trace::default();
            let Ok(signed) = SignedData::read(&message, None, &table, &mut trace) else {
                continue;
            };
            if signed.verify(&issued, &mut trace).is_ok() {
                assert_eq!(signed.content(), CONTENT);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(message in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(outcome(&message, None).is_err());
    }

    #[test]
    fn no_cut_or_splice_panics(
        from in 0_usize..1000,
        to in 0_usize..1000,
        with in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let mut message = Draft::good().sign();
        let end = to.clamp(0, message.len());
        message.splice(from.min(end)..end, with);
        let table = AlgorithmTable::standard();
        let _ = SignedData::read(&message.into(), None, &table, &mut Trace::default());
    }
}
