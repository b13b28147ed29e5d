//! The language that a client asks for.

use http::HeaderValue;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;
use tashika::Language;

/// The one for a request, where no site says what is spoken there.
pub(crate) fn of_parts(parts: &Parts) -> Language {
    of(parts.headers.get(ACCEPT_LANGUAGE)).unwrap_or_default()
}

/// The one of ours that is liked best (RFC 9110, 12.5.4); none if none is named.
pub(super) fn of(accept_language: Option<&HeaderValue>) -> Option<Language> {
    let header = accept_language?.to_str().ok()?;
    let ranges = header.split(',').take(RANGES).filter_map(|range| {
        let (tag, quality) = range.split_once(';').unwrap_or((range, "q=1"));
        let quality = quality.trim().strip_prefix("q=")?.parse::<f32>().ok()?;
        let primary = tag.trim().split('-').next()?;
        let language = if primary.eq_ignore_ascii_case("ja") {
            Language::Japanese
        } else if primary.eq_ignore_ascii_case("en") {
            Language::English
        } else {
            return None;
        };
        (quality > 0.0).then_some((language, quality))
    });
    // Of those that are liked the same, the first.
    let best = ranges.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map(|(language, _)| language)
}

/// More is not looked at.
const RANGES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(header: &str) -> Option<Language> {
        of(Some(&HeaderValue::from_str(header).unwrap()))
    }

    #[test]
    fn the_language_liked_best_is_chosen() {
        let (ja, en) = (Some(Language::Japanese), Some(Language::English));
        for (header, expected) in [
            ("ja", ja),
            ("en-US,en;q=0.9", en),
            ("fr, en;q=0.5, ja;q=0.8", ja),
            ("EN-gb;q=0.1", en),
            ("ja;q=0, en;q=0.1", en),
            ("en,ja", en),
            ("fr", None),
            ("*", None),
            ("ja;q=x", None),
            ("", None),
            ("jam", None),
        ] {
            assert_eq!(chosen(header), expected, "{header}");
        }
        assert_eq!(of(None), None);
        assert_eq!(chosen(&format!("{}ja", "fr,".repeat(RANGES))), None);
    }
}
