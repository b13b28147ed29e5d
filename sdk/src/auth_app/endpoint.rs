//! URLs that tokens are sent to, or people are sent back to.

use std::fmt;

use url::{Host, Url};

use crate::code::Code;
use crate::error::Error;
use crate::limits;

/// An endpoint: `https`, or `http` on this machine, without a query, a fragment
/// or somebody's name.
pub(super) fn endpoint(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|_| Code::MisuseArgument)?;
    let plain = url.query().is_none() && url.fragment().is_none();
    if !is_guarded(&url) || !plain || names_somebody(&url) {
        return Err(Code::MisuseArgument.into());
    }
    Ok(url)
}

/// A URL that is compared letter by letter with what is registered: guarded, of
/// at most 255 characters, and without a fragment.
pub(super) fn registered(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|_| Code::MisuseArgument)?;
    // The parser forgives blanks and the like, which would be sent as they are.
    let plain = text.len() <= limits::REGISTERED_URL && text.bytes().all(|b| b.is_ascii_graphic());
    let guarded = is_guarded(&url) || is_local_to_browsers(&url);
    if !guarded || url.fragment().is_some() || !plain {
        return Err(Code::MisuseArgument.into());
    }
    Ok(url)
}

pub(super) fn names_somebody(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Scheme, host and port, as a transport is configured with.
pub(super) fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Whether nobody on the way can read what is sent there.
fn is_guarded(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

/// Browsers never look such a name up (Secure Contexts, 3.1). Other resolvers may,
/// so nothing of ours is sent there: it only stands for a name that is compared.
fn is_local_to_browsers(url: &Url) -> bool {
    let name = url.host_str().unwrap_or_default();
    url.scheme() == "http" && name.ends_with(".localhost")
}

/// Where the provider sends a browser back to, as it is registered there.
///
/// One for each provider: a callback then tells by its path who is said to have
/// sent it, which a mix-up of two providers cannot change (RFC 9700, 4.4.2).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// An `https` URL, or an `http` one of this machine, of 1 to 255
    /// characters without a fragment.
    ///
    /// It is sent letter by letter as it is given here, since that is how
    /// providers compare it.
    ///
    /// # Errors
    /// `misuse.argument` if it is anything else.
    pub fn new(uri: &str) -> Result<Self, Error> {
        registered(uri)?;
        Ok(Self(uri.to_owned()))
    }

    /// The URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedirectUri({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirect_uris_are_guarded_and_kept_letter_by_letter() {
        let long = |length: usize| format!("https://rp.example/{}", "a".repeat(length - 19));
        for good in [
            "https://rp.example/callback",
            "https://rp.example",
            "https://rp.example/callback?from=auth-app",
            "http://localhost:3000/callback",
            "http://shop.localhost:3000/callback",
            &long(255),
        ] {
            assert_eq!(RedirectUri::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "/callback",
            "http://rp.example/callback",
            "http://evil-localhost/callback",
            "http://shop.localhost.example/callback",
            "ftp://shop.localhost/callback",
            "https://rp.example/callback#",
            "https://rp.example/日本",
            "https://rp.example/a b",
            "javascript:alert(1)",
            &long(256),
        ] {
            let code = RedirectUri::new(bad).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument, "{bad}");
        }
    }
}
