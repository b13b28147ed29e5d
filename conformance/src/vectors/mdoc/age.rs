//! What elements say, and what follows about an age.

use tashika_testbed::calendar::moment;
use tashika_testbed::mdoc::{
    Cbor, Elements, Response,
    elements::{COMMON_NAME_SPACE, JAPAN, JAPAN_NAME_SPACE},
};

use super::{ADULT, Case, Desk, Need, RequestedElement, Vector, requested};
use crate::vectors::{Reached, presentation::AgeEvidence};

const CHECK: &str = "mdoc.element_values";
const FORM: &str = "mdoc.element_form";
const TYPES: &str = "ISO/IEC TS 23220-2, 6.3";
const AGES: &str = "ISO/IEC 18013-5, 7.2.5";
const YEARS: &str = "age_in_years";
const BIRTH: &str = "birth_date";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        forms(desk),
        statements(desk),
        evidence(desk),
        contradictions(desk),
        birthdays(desk),
    ]
    .concat()
}

/// A card with these elements and no others, all of which are asked for.
fn card(desk: &Desk<'_>, text: [&str; 3], elements: &[(&str, &str, Cbor)]) -> Case {
    let all = elements
        .iter()
        .fold(Elements::new(), |all, (space, name, value)| {
            all.with(space, name, value.clone())
        });
    let mdoc = desk.testbed.issuance(JAPAN, &all);
    let document = desk.present(mdoc.sign(desk.testbed.japan_signer()), |p| {
        p.select_all(JAPAN_NAME_SPACE)
            .select_all(COMMON_NAME_SPACE)
            .signed()
    });
    let names: Vec<_> = elements
        .iter()
        .map(|(space, name, _)| (*space, *name))
        .collect();
    desk.case(text, Response::of(document).encode())
        .asked(|asked| asked.requested = vec![requested(JAPAN, &names)])
}

/// The same with elements of the common namespace.
fn common(desk: &Desk<'_>, text: [&str; 3], elements: &[(&str, Cbor)]) -> Case {
    let elements = elements.iter().cloned();
    let elements: Vec<_> = elements
        .map(|(name, value)| (COMMON_NAME_SPACE, name, value))
        .collect();
    card(desk, text, &elements)
}

/// Whether the age of 20 is asked for, and what may stand in for the answer.
fn asked(case: Case, evidence: AgeEvidence) -> Case {
    case.asked(|asked| {
        for document in &mut asked.requested {
            document.elements = vec![RequestedElement {
                namespace: COMMON_NAME_SPACE.to_owned(),
                identifier: ADULT.to_owned(),
                need: Need::Mandatory,
                age_evidence: Some(evidence),
            }];
        }
        asked.age_evidence = Some(evidence);
    })
}

fn forms(desk: &Desk<'_>) -> Vec<Vector> {
    let bad = |id, note, name, value: Cbor| {
        common(desk, [id, TYPES, note], &[(name, value)]).refused(CHECK, FORM)
    };
    let good = |id, note, name, value: Cbor| {
        common(desk, [id, TYPES, note], &[(name, value)]).accepted(CHECK)
    };
    let japan = |id, note, name, value: Cbor| {
        card(desk, [id, TYPES, note], &[(JAPAN_NAME_SPACE, name, value)]).refused(CHECK, FORM)
    };
    let born = |text: &str| Cbor::full_date(text);
    let mapped = |value| Cbor::map([(BIRTH, value)]);
    vec![
        bad(
            "mdoc_age/number",
            "That the age of 20 is reached is 1.",
            ADULT,
            1.into(),
        ),
        bad(
            "mdoc_age/text",
            "That the age of 20 is reached is text.",
            ADULT,
            "true".into(),
        ),
        bad(
            "mdoc_age/null",
            "That the age of 20 is reached is null.",
            ADULT,
            Cbor::NULL,
        ),
        bad(
            "mdoc_age/years_text",
            "The age in years is text.",
            YEARS,
            "41".into(),
        ),
        bad(
            "mdoc_age/years_negative",
            "The age in years is negative.",
            YEARS,
            Cbor::Negative(0),
        ),
        bad(
            "mdoc_age/years_many",
            "The age in years is 256.",
            YEARS,
            256.into(),
        ),
        good(
            "mdoc_age/birth_date",
            "The date of birth, in the first form.",
            BIRTH,
            born("1985-07-04"),
        ),
        good(
            "mdoc_age/birth_date_map",
            "The date of birth, in the second form.",
            BIRTH,
            mapped(born("1985-07-04")),
        ),
        bad(
            "mdoc_age/birth_date_untagged",
            "The date of birth has no tag.",
            BIRTH,
            "1985-07-04".into(),
        ),
        bad(
            "mdoc_age/birth_date_time",
            "The date of birth is a time.",
            BIRTH,
            Cbor::tdate(489_283_200),
        ),
        bad(
            "mdoc_age/birth_date_none",
            "The date of birth is 30 February.",
            BIRTH,
            born("1985-02-30"),
        ),
        bad(
            "mdoc_age/birth_date_short",
            "The date of birth has no leading zeros.",
            BIRTH,
            born("1985-7-4"),
        ),
        bad(
            "mdoc_age/birth_date_map_empty",
            "The map of the date of birth is empty.",
            BIRTH,
            Cbor::empty_map(),
        ),
        bad(
            "mdoc_age/birth_date_map_untagged",
            "The date of birth has no tag in its map.",
            BIRTH,
            mapped("1985-07-04".into()),
        ),
        bad(
            "mdoc_age/sex_unknown",
            "The number of the sex is 3.",
            "sex",
            3.into(),
        ),
        bad(
            "mdoc_age/sex_text",
            "The sex is text where it should be a number.",
            "sex",
            "2".into(),
        ),
        japan(
            "mdoc_age/name_bytes",
            "The name is octets.",
            super::NAME,
            b"a"[..].into(),
        ),
        japan(
            "mdoc_age/name_turned",
            "The name has a character that turns the direction of what follows.",
            super::NAME,
            "架空\u{202E}花子".into(),
        ),
        japan(
            "mdoc_age/address_number",
            "The address is a number.",
            "resident_address_unicode",
            1.into(),
        ),
        japan(
            "mdoc_age/portrait_text",
            "The portrait is text.",
            "portrait",
            "a".into(),
        ),
        japan(
            "mdoc_age/portrait_empty",
            "The portrait is empty.",
            "portrait",
            Vec::new().into(),
        ),
        japan(
            "mdoc_age/written_birth_date_number",
            "The written date of birth is a number.",
            "birth_date_unicode",
            19_850_704.into(),
        ),
        good(
            "mdoc_age/unknown_element",
            "An element that nobody knows is of any type.",
            "shoe_size",
            Cbor::array([24.into()]),
        ),
    ]
}

/// `age_over_NN` itself.
fn statements(desk: &Desk<'_>) -> Vec<Vector> {
    let over = |id, note, elements: &[(&str, Cbor)]| {
        asked(
            common(desk, [id, AGES, note], elements),
            AgeEvidence::OverOnly,
        )
    };
    let in_japan = [(JAPAN_NAME_SPACE, ADULT, true.into())];
    vec![
        over(
            "mdoc_age/reached",
            "The age of 20 is reached.",
            &[(ADULT, true.into())],
        )
        .age(20, Reached::Yes)
        .accepted(CHECK),
        over(
            "mdoc_age/not_reached",
            "The age of 20 is not reached.",
            &[(ADULT, false.into())],
        )
        .age(20, Reached::No)
        .accepted(CHECK),
        over(
            "mdoc_age/implied",
            "That the age of 20 is reached says as much of 18.",
            &[(ADULT, true.into())],
        )
        .age(18, Reached::Yes)
        .accepted(CHECK),
        over(
            "mdoc_age/implied_not",
            "That the age of 20 is not reached says as much of 65.",
            &[(ADULT, false.into())],
        )
        .age(65, Reached::No)
        .accepted(CHECK),
        over(
            "mdoc_age/not_implied",
            "That the age of 20 is reached says nothing about 65.",
            &[(ADULT, true.into())],
        )
        .age(65, Reached::Yes)
        .refused("mdoc.elements", "mdoc.element_missing"),
        over(
            "mdoc_age/not_implied_below",
            "That the age of 20 is not reached says nothing about 18.",
            &[(ADULT, false.into())],
        )
        .age(18, Reached::No)
        .refused("mdoc.elements", "mdoc.element_missing"),
        card(
            desk,
            [
                "mdoc_age/wrong_namespace",
                AGES,
                "The statement stands in the namespace of Japan, where it was asked for.",
            ],
            &in_japan,
        )
        .asked(|asked| asked.age_evidence = Some(AgeEvidence::OverOnly))
        .age(20, Reached::Yes)
        .refused("mdoc.elements", "mdoc.element_missing"),
    ]
}

/// What may stand in for it.
fn evidence(desk: &Desk<'_>) -> Vec<Vector> {
    let stand_in = |id, note, name, value: Cbor, evidence| {
        asked(common(desk, [id, AGES, note], &[(name, value)]), evidence)
    };
    let elements = "mdoc.elements";
    let unrequested = "mdoc.element_unrequested";
    let born = || Cbor::full_date("1985-07-04");
    let masked = |text: &str, mask: &str| {
        Cbor::map([
            (BIRTH, Cbor::full_date(text)),
            ("approximate_mask", mask.into()),
        ])
    };
    use AgeEvidence::{OrAgeInYears, OrBirthDate, OverOnly};
    vec![
        stand_in(
            "mdoc_age/years_unrequested",
            "The age in years is given, and may not stand in.",
            YEARS,
            41.into(),
            OverOnly,
        )
        .refused(elements, unrequested),
        stand_in(
            "mdoc_age/birth_date_unrequested",
            "The date of birth is given, and only the age in years may stand in.",
            BIRTH,
            born(),
            OrAgeInYears,
        )
        .refused(elements, unrequested),
        stand_in(
            "mdoc_age/years",
            "The age in years is given, and may stand in.",
            YEARS,
            41.into(),
            OrAgeInYears,
        )
        .age(20, Reached::Yes)
        .accepted(CHECK),
        stand_in(
            "mdoc_age/years_below",
            "The age in years is 19.",
            YEARS,
            19.into(),
            OrBirthDate,
        )
        .age(20, Reached::No)
        .accepted(CHECK),
        stand_in(
            "mdoc_age/born",
            "The date of birth is given, and may stand in.",
            BIRTH,
            born(),
            OrBirthDate,
        )
        .age(20, Reached::Yes)
        .accepted(CHECK),
        stand_in(
            "mdoc_age/born_about",
            "The year of birth alone is known, and decides.",
            BIRTH,
            masked("1985-01-01", "00001111"),
            OrBirthDate,
        )
        .age(20, Reached::Yes)
        .accepted(CHECK),
        stand_in(
            "mdoc_age/born_unknown",
            "The year of birth alone is known, and does not decide.",
            BIRTH,
            masked("2007-01-01", "00001111"),
            OrBirthDate,
        )
        .age(20, Reached::Unknown)
        .accepted(CHECK),
        stand_in(
            "mdoc_age/mask_short",
            "The mask of the date of birth is too short.",
            BIRTH,
            masked("1985-01-01", "0000111"),
            OrBirthDate,
        )
        .refused(CHECK, FORM),
    ]
}

fn contradictions(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "mdoc.age_contradiction";
    let case = |id, note, elements: &[(&str, Cbor)]| common(desk, [id, AGES, note], elements);
    let bad = |id, note, elements: &[(&str, Cbor)]| case(id, note, elements).refused(CHECK, code);
    let born = |text: &str| (BIRTH, Cbor::full_date(text));
    let written = |text: &str| (JAPAN_NAME_SPACE, "birth_date_unicode", text.into());
    let both = |id, note, text: &str| {
        let elements = [
            (COMMON_NAME_SPACE, BIRTH, Cbor::full_date("1985-07-04")),
            written(text),
        ];
        card(desk, [id, AGES, note], &elements)
    };
    vec![
        case(
            "mdoc_age/consistent",
            "All statements agree.",
            &[
                (ADULT, true.into()),
                ("age_over_65", false.into()),
                (YEARS, 41.into()),
                born("1985-07-04"),
            ],
        )
        .accepted(CHECK),
        bad(
            "mdoc_age/too_young",
            "The age of 20 is said to be reached by somebody of 16.",
            &[(ADULT, true.into()), born("2010-07-04")],
        ),
        bad(
            "mdoc_age/too_old",
            "The age of 20 is said not to be reached by somebody of 41.",
            &[(ADULT, false.into()), born("1985-07-04")],
        ),
        bad(
            "mdoc_age/two_thresholds",
            "The age of 20 is reached, and that of 18 is not.",
            &[(ADULT, true.into()), ("age_over_18", false.into())],
        ),
        bad(
            "mdoc_age/years_against_threshold",
            "The age of 20 is reached, and the age is 19.",
            &[(ADULT, true.into()), (YEARS, 19.into())],
        ),
        bad(
            "mdoc_age/years_against_birth",
            "The age is 30, and the date of birth 41 years back.",
            &[(YEARS, 30.into()), born("1985-07-04")],
        ),
        bad(
            "mdoc_age/year_against_birth",
            "The year of birth is another than that of the date.",
            &[("age_birth_year", 1986.into()), born("1985-07-04")],
        ),
        both(
            "mdoc_age/written_alike",
            "The written date of birth is the other one.",
            "1985年7月4日",
        )
        .accepted(CHECK),
        both(
            "mdoc_age/written_in_era",
            "The written date of birth is the other one, by its era.",
            "昭和60年7月4日",
        )
        .accepted(CHECK),
        both(
            "mdoc_age/written_otherwise",
            "The written date of birth is another.",
            "1985年7月5日",
        )
        .refused(CHECK, code),
        case(
            "mdoc_age/turned_since",
            "The age of 20 was not reached when the card was signed, and is since yesterday.",
            &[(ADULT, false.into()), born("2007-01-14")],
        )
        .accepted(CHECK),
    ]
}

/// The birthday begins at 00:00 in Japan.
fn birthdays(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "二十歳未満ノ者ノ飲酒ノ禁止ニ関スル法律1条";
    let born = |id, note, birth: &str, now: i64, reached| {
        let elements = [(BIRTH, Cbor::full_date(birth))];
        asked(
            common(desk, [id, clause, note], &elements),
            AgeEvidence::OrBirthDate,
        )
        .now(now)
        .age(20, reached)
        .accepted(CHECK)
    };
    let midnight = moment(2027, 1, 14, 15, 0, 0);
    vec![
        born(
            "mdoc_age/eve",
            "It is the last second before the twentieth birthday in Japan.",
            "2007-01-15",
            midnight - 1,
            Reached::No,
        ),
        born(
            "mdoc_age/birthday",
            "The twentieth birthday has just begun in Japan, and is tomorrow in Greenwich.",
            "2007-01-15",
            midnight,
            Reached::Yes,
        ),
    ]
}
