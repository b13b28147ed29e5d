//! Why a well-behaved provider refuses.

/// An error of OAuth 2.0 with its description, which is another for each reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `invalid_request` and so on (RFC 6749, 4.1.2.1 and 5.2).
    pub error: &'static str,
    /// What is wrong, in plain words of this provider's own.
    pub description: &'static str,
}

impl Refusal {
    pub(super) const fn new(error: &'static str, description: &'static str) -> Self {
        Self { error, description }
    }

    pub(super) const fn request(description: &'static str) -> Self {
        Self::new("invalid_request", description)
    }

    pub(super) const fn client(description: &'static str) -> Self {
        Self::new("invalid_client", description)
    }

    pub(super) const fn grant(description: &'static str) -> Self {
        Self::new("invalid_grant", description)
    }

    pub(super) const fn scope(description: &'static str) -> Self {
        Self::new("invalid_scope", description)
    }

    pub(super) const fn token(description: &'static str) -> Self {
        Self::new("invalid_token", description)
    }
}
