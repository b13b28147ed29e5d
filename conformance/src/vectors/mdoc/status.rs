//! Whether the issuer has revoked the document itself (ISO/IEC 18013-5, second
//! edition, 12.3.6; draft-ietf-oauth-status-list).

use tashika_testbed::mdoc::{
    Cbor, Chain, Issuance, MdocTestbed, Response, Sign1, StatusToken, claim, cose::label,
};

use super::{Case, Desk, Kind, NOW, Procedure, Vector, anchor};
use crate::vectors::presentation::{RecordPolicy, Status};
use crate::vectors::world::{DAY, HOUR};

const LIST: &str = "draft-ietf-oauth-status-list, 5.2";
const TOKEN: &str = "mdoc.status_token";
const RECORD: &str = "mdoc.record_status";
const UNREADABLE: &str = "input.status_token";

const URI: &str = MdocTestbed::STATUS_LIST;
const PLACE: u64 = MdocTestbed::STATUS_INDEX;
const IDENTIFIER: &[u8] = MdocTestbed::IDENTIFIER;

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        states(desk),
        policies(desk),
        references(desk),
        signers(desk),
        tokens(desk),
        times(desk),
    ]
    .concat()
}

/// A card of which this is known.
fn known(desk: &Desk<'_>, text: [&str; 3], issuance: &Issuance, token: Option<Vec<u8>>) -> Case {
    let root = desk.testbed.japan_authority();
    let list = desk.testbed.list(root, &[]).sign(root.key());
    let status = Status {
        anchors: vec![anchor(
            Kind::MdocStatus,
            desk.testbed.status_authority().certificate(),
        )],
        token: token.map(Into::into),
        looked_up_for: None,
        max_age: DAY,
        policy: RecordPolicy::WhereAvailable,
    };
    desk.with(text, issuance.sign(desk.testbed.japan_signer()))
        .procedure(Procedure::MdocStatus)
        .lists(vec![list])
        .asked(|asked| asked.status = Some(status))
}

/// A card that names a place in the list.
fn listed(desk: &Desk<'_>) -> Issuance {
    desk.issuance().status_list(PLACE, URI)
}

/// The same of which this token is known.
fn with_token(desk: &Desk<'_>, text: [&str; 3], token: &StatusToken) -> Case {
    let token = token.sign(desk.testbed.status_signer());
    known(desk, text, &listed(desk), Some(token))
}

/// A list of two bits for every document in which the card has this status.
fn of_two_bits(status: u8) -> StatusToken {
    let statuses: Vec<_> = (0..1_000)
        .map(|index| if index == PLACE { status } else { 0 })
        .collect();
    StatusToken::status_list(URI, 2, &statuses, (NOW - HOUR, NOW + DAY))
}

fn states(desk: &Desk<'_>) -> Vec<Vector> {
    let revoked = "mdoc.record_revoked";
    let bit = |id, note, list: &[u64]| {
        with_token(desk, [id, LIST, note], &desk.testbed.status_list(list))
    };
    let bits = |id, note, status| with_token(desk, [id, LIST, note], &of_two_bits(status));
    let identified = |id, note, list: &[&[u8]]| {
        let clause = "ISO/IEC 18013-5, second edition, 12.3.6.4";
        let issuance = desk.issuance();
        let issuance = issuance.identifier_list(IDENTIFIER, MdocTestbed::IDENTIFIER_LIST);
        let token = desk.testbed.identifier_list(list);
        let token = token.sign(desk.testbed.status_signer());
        known(desk, [id, clause, note], &issuance, Some(token))
    };
    vec![
        bit(
            "mdoc_status/good",
            "The bit of the document is not set.",
            &[],
        )
        .accepted(RECORD),
        bit(
            "mdoc_status/neighbours",
            "The bits before and after it are set.",
            &[PLACE - 1, PLACE + 1],
        )
        .accepted(RECORD),
        bit(
            "mdoc_status/revoked",
            "The bit of the document is set.",
            &[PLACE],
        )
        .refused(RECORD, revoked),
        bits(
            "mdoc_status/good_of_two",
            "The two bits of the document are zero.",
            0,
        )
        .accepted(RECORD),
        bits(
            "mdoc_status/revoked_of_two",
            "The two bits of the document say that it is revoked.",
            1,
        )
        .refused(RECORD, revoked),
        bits("mdoc_status/suspended", "The document is suspended.", 2)
            .refused(RECORD, "mdoc.record_suspended"),
        bits(
            "mdoc_status/of_application",
            "The document has a status that every application defines for itself.",
            3,
        )
        .refused(RECORD, revoked),
        identified(
            "mdoc_status/not_identified",
            "Another identifier is on the list.",
            &[b"TEST-identifier-2"],
        )
        .accepted(RECORD),
        identified(
            "mdoc_status/identified",
            "The identifier of the document is on the list.",
            &[IDENTIFIER],
        )
        .refused(RECORD, revoked),
    ]
}

fn policies(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC 18013-5, second edition, 12.3.6";
    let case = |id, note, issuance, token, policy| {
        known(desk, [id, clause, note], &issuance, token).asked(|asked| {
            if let Some(status) = &mut asked.status {
                status.policy = policy;
            }
        })
    };
    let token = |revoked: &[u64]| {
        let token = desk.testbed.status_list(revoked);
        Some(token.sign(desk.testbed.status_signer()))
    };
    use RecordPolicy::{DangerIgnored, Required, WhereAvailable};
    vec![
        case(
            "mdoc_status/none",
            "The document names no list, and need not.",
            desk.issuance(),
            None,
            WhereAvailable,
        )
        .accepted(RECORD),
        case(
            "mdoc_status/none_required",
            "The document names no list, and has to.",
            desk.issuance(),
            None,
            Required,
        )
        .refused(RECORD, "mdoc.status_missing"),
        case(
            "mdoc_status/required",
            "The document has to name a list, and does.",
            listed(desk),
            token(&[]),
            Required,
        )
        .accepted(RECORD),
        case(
            "mdoc_status/unreachable",
            "Nobody could be asked.",
            listed(desk),
            None,
            WhereAvailable,
        )
        .refused(RECORD, "mdoc.status_unreachable"),
        case(
            "mdoc_status/unreachable_required",
            "Nobody could be asked, and the document has to be good.",
            listed(desk),
            None,
            Required,
        )
        .refused(RECORD, "mdoc.status_unreachable"),
        case(
            "mdoc_status/ignored",
            "Nobody could be asked, and nobody cares.",
            listed(desk),
            None,
            DangerIgnored,
        )
        .accepted(RECORD),
        case(
            "mdoc_status/revoked_ignored",
            "The document is revoked, and nobody cares.",
            listed(desk),
            token(&[PLACE]),
            DangerIgnored,
        )
        .refused(RECORD, "mdoc.record_revoked"),
        case(
            "mdoc_status/unknown_mechanism",
            "The document names a mechanism that nobody knows, and no other.",
            desk.issuance().status(Cbor::map([(
                "oracle",
                Cbor::from("https://status.test.example/"),
            )])),
            None,
            WhereAvailable,
        )
        .refused(RECORD, "mdoc.status_unreachable"),
    ]
}

/// Which document and which list.
fn references(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC 18013-5, second edition, 12.3.6.3";
    let sound = || {
        desk.testbed
            .status_list(&[])
            .sign(desk.testbed.status_signer())
    };
    let with = |id, note, issuance| known(desk, [id, clause, note], &issuance, Some(sound()));
    let other = desk.issuance().status_list(PLACE + 1, URI);
    let other = Response::of(desk.document(other.sign(desk.testbed.japan_signer()))).encode();
    let pinned = |certificate: &[u8]| {
        let list = Cbor::map([
            ("idx", Cbor::Unsigned(PLACE)),
            ("uri", URI.into()),
            ("certificate", certificate.into()),
        ]);
        desk.issuance().status(Cbor::map([("status_list", list)]))
    };
    vec![
        with(
            "mdoc_status/of_another",
            "The status is that of another document.",
            listed(desk),
        )
        .asked(|asked| {
            if let Some(status) = &mut asked.status {
                status.looked_up_for = Some(other.into());
            }
        })
        .refused(RECORD, "mdoc.status_query"),
        with(
            "mdoc_status/other_list",
            "The list is another than the document names.",
            desk.issuance()
                .status_list(PLACE, "https://status-ca.test.example/lists/2"),
        )
        .refused(TOKEN, "mdoc.status_subject"),
        with(
            "mdoc_status/place_last",
            "The place of the document is the last of the list.",
            desk.issuance().status_list(999, URI),
        )
        .accepted(RECORD),
        with(
            "mdoc_status/place_beyond",
            "The place of the document is behind the end of the list.",
            desk.issuance().status_list(1_000, URI),
        )
        .refused(TOKEN, "mdoc.status_index"),
        with(
            "mdoc_status/place_far",
            "The place of the document is behind the end of any list.",
            desk.issuance().status_list(1 << 40, URI),
        )
        .refused(TOKEN, "mdoc.status_too_large"),
        with(
            "mdoc_status/pinned",
            "The document names the root over the list's signer.",
            pinned(desk.testbed.status_authority().certificate()),
        )
        .accepted(RECORD),
        with(
            "mdoc_status/pinned_another",
            "The document names another root than that over the list's signer.",
            pinned(desk.testbed.japan_authority().certificate()),
        )
        .refused(TOKEN, "mdoc.status_signer"),
    ]
}

fn signers(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "draft-ietf-oauth-status-list, 11.3; ISO/IEC 18013-5, second edition, 12.3.6.3";
    let code = "mdoc.status_signer";
    let signer = desk.testbed.status_signer();
    let with = |id, note, change: &dyn Fn(Sign1) -> Sign1| {
        let token = desk.testbed.status_list(&[]).sign_with(signer, change);
        known(desk, [id, clause, note], &listed(desk), Some(token))
    };
    let by = |id, note, signer: &tashika_testbed::Credential| {
        let token = desk.testbed.status_list(&[]).sign(signer);
        known(desk, [id, clause, note], &listed(desk), Some(token))
    };
    let believe = |case: Case, purpose, certificate: &[u8]| {
        let anchor = anchor(purpose, certificate);
        case.asked(|asked| {
            if let Some(status) = &mut asked.status {
                status.anchors = vec![anchor];
            }
        })
    };
    let root = desk.testbed.status_authority();
    let japan = desk.testbed.japan_authority();
    let documents = desk.testbed.japan_signer();
    let certificate = Chain::One(signer.certificate().to_vec());
    vec![
        with(
            "mdoc_status/chain_unprotected",
            "The signer's certificate is not protected.",
            &|s| s.without_chain().chain(&certificate),
        )
        .refused(TOKEN, code),
        with(
            "mdoc_status/no_chain",
            "There is no signer's certificate.",
            &Sign1::without_chain,
        )
        .refused(TOKEN, code),
        by(
            "mdoc_status/by_document_signer",
            "A document signer has signed the list.",
            documents,
        )
        .refused(TOKEN, code),
        believe(
            by(
                "mdoc_status/by_document_signer_of_root",
                "A document signer has signed the list, whose root may vouch for status too.",
                documents,
            ),
            Kind::MdocStatus,
            japan.certificate(),
        )
        .refused(TOKEN, code),
        believe(
            by(
                "mdoc_status/root_for_documents",
                "The root over the list's signer may vouch for documents alone.",
                signer,
            ),
            Kind::Mdoc,
            root.certificate(),
        )
        .refused(TOKEN, code),
        with(
            "mdoc_status/corrupt",
            "A bit of the signature is flipped.",
            &Sign1::corrupt_signature,
        )
        .refused(TOKEN, "mdoc.status_signature"),
        by(
            "mdoc_status/by_another",
            "Another has signed the list, under the signer's certificate.",
            &documents.with_certificate(signer.certificate().to_vec()),
        )
        .refused(TOKEN, "mdoc.status_signature"),
    ]
}

/// What is no token.
fn tokens(desk: &Desk<'_>) -> Vec<Vector> {
    let claims = "RFC 8392, 3.1; draft-ietf-oauth-status-list, 5.2";
    let changed = |id, note, change: &dyn Fn(&mut Cbor)| {
        let token = desk.testbed.status_list(&[]).claims(|all| {
            change(all);
            all
        });
        with_token(desk, [id, claims, note], &token).refused(TOKEN, UNREADABLE)
    };
    let without = |id, note, claim: &str| {
        changed(id, note, &|all| {
            all.remove(claim);
        })
    };
    let raw = |id, note, octets: Vec<u8>| {
        known(desk, [id, claims, note], &listed(desk), Some(octets)).refused(TOKEN, UNREADABLE)
    };
    let sound = || desk.testbed.status_list(&[]);
    let signer = desk.testbed.status_signer();
    let bits = format!("{}/bits", claim::STATUS_LIST);
    let list = format!("{}/lst", claim::STATUS_LIST);
    vec![
        raw("mdoc_status/empty", "There are no octets.", Vec::new()),
        raw(
            "mdoc_status/trailing",
            "A null follows the token.",
            [&sound().sign(signer)[..], &[0xF6]].concat(),
        ),
        raw(
            "mdoc_status/critical",
            "A header is said to be critical.",
            sound().sign_with(signer, |s| {
                s.protected(label::CRITICAL, Cbor::array([Cbor::from(4)]))
            }),
        ),
        with_token(
            desk,
            [
                "mdoc_status/kind_other",
                claims,
                "The token says that it is another kind of list.",
            ],
            &sound().kind("application/identifierlist+cwt"),
        )
        .refused(TOKEN, UNREADABLE),
        with_token(
            desk,
            [
                "mdoc_status/kind_unknown",
                claims,
                "The token says that it is no list.",
            ],
            &sound().kind("application/cwt"),
        )
        .refused(TOKEN, UNREADABLE),
        with_token(
            desk,
            [
                "mdoc_status/list_of_identifiers",
                claims,
                "The token is a list of identifiers, and the document names one of bits.",
            ],
            &desk.testbed.identifier_list(&[]),
        )
        .refused(TOKEN, UNREADABLE),
        without(
            "mdoc_status/no_subject",
            "The token does not say which list it is.",
            claim::SUBJECT,
        ),
        without(
            "mdoc_status/no_issued",
            "The token does not say when it was issued.",
            claim::ISSUED,
        ),
        without(
            "mdoc_status/no_list",
            "The token has no list.",
            claim::STATUS_LIST,
        ),
        changed("mdoc_status/twice", "The list stands twice.", &|all| {
            all.duplicate(claim::STATUS_LIST);
        }),
        changed(
            "mdoc_status/three_bits",
            "Every document has three bits.",
            &|all| {
                all.set(&bits, Cbor::from(3));
            },
        ),
        changed(
            "mdoc_status/not_packed",
            "The list is not packed.",
            &|all| {
                all.set(&list, vec![0; 125]);
            },
        ),
        changed("mdoc_status/list_text", "The list is text.", &|all| {
            all.set(&list, "eNrbuRgAAhcBXQ");
        }),
    ]
}

fn times(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "draft-ietf-oauth-status-list, 8.3 and 13.7";
    let stale = "mdoc.status_stale";
    let at = |id, note, revoked: &[u64], (issued, expiry): (i64, i64)| {
        let token = desk.testbed.status_list(revoked);
        let token = token.claims(|all| all.set(claim::ISSUED, issued).set(claim::EXPIRY, expiry));
        with_token(desk, [id, clause, note], &token)
    };
    vec![
        at(
            "mdoc_status/expired",
            "The token expired a second ago.",
            &[],
            (NOW - HOUR, NOW - 1),
        )
        .refused(TOKEN, stale),
        at(
            "mdoc_status/last_second",
            "It is the token's last second.",
            &[],
            (NOW - HOUR, NOW),
        )
        .accepted(RECORD),
        at(
            "mdoc_status/old",
            "The token was issued a day and a second ago.",
            &[],
            (NOW - DAY - 1, NOW + DAY),
        )
        .refused(TOKEN, stale),
        at(
            "mdoc_status/oldest",
            "The token was issued a day ago.",
            &[],
            (NOW - DAY, NOW + DAY),
        )
        .accepted(RECORD),
        at(
            "mdoc_status/of_future",
            "The token is issued in a second.",
            &[],
            (NOW + 1, NOW + DAY),
        )
        .refused(TOKEN, stale),
        at(
            "mdoc_status/revoked_long_ago",
            "An expired token says that the document is revoked.",
            &[PLACE],
            (NOW - 3 * DAY, NOW - DAY),
        )
        .refused(RECORD, "mdoc.record_revoked"),
    ]
}
