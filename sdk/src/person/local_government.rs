//! Codes of prefectures and municipalities (全国地方公共団体コード, JIS X 0401 and
//! 0402).

use std::fmt;
use std::str::FromStr;

use crate::code::Code;
use crate::error::Error;
use crate::person::Residence;

/// The code of a municipality, or of a whole prefecture.
///
/// The first two digits are the prefecture, the next three the municipality;
/// three zeros are the prefecture itself. A sixth digit checks the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocalGovernmentCode(u32);

const PREFECTURES: std::ops::RangeInclusive<u32> = 1..=47;

/// Cities whose wards have codes of their own (地方自治法252条の19). Those of the
/// wards follow that of the city.
const DESIGNATED_CITIES: [u32; 20] = [
    1100, 4100, 11100, 12100, 14100, 14130, 14150, 15100, 22100, 22130, 23100, 26100, 27100, 27140,
    28100, 33100, 34100, 40100, 40130, 43100,
];

impl LocalGovernmentCode {
    /// Whether somebody lives in this place whose address has the code
    /// `address`.
    ///
    /// A designated city contains its wards. Where `address` says less than is
    /// asked, as the code of a city when a ward is asked for, it is unknown.
    pub fn contains(self, address: Self) -> Residence {
        if self.prefecture() != address.prefecture() {
            return Residence::Outside;
        }
        if self.is_prefecture() || self == address {
            return Residence::Inside;
        }
        let says_less = address.is_prefecture() || self.designated_city() == Some(address);
        if says_less {
            return Residence::Unknown;
        }
        if address.designated_city() == Some(self) {
            return Residence::Inside;
        }
        Residence::Outside
    }

    const fn prefecture(self) -> u32 {
        self.0 / 1000
    }

    const fn is_prefecture(self) -> bool {
        self.0.is_multiple_of(1000)
    }

    /// The city of which this is a ward, or which this is.
    fn designated_city(self) -> Option<Self> {
        let of_cities = self.0 / 100 % 10 == 1;
        let mut before = DESIGNATED_CITIES.into_iter().filter(|city| *city <= self.0);
        let city = before.next_back().map(Self)?;
        (of_cities && city.prefecture() == self.prefecture()).then_some(city)
    }
}

/// Two digits (a prefecture), five, or six of which the last one checks the
/// others, in half width.
impl FromStr for LocalGovernmentCode {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(read(text).ok_or(Code::MisuseArgument)?)
    }
}

fn read(text: &str) -> Option<LocalGovernmentCode> {
    if !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let number: u32 = text.parse().ok()?;
    let code = match text.len() {
        2 => number * 1000,
        5 => number,
        6 if check_digit(number / 10) == number % 10 => number / 10,
        _ => return None,
    };
    let code = LocalGovernmentCode(code);
    PREFECTURES.contains(&code.prefecture()).then_some(code)
}

/// 11 less the remainder by 11 of the weighted sum of the five digits, of which
/// the last digit counts. A sum below 11 is its own remainder.
const fn check_digit(code: u32) -> u32 {
    let digits = [
        code / 10_000 % 10 * 6,
        code / 1000 % 10 * 5,
        code / 100 % 10 * 4,
        code / 10 % 10 * 3,
        code % 10 * 2,
    ];
    let [a, b, c, d, e] = digits;
    (11 - (a + b + c + d + e) % 11) % 10
}

// Where somebody lives is theirs.
impl fmt::Debug for LocalGovernmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalGovernmentCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> LocalGovernmentCode {
        text.parse().unwrap()
    }

    /// Published codes: 北海道, 札幌市, 札幌市中央区, 東京都, 千代田区, 清瀬市, 大阪市,
    /// 京都市, 那覇市, with their check digits.
    #[test]
    fn check_digits_are_those_of_the_published_codes() {
        for text in [
            "010006", "011002", "011011", "130001", "131016", "132217", "271004", "261009",
            "472018",
        ] {
            assert_eq!(code(text), code(&text[..5]), "{text}");
            let wrong = format!("{}{}", &text[..5], (text.as_bytes()[5] - b'0' + 1) % 10);
            assert!(wrong.parse::<LocalGovernmentCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_municipality_is_compared_exactly_and_a_prefecture_by_its_digits() {
        let kiyose = code("132217");
        assert_eq!(code("13").contains(kiyose), Residence::Inside);
        assert_eq!(code("130001").contains(kiyose), Residence::Inside);
        assert_eq!(code("13221").contains(kiyose), Residence::Inside);
        assert_eq!(code("13222").contains(kiyose), Residence::Outside);
        assert_eq!(code("14").contains(kiyose), Residence::Outside);
        assert_eq!(code("13221").contains(code("13")), Residence::Unknown);
        // Wards of Tokyo are municipalities.
        assert_eq!(code("13101").contains(code("13102")), Residence::Outside);
    }

    #[test]
    fn a_designated_city_contains_its_wards() {
        let (yokohama, nishi, kawasaki, saiwai) =
            (code("14100"), code("14103"), code("14130"), code("14132"));
        assert_eq!(yokohama.contains(nishi), Residence::Inside);
        assert_eq!(kawasaki.contains(saiwai), Residence::Inside);
        assert_eq!(yokohama.contains(saiwai), Residence::Outside);
        assert_eq!(kawasaki.contains(nishi), Residence::Outside);
        assert_eq!(nishi.contains(saiwai), Residence::Outside);
        assert_eq!(nishi.contains(yokohama), Residence::Unknown);
        assert_eq!(nishi.contains(kawasaki), Residence::Outside);
        // 横須賀市, in the same prefecture.
        assert_eq!(yokohama.contains(code("14201")), Residence::Outside);
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in [
            "",
            "1",
            "132",
            "1322",
            "1322170",
            "48000",
            "00101",
            "13-221",
            "１３２２１",
            "+1322",
        ] {
            let error = text.parse::<LocalGovernmentCode>().unwrap_err();
            assert_eq!(error.code(), Code::MisuseArgument, "{text}");
        }
    }
}
