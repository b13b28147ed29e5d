//! What ties a transaction to the browser in which it began.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::Error;
use crate::jose;
use crate::time::Duration;
use crate::transaction::{TransactionId, random};
use crate::trust::sha256;

/// What a browser keeps between the request and the answer, so that an answer
/// from another browser is told apart: 256 bits, for a cookie.
///
/// Without it somebody can begin a login, complete it with a card of their own,
/// and have a victim open the callback, who then works in a stranger's account;
/// or can have a victim complete a login that was begun elsewhere.
pub struct BrowserSecret {
    name: String,
    value: Zeroizing<String>,
}

/// Cookies of this name are set by this host alone, over TLS, for all its paths
/// (RFC 6265bis, 4.1.3.2).
const PREFIX: &str = "__Host-tashika-";

impl BrowserSecret {
    /// A fresh secret for the browser in which `transaction` begins.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate(transaction: &TransactionId) -> Result<Self, Error> {
        Ok(Self::from_entropy(transaction, &random()?))
    }

    /// The twin of [`BrowserSecret::generate`] for tests: 32 octets of the
    /// caller's own entropy.
    #[must_use]
    pub fn from_entropy(transaction: &TransactionId, octets: &[u8; 32]) -> Self {
        Self {
            name: Self::cookie_name(transaction),
            value: Zeroizing::new(jose::encode(octets)),
        }
    }

    /// The name of the cookie of a transaction. Each has its own, so that two
    /// tabs of a browser do not overwrite each other's.
    ///
    /// It does not tell the transaction.
    #[must_use]
    pub fn cookie_name(transaction: &TransactionId) -> String {
        let digest = sha256(&[transaction.octets()]);
        let short = digest.first_chunk::<9>().map(|octets| jose::encode(octets));
        format!("{PREFIX}{}", short.unwrap_or_default())
    }

    /// The name of its cookie.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of its cookie: a secret.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The value of the header `Set-Cookie`, for a cookie that lives for so
    /// long. `SameSite=Lax`, because the callback comes from another site.
    #[must_use]
    pub fn set_cookie(&self, lifetime: Duration) -> String {
        let Self { name, value } = self;
        let (value, seconds) = (value.as_str(), lifetime.as_seconds());
        format!("{name}={value}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Lax")
    }

    /// The value of the header `Set-Cookie` with which the cookie of a
    /// transaction goes, when it has served.
    #[must_use]
    pub fn clear_cookie(transaction: &TransactionId) -> String {
        let name = Self::cookie_name(transaction);
        format!("{name}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax")
    }

    /// The value of the transaction's cookie among those of a header `Cookie`;
    /// none if it is not there, or there twice. Other cookies may hold what they
    /// like.
    #[must_use]
    pub fn find<'c, C: AsRef<[u8]> + ?Sized>(
        cookies: &'c C,
        transaction: &TransactionId,
    ) -> Option<&'c str> {
        let name = Self::cookie_name(transaction);
        let cookies = cookies.as_ref().split(|octet| *octet == b';');
        let mut values = cookies.filter_map(|cookie| {
            let rest = cookie.trim_ascii().strip_prefix(name.as_bytes())?;
            rest.strip_prefix(b"=")
        });
        let value = values.next()?;
        let once = values.next().is_none();
        std::str::from_utf8(value).ok().filter(|_| once)
    }

    /// Under what a store keeps the state of `transaction` for the browser whose
    /// cookie has this `value`: nobody who knows the transaction and not the
    /// secret can take it, nor take it away.
    #[must_use]
    pub fn place(transaction: &TransactionId, value: &str) -> TransactionId {
        let digest = sha256(&[PLACE, transaction.octets(), value.as_bytes()]);
        let octets = digest.first_chunk().copied().unwrap_or_default();
        TransactionId::from_entropy(octets)
    }
}

/// Sets this digest apart from every other.
const PLACE: &[u8] = b"tashika place of a transaction\0";

impl fmt::Debug for BrowserSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: TransactionId = TransactionId::from_entropy([7; 16]);

    #[test]
    fn a_cookie_is_found_by_its_transaction() {
        let secret = BrowserSecret::from_entropy(&ID, &[5; 32]);
        let cookie = secret.set_cookie(Duration::minutes(10));
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert_eq!(
            attributes,
            "Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        let header = format!("a=b; {pair};c=d");
        assert_eq!(BrowserSecret::find(&header, &ID), Some(secret.value()));
        let others = [b"a=\xff; ", header.as_bytes()].concat();
        assert_eq!(BrowserSecret::find(&others, &ID), Some(secret.value()));
        let other = TransactionId::from_entropy([8; 16]);
        assert_eq!(BrowserSecret::find(&header, &other), None);
        let twice = format!("{header}; {pair}");
        assert_eq!(BrowserSecret::find(&twice, &ID), None);
        assert_eq!(BrowserSecret::find("", &ID), None);
        assert!(
            BrowserSecret::clear_cookie(&ID).starts_with(&format!("{}=; Max-Age=0", secret.name()))
        );
        assert_eq!(format!("{secret:?}"), "BrowserSecret(…)");
        assert!(!secret.name().contains(&ID.to_string()));
    }

    /// A transaction, a place of it for each browser, and nothing told of either.
    #[test]
    fn a_place_belongs_to_a_transaction_and_a_browser() {
        let other = TransactionId::from_entropy([8; 16]);
        let place = BrowserSecret::place(&ID, "value");
        assert_eq!(place, BrowserSecret::place(&ID, "value"));
        assert_ne!(place, BrowserSecret::place(&ID, "valuf"));
        assert_ne!(place, BrowserSecret::place(&ID, ""));
        assert_ne!(place, BrowserSecret::place(&other, "value"));
        assert_ne!(place, ID);
    }
}
