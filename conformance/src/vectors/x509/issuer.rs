//! Whose certificate it is, and until when.

use tashika_testbed::{CertificateBuilder, Extension, GeneralName, Generation, Name, der, oid};

use super::{Change, leaf};
use crate::vectors::{
    Kind::{Authentication, Signing},
    Procedure::Certificate,
    Vector,
    world::{DAY, NOW, World},
};

pub(super) fn issuer(world: &World) -> Vec<Vector> {
    let check = "x509.authority_key";
    let authority = world.authority(Signing);
    let second = world.generation(Signing, Generation::Second);
    let name = || [GeneralName::directory(authority.name())];
    let serial = |magnitude: &[u8]| der::unsigned_content(magnitude);
    let key_id = authority.key().key_id();
    let leaf = |id, clause, note, change: Change<'_>| leaf(world, [id, clause, note], change);
    let aki = |id, note, extension: Extension| {
        let change = |c: CertificateBuilder| c.extension(extension.clone());
        leaf(id, "RFC 5280, 4.2.1.1", note, &change)
    };
    let upper = Name::new()
        .country("JP")
        .organization("JPKI-TEST")
        .unit("JPKI FOR DIGITAL SIGNATURE")
        .unit("Japan Agency for Local Authority Information Systems");
    let authentication = world.credential(Authentication).certificate().to_vec();
    vec![
        leaf(
            "x509/issuer_case",
            "RFC 5280, 7.1; names are compared byte for byte",
            "The issuer's name differs from the anchor's in the case of its letters.",
            &|c| c.issuer(upper.clone()),
        )
        .refused_by("x509.issuer"),
        leaf(
            "x509/issuer_empty",
            "RFC 5280, 4.1.2.4",
            "The issuer's name is empty.",
            &|c| c.issuer(Name::new()),
        )
        .refused_by("x509.issuer"),
        world
            .case(
                Certificate,
                Signing,
                [
                    "x509/other_purpose",
                    "JPKI: two CAs that do not vouch for each other",
                    "The issuer is trusted for authentication, not for signing.",
                ],
            )
            .anchor(
                Authentication,
                world.authority(Authentication).certificate(),
            )
            .certificate(authentication)
            .refused("x509.issuer", "trust.purpose"),
        aki(
            "x509/authority_key_alone",
            "The authority key identifier names the key alone.",
            Extension::authority_key_id(&key_id),
        )
        .accepted(check),
        leaf(
            "x509/authority_key_absent",
            "RFC 5280, 4.2.1.1",
            "The authority key identifier is missing.",
            &|c| c.without(oid::AUTHORITY_KEY_IDENTIFIER),
        )
        .refused(check, "x509.authority_key_missing"),
        aki(
            "x509/authority_key_unnamed",
            "The authority key identifier names issuer and serial number, not the key.",
            Extension::authority(None, Some((&name(), &serial(authority.serial())))),
        )
        .refused(check, "x509.authority_key_missing"),
        aki(
            "x509/authority_key_of_another",
            "The authority key identifier names a key that no anchor has.",
            Extension::authority(
                Some(&second.key().key_id()),
                Some((&name(), &serial(authority.serial()))),
            ),
        )
        .refused_by(check),
        aki(
            "x509/authority_serial_of_another",
            "The authority key identifier names the serial number of another generation.",
            Extension::authority(Some(&key_id), Some((&name(), &serial(second.serial())))),
        )
        .refused(check, "x509.authority_certificate"),
        aki(
            "x509/authority_name_of_another",
            "The authority key identifier names the issuer of another CA.",
            Extension::authority(
                Some(&key_id),
                Some((
                    &[GeneralName::directory(upper.clone())],
                    &serial(authority.serial()),
                )),
            ),
        )
        .refused(check, "x509.authority_certificate"),
        aki(
            "x509/authority_without_serial",
            "The authority key identifier names an issuer without a serial number.",
            Extension::new(
                oid::AUTHORITY_KEY_IDENTIFIER,
                der::sequence([
                    der::implicit(0, &key_id),
                    der::explicit(1, GeneralName::directory(authority.name()).to_der()),
                ]),
            ),
        )
        .refused("x509.extensions", "x509.extension"),
        leaf(
            "x509/two_generations",
            "RFC 5280, 4.2.1.1",
            "Another generation of the same name is an anchor too.",
            &|c| c,
        )
        .anchor(Signing, second.certificate())
        .accepted(check),
        leaf(
            "x509/authority_key_points_elsewhere",
            "RFC 5280, 6.1.3 (a) (1)",
            "The authority key identifier names another generation than signed.",
            &|c| {
                let names = name();
                let serial = serial(second.serial());
                c.extension(Extension::authority(
                    Some(&second.key().key_id()),
                    Some((&names, &serial)),
                ))
            },
        )
        .anchor(Signing, second.certificate())
        .refused_by("x509.signature"),
        world
            .case(
                Certificate,
                Signing,
                [
                    "x509/anchor_expired",
                    "RFC 5280, 6.1.1 (d)",
                    "The anchor has expired, the certificate has not.",
                ],
            )
            .without_anchors()
            .anchor(
                Signing,
                world.generation(Signing, Generation::First).certificate(),
            )
            .certificate(of_the_first_generation(world))
            .refused("trust.validity", "trust.expired"),
    ]
}

/// Valid for a year from now, under a root that has expired.
fn of_the_first_generation(world: &World) -> Vec<u8> {
    let first = world.generation(Signing, Generation::First);
    let key = world.credential(Signing).key();
    let terms = world.terms(Signing);
    let leaf = first.leaf(world.card().person(), key, &terms);
    leaf.validity(NOW - DAY, NOW + 365 * DAY).sign(first.key())
}

pub(super) fn validity(world: &World) -> Vec<Vector> {
    let check = "x509.validity";
    let case = |id, note, from, to| {
        let change = |c: CertificateBuilder| c.validity(from, to);
        leaf(
            world,
            [id, "RFC 5280, 4.1.2.5 and 6.1.3 (a) (2)", note],
            &change,
        )
    };
    let later = NOW + DAY;
    vec![
        case(
            "x509/first_second",
            "The validity begins in this second.",
            NOW,
            later,
        )
        .accepted(check),
        case(
            "x509/last_second",
            "The validity ends with this second.",
            NOW - DAY,
            NOW,
        )
        .accepted(check),
        case(
            "x509/second_before",
            "The validity begins in the next second.",
            NOW + 1,
            later,
        )
        .refused(check, "x509.not_yet_valid"),
        case(
            "x509/second_after",
            "The validity ended with the last second.",
            NOW - DAY,
            NOW - 1,
        )
        .refused(check, "x509.expired"),
        leaf(
            world,
            [
                "x509/generalized_time",
                "RFC 5280, 4.1.2.5",
                "The validity ends after 2049.",
            ],
            &|c| c.not_after(2_600_000_000),
        )
        .accepted(check),
    ]
}
