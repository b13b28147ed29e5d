//! The proof that it is us who ask (RFC 7523).

/// A signed assertion: whoever has it can ask in our name until it expires.
pub struct ClientAssertion(pub(super) String);

impl ClientAssertion {
    /// The parameters of a token request that carry it (RFC 7523, 2.2).
    pub(super) fn parameters(&self) -> [(&'static str, &str); 2] {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        [
            ("client_assertion_type", kind),
            ("client_assertion", &self.0),
        ]
    }
}

#[cfg(test)]
impl ClientAssertion {
    pub(super) fn of_text(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for ClientAssertion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientAssertion(…)")
    }
}
