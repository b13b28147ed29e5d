//! When a document counts (ISO/IEC 18013-5, 9.1.2.4 and 9.3.1).

use tashika_testbed::{calendar::Time, mdoc::Cbor};

use super::{Case, Desk, NOW, Vector};
use crate::vectors::world::DAY;

const CHECK: &str = "mdoc.validity";
const FORM: &str = "ISO/IEC 18013-5, 9.1.2.4";
const TIMES: &str = "ISO/IEC 18013-5, 9.3.1";
/// A minute, by which clocks may be apart.
const SKEW: i64 = 60;

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        form(desk),
        order(desk),
        window(desk),
        signed(desk),
        period(desk),
    ]
    .concat()
}

fn form(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "mdoc.validity_form";
    let with = |id, note, path: &str, value: Cbor| -> Case {
        desk.mso([id, FORM, note], |mso| {
            mso.set(&format!("validityInfo/{path}"), value);
        })
    };
    let until = |id, note, text: &str| with(id, note, "validUntil", Cbor::tdate_text(text));
    let without = |id, note, member: &str| {
        let case = desk.mso([id, FORM, note], |mso| {
            mso.remove(&format!("validityInfo/{member}"));
        });
        case.refused(CHECK, code)
    };
    vec![
        without(
            "mdoc_issuer/no_signed",
            "It does not say when it was signed.",
            "signed",
        ),
        without(
            "mdoc_issuer/no_valid_from",
            "It does not say from when it is valid.",
            "validFrom",
        ),
        without(
            "mdoc_issuer/no_valid_until",
            "It does not say until when it is valid.",
            "validUntil",
        ),
        until(
            "mdoc_issuer/until_plain",
            "The validity ends on another day.",
            "2027-02-10T08:00:00Z",
        )
        .accepted(CHECK),
        until(
            "mdoc_issuer/until_fraction",
            "The end of the validity has a fraction.",
            "2027-02-10T08:00:00.5Z",
        )
        .refused(CHECK, code),
        until(
            "mdoc_issuer/until_fraction_zero",
            "The end of the validity has a fraction of zero.",
            "2027-02-10T08:00:00.0Z",
        )
        .refused(CHECK, code),
        until(
            "mdoc_issuer/until_offset",
            "The end of the validity is in the time of Japan.",
            "2027-02-10T17:00:00+09:00",
        )
        .refused(CHECK, code),
        until(
            "mdoc_issuer/until_offset_zero",
            "The end of the validity has an offset of zero.",
            "2027-02-10T08:00:00+00:00",
        )
        .refused(CHECK, code),
        until(
            "mdoc_issuer/until_without_zone",
            "The end of the validity has no time zone.",
            "2027-02-10T08:00:00",
        )
        .refused(CHECK, code),
        until(
            "mdoc_issuer/until_small_z",
            "The letters of the end of the validity are small.",
            "2027-02-10t08:00:00z",
        )
        .refused(CHECK, code),
        until(
            "mdoc_issuer/until_date",
            "The end of the validity is a date.",
            "2027-02-10",
        )
        .refused(CHECK, code),
        until(
            "mdoc_issuer/until_no_such_day",
            "The validity ends on 30 February.",
            "2027-02-30T08:00:00Z",
        )
        .refused(CHECK, code),
        with(
            "mdoc_issuer/until_untagged",
            "The end of the validity has no tag.",
            "validUntil",
            "2027-02-10T08:00:00Z".into(),
        )
        .refused(CHECK, code),
        with(
            "mdoc_issuer/until_number",
            "The end of the validity is a number.",
            "validUntil",
            Cbor::Unsigned(1_802_000_000),
        )
        .refused(CHECK, code),
        with(
            "mdoc_issuer/until_null",
            "The end of the validity is null.",
            "validUntil",
            Cbor::NULL,
        )
        .refused(CHECK, code),
        with(
            "mdoc_issuer/signed_fraction",
            "The time of the signature has a fraction.",
            "signed",
            Cbor::tdate_text("2027-01-12T08:00:00.5Z"),
        )
        .refused(CHECK, code),
        with(
            "mdoc_issuer/from_fraction",
            "The beginning of the validity has a fraction.",
            "validFrom",
            Cbor::tdate_text("2027-01-12T08:00:00.5Z"),
        )
        .refused(CHECK, code),
        desk.mso(
            [
                "mdoc_issuer/validity_array",
                FORM,
                "The validity is an array.",
            ],
            |mso| {
                mso.set("validityInfo", Cbor::array([]));
            },
        )
        .refused(CHECK, code),
        desk.issued(
            [
                "mdoc_issuer/expected_update",
                FORM,
                "It says when it is expected to be renewed, which is past.",
            ],
            |i| i.expected_update(NOW - DAY),
        )
        .accepted(CHECK),
    ]
}

fn order(desk: &Desk<'_>) -> Vec<Vector> {
    let case = |id, note, [signed, from, until]: [i64; 3]| {
        desk.issued([id, FORM, note], |i| i.validity(signed, from, until))
            .refused(CHECK, "mdoc.validity_form")
    };
    vec![
        case(
            "mdoc_issuer/from_before_signed",
            "It is valid from a second before it was signed.",
            [NOW - DAY, NOW - DAY - 1, NOW + DAY],
        ),
        case(
            "mdoc_issuer/until_is_from",
            "Its validity ends when it begins.",
            [NOW, NOW, NOW],
        ),
        case(
            "mdoc_issuer/until_before_from",
            "Its validity ends before it begins.",
            [NOW - DAY, NOW + 30, NOW + 29],
        ),
    ]
}

/// The edges of the validity, with clocks a minute apart.
fn window(desk: &Desk<'_>) -> Vec<Vector> {
    let from = |id, note, from: i64| {
        let valid = |i: tashika_testbed::mdoc::Issuance| i.validity(NOW - DAY, from, NOW + DAY);
        desk.issued([id, TIMES, note], valid)
    };
    let until = |id, note, until: i64| {
        let valid =
            |i: tashika_testbed::mdoc::Issuance| i.validity(NOW - 2 * DAY, NOW - DAY, until);
        desk.issued([id, TIMES, note], valid)
    };
    vec![
        from(
            "mdoc_issuer/not_yet_valid",
            "It is valid from 61 seconds after now.",
            NOW + SKEW + 1,
        )
        .refused(CHECK, "mdoc.not_yet_valid"),
        from(
            "mdoc_issuer/valid_soon",
            "It is valid from a minute after now.",
            NOW + SKEW,
        )
        .accepted(CHECK),
        from("mdoc_issuer/first_second", "It is valid from now.", NOW).accepted(CHECK),
        until(
            "mdoc_issuer/expired",
            "It was valid until 61 seconds before now.",
            NOW - SKEW - 1,
        )
        .refused(CHECK, "mdoc.expired"),
        until(
            "mdoc_issuer/expired_just",
            "It was valid until a minute before now.",
            NOW - SKEW,
        )
        .accepted(CHECK),
        until("mdoc_issuer/last_second", "It is valid until now.", NOW).accepted(CHECK),
    ]
}

/// Within the validity of the signer's certificate, and not in the future.
fn signed(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "mdoc.signed_outside";
    let at = |id, note, [signed, from]: [i64; 2], bounds: (Option<i64>, Option<i64>)| {
        let signer = desk.signer(|mut c| {
            if let Some(first) = bounds.0 {
                c = c.not_before(Time::utc(first));
            }
            if let Some(last) = bounds.1 {
                c = c.not_after(Time::utc(last));
            }
            c
        });
        let issuance = desk.issuance().validity(signed, from, NOW + DAY);
        desk.with([id, TIMES, note], issuance.sign(&signer))
    };
    let three_days_ago = NOW - 3 * DAY;
    let now = [NOW + 1, NOW + 1];
    vec![
        at(
            "mdoc_issuer/signed_before_signer",
            "It was signed a second before its signer's certificate began.",
            [three_days_ago - 1, three_days_ago],
            (Some(three_days_ago), None),
        )
        .refused(CHECK, code),
        at(
            "mdoc_issuer/signed_with_signer",
            "It was signed in the first second of its signer's certificate.",
            [three_days_ago, three_days_ago],
            (Some(three_days_ago), None),
        )
        .accepted(CHECK),
        at(
            "mdoc_issuer/signed_after_signer",
            "It is signed a second after the end of its signer's certificate, which is now.",
            now,
            (None, Some(NOW)),
        )
        .refused(CHECK, code),
        at(
            "mdoc_issuer/signed_at_end_of_signer",
            "It is signed in the last second of its signer's certificate.",
            now,
            (None, Some(NOW + 1)),
        )
        .accepted(CHECK),
        at(
            "mdoc_issuer/signed_in_future",
            "It is signed 61 seconds after now.",
            [NOW + SKEW + 1, NOW + SKEW + 1],
            (None, None),
        )
        .refused(CHECK, code),
        at(
            "mdoc_issuer/signed_soon",
            "It is signed a minute after now.",
            [NOW + SKEW, NOW + SKEW],
            (None, None),
        )
        .accepted(CHECK),
    ]
}

/// A card in a phone counts for a month.
fn period(desk: &Desk<'_>) -> Vec<Vector> {
    let month = 31 * DAY;
    let until = |until: i64| {
        move |i: tashika_testbed::mdoc::Issuance| i.validity(NOW - DAY, NOW - DAY, until)
    };
    let clause = "カード代替電磁的記録の有効期間: one month from issuance";
    vec![
        desk.issued(
            [
                "mdoc_issuer/month",
                clause,
                "A card is valid for 31 days from when it was signed.",
            ],
            until(NOW - DAY + month),
        )
        .accepted(CHECK),
        desk.issued(
            [
                "mdoc_issuer/month_and_second",
                clause,
                "A card is valid for 31 days and a second.",
            ],
            until(NOW - DAY + month + 1),
        )
        .refused(CHECK, "mdoc.validity_period"),
        desk.licensed(
            [
                "mdoc_issuer/licence_year",
                TIMES,
                "A licence is valid for a year.",
            ],
            until(NOW + 365 * DAY)(desk.licence()).sign(desk.testbed.licence_signer()),
        )
        .accepted(CHECK),
    ]
}
