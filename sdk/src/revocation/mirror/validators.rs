//! What tells one issue of a list from another, in the mirror's own words.

use std::fmt;

use http::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};

/// An entity tag longer than this is none that anybody needs.
const LONGEST: usize = 256;

/// Entity tag and date of what a mirror had (RFC 9110, 8.8).
///
/// They are kept with the list as octets, and mean nothing but to the mirror.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Validators {
    etag: Option<HeaderValue>,
    last_modified: Option<HeaderValue>,
}

impl Validators {
    /// Those of no list: whatever the mirror has is to be sent.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Those that were kept; [`none`](Self::none) if these octets are not.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Self {
        let mut parts = octets.split(|octet| *octet == b'\n');
        let mut part = || {
            let part = parts.next().filter(|part| !part.is_empty())?;
            HeaderValue::from_bytes(part).ok()
        };
        let (etag, last_modified) = (part(), part());
        Self {
            etag,
            last_modified,
        }
    }

    /// The octets to keep. No header holds the line break between them.
    #[must_use]
    pub fn to_octets(&self) -> Vec<u8> {
        let octets = |value: &Option<HeaderValue>| {
            let value = value.as_ref();
            value.map(|v| v.as_bytes().to_vec()).unwrap_or_default()
        };
        [octets(&self.etag), octets(&self.last_modified)].join(&b'\n')
    }

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let header = |name| headers.get(name).cloned().filter(|v| v.len() <= LONGEST);
        Self {
            etag: header(ETAG),
            last_modified: header(LAST_MODIFIED),
        }
    }

    /// Asks for another issue than this.
    pub(super) fn ask(&self, headers: &mut HeaderMap) {
        if let Some(etag) = &self.etag {
            headers.insert(IF_NONE_MATCH, etag.clone());
        }
        if let Some(date) = &self.last_modified {
            headers.insert(IF_MODIFIED_SINCE, date.clone());
        }
    }

    /// The entity tag, if octets under the same one are the same.
    pub(super) fn strong(&self) -> Option<&HeaderValue> {
        let octets = |etag: &&HeaderValue| etag.as_bytes().starts_with(b"\"");
        self.etag.as_ref().filter(octets)
    }

    pub(super) fn is_none(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

// A mirror may have put the name of a municipality into it.
impl fmt::Debug for Validators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validators")
            .field("etag", &self.etag.is_some())
            .field("last_modified", &self.last_modified.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validators(etag: Option<&'static str>, date: Option<&'static str>) -> Validators {
        Validators {
            etag: etag.map(HeaderValue::from_static),
            last_modified: date.map(HeaderValue::from_static),
        }
    }

    #[test]
    fn what_is_kept_is_read_back() {
        for etag in [None, Some("\"a\""), Some("W/\"b\"")] {
            for date in [None, Some("Thu, 01 Jan 1970 00:00:00 GMT")] {
                let kept = validators(etag, date);
                assert_eq!(Validators::from_octets(&kept.to_octets()), kept);
                assert_eq!(kept.is_none(), etag.is_none() && date.is_none());
            }
        }
        assert!(Validators::from_octets(b"\0\n\0").is_none());
        assert!(Validators::from_octets(b"").is_none());
    }

    #[test]
    fn weak_tags_and_dates_do_not_make_octets_the_same() {
        assert!(validators(Some("\"a\""), None).strong().is_some());
        for etag in [None, Some("W/\"a\""), Some("a")] {
            let date = Some("Thu, 01 Jan 1970 00:00:00 GMT");
            assert!(validators(etag, date).strong().is_none());
        }
    }
}
