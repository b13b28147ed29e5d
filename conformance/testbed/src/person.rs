//! Fictional cardholders.

use crate::{
    Municipality,
    calendar::{date_in_japan, years_after},
};

/// What the certificate says about its holder, in the form in which it says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// 氏名, family and given name separated by U+3000.
    pub name: String,
    /// One digit for each character of the name: 1 where it is substituted.
    pub name_substitution: String,
    /// 生年月日 as `EYYYYMMDD`, zeros for what is unknown.
    pub birth_date: String,
    /// 性別: 1 male, 2 female, anything else unknown.
    pub sex: String,
    /// 住所.
    pub address: String,
    /// One digit for each character of the address: 1 where it is substituted.
    pub address_substitution: String,
    /// Where the person is registered.
    pub municipality: Municipality,
}

impl Person {
    /// A person without substituted characters.
    #[must_use]
    pub fn new(
        name: &str,
        birth_date: &str,
        sex: &str,
        address: &str,
        municipality: Municipality,
    ) -> Self {
        Self {
            name: name.to_owned(),
            name_substitution: "0".repeat(name.chars().count()),
            birth_date: birth_date.to_owned(),
            sex: sex.to_owned(),
            address: address.to_owned(),
            address_substitution: "0".repeat(address.chars().count()),
            municipality,
        }
    }

    /// With these positions (from 0) of name and address substituted.
    #[must_use]
    pub fn substituted(mut self, name: &[usize], address: &[usize]) -> Self {
        self.name_substitution = flags(&self.name, name);
        self.address_substitution = flags(&self.address, address);
        self
    }

    /// Month and day of the birthday, where both are known.
    #[must_use]
    pub fn birthday(&self) -> Option<(i8, i8)> {
        let month = self.birth_date.get(5..7)?.parse().ok()?;
        let day = self.birth_date.get(7..9)?.parse().ok()?;
        (month > 0 && day > 0).then_some((month, day))
    }

    /// Eight people, in this order: an adult, a minor of 16, one born on 29
    /// February, one with substituted characters, one whose birthday is not known,
    /// one of unknown sex, one of whom neither birth date nor sex is known, and one
    /// who turns 20 on the day of `now` in Japan.
    #[must_use]
    pub fn everybody(now: i64) -> Vec<Self> {
        let aged = |years: i16| birth_date(date_in_japan(years_after(now, -years)));
        let person = Self::new;
        use Municipality as M;
        vec![
            person(
                "架空　花子",
                "319850704",
                "2",
                "東京都清瀬市架空町１－２－３",
                M::KIYOSE,
            ),
            person(
                "見本　翔太",
                &aged(16),
                "1",
                "神奈川県鎌倉市見本台４－５－６－７０８",
                M::KAMAKURA,
            ),
            person(
                "試験　うるう",
                "420040229",
                "2",
                "京都府宇治市試験３１番地の２",
                M::UJI,
            ),
            person(
                "渡邉　榮一郎",
                "319620811",
                "1",
                "北海道富良野市仮称葛町９番１号",
                M::FURANO,
            )
            .substituted(&[1, 3], &[9]),
            person(
                "仮名　トメ",
                "219260000",
                "2",
                "東京都清瀬市仮名１０－１",
                M::KIYOSE,
            ),
            person(
                "例示　あおい",
                "420010501",
                "3",
                "沖縄県那覇市例示１丁目２番３号",
                M::NAHA,
            ),
            person(
                "ＳＡＭＰＬＥ　ＡＬＥＸ",
                "000000000",
                "9",
                "神奈川県鎌倉市例示町８－９",
                M::KAMAKURA,
            ),
            person(
                "成人　はたち",
                &aged(20),
                "2",
                "京都府宇治市成人町二十番地",
                M::UJI,
            ),
        ]
    }
}

/// `EYYYYMMDD` of a Gregorian date, with the era it falls in.
#[must_use]
pub fn birth_date(date: (i16, i8, i8)) -> String {
    let era = match date {
        date if date >= (2019, 5, 1) => 5,
        date if date >= (1989, 1, 8) => 4,
        date if date >= (1926, 12, 25) => 3,
        date if date >= (1912, 7, 30) => 2,
        _ => 1,
    };
    let (year, month, day) = date;
    format!("{era}{year:04}{month:02}{day:02}")
}

fn flags(text: &str, positions: &[usize]) -> String {
    let flag = |index| if positions.contains(&index) { '1' } else { '0' };
    (0..text.chars().count()).map(flag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eras_begin_on_their_day() {
        assert_eq!(birth_date((2019, 4, 30)), "420190430");
        assert_eq!(birth_date((2019, 5, 1)), "520190501");
        assert_eq!(birth_date((1926, 12, 24)), "219261224");
    }

    #[test]
    fn flags_are_as_long_as_the_text() {
        for person in Person::everybody(1_800_000_000) {
            assert_eq!(person.name_substitution.len(), person.name.chars().count());
            assert_eq!(
                person.address_substitution.len(),
                person.address.chars().count()
            );
            assert!(person.name.contains('\u{3000}'));
            assert_eq!(person.birth_date.len(), 9);
        }
    }
}
