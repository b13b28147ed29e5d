//! CMS messages of one signer (RFC 5652, 5 and 11).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what is cut was made here"
)]

use tashika_testbed::{
    Attribute, CmsBuilder, Credential, Encoding, Generation, Hash, KeyPair, Scheme, Signer,
    SignerId, Testbed, calendar::Time, der, oid, pss_identifier,
};

use super::{
    Algorithms,
    Kind::{Authentication, Signing},
    Procedure::Cms,
    Vector,
    case::Case,
    world::{DAY, MESSAGE, NOW, World},
};

/// RFC 6211, 2.
const ALGORITHM_PROTECTION: &[u64] = &[1, 2, 840, 113549, 1, 9, 52];

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    let forge = Forge(world);
    [
        encoding(&forge),
        content(&forge),
        signers(&forge),
        certificates(&forge),
        algorithms(&forge),
        pss(&forge),
        attributes(&forge),
        bindings(&forge),
        signature(&forge),
    ]
    .concat()
}

/// Makes messages by the card's signing key.
struct Forge<'w>(&'w World);

impl Forge<'_> {
    fn holder(&self) -> &Credential {
        self.0.credential(Signing)
    }

    fn case(&self, text: [&str; 3], message: Vec<u8>) -> Case {
        self.0.case(Cms, Signing, text).cms(message)
    }

    fn signer(&self, text: [&str; 3], change: impl FnOnce(Signer) -> Signer) -> Case {
        let message = CmsBuilder::new(MESSAGE).signer(self.holder(), change);
        self.case(text, message.build())
    }

    fn message(&self, text: [&str; 3], change: impl FnOnce(CmsBuilder) -> CmsBuilder) -> Case {
        let message = CmsBuilder::new(MESSAGE).signer(self.holder(), |signer| signer);
        self.case(text, change(message).build())
    }
}

fn encoding(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.encoding";
    let code = "input.cms";
    let clause = "RFC 5652, 3 and 5.1";
    let message = |id, note, change: &dyn Fn(CmsBuilder) -> CmsBuilder| {
        forge.message([id, clause, note], change)
    };
    let streamed = |chunk| Encoding::Indefinite { chunk };
    let good = CmsBuilder::new(MESSAGE)
        .encoding(streamed(4))
        .signer(forge.holder(), |signer| signer)
        .build();
    let other = |id, note, message: Vec<u8>| forge.case([id, clause, note], message);
    vec![
        message("cms/control", "A message with its content.", &|m| m).accepted(check),
        message(
            "cms/streamed",
            "Lengths are indefinite, the content comes in pieces.",
            &|m| m.encoding(streamed(4)),
        )
        .accepted(check),
        message(
            "cms/streamed_whole",
            "Lengths are indefinite, the content is one piece.",
            &|m| m.encoding(streamed(0)),
        )
        .accepted(check),
        other(
            "cms/unclosed",
            "The last end of contents is missing.",
            good[..good.len() - 2].to_vec(),
        )
        .refused(check, code),
        other(
            "cms/nested",
            "The content is an octet string in 20 levels of pieces.",
            nested(forge, 20),
        )
        .refused("input.budget", "input.too_many"),
        message(
            "cms/trailing_outside",
            "An octet follows the message.",
            &|m| m.trailing_outside(&[0]),
        )
        .refused(check, code),
        message(
            "cms/trailing_inside",
            "An element follows the signers.",
            &|m| m.trailing_inside(&der::null()),
        )
        .refused(check, code),
        message("cms/version_3", "The version is 3 where 1 is due.", &|m| {
            m.version(3)
        })
        .accepted("cms.content_type"),
        message("cms/version_4", "The version is 4.", &|m| m.version(4))
            .refused_by("cms.content_type"),
        message("cms/version_5", "The version is 5.", &|m| m.version(5))
            .refused_by("cms.content_type"),
        message(
            "cms/not_data",
            "The content is said to be a time-stamp token.",
            &|m| m.content_type(&[1, 2, 840, 113549, 1, 9, 16, 1, 4]),
        )
        .refused_by("cms.content_type"),
        other("cms/not_signed", "The message is data, not SignedData.", {
            let data = der::explicit(0, der::octets(MESSAGE));
            der::sequence([der::oid(oid::DATA), data])
        })
        .refused_by("cms.content_type"),
    ]
}

/// A message without signed attributes whose content is wrapped in levels.
fn nested(forge: &Forge<'_>, levels: usize) -> Vec<u8> {
    let flat = CmsBuilder::new(MESSAGE)
        .signer(forge.holder(), Signer::without_attributes)
        .build();
    let content = der::explicit(0, der::octets(MESSAGE));
    let wrap = |inner: Vec<u8>, _| der::tlv(der::tag::CONSTRUCTED_OCTET_STRING, inner);
    let wrapped = (0..levels).fold(der::octets(MESSAGE), wrap);
    // Outer lengths become indefinite, so that only the content changes.
    let reopened = |bytes: &[u8]| [&[bytes[0], 0x80], &bytes[4..]].concat();
    let info = reopened(&flat);
    let at = info
        .windows(2)
        .position(|w| w == [0xA0, 0x82])
        .expect("SignedData is over 255 octets");
    let (head, explicit) = info.split_at(at);
    let explicit = reopened(explicit);
    let data = [&explicit[..2], &reopened(&explicit[2..])].concat();
    let all = [head, &data].concat();
    let short = der::sequence([der::oid(oid::DATA), content]);
    let long = der::sequence([der::oid(oid::DATA), der::explicit(0, wrapped)]);
    let at = all
        .windows(short.len())
        .position(|w| w == short)
        .expect("the content is attached");
    let end = [0; 6];
    [&all[..at], &long, &all[at + short.len()..], &end].concat()
}

fn content(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.content";
    let clause = "RFC 5652, 5.2";
    let message = |id, note, change: &dyn Fn(CmsBuilder) -> CmsBuilder| {
        forge.message([id, clause, note], change)
    };
    vec![
        message(
            "cms/detached",
            "The content is supplied beside the message.",
            &|m| m.detached(),
        )
        .content(MESSAGE)
        .accepted(check),
        message(
            "cms/content_missing",
            "The content is neither attached nor supplied.",
            &|m| m.detached(),
        )
        .refused(check, "cms.content_missing"),
        message(
            "cms/content_twice",
            "The content is both attached and supplied.",
            &|m| m,
        )
        .content(MESSAGE)
        .refused(check, "cms.content_twice"),
    ]
}

fn signers(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.signer";
    let clause = "RFC 5652, 5.1 and 5.3; one signer";
    let other = forge.0.rsa.card(8);
    let count = |id, note, message: CmsBuilder| {
        let case = forge.case([id, clause, note], message.build());
        case.refused(check, "cms.signer_count")
    };
    let one = || CmsBuilder::new(MESSAGE).signer(forge.holder(), |signer| signer);
    let none = CmsBuilder::new(MESSAGE).certificate(forge.holder().certificate());
    let version =
        |id, note, change: &dyn Fn(Signer) -> Signer| forge.signer([id, clause, note], change);
    vec![
        count("cms/no_signer", "There is no signer.", none),
        count(
            "cms/two_signers",
            "There is a second signer.",
            one().signer(other.signing(), |signer| signer),
        ),
        count(
            "cms/bad_signer_beside",
            "There is a second signer, whose signature is corrupt.",
            one().signer(other.signing(), Signer::corrupt_signature),
        ),
        version(
            "cms/by_key",
            "The signer's certificate is named by its key.",
            &Signer::by_key_id,
        )
        .accepted(check),
        version(
            "cms/version_of_key",
            "The signer is named by number, the version is 3.",
            &|s| s.version(3),
        )
        .refused(check, "cms.signer_version"),
        version(
            "cms/version_of_number",
            "The signer is named by key, the version is 1.",
            &|s| s.by_key_id().version(1),
        )
        .refused(check, "cms.signer_version"),
    ]
}

fn certificates(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.signer_certificate";
    let clause = "RFC 5652, 5.1 and 5.3";
    let message = |id, note, change: &dyn Fn(CmsBuilder) -> CmsBuilder| {
        forge.message([id, clause, note], change)
    };
    let signer =
        |id, note, change: &dyn Fn(Signer) -> Signer| forge.signer([id, clause, note], change);
    let good = forge.holder().certificate();
    let other = forge.0.rsa.card(8);
    let other = other.signing().certificate();
    let root = forge.0.authority(Signing).certificate();
    let of_same_number = forge.0.issue(Signing, |c| c.not_after(NOW + DAY));
    let decoy = forge
        .0
        .issue(Authentication, |c| c.serial(forge.holder().serial()));
    let of_another = |m: CmsBuilder, count: usize| {
        (0..count).fold(m, |m, n| {
            let card = forge.0.rsa.card(16 + n as u32 * 8);
            m.certificate(card.signing().certificate())
        })
    };
    vec![
        message(
            "cms/certificates_beside",
            "Another certificate stands first.",
            &|m| m.certificate_first(other),
        )
        .accepted(check),
        message(
            "cms/decoy_of_same_number",
            "Another CA's certificate with the same serial number stands first.",
            &|m| m.certificate_first(&decoy),
        )
        .accepted(check),
        message(
            "cms/certificate_twice",
            "The signer's certificate stands twice.",
            &|m| m.certificate(good),
        )
        .accepted(check),
        message(
            "cms/root_beside",
            "The CA's certificate is in the message.",
            &|m| m.certificate(root),
        )
        .accepted(check),
        message(
            "cms/list_beside",
            "A revocation list is in the message.",
            &|m| m.revocation_list(&forge.0.publish(Signing, |l| l)),
        )
        .accepted("cms.encoding"),
        message(
            "cms/most_certificates",
            "There are four certificates.",
            &|m| of_another(m, 3),
        )
        .accepted("input.budget"),
        message(
            "cms/too_many_certificates",
            "There are five certificates.",
            &|m| of_another(m, 4),
        )
        .refused("input.budget", "input.too_many"),
        message("cms/no_certificate", "There is no certificate.", &|m| {
            m.without_certificates()
        })
        .refused_by(check),
        message(
            "cms/certificate_of_another",
            "There is only another person's certificate.",
            &|m| m.without_certificates().certificate(other),
        )
        .refused_by(check),
        message(
            "cms/two_of_one_number",
            "A second certificate has the same issuer and number.",
            &|m| m.certificate_first(&of_same_number),
        )
        .refused_by(check),
        signer(
            "cms/number_of_another",
            "The signer names another serial number.",
            &|s| {
                let issuer = forge.holder().issuer().to_vec();
                let serial = vec![0x77];
                s.id(SignerId::IssuerAndSerial { issuer, serial })
            },
        )
        .refused_by(check),
        signer(
            "cms/issuer_of_another",
            "The signer names another issuer.",
            &|s| {
                let issuer = forge.0.credential(Authentication).issuer().to_vec();
                let serial = forge.holder().serial().to_vec();
                s.id(SignerId::IssuerAndSerial { issuer, serial })
            },
        )
        .refused_by(check),
        signer(
            "cms/key_of_another",
            "The signer names another key.",
            &|s| s.id(SignerId::KeyId(vec![0x77; 20])),
        )
        .refused_by(check),
        forge
            .signer(
                [
                    "cms/signer_expired",
                    "RFC 5280, 6.1.3 (a) (2)",
                    "The signer's certificate has expired.",
                ],
                |s| s,
            )
            .now(NOW + 5 * 366 * DAY)
            .refused("x509.validity", "x509.expired"),
        forge
            .case(
                [
                    "cms/own_root",
                    clause,
                    "A root that the attacker made is in the message.",
                ],
                with_own_root(forge),
            )
            .refused_by("x509.signature"),
    ]
}

/// Signer and root are the attacker's, every name and identifier the real ones.
fn with_own_root(forge: &Forge<'_>) -> Vec<u8> {
    let attacker = Testbed::from_seed(666, NOW);
    let key = attacker.authority(Signing.into(), Generation::Third).key();
    let root = forge.0.authority(Signing).root().spki(key.spki()).sign(key);
    let leaf = forge.0.leaf(Signing).sign(key);
    let holder = forge.holder().with_certificate(leaf);
    CmsBuilder::new(MESSAGE)
        .signer(&holder, |signer| signer)
        .certificate(&root)
        .build()
}

fn algorithms(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.algorithm";
    let digest = "cms.digest_algorithm";
    let code = "cms.signature_algorithm";
    let signer = |id, clause, note, change: &dyn Fn(Signer) -> Signer| {
        forge.signer([id, clause, note], change)
    };
    let pkcs1 = Scheme::Pkcs1(Hash::Sha256).identifier();
    let sha2 = "RFC 5754, 2";
    let rsa = "RFC 3370, 3.2; RFC 5754, 3.2";
    vec![
        signer(
            "cms/digest_null",
            sha2,
            "The digest's parameters are NULL.",
            &|s| s.digest_identifier(Hash::Sha256.identifier()),
        )
        .accepted(check),
        signer(
            "cms/rsa_with_digest",
            rsa,
            "The signature algorithm names its digest.",
            &|s| s.signature_identifier(pkcs1.clone()),
        )
        .accepted(check),
        signer(
            "cms/sha512",
            sha2,
            "Digest and signature are of SHA-512.",
            &|s| s.scheme(Scheme::Pkcs1(Hash::Sha512)),
        )
        .accepted(check),
        signer(
            "cms/sha1",
            sha2,
            "Digest and signature are of SHA-1.",
            &|s| s.scheme(Scheme::Pkcs1(Hash::Sha1)),
        )
        .refused(check, digest),
        signer(
            "cms/digest_of_another",
            sha2,
            "The digest is SHA-512, the signature's SHA-256.",
            &|s| s.digest(Hash::Sha512).signature_identifier(pkcs1.clone()),
        )
        .refused(check, digest),
        signer(
            "cms/digest_parameters",
            sha2,
            "The digest has an INTEGER for parameters.",
            &|s| {
                let identifier = der::sequence([der::oid(oid::SHA256), der::small(0)]);
                s.digest_identifier(identifier)
            },
        )
        .refused(check, digest),
        forge
            .message(
                [
                    "cms/digest_not_announced",
                    "RFC 5652, 5.1",
                    "The digest is not announced at the front.",
                ],
                |m| m.digest_algorithms(&[Hash::Sha512.identifier()]),
            )
            .refused(check, digest),
        forge
            .message(
                [
                    "cms/digests_announced",
                    "RFC 5652, 5.1",
                    "A second digest is announced at the front.",
                ],
                |m| m.digest_algorithms(&[Hash::Sha512.identifier(), Hash::Sha256.identifier()]),
            )
            .accepted(check),
        signer(
            "cms/rsa_without_null",
            rsa,
            "rsaEncryption has no parameters.",
            &|s| s.signature_identifier(der::algorithm(oid::RSA_ENCRYPTION)),
        )
        .refused(check, code),
        signer(
            "cms/rsa_with_sha1",
            rsa,
            "The signature algorithm is sha1WithRSAEncryption.",
            &|s| s.signature_identifier(der::algorithm_null(oid::SHA1_WITH_RSA)),
        )
        .refused(check, code),
        signer(
            "cms/algorithm_unknown",
            rsa,
            "Nobody knows the signature algorithm.",
            &|s| s.signature_identifier(der::algorithm_null(oid::UNKNOWN)),
        )
        .refused(check, code),
        signer(
            "cms/algorithm_of_another_key",
            rsa,
            "The signature algorithm is ECDSA, the key RSA.",
            &|s| s.signature_identifier(der::algorithm(oid::ECDSA_WITH_SHA256)),
        )
        .refused_by("signature.scheme"),
    ]
}

fn pss(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.algorithm";
    let code = "cms.signature_algorithm";
    let case = |id, note, identifier: Option<Vec<u8>>| {
        let change = |s: Signer| {
            let s = s.scheme(Scheme::PSS_SHA256);
            match identifier {
                Some(identifier) => s.signature_identifier(identifier),
                None => s,
            }
        };
        forge.signer([id, "RFC 4055, 3; RFC 4056, 2.2", note], change)
    };
    let stated = |id, note, identifier| {
        let case = case(id, note, Some(identifier));
        case.algorithms(Algorithms::WithPss)
    };
    let sha256 = Hash::Sha256;
    vec![
        case("cms/pss", "The signature is PSS, which is allowed.", None)
            .algorithms(Algorithms::WithPss)
            .accepted(check),
        case(
            "cms/pss_not_allowed",
            "The signature is PSS, which is not allowed.",
            None,
        )
        .refused(check, code),
        stated(
            "cms/pss_salt",
            "The salt is said to have 20 octets, and has 32.",
            pss_identifier(sha256, sha256, 20),
        )
        .refused(check, code),
        stated(
            "cms/pss_mask",
            "The mask is said to be made with SHA-1.",
            pss_identifier(sha256, Hash::Sha1, 32),
        )
        .refused(check, code),
        stated(
            "cms/pss_defaults",
            "The parameters of PSS are absent.",
            der::algorithm(oid::RSASSA_PSS),
        )
        .refused(check, code),
        stated(
            "cms/pss_digest",
            "PSS is said to be with SHA-512, the digest is SHA-256.",
            pss_identifier(Hash::Sha512, Hash::Sha512, 64),
        )
        .refused(check, "cms.digest_algorithm"),
    ]
}

fn attributes(forge: &Forge<'_>) -> Vec<Vector> {
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
        forge
            .case(text, attributes_as_content())
            .refused(check, "cms.ambiguous_content"),
    ]
}

/// What the signed attributes say about content, certificate and algorithms.
fn bindings(forge: &Forge<'_>) -> Vec<Vector> {
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

fn signature(forge: &Forge<'_>) -> Vec<Vector> {
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
