//! What a page hands to `navigator.credentials.get` (W3C Digital Credentials).

use std::fmt;

use serde_json::{Value, json};

/// The requests that a browser offers to wallets, in the order in which they
/// were offered; a wallet answers one.
#[derive(Clone, PartialEq, Eq)]
pub struct DigitalCredentialsRequest {
    requests: Vec<Value>,
}

impl DigitalCredentialsRequest {
    pub(crate) fn new(requests: Vec<Value>) -> Self {
        Self { requests }
    }

    /// The options for `navigator.credentials.get`, in JSON:
    /// `{"digital": {"requests": [{"protocol": …, "data": …}]}}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json!({ "digital": { "requests": self.requests } }).to_string()
    }
}

// It holds the nonces of a transaction.
impl fmt::Debug for DigitalCredentialsRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigitalCredentialsRequest({})", self.requests.len())
    }
}
