//! Where requests may go.

use http::Uri;
use http::uri::Scheme;

use crate::transport::TransportError;

/// The origins that may be asked: an allow-list, because endpoints of JPKI
/// have private addresses, which a block-list would have to let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins(Vec<Origin>);

/// Scheme, host and port (RFC 6454, 4).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    https: bool,
    /// In lower case.
    host: String,
    port: u16,
}

impl Origins {
    /// No origin at all.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// These and the one of an `https` URL, for example
    /// `https://revocation.example:8443`. A path counts for nothing.
    ///
    /// # Errors
    /// [`TransportError::Configuration`] if it is no such URL.
    pub fn https(self, url: &str) -> Result<Self, TransportError> {
        self.with(url, true, "not an https URL of a host")
    }

    /// These and the one of an `http` URL: whoever is on the way reads along
    /// and may answer in its place. It is for closed networks and for what is
    /// signed by itself, and each origin is named alone.
    ///
    /// # Errors
    /// [`TransportError::Configuration`] if it is no such URL.
    pub fn plain_http(self, url: &str) -> Result<Self, TransportError> {
        self.with(url, false, "not an http URL of a host")
    }

    /// Whether a URL is of one of them.
    #[must_use]
    pub fn allow(&self, url: &Uri) -> bool {
        Origin::of(url).is_some_and(|origin| self.0.contains(&origin))
    }

    /// Whether any of them speaks TLS.
    pub(super) fn need_tls(&self) -> bool {
        self.0.iter().any(|o| o.https)
    }

    fn with(
        mut self,
        url: &str,
        https: bool,
        otherwise: &'static str,
    ) -> Result<Self, TransportError> {
        let url: Option<Uri> = url.parse().ok();
        let origin = url
            .and_then(|url| Origin::of(&url))
            .filter(|o| o.https == https)
            .ok_or(TransportError::Configuration(otherwise))?;
        self.0.push(origin);
        Ok(self)
    }
}

impl Origin {
    /// None for what is neither `https` nor `http`, has no host, or carries a
    /// user's name and password.
    fn of(url: &Uri) -> Option<Self> {
        let scheme = url.scheme()?;
        let https = *scheme == Scheme::HTTPS;
        if !https && *scheme != Scheme::HTTP {
            return None;
        }
        let authority = url.authority()?;
        if authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        let usual = if https { 443 } else { 80 };
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str() == authority.host() => usual,
            // A port that is none.
            None => return None,
        };
        Some(Self {
            https,
            host: authority.host().to_ascii_lowercase(),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins() -> Origins {
        let origins = Origins::none().https("https://Good.example").unwrap();
        origins.plain_http("http://inside.example:8080/x").unwrap()
    }

    #[test]
    fn only_what_is_configured_is_allowed() {
        for (url, allowed) in [
            ("https://good.example/a?b", true),
            ("https://GOOD.example:443/", true),
            ("http://inside.example:8080/", true),
            ("http://good.example/", false),
            ("https://good.example:444/", false),
            ("https://sub.good.example/", false),
            ("https://good.example.evil/", false),
            ("https://evil@good.example/", false),
            ("https://good.example@evil/", false),
            ("https://good.example./", false),
            ("http://inside.example/", false),
            ("https://inside.example:8080/", false),
            ("ftp://good.example/", false),
            ("/path", false),
        ] {
            assert_eq!(origins().allow(&url.parse().unwrap()), allowed, "{url}");
        }
    }

    #[test]
    fn each_scheme_is_named() {
        let none = Origins::none;
        for refused in [
            none().https("http://good.example"),
            none().plain_http("https://good.example"),
            none().https("good.example"),
            none().https("https://user:pass@good.example"),
            none().https("https://good.example:99999"),
        ] {
            assert!(matches!(refused, Err(TransportError::Configuration(_))));
        }
    }
}
