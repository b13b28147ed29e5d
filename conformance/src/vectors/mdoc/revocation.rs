//! Whether the certificate of a document's signer is revoked (ISO/IEC 18013-5,
//! B.1.6 and 9.3.3; RFC 5280, 6.3).

use tashika_testbed::{
    CrlBuilder, Entry, GeneralName, IssuingDistributionPoint as Scope, Reason, mdoc::Authority, oid,
};

use super::{Case, Desk, NOW, Presentation, Procedure, Vector};
use crate::vectors::world::{DAY, HOUR};

const CLAUSE: &str = "ISO/IEC 18013-5, 9.3.3; RFC 5280, 6.3";
const NUMBER: u64 = 12;

type Change<'c> = &'c dyn Fn(CrlBuilder) -> CrlBuilder;

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [revoked(desk), lists(desk), later(desk), two(desk)].concat()
}

fn root<'d>(desk: &'d Desk<'_>) -> &'d Authority {
    desk.testbed.japan_authority()
}

/// A card, confirmed by these lists.
fn confirmed(desk: &Desk<'_>, text: [&str; 3], lists: Vec<Vec<u8>>) -> Case {
    let case = desk.presented(text, |p| p.signed());
    case.procedure(Procedure::MdocList).lists(lists)
}

/// A card, confirmed by the list of its root as of an hour ago.
fn list(desk: &Desk<'_>, id: &str, note: &str, change: Change<'_>) -> Case {
    let list = change(root(desk).list(NUMBER, NOW - HOUR)).sign(root(desk).key());
    confirmed(desk, [id, CLAUSE, note], vec![list])
}

fn revoked(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.not_revoked";
    let serial = desk.testbed.japan_signer().serial();
    let entry = |id, note, code, reason: Option<Reason>| {
        list(desk, id, note, &|l| {
            let entry = Entry::new(serial, NOW - DAY);
            let reason = reason.map(|reason| entry.clone().reason(reason));
            l.entry(&reason.unwrap_or(entry))
        })
        .refused(check, code)
    };
    vec![
        list(
            desk,
            "mdoc_issuer/not_revoked",
            "The signer is not on its root's list.",
            &|l| l,
        )
        .accepted(check),
        list(
            desk,
            "mdoc_issuer/another_revoked",
            "Another signer is on the list.",
            &|l| l.entry(&Entry::new(&[0x33, 0x44], NOW - DAY)),
        )
        .accepted(check),
        entry(
            "mdoc_issuer/revoked",
            "The signer is revoked, without a reason.",
            "revoked.unspecified",
            None,
        ),
        entry(
            "mdoc_issuer/revoked_key",
            "The signer's key was stolen.",
            "revoked.key_compromise",
            Some(Reason::KeyCompromise),
        ),
        entry(
            "mdoc_issuer/revoked_superseded",
            "The signer's certificate was replaced.",
            "revoked.superseded",
            Some(Reason::Superseded),
        ),
        entry(
            "mdoc_issuer/revoked_hold",
            "The signer is on hold.",
            "revoked.certificate_hold",
            Some(Reason::CertificateHold),
        ),
    ]
}

/// Lists that say nothing.
fn lists(desk: &Desk<'_>) -> Vec<Vector> {
    let by_root = |list: CrlBuilder| list.sign(root(desk).key());
    let licences = desk.testbed.licence_authority();
    let elsewhere = Scope::new().full_name(&[GeneralName::uri("https://elsewhere.test.example/")]);
    vec![
        confirmed(
            desk,
            ["mdoc_issuer/no_list", CLAUSE, "There is no list."],
            Vec::new(),
        )
        .refused("revocation.scope", "revocation.missing"),
        list(
            desk,
            "mdoc_issuer/list_stale",
            "The list should have been replaced a second ago.",
            &|l| l.next_update(NOW - 1),
        )
        .refused("revocation.freshness", "revocation.stale"),
        list(
            desk,
            "mdoc_issuer/list_old",
            "The list is 37 hours old.",
            &|l| l.this_update(NOW - 37 * HOUR),
        )
        .refused("revocation.freshness", "revocation.stale"),
        list(
            desk,
            "mdoc_issuer/list_of_future",
            "The list is from the future.",
            &|l| l.this_update(NOW + HOUR),
        )
        .refused_by("revocation.clock"),
        confirmed(
            desk,
            [
                "mdoc_issuer/list_without_scope",
                "RFC 5280, 5.2.5",
                "The list does not say what it covers.",
            ],
            vec![by_root(root(desk).list_without_scope(NUMBER, NOW - HOUR))],
        )
        .refused("revocation.scope", "revocation.no_scope"),
        list(
            desk,
            "mdoc_issuer/list_elsewhere",
            "The list covers another distribution point.",
            &|l| l.scope(&elsewhere),
        )
        .refused_by("revocation.scope"),
        confirmed(
            desk,
            [
                "mdoc_issuer/list_of_licences",
                CLAUSE,
                "The list is that of the root of licences.",
            ],
            vec![licences.list(NUMBER, NOW - HOUR).sign(licences.key())],
        )
        .refused_by("revocation.issuer"),
        list(
            desk,
            "mdoc_issuer/list_corrupt",
            "A bit of the list's signature is flipped.",
            &|l| l.corrupt_signature(),
        )
        .refused_by("revocation.signature"),
        confirmed(
            desk,
            [
                "mdoc_issuer/list_by_signer",
                CLAUSE,
                "A document signer has signed the list.",
            ],
            vec![
                root(desk)
                    .list(NUMBER, NOW - HOUR)
                    .sign(desk.testbed.japan_signer().key()),
            ],
        )
        .refused_by("revocation.signature"),
        list(
            desk,
            "mdoc_issuer/list_without_number",
            "The list has no number.",
            &|l| l.without(oid::CRL_NUMBER),
        )
        .refused("revocation.number", "revocation.number_missing"),
    ]
}

/// Between check and confirmation time passes.
fn later(desk: &Desk<'_>) -> Vec<Vector> {
    let ends = |id, note, confirmed_at: i64| {
        let issuance = desk.issuance().validity(NOW - 2 * DAY, NOW - DAY, NOW + 10);
        let mdoc = issuance.sign(desk.testbed.japan_signer());
        let list = root(desk).list(NUMBER, NOW - HOUR).sign(root(desk).key());
        desk.with([id, "ISO/IEC 18013-5, 9.3.1", note], mdoc)
            .procedure(Procedure::MdocList)
            .lists(vec![list])
            .asked(|asked| asked.confirmed_at = Some(confirmed_at))
    };
    vec![
        ends(
            "mdoc_issuer/confirmed_in_time",
            "The status comes in the last second.",
            NOW + 70,
        )
        .accepted("mdoc.validity"),
        ends(
            "mdoc_issuer/confirmed_late",
            "The document expires before the status comes.",
            NOW + 71,
        )
        .refused("mdoc.validity", "mdoc.expired"),
    ]
}

/// A card and a licence, whose signers have different roots.
fn two(desk: &Desk<'_>) -> Vec<Vector> {
    let licences = desk.testbed.licence_authority();
    let case = |id, note, lists: Vec<Vec<u8>>| {
        let card = desk.document(desk.card());
        let licence = desk.licence().sign(desk.testbed.licence_signer());
        let response = tashika_testbed::mdoc::Response::of(card).document(desk.document(licence));
        desk.case([id, CLAUSE, note], response.encode())
            .procedure(Procedure::MdocList)
            .lists(lists)
            .asked(|asked: &mut Presentation| {
                asked.requested.push(super::licence());
                asked.issuers.push(desk.licences());
            })
    };
    let of = |authority: &Authority, change: Change<'_>| {
        change(authority.list(NUMBER, NOW - HOUR)).sign(authority.key())
    };
    let revoked = |l: CrlBuilder| {
        let serial = desk.testbed.licence_signer().serial();
        l.revoke(serial, NOW - DAY, Reason::KeyCompromise)
    };
    vec![
        case(
            "mdoc_issuer/two_not_revoked",
            "Neither of two signers is revoked.",
            vec![of(root(desk), &|l| l), of(licences, &|l| l)],
        )
        .accepted("revocation.not_revoked"),
        case(
            "mdoc_issuer/second_revoked",
            "Of two signers, the second is revoked.",
            vec![of(root(desk), &|l| l), of(licences, &revoked)],
        )
        .refused("revocation.not_revoked", "revoked.key_compromise"),
        case(
            "mdoc_issuer/second_without_list",
            "Of two signers, the second has no list.",
            vec![of(root(desk), &|l| l)],
        )
        .refused_by("revocation.issuer"),
    ]
}
