//! For which certificates a list may speak, and until when (RFC 5280, 6.3.3).

use tashika_testbed::{
    Extension, GeneralName, IssuingDistributionPoint as Scope, Name, der, distribution_point, oid,
};

use super::{Change, Press};
use crate::vectors::{
    Kind::Signing,
    Vector,
    world::{HOUR, NOW},
};

pub(super) fn scope(press: &Press<'_>) -> Vec<Vector> {
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
pub(super) fn points(press: &Press<'_>) -> Vec<Vector> {
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

pub(super) fn time(press: &Press<'_>) -> Vec<Vector> {
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
