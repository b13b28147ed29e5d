//! Under what sessions are kept.

use std::fmt;
use std::iter;

use aws_lc_rs::{hmac, rand};
use tashika::transaction::RelyingParty;
use tashika::{Code, Error};
use zeroize::Zeroizing;

use crate::session::SessionKey;

/// The secret keys by which a cookie finds its session: one under which sessions
/// begin, and those before it, under which they are still found.
///
/// Every node has the same. To change the key, make the new one known to every
/// node as an earlier one, then exchange the two, and drop the old one when no
/// session that began under it lives any more.
pub struct SessionKeys {
    current: hmac::Key,
    earlier: Vec<hmac::Key>,
}

impl SessionKeys {
    /// A fresh key. No other process has it, so no session outlives this one.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        Ok(Self::from_octets(&*random()?))
    }

    /// The key of these octets, which must come from a source of randomness: a
    /// passphrase is none.
    #[must_use]
    pub fn from_octets(current: &[u8; 32]) -> Self {
        Self {
            current: hmac::Key::new(hmac::HMAC_SHA256, current),
            earlier: Vec::new(),
        }
    }

    /// The same, and sessions that began under another key are found too, for
    /// one more look at the store by each cookie that is not.
    #[must_use]
    pub fn with_earlier(mut self, octets: &[u8; 32]) -> Self {
        self.earlier.push(hmac::Key::new(hmac::HMAC_SHA256, octets));
        self
    }

    /// Where the session of a cookie begins, for people of this site alone.
    pub(super) fn place(&self, site: &RelyingParty, cookie: &[u8]) -> SessionKey {
        place(&self.current, site, cookie)
    }

    /// Where the session of a cookie may be, the likeliest place first.
    pub(super) fn places<'a>(
        &'a self,
        site: &'a RelyingParty,
        cookie: &'a [u8],
    ) -> impl Iterator<Item = SessionKey> + 'a {
        let keys = iter::once(&self.current).chain(&self.earlier);
        keys.map(move |key| place(key, site, cookie))
    }
}

fn place(key: &hmac::Key, site: &RelyingParty, cookie: &[u8]) -> SessionKey {
    let site = site.as_str().as_bytes();
    let length = u64::try_from(site.len()).unwrap_or(u64::MAX);
    let mut context = hmac::Context::with_key(key);
    for part in [LABEL, &length.to_be_bytes(), site, cookie] {
        context.update(part);
    }
    let mut octets = [0; 32];
    octets.copy_from_slice(context.sign().as_ref());
    SessionKey::from_octets(octets)
}

/// Sets this digest apart from every other.
const LABEL: &[u8] = b"tashika place of a session\0";

/// 256 bits from the system's source of randomness.
pub(super) fn random() -> Result<Zeroizing<[u8; 32]>, Error> {
    let mut octets = Zeroizing::new([0; 32]);
    rand::fill(&mut *octets).map_err(|_| Code::MisuseEntropy)?;
    Ok(octets)
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKeys({} earlier)", self.earlier.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's `hmac` over the label, the length of the origin in
    /// eight octets, the origin and the cookie.
    #[test]
    fn a_place_is_a_keyed_digest() {
        let (keys, site) = (
            SessionKeys::from_octets(&[1; 32]),
            site("https://a.example"),
        );
        let place = keys.place(&site, b"cookie");
        let known = "c3f4335ef636b5d8cd6f5215b1ea6207e1ecc96c718fb5a22ea8f87b993ef5cb";
        let octets: String = place.octets().iter().map(|o| format!("{o:02x}")).collect();
        assert_eq!(octets, known);
    }

    #[test]
    fn a_place_belongs_to_a_key_a_site_and_a_cookie() {
        let (keys, a) = (
            SessionKeys::from_octets(&[1; 32]),
            site("https://a.example"),
        );
        let place = keys.place(&a, b"cookie");
        assert_ne!(place, keys.place(&a, b"cookif"));
        assert_ne!(place, keys.place(&site("https://b.example"), b"cookie"));
        assert_ne!(place, keys.place(&site("https://a.examplec"), b"ookie"));
        let other = SessionKeys::from_octets(&[2; 32]);
        assert_ne!(place, other.place(&a, b"cookie"));
        let fresh = SessionKeys::generate().unwrap();
        assert_ne!(place, fresh.place(&a, b"cookie"));
    }

    #[test]
    fn earlier_keys_still_find_and_none_is_printed() {
        let site = site("https://a.example");
        let before = SessionKeys::from_octets(&[1; 32]);
        let now = SessionKeys::from_octets(&[2; 32]).with_earlier(&[1; 32]);
        let places: Vec<_> = now.places(&site, b"cookie").collect();
        let [current, earlier] = places[..] else {
            panic!("{} places", places.len());
        };
        assert_eq!(current, now.place(&site, b"cookie"));
        assert_eq!(earlier, before.place(&site, b"cookie"));
        assert_eq!(format!("{now:?}"), "SessionKeys(1 earlier)");
    }

    fn site(origin: &str) -> RelyingParty {
        RelyingParty::from_origin(origin).unwrap()
    }
}
