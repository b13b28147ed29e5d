//! The response against what was asked for.

use tashika_testbed::mdoc::{
    Cbor, Response,
    elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE, LICENCE, LICENCE_NAME_SPACE},
};

use super::{ADULT, Desk, NAME, Need, RequestedElement, Vector, card, licence};

const CLAUSE: &str = "ISO/IEC 18013-5, 8.3.2.1.2.2 and 9.3.1";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [documents(desk), two(desk), elements(desk)].concat()
}

fn documents(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.documents";
    let control = |id, note| desk.presented([id, CLAUSE, note], |p| p.signed());
    vec![
        control("mdoc/document_missing", "A licence was asked for too.")
            .asked(|asked| asked.requested.push(licence()))
            .refused(check, "mdoc.document_missing"),
        control(
            "mdoc/document_optional",
            "A licence was asked for too, if the wallet has one.",
        )
        .asked(|asked| {
            let mut licence = licence();
            licence.need = Need::Optional;
            asked.requested.push(licence);
        })
        .accepted(check),
        control(
            "mdoc/document_unrequested",
            "A licence was asked for, and a card is given.",
        )
        .asked(|asked| asked.requested = vec![licence()])
        .refused(check, "mdoc.document_unrequested"),
        control(
            "mdoc/doc_type_unknown",
            "No issuer of such documents is known.",
        )
        .asked(|asked| asked.issuers = vec![desk.licences()])
        .refused(check, "mdoc.doc_type_unknown"),
    ]
}

/// Two documents, a card and a licence.
fn two(desk: &Desk<'_>) -> Vec<Vector> {
    let case = |id, note, card: Cbor, licence: Cbor| {
        let response = Response::of(card).document(licence);
        let case = desk.case([id, CLAUSE, note], response.encode());
        case.asked(|asked| {
            asked.requested.push(super::licence());
            asked.issuers.push(desk.licences());
        })
    };
    let card = || desk.document(desk.card());
    let issued = || desk.licence().sign(desk.testbed.licence_signer());
    let licence = || desk.document(issued());
    let forged = |mdoc| desk.present(mdoc, |p| p.signed_with(|s| s.corrupt_signature()));
    let check = "mdoc.device_auth";
    let code = "mdoc.device_signature";
    vec![
        case(
            "mdoc/two_documents",
            "A card and a licence.",
            card(),
            licence(),
        )
        .accepted(check),
        case(
            "mdoc/second_forged",
            "Of two documents, the device did not sign the second.",
            card(),
            forged(issued()),
        )
        .refused(check, code),
        case(
            "mdoc/first_forged",
            "Of two documents, the device did not sign the first.",
            forged(desk.card()),
            licence(),
        )
        .refused(check, code),
        case(
            "mdoc/second_unrequested",
            "A licence is given that was not asked for.",
            card(),
            licence(),
        )
        .asked(|asked| {
            asked.requested.pop();
        })
        .refused("mdoc.documents", "mdoc.document_unrequested"),
        case(
            "mdoc/second_by_first",
            "The root of cards has issued a licence.",
            card(),
            desk.document(desk.licence().sign(desk.testbed.japan_signer())),
        )
        .refused("x509.issuer", "x509.issuer"),
    ]
}

fn elements(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.elements";
    let other = "resident_address_unicode";
    let case = |id, note, present: &dyn Fn(super::Presenting<'_>) -> Cbor| {
        desk.presented([id, CLAUSE, note], present)
    };
    let with_other = |need: Need| {
        move |asked: &mut super::Presentation| {
            for document in &mut asked.requested {
                document.elements.push(RequestedElement {
                    namespace: JAPAN_NAME_SPACE.to_owned(),
                    identifier: other.to_owned(),
                    need,
                    age_evidence: None,
                });
            }
        }
    };
    let authorized = |id, note, element: &str| {
        let mdoc = desk.issuance().authorize(&[JAPAN_NAME_SPACE], &[]);
        let mdoc = mdoc.sign(desk.testbed.japan_signer());
        let document = desk.present(mdoc, |p| {
            p.device_signed(JAPAN_NAME_SPACE, element, "a".into())
                .signed()
        });
        desk.case([id, CLAUSE, note], Response::of(document).encode())
    };
    vec![
        case(
            "mdoc/element_unrequested",
            "The address is given, which was not asked for.",
            &|p| p.select(JAPAN_NAME_SPACE, &[other]).signed(),
        )
        .refused(check, "mdoc.element_unrequested"),
        case(
            "mdoc/element_missing",
            "The statement about the age is not given.",
            &|p| p.except(COMMON_NAME_SPACE, ADULT).signed(),
        )
        .refused(check, "mdoc.element_missing"),
        case(
            "mdoc/nothing_given",
            "Neither of the elements is given.",
            &|p| {
                p.except(COMMON_NAME_SPACE, ADULT)
                    .except(JAPAN_NAME_SPACE, NAME)
                    .signed()
            },
        )
        .refused(check, "mdoc.element_missing"),
        case(
            "mdoc/element_optional",
            "The address is not given, which was asked for if it is there.",
            &|p| p.signed(),
        )
        .asked(with_other(Need::Optional))
        .accepted(check),
        case(
            "mdoc/element_given",
            "The address was asked for if it is there, and is given.",
            &|p| p.select(JAPAN_NAME_SPACE, &[other]).signed(),
        )
        .asked(with_other(Need::Optional))
        .accepted(check),
        authorized(
            "mdoc/device_unrequested",
            "The device signs an element that was not asked for, and may.",
            other,
        )
        .refused(check, "mdoc.element_unrequested"),
        authorized(
            "mdoc/device_for_issuer",
            "The device signs the address that was asked for; its issuer says nothing.",
            other,
        )
        .asked(with_other(Need::Mandatory))
        .refused(check, "mdoc.element_missing"),
        authorized(
            "mdoc/device_beside_issuer",
            "The device signs the name too, and may.",
            NAME,
        )
        .accepted(check),
        desk.presented(
            [
                "mdoc/element_elsewhere",
                CLAUSE,
                "The statement about the age stands in another namespace than was asked for.",
            ],
            |p| p.signed(),
        )
        .asked(|asked| {
            asked.requested = vec![super::requested(
                JAPAN,
                &[(JAPAN_NAME_SPACE, NAME), (JAPAN_NAME_SPACE, ADULT)],
            )];
        })
        .refused(check, "mdoc.element_unrequested"),
        desk.licensed(
            [
                "mdoc/licence_control",
                CLAUSE,
                "The family name of a driving licence.",
            ],
            desk.licence().sign(desk.testbed.licence_signer()),
        )
        .accepted(check),
        desk.licensed(
            [
                "mdoc/licence_other_element",
                CLAUSE,
                "Another element of a driving licence was asked for.",
            ],
            desk.licence().sign(desk.testbed.licence_signer()),
        )
        .asked(|asked| {
            asked.requested = vec![super::requested(
                LICENCE,
                &[(LICENCE_NAME_SPACE, "given_name")],
            )];
        })
        .refused(check, "mdoc.element_unrequested"),
        // What is asked for of a card stands here to be compared with.
        case(
            "mdoc/asked_in_other_order",
            "The elements come in another order than they were asked for in.",
            &|p| p.signed(),
        )
        .asked(|asked| {
            let mut card = card();
            card.elements.reverse();
            asked.requested = vec![card];
        })
        .accepted(check),
    ]
}
