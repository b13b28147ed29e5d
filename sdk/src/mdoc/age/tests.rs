//! Ages as they are stated, and what follows.

use super::*;
use crate::mdoc::cbor::write;
use crate::mdoc::{Element, ISO_18013, ISO_23220, ISO_23220_JP, JP_MNC};

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

/// When the documents were signed: 09:00 in Japan.
fn signed() -> Time {
    at("2026-04-01T00:00:00Z")
}

/// A month later.
fn now() -> Time {
    at("2026-05-01T00:00:00Z")
}

fn id(identifier: &str, value: Vec<u8>) -> Element {
    Element::new(ISO_23220, identifier, value.into())
}

fn over(years: u8, reached: bool) -> Element {
    id(&format!("age_over_{years:02}"), write::boolean(reached))
}

fn years(years: u64) -> Element {
    id("age_in_years", write::unsigned(years))
}

fn born(date: &str) -> Element {
    id("birth_date", write::tagged(1004, &write::text(date)))
}

fn written(text: &str) -> Element {
    let value = write::text(text).into();
    Element::new(ISO_23220_JP, "birth_date_unicode", value)
}

fn check(elements: &[Element], now: Time) -> Result<(), Code> {
    check_ages(&Elements::new(JP_MNC, signed(), elements), now)
}

fn ask(
    threshold: u8,
    evidence: AgeEvidence,
    elements: &[Element],
    now: Time,
) -> Result<AgeCheck, Code> {
    let elements = Elements::new(JP_MNC, signed(), elements);
    let check = AgeAtLeast::new(threshold).check(&elements, evidence, now);
    check.map_err(|error| error.code())
}

const CONTRADICTION: Result<(), Code> = Err(Code::MdocAgeContradiction);

#[test]
fn ages_do_not_contradict_each_other() {
    for (elements, outcome) in [
        (vec![], Ok(())),
        (vec![over(20, true), over(18, true)], Ok(())),
        (vec![over(20, false), over(18, true)], Ok(())),
        (vec![over(20, false), over(18, false)], Ok(())),
        (vec![over(20, true), over(18, false)], CONTRADICTION),
        (vec![over(20, true), years(20)], Ok(())),
        (vec![over(20, true), years(19)], CONTRADICTION),
        (vec![over(20, false), years(19)], Ok(())),
        (vec![over(20, false), years(20)], CONTRADICTION),
        (vec![over(0, false)], CONTRADICTION),
    ] {
        assert_eq!(check(&elements, now()), outcome);
    }
}

#[test]
fn ages_do_not_contradict_the_date_of_birth() {
    for (date, elements, outcome) in [
        // 20 long before the signature.
        ("2000-01-01", vec![over(20, true), years(26)], Ok(())),
        ("2000-01-01", vec![over(20, false)], CONTRADICTION),
        ("2000-01-01", vec![years(25)], CONTRADICTION),
        ("2000-01-01", vec![years(27)], CONTRADICTION),
        // 20 on the day of the signature.
        ("2006-04-01", vec![over(20, true)], Ok(())),
        ("2006-04-01", vec![over(20, false)], CONTRADICTION),
        // 20 since the signature: what was said before may stand.
        ("2006-04-02", vec![over(20, false)], Ok(())),
        ("2006-04-02", vec![over(20, true)], Ok(())),
        ("2006-04-02", vec![years(19)], Ok(())),
        ("2006-04-02", vec![years(18)], CONTRADICTION),
        ("2006-05-01", vec![over(20, false)], Ok(())),
        ("2006-05-01", vec![over(20, true)], Ok(())),
        // 20 tomorrow.
        ("2006-05-02", vec![over(20, false)], Ok(())),
        ("2006-05-02", vec![over(20, true)], CONTRADICTION),
        ("2006-05-02", vec![years(20)], CONTRADICTION),
        // Not born yet.
        ("2026-05-01", vec![], Ok(())),
        ("2026-05-02", vec![], CONTRADICTION),
        // Parts that are not known take nothing away from those that are.
        ("2006-04-00", vec![over(20, true)], Ok(())),
        ("2006-04-00", vec![over(20, false)], Ok(())),
        ("2006-00-00", vec![over(20, true)], Ok(())),
        ("2007-00-00", vec![over(20, true)], CONTRADICTION),
        ("2005-00-00", vec![over(20, false)], CONTRADICTION),
    ] {
        let elements = [vec![born(date)], elements].concat();
        assert_eq!(
            check(&elements, now()),
            outcome,
            "{date} {}",
            elements.len()
        );
    }
}

#[test]
fn days_turn_in_japan() {
    let elements = [born("2006-05-01"), over(20, true)];
    assert_eq!(check(&elements, at("2026-04-30T14:59:59Z")), CONTRADICTION);
    assert_eq!(check(&elements, at("2026-04-30T15:00:00Z")), Ok(()));
    // Signed on 1 April in Japan, and still on 31 March in UTC.
    let view = |elements| Elements::new(JP_MNC, at("2026-03-31T15:00:00Z"), elements);
    let turned = [born("2006-04-01"), over(20, false)];
    assert_eq!(check_ages(&view(&turned), now()), CONTRADICTION);
    let turning = [born("2006-04-02"), over(20, false)];
    assert_eq!(check_ages(&view(&turning), now()), Ok(()));
}

#[test]
fn leap_days_turn_on_the_first_of_march() {
    let elements = [born("2004-02-29"), over(22, true)];
    let view = |elements| Elements::new(JP_MNC, at("2026-02-01T00:00:00Z"), elements);
    let check = |now| check_ages(&view(&elements), at(now));
    assert_eq!(check("2026-02-28T14:59:59Z"), CONTRADICTION);
    assert_eq!(check("2026-02-28T15:00:00Z"), Ok(()));
}

#[test]
fn dates_of_birth_do_not_contradict_each_other() {
    let date = || born("1971-09-01");
    let year = |year| id("age_birth_year", write::unsigned(year));
    for (elements, outcome) in [
        (vec![date(), written("1971年9月1日")], Ok(())),
        (vec![date(), written("昭和46年9月1日")], Ok(())),
        (vec![date(), written("昭和46年9月")], Ok(())),
        (vec![date(), written("昭和46年9月2日")], CONTRADICTION),
        (vec![date(), written("昭和45年")], CONTRADICTION),
        // What cannot be read says nothing.
        (vec![date(), written("昭和四十五年")], Ok(())),
        (vec![date(), year(1971)], Ok(())),
        (vec![date(), year(1972)], CONTRADICTION),
        (vec![written("2010年1月1日"), over(20, true)], CONTRADICTION),
        (vec![year(2007), over(20, true)], CONTRADICTION),
    ] {
        assert_eq!(check(&elements, now()), outcome);
    }
}

#[test]
fn a_clock_behind_the_signature_changes_nothing() {
    let elements = [born("2006-04-01"), over(20, true)];
    let early = at("2026-03-31T23:59:00Z");
    assert_eq!(check(&elements, early), Ok(()));
}

#[test]
fn the_statement_that_tells_least_decides() {
    let all = [over(20, true), years(30), born("1996-01-01")];
    let check = ask(20, AgeEvidence::OrBirthDate, &all, now()).unwrap();
    assert_eq!(check.outcome(), AtLeast::Yes);
    assert_eq!(check.statement(), AgeStatement::Exact);
    let check = ask(20, AgeEvidence::OrBirthDate, &all[1..], now()).unwrap();
    assert_eq!(check.statement(), AgeStatement::AgeInYears);
    let check = ask(20, AgeEvidence::OrBirthDate, &all[2..], now()).unwrap();
    assert_eq!(check.statement(), AgeStatement::BirthDate);
}

#[test]
fn other_ages_decide_where_it_follows() {
    use AtLeast::{No, Yes};
    let implied = |outcome| Ok((outcome, AgeStatement::Implied));
    let missing = Err(Code::MdocElementMissing);
    for (elements, answer) in [
        (vec![over(20, true)], Ok((Yes, AgeStatement::Exact))),
        (vec![over(20, false)], Ok((No, AgeStatement::Exact))),
        (vec![over(21, true)], implied(Yes)),
        (vec![over(18, false)], implied(No)),
        (vec![over(21, false)], missing),
        (vec![over(18, true)], missing),
        (vec![over(18, true), over(21, false)], missing),
        (
            vec![over(21, false), over(20, true)],
            Ok((Yes, AgeStatement::Exact)),
        ),
    ] {
        let check = ask(20, AgeEvidence::OverOnly, &elements, now());
        assert_eq!(check.map(|c| (c.outcome(), c.statement())), answer);
    }
}

#[test]
fn only_what_the_policy_admits_counts() {
    use AgeEvidence::{OrAgeInYears, OrBirthDate, OverOnly};
    let missing = Err(Code::MdocElementMissing);
    for (evidence, element, answer) in [
        (OverOnly, years(20), missing),
        (OverOnly, born("1996-01-01"), missing),
        (OrAgeInYears, years(20), Ok(AtLeast::Yes)),
        (OrAgeInYears, years(19), Ok(AtLeast::No)),
        (OrAgeInYears, born("1996-01-01"), missing),
        (OrBirthDate, years(19), Ok(AtLeast::No)),
        (OrBirthDate, born("1996-01-01"), Ok(AtLeast::Yes)),
        (OrBirthDate, born("2006-05-01"), Ok(AtLeast::Yes)),
        (OrBirthDate, born("2006-05-02"), Ok(AtLeast::No)),
        (OrBirthDate, born("2006-05-00"), Ok(AtLeast::Unknown)),
        (OrBirthDate, born("2006-00-00"), Ok(AtLeast::Unknown)),
        (OrBirthDate, written("1996年1月1日"), missing),
    ] {
        let check = ask(20, evidence, &[element], now());
        assert_eq!(check.map(|c| c.outcome()), answer);
    }
}

#[test]
fn what_is_no_statement_about_an_age_decides_nothing() {
    let form = Err(Code::MdocElementForm);
    let missing = Err(Code::MdocElementMissing);
    let stated = |namespace: &str, identifier: &str| {
        Element::new(namespace, identifier, write::boolean(true).into())
    };
    for (element, answer) in [
        (id("age_over_20", write::unsigned(1)), form),
        (id("age_over_20", write::text("true")), form),
        (stated(ISO_23220_JP, "age_over_20"), missing),
        (stated(ISO_18013, "age_over_20"), missing),
        (stated(ISO_23220, "age_over_020"), missing),
        (stated(ISO_23220, "AGE_OVER_20"), missing),
    ] {
        let check = ask(20, AgeEvidence::OrBirthDate, &[element], now());
        assert_eq!(check.map(drop), answer);
    }
    let absent = ask(20, AgeEvidence::OrBirthDate, &[], now());
    assert_eq!(absent.map(drop), missing);
}

#[test]
fn contradictions_are_no_answer() {
    let elements = [over(20, true), over(18, false)];
    let check = ask(20, AgeEvidence::OverOnly, &elements, now());
    assert_eq!(check.map(drop), CONTRADICTION);
}

#[test]
fn an_answer_is_of_a_day_and_links_nobody() {
    let by_issuer = ask(20, AgeEvidence::OverOnly, &[over(65, true)], now()).unwrap();
    assert_eq!(by_issuer.as_of().to_string(), "2026-04-01");
    let by_date = [born("1996-01-01")];
    let by_us = ask(20, AgeEvidence::OrBirthDate, &by_date, now()).unwrap();
    assert_eq!(by_us.as_of().to_string(), "2026-05-01");
    assert_eq!((by_us.threshold(), by_us.outcome()), (20, AtLeast::Yes));
    // Two people of different ages, whose documents were signed on one day,
    // are told apart by nothing.
    let another = ask(20, AgeEvidence::OverOnly, &[over(21, true)], now()).unwrap();
    assert_eq!(by_issuer, another);
}
