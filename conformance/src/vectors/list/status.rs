//! What lists say, alone and together.

use tashika_testbed::{
    CmsBuilder, CrlBuilder, Entry, Extension, GeneralName, Generation,
    IssuingDistributionPoint as Scope, Municipality, Reason, oid,
};

use super::{Change, Press};
use crate::vectors::{
    Kind::{Authentication, Signing},
    Procedure::{Cms, List},
    Vector,
    world::{DAY, HOUR, MESSAGE, NOW, NUMBER},
};

pub(super) fn revoked(press: &Press<'_>) -> Vec<Vector> {
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
pub(super) fn several(press: &Press<'_>) -> Vec<Vector> {
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
    // Of a wider scope, so that neither is a later issue of the other.
    let overdue = || {
        let names = [press.point(), press.elsewhere()].map(GeneralName::directory);
        let scope = Scope::new().full_name(&names);
        let old = |l: CrlBuilder| l.this_update(NOW - DAY).next_update(NOW - HOUR);
        list(&|l| old(l.scope(&scope)))
    };
    let without_scope = || list(&|l| l.without(oid::ISSUING_DISTRIBUTION_POINT));
    let elsewhere = || list(&|l| l.scope(&Scope::of(press.elsewhere())));
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
            "list/newest_last",
            together,
            "Two lists cover the card; the older one is overdue and comes first.",
            vec![overdue(), good()],
        )
        .accepted("revocation.freshness"),
        case(
            "list/newest_first",
            together,
            "Two lists cover the card; the older one is overdue and comes last.",
            vec![good(), overdue()],
        )
        .accepted("revocation.freshness"),
        case(
            "list/closest_first",
            together,
            "A list without a scope comes before one of another municipality.",
            vec![without_scope(), elsewhere()],
        )
        .refused("revocation.scope", "revocation.no_scope"),
        case(
            "list/closest_last",
            together,
            "A list without a scope comes after one of another municipality.",
            vec![elsewhere(), without_scope()],
        )
        .refused("revocation.scope", "revocation.no_scope"),
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
pub(super) fn login(press: &Press<'_>) -> Vec<Vector> {
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
pub(super) fn documents(press: &Press<'_>) -> Vec<Vector> {
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
