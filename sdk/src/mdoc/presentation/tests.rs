//! What elements say, where their document is put together.

use super::*;
use crate::mdoc::cbor::write;
use crate::mdoc::{AgeStatement, ISO_23220, JP_MNC};
use crate::person::AtLeast;
use crate::revocation::testing::{Ca, now, one_point, uri};
use crate::trust::Purpose;

fn id(identifier: &str, value: Vec<u8>) -> Element {
    Element::new(ISO_23220, identifier, value.into())
}

fn born(date: &str) -> Element {
    id("birth_date", write::tagged(1004, &write::text(date)))
}

/// A document that passed what comes before its elements, with what was asked
/// for and what stands in for an age.
fn pending(elements: Vec<Element>, substitutes: Vec<Element>) -> PendingDocument {
    let ca = Ca::new("IACA");
    let points = one_point(&[uri("http://crl.example/1")]);
    let leaf = ca.leaf(&[7], Some(&points));
    let signed = now().minus(Duration::hours(24));
    PendingDocument {
        doc_type: JP_MNC.to_owned(),
        elements,
        substitutes: substitutes.into_iter().map(|e| (e, vec![20])).collect(),
        device_signed: Vec::new(),
        issued: ca.issued(&leaf, Purpose::MdocIssuer),
        validity: ValidityInfo {
            signed,
            valid_from: signed,
            valid_until: now().plus(Duration::hours(24)),
        },
        clock_skew: Duration::ZERO,
        status: None,
    }
}

fn verified(pending: PendingDocument) -> VerifiedDocument {
    let issued = pending.issued.clone();
    let unconfirmed = Unconfirmed::new(pending, &issued, Trace::default());
    unconfirmed.unwrap().danger_unchecked()
}

#[test]
fn elements_and_what_stands_in_for_them_are_checked_together() {
    let over = |reached| id("age_over_20", write::boolean(reached));
    let outcome = |elements, substitutes| pending(elements, substitutes).check_values(now());
    assert_eq!(outcome(vec![over(true)], vec![born("1996-01-01")]), Ok(()));
    let contradiction = Err(Code::MdocAgeContradiction);
    let refused = outcome(vec![over(true)], vec![born("2016-01-01")]);
    assert_eq!(refused, contradiction);
    let form = Err(Code::MdocElementForm);
    let wrong = id("age_over_20", write::unsigned(1));
    assert_eq!(outcome(vec![wrong], Vec::new()), form);
    let wrong = id("birth_date", write::text("1996-01-01"));
    assert_eq!(outcome(vec![over(true)], vec![wrong]), form);
}

#[test]
fn what_stands_in_for_an_age_is_reduced_to_the_answer() {
    let document = verified(pending(Vec::new(), vec![born("1996-01-01")]));
    let ask = |evidence| document.check_age(AgeAtLeast::new(20), evidence, now());
    let check = ask(AgeEvidence::OrBirthDate).unwrap();
    assert_eq!(check.outcome(), AtLeast::Yes);
    assert_eq!(check.statement(), AgeStatement::BirthDate);
    for evidence in [AgeEvidence::OverOnly, AgeEvidence::OrAgeInYears] {
        let missing = ask(evidence).unwrap_err();
        assert_eq!(missing.code(), Code::MdocElementMissing);
    }
    // Asking about every age would tell the date.
    for years in [0, 18, 21, 30, 31] {
        let ask = AgeAtLeast::new(years);
        let missing = document.check_age(ask, AgeEvidence::OrBirthDate, now());
        assert_eq!(missing.unwrap_err().code(), Code::MdocElementMissing);
    }
    assert!(document.values().birth_date().unwrap().is_none());
    assert!(document.elements().is_empty());
    assert!(!format!("{document:?} {check:?}").contains("1996"));
}

#[test]
fn what_was_asked_for_is_read() {
    let document = verified(pending(vec![born("1996-01-01")], Vec::new()));
    let born = document.values().birth_date().unwrap().unwrap();
    assert_eq!(born.date().unwrap().to_string(), "1996-01-01");
}
