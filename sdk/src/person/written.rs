//! Dates of birth as people read them, in Western or Japanese years.

use jiff::civil::{Date, date};

use crate::person::BirthDate;

/// An era: its name, the year before its first, its first day and its last.
struct Era {
    name: &'static str,
    year_zero: i16,
    first: Date,
    last: Date,
}

/// The day on which an era ends is the first of the next one, and was written
/// in either. The calendar has been the Gregorian one since 明治6年 (1873).
const ERAS: [Era; 5] = [
    era("明治", 1867, date(1873, 1, 1), date(1912, 7, 30)),
    era("大正", 1911, date(1912, 7, 30), date(1926, 12, 25)),
    era("昭和", 1925, date(1926, 12, 25), date(1989, 1, 7)),
    era("平成", 1988, date(1989, 1, 8), date(2019, 4, 30)),
    era("令和", 2018, date(2019, 5, 1), Date::MAX),
];

const fn era(name: &'static str, year_zero: i16, first: Date, last: Date) -> Era {
    Era {
        name,
        year_zero,
        first,
        last,
    }
}

impl BirthDate {
    /// Reads a date as it is written for people: `1971年9月1日`, `昭和46年9月1日`,
    /// `令和元年5月1日`, `1971-09-01` or `1971/9/1`, in half or full width. Month and
    /// day may be missing after 年 and 月, and are then unknown.
    ///
    /// `None` for every other text, and for a day that is not of the era.
    #[must_use]
    pub fn from_written(text: &str) -> Option<Self> {
        let text: String = text.chars().filter_map(normal).collect();
        if text.contains('年') {
            return japanese(&text);
        }
        let separator = if text.contains('/') { '/' } else { '-' };
        let mut parts = text.split(separator);
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = year.len() == 4 && parts.next().is_none();
        let born = BirthDate::from_parts(number(year)?, number(month)?, number(day)?)?;
        (whole && born.date().is_some()).then_some(born)
    }
}

/// Half width, without spaces.
fn normal(character: char) -> Option<char> {
    match character {
        ' ' | '\u{3000}' => None,
        '０'..='９' | '／' | '－' => char::from_u32(u32::from(character) - 0xfee0),
        other => Some(other),
    }
}

fn japanese(text: &str) -> Option<BirthDate> {
    let (year, rest) = text.split_once('年')?;
    let era = ERAS.iter().find(|era| year.starts_with(era.name));
    let year = match era {
        Some(era) => era.year(year.strip_prefix(era.name)?)?,
        None if year.len() == 4 => number(year)?,
        None => return None,
    };
    let (month, rest) = part(rest, '月')?;
    let (day, rest) = part(rest, '日')?;
    if !rest.is_empty() {
        return None;
    }
    let born = BirthDate::from_parts(year, month, day)?;
    era.is_none_or(|era| era.contains(born)).then_some(born)
}

/// The number before `unit` and what follows; zero if nothing is left.
fn part(text: &str, unit: char) -> Option<(i8, &str)> {
    if text.is_empty() {
        return Some((0, text));
    }
    let (digits, rest) = text.split_once(unit)?;
    let number = number(digits)?;
    (number > 0).then_some((number, rest))
}

/// Digits and nothing else: no sign.
fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    let all = digits.bytes().all(|octet| octet.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

impl Era {
    fn year(&self, digits: &str) -> Option<i16> {
        let year = match digits {
            "元" => 1,
            digits => number(digits)?,
        };
        (year > 0)
            .then(|| self.year_zero.checked_add(year))
            .flatten()
    }

    /// Whether some day that the known parts allow is in the era.
    fn contains(&self, born: BirthDate) -> bool {
        born.bounds()
            .is_some_and(|(earliest, latest)| earliest <= self.last && self.first <= latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(i16, i8, i8)> {
        let born = BirthDate::from_written(text)?;
        let (month, day) = (born.month().unwrap_or(0), born.day().unwrap_or(0));
        Some((born.year()?, month, day))
    }

    #[test]
    fn western_and_japanese_years_are_read() {
        for (text, parts) in [
            ("1971年9月1日", (1971, 9, 1)),
            ("１９７１年０９月０１日", (1971, 9, 1)),
            ("昭和46年9月1日", (1971, 9, 1)),
            ("昭和　４６年　９月　１日", (1971, 9, 1)),
            ("明治45年7月30日", (1912, 7, 30)),
            ("大正元年7月30日", (1912, 7, 30)),
            ("大正15年12月25日", (1926, 12, 25)),
            ("昭和元年12月25日", (1926, 12, 25)),
            ("昭和64年1月7日", (1989, 1, 7)),
            ("平成元年1月8日", (1989, 1, 8)),
            ("平成31年4月30日", (2019, 4, 30)),
            ("令和元年5月1日", (2019, 5, 1)),
            ("令和1年5月1日", (2019, 5, 1)),
            ("昭和15年", (1940, 0, 0)),
            ("昭和15年3月", (1940, 3, 0)),
            ("1971-09-01", (1971, 9, 1)),
            ("1971/9/1", (1971, 9, 1)),
        ] {
            assert_eq!(read(text), Some(parts), "{text}");
        }
    }

    #[test]
    fn every_other_text_is_none() {
        for text in [
            "",
            "年",
            "不詳",
            "昭和46年9月1",
            "昭和46年9月1日頃",
            "昭和46年9月0日",
            "昭和46年13月1日",
            "昭和46年2月29日",
            "昭和64年1月8日",
            "平成元年1月7日",
            "平成31年5月1日",
            "令和元年4月30日",
            "昭和65年",
            "明治5年12月2日",
            "昭和0年1月1日",
            "昭和+6年1月1日",
            "昭和四十六年九月一日",
            "慶応3年1月1日",
            "71年9月1日",
            "71-9-1",
            "1971-9",
            "1971-9-1-1",
            "1971-00-00",
            "19710901",
            "S46.9.1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
