//! Certificates by themselves, whatever the profile (RFC 5280, 4 and 6.1).

#![expect(clippy::indexing_slicing, reason = "what is cut was made here")]

use tashika_testbed::{
    Algorithm, CertificateBuilder, Criticality, Extension, GeneralName, Generation, Hash, KeyPair,
    Name, Scheme, calendar::Time, der, oid,
};

use super::{
    Kind::{Authentication, Signing},
    Procedure::Certificate,
    Vector,
    case::Case,
    world::{DAY, NOW, World},
};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    [
        encoding(world),
        serial(world),
        fields(world),
        extensions(world),
        issuer(world),
        signature(world),
        elliptic_signature(world),
        validity(world),
        subject_key(world),
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

fn issuer(world: &World) -> Vec<Vector> {
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

fn signature(world: &World) -> Vec<Vector> {
    let check = "x509.signature";
    let leaf = |id, clause, note, change: Change<'_>| leaf(world, [id, clause, note], change);
    let algorithm = |id, note, change: Change<'_>| {
        leaf(id, "JPKI profile, signature algorithms", note, change)
            .refused_by("x509.signature_algorithm")
    };
    let signed = |id, note, change: Change<'_>| {
        leaf(id, "RFC 5280, 6.1.3 (a) (1)", note, change).refused_by(check)
    };
    let pkcs1 = Scheme::Pkcs1(Hash::Sha256).identifier();
    let second = world.generation(Signing, Generation::Second);
    let odd = |id, note, padding| {
        world
            .case(Certificate, Signing, [id, "X.690, 8.6.2 and 11.2.1", note])
            .certificate(with_odd_bits(world, padding))
    };
    vec![
        leaf(
            "x509/sha512",
            "RFC 4055, 5",
            "The CA signs with SHA-512.",
            &|c| c.scheme(Scheme::Pkcs1(Hash::Sha512)),
        )
        .accepted("x509.signature_algorithm"),
        algorithm("x509/sha1", "The CA signs with SHA-1.", &|c| {
            c.scheme(Scheme::Pkcs1(Hash::Sha1))
        }),
        algorithm("x509/pss", "The CA signs with RSASSA-PSS.", &|c| {
            c.scheme(Scheme::PSS_SHA256)
        }),
        algorithm(
            "x509/parameters_absent",
            "The parameters of the signature algorithm are absent in place of NULL.",
            &|c| c.algorithms(der::algorithm(oid::SHA256_WITH_RSA)),
        ),
        algorithm(
            "x509/algorithm_of_the_key",
            "The signature algorithm is that of a key.",
            &|c| c.algorithms(der::algorithm_null(oid::RSA_ENCRYPTION)),
        ),
        signed(
            "x509/signature_corrupt",
            "One bit of the signature is flipped.",
            &|c| c.corrupt_signature(),
        ),
        signed(
            "x509/digest_info_without_null",
            "The signed DigestInfo lacks its NULL.",
            &|c| c.scheme(Scheme::Pkcs1WithoutNull(Hash::Sha256)),
        ),
        signed(
            "x509/digest_bare",
            "The signed block holds the digest without DigestInfo.",
            &|c| c.scheme(Scheme::Pkcs1BareDigest(Hash::Sha256)),
        ),
        signed(
            "x509/scheme_pretended",
            "RSASSA-PSS is used and PKCS #1 v1.5 is named.",
            &|c| c.scheme(Scheme::PSS_SHA256).algorithms(pkcs1.clone()),
        ),
        signed("x509/signature_empty", "The signature is empty.", &|c| {
            c.change_signature(|_| Vec::new())
        }),
        world
            .case(
                Certificate,
                Signing,
                [
                    "x509/signed_by_another",
                    "RFC 5280, 6.1.3 (a) (1)",
                    "The key of another generation signed.",
                ],
            )
            .anchor(Signing, second.certificate())
            .certificate(world.leaf(Signing).sign(second.key()))
            .refused_by(check),
        odd(
            "x509/signature_of_odd_bits",
            "The signature does not end on an octet.",
            Padding::Zero,
        )
        .refused_by(check),
        odd(
            "x509/signature_bits_set",
            "The signature does not end on an octet, and bits that are not used are set.",
            Padding::AsItWas,
        )
        .refused("x509.encoding", "input.certificate"),
    ]
}

/// What stands in the bits of a BIT STRING that are not used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    Zero,
    AsItWas,
}

/// The certificate on the card with a BIT STRING of seven bits fewer.
fn with_odd_bits(world: &World, padding: Padding) -> Vec<u8> {
    let mut certificate = world.credential(Signing).certificate().to_vec();
    let unused = certificate.len() - 257;
    certificate[unused] = 7;
    if padding == Padding::Zero {
        certificate[unused + 256] = 0;
    }
    certificate
}

/// Under a CA on P-256.
fn elliptic_signature(world: &World) -> Vec<Vector> {
    let check = "x509.signature";
    let authority = world.elliptic.authority(Signing.into(), Generation::Third);
    let key = world.elliptic.key(Algorithm::P256, "card");
    let terms = world.terms(Signing);
    let case = |id, note, change: Change<'_>| {
        let leaf = authority.leaf(world.card().person(), &key, &terms);
        world
            .case(
                Certificate,
                Signing,
                [id, "RFC 5480; SEC 1, 4.1.4 and C.5", note],
            )
            .without_anchors()
            .anchor(Signing, authority.certificate())
            .certificate(change(leaf).sign(authority.key()))
    };
    vec![
        case("x509/p256", "CA and holder have keys on P-256.", &|c| c).accepted(check),
        case("x509/ecdsa_r_zero", "r is zero.", &|c| {
            c.change_signature(|s| der::sequence([der::small(0), second_half(&s)]))
        })
        .refused_by(check),
        case("x509/ecdsa_s_zero", "s is zero.", &|c| {
            c.change_signature(|s| der::sequence([first_half(&s), der::small(0)]))
        })
        .refused_by(check),
        case(
            "x509/ecdsa_r_padded",
            "r has a leading zero octet too many.",
            &|c| {
                c.change_signature(|s| {
                    let padded = der::concat([&[0, 0][..], magnitude(&first_half(&s))]);
                    der::sequence([der::integer_raw(&padded), second_half(&s)])
                })
            },
        )
        .refused_by(check),
        case(
            "x509/ecdsa_length_padded",
            "The length of the signature has a leading zero octet.",
            &|c| {
                c.change_signature(|s| {
                    let halves = [first_half(&s), second_half(&s)].concat();
                    der::tlv_with(der::tag::SEQUENCE, der::Length::Padded(2), halves)
                })
            },
        )
        .refused_by(check),
        case(
            "x509/ecdsa_trailing",
            "An octet follows the signature.",
            &|c| c.change_signature(|s| [s, vec![0]].concat()),
        )
        .refused_by(check),
        case(
            "x509/ecdsa_fixed",
            "The signature is r‖s in place of a SEQUENCE.",
            &|c| c.scheme(Scheme::EcdsaFixed(Hash::Sha256)),
        )
        .refused_by(check),
        case(
            "x509/ecdsa_parameters",
            "The parameters of the signature algorithm are NULL.",
            &|c| c.algorithms(der::algorithm_null(oid::ECDSA_WITH_SHA256)),
        )
        .refused_by("x509.signature_algorithm"),
        case("x509/ecdsa_sha1", "The CA signs with SHA-1.", &|c| {
            c.scheme(Scheme::Ecdsa(Hash::Sha1))
        })
        .refused_by("x509.signature_algorithm"),
    ]
}

/// r of a signature in DER, as an INTEGER of fewer than 128 octets.
pub(super) fn first_half(signature: &[u8]) -> Vec<u8> {
    let length = usize::from(signature[3]);
    signature[2..4 + length].to_vec()
}

/// s of a signature in DER.
pub(super) fn second_half(signature: &[u8]) -> Vec<u8> {
    signature[2 + first_half(signature).len()..].to_vec()
}

/// The octets of an INTEGER without a leading zero.
pub(super) fn magnitude(integer: &[u8]) -> &[u8] {
    let content = &integer[2..];
    content.strip_prefix(&[0]).unwrap_or(content)
}

fn validity(world: &World) -> Vec<Vector> {
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

fn subject_key(world: &World) -> Vec<Vector> {
    let check = "x509.subject_key";
    let of = |id, clause, note, spki: Vec<u8>| {
        let change = |c: CertificateBuilder| c.spki(spki.clone());
        leaf(world, [id, clause, note], &change)
    };
    let bad = |id, clause, note, spki| of(id, clause, note, spki).refused_by(check);
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        let key = der::sequence([der::integer_raw(modulus), der::integer_raw(exponent)]);
        let algorithm = der::algorithm_null(oid::RSA_ENCRYPTION);
        der::sequence([algorithm, der::bits(&key)])
    };
    let card = world.credential(Signing).key();
    let public = card.public_bits();
    // SEQUENCE of two octets of length, INTEGER of two octets of length.
    let modulus = &public[8..8 + 257];
    let p256 = world.rsa.key(Algorithm::P256, "subject");
    let point = p256.public_bits();
    let on = |curve: &[u64], point: &[u8]| {
        let algorithm = der::sequence([der::oid(oid::EC_PUBLIC_KEY), der::oid(curve)]);
        der::sequence([algorithm, der::bits(point)])
    };
    let off_curve = {
        let mut point = point.clone();
        point[64] ^= 1;
        point
    };
    let sec = "RFC 5480, 2";
    let pkcs = "RFC 3279, 2.3.1; key sizes of the allow-list";
    let small = |bits| KeyPair::from(world.rsa_key(bits, 65_537)).spki();
    vec![
        of(
            "x509/key_p384",
            sec,
            "The holder's key is on P-384.",
            world.rsa.key(Algorithm::P384, "subject").spki(),
        )
        .accepted(check),
        of(
            "x509/key_exponent_3",
            pkcs,
            "The public exponent is 3.",
            rsa(modulus, &[3]),
        )
        .accepted(check),
        bad(
            "x509/key_1024",
            pkcs,
            "The modulus has 1024 bits.",
            small(1024),
        ),
        bad(
            "x509/key_1920",
            pkcs,
            "The modulus has 1920 bits.",
            small(1920),
        ),
        bad(
            "x509/key_exponent_1",
            pkcs,
            "The public exponent is 1.",
            rsa(modulus, &[1]),
        ),
        bad(
            "x509/key_exponent_even",
            pkcs,
            "The public exponent is even.",
            rsa(modulus, &[1, 0, 0]),
        ),
        bad(
            "x509/key_exponent_huge",
            pkcs,
            "The public exponent has 34 bits.",
            rsa(modulus, &[2, 0, 0, 0, 1]),
        ),
        bad(
            "x509/key_exponent_negative",
            pkcs,
            "The public exponent is negative.",
            rsa(modulus, &[0x81]),
        ),
        bad(
            "x509/key_modulus_padded",
            "X.690, 8.3.2",
            "The modulus has a leading zero octet too many.",
            rsa(&[&[0], modulus].concat(), &[1, 0, 1]),
        ),
        bad(
            "x509/key_without_null",
            pkcs,
            "The parameters of the RSA key are absent.",
            {
                let algorithm = der::algorithm(oid::RSA_ENCRYPTION);
                der::sequence([algorithm, der::bits(&public)])
            },
        ),
        bad(
            "x509/key_pss_only",
            "RFC 4055, 1.2",
            "The RSA key is restricted to PSS.",
            der::sequence([der::algorithm(oid::RSASSA_PSS), der::bits(&public)]),
        ),
        bad("x509/key_trailing", pkcs, "An element follows the key.", {
            let algorithm = der::algorithm_null(oid::RSA_ENCRYPTION);
            der::sequence([algorithm, der::bits(&public), der::null()])
        }),
        bad(
            "x509/key_explicit_curve",
            sec,
            "The curve is spelled out in place of its name.",
            p256.spki_with_explicit_curve().unwrap_or_default(),
        ),
        bad(
            "x509/key_off_curve",
            "SEC 1, 3.2.2",
            "The point is not on the curve.",
            on(oid::P256, &off_curve),
        ),
        bad(
            "x509/key_compressed",
            sec,
            "The point is compressed.",
            on(oid::P256, &[&[2 + (point[64] & 1)], &point[1..33]].concat()),
        ),
        bad(
            "x509/key_other_curve",
            sec,
            "The point is said to be on secp256k1.",
            on(&[1, 3, 132, 0, 10], &point),
        ),
        bad(
            "x509/key_ed25519",
            "RFC 8410, 4; kinds of the allow-list",
            "The key is one of Ed25519.",
            der::sequence([der::algorithm(&[1, 3, 101, 112]), der::bits(&[0x5A; 32])]),
        ),
        bad(
            "x509/key_of_odd_bits",
            "X.690, 8.6.2",
            "The key does not end on an octet.",
            {
                let algorithm = der::sequence([der::oid(oid::EC_PUBLIC_KEY), der::oid(oid::P256)]);
                der::sequence([algorithm, der::bits_with_unused(1, &point)])
            },
        ),
    ]
}
