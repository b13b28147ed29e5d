//! CMS messages of one signer (RFC 5652, 5 and 11).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what is cut was made here"
)]

mod algorithms;
mod attributes;

use tashika_testbed::{
    CmsBuilder, Credential, Encoding, Generation, Signer, SignerId, Testbed, der, oid,
};

use super::{
    Kind::{Authentication, Signing},
    Procedure::Cms,
    Vector,
    case::Case,
    world::{DAY, MESSAGE, NOW, World},
};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    let forge = Forge(world);
    [
        encoding(&forge),
        content(&forge),
        signers(&forge),
        certificates(&forge),
        algorithms::algorithms(&forge),
        algorithms::pss(&forge),
        attributes::attributes(&forge),
        attributes::bindings(&forge),
        attributes::signature(&forge),
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
