//! `Content-Range` (RFC 9110, 14.4).

use http::HeaderMap;
use http::header::CONTENT_RANGE;

/// Which octets of how many an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) first: u64,
    pub(super) last: u64,
    /// How many there are; none if the server does not know.
    pub(super) total: Option<u64>,
}

impl ContentRange {
    /// The one of an answer, if it has exactly one that makes sense.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(CONTENT_RANGE).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Self::read(value.to_str().ok()?),
            _ => None,
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let total = match total {
            "*" => None,
            digits => Some(number(digits)?),
        };
        let range = Self {
            first: number(first)?,
            last: number(last)?,
            total,
        };
        // Behind the last octet there has to be a number too.
        let end = range.last.checked_add(1)?;
        let sound = range.first < end && total.is_none_or(|total| end <= total);
        sound.then_some(range)
    }
}

/// Digits and nothing else: no sign.
fn number(digits: &str) -> Option<u64> {
    let all = digits.bytes().all(|octet| octet.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_makes_sense_is_read() {
        let read = ContentRange::read("bytes 2-9/10").unwrap();
        assert_eq!((read.first, read.last, read.total), (2, 9, Some(10)));
        assert_eq!(ContentRange::read("bytes 0-0/*").unwrap().total, None);
        for bad in [
            "",
            "bytes */10",
            "bytes 9-2/10",
            "bytes 2-10/10",
            "bytes +2-9/10",
            "bytes 2-9",
            "octets 2-9/10",
            "bytes 2-9/99999999999999999999",
            "bytes 2-18446744073709551615/*",
        ] {
            assert_eq!(ContentRange::read(bad), None, "{bad}");
        }
    }
}
