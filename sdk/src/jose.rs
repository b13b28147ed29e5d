//! JOSE (RFC 7515 to 7518) as far as the auth app, requests to wallets and
//! their answers use it.
//!
//! Reading is strict where leniency lets two readers see two things: base64url
//! without padding and with nothing in its last bits, JSON in which no member
//! stands twice.

mod json;
#[cfg(feature = "mdoc")]
pub(crate) mod jwe;
pub(crate) mod jwk;
pub(crate) mod sign;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub(crate) use json::object;
#[cfg(feature = "auth-app")]
pub(crate) use json::object_within;

/// The octets of base64url as JOSE writes it (RFC 7515, 2); `None` if it is
/// anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Octets in base64url, without padding.
pub(crate) fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515, appendix C.
    #[test]
    fn base64url_has_one_form() {
        let octets = [3, 236, 255, 224, 193];
        assert_eq!(encode(&octets), "A-z_4ME");
        assert_eq!(decode("A-z_4ME"), Some(octets.to_vec()));
        assert_eq!(decode(""), Some(vec![]));
        for bad in [
            "A-z_4ME=",
            "A+z/4ME",
            "A-z_4MF",
            "A-z_4M E",
            "A-z_4ME\n",
            "A-z_4",
        ] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }
}
