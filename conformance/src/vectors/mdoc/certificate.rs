//! The certificate of a document's signer, under its root (ISO/IEC 18013-5,
//! B.1; RFC 5280, 4 and 6.1).

use tashika_testbed::{
    Algorithm, CertificateBuilder, Criticality, Extension, GeneralName, KeyPair, Name, Rng, der,
    mdoc::Authority, oid,
};

use super::{Case, Desk, Kind, NOW, Vector, anchor};

const PROFILE: &str = "ISO/IEC 18013-5, B.1.4";

type Change<'c> = &'c dyn Fn(CertificateBuilder) -> CertificateBuilder;

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        issuer(desk),
        path(desk),
        usage(desk),
        presence(desk),
        forbidden(desk),
        country(desk),
        state(desk),
    ]
    .concat()
}

/// Who issued it.
fn issuer(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC 18013-5, 9.3.3; RFC 5280, 6.1.3";
    let (root, signer) = (desk.testbed.japan_authority(), desk.testbed.japan_signer());
    let by = |id, note, root: &Authority, change: Change<'_>| {
        let certificate = change(root.document_signer(signer.key())).sign(root.key());
        let signer = signer.with_certificate(certificate);
        desk.with([id, clause, note], desk.issuance().sign(&signer))
    };
    let key = desk.testbed.key(Algorithm::P384, "mdoc root of another");
    let namesake = Authority::japan(key, NOW);
    let issued = |id, note, change: Change<'_>| desk.certified([id, clause, note], change);
    let licences = desk.testbed.licence_authority();
    vec![
        by(
            "mdoc_issuer/by_namesake",
            "Another root of the same name has issued it.",
            &namesake,
            &|c| c,
        )
        .refused_by("x509.authority_key"),
        by(
            "mdoc_issuer/by_namesake_with_key",
            "Another root of the same name has issued it, and names the right root's key.",
            &namesake,
            &|c| c.extension(Extension::authority_key_id(&root.key().key_id())),
        )
        .refused_by("x509.signature"),
        by(
            "mdoc_issuer/by_licences",
            "The root of driving licences has issued it.",
            licences,
            &|c| c,
        )
        .refused_by("x509.issuer"),
        desk.with(
            [
                "mdoc_issuer/by_readers",
                clause,
                "The root of readers has issued it.",
            ],
            desk.issuance().sign(desk.testbed.reader()),
        )
        .refused_by("x509.issuer"),
        issued(
            "mdoc_issuer/by_nobody",
            "It is signed with its own key.",
            &|c| {
                c.issuer(
                    Name::new()
                        .country("JP")
                        .common_name("TEST Document Signer"),
                )
            },
        )
        .refused_by("x509.issuer"),
        desk.with(
            [
                "mdoc_issuer/by_signer",
                clause,
                "A document signer has issued it, under the root's name.",
            ],
            {
                let certificate = root.document_signer(signer.key()).sign(signer.key());
                desk.issuance().sign(&signer.with_certificate(certificate))
            },
        )
        .refused("x509.signature", "x509.signature"),
        issued(
            "mdoc_issuer/certificate_corrupt",
            "A bit of the root's signature is flipped.",
            &|c| c.corrupt_signature(),
        )
        .refused_by("x509.signature"),
        issued(
            "mdoc_issuer/no_authority_key",
            "It does not name the root's key.",
            &|c| c.without(oid::AUTHORITY_KEY_IDENTIFIER),
        )
        .refused("x509.authority_key", "x509.authority_key_missing"),
        issued(
            "mdoc_issuer/authority_key_of_another",
            "It names another key than the root's.",
            &|c| c.extension(Extension::authority_key_id(&signer.key().key_id())),
        )
        .refused_by("x509.authority_key"),
        desk.presented(
            [
                "mdoc_issuer/second_root",
                clause,
                "The root is the second of two of one name.",
            ],
            |p| p.signed(),
        )
        .asked(|asked| {
            for issuers in &mut asked.issuers {
                issuers
                    .anchors
                    .insert(0, anchor(Kind::Mdoc, namesake.certificate()));
            }
        })
        .accepted("x509.signature"),
    ]
}

/// What every certificate must be.
fn path(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "RFC 5280, 6.1.3";
    let certified = |id, note, change: Change<'_>| desk.certified([id, clause, note], change);
    let signed_at = |id, note, moment: i64| {
        let issuance = desk.issuance().validity(moment, moment, NOW + 86_400);
        let signer = desk.signer(|c| c.not_before(moment));
        desk.with([id, clause, note], issuance.sign(&signer))
    };
    let key = desk.testbed.japan_signer().key();
    let explicit = key.spki_with_explicit_curve().unwrap_or_default();
    vec![
        certified(
            "mdoc_issuer/signer_expired",
            "The certificate expired a second ago.",
            &|c| c.not_after(NOW - 1),
        )
        .refused("x509.validity", "x509.expired"),
        certified(
            "mdoc_issuer/signer_last_second",
            "It is the certificate's last second.",
            &|c| c.not_after(NOW),
        )
        .accepted("x509.validity"),
        signed_at(
            "mdoc_issuer/signer_not_yet_valid",
            "The certificate begins in a second, and so does the document.",
            NOW + 1,
        )
        .refused("x509.validity", "x509.not_yet_valid"),
        signed_at(
            "mdoc_issuer/signer_first_second",
            "It is the certificate's first second, and the document's.",
            NOW,
        )
        .accepted("x509.validity"),
        certified(
            "mdoc_issuer/unknown_critical",
            "An unknown extension is critical.",
            &|c| c.extension(Extension::unknown().critical()),
        )
        .refused("x509.critical_extensions", "x509.critical_extension"),
        certified(
            "mdoc_issuer/unknown_extension",
            "There is an unknown extension, not critical.",
            &|c| c.extension(Extension::unknown()),
        )
        .accepted("x509.critical_extensions"),
        certified(
            "mdoc_issuer/signer_is_ca",
            "It is a CA's certificate.",
            &|c| c.extension(Extension::basic_constraints(true, Some(0))),
        )
        .refused("x509.basic_constraints", "x509.ca"),
        certified(
            "mdoc_issuer/explicit_curve",
            "The curve of its key is written out.",
            &|c| c.spki(explicit.clone()),
        )
        .refused_by("x509.subject_key"),
        certified("mdoc_issuer/version_1", "It is of version 1.", &|c| {
            c.version(None)
        })
        .refused_by("x509.version"),
    ]
}

fn usage(desk: &Desk<'_>) -> Vec<Vector> {
    let usage = "x509.key_usage";
    let purpose = "x509.extended_key_usage";
    let bits = |id, note, bits: &[u8]| {
        let extension = Extension::key_usage(bits);
        desk.certified([id, PROFILE, note], |c| c.extension(extension))
            .refused_by(usage)
    };
    let purposes = |id, note, purposes: &[&[u64]]| {
        let extension = Extension::extended_key_usage(purposes).critical();
        desk.certified([id, PROFILE, note], |c| c.extension(extension))
            .refused_by(purpose)
    };
    let without = |id, note, check, oid: &[u64]| {
        desk.certified([id, PROFILE, note], |c| c.without(oid))
            .refused_by(check)
    };
    let signer = oid::MDL_DOCUMENT_SIGNER;
    vec![
        without(
            "mdoc_issuer/no_key_usage",
            "The key usage is missing.",
            usage,
            oid::KEY_USAGE,
        ),
        bits(
            "mdoc_issuer/usage_non_repudiation",
            "The key is for non-repudiation.",
            &[1],
        ),
        bits(
            "mdoc_issuer/usage_both",
            "The key is for non-repudiation too.",
            &[0, 1],
        ),
        bits(
            "mdoc_issuer/usage_cert_sign",
            "The key is for signing certificates too.",
            &[0, 5],
        ),
        bits(
            "mdoc_issuer/usage_crl_sign",
            "The key is for signing lists too.",
            &[0, 6],
        ),
        without(
            "mdoc_issuer/no_purpose",
            "The extended key usage is missing.",
            purpose,
            oid::EXTENDED_KEY_USAGE,
        ),
        purposes(
            "mdoc_issuer/purpose_reader",
            "The key is for readers.",
            &[oid::MDL_READER],
        ),
        purposes(
            "mdoc_issuer/purpose_any",
            "The key is for anything.",
            &[oid::ANY_EXTENDED_KEY_USAGE],
        ),
        purposes(
            "mdoc_issuer/purpose_server",
            "The key is for servers.",
            &[oid::SERVER_AUTH],
        ),
        purposes(
            "mdoc_issuer/purpose_two",
            "The key is for signing documents and for readers.",
            &[signer, oid::MDL_READER],
        ),
        purposes(
            "mdoc_issuer/purpose_longer",
            "The purpose is one below that of document signers.",
            &[&[1, 0, 18013, 5, 1, 2, 1]],
        ),
    ]
}

/// What must be there, and critical.
fn presence(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.certificate_profile";
    let without = |id, note, oid: &[u64]| desk.certified([id, PROFILE, note], |c| c.without(oid));
    let licence =
        |id, note, oid: &[u64]| desk.licence_certified([id, PROFILE, note], |c| c.without(oid));
    let not_critical = |id, note, oid: &[u64]| {
        let change = |c: CertificateBuilder| {
            c.extensions(|list| list.set_criticality(oid, Criticality::Absent))
        };
        desk.certified([id, PROFILE, note], change)
            .refused_by(check)
    };
    vec![
        without(
            "mdoc_issuer/no_subject_key",
            "It does not name its own key.",
            oid::SUBJECT_KEY_IDENTIFIER,
        )
        .refused_by(check),
        without(
            "mdoc_issuer/no_distribution_point",
            "It has no distribution point.",
            oid::CRL_DISTRIBUTION_POINTS,
        )
        .refused_by(check),
        without(
            "mdoc_issuer/no_issuer_alt_name",
            "It names no alternative of its issuer, which the card's profile leaves open.",
            oid::ISSUER_ALT_NAME,
        )
        .accepted(check),
        not_critical(
            "mdoc_issuer/key_usage_not_critical",
            "The key usage is not critical.",
            oid::KEY_USAGE,
        ),
        not_critical(
            "mdoc_issuer/purpose_not_critical",
            "The extended key usage is not critical.",
            oid::EXTENDED_KEY_USAGE,
        ),
        licence(
            "mdoc_issuer/licence_no_subject_key",
            "The signer of a licence does not name its own key.",
            oid::SUBJECT_KEY_IDENTIFIER,
        )
        .refused_by(check),
        licence(
            "mdoc_issuer/licence_no_distribution_point",
            "The signer of a licence has no distribution point.",
            oid::CRL_DISTRIBUTION_POINTS,
        )
        .refused_by(check),
        licence(
            "mdoc_issuer/licence_no_issuer_alt_name",
            "The signer of a licence names no alternative of its issuer.",
            oid::ISSUER_ALT_NAME,
        )
        .refused_by(check),
    ]
}

fn forbidden(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.certificate_profile";
    let code = "mdoc.forbidden_extension";
    let with = |id, note, extension: Extension| {
        desk.certified([id, "ISO/IEC 18013-5, B.1.1", note], |c| {
            c.extension(extension)
        })
        .refused(check, code)
    };
    let names = der::sequence([GeneralName::dns("example.jp").to_der()]);
    let mapping = der::sequence([der::oid(&[1, 2, 3]), der::oid(&[1, 2, 4])]);
    let point = [GeneralName::uri("https://delta.test.example/")];
    vec![
        with(
            "mdoc_issuer/name_constraints",
            "It has name constraints.",
            Extension::new(
                oid::NAME_CONSTRAINTS,
                der::sequence([der::explicit(0, names)]),
            ),
        ),
        with(
            "mdoc_issuer/policy_mappings",
            "It has policy mappings.",
            Extension::new(&[2, 5, 29, 33], der::sequence([mapping])),
        ),
        with(
            "mdoc_issuer/policy_constraints",
            "It has policy constraints.",
            Extension::new(&[2, 5, 29, 36], der::sequence([der::implicit(0, [0])])),
        ),
        with(
            "mdoc_issuer/inhibit_any_policy",
            "It inhibits any policy.",
            Extension::new(&[2, 5, 29, 54], der::small(0)),
        ),
        with(
            "mdoc_issuer/freshest_crl",
            "It points to delta lists.",
            Extension::freshest_crl(&point),
        ),
    ]
}

fn country(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.certificate_profile";
    let code = "mdoc.country";
    let named = |id, note, name: Name| desk.certified([id, PROFILE, note], |c| c.subject(name));
    let in_country = |country: &str| Name::new().country(country).common_name("TEST Signer");
    let utf8 = der::utf8("JP");
    vec![
        named(
            "mdoc_issuer/country_absent",
            "It has no country.",
            Name::new().common_name("TEST Signer"),
        )
        .refused(check, code),
        named(
            "mdoc_issuer/country_other",
            "It is of another country than its root.",
            in_country("FR"),
        )
        .refused(check, code),
        named(
            "mdoc_issuer/country_case",
            "Its country is in small letters.",
            in_country("jp"),
        )
        .refused(check, code),
        named(
            "mdoc_issuer/country_twice",
            "It has two countries.",
            in_country("JP").country("FR"),
        )
        .refused(check, code),
        desk.licence_certified(
            [
                "mdoc_issuer/licence_country_other",
                PROFILE,
                "The signer of a licence is of another country than its root, and of its state.",
            ],
            |c| {
                let state = der::utf8("US-TEST");
                let name = in_country("FR").attribute(oid::STATE_OR_PROVINCE, &state);
                c.subject(name)
            },
        )
        .refused(check, code),
        named(
            "mdoc_issuer/country_utf8",
            "Its country is in another type of string than its root's.",
            Name::new()
                .attribute(oid::COUNTRY, &utf8)
                .common_name("TEST Signer"),
        )
        .accepted(check),
    ]
}

fn state(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.certificate_profile";
    let code = "mdoc.state_or_province";
    let in_state = |state: &str| {
        let state = der::utf8(state);
        let name = Name::new().country("US");
        name.attribute(oid::STATE_OR_PROVINCE, &state)
            .common_name("TEST Signer")
    };
    let named =
        |id, note, name: Name| desk.licence_certified([id, PROFILE, note], |c| c.subject(name));
    vec![
        named(
            "mdoc_issuer/state_control",
            "It is of its root's state.",
            in_state("US-TEST"),
        )
        .accepted(check),
        named(
            "mdoc_issuer/state_other",
            "It is of another state than its root.",
            in_state("US-ELSE"),
        )
        .refused(check, code),
        named(
            "mdoc_issuer/state_absent",
            "It is of no state, and its root is.",
            Name::new().country("US").common_name("TEST Signer"),
        )
        .refused(check, code),
        stateless(desk, in_state("US-TEST")).refused(check, code),
    ]
}

/// A licence by a root without a state.
fn stateless(desk: &Desk<'_>, signer: Name) -> Case {
    let text = [
        "mdoc_issuer/state_of_signer_alone",
        PROFILE,
        "It is of a state, and its root of none.",
    ];
    let place = Name::new().country("US");
    let name = place.clone().common_name("TEST federal IACA");
    let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(71));
    let root = Authority::new(place, name, "federal.test.example", key, NOW);
    let credential = desk.testbed.licence_signer();
    let certificate = root.document_signer(credential.key()).subject(signer);
    let credential = credential.with_certificate(certificate.sign(root.key()));
    desk.licensed(text, desk.licence().sign(&credential))
        .asked(|asked| {
            for issuers in &mut asked.issuers {
                issuers.anchors = vec![anchor(Kind::Mdoc, root.certificate())];
            }
        })
}
