//! What the errors of the protocol mean.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::ascii::is_word;
use crate::code::Code;
use crate::error::Error;

/// What an error means that a provider sends a browser back with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The person stopped.
    Cancelled,
    /// The provider's transaction has expired.
    Expired,
    /// The certificate is not valid.
    Certificate,
    /// The PIN is locked.
    PinLocked,
    /// The card has no PIN.
    NoPin,
    /// The app is not there.
    AppMissing,
    /// The provider is out of service.
    Unavailable,
    /// We ask in a way that is not registered.
    Client,
}

/// By the word for it in configurations, such as `pin-locked`.
///
/// # Errors
/// `misuse.argument` if it is no such word.
impl FromStr for Refusal {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        Ok(match word {
            "cancelled" => Self::Cancelled,
            "expired" => Self::Expired,
            "certificate" => Self::Certificate,
            "pin-locked" => Self::PinLocked,
            "no-pin" => Self::NoPin,
            "app-missing" => Self::AppMissing,
            "unavailable" => Self::Unavailable,
            "client" => Self::Client,
            _ => return Err(Code::MisuseArgument.into()),
        })
    }
}

impl Refusal {
    const fn code(self) -> Code {
        match self {
            Self::Cancelled => Code::AuthAppCancelled,
            Self::Expired => Code::AuthAppExpired,
            Self::Certificate => Code::AuthAppCertificate,
            Self::PinLocked => Code::AuthAppPinLocked,
            Self::NoPin => Code::AuthAppNoPin,
            Self::AppMissing => Code::AuthAppMissing,
            Self::Unavailable => Code::AuthAppUnavailable,
            Self::Client => Code::AuthAppClientRefused,
        }
    }
}

/// What the names of errors in callbacks mean.
///
/// Those of RFC 6749 (4.1.2.1) and OpenID Connect Core 1.0 (3.1.2.6) are there
/// from the start, and `access_denied` is taken for what a person does who
/// stops. By which names the auth app tells of a certificate that is not valid,
/// of a locked PIN or of its own transaction's end is not published: whoever
/// learns one adds it. A name that is not in the table is
/// `auth_app.refused`.
#[derive(Clone, Debug)]
pub struct RefusalTable(BTreeMap<String, Refusal>);

impl RefusalTable {
    /// The names that standards give.
    #[must_use]
    pub fn standard() -> Self {
        let standard = [
            ("access_denied", Refusal::Cancelled),
            ("temporarily_unavailable", Refusal::Unavailable),
            ("server_error", Refusal::Unavailable),
            ("invalid_request", Refusal::Client),
            ("unauthorized_client", Refusal::Client),
            ("unsupported_response_type", Refusal::Client),
            ("invalid_scope", Refusal::Client),
        ];
        Self(
            standard
                .map(|(name, refusal)| (name.to_owned(), refusal))
                .into(),
        )
    }

    /// The same with another name, or another meaning of one.
    ///
    /// # Errors
    /// `misuse.argument` unless the name has 1 to 64 printable characters of
    /// ASCII.
    pub fn with(mut self, name: &str, refusal: Refusal) -> Result<Self, Error> {
        if !is_word(name) {
            return Err(Code::MisuseArgument.into());
        }
        self.0.insert(name.to_owned(), refusal);
        Ok(self)
    }

    pub(super) fn code(&self, name: &str) -> Code {
        let refusal = self.0.get(name).copied();
        refusal.map_or(Code::AuthAppRefused, Refusal::code)
    }
}

/// What an error of the token endpoint means (RFC 6749, 5.2).
pub(super) fn of_token_endpoint(name: &str) -> Code {
    match name {
        "invalid_client" => Code::AuthAppInvalidClient,
        "invalid_grant" => Code::AuthAppCodeRefused,
        "invalid_request" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" => {
            Code::AuthAppClientRefused
        }
        "temporarily_unavailable" | "server_error" => Code::AuthAppUnavailable,
        _ => Code::AuthAppHttp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_one_meaning_and_unknown_ones_have_theirs() {
        let table = RefusalTable::standard();
        for (name, code) in [
            ("access_denied", Code::AuthAppCancelled),
            ("server_error", Code::AuthAppUnavailable),
            ("temporarily_unavailable", Code::AuthAppUnavailable),
            ("invalid_request", Code::AuthAppClientRefused),
            ("unauthorized_client", Code::AuthAppClientRefused),
            ("unsupported_response_type", Code::AuthAppClientRefused),
            ("invalid_scope", Code::AuthAppClientRefused),
            ("login_required", Code::AuthAppRefused),
            ("<script>", Code::AuthAppRefused),
        ] {
            assert_eq!(table.code(name), code, "{name}");
        }
        for (refusal, code) in [
            (Refusal::Expired, Code::AuthAppExpired),
            (Refusal::Certificate, Code::AuthAppCertificate),
            (Refusal::PinLocked, Code::AuthAppPinLocked),
            (Refusal::NoPin, Code::AuthAppNoPin),
            (Refusal::AppMissing, Code::AuthAppMissing),
        ] {
            let table = table.clone().with("learnt", refusal).unwrap();
            assert_eq!(table.code("learnt"), code);
        }
        let bad = table.with("a b", Refusal::Expired).unwrap_err();
        assert_eq!(bad.code(), Code::MisuseArgument);
    }

    #[test]
    fn the_token_endpoint_has_errors_of_its_own() {
        for (name, code) in [
            ("invalid_client", Code::AuthAppInvalidClient),
            ("invalid_grant", Code::AuthAppCodeRefused),
            ("invalid_request", Code::AuthAppClientRefused),
            ("unauthorized_client", Code::AuthAppClientRefused),
            ("unsupported_grant_type", Code::AuthAppClientRefused),
            ("invalid_scope", Code::AuthAppClientRefused),
            ("server_error", Code::AuthAppUnavailable),
            ("access_denied", Code::AuthAppHttp),
        ] {
            assert_eq!(of_token_endpoint(name), code, "{name}");
        }
    }

    #[test]
    fn configurations_have_a_word_for_each() {
        let words =
            "cancelled expired certificate pin-locked no-pin app-missing unavailable client";
        let all = words
            .split(' ')
            .map(|word| word.parse::<Refusal>().unwrap());
        assert_eq!(
            all.collect::<Vec<_>>(),
            [
                Refusal::Cancelled,
                Refusal::Expired,
                Refusal::Certificate,
                Refusal::PinLocked,
                Refusal::NoPin,
                Refusal::AppMissing,
                Refusal::Unavailable,
                Refusal::Client,
            ]
        );
        for bad in ["", "Cancelled", "pin_locked"] {
            let refused = bad.parse::<Refusal>().unwrap_err();
            assert_eq!(refused.code(), Code::MisuseArgument, "{bad}");
        }
    }
}
