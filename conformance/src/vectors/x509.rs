//! Certificates by themselves, whatever the profile (RFC 5280, 4 and 6.1).

#![expect(clippy::indexing_slicing, reason = "what is cut was made here")]

mod issuer;
mod key;
mod signature;

pub(super) use signature::{first_half, magnitude, second_half};

use tashika_testbed::{
    CertificateBuilder, Criticality, Extension, GeneralName, Hash, Name, Scheme, calendar::Time,
    der, oid,
};

use super::{Kind::Signing, Procedure::Certificate, Vector, case::Case, world::World};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    [
        encoding(world),
        serial(world),
        fields(world),
        extensions(world),
        issuer::issuer(world),
        issuer::validity(world),
        signature::signature(world),
        signature::elliptic_signature(world),
        key::subject_key(world),
    ]
    .concat()
}

type Change<'c> = &'c dyn Fn(CertificateBuilder) -> CertificateBuilder;

fn leaf(world: &World, text: [&str; 3], change: Change<'_>) -> Case {
    let certificate = world.issue(Signing, change);
    world
        .case(Certificate, Signing, text)
        .certificate(certificate)
}

fn encoding(world: &World) -> Vec<Vector> {
    const DER: &str = "RFC 5280, 4.1";
    let check = "x509.encoding";
    let code = "input.certificate";
    let leaf = |id, note, change: Change<'_>| leaf(world, [id, DER, note], change);
    let other = |id, note, der: Vec<u8>| {
        world
            .case(Certificate, Signing, [id, DER, note])
            .certificate(der)
    };
    let good = world.credential(Signing).certificate();
    let (cut, _) = good.split_at(good.len() - 1);
    vec![
        leaf("x509/control", "A certificate as cards carry it.", &|c| c).accepted(check),
        other(
            "x509/absent",
            "The card carries no certificate of this kind.",
            Vec::new(),
        )
        .refused("jpki.certificate_present", "jpki.no_certificate"),
        other("x509/truncated", "The last octet is missing.", cut.to_vec()).refused(check, code),
        other("x509/not_a_sequence", "The outer element is a SET.", {
            let mut set = good.to_vec();
            set[0] = der::tag::SET;
            set
        })
        .refused(check, code),
        leaf(
            "x509/trailing_outside",
            "An octet follows the certificate.",
            &|c| c.trailing_outside(&[0]),
        )
        .refused(check, code),
        leaf(
            "x509/trailing_inside",
            "An element follows the signature.",
            &|c| c.trailing_inside(&der::null()),
        )
        .refused(check, code),
        leaf(
            "x509/trailing_signed",
            "An element follows the extensions.",
            &|c| c.trailing_signed(&der::null()),
        )
        .refused(check, code),
        leaf(
            "x509/length_padded",
            "The outer length has a leading zero octet.",
            &|c| c.length(der::Length::Padded(3)),
        )
        .refused(check, code),
        leaf(
            "x509/length_indefinite",
            "The outer length is indefinite.",
            &|c| c.length(der::Length::Indefinite),
        )
        .refused(check, code),
        leaf(
            "x509/signed_length_padded",
            "The signed part's length has a leading zero octet.",
            &|c| c.signed_length(der::Length::Padded(3)),
        )
        .refused(check, code),
        leaf(
            "x509/default_written",
            "An extension writes out that it is not critical.",
            &|c| {
                c.extensions(|list| {
                    list.set_criticality(oid::SUBJECT_KEY_IDENTIFIER, Criticality::ExplicitFalse)
                })
            },
        )
        .refused(check, code),
        leaf(
            "x509/no_extensions_in_list",
            "The list of extensions is empty.",
            &|c| {
                c.extensions(|list| {
                    *list = tashika_testbed::Extensions::new();
                    list
                })
            },
        )
        .refused(check, code),
        leaf(
            "x509/time_without_seconds",
            "notAfter has no seconds.",
            &|c| c.not_after(Time::raw(der::tag::UTC_TIME, "2803010000Z")),
        )
        .refused(check, code),
        leaf(
            "x509/time_with_offset",
            "notAfter is given in Japan's time.",
            &|c| c.not_after(Time::raw(der::tag::UTC_TIME, "280301000000+0900")),
        )
        .refused(check, code),
        leaf(
            "x509/time_with_fraction",
            "notAfter has a fraction of a second.",
            &|c| c.not_after(Time::raw(der::tag::GENERALIZED_TIME, "20510301000000.5Z")),
        )
        .refused(check, code),
        leaf("x509/time_of_no_day", "notAfter is on 30 February.", &|c| {
            c.not_after(Time::raw(der::tag::UTC_TIME, "280230000000Z"))
        })
        .refused(check, code),
        leaf(
            "x509/too_large",
            "An extension makes the certificate larger than 16 KiB.",
            &|c| {
                c.extension(Extension::new(
                    oid::UNKNOWN,
                    der::octets(vec![0; 16 * 1024]),
                ))
            },
        )
        .refused("input.budget", "input.too_large"),
        other(
            "x509/largest",
            "The certificate has 16 KiB to the octet.",
            of_size(world, 16 * 1024),
        )
        .accepted("input.budget"),
        leaf(
            "x509/too_many_extensions",
            "There are 33 extensions.",
            &|c| {
                c.extensions(|list| {
                    for n in list.iter().count() as u64..33 {
                        list.add(Extension::new(&[2, 25, n], der::null()));
                    }
                    list
                })
            },
        )
        .refused("input.budget", "input.too_many"),
        leaf("x509/most_extensions", "There are 32 extensions.", &|c| {
            c.extensions(|list| {
                for n in list.iter().count() as u64..32 {
                    list.add(Extension::new(&[2, 25, n], der::null()));
                }
                list
            })
        })
        .accepted("input.budget"),
    ]
}

/// The certificate on the card with an extension that brings it to `size`.
fn of_size(world: &World, size: usize) -> Vec<u8> {
    let padded = |padding| {
        let value = der::octets(vec![0; padding]);
        world.issue(Signing, |c| {
            c.extension(Extension::new(oid::UNKNOWN, value))
        })
    };
    // From 256 octets on every length in it takes the same room.
    let overhead = padded(size / 2).len() - size / 2;
    padded(size - overhead)
}

fn serial(world: &World) -> Vec<Vector> {
    let check = "x509.serial";
    let serial = |id, note, content: &[u8]| {
        let change = |c: CertificateBuilder| c.serial_raw(content);
        leaf(world, [id, "RFC 5280, 4.1.2.2", note], &change)
    };
    vec![
        serial("x509/serial_zero", "The serial number is zero.", &[0]).refused_by(check),
        serial(
            "x509/serial_negative",
            "The serial number is negative.",
            &[0x80],
        )
        .refused_by(check),
        serial(
            "x509/serial_padded",
            "The serial number has a leading zero octet.",
            &[0, 1],
        )
        .refused_by(check),
        serial("x509/serial_empty", "The serial number has no octets.", &[]).refused_by(check),
        serial(
            "x509/serial_long",
            "The serial number has 21 octets.",
            &[0x11; 21],
        )
        .refused_by(check),
        serial(
            "x509/serial_longest",
            "The serial number has 20 octets.",
            &[0x7F; 20],
        )
        .accepted(check),
        serial(
            "x509/serial_high_bit",
            "The serial number needs its leading zero octet.",
            &[0, 0xFF],
        )
        .accepted(check),
    ]
}

fn fields(world: &World) -> Vec<Vector> {
    let version = |id, note, number: Option<u64>| {
        let change = |c: CertificateBuilder| c.version(number);
        leaf(world, [id, "RFC 5280, 4.1.2.1", note], &change).refused_by("x509.version")
    };
    let algorithm = |id, note, change: Change<'_>| {
        leaf(world, [id, "RFC 5280, 4.1.1.2", note], change).refused_by("x509.algorithm_identifier")
    };
    let sha512 = Scheme::Pkcs1(Hash::Sha512).identifier();
    let without_null = der::algorithm(oid::SHA256_WITH_RSA);
    vec![
        version("x509/version_1", "The version is absent, so 1.", None),
        version(
            "x509/version_1_written",
            "The version is 1, written out.",
            Some(0),
        ),
        version("x509/version_2", "The version is 2.", Some(1)),
        version("x509/version_4", "The version is 4.", Some(3)),
        algorithm(
            "x509/algorithm_inside",
            "The algorithm inside is another than outside.",
            &|c| c.inner_algorithm(sha512.clone()),
        ),
        algorithm(
            "x509/algorithm_outside",
            "The algorithm outside is another than inside.",
            &|c| c.outer_algorithm(sha512.clone()),
        ),
        algorithm(
            "x509/algorithm_parameters",
            "The parameters are NULL inside and absent outside.",
            &|c| c.outer_algorithm(without_null.clone()),
        ),
        leaf(
            world,
            [
                "x509/issuer_unique_id",
                "RFC 5280, 4.1.2.8",
                "There are unique identifiers.",
            ],
            &|c| c.unique_ids(&[1], &[2]),
        )
        .refused("x509.extensions", "x509.unique_identifier"),
        leaf(
            world,
            [
                "x509/subject_without_place",
                "JPKI profile, subject",
                "The subject names no prefecture and no municipality.",
            ],
            &|c| {
                c.subject(
                    Name::new()
                        .country("JP")
                        .common_name("20260101000000000011322100"),
                )
            },
        )
        .accepted("x509.encoding"),
    ]
}

fn extensions(world: &World) -> Vec<Vector> {
    let check = "x509.extensions";
    let code = "x509.extension";
    let leaf = |id, clause, note, change: Change<'_>| leaf(world, [id, clause, note], change);
    let critical = |id, note, extension: Extension| {
        let change = |c: CertificateBuilder| c.extension(extension.clone().critical());
        leaf(id, "RFC 5280, 4.2", note, &change)
            .refused("x509.critical_extensions", "x509.critical_extension")
    };
    let constraints = der::sequence([der::explicit(
        0,
        der::sequence([GeneralName::dns("example.jp").to_der()]),
    )]);
    let mapping = der::sequence([der::sequence([
        der::oid(oid::JPKI_SIGNING_TEST_POLICY),
        der::oid(oid::JPKI_AUTHENTICATION_TEST_POLICY),
    ])]);
    let point = || GeneralName::directory(world.authority(Signing).name());
    let points = |count| vec![point(); count];
    vec![
        leaf(
            "x509/extension_twice",
            "RFC 5280, 4.2",
            "The key usage stands twice.",
            &|c| c.extensions(|list| list.duplicate(oid::KEY_USAGE)),
        )
        .refused(check, "x509.duplicate_extension"),
        leaf(
            "x509/unknown_extension",
            "RFC 5280, 4.2",
            "There is an unknown extension, not critical.",
            &|c| c.extension(Extension::unknown()),
        )
        .accepted("x509.critical_extensions"),
        leaf(
            "x509/extension_of_another_arc",
            "RFC 5280, 4.2",
            "An unknown extension ends in the arc of the key usage.",
            &|c| c.extension(Extension::new(&[2, 5, 4, 15], der::null())),
        )
        .accepted("x509.key_usage"),
        critical(
            "x509/unknown_critical",
            "An unknown extension is critical.",
            Extension::unknown(),
        ),
        critical(
            "x509/name_constraints",
            "Critical name constraints stand in an end entity's certificate.",
            Extension::new(oid::NAME_CONSTRAINTS, constraints),
        ),
        critical(
            "x509/policy_mappings",
            "Critical policy mappings stand in an end entity's certificate.",
            Extension::new(&[2, 5, 29, 33], mapping),
        ),
        critical(
            "x509/policy_constraints",
            "Critical policy constraints stand in an end entity's certificate.",
            Extension::new(&[2, 5, 29, 36], der::sequence([der::implicit(0, [0])])),
        ),
        critical(
            "x509/inhibit_any_policy",
            "A critical inhibitAnyPolicy stands in an end entity's certificate.",
            Extension::new(&[2, 5, 29, 54], der::small(0)),
        ),
        leaf(
            "x509/issuer_alt_name_critical",
            "RFC 5280, 4.2.1.7",
            "The issuer's alternative name is critical.",
            &|c| {
                c.extensions(|list| {
                    list.set_criticality(oid::ISSUER_ALT_NAME, Criticality::Critical)
                })
            },
        )
        .refused("x509.critical_extensions", "x509.critical_extension"),
        leaf(
            "x509/authority_key_critical",
            "RFC 5280, 4.2.1.1",
            "The authority key identifier is critical.",
            &|c| {
                c.extensions(|list| {
                    list.set_criticality(oid::AUTHORITY_KEY_IDENTIFIER, Criticality::Critical)
                })
            },
        )
        .refused(check, code),
        leaf(
            "x509/subject_key_critical",
            "RFC 5280, 4.2.1.2",
            "The subject key identifier is critical.",
            &|c| {
                c.extensions(|list| {
                    list.set_criticality(oid::SUBJECT_KEY_IDENTIFIER, Criticality::Critical)
                })
            },
        )
        .refused(check, code),
        leaf(
            "x509/freshest_critical",
            "RFC 5280, 4.2.1.15",
            "The pointer to delta lists is critical.",
            &|c| c.extension(Extension::freshest_crl(&points(1)).critical()),
        )
        .refused(check, code),
        leaf(
            "x509/key_usage_padded",
            "X.690, 11.2.2",
            "The key usage has a trailing zero bit.",
            &|c| {
                c.extensions(|list| {
                    list.set_value(oid::KEY_USAGE, der::bits_with_unused(5, &[0xC0]))
                })
            },
        )
        .refused(check, code),
        leaf(
            "x509/basic_constraints_malformed",
            "RFC 5280, 4.2.1.9",
            "The basic constraints hold an OCTET STRING.",
            &|c| {
                c.extension(Extension::new(
                    oid::BASIC_CONSTRAINTS,
                    der::sequence([der::octets([0xFF])]),
                ))
            },
        )
        .refused(check, code),
        leaf(
            "x509/policies_malformed",
            "RFC 5280, 4.2.1.4",
            "A certificate policy is a bare object identifier.",
            &|c| {
                let value = der::sequence([der::oid(oid::JPKI_SIGNING_TEST_POLICY)]);
                c.extensions(|list| list.set_value(oid::CERTIFICATE_POLICIES, value))
            },
        )
        .refused(check, code),
        leaf(
            "x509/points_empty",
            "RFC 5280, 4.2.1.13",
            "The list of distribution points is empty.",
            &|c| c.extension(Extension::distribution_points(&[])),
        )
        .refused(check, code),
        leaf(
            "x509/point_without_name",
            "RFC 5280, 4.2.1.13",
            "A distribution point says nothing but reasons.",
            &|c| {
                let reasons = der::implicit(1, der::named_bits_content(&[1]));
                c.extension(Extension::distribution_points(&[der::sequence([reasons])]))
            },
        )
        .refused(check, code),
        leaf(
            "x509/points_many",
            "RFC 5280, 4.2.1.13",
            "There are nine distribution points.",
            &|c| c.extension(Extension::crl_distribution_points(&points(9))),
        )
        .refused(check, code),
        leaf(
            "x509/points_most",
            "RFC 5280, 4.2.1.13",
            "There are eight distribution points.",
            &|c| c.extension(Extension::crl_distribution_points(&points(8))),
        )
        .accepted(check),
    ]
}
