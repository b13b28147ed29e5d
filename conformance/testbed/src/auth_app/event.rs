//! What a provider was asked.

use std::fmt;

/// An endpoint of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Where people are sent.
    Authorization,
    /// Where codes become tokens.
    Token,
    /// Where the claims are.
    Userinfo,
    /// The key set.
    Jwks,
    /// The discovery document.
    Discovery,
    /// Where a transaction for a signature begins.
    StartSigning,
    /// Where the result of such a transaction is.
    SigningResult,
    /// None of them.
    Unknown,
}

impl Endpoint {
    /// Its path below the base URL; of [`Endpoint::SigningResult`] the part before
    /// the transaction.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Authorization => "/realms/main/protocol/openid-connect/auth",
            Self::Token => "/realms/main/protocol/openid-connect/token",
            Self::Userinfo => "/realms/main/protocol/openid-connect/userinfo",
            Self::Jwks => "/realms/main/protocol/openid-connect/certs",
            Self::Discovery => "/realms/main/.well-known/openid-configuration",
            Self::StartSigning => "/sign-transactions",
            Self::SigningResult => "/sign-transactions/",
            Self::Unknown => "",
        }
    }

    /// The endpoint of a path below the base URL.
    pub(super) fn of_path(path: &str) -> Self {
        let fixed = [
            Self::Authorization,
            Self::Token,
            Self::Userinfo,
            Self::Jwks,
            Self::Discovery,
            Self::StartSigning,
        ];
        let found = fixed.into_iter().find(|endpoint| endpoint.path() == path);
        let result = path.starts_with(Self::SigningResult.path()) && path.ends_with("/result");
        found.unwrap_or(if result {
            Self::SigningResult
        } else {
            Self::Unknown
        })
    }
}

/// One request and how it was answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Event {
    /// Which endpoint.
    pub endpoint: Endpoint,
    /// The method.
    pub method: String,
    /// The parameters of the query or the form.
    pub parameters: Vec<(String, String)>,
    /// The bearer token that was shown.
    pub bearer: Option<String>,
    /// The status code of the answer.
    pub status: u16,
}

impl Event {
    /// The value of the first parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.parameters.iter();
        all.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.parameters.iter().map(|(name, _)| name).collect();
        f.debug_struct("Event")
            .field("endpoint", &self.endpoint)
            .field("method", &self.method)
            .field("parameters", &names)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
