//! Whether an address lies in a place, without handing out the address.

use crate::code::Code;
use crate::error::Error;

/// The prefectures as addresses write them, from north to south.
const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// A prefecture, or a municipality in one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    name: String,
    prefecture_length: usize,
}

/// Whether somebody resides in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Residence {
    /// The address lies there.
    Inside,
    /// The address lies elsewhere.
    Outside,
    /// The address does not tell: it names no prefecture, a character that
    /// matters stands for another one that could not be written, or the name
    /// of the place may go on after it, as in 市川市市川.
    Unknown,
}

impl Place {
    /// A place by its full name as addresses write it: a prefecture (`東京都`)
    /// or a prefecture and a municipality in it (`東京都清瀬市`,
    /// `神奈川県横浜市西区`, `東京都西多摩郡奥多摩町`).
    ///
    /// # Errors
    /// `misuse.argument` if it does not begin with a prefecture, or what
    /// follows does not end like the name of a municipality (市, 区, 町, 村).
    pub fn named(name: &str) -> Result<Self, Error> {
        let prefecture = prefecture_of(name).ok_or(Code::MisuseArgument)?;
        let municipality = name.get(prefecture.len()..).unwrap_or_default();
        let ends_as_one =
            municipality.is_empty() || municipality.ends_with(['市', '区', '町', '村']);
        if !ends_as_one || municipality.chars().count() == 1 {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self {
            name: name.to_owned(),
            prefecture_length: prefecture.len(),
        })
    }

    /// The full name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Whether `address` lies in `place`. `substituted` are the positions, in
/// characters from 0, that stand for characters which could not be written.
pub fn resides_in(address: &str, substituted: &[usize], place: &Place) -> Residence {
    if prefecture_of(address).is_none() {
        return Residence::Unknown;
    }
    let matters = place.name.chars().count();
    if substituted.iter().any(|position| *position < matters) {
        return Residence::Unknown;
    }
    match address.strip_prefix(place.name.as_str()) {
        // 廿日市 is no municipality, 廿日市市 is; but 市川 is a part of 市川市.
        // Only a register of municipalities tells such addresses apart.
        Some(rest) if place.is_municipality() && rest.starts_with(['市', '区', '町', '村']) => {
            Residence::Unknown
        }
        Some(_) => Residence::Inside,
        None => Residence::Outside,
    }
}

impl Place {
    fn is_municipality(&self) -> bool {
        self.name.len() > self.prefecture_length
    }
}

fn prefecture_of(text: &str) -> Option<&'static str> {
    PREFECTURES.into_iter().find(|p| text.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resides(address: &str, substituted: &[usize], place: &str) -> Residence {
        resides_in(address, substituted, &Place::named(place).unwrap())
    }

    #[test]
    fn prefectures_and_municipalities_are_told_apart() {
        let address = "東京都府中市宮西町２－２４";
        assert_eq!(resides(address, &[], "東京都"), Residence::Inside);
        assert_eq!(resides(address, &[], "東京都府中市"), Residence::Inside);
        assert_eq!(resides(address, &[], "広島県府中市"), Residence::Outside);
        assert_eq!(resides(address, &[], "京都府"), Residence::Outside);
        assert_eq!(resides("宮西町２－２４", &[], "東京都"), Residence::Unknown);
    }

    #[test]
    fn a_shorter_name_does_not_match_a_longer_one() {
        let address = "広島県廿日市市下平良１－１１－１";
        assert_eq!(resides(address, &[], "広島県廿日市市"), Residence::Inside);
        assert_eq!(resides(address, &[], "広島県廿日市"), Residence::Unknown);
    }

    #[test]
    fn a_town_named_like_its_city_is_not_elsewhere() {
        for (address, place) in [
            ("千葉県市川市市川１－１－１", "千葉県市川市"),
            ("新潟県村上市村上２２３", "新潟県村上市"),
            ("京都府京都市上京区町田町５４", "京都府京都市上京区"),
        ] {
            let prefecture: String = place.chars().take(3).collect();
            assert_eq!(resides(address, &[], &prefecture), Residence::Inside);
            assert_eq!(resides(address, &[], place), Residence::Unknown);
        }
    }

    #[test]
    fn a_substituted_character_in_the_name_is_unknown() {
        let address = "奈良県葛城市柿本１６６";
        assert_eq!(resides(address, &[3], "奈良県葛城市"), Residence::Unknown);
        assert_eq!(resides(address, &[3], "奈良県"), Residence::Inside);
        assert_eq!(resides(address, &[7], "奈良県葛城市"), Residence::Inside);
    }

    #[test]
    fn half_names_are_misuse() {
        for name in ["", "清瀬市", "東京都清瀬", "東京", "東京都市"] {
            let code = Place::named(name).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument, "{name}");
        }
    }
}
