//! What may be asked for, and what may not.

use super::*;

const NS: &str = "org.iso.23220.1";

fn document() -> RequestedDocument {
    RequestedDocument::new("org.iso.23220.1.jp.mnc").unwrap()
}

fn refused<T: fmt::Debug>(outcome: Result<T, Error>) {
    assert_eq!(outcome.unwrap_err().code(), Code::MisuseRequest);
}

fn ask(document: RequestedDocument, identifier: &str) -> Result<RequestedDocument, Error> {
    document.element(NS, identifier, Retention::NotRetained, Need::Mandatory)
}

#[test]
fn nobody_asks_for_my_number() {
    for identifier in ["individual_number_unicode", "individual_number"] {
        refused(ask(document(), identifier));
    }
}

#[test]
fn at_most_two_statements_about_ages_are_asked_for() {
    let two = ask(ask(document(), "age_over_20").unwrap(), "age_over_18").unwrap();
    refused(ask(two.clone(), "age_over_65"));
    let evidence = AgeEvidence::OrAgeInYears;
    let third = two.age_over(NS, 65, Retention::NotRetained, Need::Optional, evidence);
    refused(third);
    let evidence = AgeEvidence::OverOnly;
    refused(document().age_over(NS, 100, Retention::NotRetained, Need::Optional, evidence));
}

#[test]
fn documents_share_the_bound_on_ages() {
    let with_ages = |doc_type: &str, identifiers: &[&str]| {
        let document = RequestedDocument::new(doc_type).unwrap();
        let mut identifiers = identifiers.iter();
        identifiers.try_fold(document, |d, i| ask(d, i)).unwrap()
    };
    let card = with_ages("card", &["age_over_20", "age_over_65"]);
    let one = with_ages("licence", &["age_over_20"]);
    let none = with_ages("licence", &["family_name"]);
    refused(Requested::new(vec![card.clone(), one.clone()]));
    assert!(Requested::new(vec![card, none]).is_ok());
    let other = with_ages("card", &["age_over_20"]);
    assert!(Requested::new(vec![one, other]).is_ok());
}

#[test]
fn nothing_is_asked_for_twice_or_without_a_name() {
    refused(ask(ask(document(), "sex").unwrap(), "sex"));
    for bad in ["", "a b", "性別", "a\n", &"a".repeat(256)] {
        refused(ask(document(), bad));
        refused(RequestedDocument::new(bad));
    }
    refused(Requested::one(document()));
    refused(Requested::new(Vec::new()));
    let sound = ask(document(), "sex").unwrap();
    refused(Requested::new(vec![sound.clone(), sound.clone()]));
    assert!(Requested::one(sound).is_ok());
}

#[test]
fn what_stands_in_for_an_age_is_the_policy_s() {
    for (evidence, years, birth) in [
        (AgeEvidence::OverOnly, false, false),
        (AgeEvidence::OrAgeInYears, true, false),
        (AgeEvidence::OrBirthDate, true, true),
    ] {
        let asked = document()
            .age_over(NS, 20, Retention::NotRetained, Need::Mandatory, evidence)
            .unwrap();
        let admits = |namespace, other| asked.ages_that(namespace, other).next().is_some();
        assert_eq!(admits(NS, AGE_IN_YEARS), years);
        assert_eq!(admits(NS, BIRTH_DATE), birth);
        assert!(!admits("elsewhere", AGE_IN_YEARS));
        assert!(!admits(NS, "sex"));
    }
}

#[test]
fn ages_are_of_two_digits() {
    assert_eq!(age_threshold("age_over_20"), Some(20));
    for other in [
        "age_over_",
        "age_over_5",
        "age_over_+5",
        "age_over_100",
        "age_in_years",
    ] {
        assert_eq!(age_threshold(other), None, "{other}");
    }
}
