//! Where a login ends.

use std::fmt;

use tashika::{Code, Error};

use crate::site::SitePath;

/// A path of this site, perhaps with a query, to which a browser may be sent:
/// `/account?tab=2`.
///
/// Whoever writes a link to the login writes it, so it is looked at as a browser
/// would: nothing that it might take for another site's name passes, nor what
/// one of two readers may read otherwise than the other.
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnTo(Box<str>);

/// Octets of the longest.
const LONGEST: usize = 2048;

impl ReturnTo {
    /// A path that begins with a slash, and perhaps a question mark and a query,
    /// in the characters that URLs have (RFC 3986, 3.3 and 3.4).
    ///
    /// # Errors
    /// `input.return_to` if it is anything else or longer than 2048 octets: if it
    /// has a scheme, a host, a fragment, a backslash, a control character, be it
    /// percent-encoded, or octets over 127; or if its path has two slashes in a
    /// row, a segment of dots, or percent-encoded anything but UTF-8, or dots,
    /// slashes, backslashes or percent signs.
    pub fn new(text: &str) -> Result<Self, Error> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let sound = text.len() <= LONGEST && is_path(path) && is_query(query);
        if !sound {
            return Err(Code::InputReturnTo.into());
        }
        Ok(Self(text.into()))
    }

    /// The path and the query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path alone.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }
}

impl From<&SitePath> for ReturnTo {
    fn from(path: &SitePath) -> Self {
        Self(path.as_str().into())
    }
}

fn is_path(path: &str) -> bool {
    let Some(octets) = octets(path, b"") else {
        return false;
    };
    let ambiguous = |encoded: &u8| b"./\\%".contains(encoded);
    let decoded: Vec<_> = octets.iter().map(|octet| octet.value).collect();
    path.starts_with('/')
        // Two slashes are another site's name to a browser.
        && !path.contains("//")
        && !path.split('/').any(|segment| segment == "." || segment == "..")
        && !octets.iter().any(|octet| octet.encoded && ambiguous(&octet.value))
        && std::str::from_utf8(&decoded).is_ok()
}

fn is_query(query: &str) -> bool {
    octets(query, b"?").is_some()
}

/// An octet of a URL.
struct Octet {
    value: u8,
    encoded: bool,
}

/// The octets that a part of a URL stands for; none if it has characters other
/// than a path and `more` have, or stands for control characters.
fn octets(part: &str, more: &[u8]) -> Option<Vec<Octet>> {
    let permitted = |b: u8| b.is_ascii_alphanumeric() || PATH.contains(&b) || more.contains(&b);
    let mut octets = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let octet = if *first == b'%' {
            let ([high, low], after) = after.split_first_chunk()?;
            rest = after;
            Octet {
                value: digit(*high)? << 4 | digit(*low)?,
                encoded: true,
            }
        } else {
            rest = after;
            Octet {
                value: Some(*first).filter(|b| permitted(*b))?,
                encoded: false,
            }
        };
        if octet.value.is_ascii_control() {
            return None;
        }
        octets.push(octet);
    }
    Some(octets)
}

/// Beside letters and digits (RFC 3986, 3.3).
const PATH: &[u8] = b"-._~!$&'()*+,;=:@/";

fn digit(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

// Pages that people look at, and what they look for.
impl fmt::Debug for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnTo(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_of_this_site_pass() {
        let long = format!("/{}", "a".repeat(LONGEST - 1));
        for good in [
            "/",
            "/account",
            "/account/",
            "/a/b;v=1/c@d:e",
            "/account?tab=2&x=%2Fa%25?//b",
            "/%E5%8F%A3%E5%BA%A7",
            "/a?next=https://evil.example/",
            "/a?",
            "/.well-known/a..b/...",
            &long,
        ] {
            let return_to = ReturnTo::new(good).unwrap();
            assert_eq!(return_to.as_str(), good);
            assert_eq!(return_to.path(), good.split('?').next().unwrap());
            assert_eq!(format!("{return_to:?}"), "ReturnTo(…)");
        }
        let home = SitePath::new("/home").unwrap();
        assert_eq!(ReturnTo::from(&home).as_str(), "/home");
    }

    #[test]
    fn nothing_leads_to_another_site() {
        let long = format!("/{}", "a".repeat(LONGEST));
        for bad in [
            "",
            "account",
            "?a",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "/a//evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/a/../b",
            "/a/.",
            "/a/..",
            "/%2Fevil.example",
            "/%2f%2fevil.example",
            "/%5Cevil.example",
            "/%5cevil.example",
            "/%252Fevil.example",
            "/%2e%2e/a",
            "/a/.%2e/b",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/ /evil.example",
            "/a\r\nSet-Cookie: a=b",
            "/%0d%0aSet-Cookie:%20a=b",
            "/%00",
            "/a?%0a",
            "/a?\r\nLocation:",
            "/a?%7f",
            "/a#b",
            "/a?b#c",
            "/%",
            "/%4",
            "/%4g",
            "/%+4",
            "/a?%",
            "/%C0%AFevil.example",
            "/%ff",
            "/日本",
            "/a?日本",
            "/\u{ff0f}evil.example",
            "/\u{3002}",
            "/<script>",
            "/a?\"",
            "/a?a b",
            "/a|b",
            &long,
        ] {
            let refused = ReturnTo::new(bad).unwrap_err();
            assert_eq!(refused.code(), Code::InputReturnTo, "{bad}");
        }
    }
}
