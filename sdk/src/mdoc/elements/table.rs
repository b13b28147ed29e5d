//! The names of elements.

use crate::mdoc::requested::age_threshold;
use crate::mdoc::{JP_MNC, MDL};

/// The namespace of what only Japan states.
pub const ISO_23220_JP: &str = "org.iso.23220.1.jp";
/// The namespace of ISO/IEC TS 23220-2.
pub const ISO_23220: &str = "org.iso.23220.1";
/// The namespace of mobile driving licences (ISO/IEC 18013-5, 7.2).
pub const ISO_18013: &str = "org.iso.18013.5.1";

/// What an element is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Text(TextItem),
    Date(DateItem),
    LocalGovernmentCode,
    Portrait,
    Sex,
    WrittenSex,
    BirthDate,
    WrittenBirthDate,
    BirthYear,
    AgeInYears,
    AgeOver(u8),
}

/// What is said in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TextItem {
    /// 氏名, which is one text in Japan.
    FullName,
    /// Family names, in Latin characters where the document is a licence.
    FamilyName,
    /// Given names, in Latin characters where the document is a licence.
    GivenName,
    /// Family names in the characters of their country.
    FamilyNameNational,
    /// Given names in the characters of their country.
    GivenNameNational,
    /// 住所, or the address.
    ResidentAddress,
    /// The city of the address.
    ResidentCity,
    /// The state, province or district of the address.
    ResidentState,
    /// The postal code of the address.
    ResidentPostalCode,
    /// The country of the address, in two letters.
    ResidentCountry,
    /// The place of birth.
    BirthPlace,
    /// The nationality, in two letters.
    Nationality,
    /// The number of the licence or document.
    DocumentNumber,
    /// The country that issued it, in two letters.
    IssuingCountry,
    /// The authority that issued it.
    IssuingAuthority,
    /// The part of the country that issued it.
    IssuingJurisdiction,
}

/// What is a date and not one of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DateItem {
    /// When the licence or document was issued.
    Issue,
    /// When it expires. The document in the phone ends on its own, earlier.
    Expiry,
    /// When the portrait was taken.
    PortraitCapture,
}

/// What an item is called in a namespace: today's name first. The ending
/// `_unicode` goes with the second edition of ISO/IEC TS 23220-2.
struct Row(Item, &'static str, &'static [&'static str]);

const ROWS: &[Row] = {
    use DateItem as D;
    use Item as I;
    use TextItem as T;
    const JP: &str = ISO_23220_JP;
    const ID: &str = ISO_23220;
    const DL: &str = ISO_18013;
    &[
        Row(
            I::Text(T::FullName),
            JP,
            &["full_name_unicode", "full_name"],
        ),
        Row(
            I::Text(T::ResidentAddress),
            JP,
            &["resident_address_unicode", "resident_address"],
        ),
        Row(
            I::LocalGovernmentCode,
            JP,
            &["local_gov_code_unicode", "local_gov_code"],
        ),
        Row(I::Portrait, JP, &["portrait"]),
        Row(I::WrittenSex, JP, &["sex_unicode", "sex"]),
        Row(
            I::WrittenBirthDate,
            JP,
            &["birth_date_unicode", "birth_date"],
        ),
        Row(I::Sex, ID, &["sex"]),
        Row(I::BirthDate, ID, &["birth_date"]),
        Row(I::AgeInYears, ID, &["age_in_years"]),
        Row(I::BirthYear, ID, &["age_birth_year"]),
        Row(I::Portrait, ID, &["portrait"]),
        Row(
            I::Text(T::FamilyName),
            ID,
            &["family_name_unicode", "family_name"],
        ),
        Row(
            I::Text(T::GivenName),
            ID,
            &["given_name_unicode", "given_name"],
        ),
        Row(
            I::Text(T::ResidentAddress),
            ID,
            &["resident_address_unicode", "resident_address"],
        ),
        Row(
            I::Text(T::IssuingAuthority),
            ID,
            &["issuing_authority_unicode", "issuing_authority"],
        ),
        Row(I::Text(T::IssuingCountry), ID, &["issuing_country"]),
        Row(I::Text(T::DocumentNumber), ID, &["document_number"]),
        Row(I::Date(D::Issue), ID, &["issue_date"]),
        Row(I::Date(D::Expiry), ID, &["expiry_date"]),
        Row(I::Sex, DL, &["sex"]),
        Row(I::BirthDate, DL, &["birth_date"]),
        Row(I::AgeInYears, DL, &["age_in_years"]),
        Row(I::BirthYear, DL, &["age_birth_year"]),
        Row(I::Portrait, DL, &["portrait"]),
        Row(I::Date(D::PortraitCapture), DL, &["portrait_capture_date"]),
        Row(I::Date(D::Issue), DL, &["issue_date"]),
        Row(I::Date(D::Expiry), DL, &["expiry_date"]),
        Row(I::Text(T::FamilyName), DL, &["family_name"]),
        Row(I::Text(T::GivenName), DL, &["given_name"]),
        Row(
            I::Text(T::FamilyNameNational),
            DL,
            &["family_name_national_character"],
        ),
        Row(
            I::Text(T::GivenNameNational),
            DL,
            &["given_name_national_character"],
        ),
        Row(I::Text(T::ResidentAddress), DL, &["resident_address"]),
        Row(I::Text(T::ResidentCity), DL, &["resident_city"]),
        Row(I::Text(T::ResidentState), DL, &["resident_state"]),
        Row(
            I::Text(T::ResidentPostalCode),
            DL,
            &["resident_postal_code"],
        ),
        Row(I::Text(T::ResidentCountry), DL, &["resident_country"]),
        Row(I::Text(T::BirthPlace), DL, &["birth_place"]),
        Row(I::Text(T::Nationality), DL, &["nationality"]),
        Row(I::Text(T::DocumentNumber), DL, &["document_number"]),
        Row(I::Text(T::IssuingCountry), DL, &["issuing_country"]),
        Row(I::Text(T::IssuingAuthority), DL, &["issuing_authority"]),
        Row(
            I::Text(T::IssuingJurisdiction),
            DL,
            &["issuing_jurisdiction"],
        ),
    ]
};

/// What an element of this name is about, in a document of this type.
pub(super) fn item(doc_type: &str, namespace: &str, identifier: &str) -> Option<Item> {
    if !counts(doc_type, namespace) {
        return None;
    }
    let states_ages = matches!(namespace, ISO_23220 | ISO_18013);
    if let Some(years) = age_threshold(identifier).filter(|_| states_ages) {
        return Some(Item::AgeOver(years));
    }
    let mut rows = ROWS.iter();
    let row = rows.find(|Row(_, space, names)| names.contains(&identifier) && *space == namespace);
    row.map(|Row(item, ..)| *item)
}

/// Whether a namespace counts in documents of a type.
fn counts(doc_type: &str, namespace: &str) -> bool {
    match doc_type {
        JP_MNC => matches!(namespace, ISO_23220_JP | ISO_23220),
        MDL => namespace == ISO_18013,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_and_without_their_ending_are_one() {
        for Row(item, namespace, names) in ROWS {
            for name in *names {
                assert_eq!(super::item("", namespace, name), Some(*item), "{name}");
                let without = name.strip_suffix("_unicode").unwrap_or(name);
                assert!(names.contains(&without), "{name}");
            }
        }
    }

    #[test]
    fn no_name_stands_twice_in_a_namespace() {
        let mut seen = std::collections::HashSet::new();
        for Row(_, namespace, names) in ROWS {
            for name in *names {
                assert!(seen.insert((namespace, name)), "{namespace} {name}");
                assert!(!crate::mdoc::forbidden::is_forbidden(name));
            }
        }
    }
}
