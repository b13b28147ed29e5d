//! The elements of the My Number Card on a phone.

use super::{COMMON_NAME_SPACE, Elements, JAPAN_NAME_SPACE};
use crate::{Municipality, Person, calendar::date_in_japan, mdoc::Cbor};

impl Elements {
    /// All elements of a person's card, ages as of `now` in Japan. A person whose
    /// birthday is not known has neither birth date nor age.
    #[must_use]
    pub fn japan(person: &Person, now: i64, portrait: &[u8]) -> Self {
        let sex = Sex::of(person);
        let elements = Self::new()
            .with(JAPAN_NAME_SPACE, "full_name_unicode", person.name.as_str())
            .with(
                JAPAN_NAME_SPACE,
                "resident_address_unicode",
                person.address.as_str(),
            )
            .with(
                JAPAN_NAME_SPACE,
                "local_gov_code_unicode",
                local_code(person.municipality),
            )
            .with(
                JAPAN_NAME_SPACE,
                "individual_number_unicode",
                INDIVIDUAL_NUMBER,
            )
            .with(JAPAN_NAME_SPACE, "portrait", portrait)
            .with(JAPAN_NAME_SPACE, "sex_unicode", sex.text)
            .with(COMMON_NAME_SPACE, "sex", sex.number);
        match birth_date(person) {
            Some(date) => elements.born(date, date_in_japan(now)),
            None => elements,
        }
    }

    fn born(self, birth: (i16, i8, i8), today: (i16, i8, i8)) -> Self {
        let (year, month, day) = birth;
        let text = format!("{year}年{month}月{day}日");
        let date = Cbor::full_date(&format!("{year:04}-{month:02}-{day:02}"));
        let had_birthday = (today.1, today.2) >= (month, day);
        let age = i64::from(today.0 - year) - i64::from(!had_birthday);
        self.with(JAPAN_NAME_SPACE, "birth_date_unicode", text)
            .with(COMMON_NAME_SPACE, "birth_date", date)
            .with(COMMON_NAME_SPACE, "age_in_years", age)
            .with(COMMON_NAME_SPACE, "age_over_20", age >= 20)
    }
}

/// The sample that descriptions of the check digit use; it is nobody's.
const INDIVIDUAL_NUMBER: &str = "123456789018";

/// As text and by ISO/IEC 5218.
struct Sex {
    text: &'static str,
    number: i64,
}

impl Sex {
    fn of(person: &Person) -> Self {
        let (text, number) = match person.sex.as_str() {
            "1" => ("男", 1),
            "2" => ("女", 2),
            _ => ("不明", 0),
        };
        Self { text, number }
    }
}

/// The code of a municipality with its check digit (JIS X 0401 and 0402).
fn local_code(municipality: Municipality) -> String {
    let digits = municipality
        .code
        .bytes()
        .map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits
        .zip((2..=6).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let check = (11 - sum % 11) % 10;
    format!("{}{check}", municipality.code)
}

fn birth_date(person: &Person) -> Option<(i16, i8, i8)> {
    let (month, day) = person.birthday()?;
    let year = person.birth_date.get(1..5)?.parse().ok()?;
    (year > 0).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::moment;

    #[test]
    fn codes_get_their_check_digit() {
        assert_eq!(local_code(Municipality::KIYOSE), "132217");
        assert_eq!(local_code(Municipality::NAHA), "472018");
    }

    #[test]
    fn ages_are_those_of_the_day_in_japan() {
        let person = Person::new("あ　い", "320000715", "1", "う", Municipality::UJI);
        let age = |at| {
            let elements = Elements::japan(&person, at, b"");
            let value = elements.get(COMMON_NAME_SPACE, "age_in_years");
            value.and_then(Cbor::as_integer)
        };
        let midnight = moment(2020, 7, 14, 15, 0, 0);
        assert_eq!(age(midnight), Some(20));
        assert_eq!(age(midnight - 1), Some(19));
    }
}
