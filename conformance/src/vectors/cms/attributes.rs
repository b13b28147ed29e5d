//! Signed attributes, and the signature over them (RFC 5652, 5.3, 5.4 and 11).

#![expect(clippy::indexing_slicing, reason = "what is cut was made here")]

use tashika_testbed::{
    Attribute, CmsBuilder, Credential, Encoding, Hash, KeyPair, Scheme, Signer, calendar::Time,
    der, oid,
};

use super::Forge;
use crate::vectors::{
    Kind::{Authentication, Signing},
    Vector,
    world::{MESSAGE, NOW},
};

/// RFC 6211, 2.
const ALGORITHM_PROTECTION: &[u64] = &[1, 2, 840, 113549, 1, 9, 52];

pub(super) fn attributes(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.signed_attributes";
    let clause = "RFC 5652, 5.3, 5.4 and 11";
    let signer =
        |id, note, change: &dyn Fn(Signer) -> Signer| forge.signer([id, clause, note], change);
    let unknown = |n| Attribute::new(&[2, 25, n], &[der::null()]);
    let of = |s: Signer, count: u64| (2..count).fold(s, |s, n| s.attribute(unknown(n)));
    let digest = Hash::Sha256.digest(MESSAGE);
    let attributes_as_content = || {
        let real = CmsBuilder::new(MESSAGE).signer(forge.holder(), |signer| signer);
        let signed = real.signed_bytes().unwrap_or_default();
        CmsBuilder::new(&signed)
            .signer(forge.holder(), Signer::without_attributes)
            .build()
    };
    let with_value = |value| Attribute::new(&[2, 25, 2], &[value]);
    let inner = der::tlv_with(der::tag::OCTET_STRING, der::Length::Padded(1), [7]);
    let padded = der::sequence([inner]);
    let pieces = der::tlv(der::tag::CONSTRUCTED_OCTET_STRING, der::octets([7]));
    let levels = |count| (0..count).fold(Vec::new(), |inner, _| der::sequence([inner]));
    let of_content = |id, note, content: &[u8]| {
        let message = CmsBuilder::new(content).signer(forge.holder(), Signer::without_attributes);
        forge.case([id, clause, note], message.build())
    };
    let text = [
        "cms/stripped_attributes",
        clause,
        "Signed attributes are passed off as the content that was signed.",
    ];
    vec![
        signer(
            "cms/no_attributes",
            "There are no signed attributes.",
            &Signer::without_attributes,
        )
        .accepted(check),
        signer(
            "cms/unknown_attribute",
            "There is a signed attribute that nobody knows.",
            &|s| s.attribute(unknown(2)),
        )
        .accepted(check),
        signer("cms/signing_time", "A signing time is signed.", &|s| {
            s.attribute(Attribute::signing_time(NOW))
        })
        .accepted(check),
        signer(
            "cms/unsigned_attribute",
            "There is an unsigned attribute.",
            &|s| s.unsigned_attribute(unknown(2)),
        )
        .accepted(check),
        signer(
            "cms/countersigned",
            "The signature is countersigned.",
            &|s| s.countersigned_by(forge.0.credential(Authentication)),
        )
        .accepted(check),
        signer(
            "cms/most_attributes",
            "There are 32 signed attributes.",
            &|s| of(s, 32),
        )
        .accepted("input.budget"),
        signer(
            "cms/too_many_attributes",
            "There are 33 signed attributes.",
            &|s| of(s, 33),
        )
        .refused("input.budget", "input.too_many"),
        signer(
            "cms/attributes_descend",
            "The signed attributes are in descending order.",
            &|s| s.descending_attributes(),
        )
        .refused_by(check),
        forge
            .message(
                [
                    "cms/attributes_indefinite",
                    clause,
                    "The lengths of signed attributes are indefinite.",
                ],
                |m| m.encoding(Encoding::IndefiniteThroughout { chunk: 4 }),
            )
            .refused_by(check),
        signer(
            "cms/attribute_twice",
            "The signed message digest stands twice, alike.",
            &|s| s.attributes(|list| list.duplicate(oid::MESSAGE_DIGEST)),
        )
        .refused_by(check),
        signer(
            "cms/attribute_twice_unlike",
            "An attribute stands twice, with two values.",
            &|s| {
                let again = Attribute::new(&[2, 25, 2], &[der::small(1)]);
                s.attribute(unknown(2)).attributes(|list| list.add(again))
            },
        )
        .refused_by(check),
        signer(
            "cms/two_values",
            "The signed message digest has two values.",
            &|s| {
                let values = [der::octets(&digest), der::octets(&digest)];
                s.attribute(Attribute::new(oid::MESSAGE_DIGEST, &values))
            },
        )
        .refused_by(check),
        signer("cms/no_value", "A signed attribute has no value.", &|s| {
            s.attribute(Attribute::new(&[2, 25, 2], &[]))
        })
        .refused_by(check),
        signer(
            "cms/signing_time_form",
            "The signing time has no seconds.",
            &|s| {
                let time = Time::raw(der::tag::UTC_TIME, "2701150800Z");
                s.attribute(Attribute::signing_time(time))
            },
        )
        .refused_by(check),
        signer(
            "cms/attribute_nested_padded",
            "Within a signed attribute a length has a leading zero octet.",
            &|s| s.attribute(with_value(padded.clone())),
        )
        .refused_by(check),
        signer(
            "cms/attribute_in_pieces",
            "Within a signed attribute an octet string comes in pieces.",
            &|s| s.attribute(with_value(pieces.clone())),
        )
        .refused_by(check),
        signer(
            "cms/attribute_deepest",
            "A signed attribute nests as deep as is allowed.",
            &|s| s.attribute(with_value(levels(13))),
        )
        .accepted("input.budget"),
        signer(
            "cms/attribute_too_deep",
            "A signed attribute nests one level deeper than is allowed.",
            &|s| s.attribute(with_value(levels(14))),
        )
        .refused("input.budget", "input.too_many"),
        of_content(
            "cms/content_is_a_set",
            "Without signed attributes, the content is a SET, of something else.",
            &der::set_unsorted([der::small(1)]),
        )
        .accepted(check),
        of_content(
            "cms/content_is_an_empty_set",
            "Without signed attributes, the content is an empty SET.",
            &der::tlv(der::tag::SET, []),
        )
        .accepted(check),
        forge
            .case(text, attributes_as_content())
            .refused(check, "cms.ambiguous_content"),
    ]
}

/// What the signed attributes say about content, certificate and algorithms.
pub(super) fn bindings(forge: &Forge<'_>) -> Vec<Vector> {
    let signer = |id, clause, note, change: &dyn Fn(Signer) -> Signer| {
        forge.signer([id, clause, note], change)
    };
    let content_type = "cms.signed_content_type";
    let digest = "cms.message_digest";
    let certificate = "cms.signing_certificate";
    let (typed, digested, named) = ("RFC 5652, 11.1", "RFC 5652, 11.2", "RFC 5035, 3");
    let hash = Hash::Sha256.digest(forge.holder().certificate());
    let other = forge.0.credential(Authentication);
    let own_hash_of =
        |credential: &Credential| Attribute::signing_certificate_hash(&hash, credential);
    vec![
        signer(
            "cms/content_type_absent",
            typed,
            "No content type is signed.",
            &|s| s.attributes(|list| list.remove(oid::CONTENT_TYPE)),
        )
        .refused_by(content_type),
        signer(
            "cms/content_type_of_another",
            typed,
            "The signed content type is another.",
            &|s| s.attribute(Attribute::content_type(oid::SIGNED_DATA)),
        )
        .refused_by(content_type),
        signer(
            "cms/digest_absent",
            digested,
            "No message digest is signed.",
            &|s| s.attributes(|list| list.remove(oid::MESSAGE_DIGEST)),
        )
        .refused_by(digest),
        signer(
            "cms/digest_wrong",
            digested,
            "The signed digest is that of another content.",
            &|s| s.attribute(Attribute::message_digest_of(&Hash::Sha256.digest(b"other"))),
        )
        .refused_by(digest),
        signer(
            "cms/digest_cut",
            digested,
            "The signed digest lacks its last octet.",
            &|s| {
                let whole = Hash::Sha256.digest(MESSAGE);
                s.attribute(Attribute::message_digest_of(&whole[..31]))
            },
        )
        .refused_by(digest),
        forge
            .message(
                [
                    "cms/content_changed",
                    digested,
                    "The content is another than was signed.",
                ],
                |m| m.attach_instead(b"Contract\r\n"),
            )
            .refused_by(digest),
        signer(
            "cms/certificate_named",
            named,
            "The signer's certificate is named.",
            &|s| s.attribute(Attribute::signing_certificate(forge.holder())),
        )
        .accepted(certificate),
        signer(
            "cms/certificate_hash_wrong",
            named,
            "Another certificate's hash is named.",
            &|s| {
                let wrong = Hash::Sha256.digest(other.certificate());
                s.attribute(Attribute::signing_certificate_hash(&wrong, forge.holder()))
            },
        )
        .refused_by(certificate),
        signer(
            "cms/certificate_issuer_wrong",
            named,
            "Another certificate's issuer is named.",
            &|s| s.attribute(own_hash_of(other)),
        )
        .refused_by(certificate),
    ]
    .into_iter()
    .chain(protection(forge))
    .collect()
}

fn protection(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.algorithm_protection";
    let case = |id, note, digest: Hash, signature: &[u64]| {
        let parts = [der::oid(signature), der::null()].concat();
        let value = der::sequence([digest.identifier(), der::explicit(1, parts)]);
        forge.signer([id, "RFC 6211, 2 and 3", note], |s| {
            s.attribute(Attribute::new(ALGORITHM_PROTECTION, &[value]))
        })
    };
    let rsa = oid::RSA_ENCRYPTION;
    vec![
        case(
            "cms/protected",
            "The algorithms are protected.",
            Hash::Sha256,
            rsa,
        )
        .accepted(check),
        case(
            "cms/protected_digest",
            "Another digest is protected.",
            Hash::Sha512,
            rsa,
        )
        .refused_by(check),
        case(
            "cms/protected_signature",
            "Another signature algorithm is protected.",
            Hash::Sha256,
            oid::SHA512_WITH_RSA,
        )
        .refused_by(check),
    ]
}

pub(super) fn signature(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "signature.verified";
    let code = "signature.invalid";
    let clause = "RFC 5652, 5.4 and 5.6";
    let signer =
        |id, note, change: &dyn Fn(Signer) -> Signer| forge.signer([id, clause, note], change);
    let bad =
        |id, note, change: &dyn Fn(Signer) -> Signer| signer(id, note, change).refused(check, code);
    let p384 = forge
        .0
        .rsa
        .key(tashika_testbed::Algorithm::P384, "elliptic holder");
    let terms = forge.0.terms(Signing);
    let person = forge.0.card().person();
    let elliptic = |key: KeyPair| forge.0.authority(Signing).issue(person, key, &terms);
    let by = |credential: &Credential, change: fn(Signer) -> Signer| {
        CmsBuilder::new(MESSAGE).signer(credential, change).build()
    };
    let elliptic = elliptic(p384);
    vec![
        forge
            .case(
                ["cms/p384", "RFC 5753, 2.1", "The signer's key is on P-384."],
                by(&elliptic, |s| s),
            )
            .accepted(check),
        forge
            .case(
                [
                    "cms/p384_with_sha256",
                    "RFC 5753; schemes of the allow-list",
                    "The key on P-384 signs with SHA-256.",
                ],
                by(&elliptic, |s| s.scheme(Scheme::Ecdsa(Hash::Sha256))),
            )
            .refused_by("signature.scheme"),
        bad(
            "cms/corrupt",
            "One bit of the signature is flipped.",
            &Signer::corrupt_signature,
        ),
        bad(
            "cms/by_another",
            "Another person's key made the signature.",
            &|s| s.signed_by(forge.0.credential(Authentication).key()),
        ),
        bad(
            "cms/over_content",
            "The content is signed although there are attributes.",
            &|s| s.sign_content(),
        ),
        bad(
            "cms/digest_info_without_null",
            "The DigestInfo lacks its NULL.",
            &|s| s.scheme(Scheme::Pkcs1WithoutNull(Hash::Sha256)),
        ),
        forge
            .case(
                [
                    "cms/bare_content_changed",
                    clause,
                    "Without attributes, the content is another than was signed.",
                ],
                CmsBuilder::new(MESSAGE)
                    .signer(forge.holder(), Signer::without_attributes)
                    .attach_instead(b"Contract\r\n")
                    .build(),
            )
            .refused(check, code),
    ]
}
