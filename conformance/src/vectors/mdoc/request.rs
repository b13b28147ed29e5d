//! What nobody can ask for at all.

use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE};

use super::{ADULT, Desk, Presentation, Vector, card, requested};

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    let case = |id, clause, note, change: &dyn Fn(&mut Presentation)| {
        desk.presented([id, clause, note], |p| p.signed())
            .asked(change)
            .refused("misuse", "misuse.request")
    };
    let law = "番号法19条, 20条";
    let ages = "ISO/IEC 18013-5, 7.2.5";
    let form = "ISO/IEC 18013-5, 8.3.2.1.2.1";
    let elements = |elements: &'static [(&'static str, &'static str)]| {
        move |asked: &mut Presentation| asked.requested = vec![requested(JAPAN, elements)]
    };
    vec![
        case(
            "mdoc/asks_my_number",
            law,
            "A My Number is asked for.",
            &elements(&[(JAPAN_NAME_SPACE, "individual_number_unicode")]),
        ),
        case(
            "mdoc/asks_my_number_renamed",
            law,
            "A My Number is asked for under the name that a later edition gives it.",
            &elements(&[(COMMON_NAME_SPACE, "Individual_Number")]),
        ),
        case(
            "mdoc/asks_three_ages",
            ages,
            "Three statements about ages are asked for.",
            &elements(&[
                (COMMON_NAME_SPACE, "age_over_18"),
                (COMMON_NAME_SPACE, ADULT),
                (COMMON_NAME_SPACE, "age_over_65"),
            ]),
        ),
        case(
            "mdoc/asks_twice",
            form,
            "One element is asked for twice.",
            &elements(&[(COMMON_NAME_SPACE, ADULT), (COMMON_NAME_SPACE, ADULT)]),
        ),
        case(
            "mdoc/asks_nothing",
            form,
            "No element is asked for.",
            &elements(&[]),
        ),
        case(
            "mdoc/asks_no_document",
            form,
            "No document is asked for.",
            &|asked| asked.requested.clear(),
        ),
        case(
            "mdoc/asks_document_twice",
            form,
            "One document is asked for twice.",
            &|asked| asked.requested.push(card()),
        ),
    ]
}
