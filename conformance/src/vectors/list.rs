//! Revocation lists: what they are, what they speak for, what they say
//! (RFC 5280, 5 and 6.3).

use tashika_testbed::{
    CmsBuilder, Criticality, CrlBuilder, Entry, Extension, GeneralName, Generation, Hash,
    IssuingDistributionPoint as Scope, Municipality, Name, Reason, Scheme, calendar::Time, der,
    distribution_point, oid,
};

use super::{
    Kind::{Authentication, Signing},
    Procedure::{Cms, List},
    Vector,
    case::Case,
    world::{DAY, HOUR, MESSAGE, NOW, NUMBER, World},
};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    let press = Press(world);
    [
        encoding(&press),
        extensions(&press),
        entries(&press),
        issuer(&press),
        scope(&press),
        points(&press),
        time(&press),
        revoked(&press),
        several(&press),
        login(&press),
        documents(&press),
    ]
    .concat()
}

type Change<'c> = &'c dyn Fn(CrlBuilder) -> CrlBuilder;

/// Publishes lists about the card's signing certificate.
struct Press<'w>(&'w World);

impl Press<'_> {
    fn case(&self, text: [&str; 3], lists: Vec<Vec<u8>>) -> Case {
        let certificate = self.0.credential(Signing).certificate().to_vec();
        let case = self.0.case(List, Signing, text);
        case.certificate(certificate).lists(lists)
    }

    fn list(&self, text: [&str; 3], change: Change<'_>) -> Case {
        self.case(text, vec![self.0.publish(Signing, change)])
    }

    /// The serial number on the card.
    fn serial(&self) -> &[u8] {
        self.0.credential(Signing).serial()
    }

    /// The distribution point on the card.
    fn point(&self) -> Name {
        self.0
            .authority(Signing)
            .distribution_point(Municipality::KIYOSE)
    }

    fn elsewhere(&self) -> Name {
        self.0
            .authority(Signing)
            .distribution_point(Municipality::UJI)
    }

    fn scope(&self) -> Scope {
        Scope::of(self.point())
    }

    /// An entry about somebody else.
    fn entry(&self) -> Entry {
        Entry::new(&[0x33, 0x44], NOW - DAY)
    }
}

fn encoding(press: &Press<'_>) -> Vec<Vector> {
    let check = "revocation.encoding";
    let profile = "revocation.profile";
    let list = |id, clause, note, change: Change<'_>| press.list([id, clause, note], change);
    let bad = |id, note, change: Change<'_>| {
        list(id, "RFC 5280, 5.1", note, change).refused(check, "input.crl")
    };
    let sha512 = Scheme::Pkcs1(Hash::Sha512).identifier();
    let algorithm = "RFC 5280, 5.1.1.2";
    let version = "RFC 5280, 5.1.2.1";
    vec![
        list(
            "list/control",
            "RFC 5280, 5",
            "The list of the card's municipality.",
            &|l| l,
        )
        .accepted(check),
        list(
            "list/of_others",
            "RFC 5280, 5.1.2.6",
            "Others are on the list.",
            &|l| l.entry(&press.entry()),
        )
        .accepted(check),
        list(
            "list/empty",
            "RFC 5280, 5.1.2.6",
            "There is a list of entries, which is empty.",
            &|l| l.empty_entries(),
        )
        .accepted(check),
        bad(
            "list/trailing_outside",
            "An octet follows the list.",
            &|l| l.trailing_outside(&[0]),
        ),
        bad(
            "list/trailing_inside",
            "An element follows the signature.",
            &|l| l.trailing_inside(&der::null()),
        ),
        bad(
            "list/trailing_signed",
            "An element follows the extensions.",
            &|l| l.trailing_signed(&der::null()),
        ),
        bad(
            "list/length_padded",
            "The length has a leading zero octet.",
            &|l| l.length(der::Length::Padded(4)),
        ),
        bad("list/time_form", "thisUpdate has no seconds.", &|l| {
            l.this_update(Time::raw(der::tag::UTC_TIME, "2701150700Z"))
        }),
        bad("list/entry_without_date", "An entry has no date.", &|l| {
            l.entry_raw(der::sequence([der::small(0x3344)]))
        }),
        list(
            "list/version_1",
            version,
            "The version is absent, so 1.",
            &|l| l.version(None),
        )
        .refused(profile, "revocation.version"),
        list("list/version_3", version, "The version is 3.", &|l| {
            l.version(Some(2))
        })
        .refused(profile, "revocation.version"),
        list(
            "list/algorithm_inside",
            algorithm,
            "The algorithm inside is another than outside.",
            &|l| l.inner_algorithm(sha512.clone()),
        )
        .refused(profile, "revocation.algorithm"),
        list(
            "list/sha1",
            algorithm,
            "The list is signed with SHA-1.",
            &|l| l.scheme(Scheme::Pkcs1(Hash::Sha1)),
        )
        .refused(profile, "revocation.algorithm"),
        list(
            "list/sha512",
            algorithm,
            "The list is signed with SHA-512.",
            &|l| l.scheme(Scheme::Pkcs1(Hash::Sha512)),
        )
        .accepted(profile),
    ]
}

fn extensions(press: &Press<'_>) -> Vec<Vector> {
    let check = "revocation.extensions";
    let code = "revocation.extension";
    let list = |id, clause, note, change: Change<'_>| press.list([id, clause, note], change);
    let bad =
        |id, clause, note, change: Change<'_>| list(id, clause, note, change).refused(check, code);
    let number = "RFC 5280, 5.2.3";
    let idp = "RFC 5280, 5.2.5";
    vec![
        list(
            "list/unknown_extension",
            "RFC 5280, 5.2",
            "There is an unknown extension, not critical.",
            &|l| l.extension(Extension::unknown()),
        )
        .accepted(check),
        list(
            "list/expired_certificates",
            "X.509, 9.5.2.8",
            "The list keeps expired certificates.",
            &|l| l.extension(Extension::expired_certs_on_crl(NOW - 400 * DAY)),
        )
        .accepted(check),
        list(
            "list/unknown_critical",
            "RFC 5280, 5.2",
            "An unknown extension is critical.",
            &|l| l.extension(Extension::unknown().critical()),
        )
        .refused(check, "revocation.critical_extension"),
        list(
            "list/delta",
            "RFC 5280, 5.2.4",
            "It is a delta list.",
            &|l| l.extension(Extension::delta_crl_indicator(NUMBER - 1)),
        )
        .refused(check, "revocation.delta"),
        bad(
            "list/extension_twice",
            "RFC 5280, 4.2",
            "The number stands twice.",
            &|l| l.extensions(|list| list.duplicate(oid::CRL_NUMBER)),
        ),
        bad(
            "list/number_critical",
            number,
            "The number is critical.",
            &|l| l.extension(Extension::crl_number(NUMBER).critical()),
        ),
        bad(
            "list/number_negative",
            number,
            "The number is negative.",
            &|l| l.extension(Extension::new(oid::CRL_NUMBER, der::integer_raw(&[0x80]))),
        ),
        bad(
            "list/number_long",
            number,
            "The number has 21 octets.",
            &|l| {
                l.extension(Extension::new(
                    oid::CRL_NUMBER,
                    der::integer_raw(&[0x11; 21]),
                ))
            },
        ),
        list(
            "list/number_longest",
            number,
            "The number has 20 octets.",
            &|l| {
                l.extension(Extension::new(
                    oid::CRL_NUMBER,
                    der::integer_raw(&[0x7F; 20]),
                ))
            },
        )
        .accepted(check),
        bad(
            "list/authority_key_critical",
            "RFC 5280, 5.2.1",
            "The authority key identifier is critical.",
            &|l| {
                l.extensions(|list| {
                    list.set_criticality(oid::AUTHORITY_KEY_IDENTIFIER, Criticality::Critical)
                })
            },
        ),
        bad(
            "list/freshest_critical",
            "RFC 5280, 5.2.6",
            "The pointer to delta lists is critical.",
            &|l| {
                l.extension(
                    Extension::freshest_crl(&[GeneralName::uri("http://a.example")]).critical(),
                )
            },
        ),
        bad(
            "list/scope_not_critical",
            idp,
            "The issuing distribution point is not critical.",
            &|l| l.extension(press.scope().extension().non_critical()),
        ),
        bad(
            "list/scope_empty",
            idp,
            "The issuing distribution point says nothing.",
            &|l| l.scope(&Scope::new()),
        ),
        bad(
            "list/scope_contradicts",
            idp,
            "The list holds only users' and only CAs' certificates.",
            &|l| {
                l.scope(
                    &press
                        .scope()
                        .only_user_certificates()
                        .only_ca_certificates(),
                )
            },
        ),
        bad(
            "list/scope_attributes_too",
            idp,
            "The list holds only CAs' and only attribute certificates.",
            &|l| {
                l.scope(
                    &press
                        .scope()
                        .only_ca_certificates()
                        .only_attribute_certificates(),
                )
            },
        ),
        bad(
            "list/no_reasons",
            idp,
            "The reasons of the scope are a BIT STRING without bits.",
            &|l| l.scope(&press.scope().only_some_reasons(&[])),
        ),
        bad(
            "list/reasons_empty",
            idp,
            "The reasons of the scope are a BIT STRING without octets.",
            &|l| l.scope(&press.scope().only_some_reasons_raw(&[])),
        ),
        bad(
            "list/scope_names_empty",
            idp,
            "The distribution point of the scope has no name.",
            &|l| l.scope(&Scope::new().full_name(&[])),
        ),
    ]
}

fn entries(press: &Press<'_>) -> Vec<Vector> {
    let check = "revocation.extensions";
    let entry =
        |id, clause, note, entry: Entry| press.list([id, clause, note], &|l| l.entry(&entry));
    let serial = |id, note, content: &[u8]| {
        entry(
            id,
            "RFC 5280, 5.1.2.6",
            note,
            press.entry().serial_raw(content),
        )
    };
    let bad = |id, content: &[u8], note| {
        serial(id, note, content).refused("revocation.profile", "revocation.serial")
    };
    let extension = |id, clause, note, extension: Extension| {
        entry(id, clause, note, press.entry().extension(extension))
    };
    let reason = "RFC 5280, 5.3.1";
    let longer = der::unsigned_content(&[press.serial(), &[0]].concat());
    let issuer = [GeneralName::directory(
        press.0.authority(Authentication).name(),
    )];
    vec![
        bad(
            "list/serial_zero",
            &[0],
            "The serial number of an entry is zero.",
        ),
        bad(
            "list/serial_negative",
            &[0x80],
            "The serial number of an entry is negative.",
        ),
        bad(
            "list/serial_padded",
            &[0, 0x33],
            "The serial number of an entry has a leading zero.",
        ),
        bad(
            "list/serial_long",
            &[0x11; 21],
            "The serial number of an entry has 21 octets.",
        ),
        serial(
            "list/serial_longest",
            "The serial number of an entry has 20 octets.",
            &[0x7F; 20],
        )
        .accepted("revocation.profile"),
        serial(
            "list/serial_longer",
            "A serial number begins as the card's does.",
            &longer,
        )
        .accepted("revocation.not_revoked"),
        press
            .list(
                [
                    "list/entries_alike",
                    "RFC 5280, 5.1.2.6",
                    "An entry stands twice, alike.",
                ],
                &|l| l.entry(&press.entry()).entry(&press.entry()),
            )
            .accepted("revocation.not_revoked"),
        extension(
            "list/entry_unknown_extension",
            "RFC 5280, 5.3",
            "An entry has an unknown extension, not critical.",
            Extension::unknown(),
        )
        .accepted(check),
        extension(
            "list/entry_unknown_critical",
            "RFC 5280, 5.3",
            "An entry has an unknown critical extension.",
            Extension::unknown().critical(),
        )
        .refused(check, "revocation.critical_extension"),
        extension(
            "list/entry_reason_critical",
            reason,
            "The reason of an entry is critical.",
            Extension::reason_code(1).critical(),
        )
        .refused(check, "revocation.extension"),
        extension(
            "list/entry_reason_form",
            reason,
            "The reason of an entry is an INTEGER.",
            Extension::new(oid::REASON_CODE, der::small(1)),
        )
        .refused(check, "revocation.extension"),
        extension(
            "list/entry_date_form",
            "RFC 5280, 5.3.2",
            "The invalidity date of an entry is a UTCTime.",
            Extension::new(oid::INVALIDITY_DATE, der::utc_time(NOW - DAY)),
        )
        .refused(check, "revocation.extension"),
        entry(
            "list/entry_extension_twice",
            "RFC 5280, 4.2",
            "The reason of an entry stands twice.",
            press
                .entry()
                .reason(Reason::Superseded)
                .extensions(|list| list.duplicate(oid::REASON_CODE)),
        )
        .refused(check, "revocation.extension"),
        extension(
            "list/entry_of_another_issuer",
            "RFC 5280, 5.3.3",
            "An entry is about a certificate of another issuer.",
            Extension::certificate_issuer(&issuer),
        )
        .refused("revocation.scope", "revocation.indirect"),
        extension(
            "list/entry_of_another_issuer_quietly",
            "RFC 5280, 5.3.3",
            "An entry is about a certificate of another issuer, and the extension not critical.",
            Extension::certificate_issuer(&issuer).non_critical(),
        )
        .refused("revocation.scope", "revocation.indirect"),
    ]
}

fn issuer(press: &Press<'_>) -> Vec<Vector> {
    let check = "revocation.issuer";
    let world = press.0;
    let second = world.generation(Signing, Generation::Second);
    let clause = "RFC 5280, 6.3.3 (f) and (g)";
    let list = |id, note, change: Change<'_>| press.list([id, clause, note], change);
    let by_second = second
        .list(Municipality::KIYOSE, NUMBER, NOW - HOUR)
        .sign(second.key());
    let authority = world.authority(Signing);
    let without_crl_sign = authority
        .root()
        .extension(Extension::key_usage(&[5]))
        .sign(authority.key());
    let text = |id, note| [id, clause, note];
    let another = "The key of another generation signed, and the list says so.";
    vec![
        list(
            "list/issuer_of_another",
            "The list is in another CA's name.",
            &|l| l.issuer(world.authority(Authentication).name()),
        )
        .refused_by(check),
        press
            .case(
                text("list/of_another_generation", another),
                vec![by_second.clone()],
            )
            .refused_by(check),
        press
            .case(text("list/of_another_anchor", another), vec![by_second])
            .anchor(Signing, second.certificate())
            .refused_by(check),
        list(
            "list/key_of_another",
            "The list names a key that no anchor has.",
            &|l| l.extension(Extension::authority_key_id(&second.key().key_id())),
        )
        .refused_by(check),
        list(
            "list/key_not_named",
            "The list does not name the key that signed it.",
            &|l| l.without(oid::AUTHORITY_KEY_IDENTIFIER),
        )
        .refused(check, "revocation.authority_key_missing"),
        list(
            "list/key_with_number",
            "The list names the CA's certificate too.",
            &|l| {
                let names = [GeneralName::directory(authority.name())];
                let serial = der::unsigned_content(authority.serial());
                let key = authority.key().key_id();
                l.extension(Extension::authority(Some(&key), Some((&names, &serial))))
            },
        )
        .accepted(check),
        press
            .list(
                text("list/no_crl_sign", "The CA's key may not sign lists."),
                &|l| l,
            )
            .without_anchors()
            .anchor(Signing, &without_crl_sign)
            .refused(check, "revocation.crl_sign"),
        list(
            "list/corrupt",
            "One bit of the signature is flipped.",
            &|l| l.corrupt_signature(),
        )
        .refused_by("revocation.signature"),
        press
            .case(
                text(
                    "list/signed_by_another",
                    "The key of another generation signed.",
                ),
                vec![world.list(Signing).sign(second.key())],
            )
            .refused_by("revocation.signature"),
        press
            .case(
                text(
                    "list/status_of_another",
                    "The status is that of another certificate.",
                ),
                vec![world.publish(Signing, |l| l)],
            )
            .status_of(world.rsa.card(8).signing().certificate().to_vec())
            .refused_by("revocation.query"),
    ]
}

fn scope(press: &Press<'_>) -> Vec<Vector> {
    let check = "revocation.scope";
    let clause = "RFC 5280, 5.2.5 and 6.3.3 (b) (2)";
    let list = |id, note, change: Change<'_>| press.list([id, clause, note], change);
    let scope = |id, note, scope: Scope| list(id, note, &|l| l.scope(&scope));
    let names = |names: &[Name]| {
        let names: Vec<_> = names.iter().map(GeneralName::directory).collect();
        Scope::new().full_name(&names)
    };
    let cased = Name::new()
        .country("JP")
        .organization("JPKI-TEST")
        .unit("JPKI for digital signature")
        .unit("CRL Distribution Points")
        .unit("Tokyo-to")
        .common_name("Kiyose-Shi CRLDP");
    let relative = der::utf8("Kiyose-shi CRLDP");
    vec![
        scope(
            "list/one_of_several_names",
            "The second of two names is the card's.",
            names(&[press.elsewhere(), press.point()]),
        )
        .accepted(check),
        scope(
            "list/only_users",
            "The list holds only users' certificates.",
            press.scope().only_user_certificates(),
        )
        .accepted(check),
        list(
            "list/of_another_municipality",
            "The list is another municipality's.",
            &|l| l.scope(&Scope::of(press.elsewhere())),
        )
        .refused_by(check),
        scope(
            "list/of_the_whole_ca",
            "The list is that of the CA's own name.",
            Scope::of(press.0.authority(Signing).name()),
        )
        .refused_by(check),
        scope(
            "list/name_case",
            "The name differs from the card's in the case of a letter.",
            Scope::of(cased),
        )
        .refused_by(check),
        scope(
            "list/name_longer",
            "The name is the card's and one unit more.",
            Scope::of(press.point().unit("2")),
        )
        .refused_by(check),
        scope(
            "list/name_relative",
            "The name is relative to the issuer's.",
            Scope::new().relative_name(oid::COMMON_NAME, &relative),
        )
        .refused_by(check),
        scope(
            "list/name_of_another_form",
            "The name is a URI, the card's a directory name.",
            Scope::new().full_name(&[GeneralName::uri("http://crl.example/kiyose")]),
        )
        .refused_by(check),
        list("list/no_scope", "The list states no scope.", &|l| {
            l.without(oid::ISSUING_DISTRIBUTION_POINT)
        })
        .refused(check, "revocation.no_scope"),
        scope(
            "list/scope_without_point",
            "The scope states no distribution point.",
            Scope::new().only_user_certificates(),
        )
        .refused(check, "revocation.no_scope"),
        scope(
            "list/only_cas",
            "The list holds only CAs' certificates.",
            press.scope().only_ca_certificates(),
        )
        .refused(check, "revocation.certificate_kind"),
        scope(
            "list/only_attributes",
            "The list holds only attribute certificates.",
            press.scope().only_attribute_certificates(),
        )
        .refused(check, "revocation.certificate_kind"),
        scope(
            "list/some_reasons",
            "The list holds only those whose key is compromised.",
            press.scope().only_some_reasons(&[1]),
        )
        .refused(check, "revocation.partial_reasons"),
        scope(
            "list/indirect",
            "The list is indirect.",
            press.scope().indirect(),
        )
        .refused(check, "revocation.indirect"),
        list("list/freshest", "The list points at delta lists.", &|l| {
            l.extension(Extension::freshest_crl(&[GeneralName::directory(
                press.point(),
            )]))
        })
        .refused(check, "revocation.freshest"),
        press
            .case(["list/missing", clause, "There is no list."], Vec::new())
            .refused(check, "revocation.missing"),
    ]
}

/// The distribution points of the certificate.
fn points(press: &Press<'_>) -> Vec<Vector> {
    let check = "revocation.scope";
    let clause = "RFC 5280, 4.2.1.13 and 6.3.3";
    let good = press.0.publish(Signing, |l| l);
    let with = |id, note, extension: Extension| {
        let certificate = press.0.issue(Signing, |c| c.extension(extension));
        press
            .case([id, clause, note], vec![good.clone()])
            .certificate(certificate)
    };
    let (own, other) = (
        || GeneralName::directory(press.point()),
        || GeneralName::directory(press.elsewhere()),
    );
    let point = |parts: &[Vec<u8>]| Extension::distribution_points(&[der::sequence(parts)]);
    let full = |name: GeneralName| der::explicit(0, der::explicit(0, name.to_der()));
    let reasons = der::implicit(1, der::named_bits_content(&[1]));
    let issuer = der::explicit(
        2,
        GeneralName::directory(press.0.authority(Signing).name()).to_der(),
    );
    let relative = der::explicit(
        0,
        der::explicit(
            1,
            der::sequence([der::oid(oid::COMMON_NAME), der::utf8("Kiyose-shi CRLDP")]),
        ),
    );
    let absent = press
        .0
        .issue(Signing, |c| c.without(oid::CRL_DISTRIBUTION_POINTS));
    vec![
        with(
            "list/second_point",
            "The second distribution point is the list's.",
            Extension::crl_distribution_points(&[other(), own()]),
        )
        .accepted(check),
        with(
            "list/second_name",
            "The second name of a distribution point is the list's.",
            {
                Extension::distribution_points(&[distribution_point(&[
                    GeneralName::uri("http://crl.example/kiyose"),
                    own(),
                ])])
            },
        )
        .accepted(check),
        with(
            "list/point_beside_partial",
            "A second distribution point is for some reasons only.",
            {
                let partial = der::sequence([full(other()), reasons.clone()]);
                Extension::distribution_points(&[partial, distribution_point(&[own()])])
            },
        )
        .accepted(check),
        press
            .case(
                [
                    "list/no_point",
                    clause,
                    "The certificate names no distribution point.",
                ],
                vec![good.clone()],
            )
            .certificate(absent)
            .refused(check, "revocation.no_distribution_point"),
        with(
            "list/point_of_another",
            "The certificate is another municipality's.",
            Extension::crl_distribution_points(&[other()]),
        )
        .refused_by(check),
        with(
            "list/point_for_reasons",
            "The distribution point is for some reasons only.",
            point(&[full(own()), reasons]),
        )
        .refused_by(check),
        with(
            "list/point_of_another_issuer",
            "The distribution point names an issuer of lists.",
            point(&[full(own()), issuer]),
        )
        .refused_by(check),
        with(
            "list/point_relative",
            "The distribution point's name is relative.",
            point(&[relative]),
        )
        .refused_by(check),
        with(
            "list/certificate_freshest",
            "The certificate points at delta lists.",
            Extension::freshest_crl(&[own()]),
        )
        .refused(check, "revocation.freshest"),
    ]
}

fn time(press: &Press<'_>) -> Vec<Vector> {
    let fresh = "revocation.freshness";
    let stale = "revocation.stale";
    let clause = "RFC 5280, 5.1.2.4, 5.1.2.5 and 6.3.3";
    let list = |id, note, change: Change<'_>| press.list([id, clause, note], change);
    let clock = "revocation.clock";
    vec![
        list(
            "list/last_second",
            "The next list is due in this second.",
            &|l| l.next_update(NOW),
        )
        .accepted(fresh),
        list(
            "list/overdue",
            "The next list was due a second ago.",
            &|l| l.next_update(NOW - 1),
        )
        .refused(fresh, stale),
        list("list/oldest", "The list is as old as it may be.", &|l| l)
            .max_age(HOUR)
            .accepted(fresh),
        list(
            "list/too_old",
            "The list is a second older than it may be.",
            &|l| l,
        )
        .max_age(HOUR - 1)
        .refused(fresh, stale),
        list(
            "list/no_next_update",
            "The list does not say when the next one comes.",
            &|l| l.without_next_update(),
        )
        .refused(fresh, "revocation.no_next_update"),
        list(
            "list/of_this_second",
            "The list is made in this second.",
            &|l| l.this_update(NOW),
        )
        .accepted(clock),
        list(
            "list/of_the_future",
            "The list is made in the next second.",
            &|l| l.this_update(NOW + 1),
        )
        .refused_by(clock),
        list(
            "list/generalized_time",
            "The next list is due after 2049.",
            &|l| l.next_update(2_600_000_000),
        )
        .accepted(fresh),
        list("list/no_number", "The list has no number.", &|l| {
            l.without(oid::CRL_NUMBER)
        })
        .refused("revocation.number", "revocation.number_missing"),
    ]
}

fn revoked(press: &Press<'_>) -> Vec<Vector> {
    let check = "revocation.not_revoked";
    let reason = "RFC 5280, 5.3.1";
    let own = |date: i64| Entry::new(press.serial(), date);
    let list = |id, clause, note, change: Change<'_>| press.list([id, clause, note], change);
    let numbered = |id, note, number, code| {
        let entry = own(NOW - DAY).extension(Extension::reason_code(number));
        list(id, reason, note, &|l| l.entry(&entry)).refused(check, code)
    };
    let superseded = || own(NOW - DAY).reason(Reason::Superseded);
    let hit = |id, note, change: Change<'_>| {
        let change = |l: CrlBuilder| change(l.entry(&superseded()));
        let case = list(
            id,
            "RFC 5280, 6.3.3; any verified hit revokes",
            note,
            &change,
        );
        case.refused(check, "revoked.superseded")
    };
    let named = "Revoked, with reason";
    let note = |what: &str| format!("{named} {what}.");
    vec![
        list(
            "revoked/no_reason",
            reason,
            "Revoked, without a reason.",
            &|l| l.entry(&own(NOW - DAY)),
        )
        .refused(check, "revoked.unspecified"),
        numbered(
            "revoked/unspecified",
            &note("unspecified"),
            0,
            "revoked.unspecified",
        ),
        numbered(
            "revoked/key_compromise",
            &note("keyCompromise"),
            1,
            "revoked.key_compromise",
        ),
        numbered(
            "revoked/ca_compromise",
            &note("cACompromise"),
            2,
            "revoked.ca_compromise",
        ),
        numbered(
            "revoked/affiliation_changed",
            &note("affiliationChanged"),
            3,
            "revoked.affiliation_changed",
        ),
        numbered(
            "revoked/superseded",
            &note("superseded"),
            4,
            "revoked.superseded",
        ),
        numbered(
            "revoked/cessation",
            &note("cessationOfOperation"),
            5,
            "revoked.cessation_of_operation",
        ),
        numbered(
            "revoked/hold",
            &note("certificateHold"),
            6,
            "revoked.certificate_hold",
        ),
        numbered(
            "revoked/seven",
            &note("7, which is not used"),
            7,
            "revoked.unknown",
        ),
        numbered(
            "revoked/removed",
            &note("removeFromCRL, on a complete list"),
            8,
            "revoked.remove_from_crl",
        ),
        numbered(
            "revoked/privilege",
            &note("privilegeWithdrawn"),
            9,
            "revoked.privilege_withdrawn",
        ),
        numbered(
            "revoked/attribute_authority",
            &note("aACompromise"),
            10,
            "revoked.aa_compromise",
        ),
        numbered(
            "revoked/unknown",
            &note("200, which nobody knows"),
            200,
            "revoked.unknown",
        ),
        list(
            "revoked/in_the_future",
            "RFC 5280, 5.1.2.6",
            "Revoked as of tomorrow.",
            &|l| l.entry(&own(NOW + DAY).reason(Reason::Superseded)),
        )
        .refused(check, "revoked.superseded"),
        list(
            "revoked/and_removed",
            reason,
            "Two entries contradict each other: superseded, and removed from the list.",
            &|l| {
                let removed = own(NOW - 2 * DAY).reason(Reason::RemoveFromCrl);
                l.entry(&removed).entry(&superseded())
            },
        )
        .refused(check, "revoked.superseded"),
        hit(
            "revoked/among_others",
            "Revoked, between two others.",
            &|l| l.entry(&Entry::new(&[1], NOW - DAY)).entry(&press.entry()),
        ),
        hit(
            "revoked/on_old_list",
            "Revoked, on a list that is overdue.",
            &|l| l.next_update(NOW - 1),
        ),
        hit(
            "revoked/on_list_of_another",
            "Revoked, on another municipality's list.",
            &|l| l.scope(&Scope::of(press.elsewhere())),
        ),
        hit(
            "revoked/on_list_without_scope",
            "Revoked, on a list without a scope.",
            &|l| l.without(oid::ISSUING_DISTRIBUTION_POINT),
        ),
        hit(
            "revoked/on_partial_list",
            "Revoked, on a list for some reasons only.",
            &|l| l.scope(&press.scope().only_some_reasons(&[4])),
        ),
        hit(
            "revoked/on_list_without_number",
            "Revoked, on a list without a number.",
            &|l| l.without(oid::CRL_NUMBER),
        ),
        hit(
            "revoked/on_list_of_the_future",
            "Revoked, on a list made in the next second.",
            &|l| l.this_update(NOW + 1),
        ),
    ]
}

/// What lists say together.
fn several(press: &Press<'_>) -> Vec<Vector> {
    let world = press.0;
    let list = |change: Change<'_>| world.publish(Signing, change);
    let case = |id, clause, note, lists| press.case([id, clause, note], lists);
    let number = "RFC 5280, 5.2.3";
    let together = "RFC 5280, 6.3.3; any verified hit revokes";
    let good = || list(&|l| l);
    let entry = Entry::new(press.serial(), NOW - DAY).reason(Reason::CertificateHold);
    let revoking = |change: Change<'_>| list(&|l| change(l.entry(&entry)));
    let second = world.generation(Signing, Generation::Second);
    let same_number = second
        .list(Municipality::KIYOSE, NUMBER, NOW - HOUR)
        .entry(&entry)
        .sign(second.key());
    let later_number = second
        .list(Municipality::KIYOSE, NUMBER + 1, NOW - DAY)
        .sign(second.key());
    let of_day = |number, days: i64| list(&|l| l.number(number).this_update(NOW - days * DAY));
    let held = "revoked.certificate_hold";
    let check = "revocation.not_revoked";
    vec![
        case(
            "list/renewed",
            number,
            "A newer list comes after an older one.",
            vec![of_day(NUMBER - 1, 1), good()],
        )
        .accepted("revocation.number"),
        case(
            "list/number_fell",
            number,
            "An older list comes after a newer one.",
            vec![good(), of_day(NUMBER - 1, 0)],
        )
        .refused_by("revocation.number"),
        case(
            "list/two_municipalities",
            together,
            "Another municipality's list is there too.",
            vec![list(&|l| l.scope(&Scope::of(press.elsewhere()))), good()],
        )
        .accepted("revocation.scope"),
        case(
            "list/of_the_future_beside",
            together,
            "Another municipality's list is of the future.",
            {
                let scope = Scope::of(press.elsewhere());
                vec![good(), list(&|l| l.scope(&scope).this_update(NOW + 1))]
            },
        )
        .refused_by("revocation.clock"),
        case(
            "list/renumbered_by_another_key",
            number,
            "Another generation's list has a higher number.",
            vec![later_number, good()],
        )
        .anchor(Signing, second.certificate())
        .accepted("revocation.number"),
        case(
            "list/same_number_in_two_generations",
            "RFC 5280, 6.3.3 (i)",
            "Another generation revokes the same serial number.",
            vec![good(), same_number],
        )
        .anchor(Signing, second.certificate())
        .accepted(check),
        case(
            "revoked/elsewhere",
            together,
            "One list says good, another municipality's revokes.",
            {
                vec![
                    good(),
                    revoking(&|l| l.scope(&Scope::of(press.elsewhere()))),
                ]
            },
        )
        .refused(check, held),
        case(
            "revoked/once",
            "JPKI: holds are never released",
            "The newer list drops a revoked certificate.",
            {
                vec![
                    revoking(&|l| l.number(NUMBER - 1).this_update(NOW - DAY)),
                    good(),
                ]
            },
        )
        .refused(check, held),
        case(
            "revoked/of_equal_number",
            number,
            "Two lists of one number contradict each other.",
            vec![good(), revoking(&|l| l)],
        )
        .refused(check, held),
    ]
}

/// Lists of the CA for logging in.
fn login(press: &Press<'_>) -> Vec<Vector> {
    let world = press.0;
    let credential = world.credential(Authentication);
    let case = |id, note, lists| {
        world
            .case(List, Authentication, [id, "RFC 5280, 6.3.3", note])
            .certificate(credential.certificate().to_vec())
            .lists(lists)
    };
    let entry = |serial: &[u8]| Entry::new(serial, NOW - DAY).reason(Reason::AffiliationChanged);
    let list = |change: Change<'_>| vec![world.publish(Authentication, change)];
    let check = "revocation.not_revoked";
    vec![
        case(
            "list/login",
            "The list of the card's municipality, for logging in.",
            list(&|l| l),
        )
        .accepted(check),
        case(
            "list/login_same_number",
            "The serial number of the card's other certificate is on the list.",
            list(&|l| l.entry(&entry(press.serial()))),
        )
        .accepted(check),
        case(
            "revoked/login",
            "The certificate for logging in is revoked.",
            list(&|l| l.entry(&entry(credential.serial()))),
        )
        .refused(check, "revoked.affiliation_changed"),
        case(
            "list/of_the_other_ca",
            "The list is that of the CA for signing.",
            vec![world.publish(Signing, |l| l)],
        )
        .anchor(Signing, world.authority(Signing).certificate())
        .refused_by("revocation.issuer"),
    ]
}

/// Signatures whose certificates are looked up.
fn documents(press: &Press<'_>) -> Vec<Vector> {
    let world = press.0;
    let holder = world.credential(Signing);
    let message = CmsBuilder::new(MESSAGE)
        .signer(holder, |signer| signer)
        .build();
    let case = |id, note, change: Change<'_>| {
        world
            .case(Cms, Signing, [id, "RFC 5280, 6.3.3", note])
            .cms(message.clone())
            .lists(vec![world.publish(Signing, change)])
    };
    let entry = Entry::new(press.serial(), NOW - DAY).reason(Reason::KeyCompromise);
    let check = "revocation.not_revoked";
    vec![
        case(
            "list/message",
            "The signer of a message is not revoked.",
            &|l| l,
        )
        .accepted(check),
        case(
            "revoked/message",
            "The signer of a message is revoked.",
            &|l| l.entry(&entry),
        )
        .refused(check, "revoked.key_compromise"),
    ]
}
