//! Revocation lists: what they are, what they speak for, what they say
//! (RFC 5280, 5 and 6.3).

mod scope;
mod status;

use tashika_testbed::{
    Criticality, CrlBuilder, Entry, Extension, GeneralName, Generation, Hash,
    IssuingDistributionPoint as Scope, Municipality, Name, Reason, Scheme, calendar::Time, der,
    oid,
};

use super::{
    Kind::{Authentication, Signing},
    Procedure::List,
    Vector,
    case::Case,
    world::{DAY, HOUR, NOW, NUMBER, World},
};

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    let press = Press(world);
    [
        encoding(&press),
        extensions(&press),
        entries(&press),
        issuer(&press),
        scope::scope(&press),
        scope::points(&press),
        scope::time(&press),
        status::revoked(&press),
        status::several(&press),
        status::login(&press),
        status::documents(&press),
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
