//! What a verified response says (RFC 6960, 2.2 and 4.2.2.1).

use tashika_testbed::{Extension, OcspAnswer, Reason, calendar::Time};

use super::{Answer, Change, Desk, NONCE, PRODUCED, THIS_UPDATE};
use crate::vectors::{
    NonceRule, Vector,
    case::Case,
    world::{DAY, HOUR, NOW},
};

pub(super) fn answers(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.ocsp_answer";
    let clause = "RFC 6960, 2.2";
    let of = |id, note, answers: &[OcspAnswer]| desk.answers([id, clause, note], answers);
    let (good, unknown) = (desk.good(), desk.good().unknown());
    let old = desk
        .good()
        .this_update(Time::generalized(THIS_UPDATE - 3 * DAY))
        .next_update(Time::generalized(THIS_UPDATE - 2 * DAY));
    let revoked = desk.good().revoked_for(NOW - DAY, Reason::Superseded);
    vec![
        of(
            "ocsp/unknown",
            "The responder does not know it.",
            std::slice::from_ref(&unknown),
        )
        .refused(check, "revocation.ocsp_unknown"),
        of(
            "ocsp/good_and_unknown",
            "It is good and unknown.",
            &[good.clone(), unknown.clone()],
        )
        .refused(check, "revocation.ocsp_conflict"),
        of(
            "ocsp/good_twice",
            "It is good twice.",
            &[good.clone(), good.clone()],
        )
        .accepted(check),
        of(
            "ocsp/good_and_old",
            "It is good, and was in an answer that is no longer valid.",
            &[old, good.clone()],
        )
        .accepted(check),
        of(
            "ocsp/good_and_revoked",
            "It is good and revoked.",
            &[good, revoked.clone()],
        )
        .refused("revocation.not_revoked", "revoked.superseded"),
        of(
            "ocsp/unknown_and_revoked",
            "It is unknown and revoked.",
            &[unknown, revoked],
        )
        .refused("revocation.not_revoked", "revoked.superseded"),
    ]
}

pub(super) fn nonces(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.ocsp_nonce";
    let missing = "revocation.ocsp_nonce_missing";
    let clause = "RFC 9654, 2.1";
    let response = |id, note, change: Change<'_>| desk.response([id, clause, note], change);
    let silent: Change<'_> = &|r| r.without_extensions();
    let mut cut = NONCE.to_vec();
    cut.pop();
    let replayed = |id, note, age: i64| {
        let time = Time::generalized(NOW - age);
        let answer = desk.good().this_update(time);
        let response = desk.empty().without_extensions().answer(&answer);
        desk.case([id, clause, note], response.respond(desk.delegate.key()))
    };
    vec![
        response("ocsp/nonce_of_another", "The nonce is another one.", &|r| {
            r.nonce(&[7; 32])
        })
        .refused_by(check),
        response(
            "ocsp/nonce_cut",
            "The last octet of the nonce is missing.",
            &|r| r.nonce(&cut),
        )
        .refused_by(check),
        response(
            "ocsp/nonce_missing",
            "There is no nonce, and there must be.",
            silent,
        )
        .nonce_rule(NonceRule::Required)
        .refused(check, missing),
        response(
            "ocsp/nonce_required",
            "There must be a nonce, and there is.",
            &|r| r,
        )
        .nonce_rule(NonceRule::Required)
        .accepted(check),
        response(
            "ocsp/nonce_unasked",
            "No nonce was sent, and there must be one.",
            &|r| r,
        )
        .without_nonce()
        .nonce_rule(NonceRule::Required)
        .refused(check, missing),
        response(
            "ocsp/nonce_absent",
            "There is no nonce, and the answer is young.",
            silent,
        )
        .accepted(check),
        response(
            "ocsp/nonce_not_ours",
            "There is a nonce, and none was sent.",
            &|r| r,
        )
        .without_nonce()
        .accepted(check),
        replayed(
            "ocsp/nonce_absent_an_hour",
            "Without a nonce, an hour old.",
            HOUR,
        )
        .accepted("revocation.freshness"),
        replayed(
            "ocsp/nonce_absent_and_old",
            "Without a nonce, an hour and a second old.",
            HOUR + 1,
        )
        .refused("revocation.freshness", "revocation.stale"),
    ]
}

pub(super) fn times(desk: &Desk<'_>) -> Vec<Vector> {
    let clock = "revocation.clock";
    let freshness = "revocation.freshness";
    let stale = "revocation.stale";
    let clause = "RFC 6960, 4.2.2.1";
    let answer = |id, note, change: Answer<'_>| desk.answer([id, clause, note], change);
    let at = Time::generalized;
    vec![
        desk.response(
            [
                "ocsp/produced_in_the_future",
                "RFC 6960, 4.2.2.1",
                "producedAt is a second ahead.",
            ],
            &|r| r.produced_at(at(NOW + 1)),
        )
        .refused_by(clock),
        answer(
            "ocsp/of_the_future",
            "thisUpdate is a second ahead.",
            &|a| a.this_update(at(NOW + 1)),
        )
        .refused_by(clock),
        answer("ocsp/of_now", "thisUpdate is now.", &|a| {
            a.this_update(at(NOW))
        })
        .accepted(clock),
        answer("ocsp/overdue", "nextUpdate was a second ago.", &|a| {
            a.next_update(at(NOW - 1))
        })
        .refused(freshness, stale),
        answer("ocsp/due", "nextUpdate is now.", &|a| {
            a.next_update(at(NOW))
        })
        .accepted(freshness),
        answer(
            "ocsp/no_next_update",
            "There is no nextUpdate, and it is young.",
            &|a| a.without_next_update(),
        )
        .accepted(freshness),
        answer(
            "ocsp/no_next_update_and_old",
            "There is no nextUpdate, and it is old.",
            &|a| a.this_update(at(NOW - HOUR - 1)).without_next_update(),
        )
        .refused(freshness, stale),
        answer(
            "ocsp/too_old",
            "nextUpdate is ahead, and it is older than is allowed.",
            &|a| {
                a.this_update(at(NOW - 37 * HOUR))
                    .next_update(at(NOW + HOUR))
            },
        )
        .refused(freshness, stale),
    ]
}

pub(super) fn revoked(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "revocation.not_revoked";
    let clause = "RFC 6960, 4.2.1";
    let refused = |case: Case, code: &str| case.refused(check, code);
    let reason = |(number, name): &(u8, &str)| {
        let id = format!("ocsp/revoked_{number}");
        let note = format!("It is revoked, with reason {number}.");
        let case = desk.answer([&id, clause, &note], &|a| {
            a.revoked_for_number(NOW - DAY, *number)
        });
        refused(case, &format!("revoked.{name}"))
    };
    let of = |id, note, change: Answer<'_>| {
        let case = desk.answer([id, clause, note], change);
        refused(case, "revoked.superseded")
    };
    let superseded = |a: OcspAnswer| a.revoked_for(NOW - DAY, Reason::Superseded);
    let replayed = desk
        .empty()
        .nonce(&[7; 32])
        .answer(&superseded(desk.good()));
    let mut vectors: Vec<_> = REASONS.iter().map(reason).collect();
    vectors.extend([
        refused(
            desk.answer(
                [
                    "ocsp/revoked_without_reason",
                    clause,
                    "It is revoked, without a reason.",
                ],
                &|a| a.revoked(NOW - DAY),
            ),
            "revoked.unspecified",
        ),
        of(
            "ocsp/revoked_and_old",
            "It is revoked in an answer that is long overdue.",
            &|a| {
                superseded(a)
                    .this_update(Time::generalized(NOW - 20 * DAY))
                    .next_update(Time::generalized(NOW - 19 * DAY))
            },
        ),
        of(
            "ocsp/revoked_since",
            "It is revoked, and suspect since a month.",
            &|a| superseded(a).extension(Extension::invalidity_date(NOW - 30 * DAY)),
        ),
        refused(
            desk.case(
                [
                    "ocsp/revoked_for_another_request",
                    clause,
                    "It is revoked in a response with another nonce.",
                ],
                replayed.respond(desk.delegate.key()),
            ),
            "revoked.superseded",
        ),
        refused(
            desk.response(
                [
                    "ocsp/revoked_in_the_future",
                    clause,
                    "It is revoked in a response with a producedAt that is ahead.",
                ],
                &|r| {
                    let ahead = Time::generalized(PRODUCED + HOUR);
                    r.produced_at(ahead).answer(&superseded(desk.good()))
                },
            ),
            "revoked.superseded",
        ),
    ]);
    vectors
}

const REASONS: [(u8, &str); 12] = [
    (0, "unspecified"),
    (1, "key_compromise"),
    (2, "ca_compromise"),
    (3, "affiliation_changed"),
    (4, "superseded"),
    (5, "cessation_of_operation"),
    (6, "certificate_hold"),
    (7, "unknown"),
    (8, "remove_from_crl"),
    (9, "privilege_withdrawn"),
    (10, "aa_compromise"),
    (200, "unknown"),
];

pub(super) fn login(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "RFC 6960, 2.2";
    let of = |id, note, change: Answer<'_>| desk.login([id, clause, note], change);
    vec![
        of(
            "ocsp/login",
            "An authentication certificate is good.",
            &|a| a,
        )
        .accepted("revocation.ocsp_answer"),
        of(
            "ocsp/login_revoked",
            "An authentication certificate is revoked.",
            &|a| a.revoked_for(NOW - DAY, Reason::CertificateHold),
        )
        .refused("revocation.not_revoked", "revoked.certificate_hold"),
    ]
}
