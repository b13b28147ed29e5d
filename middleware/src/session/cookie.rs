//! The cookie of a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use tashika::{Code, Error};
use zeroize::Zeroizing;

use crate::session::keys::random;

/// Set by this host alone, over TLS, for all its paths (RFC 6265bis, 4.1.3.2).
const NAME: &str = "__Host-tashika-session";

/// No time of its own: it goes with the browser, and the store knows when the
/// session ends. `Lax`, so that whoever comes by a link is who they were.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// 256 bits in base64url without padding (RFC 4648, 5).
const LENGTH: usize = 43;

/// What a browser has of a session that begins.
pub(super) struct Secret(Zeroizing<String>);

/// What a request has in the place of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'r> {
    /// No cookie of this name.
    Nothing,
    /// More than one, or what was never given out.
    Stray,
    One(&'r [u8]),
}

impl Secret {
    pub(super) fn generate() -> Result<Self, Error> {
        Ok(Self(URL_SAFE_NO_PAD.encode(*random()?).into()))
    }

    pub(super) fn value(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The header `Set-Cookie`, which proxies and logs are asked not to keep.
    pub(super) fn set(&self) -> Result<HeaderValue, Error> {
        let cookie = Zeroizing::new(format!("{NAME}={}; {ATTRIBUTES}", *self.0));
        let mut cookie = HeaderValue::from_str(&cookie).map_err(|_| Code::MisuseArgument)?;
        cookie.set_sensitive(true);
        Ok(cookie)
    }
}

/// The header `Set-Cookie` with which the cookie goes.
pub(super) const fn clear() -> HeaderValue {
    HeaderValue::from_static(
        "__Host-tashika-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax",
    )
}

/// The cookie among those of a request. Other cookies may hold what they like.
pub(super) fn find(headers: &HeaderMap) -> Found<'_> {
    let lines = headers.get_all(COOKIE).into_iter();
    let cookies = lines.flat_map(|line| line.as_bytes().split(|octet| *octet == b';'));
    let mut values = cookies.filter_map(|cookie| {
        let rest = cookie.trim_ascii().strip_prefix(NAME.as_bytes())?;
        rest.strip_prefix(b"=")
    });
    match (values.next(), values.next()) {
        (None, _) => Found::Nothing,
        (Some(value), None) if is_secret(value) => Found::One(value),
        (Some(_), _) => Found::Stray,
    }
}

fn is_secret(value: &[u8]) -> bool {
    let permitted = |octet: &u8| octet.is_ascii_alphanumeric() || b"-_".contains(octet);
    value.len() == LENGTH && value.iter().all(permitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Option<Vec<u8>> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        match find(&headers) {
            Found::Nothing => None,
            Found::Stray => Some(Vec::new()),
            Found::One(value) => Some(value.to_vec()),
        }
    }

    #[test]
    fn a_secret_is_set_for_this_host_alone_and_found_again() {
        let (one, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_ne!(one.value(), other.value());
        let cookie = one.set().unwrap();
        assert!(cookie.is_sensitive());
        let (pair, attributes) = cookie.to_str().unwrap().split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax");
        let value = Some(one.value().to_vec());
        assert_eq!(found(&[pair]), value);
        assert_eq!(found(&[&format!("a=b;{pair} ; c={pair}")]), value);
        assert_eq!(found(&["a=b", pair]), value);
        assert_eq!(found(&[&format!("名前=値; {pair}")]), value);
        let cleared = clear();
        let (pair, attributes) = cleared.to_str().unwrap().split_once("; ").unwrap();
        assert_eq!(pair, format!("{NAME}="));
        assert_eq!(attributes, format!("Max-Age=0; {ATTRIBUTES}"));
    }

    #[test]
    fn what_was_never_given_out_is_told_apart_from_nothing() {
        let secret = "A".repeat(LENGTH);
        let pair = format!("{NAME}={secret}");
        for nothing in [
            &[][..],
            &[""],
            &["a=b; ; =; c"],
            &[NAME],
            &[&format!("{NAME}2={secret}")],
            &[&format!("__host-tashika-session={secret}")],
            &[&format!("tashika-session={secret}")],
            &[&format!("={pair}")],
        ] {
            assert_eq!(found(nothing), None, "{nothing:?}");
        }
        for stray in [
            &[&format!("{NAME}=")[..]][..],
            &[&format!("{pair}A")],
            &[&pair[..pair.len() - 1]],
            &[&format!("{NAME}=\"{}\"", "A".repeat(LENGTH - 2))],
            &[&format!("{NAME}={}", "+".repeat(LENGTH))],
            &[&format!("{pair}; {pair}")],
            &[&pair, &pair],
            &[&format!("{pair}; {NAME}=")],
        ] {
            assert_eq!(found(stray), Some(Vec::new()), "{stray:?}");
        }
    }
}
