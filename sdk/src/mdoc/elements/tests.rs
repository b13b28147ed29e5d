//! Elements as wallets send them, and each in a wrong type.

use super::*;
use crate::mdoc::cbor::write;
use crate::mdoc::{JP_MNC, MDL};
use crate::person::Residence;

const FULL_DATE: u64 = 1004;

pub(crate) fn element(namespace: &str, identifier: &str, value: Vec<u8>) -> Element {
    Element::new(namespace, identifier, value.into())
}

fn signed() -> Time {
    "2026-04-01T00:00:00Z".parse().unwrap()
}

fn with<T>(
    doc_type: &str,
    elements: &[Element],
    read: impl FnOnce(Elements<'_>) -> Result<T, Error>,
) -> Result<T, Code> {
    let view = Elements::new(doc_type, signed(), elements);
    let read = read(view.clone()).map_err(|error| error.code());
    // Whatever can be read has passed, and whatever cannot has not.
    let forms = view.check_forms();
    assert!(read.is_err() || forms.is_ok());
    read
}

fn jp(identifier: &str, value: Vec<u8>) -> Element {
    element(ISO_23220_JP, identifier, value)
}

fn id(identifier: &str, value: Vec<u8>) -> Element {
    element(ISO_23220, identifier, value)
}

fn full_date(text: &str) -> Vec<u8> {
    write::tagged(FULL_DATE, &write::text(text))
}

fn map(entries: Vec<(&str, Vec<u8>)>) -> Vec<u8> {
    let entries = entries.into_iter();
    write::map(entries.map(|(k, v)| (write::text(k), v)).collect())
}

#[test]
fn the_card_is_read_under_todays_names_and_tomorrows() {
    for ending in ["_unicode", ""] {
        let name = |name: &str| format!("{name}{ending}");
        let card = [
            jp(&name("full_name"), write::text("清瀬　花子")),
            jp(
                &name("resident_address"),
                write::text("東京都清瀬市中里５－８４２"),
            ),
            jp(&name("local_gov_code"), write::text("132217")),
            jp(&name("sex"), write::text("女")),
            jp(&name("birth_date"), write::text("昭和46年9月1日")),
            jp("portrait", write::bytes(&[&[0xff, 0xd8, 0xff, 0xe0]])),
        ];
        let view = Elements::new(JP_MNC, signed(), &card);
        view.check_forms().unwrap();
        assert_eq!(view.full_name().unwrap().unwrap(), "清瀬　花子");
        let address = view.resident_address().unwrap().unwrap();
        assert!(address.starts_with("東京都清瀬市"));
        assert_eq!(view.sex().unwrap(), Some(Sex::Female));
        let written = view.written_birth_date().unwrap().unwrap();
        assert_eq!(written.as_str(), "昭和46年9月1日");
        let born = written.date().unwrap().date().unwrap();
        assert_eq!(born.to_string(), "1971-09-01");
        let portrait = view.portrait().unwrap().unwrap();
        assert_eq!(portrait.codec(), PortraitCodec::Jpeg);
        assert_eq!(portrait.octets(), [0xff, 0xd8, 0xff, 0xe0]);
        let lives_in = |code: &str| view.resident_of(code.parse().unwrap()).unwrap();
        assert_eq!(lives_in("13221"), Residence::Inside);
        assert_eq!(lives_in("13"), Residence::Inside);
        assert_eq!(lives_in("271004"), Residence::Outside);
    }
}

#[test]
fn a_licence_is_read() {
    let dl = |identifier: &str, value| element(ISO_18013, identifier, value);
    let time = write::tagged(0, &write::text("2026-01-02T03:04:05Z"));
    let licence = [
        dl("family_name", write::text("Doe")),
        dl("given_name", write::text("Jane")),
        dl("birth_date", full_date("1971-09-01")),
        dl("issue_date", full_date("2026-01-02")),
        dl("expiry_date", time),
        dl("sex", write::unsigned(2)),
        dl("age_in_years", write::unsigned(54)),
        dl("age_over_18", write::boolean(true)),
        dl("driving_privileges", write::array::<Vec<u8>>(&[])),
    ];
    let view = Elements::new(MDL, signed(), &licence);
    view.check_forms().unwrap();
    let text = |item| view.text(item).unwrap();
    assert_eq!(text(TextItem::FamilyName).unwrap(), "Doe");
    assert_eq!(text(TextItem::GivenName).unwrap(), "Jane");
    assert_eq!(text(TextItem::ResidentCity), None);
    let day = jiff::civil::date(2026, 1, 2);
    let date = |item| view.date(item).unwrap();
    assert_eq!(date(DateItem::Issue), Some(DocumentDate::Day(day)));
    let time = "2026-01-02T03:04:05Z".parse().unwrap();
    assert_eq!(date(DateItem::Expiry), Some(DocumentDate::Time(time)));
    assert_eq!(view.sex().unwrap(), Some(Sex::Female));
    assert_eq!(view.age_in_years().unwrap(), Some(54));
    assert_eq!(view.age_over(18).unwrap(), Some(true));
    assert_eq!(view.age_over(20).unwrap(), None);
    let born = view.birth_date().unwrap().unwrap();
    assert_eq!(born.date().unwrap().to_string(), "1971-09-01");
}

#[test]
fn what_is_not_there_is_none() {
    let view = Elements::new(JP_MNC, signed(), &[]);
    view.check_forms().unwrap();
    assert!(view.full_name().unwrap().is_none());
    assert!(view.portrait().unwrap().is_none());
    assert!(view.sex().unwrap().is_none());
    assert!(view.birth_date().unwrap().is_none());
    let place = "13".parse().unwrap();
    let missing = view.resident_of(place).unwrap_err();
    assert_eq!(missing.code(), Code::MdocElementMissing);
}

#[test]
fn what_stands_in_another_namespace_says_nothing() {
    let elsewhere = [
        element(ISO_18013, "age_over_20", write::boolean(true)),
        element(ISO_18013, "birth_date", full_date("1971-09-01")),
        jp("age_over_20", write::boolean(true)),
        jp("age_in_years", write::unsigned(54)),
        id("full_name_unicode", write::text("清瀬　花子")),
        element("org.example", "sex", write::text("?")),
    ];
    let view = Elements::new(JP_MNC, signed(), &elsewhere);
    view.check_forms().unwrap();
    assert_eq!(view.age_over(20).unwrap(), None);
    assert_eq!(view.age_in_years().unwrap(), None);
    assert!(view.full_name().unwrap().is_none());
    assert!(view.birth_date().unwrap().is_none());
}

#[test]
fn dates_of_birth_are_read_in_both_forms() {
    let stated = || full_date("1971-09-01");
    let mask = |mask: &str| {
        map(vec![
            ("birth_date", stated()),
            ("approximate_mask", write::text(mask)),
        ])
    };
    for (value, parts) in [
        (stated(), (Some(1971), Some(9), Some(1))),
        (
            map(vec![("birth_date", stated())]),
            (Some(1971), Some(9), Some(1)),
        ),
        (mask("00000000"), (Some(1971), Some(9), Some(1))),
        (mask("00000011"), (Some(1971), Some(9), None)),
        (mask("00001111"), (Some(1971), None, None)),
        (mask("00001000"), (Some(1971), None, None)),
        (mask("00010000"), (None, None, None)),
        (full_date("1971-09-00"), (Some(1971), Some(9), None)),
        (full_date("1971-00-00"), (Some(1971), None, None)),
    ] {
        let card = [id("birth_date", value)];
        let born = with(JP_MNC, &card, |e| e.birth_date()).unwrap().unwrap();
        assert_eq!((born.year(), born.month(), born.day()), parts);
    }
}

#[test]
fn a_wrong_type_is_refused() {
    let mask = |mask: Vec<u8>| {
        let stated = full_date("1971-09-01");
        map(vec![("birth_date", stated), ("approximate_mask", mask)])
    };
    for (identifier, value) in [
        ("age_over_20", write::unsigned(1)),
        ("age_over_20", write::text("true")),
        ("age_over_20", write::null()),
        ("age_in_years", write::text("54")),
        ("age_in_years", write::integer(-1)),
        ("age_in_years", write::unsigned(256)),
        ("age_birth_year", write::unsigned(0)),
        ("age_birth_year", write::text("1971")),
        ("sex", write::unsigned(3)),
        ("sex", write::text("女")),
        ("birth_date", write::text("1971-09-01")),
        (
            "birth_date",
            write::tagged(0, &write::text("1971-09-01T00:00:00Z")),
        ),
        ("birth_date", full_date("1971-9-1")),
        ("birth_date", full_date("1971-02-29")),
        ("birth_date", full_date("1971-00-01")),
        ("birth_date", full_date("+971-09-01")),
        ("birth_date", full_date("1971-09-01T")),
        (
            "birth_date",
            map(vec![("birth_date", write::text("1971-09-01"))]),
        ),
        ("birth_date", map(vec![("date", full_date("1971-09-01"))])),
        ("birth_date", mask(write::text("000000"))),
        ("birth_date", mask(write::text("00000002"))),
        ("birth_date", mask(write::unsigned(0))),
        ("portrait", write::text("")),
        ("portrait", write::bytes(&[])),
        ("issue_date", write::text("2026-01-02")),
        ("issue_date", full_date("2026-01-00")),
        ("issue_date", write::tagged(0, &write::text("yesterday"))),
        ("family_name", write::bytes(&[b"Doe"])),
        ("family_name", write::text("Doe\u{202e}")),
        ("family_name", write::text("D\0e")),
    ] {
        let card = [id(identifier, value)];
        let view = Elements::new(JP_MNC, signed(), &card);
        assert_eq!(
            view.check_forms(),
            Err(Code::MdocElementForm),
            "{identifier}"
        );
        let refused = [
            view.age_over(20).err(),
            view.age_in_years().err(),
            view.sex().err(),
            view.birth_date().err(),
            view.portrait().err(),
            view.date(DateItem::Issue).err(),
            view.text(TextItem::FamilyName).err(),
        ];
        let codes: Vec<_> = refused.into_iter().flatten().map(|e| e.code()).collect();
        assert!(codes.iter().all(|code| *code == Code::MdocElementForm));
        assert_eq!(codes.is_empty(), identifier == "age_birth_year");
    }
    for (identifier, value) in [
        ("full_name_unicode", write::unsigned(1)),
        ("local_gov_code_unicode", write::unsigned(132_217)),
        ("sex_unicode", write::unsigned(2)),
        ("birth_date_unicode", full_date("1971-09-01")),
    ] {
        let card = [jp(identifier, value)];
        let view = Elements::new(JP_MNC, signed(), &card);
        assert_eq!(
            view.check_forms(),
            Err(Code::MdocElementForm),
            "{identifier}"
        );
    }
}

#[test]
fn a_code_that_is_none_is_refused_where_it_is_needed() {
    for text in ["132218", "13", "東京都", ""] {
        let card = [jp("local_gov_code_unicode", write::text(text))];
        let view = Elements::new(JP_MNC, signed(), &card);
        view.check_forms().unwrap();
        let outcome = view.resident_of("13221".parse().unwrap());
        match text {
            "13" => assert_eq!(outcome.unwrap(), Residence::Unknown),
            _ => assert_eq!(outcome.unwrap_err().code(), Code::MdocElementForm),
        }
    }
}

#[test]
fn nothing_prints_what_somebody_has_shown() {
    let card = [
        jp("full_name_unicode", write::text("清瀬　花子")),
        jp("birth_date_unicode", write::text("1971年9月1日")),
        jp("portrait", write::bytes(&[b"\xff\xd8\xffsecret"])),
        id("birth_date", full_date("1971-09-01")),
        id("issue_date", full_date("1971-10-01")),
    ];
    let view = Elements::new(JP_MNC, signed(), &card);
    let printed = format!(
        "{view:?} {card:?} {:?} {:?} {:?} {:?}",
        view.written_birth_date(),
        view.portrait(),
        view.birth_date(),
        view.date(DateItem::Issue),
    );
    for secret in ["清瀬", "1971", "secret", "115, 101"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
