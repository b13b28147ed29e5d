//! What ties a callback to its transaction, and to its browser.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use zeroize::Zeroizing;

use crate::jose;
use crate::time::Duration;
use crate::transaction::TransactionId;
use crate::trust::sha256;

/// The `state` of a request: the transaction, and 128 bits that nobody guesses,
/// in base64url.
///
/// Of what the auth app's reference permits it uses letters, digits, `-` and
/// `_`: other characters did not survive the way.
pub(super) struct State {
    transaction: TransactionId,
    secret: Zeroizing<[u8; 16]>,
}

impl State {
    pub(super) fn new(transaction: TransactionId, secret: [u8; 16]) -> Self {
        Self {
            transaction,
            secret: Zeroizing::new(secret),
        }
    }

    pub(super) fn secret(&self) -> &[u8; 16] {
        &self.secret
    }

    pub(super) fn text(&self) -> Zeroizing<String> {
        let octets = Zeroizing::new([*self.transaction.octets(), *self.secret].concat());
        Zeroizing::new(jose::encode(&octets))
    }

    /// Whether this is it, in a time that does not tell how much of it is right.
    pub(super) fn is(&self, text: &str) -> bool {
        verify_slices_are_equal(self.text().as_bytes(), text.as_bytes()).is_ok()
    }

    /// The transaction that a state names, whatever else stands in it.
    pub(super) fn transaction_of(text: &str) -> Option<TransactionId> {
        let octets: [u8; 32] = jose::decode(text)?.try_into().ok()?;
        let (transaction, _) = octets.split_first_chunk()?;
        Some(TransactionId::from_entropy(*transaction))
    }
}

/// What a browser keeps between the request and the callback, so that a
/// callback in another browser is told apart: 256 bits, for a cookie.
///
/// Without it somebody can begin a login, complete it with a card of their own,
/// and have a victim open the callback, who then works in a stranger's account;
/// or can have a victim complete a login that was begun elsewhere.
pub struct BrowserSecret {
    name: String,
    value: Zeroizing<String>,
}

/// The octets of a browser's secret, digested: what the server keeps of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct BrowserDigest(pub(super) [u8; 32]);

/// Cookies of this name are set by this host alone, over TLS, for all its paths
/// (RFC 6265bis, 4.1.3.2).
const PREFIX: &str = "__Host-tashika-";

impl BrowserSecret {
    /// The secret of the browser in which `transaction` begins.
    pub(super) fn new(transaction: &TransactionId, octets: &[u8; 32]) -> Self {
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
    /// none if it is not there, or there twice.
    #[must_use]
    pub fn find<'c>(cookies: &'c str, transaction: &TransactionId) -> Option<&'c str> {
        let name = Self::cookie_name(transaction);
        let mut values = cookies.split(';').filter_map(|cookie| {
            let (found, value) = cookie.trim().split_once('=')?;
            (found == name).then_some(value)
        });
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    pub(super) fn digest(&self) -> BrowserDigest {
        BrowserDigest::of(&self.value)
    }
}

impl BrowserDigest {
    /// Comparing digests tells nothing about the value, however long it takes.
    pub(super) fn of(value: &str) -> Self {
        Self(sha256(&[value.as_bytes()]))
    }
}

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
    fn a_state_names_its_transaction_and_is_no_other() {
        let state = State::new(ID, [9; 16]);
        let text = state.text();
        assert_eq!(text.len(), 43);
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        assert_eq!(State::transaction_of(&text), Some(ID));
        assert!(state.is(&text));
        assert!(!State::new(ID, [8; 16]).is(&text));
        assert!(!State::new(TransactionId::from_entropy([8; 16]), [9; 16]).is(&text));
        for bad in [
            "",
            "x",
            &text[..42],
            &format!("{}=", *text),
            &format!("{}A", *text),
        ] {
            assert_eq!(State::transaction_of(bad), None);
            assert!(!state.is(bad));
        }
    }

    #[test]
    fn a_cookie_is_found_by_its_transaction() {
        let secret = BrowserSecret::new(&ID, &[5; 32]);
        let cookie = secret.set_cookie(Duration::minutes(10));
        let (pair, attributes) = cookie.split_once("; ").unwrap();
        assert_eq!(
            attributes,
            "Max-Age=600; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        let header = format!("a=b; {pair};c=d");
        assert_eq!(BrowserSecret::find(&header, &ID), Some(secret.value()));
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
}
