//! The response by itself: version, status, documents, and what nobody may ask
//! for (ISO/IEC 18013-5, 8.3.2.1.2.2).

use tashika_testbed::mdoc::{
    Cbor, Response,
    elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE},
};

use super::{ADULT, Desk, NAME, Vector};

const CLAUSE: &str = "ISO/IEC 18013-5, 8.3.2.1.2.2";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        members(desk),
        version(desk),
        status(desk),
        documents(desk),
        forbidden(desk),
    ]
    .concat()
}

/// What must be there.
fn members(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.encoding";
    let without = |id, note, path: &str| {
        let case = desk.edited([id, CLAUSE, note], |r| {
            r.remove(path);
        });
        case.refused(check, "input.mdoc")
    };
    let item = |id, note, member: &str| {
        let case = desk.item([id, "ISO/IEC 18013-5, 9.1.2.5", note], |item| {
            item.remove(member);
        });
        case.refused(check, "input.mdoc")
    };
    vec![
        desk.edited(
            [
                "mdoc/control",
                CLAUSE,
                "The name and whether the age of 20 is reached, presented in a browser.",
            ],
            |_| (),
        )
        .accepted("mdoc.device_auth"),
        without("mdoc/no_version", "The response has no version.", "version"),
        without("mdoc/no_status", "The response has no status.", "status"),
        without(
            "mdoc/no_doc_type",
            "A document has no type.",
            "documents/0/docType",
        ),
        without(
            "mdoc/no_issuer_signed",
            "A document has nothing of its issuer's.",
            "documents/0/issuerSigned",
        ),
        without(
            "mdoc/no_issuer_auth",
            "A document has no signature of its issuer.",
            "documents/0/issuerSigned/issuerAuth",
        ),
        without(
            "mdoc/no_device_signed",
            "A document has nothing of its device's.",
            "documents/0/deviceSigned",
        ),
        without(
            "mdoc/no_device_namespaces",
            "The device says nothing about what it signs.",
            "documents/0/deviceSigned/nameSpaces",
        ),
        item(
            "mdoc/item_without_random",
            "An item has no randomness.",
            "random",
        ),
        item(
            "mdoc/item_without_value",
            "An item has no value.",
            "elementValue",
        ),
        item(
            "mdoc/item_without_digest_id",
            "An item has no digest number.",
            "digestID",
        ),
        item(
            "mdoc/item_without_identifier",
            "An item has no identifier.",
            "elementIdentifier",
        ),
        desk.edited(
            [
                "mdoc/unknown_members",
                CLAUSE,
                "Members that nobody knows stand in the response, the document and both its parts.",
            ],
            |r| {
                for path in [
                    "",
                    "documents/0/",
                    "documents/0/issuerSigned/",
                    "documents/0/deviceSigned/",
                ] {
                    r.add(
                        &format!("{path}extension"),
                        Cbor::array([1.into(), "a".into()]),
                    );
                }
            },
        )
        .accepted(check),
    ]
}

fn version(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.version";
    let case = |id, note, version: Cbor| {
        let response = Response::of(desk.document(desk.card())).version(version);
        desk.case([id, CLAUSE, note], response.encode())
    };
    vec![
        case("mdoc/version_1_1", "The version is 1.1.", "1.1".into()).accepted(check),
        case("mdoc/version_1_10", "The version is 1.10.", "1.10".into()).accepted(check),
        case("mdoc/version_2", "The version is 2.0.", "2.0".into()).refused_by(check),
        case("mdoc/version_0", "The version is 0.9.", "0.9".into()).refused_by(check),
        case("mdoc/version_10", "The version is 10.0.", "10.0".into()).refused_by(check),
        case(
            "mdoc/version_without_minor",
            "The version is 1 and no more.",
            "1".into(),
        )
        .refused_by(check),
        case(
            "mdoc/version_cut",
            "The version ends with its point.",
            "1.".into(),
        )
        .refused_by(check),
        case(
            "mdoc/version_text",
            "The second part of the version is no number.",
            "1.x".into(),
        )
        .refused_by(check),
        case("mdoc/version_number", "The version is a number.", 1.into())
            .refused("mdoc.encoding", "input.mdoc"),
    ]
}

fn status(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.response_status";
    let case = |id, note, status: i64| {
        let response = Response::of(desk.document(desk.card())).status(status);
        desk.case(
            [id, "ISO/IEC 18013-5, 8.3.2.1.2.3", note],
            response.encode(),
        )
    };
    vec![
        case("mdoc/status_general", "The status is a general error.", 10).refused_by(check),
        case(
            "mdoc/status_decoding",
            "The wallet could not decode the request.",
            11,
        )
        .refused_by(check),
        case(
            "mdoc/status_validation",
            "The wallet found the request invalid.",
            12,
        )
        .refused_by(check),
        case("mdoc/status_unknown", "The status is unknown.", 1).refused_by(check),
        case("mdoc/status_negative", "The status is negative.", -1)
            .refused("mdoc.encoding", "input.mdoc"),
    ]
}

fn documents(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.documents";
    let case = |id, note, response: Response| desk.case([id, CLAUSE, note], response.encode());
    let sound = || Response::of(desk.document(desk.card()));
    let with = |id, note, member: &str| {
        desk.edited([id, "ISO/IEC 18013-5, second edition, 10.2.6", note], |r| {
            r.add(member, Cbor::array([Cbor::empty_map()]));
        })
        .refused(check, "mdoc.document_form")
    };
    vec![
        case(
            "mdoc/no_documents",
            "There are no documents.",
            Response::new(),
        )
        .refused(check, "mdoc.no_document"),
        desk.edited(
            [
                "mdoc/documents_empty",
                CLAUSE,
                "The list of documents is empty.",
            ],
            |r| {
                r.set("documents", Cbor::array([]));
            },
        )
        .refused(check, "mdoc.no_document"),
        case(
            "mdoc/only_errors",
            "There is nothing but an error for the document.",
            Response::new().error(JAPAN, 0),
        )
        .refused(check, "mdoc.no_document"),
        case(
            "mdoc/error_for_given",
            "An error is reported for the document that is there.",
            sound().error(JAPAN, 0),
        )
        .refused(check, "mdoc.document_missing"),
        case(
            "mdoc/error_for_another",
            "An error is reported for a document that was not asked for.",
            sound().error(LICENCE, 0),
        )
        .accepted(check),
        case(
            "mdoc/document_twice",
            "The document stands twice.",
            sound().document(desk.document(desk.card())),
        )
        .refused(check, "mdoc.document_unrequested"),
        with(
            "mdoc/zero_knowledge",
            "There is a document in zero-knowledge beside it.",
            "zkDocuments",
        ),
        with(
            "mdoc/encrypted",
            "There is an encrypted document beside it.",
            "encryptedDocuments",
        ),
    ]
}

/// My Number (番号法19条, 20条).
fn forbidden(desk: &Desk<'_>) -> Vec<Vector> {
    const MY_NUMBER: &str = "individual_number_unicode";
    let check = "mdoc.forbidden";
    let clause = "番号法19条, 20条";
    let by_device = |id, note, namespace: &str, name: &str| {
        let mdoc = desk.issuance().authorize(&[namespace], &[]);
        let document = desk.present(mdoc.sign(desk.testbed.japan_signer()), |p| {
            p.device_signed(namespace, name, "123456789018".into())
                .signed()
        });
        desk.case([id, clause, note], Response::of(document).encode())
            .refused_by(check)
    };
    let issued = |id, note, namespace: &str, name: &str| {
        let elements = desk.testbed.japan_elements();
        let elements = elements.without(JAPAN_NAME_SPACE, "portrait");
        let elements = elements.with(namespace, name, "123456789018");
        let mdoc = desk.testbed.issuance(JAPAN, &elements);
        let document = desk.present(mdoc.sign(desk.testbed.japan_signer()), |p| {
            p.select(namespace, &[name]).signed()
        });
        desk.case([id, clause, note], Response::of(document).encode())
            .refused_by(check)
    };
    vec![
        issued(
            "mdoc/my_number",
            "The response carries a My Number.",
            JAPAN_NAME_SPACE,
            MY_NUMBER,
        ),
        issued(
            "mdoc/my_number_renamed",
            "The response carries a My Number under the name that a later edition gives it.",
            JAPAN_NAME_SPACE,
            "individual_number",
        ),
        issued(
            "mdoc/my_number_elsewhere",
            "The response carries a My Number in another namespace.",
            COMMON_NAME_SPACE,
            MY_NUMBER,
        ),
        issued(
            "mdoc/my_number_case",
            "The response carries a My Number whose name is in capitals.",
            JAPAN_NAME_SPACE,
            "INDIVIDUAL_NUMBER_UNICODE",
        ),
        by_device(
            "mdoc/my_number_by_device",
            "The device signs a My Number, and may.",
            JAPAN_NAME_SPACE,
            MY_NUMBER,
        ),
        desk.presented(
            [
                "mdoc/my_number_kept_back",
                clause,
                "The document has a My Number, which is not in the response.",
            ],
            |p| p.signed(),
        )
        .accepted(check),
        desk.presented(
            [
                "mdoc/my_number_alone",
                clause,
                "The response carries nothing but a My Number.",
            ],
            |p| {
                p.select(JAPAN_NAME_SPACE, &[MY_NUMBER])
                    .except(JAPAN_NAME_SPACE, NAME)
                    .except(COMMON_NAME_SPACE, ADULT)
                    .signed()
            },
        )
        .refused_by(check),
    ]
}
